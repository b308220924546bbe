package compliance

// entry is a literal of an engine.
type entry struct {
	at    int32 // its letters in engine.letters
	size  int16
	open  bool // some term lets it go on within a word
	armed bool // it triggers patterns
	// Lists that hold it alone are engine.alone.values[alone:alone+lists].
	alone, lists int32
}

// enter notes what the literals are.
func (e *engine) enter(all []wording) {
	e.literals = make([]entry, len(all))
	for id, w := range all {
		e.literals[id] = entry{at: int32(len(e.letters)), size: int16(len(w.letters))}
		e.letters = append(e.letters, w.letters...)
	}
	for id := range e.literals {
		l := &e.literals[id]
		l.alone, l.lists = e.alone.starts[id], int32(len(e.alone.of(int32(id))))
		for _, s := range e.alone.of(int32(id)) {
			l.open = l.open || s.open
		}
	}
	for i := range e.patterns {
		for n := range e.patterns[i].steps {
			s := &e.patterns[i].steps[n]
			for _, id := range s.literals {
				e.literals[id].open = e.literals[id].open || s.open
			}
		}
	}
}

// first and last return letters of a literal.
func (e *engine) first(id int32) rune { return e.letters[e.literals[id].at] }

func (e *engine) last(id int32) rune {
	l := &e.literals[id]
	return e.letters[l.at+int32(l.size)-1]
}

// hit is one occurrence of a term of a list, in units. Its first gap, if it has one, is [gap, resume).
type hit struct{ list, start, end, gap, resume int32 }

// occurrence is a literal that stands in units [start, end).
type occurrence struct {
	start, end, literal int32
	opens, closes       bool // a word may begin and end there
	digits              bool // it stands directly after a number, as in 20pm
}

// matches is what scan finds in a reading, and its scratch.
type matches struct {
	seen  []occurrence // by start
	armed []int32      // those that trigger patterns
	sieve sieve        // of seen
	// hits are as they were found; those of list n are in reading.hits[heads[n].from:heads[n].to] when they are in order.
	hits    []hit
	heads   []stretchOfHits
	touched []int32 // lists that have hits
	begun   []int32 // by pattern: the occurrences up to which it was looked at
	begins  []int32 // patterns that have begun
	ways    []way
	word    int32 // the length of the longest word
	longest int32 // the longest word or number, once it is known
}

type stretchOfHits struct{ from, to int32 }

func newMatches(e *engine) matches {
	return matches{heads: make([]stretchOfHits, e.lists), begun: make([]int32, len(e.patterns))}
}

// scan finds all terms of all rules of an engine in the reading.
func (t *reading) scan(e *engine) {
	t.spot(e)
	for _, k := range t.matches.armed {
		for _, id := range e.arms.of(t.matches.seen[k].literal) {
			t.consider(e, id, k)
		}
	}
	t.order()
}

// spot finds all literals, and with them the terms that are no more than one.
func (t *reading) spot(e *engine) {
	before, word, longest := stop, 0, 0
	for i := range t.units {
		u := &t.units[i]
		inWord := u.class == letter && before == letter && u.flags&gapBefore == 0
		before = u.class
		if !inWord {
			longest = max(longest, i-word)
			word = i
		}
		if u.class >= list || inWord && !e.ahead || !t.mayBegin(e, i) {
			continue
		}
		o := occurrence{start: int32(i), opens: t.opens(int32(i)), digits: t.afterNumber(int32(i))}
		if e.ahead || o.opens || o.digits {
			t.walk(e, o)
		}
	}
	t.matches.word = int32(max(longest, len(t.units)-word))
}

func (t *reading) mayBegin(e *engine, i int) bool {
	if i+4 > len(t.units) {
		return true
	}
	u := t.units[i : i+4]
	return e.trie.begins(u[0].r, u[1].r, u[2].r, u[3].r)
}

// walk follows the trie from where o begins, and looks at every literal that may stand there. No literal goes on over the end of
// a clause.
func (t *reading) walk(e *engine, o occurrence) {
	state, rest := int32(0), t.units[o.start:]
	for i := range rest {
		if rest[i].class >= list {
			return
		}
		at := e.trie.step(state, rest[i].r)
		if at == nil {
			return
		}
		if at.literal > 0 {
			o.literal = at.literal - 1
			t.verify(e, &o, o.start+int32(i)+1)
		}
		state = at.to
	}
}

// verify notes an occurrence, of which units before seen agree, if the others do too.
func (t *reading) verify(e *engine, o *occurrence, seen int32) {
	l, start := &e.literals[o.literal], o.start
	end := start + int32(l.size)
	if int(end) > len(t.units) || end > seen && !t.reads(e.letters[l.at+seen-start:l.at+int32(l.size)], seen) {
		return
	}
	o.end, o.closes = end, t.closes(end)
	if !o.closes && !l.open {
		return
	}
	m := &t.matches
	for _, s := range e.alone.values[l.alone : l.alone+l.lists] {
		if (o.opens || s.ahead) && (o.closes || s.open) {
			h := hit{list: s.list, start: start, end: end}
			if s.open {
				h.end = t.wordEndAt(end)
			}
			m.hits = append(m.hits, h)
		}
	}
	if l.armed {
		m.armed = append(m.armed, int32(len(m.seen)))
	}
	m.seen = append(m.seen, *o)
	m.sieve.add(o.literal)
}

// wordEndAt returns where the word ends that goes on at a unit, or the unit itself when none does. Letters that stand by
// themselves without spaces go on.
func (t *reading) wordEndAt(at int32) int32 {
	for int(at) < len(t.units) && (!t.closes(at) || t.units[at].flags&(apart|spaced) == apart) {
		at++
	}
	return at
}

// order gathers the hits by list, each list by start, the longest first.
func (t *reading) order() {
	m := &t.matches
	for i := range m.hits {
		h := &m.heads[m.hits[i].list]
		if h.to == 0 {
			m.touched = append(m.touched, m.hits[i].list)
		}
		h.to++
	}
	sum := int32(0)
	for _, id := range m.touched {
		n := m.heads[id].to
		m.heads[id] = stretchOfHits{sum, sum}
		sum += n
	}
	if cap(t.hits) < len(m.hits) {
		t.hits = make([]hit, len(m.hits), 2*len(m.hits))
	}
	t.hits = t.hits[:len(m.hits)]
	for _, h := range m.hits {
		s := &m.heads[h.list]
		at := s.to
		for ; at > s.from && h.before(&t.hits[at-1]); at-- {
			t.hits[at] = t.hits[at-1]
		}
		t.hits[at] = h
		s.to++
	}
}

func (h *hit) before(o *hit) bool {
	return h.start < o.start || h.start == o.start && h.end > o.end
}

// forget makes ready for the next message, and lets go of this one.
func (t *reading) forget() {
	clear(t.pieces)
	clear(t.found)
	m := &t.matches
	for _, id := range m.touched {
		m.heads[id] = stretchOfHits{}
	}
	for _, id := range m.begins {
		m.begun[id] = 0
	}
	m.seen, m.armed, m.hits, m.touched, m.begins = m.seen[:0], m.armed[:0], m.hits[:0], m.touched[:0], m.begins[:0]
	m.sieve, m.longest = sieve{}, 0
}

// of returns the hits of one list, by start; of hits with the same start the longest comes first.
func (t *reading) of(list int32) []hit {
	s := t.matches.heads[list]
	return t.hits[s.from:s.to]
}

// has reports whether a list has any hit.
func (t *reading) has(list int32) bool { return t.matches.heads[list].to > 0 }

// reads reports whether the units from at on, which are there, are these.
func (t *reading) reads(text []rune, at int32) bool {
	for i, r := range text {
		if t.units[int(at)+i].r != r {
			return false
		}
	}
	return true
}
