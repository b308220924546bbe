package functions

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/scruple/scruple/compliance/ledger"
	"github.com/scruple/scruple/port"
)

// A record in the store is a few lines of JSON: first the head, which says how things stand, then the ledger entries of its
// subject, oldest first. An entry is only ever added; what the head says must follow from the last one.

// record is a record as read: its head still encoded, its entries one slice.
type record[H any] struct {
	Head     H
	Revision int64
	entries  []byte // JSON lines, each ended by a line feed
	last     ledger.Entry
}

func decodeRecord[H any](value []byte, revision int64) (*record[H], error) {
	head, rest, ok := bytes.Cut(value, []byte("\n"))
	if !ok {
		return nil, fmt.Errorf("record without entries: %w", ErrTampered)
	}
	r := &record[H]{Revision: revision, entries: rest}
	if err := json.Unmarshal(head, &r.Head); err != nil {
		return nil, fmt.Errorf("record head: %w", err)
	}
	line := bytes.TrimSuffix(rest, []byte("\n"))
	line = line[bytes.LastIndexByte(line, '\n')+1:]
	if len(line) > 0 {
		if err := json.Unmarshal(line, &r.last); err != nil {
			return nil, fmt.Errorf("ledger entry: %w", err)
		}
	}
	return r, nil
}

// chain decodes all entries.
func (r *record[H]) chain() ([]ledger.Entry, error) { return decodeEntries(r.entries) }

func decodeEntries(lines []byte) ([]ledger.Entry, error) {
	var out []ledger.Entry
	for line := range bytes.Lines(lines) {
		var e ledger.Entry
		if err := json.Unmarshal(line, &e); err != nil {
			return out, fmt.Errorf("ledger entry %d: %w", len(out)+1, err)
		}
		out = append(out, e)
	}
	return out, nil
}

// add appends an entry about what was just done and returns it.
func (r *record[H]) add(subject string, at time.Time, actor, step string, body []byte) ledger.Entry {
	var before []ledger.Entry
	if r.last.Seq > 0 {
		before = []ledger.Entry{r.last}
	}
	r.last = ledger.Append(before, subject, at, actor, step, body)
	r.entries = appendEntry(r.entries[:len(r.entries):len(r.entries)], &r.last)
	return r.last
}

// encode gives the value to store.
func (r *record[H]) encode() ([]byte, error) {
	out := make([]byte, 0, 128+len(r.entries))
	if d, ok := any(&r.Head).(interface{ appendJSON([]byte) []byte }); ok {
		out = d.appendJSON(out)
	} else {
		head, err := json.Marshal(r.Head)
		if err != nil {
			return nil, fmt.Errorf("encode record: %w", err)
		}
		out = append(out, head...)
	}
	return append(append(out, '\n'), r.entries...), nil
}

// appendEntry writes an entry as one JSON line. Subject, actor and step hold no character that JSON escapes, or are encoded
// the slow way.
func appendEntry(dst []byte, e *ledger.Entry) []byte {
	dst = strconv.AppendInt(append(dst, `{"seq":`...), int64(e.Seq), 10)
	dst = appendField(dst, `,"subject":`, e.Subject)
	dst = append(dst, `,"at":"`...)
	dst = e.At.UTC().AppendFormat(dst, time.RFC3339Nano)
	dst = append(dst, `","actor":`...)
	dst = appendString(dst, e.Actor)
	dst = append(dst, `,"step":`...)
	dst = appendString(dst, e.Step)
	dst = append(dst, `,"prev":"`...)
	dst = append(dst, e.Prev...)
	dst = append(dst, `","body":`...)
	dst = append(dst, e.Body...)
	dst = append(dst, `,"hash":"`...)
	dst = append(dst, e.Hash...)
	return append(dst, "\"}\n"...)
}

// appendString writes a JSON string: as it is when nothing in it needs an escape, else through encoding/json.
func appendString(dst []byte, s string) []byte {
	plain := utf8.ValidString(s)
	for i := 0; i < len(s) && plain; i++ {
		plain = s[i] >= 0x20 && s[i] != '"' && s[i] != '\\'
	}
	if !plain {
		quoted, _ := json.Marshal(s) // a string always encodes
		return append(dst, quoted...)
	}
	dst = append(dst, '"')
	dst = append(dst, s...)
	return append(dst, '"')
}

// encoder is a record whatever its head.
type encoder interface {
	add(subject string, at time.Time, actor, step string, body []byte) ledger.Entry
	put(key port.Key) (port.Write, error)
}
