package compliance

import (
	"math/bits"
	"slices"
	"strings"
)

// trie finds the literals of all rules. Literals begin only where a word, a number or a Han character does, so it is walked
// once from each such place, and few places get past the table of starts. Its edges lie in one open hash table: a step
// costs the same however many rules there are.
type trie struct {
	edges  []edge
	shift  uint
	states int32
	// starts has a bit for the hash of the first four code points of each literal, or of all it has.
	starts [1 << 10]uint64
}

// edge leads from a state by a code point to another. The key of a free slot is 0.
type edge struct {
	key     uint64
	to      int32
	literal int32 // the literal that ends there, or the only one that goes on from there, plus one
}

const spread = 0x9E3779B97F4A7C15 // 2^64 over the golden ratio: Fibonacci hashing

func edgeKey(state int32, r rune) uint64 { return uint64(state)<<21 | uint64(r) + 1 }

// newTrie builds the trie; literal i is reported as i. No literal may be there twice. A literal is entered only as far as it
// takes to tell it from all others: what is found is the one literal that may stand there, not that it does.
func newTrie(literals []wording) *trie {
	t := &trie{}
	t.resize(max(10, uint(bits.Len(uint(len(literals))))+1))
	order := make([]int32, len(literals))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int { return strings.Compare(literals[a].key, literals[b].key) }) // by code point, as UTF-8 is
	shared := 0                                                                                               // with the literal before
	for n, i := range order {
		lit, next := literals[i].letters, 0
		if n+1 < len(order) {
			next = common(lit, literals[order[n+1]].letters)
		}
		t.enter(lit, max(shared, next)+1).literal = i + 1
		t.mark(lit)
		shared = next
	}
	return t
}

func common(a, b []rune) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

func (t *trie) enter(lit []rune, depth int) *edge {
	at := &edge{}
	for _, r := range lit[:min(depth, len(lit))] {
		at = t.stepOrAdd(at.to, r)
	}
	return at
}

func (t *trie) mark(lit []rune) {
	var first [4]rune
	copy(first[:], lit)
	h := hash(first[0], first[1], first[2], first[3])
	t.starts[h>>6] |= 1 << (h & 63)
}

func hash(a, b, c, d rune) uint64 {
	return (uint64(a) ^ uint64(b)<<16 ^ uint64(c)<<32 ^ uint64(d)<<48) * spread >> 48
}

func (t *trie) isStart(h uint64) bool { return t.starts[h>>6]>>(h&63)&1 != 0 }

// begins reports whether a literal may begin with a, b, c and d. It may say yes where none does, never no where one does.
func (t *trie) begins(a, b, c, d rune) bool {
	return t.isStart(hash(a, b, c, d)) || t.isStart(hash(a, b, c, 0)) || t.isStart(hash(a, b, 0, 0)) || t.isStart(hash(a, 0, 0, 0))
}

// step returns the edge from a state by r, or nil.
func (t *trie) step(state int32, r rune) *edge {
	k := edgeKey(state, r)
	for i := k * spread >> t.shift; ; i = (i + 1) & uint64(len(t.edges)-1) {
		switch e := &t.edges[i]; e.key {
		case k:
			return e
		case 0:
			return nil
		}
	}
}

// stepOrAdd is step while the trie is built. At least half of the table stays free.
func (t *trie) stepOrAdd(state int32, r rune) *edge {
	if e := t.step(state, r); e != nil {
		return e
	}
	t.states++
	if 2*int(t.states) > len(t.edges) {
		t.resize(64 - t.shift + 1)
	}
	return t.place(edge{key: edgeKey(state, r), to: t.states})
}

func (t *trie) place(e edge) *edge {
	i := e.key * spread >> t.shift
	for t.edges[i].key != 0 {
		i = (i + 1) & uint64(len(t.edges)-1)
	}
	t.edges[i] = e
	return &t.edges[i]
}

func (t *trie) resize(bits uint) {
	old := t.edges
	t.edges, t.shift = make([]edge, 1<<bits), 64-bits
	for _, e := range old {
		if e.key != 0 {
			t.place(e)
		}
	}
}
