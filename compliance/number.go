package compliance

import (
	"fmt"
	"slices"
	"strings"
)

// numberSource is the number key of a rule about figures.
type numberSource struct {
	// Check says what is looked at; see numberChecks.
	Check string `yaml:"check"`
	// Roles are the roles that a figure must have; without, every figure beside Near.
	Roles []string `yaml:"roles"`
	// Any are words that have to stand beside another figure.
	Any []string `yaml:"any"`
	// Near are words of the sentence of a figure, and Unless words that let its whole sentence go.
	Near   []string `yaml:"near"`
	Unless []string `yaml:"unless"`
	// Kinds are kinds of rates of the product, and Terms parts of the names of its terms.
	Kinds []string `yaml:"kinds"`
	Terms []string `yaml:"terms"`
	// Allowed are the figures that are right where the product names none, and Above the figure from which on others are looked
	// at.
	Allowed []float64 `yaml:"allowed"`
	Above   float64   `yaml:"above"`
	// Unknown says what becomes of a figure with nothing to compare it with: ignore (the default) or hold.
	Unknown string `yaml:"unknown"`
}

type numberRule struct {
	check             func(k *numberRule, x *exam, r *Rule)
	roles             []role
	any, near, unless termList
	kinds, terms      []string
	allowed           []float64
	above             float64
	hold, wordsToo    bool
	wordsFirst        bool
}

// numberCheck is a way to look at figures.
type numberCheck struct {
	name  string
	needs string // the keys of which it needs at least one
	words bool   // it looks at messages without figures, too
	check func(k *numberRule, x *exam, r *Rule)
}

func numberChecks() []numberCheck {
	return []numberCheck{
		{"product", "", false, (*numberRule).product},
		{"ends", "kinds", false, (*numberRule).ends},
		{"tiers", "kinds terms", false, (*numberRule).tiers},
		{"lengths", "terms", false, (*numberRule).lengths},
		{"access", "terms", true, (*numberRule).access},
		{"denied", "", true, (*numberRule).denied},
		{"omitted", "kinds terms", false, (*numberRule).omitted},
		{"closed", "near", true, (*numberRule).closed},
		{"grade", "near", true, (*numberRule).grade},
		{"yearly", "any", false, (*numberRule).yearly},
		{"amounts", "", false, (*numberRule).amounts},
		{"list", "allowed terms kinds", false, (*numberRule).list},
		{"deadline", "terms", true, (*numberRule).deadline},
		{"expired", "terms", true, (*numberRule).expired},
		{"sum", "", false, (*numberRule).sum},
	}
}

func (n *numberSource) given() string {
	out := ""
	for _, k := range []struct {
		name string
		set  bool
	}{{"kinds", n.Kinds != nil}, {"any", n.Any != nil}, {"allowed", n.Allowed != nil}, {"terms", n.Terms != nil}, {"near", n.Near != nil}} {
		if k.set {
			out += k.name + " "
		}
	}
	return out
}

func compileNumber(c *compiler, _ *Rule, s *ruleSource) (evaluator, error) {
	n := s.Number
	if n == nil {
		return nil, &specError{"", "a number rule needs number: {check: ..., ...}"}
	}
	k := &numberRule{kinds: n.Kinds, terms: n.Terms, allowed: n.Allowed, above: n.Above, hold: n.Unknown == "hold"}
	var names []string
	for _, c := range numberChecks() {
		names = append(names, c.name)
		if c.name != n.Check {
			continue
		}
		if k.check, k.wordsToo = c.check, c.words; c.needs != "" && !slices.ContainsFunc(strings.Fields(c.needs), func(s string) bool { return strings.Contains(n.given(), s) }) {
			return nil, &specError{".number", fmt.Sprintf("check %s needs %s", c.name, strings.Join(strings.Fields(c.needs), " or "))}
		}
	}
	if k.check == nil {
		return nil, &specError{".number", fmt.Sprintf("check %q: expected one of %s", n.Check, strings.Join(names, ", "))}
	}
	if err := among(".number.unknown", []string{n.Unknown}, []string{"", "ignore", "hold"}); err != nil {
		return nil, err
	}
	k.wordsFirst = n.Check == "access" || n.Check == "grade" || n.Check == "closed"
	if err := k.compile(c, n); err != nil {
		return nil, err
	}
	return k, nil
}

// compile compiles the terms and roles of a rule.
func (k *numberRule) compile(c *compiler, n *numberSource) *specError {
	var err *specError
	for _, l := range []struct {
		to    *termList
		path  string
		terms []string
	}{{&k.any, ".number.any", n.Any}, {&k.near, ".number.near", n.Near}, {&k.unless, ".number.unless", n.Unless}} {
		if *l.to, err = c.terms(l.path, l.terms); err != nil {
			return err
		}
	}
	if k.roles, err = rolesOf(".number.roles", n.Roles); err != nil {
		return err
	}
	return nil
}

// waits returns the words without which a rule about words has nothing to say.
func (k *numberRule) waits() termList {
	if k.wordsFirst {
		return k.near
	}
	return nil
}

func (k *numberRule) eval(x *exam, r *Rule) {
	if len(x.figures()) > 0 || k.wordsToo {
		k.check(k, x, r)
	}
}

// looksAt reports whether a rule is about a figure where it stands.
func (k *numberRule) looksAt(t *reading, f *quantity) bool {
	if k.roles != nil && !slices.Contains(k.roles, f.role) {
		return false
	}
	from, to := t.sentence(f.from)
	return (k.near == nil || k.near.has(t, from, to)) && !k.unless.has(t, from, to)
}

// list compares figures with those that the product or the rule allows.
func (k *numberRule) list(x *exam, r *Rule) {
	if k.near != nil && !k.near.hit(x.t) {
		return
	}
	for i := range x.t.figures {
		f := &x.t.figures[i]
		if f.measure != amountOfMoney && f.measure != percentage && (f.measure != bareNumber || k.roles != nil) || f.high < k.above || !k.looksAt(x.t, f) {
			continue
		}
		if k.roles == nil && (f.measure == percentage || f.measure == bareNumber && !x.t.grouped(f)) {
			continue
		}
		known, ok := k.knownTo(x, f)
		switch {
		case ok:
		case known != "":
			x.found(r, f.from, f.to, fmt.Sprintf("%s; expected %s", f, known))
		case k.hold:
			x.found(r, f.from, f.to, fmt.Sprintf("%s is no figure of the product", f))
		}
	}
}

// amounts compares amounts of money with those that the product has for their role.
func (k *numberRule) amounts(x *exam, r *Rule) {
	for i := range x.t.figures {
		f := &x.t.figures[i]
		terms := roleTable[f.role].terms
		if f.measure != amountOfMoney || f.low == 0 || terms == nil || !k.looksAt(x.t, f) {
			continue
		}
		own := numberRule{terms: terms}
		if p := x.f.Product; f.role == premiumRole && p != nil && p.Type == "insurance" {
			own.kinds = []string{"fee"} // what a policy costs
		}
		if known, ok := own.knownTo(x, f); !ok && known != "" && !x.follows(f) {
			x.found(r, f.from, f.to, fmt.Sprintf("%s is called %s; expected %s", f, roleTable[f.role].name, known))
		}
	}
}

// knownTo reports whether a figure is an allowed one, and describes those that are.
func (k *numberRule) knownTo(x *exam, f *quantity) (string, bool) {
	var list []string
	for i := range x.facts() {
		k0 := &x.master[i]
		if k0.measure != f.measure && (f.measure != bareNumber || k0.measure != amountOfMoney) {
			continue
		}
		if k0.covers(f) {
			return "", true
		}
		if k.names(k0.key) && k0.high != 0 {
			list = append(list, k0.String())
		}
	}
	if list == nil {
		for _, v := range k.allowed {
			list = append(list, plainNumber(v))
		}
		if slices.Contains(k.allowed, f.low) && slices.Contains(k.allowed, f.high) {
			return "", true
		}
	}
	return strings.Join(list, " or "), false
}

// names reports whether the rule compares with a term, or a kind of rate, of this name.
func (k *numberRule) names(key string) bool {
	return slices.Contains(k.kinds, key) || slices.ContainsFunc(k.terms, func(part string) bool { return strings.Contains(key, part) })
}

// grouped reports whether a number has a thousands separator: without, it may be a postcode or a telephone number.
func (t *reading) grouped(f *quantity) bool {
	for i := f.from; i < f.to; i++ {
		if t.units[i].r == ',' {
			return true
		}
	}
	return false
}
