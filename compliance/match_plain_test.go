package compliance

// The plain way to find terms: each term is written out in all its forms, and each form is tried at each place. It is slow, and
// short enough to be seen right.

type plainForm []step // literals have one wording

// plainForms writes a term out.
func plainForms(term string) ([]plainForm, error) {
	all, err := parseTerm(term)
	if err != nil {
		return nil, err
	}
	var out []plainForm
	for _, p := range all {
		forms := []plainForm{nil}
		for _, s := range p.steps {
			var longer []plainForm
			for _, f := range forms {
				if s.kind != literal {
					longer = append(longer, append(append(plainForm{}, f...), s))
				}
				for _, w := range s.wordings {
					one := s
					one.wordings = []wording{w}
					longer = append(longer, append(append(plainForm{}, f...), one))
				}
			}
			forms = longer
		}
		out = append(out, forms...)
	}
	return out, nil
}

func (f plainForm) letters(i int) []rune {
	if f[i].kind != literal {
		return nil
	}
	return f[i].wordings[0].letters
}

// findAt returns the hit of a form whose first literal begins at a unit.
func (f plainForm) findAt(t *reading, start int32) (hit, bool) {
	from, anchor := start, 0
	opens := t.opens(start) || f[0].ahead
	if f[0].kind == number {
		anchor = 1
		if from = t.numberBefore(start); from == start {
			return hit{}, false
		}
		opens = opens || t.afterNumber(start) || f[1].ahead
	}
	for i := range f.letters(anchor) {
		if at := int(start) + i; at < len(t.units) && t.units[at].class >= list {
			return hit{}, false
		}
	}
	end, ok := f.literalAt(t, anchor, start, opens)
	h := hit{start: from}
	if ok {
		h.end, ok = f.follow(t, anchor+1, end, &h)
	}
	return h, ok
}

func (f plainForm) literalAt(t *reading, i int, at int32, opens bool) (int32, bool) {
	end := at + int32(len(f.letters(i)))
	if int(end) > len(t.units) || !opens || !t.reads(f.letters(i), at) || !t.closes(end) && !f[i].open {
		return 0, false
	}
	return end, true
}

// follow finds where the steps from i on end that begin at a unit.
func (f plainForm) follow(t *reading, i int, at int32, h *hit) (int32, bool) {
	if i == len(f) {
		return at, true
	}
	switch f[i].kind {
	case literal:
		if int(at) >= len(t.units) {
			return 0, false
		}
		end, ok := f.literalAt(t, i, at, t.opens(at))
		if !ok {
			return 0, false
		}
		return f.follow(t, i+1, end, h)
	case number:
		end := t.numberAt(at)
		if end == at {
			return 0, false
		}
		return f.follow(t, i+1, end, h)
	case tail:
		return f.tail(t, i+1, at, h)
	}
	_, limit := t.clause(max(at-1, 0))
	before, after := f.letters(i-1), f.letters(i+1)
	reach := int32(latinReach)
	if len(before) > 0 && isHan(before[len(before)-1]) || len(after) > 0 && isHan(after[0]) {
		reach = hanReach
	}
	limit = min(limit, at+reach)
	for gap := at; at <= limit; at++ {
		if end, ok := f.follow(t, i+1, at, h); ok {
			h.gap, h.resume = gap, at
			return end, true
		}
	}
	return 0, false
}

func (f plainForm) tail(t *reading, i int, at int32, h *hit) (int32, bool) {
	for {
		for int(at) < len(t.units) && (!t.closes(at) || i == len(f) && t.units[at].flags&(apart|spaced) == apart) {
			at++
		}
		if end, ok := f.follow(t, i, at, h); ok || int(at) >= len(t.units) || t.units[at].flags&apart == 0 {
			return end, ok
		}
		at++
	}
}
