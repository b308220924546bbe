package compliance

// warned reports whether the sentence of a hit warns of such words, quotes a law that forbids them, or holds them up to be doubted. A warning of others
// does not cover what the speaker claims beside it.
func (t *reading) warned(g *grammar, h hit) bool {
	if t.doubted(g, h) {
		return true
	}
	warnings := t.of(g.warning)
	if warnings == nil {
		return false
	}
	clause, clauseEnd := t.clause(h.start)
	from, to := t.sentence(h.start)
	from = t.warningFrom(g, from, h.start)
	for _, w := range warnings {
		within := w.end > h.start && w.start < h.end
		if w.start < from || w.end > to || within && (w.start < h.gap || w.end > h.resume) {
			continue
		}
		switch {
		case within:
			return true
		case w.end <= h.start:
			if !t.released(g, w.end, h.start) {
				return true
			}
		case w.start < clauseEnd, !t.speaks(g, clause, h.start):
			return true
		}
	}
	return false
}

// warningFrom returns where a warning that covers unit at may begin: after the last contrast that is not within the same
// quotation.
func (t *reading) warningFrom(g *grammar, from, at int32) int32 {
	end := at
	if open, _, ok := t.quotation(at); ok {
		end = max(open, from)
	}
	return max(from, t.barrier(g, from, end))
}

// released reports whether the speaker begins a clause of their own between a warning and what follows it: 别人说稳赚是骗局，我们...
func (t *reading) released(g *grammar, from, to int32) bool {
	for _, o := range t.of(g.own) {
		if o.start < from || o.end > to {
			continue
		}
		if clause, _ := t.clause(o.start); clause >= from && !t.any(g.warning, clause, o.start) && !t.any(g.says, clause, o.start) {
			return true
		}
	}
	return false
}

// speaks reports whether the speaker stands in [from, to), outside of any quotation.
func (t *reading) speaks(g *grammar, from, to int32) bool {
	if open, _, ok := t.quotation(to); ok {
		to = open
	}
	return t.any(g.own, from, to)
}

// quotation returns the units between the quotation marks around unit i.
func (t *reading) quotation(i int32) (from, to int32, ok bool) {
	for n := 0; n+1 < len(t.quotes); n += 2 {
		if t.quotes[n] <= i && i < t.quotes[n+1] {
			return t.quotes[n], t.quotes[n+1], true
		}
	}
	return 0, 0, false
}
