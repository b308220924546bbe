package compliance

// automaton finds all literals of all rules in one pass (Aho and Corasick, 1975). Its edges lie in one open hash table, so
// a step costs the same however many rules there are.
type automaton struct {
	keys  []uint64 // state<<21 | rune, plus one; 0 is free
	next  []int32
	shift uint
	fail  []int32
	out   [][]int32 // literals that end at a state
	link  []int32   // the next state on the fail path that has output, or 0
	first [1 << 10]uint64
}

type trieEdge struct {
	state int32
	r     rune
}

// newAutomaton builds the automaton; literal i is reported as i.
func newAutomaton(literals [][]rune) *automaton {
	a := &automaton{out: make([][]int32, 1)}
	edges := map[trieEdge]int32{}
	var order []trieEdge // in the order in which states were made
	for i, lit := range literals {
		s := int32(0)
		for _, r := range lit {
			e := trieEdge{s, r}
			to, ok := edges[e]
			if !ok {
				to = int32(len(a.out))
				edges[e] = to
				order = append(order, e)
				a.out = append(a.out, nil)
			}
			s = to
		}
		a.out[s] = append(a.out[s], int32(i))
		a.mark(lit[0])
	}
	a.table(edges)
	a.failures(order, edges)
	return a
}

func (a *automaton) mark(r rune) {
	a.first[(r&0xFFFF)>>6] |= 1 << (r & 63)
}

func (a *automaton) table(edges map[trieEdge]int32) {
	bits := uint(4)
	for 1<<bits < 2*len(edges) {
		bits++
	}
	a.shift = 64 - bits
	a.keys, a.next = make([]uint64, 1<<bits), make([]int32, 1<<bits)
	for e, to := range edges {
		k := uint64(e.state)<<21 | uint64(e.r) + 1
		i := (k * spread) >> a.shift
		for a.keys[i] != 0 {
			i = (i + 1) & uint64(len(a.keys)-1)
		}
		a.keys[i], a.next[i] = k, to
	}
}

const spread = 0x9E3779B97F4A7C15 // 2^64 over the golden ratio: Fibonacci hashing

// edge returns the state after r, or -1.
func (a *automaton) edge(state int32, r rune) int32 {
	k := uint64(state)<<21 | uint64(r) + 1
	for i := (k * spread) >> a.shift; ; i = (i + 1) & uint64(len(a.keys)-1) {
		switch a.keys[i] {
		case k:
			return a.next[i]
		case 0:
			return -1
		}
	}
}

func (a *automaton) step(state int32, r rune) int32 {
	for {
		if state == 0 && a.first[(r&0xFFFF)>>6]&(1<<(r&63)) == 0 {
			return 0
		}
		if to := a.edge(state, r); to >= 0 {
			return to
		}
		if state == 0 {
			return 0
		}
		state = a.fail[state]
	}
}

// failures fills fail and link, nearer states first.
func (a *automaton) failures(order []trieEdge, edges map[trieEdge]int32) {
	n := len(a.out)
	a.fail, a.link = make([]int32, n), make([]int32, n)
	children := make([][]trieEdge, n)
	for _, e := range order {
		children[e.state] = append(children[e.state], e)
	}
	queue := []int32{0}
	for len(queue) > 0 {
		s := queue[0]
		queue = queue[1:]
		for _, e := range children[s] {
			to := edges[e]
			queue = append(queue, to)
			if s != 0 {
				a.fail[to] = a.step(a.fail[s], e.r)
			}
			if f := a.fail[to]; len(a.out[f]) > 0 {
				a.link[to] = f
			} else {
				a.link[to] = a.link[f]
			}
		}
	}
}
