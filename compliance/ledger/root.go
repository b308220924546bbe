package ledger

import (
	"crypto/sha256"
	"slices"
	"strconv"

	"golang.org/x/mod/sumdb/tlog"
)

// Leaf is the head of one chain at a checkpoint. The leaves of a group at a checkpoint, sorted by the bytes of Subject, are
// the group's manifest; it must be kept, because proofs are computed from it.
type Leaf struct {
	Subject string `json:"subject"`
	Seq     int    `json:"seq"`  // of the chain's last entry
	Hash    string `json:"hash"` // of the chain's last entry
}

// Head returns the leaf of a chain that has at least one entry.
func Head(chain []Entry) Leaf {
	e := &chain[len(chain)-1]
	return Leaf{Subject: e.Subject, Seq: e.Seq, Hash: e.Hash}
}

// Sum returns the leaf hash of RFC 6962 (SHA-256 over a zero byte and the leaf) of the bytes in the package comment.
func (l Leaf) Sum() tlog.Hash {
	var room [384]byte
	var number [20]byte
	b := append(room[:0], "\x00scruple-leaf-v1\n"...)
	b = appendField(b, l.Subject)
	b = appendField(b, strconv.AppendInt(number[:0], int64(l.Seq), 10))
	b = appendField(b, l.Hash)
	return sha256.Sum256(b)
}

// RootBuilder computes the Merkle root of a group from a stream of leaves, in memory that grows with the logarithm of their
// number. The zero value is ready for use.
type RootBuilder struct {
	peaks []tlog.Hash // roots of the perfect subtrees, largest first: one for each bit of count
	count int64
}

// Add adds the next leaf. The caller keeps the order of subjects.
func (b *RootBuilder) Add(l Leaf) { b.push(l.Sum(), nil) }

// Count returns how many leaves were added.
func (b *RootBuilder) Count() int64 { return b.count }

// Root returns the root over the leaves so far; of none it is the SHA-256 of nothing, as RFC 6962 has it. More leaves may
// follow.
func (b *RootBuilder) Root() tlog.Hash {
	if len(b.peaks) == 0 {
		return sha256.Sum256(nil)
	}
	return fold(b.peaks)
}

// push adds a leaf hash and shows the caller that hash and each inner node that it completes, lowest first: what a tlog
// stores for this leaf.
func (b *RootBuilder) push(h tlog.Hash, made func(tlog.Hash)) {
	if made != nil {
		made(h)
	}
	for bits := b.count; bits&1 == 1; bits >>= 1 {
		last := len(b.peaks) - 1
		h = tlog.NodeHash(b.peaks[last], h)
		b.peaks = b.peaks[:last]
		if made != nil {
			made(h)
		}
	}
	b.peaks = append(b.peaks, h)
	b.count++
}

func (b *RootBuilder) clone() RootBuilder { return RootBuilder{slices.Clone(b.peaks), b.count} }

// fold joins the roots of perfect subtrees, largest first and at least one, to the root of the whole.
func fold(peaks []tlog.Hash) tlog.Hash {
	h := peaks[len(peaks)-1]
	for i := len(peaks) - 2; i >= 0; i-- {
		h = tlog.NodeHash(peaks[i], h)
	}
	return h
}
