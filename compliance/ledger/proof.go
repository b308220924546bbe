package ledger

import (
	"errors"
	"fmt"
	"iter"
	"math/bits"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

// ErrNoLeaf says that a manifest has no leaf for a subject.
var ErrNoLeaf = errors.New("the manifest has no leaf for this subject")

// Proof shows that a leaf is in a group: the audit path of RFC 6962, section 2.1.1, lowest hash first.
type Proof struct {
	Index int64            `json:"index"` // of the leaf, from 0
	Count int64            `json:"count"` // leaves in the group
	Path  tlog.RecordProof `json:"path"`
}

// Prove computes the proof for a subject, and its leaf, from all leaves of a manifest in their order. It reads them once
// and keeps few. ErrNoLeaf when the subject is not among them.
func Prove(leaves iter.Seq2[Leaf, error], subject string) (Leaf, Proof, error) {
	t := tracer{at: -1}
	var found Leaf
	for l, err := range leaves {
		if err != nil {
			return Leaf{}, Proof{}, fmt.Errorf("prove %s: %w", subject, err)
		}
		if t.at < 0 && l.Subject == subject {
			found = l
			t.add(l.Sum(), true)
			continue
		}
		t.add(l.Sum(), false)
	}
	if t.at < 0 {
		return Leaf{}, Proof{}, fmt.Errorf("prove %s: %w", subject, ErrNoLeaf)
	}
	return found, t.proof(), nil
}

// Verify checks that the leaf is in the group with this root.
func (p Proof) Verify(l Leaf, root tlog.Hash) error {
	if p.Count > maxSize {
		return fmt.Errorf("proof of %s: %d leaves are more than a group can have", l.Subject, p.Count)
	}
	if err := tlog.CheckRecord(p.Path, p.Count, root, p.Index, l.Sum()); err != nil {
		return fmt.Errorf("proof of %s: it does not lead from the leaf to the root: %w", l.Subject, err)
	}
	return nil
}

// maxSize bounds trees that are read from outside: tlog's arithmetic does not end for sizes near the end of int64.
const maxSize = 1 << 48

// tracer builds the tree as RootBuilder does and picks up the siblings of one leaf on the way.
type tracer struct {
	tree RootBuilder
	at   int64 // index of the traced leaf, -1 before it came
	peak int   // which peak holds it
	path tlog.RecordProof
}

func (t *tracer) add(h tlog.Hash, traced bool) {
	merges := bits.TrailingZeros64(^uint64(t.tree.count))
	first := len(t.tree.peaks) - merges // the peaks from here on merge into one
	if traced {
		t.at = t.tree.count
		for _, left := range slices.Backward(t.tree.peaks[first:]) {
			t.path = append(t.path, left)
		}
	}
	if t.at >= 0 && !traced && t.peak >= first {
		t.path = append(t.path, t.right(h))
		for _, left := range slices.Backward(t.tree.peaks[first:t.peak]) {
			t.path = append(t.path, left)
		}
	}
	if traced || (t.at >= 0 && t.peak >= first) {
		t.peak = first
	}
	t.tree.push(h, nil)
}

// right is the subtree to the right of the traced peak once h completed it.
func (t *tracer) right(h tlog.Hash) tlog.Hash {
	for _, left := range slices.Backward(t.tree.peaks[t.peak+1:]) {
		h = tlog.NodeHash(left, h)
	}
	return h
}

func (t *tracer) proof() Proof {
	path := t.path
	if rest := t.tree.peaks[t.peak+1:]; len(rest) > 0 {
		path = append(path, fold(rest))
	}
	for _, left := range slices.Backward(t.tree.peaks[:t.peak]) {
		path = append(path, left)
	}
	return Proof{Index: t.at, Count: t.tree.count, Path: path}
}
