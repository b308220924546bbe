package compliance

import (
	"cmp"
	"slices"
)

// hit is one occurrence of a term of a list, in units.
type hit struct{ list, start, end int32 }

// scan finds all terms of all rules of an engine in the reading.
func (t *reading) scan(e *engine) {
	state := int32(0)
	a := e.auto
	for i := range t.units {
		u := &t.units[i]
		if u.class >= list {
			state = 0
			continue
		}
		if state == 0 && u.class == letter && u.flags&gapBefore == 0 && !e.ahead && i > 0 && t.units[i-1].class == letter {
			continue // within a word no term begins
		}
		state = a.step(state, u.r)
		if state == 0 {
			continue
		}
		for s := state; s != 0; s = a.link[s] {
			for _, lit := range a.out[s] {
				t.verify(e, lit, int32(i)+1)
			}
		}
	}
	slices.SortFunc(t.hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(a.list, b.list), cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end))
	})
	for i := len(t.hits) - 1; i >= 0; i-- {
		t.heads[t.hits[i].list] = int32(i)
	}
}

// forget clears the heads that scan set.
func (t *reading) forget() {
	for i := range t.hits {
		t.heads[t.hits[i].list] = -1
	}
}

// of returns the hits of one list, by start; of hits with the same start the longest comes first.
func (t *reading) of(list int32) []hit {
	from := t.heads[list]
	if from < 0 {
		return nil
	}
	to := from + 1
	for int(to) < len(t.hits) && t.hits[to].list == list {
		to++
	}
	return t.hits[from:to]
}

// verify completes the patterns whose anchor literal ends before unit end.
func (t *reading) verify(e *engine, lit, end int32) {
	start := end - int32(len(e.literals[lit]))
	opens, closes := t.opens(start), t.closes(end)
	if !opens && !e.ahead {
		return
	}
	for _, n := range e.owners[lit] {
		p := &e.patterns[n]
		a := &p.steps[p.anchor]
		if !opens && !a.ahead || !closes && !a.open {
			continue
		}
		from := start
		if p.anchor == 1 {
			if from = t.numberBefore(start); from == start {
				continue
			}
		}
		if to, ok := t.follow(p.steps[p.anchor+1:], end); ok {
			t.hits = append(t.hits, hit{p.list, from, to})
		}
	}
}

// follow matches the steps after the anchor and returns where they end.
func (t *reading) follow(steps []step, at int32) (int32, bool) {
	if len(steps) == 0 {
		return at, true
	}
	switch s := &steps[0]; s.kind {
	case literal:
		end, ok := t.literalAt(s, at)
		if !ok {
			return 0, false
		}
		return t.follow(steps[1:], end)
	case number:
		end := t.numberAt(at)
		if end == at {
			return 0, false
		}
		return t.follow(steps[1:], end)
	case tail:
		for int(at) < len(t.units) && !t.closes(at) {
			at++
		}
		return t.follow(steps[1:], at)
	}
	_, limit := t.clause(max(at-1, 0))
	limit = min(limit, at+steps[0].reach)
	for ; at <= limit; at++ {
		if end, ok := t.follow(steps[1:], at); ok {
			return end, true
		}
	}
	return 0, false
}

func (t *reading) literalAt(s *step, at int32) (int32, bool) {
	end := at + int32(len(s.text))
	if int(end) > len(t.units) || !s.ahead && !t.opens(at) || !s.open && !t.closes(end) {
		return 0, false
	}
	for i, r := range s.text {
		if t.units[int(at)+i].r != r {
			return 0, false
		}
	}
	return end, true
}

// opens reports whether a word or number may begin at a unit.
func (t *reading) opens(i int32) bool {
	u := &t.units[i]
	if i == 0 || u.flags&gapBefore != 0 {
		return true
	}
	switch before := t.units[i-1].class; u.class {
	case letter:
		return before != letter && before != dot && before != digit
	case digit:
		return before != digit
	}
	return true
}

// closes reports whether a word or number may end before a unit.
func (t *reading) closes(i int32) bool {
	if i == 0 || int(i) >= len(t.units) {
		return true
	}
	u := &t.units[i]
	if u.flags&gapBefore != 0 {
		return true
	}
	switch t.units[i-1].class {
	case letter:
		return u.class != letter && u.class != dot
	case digit:
		return u.class != digit
	}
	return true
}

// numberAt returns the unit after the number that begins at a unit, or the unit itself.
func (t *reading) numberAt(at int32) int32 {
	for int(at) < len(t.units) && numeral(&t.units[at]) {
		at++
	}
	return at
}

// numberBefore returns where the number that ends before a unit begins, or the unit itself.
func (t *reading) numberBefore(at int32) int32 {
	for at > 0 && numeral(&t.units[at-1]) {
		at--
	}
	return at
}

func numeral(u *unit) bool {
	if u.class == digit {
		return true
	}
	if u.class != han {
		return false
	}
	switch u.r {
	case '零', '〇', '一', '二', '两', '三', '四', '五', '六', '七', '八', '九', '十', '百', '千', '万', '亿', '点', '半':
		return true
	}
	return false
}
