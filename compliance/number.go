package compliance

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/scruple/scruple"
)

// numberSource is the number key of a rule that compares figures with the product master.
type numberSource struct {
	// Find is percent (figures with a percent sign) or amount (figures beside one of Near in the sentence).
	Find string   `yaml:"find"`
	Near []string `yaml:"near"`
	// Labels say what a percentage is by the words nearest to it in its clause, and which rates of the product it may then be.
	Labels []labelSource `yaml:"labels"`
	// Unknown says what a percentage without label that the product master does not hold is: ignore (the default) or hold.
	Unknown string `yaml:"unknown"`
	// Allowed are the amounts that may stand beside Near, and Above the amount from which on others are looked at.
	Allowed []float64 `yaml:"allowed"`
	Above   float64   `yaml:"above"`
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
}

type numberRule struct {
	amount       bool
	near, unless termList
	labels       []label
	hold         bool
	allowed      []float64
	above        float64
}

type label struct {
	name   string
	any    termList
	kinds  []string
	always bool
}

func compileNumber(c *compiler, _ *Rule, s *ruleSource) (evaluator, error) {
	n := s.Number
	if n == nil || n.Find != "percent" && n.Find != "amount" {
		return nil, &specError{".number", "a number rule needs number: {find: percent or amount, ...}"}
	}
	if n.Find == "amount" && (len(n.Near) == 0 || len(n.Allowed) == 0) {
		return nil, &specError{".number", "find amount needs near, the words the amount belongs to, and allowed, the amounts that are right"}
	}
	if e := among(".number.unknown", []string{n.Unknown}, []string{"", "ignore", "hold"}); e != nil {
		return nil, e
	}
	k := &numberRule{amount: n.Find == "amount", hold: n.Unknown == "hold", allowed: n.Allowed, above: n.Above}
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
		k.labels = append(k.labels, label{l.Name, lists, l.Kinds, l.Always})
	}
	return k, nil
}

func (k *numberRule) eval(x *exam, r *Rule) {
	if k.amount {
		k.amounts(x, r)
		return
	}
	if x.f.Product == nil {
		return
	}
	for _, at := range x.t.percent {
		if from, v, ok := x.t.valueBefore(at); ok {
			k.percentage(x, r, from, at+1, v)
		}
	}
}

// percentage compares one figure, standing in units [from, to), with the product.
func (k *numberRule) percentage(x *exam, r *Rule, from, to int32, v float64) {
	t, p := x.t, x.f.Product
	start, end := t.sentence(from)
	if k.unless.has(t, start, end) {
		return
	}
	l := k.labelOf(t, from, to)
	if l == nil {
		if k.hold && len(p.Rates) > 0 && !holds(p, nil, v) && !inTerms(p, v) {
			x.found(r, from, to, fmt.Sprintf("%s is no figure of the product", percentText(v)))
		}
		return
	}
	if holds(p, l.kinds, v) {
		return
	}
	known, other := of(p, l.kinds), ""
	for i := range p.Rates {
		if inside(&p.Rates[i], v) {
			other = p.Rates[i].Kind
			break
		}
	}
	switch {
	case other != "":
		x.found(r, from, to, fmt.Sprintf("%s is called %s, and is the product's %s", percentText(v), l.name, other))
	case inTerms(p, v):
	case len(known) > 0:
		x.found(r, from, to, fmt.Sprintf("%s is called %s; the product has %s", percentText(v), l.name, strings.Join(known, ", ")))
	case l.always:
		x.found(r, from, to, fmt.Sprintf("%s is called %s; the product master has no such figure", percentText(v), l.name))
	}
}

// labelOf returns the label whose words stand nearest to units [from, to), in their clause or, failing that, directly before it.
func (k *numberRule) labelOf(t *reading, from, to int32) *label {
	start, end := t.clause(from)
	if l := k.nearest(t, start, end, from, to); l != nil {
		return l
	}
	if sentence, _ := t.sentence(from); start > sentence {
		before, _ := t.clause(start - 1)
		return k.nearest(t, before, start, from, to)
	}
	return nil
}

// nearest prefers words before the figure to words after it at the same distance, and of nested words the longest.
func (k *numberRule) nearest(t *reading, start, end, from, to int32) *label {
	var best *label
	least, size := int32(math.MaxInt32), int32(0)
	for i := range k.labels {
		for _, id := range k.labels[i].any {
			for _, h := range t.of(id) {
				if h.start < start || h.end > end {
					continue
				}
				d := max(from-h.end, (h.start-to)*2, 0)
				if d < least || d == least && h.end-h.start > size {
					best, least, size = &k.labels[i], d, h.end-h.start
				}
			}
		}
	}
	return best
}

func (k *numberRule) amounts(x *exam, r *Rule) {
	if !k.near.hit(x.t) {
		return
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
				if v >= k.above && !slices.Contains(k.allowed, v) {
					x.found(r, start, end, fmt.Sprintf("expected %s", amountList(k.allowed)))
				}
			})
		}
	}
}

func amountList(list []float64) string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = fmt.Sprintf("%.0f", v)
	}
	return strings.Join(out, " or ")
}

func percentText(v float64) string { return fmt.Sprintf("%g%%", v) }

// inside reports whether a rate covers a figure.
func inside(r *scruple.Rate, v float64) bool {
	return strings.Contains(r.Unit, "%") && v >= r.Low-1e-9 && v <= r.High+1e-9 || math.Abs(v-math.Abs(r.Low)) < 1e-9
}

func holds(p *scruple.Product, kinds []string, v float64) bool {
	for i := range p.Rates {
		if (len(kinds) == 0 || slices.Contains(kinds, p.Rates[i].Kind)) && inside(&p.Rates[i], v) {
			return true
		}
	}
	return false
}

// of describes the rates of some kinds.
func of(p *scruple.Product, kinds []string) []string {
	var out []string
	for i := range p.Rates {
		r := &p.Rates[i]
		if !strings.Contains(r.Unit, "%") || len(kinds) > 0 && !slices.Contains(kinds, r.Kind) {
			continue
		}
		if r.Low == r.High {
			out = append(out, fmt.Sprintf("%s %g%%", r.Kind, r.Low))
		} else {
			out = append(out, fmt.Sprintf("%s %g%%-%g%%", r.Kind, r.Low, r.High))
		}
	}
	return out
}
