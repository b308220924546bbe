package ledger

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// Log is the append-only log of records, over hashes that the caller keeps in the numbering of tlog.StoredHashIndex. Its
// proofs are those of RFC 6962; tlog.CheckRecord and tlog.CheckTree verify them.
type Log struct {
	Size   int64           // records in the log
	Hashes tlog.HashReader // gives the stored hashes 0 to tlog.StoredHashCount(Size)-1; not asked while Size is 0
}

// Append returns the hashes to store for further records: the first belongs at number tlog.StoredHashCount(l.Size). When
// they and the records are stored, the log has len(records) more.
func (l Log) Append(records ...[]byte) ([]tlog.Hash, error) {
	base := tlog.StoredHashCount(l.Size)
	var fresh []tlog.Hash
	both := tlog.HashReaderFunc(func(numbers []int64) ([]tlog.Hash, error) { return readBoth(l.Hashes, base, fresh, numbers) })
	for i, r := range records {
		hashes, err := tlog.StoredHashes(l.Size+int64(i), r, both)
		if err != nil {
			return nil, fmt.Errorf("append record %d: %w", l.Size+int64(i), err)
		}
		fresh = append(fresh, hashes...)
	}
	return fresh, nil
}

// readBoth reads hashes of which those from base on are not stored yet.
func readBoth(stored tlog.HashReader, base int64, fresh []tlog.Hash, numbers []int64) ([]tlog.Hash, error) {
	var old []int64
	for _, n := range numbers {
		if n < base {
			old = append(old, n)
		}
	}
	var have []tlog.Hash
	if len(old) > 0 {
		var err error
		if have, err = stored.ReadHashes(old); err != nil {
			return nil, err
		}
		if len(have) != len(old) {
			return nil, fmt.Errorf("asked for %d stored hashes, got %d", len(old), len(have))
		}
	}
	out := make([]tlog.Hash, 0, len(numbers))
	for _, n := range numbers {
		if n < base {
			out, have = append(out, have[0]), have[1:]
		} else {
			out = append(out, fresh[n-base])
		}
	}
	return out, nil
}

// Root returns the root over the first size records.
func (l Log) Root(size int64) (tlog.Hash, error) {
	if err := l.within(size); err != nil {
		return tlog.Hash{}, err
	}
	h, err := tlog.TreeHash(size, l.Hashes)
	if err != nil {
		return tlog.Hash{}, fmt.Errorf("root at size %d: %w", size, err)
	}
	return h, nil
}

// ProveRecord proves that a record is in the log of that size.
func (l Log) ProveRecord(size, index int64) (tlog.RecordProof, error) {
	if err := l.within(size); err != nil {
		return nil, err
	}
	p, err := tlog.ProveRecord(size, index, l.Hashes)
	if err != nil {
		return nil, fmt.Errorf("prove record %d at size %d: %w", index, size, err)
	}
	return p, nil
}

// ProveTree proves that the log of size old, from 1, is the beginning of the log of that size.
func (l Log) ProveTree(size, old int64) (tlog.TreeProof, error) {
	if err := l.within(size); err != nil {
		return nil, err
	}
	p, err := tlog.ProveTree(size, old, l.Hashes)
	if err != nil {
		return nil, fmt.Errorf("prove size %d within size %d: %w", old, size, err)
	}
	return p, nil
}

func (l Log) within(size int64) error {
	if size < 0 || size > l.Size {
		return fmt.Errorf("size %d: the log has %d records", size, l.Size)
	}
	return nil
}
