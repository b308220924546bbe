package compliance

import (
	"fmt"
	"slices"
	"strings"
)

// numberSource is the number key of a rule that compares figures with the product master.
type numberSource struct {
	// Find is percent (figures with a percent sign) or amount (figures beside one of Near in the sentence).
	Find string   `yaml:"find"`
	Near []string `yaml:"near"`
	// Labels say what a percentage is by the words nearest to it in its clause, and which rates of the product it may then be.
	Labels []labelSource `yaml:"labels"`
	// Unknown says what becomes of a percentage without label that no rate or term of the product holds, where the product has
	// rates in percent: ignore (the default) or hold. 100% is let go: it mostly means wholly.
	Unknown string `yaml:"unknown"`
	// Ends are the kinds of rates of which, when one end of a range is stated, the other has to be stated too.
	Ends []string `yaml:"ends"`
	// Allowed are the amounts that may stand beside Near, and Above the amount from which on others are looked at. Terms names
	// terms of the product that hold further ones; without Allowed, a product that has none of the terms is let go.
	Allowed []float64 `yaml:"allowed"`
	Above   float64   `yaml:"above"`
	Terms   []string  `yaml:"terms"`
	// Unless are words of the sentence that give a figure another role.
	Unless []string `yaml:"unless"`
}

type labelSource struct {
	Name string   `yaml:"name"`
	Any  []string `yaml:"any"`
	// Kinds are the kinds of rates that may bear the label; empty: any.
	Kinds []string `yaml:"kinds"`
	// Always says that a figure with this label is at fault when the product has no rate of these kinds, too.
	Always bool `yaml:"always"`
	// Other says that a figure with this label is none of the product's, such as a share or a tax rate: it is not compared.
	Other bool `yaml:"other"`
}

type numberRule struct {
	amount       bool
	near, unless termList
	labels       []label
	hold         bool
	ends, terms  []string
	allowed      []float64
	above        float64
}

type label struct {
	name          string
	any           termList
	kinds         []string
	always, other bool
}

func (n *numberSource) check() *specError {
	if n == nil || n.Find != "percent" && n.Find != "amount" {
		return &specError{".number", "a number rule needs number: {find: percent or amount, ...}"}
	}
	if n.Find == "amount" && (len(n.Near) == 0 || len(n.Allowed)+len(n.Terms) == 0) {
		return &specError{".number", "find amount needs near, the words the amount belongs to, and allowed or terms, the amounts that are right"}
	}
	return among(".number.unknown", []string{n.Unknown}, []string{"", "ignore", "hold"})
}

func compileNumber(c *compiler, _ *Rule, s *ruleSource) (evaluator, error) {
	n := s.Number
	if err := n.check(); err != nil {
		return nil, err
	}
	k := &numberRule{amount: n.Find == "amount", hold: n.Unknown == "hold", ends: n.Ends, terms: n.Terms, allowed: n.Allowed, above: n.Above}
	var err *specError
	if k.near, err = c.terms(".number.near", n.Near); err != nil {
		return nil, err
	}
	if k.unless, err = c.terms(".number.unless", n.Unless); err != nil {
		return nil, err
	}
	for i, l := range n.Labels {
		at := fmt.Sprintf(".number.labels[%d]", i)
		if l.Name == "" || len(l.Any) == 0 {
			return nil, &specError{at, "a label needs a name and its words (any)"}
		}
		lists, err := c.terms(at+".any", l.Any)
		if err != nil {
			return nil, err
		}
		k.labels = append(k.labels, label{l.Name, lists, l.Kinds, l.Always, l.Other})
	}
	return k, nil
}

func (k *numberRule) eval(x *exam, r *Rule) {
	switch {
	case k.amount:
		k.amounts(x, r)
	case x.f.Product != nil:
		for f := range x.t.percentages {
			k.percentage(x, r, f)
		}
	}
}

func (k *numberRule) amounts(x *exam, r *Rule) {
	if !k.near.hit(x.t) {
		return
	}
	allowed := k.allowed
	if len(k.terms) > 0 {
		if allowed = x.termAmounts(k.terms, allowed); len(allowed) == 0 {
			return
		}
	}
	seen := int32(-1)
	for _, id := range k.near {
		for _, h := range x.t.of(id) {
			from, to := x.t.sentence(h.start)
			if from <= seen || k.unless.has(x.t, from, to) {
				continue
			}
			seen = from
			x.t.figures(from, to, func(start, end int32, v float64) {
				if v >= k.above && !slices.Contains(allowed, v) {
					x.found(r, start, end, fmt.Sprintf("expected %s", amountList(allowed)))
				}
			})
		}
	}
}

// termAmounts returns a list with the amounts that some terms of the product name added to it.
func (x *exam) termAmounts(terms []string, list []float64) []float64 {
	list = slices.Clone(list)
	if x.f.Product == nil {
		return list
	}
	for _, name := range terms {
		var t reading
		t.fold(x.f.Product.Terms[name])
		t.figures(0, int32(len(t.units)), func(_, _ int32, v float64) { list = append(list, v) })
	}
	return list
}

func amountList(list []float64) string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = fmt.Sprintf("%.0f", v)
	}
	return strings.Join(out, " or ")
}
