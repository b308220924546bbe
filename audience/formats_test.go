package audience

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"github.com/scruple/scruple"
)

func TestJSONL(t *testing.T) {
	in := strings.Join([]string{
		`{"customer_id":"1","x":"a\n\u4e2d"}`,
		``,
		`{"x":null,"customer_id":22345678901234567890,"late":1.50,"student":true}`,
		`{"customer_id":"3","x":{"deep":1}}`,
		`{"customer_id":"4"`,
		`["5"]`,
		`null`,
		`{"customer_id":"6","x":"\u0000"}`,
		`{"customer_id":"7","x":"\ud800"}`,
		"{\"customer_id\":\"8\",\"x\":\"\xff\"}",
		`{"customer_id":"9","x":"` + strings.Repeat("y", maxRow) + `"}`,
		`{"x":"no id"}`,
		`{"customer_id":"10"} trailing`,
		`{"customer_id":"11"}`,
	}, "\r\n")
	rows, rejects, err := collect(textSource("l.jsonl", in), Layout{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"1: 1|||a\n中", "3: 22345678901234567890|1.50|true|", "14: 11|||"} // customer_id, late, student, x
	if d := cmp.Diff(want, rows); d != "" {
		t.Error(d)
	}
	wantRejects := []string{
		"4: bad_row x", "5: bad_row", "6: bad_row", "7: bad_row", "8: bad_encoding x", "9: bad_encoding x", "10: bad_encoding",
		"11: row_too_long", "12: no_customer_id customer_id", "13: bad_row",
	}
	if d := cmp.Diff(wantRejects, rejects); d != "" {
		t.Error(d)
	}
}

type parquetRow struct {
	ID      int64     `parquet:"id"`
	Email   *string   `parquet:"email,optional"`
	Birth   int32     `parquet:"birth_date,date"`
	At      time.Time `parquet:"at,timestamp(millisecond)"`
	Balance int64     `parquet:"balance,decimal(2:18)"`
	Ratio   float64   `parquet:"ratio"`
	Yes     bool      `parquet:"qualified"`
	Count   uint32    `parquet:"count"`
}

func parquetList(t *testing.T, rows ...parquetRow) Source {
	t.Helper()
	var b bytes.Buffer
	w := parquet.NewGenericWriter[parquetRow](&b, parquet.MaxRowsPerRowGroup(2), parquet.Compression(&parquet.Zstd))
	if _, err := w.Write(rows); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return bytesSource("l.parquet", b.Bytes())
}

func TestParquet(t *testing.T) {
	mail, broken, long := "A@B.Com", "nobody", strings.Repeat("x", maxRow)
	at := time.Date(1969, 12, 31, 23, 59, 59, 500e6, time.UTC)
	src := parquetList(t,
		parquetRow{1, &mail, 3653, at, -5, 0.1, true, 1 << 31},
		parquetRow{2, nil, 0, at, 0, 0, false, 0},
		parquetRow{3, &broken, 0, at, 0, 0, false, 0},
		parquetRow{4, &long, 0, at, 0, 0, false, 0},
		parquetRow{5, &mail, -1, at, 123456, 1e21, false, 0},
	)
	rows, rejects, err := collect(src, Layout{Columns: map[string]string{"customer_id": "id"}, Channel: scruple.Email})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"1: 1|A@b.com|1980-01-02|1969-12-31T23:59:59.5Z|-0.05|0.1|true|2147483648",
		"5: 5|A@b.com|1969-12-31|1969-12-31T23:59:59.5Z|1234.56|1000000000000000000000|false|0",
	}
	if d := cmp.Diff(want, rows); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"2: no_address email", "3: bad_address email", "4: row_too_long"}, rejects); d != "" {
		t.Error(d)
	}
}

func TestParquetTrouble(t *testing.T) {
	type nested struct {
		ID   string   `parquet:"customer_id"`
		Tags []string `parquet:"tags,list"`
	}
	var b bytes.Buffer
	w := parquet.NewGenericWriter[nested](&b)
	_, _ = w.Write([]nested{{ID: "1"}})
	_ = w.Close()
	if _, _, err := collect(bytesSource("l.parquet", b.Bytes()), Layout{}); err == nil || !strings.Contains(err.Error(), "column tags is nested") {
		t.Error(err)
	}
	if _, _, err := collect(parquetList(t), Layout{Columns: map[string]string{"customer_id": "id"}}); !errors.Is(err, ErrEmpty) {
		t.Error(err)
	}
	// Damage anywhere must end in an error or in other values, never in a panic.
	whole := parquetList(t, parquetRow{ID: 1}, parquetRow{ID: 2})
	r, err := whole.Open(0, -1)
	if err != nil {
		t.Fatal(err)
	}
	data, _ := io.ReadAll(r)
	for i := range data {
		harmed := bytes.Clone(data)
		harmed[i] ^= 0x55
		_, _, _ = collect(bytesSource("l.parquet", harmed), Layout{Columns: map[string]string{"customer_id": "id"}})
	}
}

func TestReadStopsWhenAsked(t *testing.T) {
	for _, src := range []Source{
		textSource("l.csv", "customer_id\n1\n2\n3\n"),
		textSource("l.jsonl", "{\"customer_id\":1}\n{\"customer_id\":2}\n"),
		parquetList(t, parquetRow{ID: 1}, parquetRow{ID: 2}, parquetRow{ID: 3}),
	} {
		closed := 0
		open := src.Open
		src.Open = func(o, l int64) (io.ReadCloser, error) {
			closed++
			r, err := open(o, l)
			return closer{r, &closed}, err
		}
		l := Layout{}
		if src.Name == "l.parquet" {
			l.Columns = map[string]string{"customer_id": "id"}
		}
		n := 0
		for _, err := range Read(src, l) {
			if err != nil {
				t.Fatal(err)
			}
			n++
			break
		}
		if n != 1 || closed != 0 {
			t.Errorf("%s: %d rows, %d readers left open", src.Name, n, closed)
		}
	}
}

type closer struct {
	io.Reader
	open *int
}

func (c closer) Close() error { *c.open--; return nil }

// endless gives a header and then n bytes without a line end.
type endless struct {
	head string
	n    int
}

func (e *endless) Read(p []byte) (int, error) {
	if e.head != "" {
		n := copy(p, e.head)
		e.head = e.head[n:]
		return n, nil
	}
	if e.n == 0 {
		return 0, io.EOF
	}
	n := min(len(p), e.n)
	for i := range p[:n] {
		p[i] = 'x'
	}
	e.n -= n
	return n, nil
}

func TestEndlessRowCostsNoMemory(t *testing.T) {
	for name, head := range map[string]string{"l.csv": "customer_id,x\n1,\"", "l.jsonl": "{\"customer_id\":1}\n{\"customer_id\":\""} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		passes := 0
		_, rejects, err := collect(Source{Name: name, Open: func(int64, int64) (io.ReadCloser, error) {
			passes++
			return io.NopCloser(&endless{head, 300 << 20}), nil
		}}, Layout{})
		runtime.ReadMemStats(&after)
		if err != nil || len(rejects) != 1 || rejects[0] != "2: row_too_long" {
			t.Fatal(name, rejects, err)
		}
		if got := after.TotalAlloc - before.TotalAlloc; got > uint64(passes)<<20 {
			t.Errorf("%s: %d bytes allocated over %d passes of 300 MB", name, got, passes)
		}
	}
}

// A list of any length must not hold on to what was read.
func TestReadHoldsLittle(t *testing.T) {
	var head strings.Builder
	head.WriteString("customer_id,x\n")
	row := strings.Repeat("y", 1000)
	for i := range 50_000 {
		fmt.Fprintf(&head, "%d,%s\n", i, row)
	}
	src := textSource("l.csv", head.String())
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	n := 0
	for _, err := range Read(src, Layout{}) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n == 49_000 {
			runtime.GC()
			runtime.ReadMemStats(&now)
		}
	}
	if held := int64(now.HeapAlloc) - int64(before.HeapAlloc); held > 2<<20 {
		t.Errorf("%d bytes held after 49 MB", held)
	}
}
