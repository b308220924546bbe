package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"time"
)

// Entry is one thing that happened to one subject. Its hash covers all other fields, and the next entry holds that hash.
type Entry struct {
	Seq     int       `json:"seq"`     // from 1 within its subject
	Subject string    `json:"subject"` // message/<id>, shape/<run>/<hash>, run/<id>, person/<key> ...
	At      time.Time `json:"at"`      // UTC, microseconds
	Actor   string    `json:"actor"`   // who did it
	Step    string    `json:"step"`    // decided, ruled, claimed, sent, consent ...
	Prev    string    `json:"prev"`    // hash of the entry before, "" for the first
	// Body says what was decided on which facts. Its bytes are hashed as they are, and encoding/json rewrites a raw value
	// when it encodes an Entry; so it must be JSON as json.Marshal writes it, which stays the same.
	Body json.RawMessage `json:"body"`
	Hash string          `json:"hash"` // lower-case hexadecimal SHA-256, see the package comment
}

// moment is the layout of every time that is hashed.
const moment = "2006-01-02T15:04:05.000000Z"

// Append returns the entry that follows a chain; it changes neither the chain nor the body, and keeps the body. The last
// entry of the chain is enough: Append(chain[len(chain)-1:], ...) gives the same. The time is cut to microseconds.
func Append(chain []Entry, subject string, at time.Time, actor, step string, body []byte) Entry {
	e := Entry{Seq: 1, Subject: subject, At: at.UTC().Truncate(time.Microsecond), Actor: actor, Step: step, Body: body}
	if n := len(chain); n > 0 {
		e.Seq, e.Prev = chain[n-1].Seq+1, chain[n-1].Hash
	}
	digest := e.digest()
	e.Hash = string(digest[:])
	return e
}

// Canonical appends to b the bytes whose SHA-256 is the entry's hash.
func (e *Entry) Canonical(b []byte) []byte {
	var number [20]byte
	var at [40]byte
	b = append(b, "scruple-entry-v1\n"...)
	b = appendField(b, strconv.AppendInt(number[:0], int64(e.Seq), 10))
	b = appendField(b, e.Subject)
	b = appendField(b, e.At.UTC().AppendFormat(at[:0], moment))
	b = appendField(b, e.Actor)
	b = appendField(b, e.Step)
	b = appendField(b, e.Prev)
	return appendField(b, []byte(e.Body))
}

// Intact reports whether the fields give the entry's hash. A time with a zone, or finer than a microsecond, is not what was
// hashed and so not intact.
func (e *Entry) Intact() bool {
	if _, offset := e.At.Zone(); offset != 0 || e.At.Nanosecond()%1000 != 0 {
		return false
	}
	digest := e.digest()
	return string(digest[:]) == e.Hash
}

// digest is the hash that the fields give. The room for the bytes is on the stack, enough for most entries.
func (e *Entry) digest() (text [2 * sha256.Size]byte) {
	var room [1536]byte
	sum := sha256.Sum256(e.Canonical(room[:0]))
	hex.Encode(text[:], sum[:])
	return text
}

// appendField writes one field so that no two lists of fields give the same bytes: length, colon, bytes, line feed.
func appendField[T string | []byte](b []byte, field T) []byte {
	b = strconv.AppendInt(b, int64(len(field)), 10)
	b = append(b, ':')
	b = append(b, field...)
	return append(b, '\n')
}
