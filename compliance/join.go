package compliance

import "slices"

// Terms of several steps are put together from the literals that stand in a message: a pattern is looked at only where its
// rarest literal stands, and only when literals of all its other steps stand somewhere.

// way is how a pattern, or the steps of it that are left, may stand in the text: where it ends, and its first gap. form tells
// which wordings make it up: of each form only the way with the shortest gaps counts.
type way struct {
	form             uint64
	end, gap, resume int32
}

// consider looks at a pattern whose trigger is occurrence k.
func (t *reading) consider(e *engine, id, k int32) {
	p, m := &e.patterns[id], &t.matches
	for n := range p.steps {
		if s := &p.steps[n]; s.kind == literal && n != p.trigger && !s.seen.meets(&m.sieve) {
			return
		}
	}
	if p.trigger == p.anchor {
		t.begin(e, p, k)
		return
	}
	if s, o := &p.steps[p.trigger], &m.seen[k]; !s.fits(o) {
		return
	}
	far := m.seen[k].start - p.before
	switch {
	case p.loose == 0:
	case p.counts || t.odds&doubtful != 0:
		far -= p.loose * t.longestRun()
	default:
		far -= p.loose * m.word
	}
	done := m.begun[id]
	if done == 0 {
		m.begins = append(m.begins, id)
	}
	for j := k - 1; j >= done && m.seen[j].start >= far; j-- {
		if p.steps[p.anchor].has(m.seen[j].literal) {
			t.begin(e, p, j)
		}
	}
	m.begun[id] = k // which may begin the pattern of a later trigger
}

// fits reports whether a literal stands as the step asks for: as whole words.
func (s *step) fits(o *occurrence) bool { return (o.opens || s.ahead) && (o.closes || s.open) }

func (s *step) has(literal int32) bool {
	if len(s.literals) < 8 {
		return slices.Contains(s.literals, literal)
	}
	_, ok := slices.BinarySearch(s.literals, literal)
	return ok
}

// begin completes a pattern whose anchor is occurrence k.
func (t *reading) begin(e *engine, p *pattern, k int32) {
	m := &t.matches
	o, s := &m.seen[k], &p.steps[p.anchor]
	if !o.opens && !s.ahead && !(p.anchor == 1 && o.digits) || !o.closes && !s.open {
		return
	}
	start := o.start
	if p.anchor == 1 {
		if start = t.numberBefore(start); start == o.start {
			return
		}
	}
	m.ways = m.ways[:0]
	t.complete(e, p.steps[p.anchor+1:], o.end, k, isHan(e.last(o.literal)))
	for _, w := range m.ways {
		m.hits = append(m.hits, hit{p.list, start, w.end, w.gap, w.resume})
	}
}

// complete adds the ways in which steps may stand from unit at on, after occurrence k. han says that a Han character of a literal
// stands before it.
func (t *reading) complete(e *engine, steps []step, at, k int32, han bool) {
	m := &t.matches
	if len(steps) == 0 {
		m.ways = append(m.ways, way{end: at})
		return
	}
	switch s := &steps[0]; s.kind {
	case literal:
		for ; int(k) < len(m.seen) && m.seen[k].start <= at; k++ {
			if m.seen[k].start == at {
				t.choose(e, steps, k)
			}
		}
	case number:
		if end := t.numberAt(at); end > at {
			t.complete(e, steps[1:], end, k, false)
		}
	case tail:
		t.tail(e, steps[1:], at, k)
	default:
		t.gap(e, steps[1:], at, k, han)
	}
}

// choose goes on after occurrence k, if it is one of the literals of the first step.
func (t *reading) choose(e *engine, steps []step, k int32) {
	m := &t.matches
	o, s := &m.seen[k], &steps[0]
	if !s.has(o.literal) || !s.fits(o) {
		return
	}
	from := len(m.ways)
	t.complete(e, steps[1:], o.end, k, isHan(e.last(o.literal)))
	for i := from; i < len(m.ways); i++ {
		w := &m.ways[i]
		w.form = (w.form ^ uint64(o.literal+1)) * spread
	}
}

// gap passes over as little of the clause as the steps after it allow. In Chinese it reaches less far.
func (t *reading) gap(e *engine, steps []step, at, k int32, han bool) {
	m := &t.matches
	_, limit := t.clause(max(at-1, 0))
	if han {
		limit = min(limit, at+hanReach)
	}
	limit = min(limit, at+latinReach)
	from := len(m.ways)
	if steps[0].kind != literal {
		for i := at; i <= limit; i++ {
			before := len(m.ways)
			t.complete(e, steps, i, k, false)
			t.settle(from, before, at, i)
		}
		return
	}
	for ; int(k) < len(m.seen) && m.seen[k].start <= limit; k++ {
		o := &m.seen[k]
		if o.start < at || o.start > at+hanReach && isHan(e.first(o.literal)) {
			continue
		}
		before := len(m.ways)
		t.choose(e, steps, k)
		t.settle(from, before, at, o.start)
	}
}

// settle drops the ways from before on whose form has one from from on already, and notes the gap of the others.
func (t *reading) settle(from, before int, gap, resume int32) {
	m := &t.matches
	out := m.ways[:before]
	for _, w := range m.ways[before:] {
		if slices.ContainsFunc(out[from:], func(o way) bool { return o.form == w.form }) {
			continue
		}
		if resume >= 0 {
			w.gap, w.resume = gap, resume
		}
		out = append(out, w)
	}
	m.ways = out
}

// tail passes over the rest of a word. Where letters stand by themselves with spaces between them nobody knows where it ends.
func (t *reading) tail(e *engine, steps []step, at, k int32) {
	if len(steps) == 0 {
		t.complete(e, steps, t.wordEndAt(at), k, false)
		return
	}
	from := len(t.matches.ways)
	for {
		for int(at) < len(t.units) && !t.closes(at) {
			at++
		}
		before := len(t.matches.ways)
		t.complete(e, steps, at, k, false)
		t.settle(from, before, 0, -1)
		if int(at) >= len(t.units) || t.units[at].flags&apart == 0 {
			return
		}
		at++
	}
}

// longestRun returns the length of the longest run of letters or of figures in the reading, in units. Letters that stand by
// themselves are one run.
func (t *reading) longestRun() int32 {
	m := &t.matches
	if m.longest > 0 {
		return m.longest
	}
	run := int32(0)
	for i := range t.units {
		u := &t.units[i]
		if !numeral(u) && (u.class != letter || u.flags&gapBefore != 0 && u.flags&apart == 0) {
			run = 0
		}
		run++
		m.longest = max(m.longest, run)
	}
	return m.longest
}
