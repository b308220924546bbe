package functions

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/scruple/scruple/compliance/ledger"
	"github.com/scruple/scruple/port"
)

const (
	// leavesPerRow is how many leaves of a manifest one row of the store holds.
	leavesPerRow = 1000
	// groupsPerCheckpoint keeps a checkpoint within one transaction.
	groupsPerCheckpoint = 25
)

// pin is what is kept of the last checkpoint that a group was part of.
type pin struct {
	Root       string `json:"root"`
	Checkpoint int    `json:"checkpoint"`
}

// position is where the log stands; it is the condition under which a checkpoint is written.
type position struct {
	Number int       `json:"number"`
	Size   int64     `json:"size"`
	Time   time.Time `json:"time"`
}

var positionKey = port.Key{Partition: "log", Sort: "position"}

func pinKey(group string) port.Key { return port.Key{Partition: "pin", Sort: group} }
func recordKey(n int64) port.Key   { return port.Key{Partition: "record", Sort: fmt.Sprintf("%012d", n)} }

func hashKey(n int64) port.Key { return port.Key{Partition: "hash", Sort: fmt.Sprintf("%012d", n)} }

func checkpointKey(n int) port.Key {
	return port.Key{Partition: "checkpoint", Sort: fmt.Sprintf("%08d", n)}
}
func manifest(n int, g string) string { return fmt.Sprintf("manifest/%08d/%s", n, g) }

// Checkpoint commits to everything that was recorded up to a moment: it signs a log whose newest records are the roots of
// all groups that changed. Every entry dated before at must have been written; a caller with workers running passes a moment
// that lies a little back. It returns the number of the newest checkpoint, and makes none when nothing changed.
func (h *House) Checkpoint(ctx context.Context, at time.Time, signer note.Signer) (int, error) {
	for {
		pos, revision, err := h.position(ctx)
		if err != nil {
			return 0, err
		}
		more, err := h.checkpoint(ctx, at, signer, &pos, revision)
		if errors.Is(err, port.ErrConflict) {
			continue // another process made one
		}
		if err != nil || !more {
			return pos.Number, err
		}
	}
}

// checkpoint writes one checkpoint; more tells that there were too many changed groups for one.
func (h *House) checkpoint(ctx context.Context, at time.Time, signer note.Signer, pos *position, revision int64) (more bool, err error) {
	next := position{pos.Number + 1, pos.Size, at.UTC().Truncate(time.Microsecond)}
	if !next.Time.After(pos.Time) {
		next.Time = pos.Time.Add(time.Microsecond)
	}
	var records [][]byte
	var tx port.Tx
	for group, err := range h.groups(ctx) {
		if err != nil {
			return false, err
		}
		if len(records) == groupsPerCheckpoint {
			more = true
			break
		}
		rec, err := h.groupRecord(ctx, group, next)
		if err != nil {
			return false, fmt.Errorf("checkpoint %d: %s: %w", next.Number, group, err)
		}
		if rec == nil {
			continue
		}
		text, err := rec.Text()
		if err != nil {
			return false, err
		}
		value, err := json.Marshal(pin{rec.Root.String(), next.Number})
		if err != nil {
			return false, err
		}
		records = append(records, text)
		tx = append(tx, port.Write{Op: port.Put, Key: pinKey(group), Revision: port.Any, Value: value})
	}
	if len(records) == 0 {
		return false, nil
	}
	if tx, err = h.sealLog(ctx, signer, &next, records, tx); err != nil {
		return false, err
	}
	value, err := json.Marshal(next)
	if err != nil {
		return false, err
	}
	tx = append(tx, port.Write{Op: port.Put, Key: positionKey, Revision: revision, Value: value})
	if err := commit(ctx, h.Table, tx); err != nil {
		return false, err
	}
	*pos = next
	return more, nil
}

// sealLog adds to a transaction the records, their hashes and the signed checkpoint.
func (h *House) sealLog(ctx context.Context, signer note.Signer, next *position, records [][]byte, tx port.Tx) (port.Tx, error) {
	log := h.log(ctx, next.Size)
	hashes, err := log.Append(records...)
	if err != nil {
		return nil, err
	}
	base := tlog.StoredHashCount(next.Size)
	for i, text := range records {
		tx = append(tx, port.Write{Op: port.Put, Key: recordKey(next.Size + int64(i)), Value: text})
	}
	for i := range hashes {
		tx = append(tx, port.Write{Op: port.Put, Key: hashKey(base + int64(i)), Value: hashes[i][:]})
	}
	fresh := tlog.HashReaderFunc(func(numbers []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(numbers))
		for i, n := range numbers {
			if n >= base {
				out[i] = hashes[n-base]
				continue
			}
			old, err := log.Hashes.ReadHashes([]int64{n})
			if err != nil {
				return nil, err
			}
			out[i] = old[0]
		}
		return out, nil
	})
	next.Size += int64(len(records))
	root, err := ledger.Log{Size: next.Size, Hashes: fresh}.Root(next.Size)
	if err != nil {
		return nil, err
	}
	signed, err := ledger.Sign(ledger.Checkpoint{
		Origin: signer.Name(), Number: next.Number, Time: next.Time, Size: next.Size, Root: root,
	}, signer)
	return append(tx, port.Write{Op: port.Put, Key: checkpointKey(next.Number), Value: signed}), err
}

// groupRecord computes the root of a group and stores its manifest; nil when nothing changed since it was last pinned.
func (h *House) groupRecord(ctx context.Context, group string, next position) (*ledger.Record, error) {
	last, err := h.pin(ctx, group)
	if err != nil {
		return nil, err
	}
	var root ledger.RootBuilder
	for leaf, err := range h.heads(ctx, group) {
		if err != nil {
			return nil, err
		}
		root.Add(leaf)
	}
	if root.Count() == 0 || root.Root().String() == last.Root {
		return nil, nil
	}
	// The heads are read again for the manifest: they may have moved on, so this root, and not the first, is what counts.
	return h.writeManifest(ctx, group, next)
}

func (h *House) writeManifest(ctx context.Context, group string, next position) (*ledger.Record, error) {
	var root ledger.RootBuilder
	var row []ledger.Leaf
	rows := 0
	flush := func() error {
		value, err := json.Marshal(row)
		if err != nil {
			return err
		}
		key := port.Key{Partition: manifest(next.Number, group), Sort: fmt.Sprintf("%08d", rows)}
		rows, row = rows+1, row[:0]
		return commit(ctx, h.Table, port.Tx{{Op: port.Put, Key: key, Revision: port.Any, Value: value}})
	}
	for leaf, err := range h.heads(ctx, group) {
		if err != nil {
			return nil, err
		}
		root.Add(leaf)
		if row = append(row, leaf); len(row) == leavesPerRow {
			if err := flush(); err != nil {
				return nil, err
			}
		}
	}
	if len(row) > 0 {
		if err := flush(); err != nil {
			return nil, err
		}
	}
	return &ledger.Record{Group: group, Checkpoint: next.Number, Time: next.Time, Count: root.Count(), Root: root.Root()}, nil
}

// log is the log of records as it is stored.
func (h *House) log(ctx context.Context, size int64) ledger.Log {
	return ledger.Log{Size: size, Hashes: tlog.HashReaderFunc(func(numbers []int64) ([]tlog.Hash, error) {
		keys := make([]port.Key, len(numbers))
		for i, n := range numbers {
			keys[i] = hashKey(n)
		}
		recs, err := h.Table.Get(ctx, keys...)
		if err != nil {
			return nil, err
		}
		out := make([]tlog.Hash, len(numbers))
		for i := range recs {
			if len(recs[i].Value) != len(out[i]) {
				return nil, fmt.Errorf("hash %d of the log: %w", numbers[i], ErrTampered)
			}
			copy(out[i][:], recs[i].Value)
		}
		return out, nil
	})}
}

// heads walks the leaves of a group in the order of their subjects.
func (h *House) heads(ctx context.Context, group string) iter.Seq2[ledger.Leaf, error] {
	return func(yield func(ledger.Leaf, error) bool) {
		for c, err := range h.groupRecords(ctx, group) {
			if err != nil {
				yield(ledger.Leaf{}, err)
				return
			}
			line := bytes.TrimSuffix(c.entries, []byte("\n"))
			line = line[bytes.LastIndexByte(line, '\n')+1:]
			var last ledger.Entry
			if err := json.Unmarshal(line, &last); err != nil {
				yield(ledger.Leaf{}, fmt.Errorf("%s: %w: %w", c.subject, ErrTampered, err))
				return
			}
			if !yield(ledger.Leaf{Subject: c.subject, Seq: last.Seq, Hash: last.Hash}, nil) {
				return
			}
		}
	}
}

// LastCheckpoint returns the newest signed checkpoint.
func (h *House) LastCheckpoint(ctx context.Context) ([]byte, error) {
	pos, revision, err := h.position(ctx)
	if err != nil {
		return nil, err
	}
	if revision == 0 {
		return nil, errors.New("no checkpoint was made yet")
	}
	recs, err := h.Table.Get(ctx, checkpointKey(pos.Number))
	if err != nil {
		return nil, err
	}
	return recs[0].Value, nil
}
