package audience

import (
	"encoding/binary"
	"errors"

	"github.com/scruple/scruple"
)

// A record is a row on its way through the sort: key, line and the values, each led by its length.

var errRecord = errors.New("a spilled row does not read back as it was written")

func appendRecord(dst []byte, r *scruple.Recipient) []byte {
	k := keyOf(r.ID)
	dst = append(dst, k[:]...)
	dst = binary.AppendUvarint(dst, uint64(r.Line))
	for _, v := range r.Values {
		dst = binary.AppendUvarint(dst, uint64(len(v)))
		dst = append(dst, v...)
	}
	return dst
}

func readRecord(rec []byte, cols *scruple.Columns, id int) (scruple.Recipient, error) {
	s, n := string(rec), len(cols.Names())
	line, at := binary.Uvarint(rec[16:])
	at += 16
	r := scruple.Recipient{Line: int(line), Columns: cols, Values: make([]string, n)}
	for i := range n {
		size, used := binary.Uvarint(rec[at:])
		at += used
		if used <= 0 || size > uint64(len(s)-at) {
			return none, errRecord
		}
		r.Values[i], at = s[at:at+int(size)], at+int(size)
	}
	r.ID = r.Values[id]
	return r, nil
}

// merger folds the rows of one customer into one. A later row wins field by field, and an empty field never overwrites.
// Fields that protect people take the more cautious value, whatever the order: the lower risk_rating, the earlier
// rated_until, qualified only when no row says otherwise, student when any row says so; two birth dates that differ leave
// the age unknown. The row stands at the line of the last one.
type merger struct {
	fold  []func(old, new string) string // for each column; nil: the later wins
	birth int
	torn  bool // two birth dates differ
}

func newMerger(cols *scruple.Columns) *merger {
	m := &merger{fold: make([]func(old, new string) string, len(cols.Names())), birth: cols.Index("birth_date")}
	for name, f := range map[string]func(old, new string) string{
		"risk_rating": lower, "rated_until": lower, // C1 < C5, and ISO days order as text
		"qualified": lower, // "false" < "true"
		"student":   func(a, b string) string { return max(a, b) },
	} {
		if i := cols.Index(name); i >= 0 {
			m.fold[i] = f
		}
	}
	return m
}

func lower(a, b string) string { return min(a, b) }

// add folds a later row of the same customer into r.
func (m *merger) add(r *scruple.Recipient, later *scruple.Recipient) {
	for i, v := range later.Values {
		old := r.Values[i]
		switch {
		case v == "" || v == old:
		case old == "" && !(i == m.birth && m.torn):
			r.Values[i] = v
		case i == m.birth:
			m.torn, r.Values[i] = true, ""
		case m.fold[i] != nil:
			r.Values[i] = m.fold[i](old, v)
		default:
			r.Values[i] = v
		}
	}
	r.Line = later.Line
}
