package compliance

import (
	"cmp"
	"slices"
)

// hit is one occurrence of a term of a list, in units. Its first gap, if it has one, is [gap, resume).
type hit struct{ list, start, end, gap, resume int32 }

// scan finds all terms of all rules of an engine in the reading.
func (t *reading) scan(e *engine) {
	before := stop
	for i := range t.units {
		u := &t.units[i]
		inWord := u.class == letter && before == letter && u.flags&gapBefore == 0
		before = u.class
		if u.class >= list || inWord && !e.ahead || !t.mayBegin(e, i) {
			continue
		}
		if e.ahead || t.opens(int32(i)) || t.afterNumber(int32(i)) {
			t.walk(e, int32(i))
		}
	}
	t.order()
}

func (t *reading) mayBegin(e *engine, i int) bool {
	if i+4 > len(t.units) {
		return true
	}
	u := t.units[i : i+4]
	return e.trie.begins(u[0].r, u[1].r, u[2].r, u[3].r)
}

// walk follows the trie from unit start and looks at every literal that may stand there. No literal goes on over the end of
// a clause.
func (t *reading) walk(e *engine, start int32) {
	state := int32(0)
	for i := start; int(i) < len(t.units) && t.units[i].class < list; i++ {
		at := e.trie.step(state, t.units[i].r)
		if at == nil {
			return
		}
		if at.literal > 0 {
			t.verify(e, at.literal-1, start, i+1)
		}
		state = at.to
	}
}

// order sorts the hits and notes where those of each list begin.
func (t *reading) order() {
	slices.SortFunc(t.hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(a.list, b.list), cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end))
	})
	for i := len(t.hits) - 1; i >= 0; i-- {
		t.heads[t.hits[i].list] = int32(i)
	}
}

// forget clears the heads that scan set, and lets go of the message.
func (t *reading) forget() {
	clear(t.pieces)
	clear(t.found)
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

// verify completes the patterns whose anchor literal begins at unit start, of which units before seen agree.
func (t *reading) verify(e *engine, lit, start, seen int32) {
	text := e.literals[lit]
	end := start + int32(len(text))
	if int(end) > len(t.units) || !t.reads(text[seen-start:], seen) {
		return
	}
	opens, closes, digits := t.opens(start), t.closes(end), t.afterNumber(start)
	for _, o := range e.owners[lit] {
		if !opens && !o.ahead && !(o.numbered && digits) || !closes && !o.open {
			continue
		}
		p, from := &e.patterns[o.pattern], start
		if o.numbered {
			if from = t.numberBefore(start); from == start {
				continue
			}
		}
		h := hit{list: p.list, start: from}
		var ok bool
		if h.end, ok = t.follow(p.steps[p.anchor+1:], end, &h); ok {
			t.hits = append(t.hits, h)
		}
	}
}

// follow matches the steps after the anchor, notes the first gap in h, and returns where they end.
func (t *reading) follow(steps []step, at int32, h *hit) (int32, bool) {
	if len(steps) == 0 {
		return at, true
	}
	switch s := &steps[0]; s.kind {
	case literal:
		end, ok := t.literalAt(s, at)
		if !ok {
			return 0, false
		}
		return t.follow(steps[1:], end, h)
	case number:
		end := t.numberAt(at)
		if end == at {
			return 0, false
		}
		return t.follow(steps[1:], end, h)
	case tail:
		return t.tail(steps[1:], at, h)
	}
	_, limit := t.clause(max(at-1, 0))
	limit = min(limit, at+steps[0].reach)
	for gap := at; at <= limit; at++ {
		if steps[1].kind == literal && !t.starts(steps[1].text, at) {
			continue
		}
		if end, ok := t.follow(steps[1:], at, h); ok {
			h.gap, h.resume = gap, at
			return end, true
		}
	}
	return 0, false
}

// tail passes over the rest of a word. Where letters stand by themselves with spaces between them nobody knows where it ends.
func (t *reading) tail(steps []step, at int32, h *hit) (int32, bool) {
	for {
		for int(at) < len(t.units) && (!t.closes(at) || len(steps) == 0 && t.units[at].flags&(apart|spaced) == apart) {
			at++
		}
		if end, ok := t.follow(steps, at, h); ok || int(at) >= len(t.units) || t.units[at].flags&apart == 0 {
			return end, ok
		}
		at++
	}
}

func (t *reading) literalAt(s *step, at int32) (int32, bool) {
	end := at + int32(len(s.text))
	if int(end) > len(t.units) || !t.starts(s.text, at) || !s.ahead && !t.opens(at) || !s.open && !t.closes(end) {
		return 0, false
	}
	return end, t.reads(s.text, at)
}

// starts reports whether the unit at a place is there and is the first of a literal; most places fail it.
func (t *reading) starts(text []rune, at int32) bool {
	return int(at) < len(t.units) && t.units[at].r == text[0]
}

// reads reports whether the units from at on, which are there, are these.
func (t *reading) reads(text []rune, at int32) bool {
	for i, r := range text {
		if t.units[int(at)+i].r != r {
			return false
		}
	}
	return true
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

// afterNumber reports whether letters begin directly after a number, as in 20pm: a word there only as part of the number.
func (t *reading) afterNumber(i int32) bool {
	return i > 0 && t.units[i].class == letter && t.units[i-1].class == digit
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
