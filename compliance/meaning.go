package compliance

import "fmt"

// unitSource is one unit of meaning that a message must hold.
type unitSource struct {
	Name string   `yaml:"name"`
	Any  []string `yaml:"any"`
	// All carries the meaning in parts, beside Any: one term of each list, in any order, Within one clause, sentence (the
	// default) or message.
	All    [][]string `yaml:"all"`
	Within string     `yaml:"within"`
	// Term is used in place of Any: the message has to hold the value of this term of the product, up to its first comma or
	// bracket. A product without the term asks for nothing.
	Term string `yaml:"term"`
	// Slots are merge fields that will say it: in a preview, where slots stand open as {name}, one of them is enough.
	Slots []string `yaml:"slots"`
	// Negated is required when the words must be denied where they stand (存款 in 非存款), forbidden when they must not (有风险,
	// not 没有风险). Empty: either will do.
	Negated string `yaml:"negated"`
}

type meaning struct {
	name    string
	any     termList
	all     []termList
	within  stretch
	negated string
	term    string
	slots   []string
}

func compileUnit(c *compiler, at string, u *unitSource) (meaning, error) {
	m := meaning{name: u.Name, negated: u.Negated, term: u.Term, slots: u.Slots}
	if u.Term != "" {
		m.slots = append(m.slots, "product."+u.Term, "product.term."+u.Term)
	}
	if u.Name == "" || (len(u.Any)+len(u.All) == 0) == (u.Term == "") {
		return m, &specError{at, "a unit needs a name, and either the words that carry its meaning (any, all) or a term of the product (term)"}
	}
	if u.Negated != "" && u.Negated != "required" && u.Negated != "forbidden" {
		return m, &specError{at + ".negated", fmt.Sprintf("negated %q: expected required or forbidden", u.Negated)}
	}
	var err *specError
	if m.any, err = c.terms(at+".any", u.Any); err != nil {
		return m, err
	}
	for i, list := range u.All {
		part, err := c.terms(fmt.Sprintf("%s.all[%d]", at, i), list)
		if err != nil {
			return m, err
		}
		m.all = append(m.all, part)
	}
	if m.within, err = stretchOf(at+".within", u.Within, inSentence); err != nil {
		return m, err
	}
	return m, nil
}

// lacks says whether a part of the message leaves the meaning unsaid, says its opposite, or says it where or as k does not
// take it.
func (u *meaning) lacks(x *exam, p *piece, k *disclosureRule) lack {
	if u.openIn(x.m) {
		return lack{}
	}
	worst := lack{}
	said := u.each(x, p, func(from, to int32, inverted bool) bool {
		fault := ""
		if !inverted {
			fault = k.asked(x, p, from, to)
		}
		switch {
		case inverted && worst.detail == "":
			worst = lack{"says the opposite of: " + u.name, from, to}
		case fault != "":
			worst = lack{u.name + ": " + fault, from, to}
		}
		return !inverted && fault == ""
	})
	if said {
		return lack{}
	}
	if worst.detail != "" {
		return worst
	}
	detail := "not said: " + u.name
	if u.term != "" {
		detail += " (" + x.term(u.term) + ")"
	}
	return lack{detail: detail + elsewhere(x, func(q *piece) bool {
		return u.each(x, q, func(_, _ int32, inverted bool) bool { return !inverted })
	})}
}

// each calls take with the places of a part that carry the meaning, or with inverted its opposite, until one is taken.
func (u *meaning) each(x *exam, p *piece, take func(from, to int32, inverted bool) bool) bool {
	if u.term != "" {
		return u.eachTerm(x, p, take)
	}
	for _, id := range u.any {
		for _, h := range x.t.of(id) {
			if h.start >= p.from && h.end <= p.to && take(h.start, h.end, u.inverted(x, h)) {
				return true
			}
		}
	}
	if len(u.all) == 0 {
		return false
	}
	for _, id := range u.all[0] {
		for _, h := range x.t.of(id) {
			if h.start < p.from || h.end > p.to {
				continue
			}
			if from, to, inverted, ok := u.together(x, p, h); ok && take(from, to, inverted) {
				return true
			}
		}
	}
	return false
}

func (u *meaning) inverted(x *exam, h hit) bool {
	return u.negated != "" && x.t.denied(&x.e.grammar, h) != (u.negated == "required")
}

// together returns the stretch in which a hit of the first part stands with one of each other part. It is inverted when a
// part is denied that must not be, or none is and one has to be.
func (u *meaning) together(x *exam, p *piece, h hit) (from, to int32, inverted, ok bool) {
	lo, hi := x.t.around(u.within, h.start)
	lo, hi = max(lo, p.from), min(hi, p.to)
	from, to, inverted = h.start, h.end, u.inverted(x, h)
	for _, part := range u.all[1:] {
		other, found := part.first(x.t, lo, hi)
		if !found {
			return 0, 0, false, false
		}
		from, to = min(from, other.start), max(to, other.end)
		if u.negated == "required" {
			inverted = inverted && u.inverted(x, other)
		} else {
			inverted = inverted || u.inverted(x, other)
		}
	}
	return from, to, inverted, true
}

// first returns a hit of the lists within [from, to).
func (l termList) first(t *reading, from, to int32) (hit, bool) {
	for _, id := range l {
		for _, h := range t.of(id) {
			if h.start >= from && h.end <= to {
				return h, true
			}
		}
	}
	return hit{}, false
}

func (u *meaning) eachTerm(x *exam, p *piece, take func(from, to int32, inverted bool) bool) bool {
	text := x.folded(x.term(u.term))
	if len(text) == 0 {
		return true // a product without the term asks for nothing
	}
	for at := p.from; at+int32(len(text)) <= p.to; at++ {
		if x.t.reads(text, at) && take(at, at+int32(len(text)), false) {
			return true
		}
	}
	return false
}

// folded returns a short text as messages are folded. Campaigns say the same names again and again, so some are kept.
func (x *exam) folded(s string) []rune {
	if r, ok := x.names[s]; ok {
		return r
	}
	if x.names == nil || len(x.names) > 64 {
		x.names = map[string][]rune{}
	}
	x.names[s] = folded(s)
	return x.names[s]
}
