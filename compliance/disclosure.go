package compliance

import (
	"fmt"
	"slices"
	"strings"

	"github.com/scruple/scruple"
)

// whenSource says when a disclosure is due. Without it, always.
type whenSource struct {
	Any    []string `yaml:"any"`    // only when one of these is said
	Unless []string `yaml:"unless"` // never when one of these is said
	// Terms: only for products that have all of these terms, and no two of them alike.
	Terms []string `yaml:"terms"`
}

// unitSource is one unit of meaning that a message must hold.
type unitSource struct {
	Name string   `yaml:"name"`
	Any  []string `yaml:"any"`
	// Term is used in place of Any: the message has to hold the value of this term of the product, up to its first comma or
	// bracket. A product without the term asks for nothing.
	Term string `yaml:"term"`
	// Slots are merge fields that will say it: in a preview, where slots stand open as {name}, one of them is enough.
	Slots []string `yaml:"slots"`
	// Negated is required when the words must be denied where they stand (存款 in 非存款), forbidden when they must not (有风险,
	// not 没有风险). Empty: either will do.
	Negated string `yaml:"negated"`
}

type disclosureRule struct {
	always       bool
	when, unless termList
	terms        []string
	units        []meaning
	exact        []*prescribed
}

type meaning struct {
	name    string
	any     termList
	negated string
	term    string
	slots   []string
}

func compileDisclosure(c *compiler, _ *Rule, s *ruleSource) (evaluator, error) {
	k := &disclosureRule{always: true}
	if err := k.compileWhen(c, s.When); err != nil {
		return nil, err
	}
	for i := range s.Units {
		m, err := compileUnit(c, fmt.Sprintf(".units[%d]", i), &s.Units[i])
		if err != nil {
			return nil, err
		}
		k.units = append(k.units, m)
	}
	for i, text := range s.Exact {
		p, err := c.prescribe(text)
		if err != nil {
			return nil, &specError{fmt.Sprintf(".exact[%d]", i), err.Error()}
		}
		k.exact = append(k.exact, p)
	}
	if len(k.units)+len(k.exact) == 0 {
		return nil, &specError{"", "a disclosure needs units or exact: what the message has to say"}
	}
	return k, nil
}

// compileWhen returns an error, not a *specError: a nil one in an interface is not nil.
func (k *disclosureRule) compileWhen(c *compiler, w *whenSource) error {
	if w == nil {
		return nil
	}
	var err *specError
	k.always, k.terms = len(w.Any) == 0, w.Terms
	if k.when, err = c.terms(".when.any", w.Any); err != nil {
		return err
	}
	if k.unless, err = c.terms(".when.unless", w.Unless); err != nil {
		return err
	}
	return nil
}

func compileUnit(c *compiler, at string, u *unitSource) (meaning, error) {
	m := meaning{name: u.Name, negated: u.Negated, term: u.Term, slots: u.Slots}
	if u.Term != "" {
		m.slots = append(m.slots, "product."+u.Term, "product.term."+u.Term)
	}
	if u.Name == "" || (len(u.Any) == 0) == (u.Term == "") {
		return m, &specError{at, "a unit needs a name, and either the words that carry its meaning (any) or a term of the product (term)"}
	}
	if e := among(at+".negated", []string{u.Negated}, []string{"", "required", "forbidden"}); e != nil {
		return m, &specError{at + ".negated", fmt.Sprintf("negated %q: expected required or forbidden", u.Negated)}
	}
	var err *specError
	if m.any, err = c.terms(at+".any", u.Any); err != nil {
		return m, err
	}
	return m, nil
}

// due reports whether the disclosure is asked of a message.
func (k *disclosureRule) due(x *exam) bool {
	if x.m.Excerpt || !k.always && !k.when.hit(x.t) || k.unless.hit(x.t) {
		return false
	}
	seen := make([]string, 0, 4)
	for _, name := range k.terms {
		v := x.term(name)
		if v == "" || slices.Contains(seen, v) {
			return false
		}
		seen = append(seen, v)
	}
	return true
}

// term returns the value of a term of the product up to its first comma or bracket: what follows there explains the name.
func (x *exam) term(name string) string {
	if x.f.Product == nil {
		return ""
	}
	v := x.f.Product.Terms[name]
	if i := strings.IndexAny(v, ",(;，（；"); i >= 0 {
		v = v[:i]
	}
	return strings.TrimSpace(v)
}

func (k *disclosureRule) eval(x *exam, r *Rule) {
	if !k.due(x) {
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
	if u.openIn(x.m) {
		return ""
	}
	if u.term != "" {
		return u.lacksTerm(x, p)
	}
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

// openIn reports whether an open slot of a preview will carry the meaning.
func (u *meaning) openIn(m *scruple.Message) bool {
	return len(u.slots) > 0 && slices.ContainsFunc(m.Slots, func(s scruple.Slot) bool {
		return slices.Contains(u.slots, s.Name) && len(s.Value) == len(s.Name)+2 && s.Value[0] == '{' && s.Value[1:len(s.Value)-1] == s.Name
	})
}

func (u *meaning) lacksTerm(x *exam, p *piece) string {
	v := x.term(u.term)
	text := x.folded(v)
	for at := p.from; at+int32(len(text)) <= p.to; at++ {
		if x.t.reads(text, at) {
			return ""
		}
	}
	return fmt.Sprintf("not said: %s (%s)", u.name, v)
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
