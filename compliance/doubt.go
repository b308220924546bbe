package compliance

// doubted reports whether the words of a hit are held up to be answered: they stand in quotation marks, or their sentence asks
// after them, and what follows doubts them, asks back or advises; or the next sentence calls all of it by name. The speaker's own
// promise, outside of quotation and question, is none of these.
func (t *reading) doubted(g *grammar, h hit) bool {
	if t.of(g.doubts) == nil && t.of(g.blames) == nil {
		return false
	}
	from, to := t.sentence(h.start)
	next := t.afterStops(to)
	if t.beginsNear(g.blames, next, 1) {
		return true
	}
	at := h.end
	_, end, quoted := t.quotation(h.start)
	if quoted {
		at = end
	} else if !t.asks(g, from, to, h) {
		return false
	}
	if t.beginsNear(g.affirms, next, 1) {
		return false
	}
	for range 3 {
		if t.undenied(g, g.doubts, at, to) {
			return t.barrier(g, at, to) < 0 // not: “保本”我们从不说，但您懂的
		}
		if at = t.afterStops(to); int(at) >= len(t.units) {
			return false
		}
		_, to = t.sentence(at)
	}
	return false
}

// asks reports whether the sentence [from, to) of a hit asks whether it is so, and is no question that leads to an offer.
func (t *reading) asks(g *grammar, from, to int32, h hit) bool {
	if t.any(g.hooks, from, to) {
		return false
	}
	return t.units[to-1].r == '?' || t.any(g.asking, h.end, to)
}

// afterStops returns the first unit at or after i that is no stop or sign between sentences.
func (t *reading) afterStops(i int32) int32 {
	for i < int32(len(t.units)) && t.units[i].class >= list {
		i++
	}
	return i
}

// beginsNear reports whether a hit of list begins in [from, from+reach].
func (t *reading) beginsNear(list, from, reach int32) bool {
	for _, h := range t.of(list) {
		if h.start >= from && h.start <= from+reach {
			return true
		}
	}
	return false
}

// undenied reports whether a hit of list lies within [from, to) that is not denied there.
func (t *reading) undenied(g *grammar, list, from, to int32) bool {
	for _, h := range t.of(list) {
		if h.start < from || h.end > to {
			continue
		}
		if clause, _ := t.clause(h.start); !t.negatedUpTo(g, h.start, max(clause, from)) {
			return true
		}
	}
	return false
}
