package audience

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"

	"github.com/scruple/scruple"
)

// maxSnapshotRow bounds a row of a snapshot: 64 KiB of values, of which each byte may be a doubled quote, and three signs
// for each column.
const maxSnapshotRow = 6 * maxRow

// ReadHeader reads the columns of a snapshot from its start: customer_id, _line, _variant and those of the list.
func ReadHeader(r io.Reader) (*scruple.Columns, error) {
	c := csvScanner{scanner: newScanner(r, maxSnapshotRow), delim: ','}
	if _, err := c.next(); err != nil {
		return nil, fmt.Errorf("read snapshot header: %w", noEnd(err))
	}
	names := c.values(nil)
	if len(names) < 3 || !slices.Equal(names[:3], []string{"customer_id", lineColumn, variantColumn}) {
		return nil, errors.New("read snapshot header: this file is no audience snapshot")
	}
	return scruple.NewColumns(names), nil
}

// noEnd makes the end of a file that should go on an error that nobody takes for a good end.
func noEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// ReadBatch yields the people of one batch, given its bytes and the columns of the snapshot's header. They carry _line and
// _variant as columns too. Any error is the last item: a snapshot has no bad rows, so one that does has been damaged.
func ReadBatch(r io.Reader, cols *scruple.Columns) iter.Seq2[scruple.Recipient, error] {
	return func(yield func(scruple.Recipient, error) bool) {
		c := csvScanner{scanner: newScanner(r, maxSnapshotRow), delim: ','}
		for {
			values := make([]string, 0, len(cols.Names()))
			line, err := c.next()
			if errors.Is(err, io.EOF) {
				return
			}
			var p scruple.Recipient
			if err == nil {
				p, err = person(c.values(values), cols)
			}
			if err != nil {
				yield(none, fmt.Errorf("read snapshot batch, row at line %d: %w", line, err))
				return
			}
			if !yield(p, nil) {
				return
			}
		}
	}
}

func person(values []string, cols *scruple.Columns) (scruple.Recipient, error) {
	if len(values) != len(cols.Names()) {
		return none, fmt.Errorf("%d fields instead of %d", len(values), len(cols.Names()))
	}
	line, ok := number(values[1])
	if !ok || values[0] == "" {
		return none, errors.New("no customer id, or no line number")
	}
	return scruple.Recipient{ID: values[0], Line: line, Columns: cols, Values: values}, nil
}
