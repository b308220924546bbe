package compliance

// denied reports whether the words of a hit are negated where they stand: by a negator before them in the clause or
// in their gap, by words after them, or by the answer to the question they are part of.
func (t *reading) denied(g *grammar, h hit) bool {
	from, to := t.clause(h.start)
	return t.negatedBefore(g, h.start, from) || h.gap < h.resume && t.negators(g, h.gap, h.resume) || t.negatedAfter(g, h, to) || t.answeredNo(g, h)
}

// negatedBefore looks for a negator between from and at, and in the clauses before while they are joined by "or" and the like.
func (t *reading) negatedBefore(g *grammar, at, from int32) bool {
	if open, _, ok := t.quotation(at); ok && open > from && t.negatedUpTo(g, open, from) {
		return true
	}
	return t.negatedUpTo(g, at, from)
}

func (t *reading) negatedUpTo(g *grammar, at, from int32) bool {
	sentence, _ := t.sentence(at)
	for range 4 {
		if barrier := t.barrier(g, from, at); barrier >= 0 {
			return t.negators(g, barrier, at)
		}
		if t.negators(g, from, at) {
			return true
		}
		if from <= sentence || !t.begins(g.joins, from, at) || t.begins(g.anew, from, at) {
			return false
		}
		at = from
		from, _ = t.clause(from - 1)
	}
	return false
}

// barrier returns the end of the last word of contrast within [from, to), or -1. "Not yet" is none.
func (t *reading) barrier(g *grammar, from, to int32) int32 {
	at := int32(-1)
	for _, h := range t.of(g.contrast) {
		if h.start >= from && h.end <= to && !t.covered(g.seeming, h) && !t.covered(g.negator, h) {
			at = h.end
		}
	}
	return at
}

// negators reports whether a negator stands in [from, to) that reaches to.
func (t *reading) negators(g *grammar, from, to int32) bool {
	if t.negates(g, g.negator, from, to, to) {
		return true
	}
	for _, c := range g.close {
		if t.negates(g, c.list, from, to, c.reach) {
			return true
		}
	}
	return false
}

// negates reports whether a negator of a list stands in [from, to), at most reach units before to. Pairs that affirm are among
// the seeming ones, and what others do not promise the speaker may ("others do not, we do").
func (t *reading) negates(g *grammar, list, from, to, reach int32) bool {
	for _, h := range t.of(list) {
		if h.start < from || h.end > to || to-h.end > reach || t.covered(g.seeming, h) {
			continue
		}
		if reach < to && (t.any(g.links, h.end, to) || t.lists(h.end, to)) {
			continue
		}
		if !t.any(g.others, from, h.start) || !t.any(g.own, h.end, to) {
			return true
		}
	}
	return false
}

// lists reports whether 、 stands in [from, to): it ends the reach of 非 in 非存款、产品有风险.
func (t *reading) lists(from, to int32) bool {
	for i := from; i < to; i++ {
		if t.units[i].class == list {
			return true
		}
	}
	return false
}

// covered reports whether a hit of list holds all of h, and no quotation begins within it: 没有“不 is no pair.
func (t *reading) covered(list int32, h hit) bool {
	for _, c := range t.of(list) {
		if c.start <= h.start && h.end <= c.end && !t.citedIn(c.start+1, c.end) {
			return true
		}
		if c.start > h.start {
			break
		}
	}
	return false
}

func (t *reading) citedIn(from, to int32) bool {
	for i := from; i < to; i++ {
		if t.units[i].flags&cited != 0 {
			return true
		}
	}
	return false
}

// begins reports whether a hit of list begins at from, before to.
func (t *reading) begins(list, from, to int32) bool {
	for _, h := range t.of(list) {
		if h.start == from && h.end <= to {
			return true
		}
	}
	return false
}

// any reports whether a hit of list lies within [from, to).
func (t *reading) any(list, from, to int32) bool {
	for _, h := range t.of(list) {
		if h.start >= from && h.end <= to {
			return true
		}
		if h.start >= to {
			break
		}
	}
	return false
}

func (t *reading) negatedAfter(g *grammar, h hit, to int32) bool {
	for _, a := range t.of(g.after) {
		if a.start >= h.end && a.start < to && t.barrier(g, h.end, a.start) < 0 && !t.covered(g.seeming, a) {
			return true
		}
	}
	return false
}

// answeredNo reports whether the sentence of a hit asks, and the next one begins with a denial.
func (t *reading) answeredNo(g *grammar, h hit) bool {
	_, to := t.sentence(h.start)
	if int(to) >= len(t.units) || t.units[to-1].r != '?' {
		return false
	}
	for to < int32(len(t.units)) && t.units[to].class >= list {
		to++
	}
	for _, d := range t.of(g.denies) {
		if d.start >= to && d.start <= to+2 && !t.covered(g.seeming, d) {
			return true
		}
	}
	return false
}
