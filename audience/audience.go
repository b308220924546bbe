// Package audience turns a segment list into recipients and freezes them into the snapshot that a run works on.
//
// Read streams a CSV, JSON Lines or Parquet list in constant memory; a bad row is reported and left out, and reading goes
// on. Freeze merges the rows of one customer, applies filter, hold-out and variants, and writes the snapshot, ordered by
// Key and cut into batches that a worker reads by byte range with ReadBatch. The package opens nothing by itself: readers,
// writers and room for spilled rows are passed in.
package audience

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"path"
	"strings"

	"github.com/scruple/scruple"
)

// maxRow bounds one row in bytes, line end excluded. No honest row of a segment list comes near it, and it is what keeps
// memory constant on a file without line ends.
const maxRow = 64 << 10

// Source is a segment list and how to read it.
type Source struct {
	// Name is the file's name, for error texts and for the format.
	Name string
	// Format is csv, jsonl or parquet. Empty takes it from the name's ending (csv, tsv, jsonl, ndjson, parquet), .gz cut off.
	Format string
	// Encoding is utf-8 (also when empty) or gb18030 (also gbk and gb2312, its subsets). Parquet is always UTF-8.
	Encoding string
	// Delimiter parts the fields of a CSV row; 0 is the comma, or the tab for a name that ends in .tsv.
	Delimiter rune
	// Open returns the file from a byte offset on; length -1 reads to the end. It is called again for every pass and range.
	Open func(offset, length int64) (io.ReadCloser, error)
	// Size is the file's length in bytes; only Parquet needs it.
	Size int64
}

// Layout says how a list names its columns, and what its people are to be reached by.
type Layout struct {
	// Columns maps our name to the list's: customer_id: 客户号. Columns that are not mapped keep their own name; one whose
	// name is taken by a mapping is left out.
	Columns map[string]string
	// Market decides how a phone number without country code is read.
	Market scruple.Market
	// Channel is the one whose address every row must have. Empty checks no address.
	Channel scruple.Channel
}

// Read streams the recipients of a list, in its order and in constant memory.
//
// These columns (our names) are checked and made canonical; all others are passed on as they are:
//
//	customer_id              required, printable, at most 200 bytes
//	email phone wechat_id push_token   the one of the layout's channel is required: e-mail with its domain in lower case,
//	                         phone as E.164; the others are not looked at
//	name locale region       surrounding space cut
//	time_zone                IANA name
//	birth_date rated_until   YYYY-MM-DD, YYYYMMDD or YYYY/M/D, made YYYY-MM-DD
//	risk_rating              C1 to C5
//	qualified student        true false 1 0 yes no 是 否, made true or false
//
// All but customer_id and the address may be empty. A bad row yields a *RowError with a zero Recipient and reading goes
// on; any other error is the last item. ErrNoColumn: the layout, or the list, lacks a column. ErrEmpty: no header or no row.
// Line numbers are physical lines where a row starts; in Parquet, rows from 1.
func Read(src Source, l Layout) iter.Seq2[scruple.Recipient, error] {
	return func(yield func(scruple.Recipient, error) bool) {
		n := 0
		count := func(r scruple.Recipient, err error) bool { n++; return yield(r, err) }
		stopped := errors.New("stopped")
		err := rows(src, l, func(r scruple.Recipient, bad *RowError) error {
			ok := false
			if bad != nil {
				ok = count(scruple.Recipient{}, bad)
			} else {
				ok = count(r, nil)
			}
			if !ok {
				return stopped
			}
			return nil
		})
		switch {
		case errors.Is(err, stopped):
		case err != nil:
			yield(scruple.Recipient{}, fmt.Errorf("read list %s: %w", src.Name, err))
		case n == 0:
			yield(scruple.Recipient{}, fmt.Errorf("read list %s: %w: it has a header but no row", src.Name, ErrEmpty))
		}
	}
}

// emit hands on one row, or one rejected row; its error ends the reading.
type emit func(r scruple.Recipient, bad *RowError) error

func rows(src Source, l Layout, out emit) error {
	format, err := src.format()
	if err != nil {
		return err
	}
	switch format {
	case "csv":
		return readCSV(src, l, out)
	case "jsonl":
		return readJSONL(src, l, out)
	default:
		return readParquet(src, l, out)
	}
}

func (s Source) format() (string, error) {
	name := s.Format
	if name == "" {
		name = strings.TrimPrefix(path.Ext(strings.TrimSuffix(strings.ToLower(s.Name), ".gz")), ".")
	}
	switch name {
	case "csv", "tsv":
		return "csv", nil
	case "jsonl", "ndjson":
		return "jsonl", nil
	case "parquet":
		return name, nil
	}
	return "", fmt.Errorf("unknown format %q: name it csv, jsonl or parquet, or let the file's name end in it", name)
}
