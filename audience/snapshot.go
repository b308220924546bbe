package audience

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"slices"
	"strconv"

	"github.com/scruple/scruple"
)

// Snapshot describes a frozen audience. The file is CSV (RFC 4180, lines ended by LF, quotes only where needed): a header,
// then one row for each person in Key order. Its columns are customer_id, _line (where the person last stood in the list),
// _variant, and the list's other columns under our names, in the list's order.
type Snapshot struct {
	// File is where the snapshot lies; Freeze, which is given a writer, leaves it to the caller.
	File string `json:"file,omitempty"`
	// Hash is the SHA-256 of the file's bytes in hex, what sha256sum prints.
	Hash string `json:"hash"`
	// Audience is the SHA-256 of the same bytes with every _line empty: who is reached, and with which values. Unlike Hash,
	// it does not change when a list is written in another row order, as long as no customer has conflicting rows.
	Audience string  `json:"audience"`
	Rows     int     `json:"rows"`
	Batches  []Batch `json:"batches,omitempty"`
	Funnel   Funnel  `json:"funnel"`
}

// Batch is a range of whole rows in a snapshot: what ReadBatch takes. The header lies before the first one.
type Batch struct {
	Offset int64 `json:"offset"`
	Length int64 `json:"length"`
	Rows   int   `json:"rows"`
}

type snapshotWriter struct {
	out      io.Writer
	buf      []byte
	file     hash.Hash // over all bytes
	audience hash.Hash // over all but the line numbers
	hashed   int       // bytes of buf that audience has seen, or passed over
	offset   int64     // in the file, of the start of buf
	rows     int
	batch    int // rows in a full batch
	batches  []Batch
}

func newSnapshotWriter(out io.Writer, cols *scruple.Columns, batch int) *snapshotWriter {
	w := &snapshotWriter{out: out, batch: batch, file: sha256.New(), audience: sha256.New()}
	w.buf = append(w.buf, "customer_id,"+lineColumn+","+variantColumn...)
	for i, name := range cols.Names() {
		if i != cols.Index("customer_id") {
			w.buf = appendField(append(w.buf, ','), name)
		}
	}
	w.buf = append(w.buf, '\n')
	return w
}

// write adds a person; id is the position of customer_id.
func (w *snapshotWriter) write(r *scruple.Recipient, id int, variant string) error {
	if w.rows%w.batch == 0 {
		w.batches = append(w.batches, Batch{Offset: w.offset + int64(len(w.buf))})
	}
	start := len(w.buf)
	w.buf = append(appendField(w.buf, r.ID), ',')
	w.audience.Write(w.buf[w.hashed:])
	w.buf = strconv.AppendInt(w.buf, int64(r.Line), 10)
	w.hashed = len(w.buf)
	w.buf = appendField(append(w.buf, ','), variant)
	for i, v := range r.Values {
		if i != id {
			w.buf = appendField(append(w.buf, ','), v)
		}
	}
	w.buf = append(w.buf, '\n')
	w.rows++
	b := &w.batches[len(w.batches)-1]
	b.Rows, b.Length = b.Rows+1, b.Length+int64(len(w.buf)-start)
	if len(w.buf) < 64<<10 {
		return nil
	}
	return w.flush()
}

func (w *snapshotWriter) flush() error {
	w.audience.Write(w.buf[w.hashed:])
	w.file.Write(w.buf)
	if _, err := w.out.Write(w.buf); err != nil {
		return fmt.Errorf("write snapshot: %w", err)
	}
	w.offset += int64(len(w.buf))
	w.buf, w.hashed = w.buf[:0], 0
	return nil
}

func (w *snapshotWriter) finish() (Snapshot, error) {
	if err := w.flush(); err != nil {
		return Snapshot{}, err
	}
	return Snapshot{
		Hash:     hex.EncodeToString(w.file.Sum(nil)),
		Audience: hex.EncodeToString(w.audience.Sum(nil)),
		Rows:     w.rows, Batches: w.batches,
	}, nil
}

// appendField adds a CSV field, quoted only where it must be.
func appendField(dst []byte, v string) []byte {
	plain := true
	for i := range len(v) {
		if b := v[i]; b == ',' || b == '"' || b == '\n' || b == '\r' {
			plain = false
			break
		}
	}
	if plain {
		return append(dst, v...)
	}
	dst = append(slices.Grow(dst, len(v)+2), '"')
	for i := range len(v) {
		if v[i] == '"' {
			dst = append(dst, '"')
		}
		dst = append(dst, v[i])
	}
	return append(dst, '"')
}
