package compliance

// denied reports whether the words of a hit are negated where they stand: by a negator before them in the clause or
// in their gap, by words after them, or by the answer to the question they are part of.
func (t *reading) denied(g *grammar, h hit) bool {
	from, to := t.clause(h.start)
	return t.negatedBefore(g, h.start, from) || t.negators(g, h.gap, h.resume) || t.negatedAfter(g, h, to) || t.answeredNo(g, h)
}

// negatedBefore looks for a negator between from and at, and in the clauses before while they are joined by "or" and the like.
func (t *reading) negatedBefore(g *grammar, at, from int32) bool {
	sentence, _ := t.sentence(at)
	for range 4 {
		if barrier := t.last(g.contrast, from, at); barrier >= 0 {
			return t.negators(g, barrier, at)
		}
		if t.negators(g, from, at) {
			return true
		}
		if from <= sentence || !t.begins(g.joins, from, at) {
			return false
		}
		at = from
		from, _ = t.clause(from - 1)
	}
	return false
}

// negators reports whether a negator stands in [from, to). Pairs that affirm are among the seeming ones.
func (t *reading) negators(g *grammar, from, to int32) bool {
	for _, h := range t.of(g.negator) {
		if h.start >= from && h.end <= to && !t.covered(g.seeming, h) && t.reaches(h, to) {
			return true
		}
	}
	return false
}

// reaches reports whether a negator governs what begins at a unit. 非 and 无 govern the next word only (非存款、产品有风险), verbs
// with 不 a whole list (不承诺保本、保息).
func (t *reading) reaches(h hit, at int32) bool {
	if r := t.units[h.start].r; h.end-h.start > 1 || r != '非' && r != '无' && r != '没' {
		return true
	}
	for i := h.end; i < at; i++ {
		if i-h.end > 8 || t.units[i].class == list {
			return false
		}
	}
	return true
}

// covered reports whether a hit of list holds all of h.
func (t *reading) covered(list int32, h hit) bool {
	for _, c := range t.of(list) {
		if c.start <= h.start && h.end <= c.end {
			return true
		}
		if c.start > h.start {
			break
		}
	}
	return false
}

// last returns the end of the last hit of a list within [from, to), or -1.
func (t *reading) last(list, from, to int32) int32 {
	at := int32(-1)
	for _, h := range t.of(list) {
		if h.start >= from && h.end <= to {
			at = h.end
		}
	}
	return at
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
		if a.start >= h.end && a.start < to && t.last(g.contrast, h.end, a.start) < 0 {
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
	return t.begins(g.denies, to, int32(len(t.units))) || t.any(g.denies, to, min(to+3, int32(len(t.units))))
}

// warned reports whether the sentence of a hit warns of such words, or quotes a law that forbids them.
func (t *reading) warned(g *grammar, h hit) bool {
	from, to := t.sentence(h.start)
	if barrier := t.last(g.contrast, from, h.start); barrier >= 0 {
		from = barrier
	}
	for _, w := range t.of(g.warning) {
		if w.start >= from && w.end <= to && (w.end <= h.start || w.start >= h.end) {
			return true
		}
	}
	return false
}
