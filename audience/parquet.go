package audience

import (
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"
)

// ranges reads a file at any place by opening that range of it.
type ranges struct {
	open func(offset, length int64) (io.ReadCloser, error)
	size int64
}

func (r ranges) ReadAt(p []byte, off int64) (int, error) {
	want := int64(len(p))
	if off < 0 || off >= r.size {
		return 0, io.EOF
	}
	want = min(want, r.size-off)
	f, err := r.open(off, want)
	if err != nil {
		return 0, err
	}
	n, err := io.ReadFull(f, p[:want])
	err = errors.Join(err, f.Close())
	if err == nil && n < len(p) {
		err = io.EOF
	}
	return n, err
}

// readParquet reads a file of flat columns. Its lines are rows, counted from 1.
func readParquet(src Source, l Layout, out emit) error {
	f, err := openParquet(src)
	if err != nil {
		return err
	}
	header, texts, err := parquetColumns(f)
	if err != nil {
		return err
	}
	if f.NumRows() == 0 {
		return fmt.Errorf("%w: it has no row", ErrEmpty)
	}
	ck, err := newChecker(src.Name, header, l)
	if err != nil {
		return err
	}
	line := 0
	for _, group := range f.RowGroups() {
		if line, err = readGroup(group, texts, line, ck, out); err != nil {
			return err
		}
	}
	return nil
}

func openParquet(src Source) (f *parquet.File, err error) {
	if src.Size <= 0 {
		return nil, fmt.Errorf("%w: a Parquet file has a footer, and this one has no bytes", ErrEmpty)
	}
	defer recovered(&err)
	f, err = parquet.OpenFile(ranges{src.Open, src.Size}, src.Size,
		parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true), parquet.ReadBufferSize(256<<10))
	if err != nil {
		return nil, fmt.Errorf("open as Parquet (not compressed as a whole): %w", err)
	}
	return f, nil
}

// recovered turns a panic of the Parquet library, which damaged files can cause, into an error.
func recovered(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("the Parquet file is damaged: %v", p)
	}
}

// parquetColumns returns the names of the columns and how to write a value of each as text.
func parquetColumns(f *parquet.File) (names []string, texts []func(parquet.Value) string, err error) {
	defer recovered(&err)
	for _, field := range f.Schema().Fields() {
		if !field.Leaf() || field.Repeated() {
			return nil, nil, fmt.Errorf("column %s is nested or repeated; a list has flat columns", field.Name())
		}
		text := valueText(field.Type())
		if text == nil {
			return nil, nil, fmt.Errorf("column %s has type %v, which is not read; write it as text", field.Name(), field.Type())
		}
		names, texts = append(names, field.Name()), append(texts, text)
	}
	return names, texts, nil
}

func readGroup(group parquet.RowGroup, texts []func(parquet.Value) string, line int, ck *checker, out emit) (_ int, err error) {
	rows := group.Rows()
	defer func() { err = errors.Join(err, rows.Close()) }()
	buf, fields := make([]parquet.Row, 64), make([]string, len(texts))
	for {
		n, end := readRows(rows, buf)
		for _, row := range buf[:n] {
			line++
			if p := rowTexts(row, texts, fields); p.code != "" {
				err = out(none, p.at(ck.file, line, ""))
			} else {
				err = out(ck.row(line, fields))
			}
			if err != nil {
				return line, err
			}
		}
		if errors.Is(end, io.EOF) {
			return line, nil
		}
		if end != nil {
			return line, fmt.Errorf("row %d: %w", line+1, end)
		}
	}
}

func readRows(rows parquet.Rows, buf []parquet.Row) (n int, err error) {
	defer recovered(&err)
	return rows.ReadRows(buf)
}

func rowTexts(row parquet.Row, texts []func(parquet.Value) string, fields []string) problem {
	size := 0
	clear(fields)
	for _, v := range row {
		if v.IsNull() {
			continue
		}
		s := texts[v.Column()](v)
		if size += len(s); size > maxRow {
			return tooLong
		}
		if p := readable([]byte(s)); p.code != "" {
			return p
		}
		fields[v.Column()] = s
	}
	return problem{}
}
