package compliance

import "slices"

// trie finds the literals of all rules. Literals begin only where a word, a number or a Han character does, so it is walked
// once from each such place, and few places get past the tables of beginnings. Its edges lie in one open hash table: a step
// costs the same however many rules there are.
type trie struct {
	edges  []edge
	shift  uint
	states int32
	// ones has a bit for each code point that is a literal by itself; twos for each hash of two that are one, and threes for
	// each hash of the three that begin a longer one.
	ones, twos, threes [1 << 10]uint64
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
func newTrie(literals [][]rune) *trie {
	t := &trie{}
	t.resize(10)
	order := make([]int, len(literals))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return slices.Compare(literals[a], literals[b]) })
	shared := 0 // with the literal before
	for n, i := range order {
		lit, next := literals[i], 0
		if n+1 < len(order) {
			next = common(lit, literals[order[n+1]])
		}
		t.enter(lit, max(shared, next)+1).literal = int32(i) + 1
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
	switch len(lit) {
	case 1:
		set(&t.ones, uint64(lit[0]&0xFFFF))
	case 2:
		set(&t.twos, hash(lit[0], lit[1], 0))
	default:
		set(&t.threes, hash(lit[0], lit[1], lit[2]))
	}
}

func set(bits *[1 << 10]uint64, n uint64) { bits[n>>6] |= 1 << (n & 63) }

func isSet(bits *[1 << 10]uint64, n uint64) bool { return bits[n>>6]>>(n&63)&1 != 0 }

func hash(a, b, c rune) uint64 { return (uint64(a)<<42 | uint64(b)<<21 | uint64(c)) * spread >> 48 }

// begins reports whether a literal may begin with a, b and c. It may say yes where none does, never no where one does.
func (t *trie) begins(a, b, c rune) bool {
	return isSet(&t.threes, hash(a, b, c)) || isSet(&t.twos, hash(a, b, 0)) || isSet(&t.ones, uint64(a&0xFFFF))
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
