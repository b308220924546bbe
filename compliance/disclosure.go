package compliance

import (
	"fmt"
)

// whenSource says when a disclosure is due. Without it, always.
type whenSource struct {
	Any    []string `yaml:"any"`    // only when one of these is said
	Unless []string `yaml:"unless"` // never when one of these is said
}

// unitSource is one unit of meaning that a message must hold.
type unitSource struct {
	Name string   `yaml:"name"`
	Any  []string `yaml:"any"`
	// Negated is required when the words must be denied where they stand (存款 in 非存款), forbidden when they must not (有风险,
	// not 没有风险). Empty: either will do.
	Negated string `yaml:"negated"`
}

type disclosureRule struct {
	always       bool
	when, unless termList
	units        []meaning
	exact        []*prescribed
}

type meaning struct {
	name    string
	any     termList
	negated string
}

func compileDisclosure(c *compiler, _ *Rule, s *ruleSource) (evaluator, error) {
	k := &disclosureRule{always: true}
	var err *specError
	if s.When != nil {
		k.always = len(s.When.Any) == 0
		if k.when, err = c.terms(".when.any", s.When.Any); err != nil {
			return nil, err
		}
		if k.unless, err = c.terms(".when.unless", s.When.Unless); err != nil {
			return nil, err
		}
	}
	for i, u := range s.Units {
		at := fmt.Sprintf(".units[%d]", i)
		if u.Name == "" || len(u.Any) == 0 {
			return nil, &specError{at, "a unit needs a name and the words that carry its meaning (any)"}
		}
		if e := among(at+".negated", []string{u.Negated}, []string{"", "required", "forbidden"}); e != nil {
			return nil, &specError{at + ".negated", fmt.Sprintf("negated %q: expected required or forbidden", u.Negated)}
		}
		m := meaning{name: u.Name, negated: u.Negated}
		if m.any, err = c.terms(at+".any", u.Any); err != nil {
			return nil, err
		}
		k.units = append(k.units, m)
	}
	for i, text := range s.Exact {
		p, e := c.prescribe(text)
		if e != nil {
			return nil, &specError{fmt.Sprintf(".exact[%d]", i), e.Error()}
		}
		k.exact = append(k.exact, p)
	}
	if len(k.units)+len(k.exact) == 0 {
		return nil, &specError{"", "a disclosure needs units or exact: what the message has to say"}
	}
	return k, nil
}

func (k *disclosureRule) eval(x *exam, r *Rule) {
	if x.m.Excerpt || !k.always && !k.when.hit(x.t) || k.unless.hit(x.t) {
		return
	}
	// Readers see one body, the HTML or the text, so each of them has to say it.
	for i := range x.t.pieces {
		p := &x.t.pieces[i]
		if p.hidden || p.name == "subject" {
			continue
		}
		if detail := k.lacks(x, p); detail != "" {
			x.missing(r, detail)
			return
		}
	}
	if x.m.Text == "" && x.m.HTML == "" {
		x.missing(r, "the message has no body")
	}
}

// lacks says what a part of the message leaves unsaid, or "".
func (k *disclosureRule) lacks(x *exam, p *piece) string {
	for i := range k.units {
		if d := k.units[i].lacks(x, p); d != "" {
			return d
		}
	}
	if len(k.exact) == 0 {
		return ""
	}
	worst := ""
	for _, e := range k.exact {
		d := e.lacks(x.t, p)
		if d == "" {
			return ""
		}
		if worst == "" {
			worst = d
		}
	}
	return worst
}

func (u *meaning) lacks(x *exam, p *piece) string {
	inverted := false
	for _, id := range u.any {
		for _, h := range x.t.of(id) {
			if h.start < p.from || h.end > p.to {
				continue
			}
			if u.negated == "" || x.t.denied(&x.e.grammar, h) == (u.negated == "required") {
				return ""
			}
			inverted = true
		}
	}
	if inverted {
		return "says the opposite of: " + u.name
	}
	return "not said: " + u.name
}
