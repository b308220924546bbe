package ledger

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Bundle is the whole proof of one chain: from its entries to a signed checkpoint, with nothing else to be fetched.
type Bundle struct {
	Entries     []Entry          // the chain up to the entry that the manifest of the record holds
	Proof       Proof            // that its head is in the group
	Record      []byte           // of the group, as it lies in the log
	RecordIndex int64            // its number in the log
	RecordProof tlog.RecordProof // that it is in the log at the checkpoint's size
	Checkpoint  []byte           // signed, of the record's number or later
}

// bundle is the document. Times and bodies are strings with the very bytes that are hashed, so that no JSON reader can
// change them on the way; hashes of trees are in base64, as in checkpoints.
type bundle struct {
	Format     string        `json:"format"`
	Entries    []bundleEntry `json:"entries"`
	Group      Proof         `json:"group"`
	Record     string        `json:"record"`
	Log        bundleLog     `json:"log"`
	Checkpoint string        `json:"checkpoint"`
}

type bundleEntry struct {
	Seq     int    `json:"seq"`
	Subject string `json:"subject"`
	At      string `json:"at"`
	Actor   string `json:"actor"`
	Step    string `json:"step"`
	Prev    string `json:"prev"`
	Body    string `json:"body"`
	Hash    string `json:"hash"`
}

type bundleLog struct {
	Index int64            `json:"index"`
	Path  tlog.RecordProof `json:"path"`
}

const bundleFormat = "scruple-bundle-v1"

// Marshal writes the bundle as one JSON document. It checks only that the document can hold it: text that is not UTF-8
// would not survive.
func (b Bundle) Marshal() ([]byte, error) {
	d := bundle{
		Format: bundleFormat, Group: b.Proof, Record: string(b.Record),
		Log: bundleLog{b.RecordIndex, b.RecordProof}, Checkpoint: string(b.Checkpoint),
	}
	for i := range b.Entries {
		e := &b.Entries[i]
		if !utf8.Valid(e.Canonical(nil)) {
			return nil, fmt.Errorf("bundle: entry %d of %q is not UTF-8", e.Seq, e.Subject)
		}
		d.Entries = append(d.Entries, bundleEntry{
			e.Seq, e.Subject, e.At.UTC().Format(moment), e.Actor, e.Step, e.Prev, string(e.Body), e.Hash,
		})
	}
	var out bytes.Buffer
	w := json.NewEncoder(&out)
	w.SetEscapeHTML(false)
	w.SetIndent("", " ")
	if err := w.Encode(d); err != nil {
		return nil, fmt.Errorf("bundle: %w", err)
	}
	return out.Bytes(), nil
}

// VerifyBundle checks a document of Bundle.Marshal against a public key in the form that GenerateKey returns. It reads
// nothing else. nil means: who holds that key committed, at the time that the checkpoint states, to exactly these entries.
// docs/verify_bundle.py does the same without this package.
func VerifyBundle(data []byte, verifierKey string) error {
	key, err := note.NewVerifier(verifierKey)
	if err != nil {
		return fmt.Errorf("bundle: the key %q cannot be read: %w", verifierKey, err)
	}
	d, chain, err := parseBundle(data)
	if err != nil {
		return fmt.Errorf("bundle: %w", err)
	}
	if err := VerifyChain(chain[0].Subject, chain); err != nil {
		return fmt.Errorf("bundle: %w", err)
	}
	record, err := ParseRecord([]byte(d.Record))
	if err != nil {
		return fmt.Errorf("bundle: %w", err)
	}
	if d.Group.Count != record.Count {
		return fmt.Errorf("bundle: the proof is for %d leaves, the record has %d", d.Group.Count, record.Count)
	}
	if err := d.Group.Verify(Head(chain), record.Root); err != nil {
		return fmt.Errorf("bundle: %w", err)
	}
	return d.sealed(record, key)
}

// sealed checks the way from the record to the signature.
func (d *bundle) sealed(r Record, key note.Verifier) error {
	c, err := Open([]byte(d.Checkpoint), note.VerifierList(key))
	if err != nil {
		return fmt.Errorf("bundle: %w", err)
	}
	if err := tlog.CheckRecord(d.Log.Path, c.Size, c.Root, d.Log.Index, tlog.RecordHash([]byte(d.Record))); err != nil {
		return fmt.Errorf("bundle: the proof does not lead from the record to the checkpoint: %w", err)
	}
	if r.Checkpoint > c.Number || r.Time.After(c.Time) || (r.Checkpoint == c.Number && !r.Time.Equal(c.Time)) {
		return fmt.Errorf("bundle: the record is of checkpoint %d at %s, which is not what the signed checkpoint %d at %s can hold",
			r.Checkpoint, r.Time.Format(moment), c.Number, c.Time.Format(moment))
	}
	return nil
}

func parseBundle(data []byte) (*bundle, []Entry, error) {
	var d bundle
	in := json.NewDecoder(bytes.NewReader(data))
	in.DisallowUnknownFields()
	if err := in.Decode(&d); err != nil {
		return nil, nil, fmt.Errorf("expected a JSON document of format %s: %w", bundleFormat, err)
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return nil, nil, errors.New("expected nothing after the document")
	}
	if d.Format != bundleFormat {
		return nil, nil, fmt.Errorf("format %q, expected %s", d.Format, bundleFormat)
	}
	if len(d.Entries) == 0 {
		return nil, nil, errors.New("expected at least one entry")
	}
	chain := make([]Entry, len(d.Entries))
	for i, e := range d.Entries {
		at, err := time.Parse(moment, e.At)
		if err != nil || at.Format(moment) != e.At {
			return nil, nil, fmt.Errorf("entry %d: time %q, expected the form %s", i+1, e.At, moment)
		}
		chain[i] = Entry{
			Seq: e.Seq, Subject: e.Subject, At: at, Actor: e.Actor, Step: e.Step,
			Prev: e.Prev, Body: json.RawMessage(e.Body), Hash: e.Hash,
		}
	}
	return &d, chain, nil
}
