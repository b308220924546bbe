package compliance

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/scruple/scruple"
)

// product compares every percentage with the rates and terms of the product, and with what the words call it.
func (k *numberRule) product(x *exam, r *Rule) {
	p := x.f.Product
	if p == nil || p.Type == "none" {
		return
	}
	for i := range x.t.figures {
		f := &x.t.figures[i]
		if f.measure != percentage || f.spread || !k.looksAt(x.t, f) {
			continue
		}
		if detail := k.compare(x, f); detail != "" {
			x.found(r, f.from, f.to, detail)
		}
	}
}

// compare says how a percentage departs from the product, or "".
func (k *numberRule) compare(x *exam, f *quantity) string {
	p, info := x.f.Product, roleTable[f.role]
	kinds := f.kinds(p)
	switch {
	case f.role == noRole:
		if detail := cmp.Or(x.wrongPeriod(f), x.unlabelled(f)); detail != "" {
			return detail
		}
		if k.hold && f.low != 100 && f.low != 0 && len(ratesOf(p, nil)) > 0 && !f.held(p, nil) && !x.told(f) && !x.follows(f) {
			return fmt.Sprintf("%s is no figure of the product", f)
		}
		return ""
	case info.kinds == nil && !info.own || f.low == 100:
		return ""
	case f.held(p, kinds):
		return cmp.Or(x.wrongPeriod(f), x.wrongFee(f))
	case f.held(p, nil):
		if x.honest(f) {
			return ""
		}
		return fmt.Sprintf("%s is called %s, and is the product's %s", f, info.name, f.kindOf(p))
	case x.told(f), x.follows(f), x.former(f), x.changed(f):
		return ""
	}
	if known := ratesOf(p, kinds); len(known) > 0 {
		return fmt.Sprintf("%s is called %s; the product has %s", f, info.name, strings.Join(known, ", "))
	}
	own := info.own && (f.role != feeRole || len(p.Rates) > 0)
	if f.low != 0 && (own || f.role == rateRole && k.hold) {
		return fmt.Sprintf("%s is called %s; the product master has no such figure", f, info.name)
	}
	return ""
}

// kinds returns the kinds of rates that may bear the role of a figure. What a deposit pays may be expected, nobody else's
// return; the conditional coupon of a structured deposit may be called a rate.
func (f *quantity) kinds(p *scruple.Product) []string {
	kinds := roleTable[f.role].kinds
	if f.role == expectedRole && p.Type != "deposit" {
		return []string{}
	}
	if f.role == rateRole && p.Type == "structured_deposit" {
		return nil
	}
	return kinds
}

func (f *quantity) kindOf(p *scruple.Product) string {
	i := slices.IndexFunc(p.Rates, func(r scruple.Rate) bool { return f.of(&r, f.low) })
	return p.Rates[i].Kind
}

// ratesOf describes the percentages of some kinds that a product has; nil kinds are all of them.
func ratesOf(p *scruple.Product, kinds []string) []string {
	var out []string
	for i := range p.Rates {
		r := &p.Rates[i]
		if !strings.Contains(r.Unit, "%") || kinds != nil && !slices.Contains(kinds, r.Kind) {
			continue
		}
		f := quantity{low: r.Low, high: r.High, measure: percentage}
		out = append(out, r.Kind+" "+f.String())
	}
	return out
}

// ends objects to one end of a range whose other end the message does not say.
func (k *numberRule) ends(x *exam, r *Rule) {
	p := x.f.Product
	if p == nil {
		return
	}
	for i := range x.t.figures {
		f := &x.t.figures[i]
		if f.measure != percentage || f.low != f.high || f.role == otherRole || !k.looksAt(x.t, f) {
			continue
		}
		if rate, other := k.openEnd(p, f); rate != nil && !x.says(other) {
			x.found(r, f.from, f.to, fmt.Sprintf("%s is one end of %s %s%%-%s%%; the other is not said", f, rate.Kind, plainNumber(rate.Low), plainNumber(rate.High)))
		}
	}
}

// openEnd returns the range of which a figure is one end, and the other end.
func (k *numberRule) openEnd(p *scruple.Product, f *quantity) (*scruple.Rate, float64) {
	for i := range p.Rates {
		r := &p.Rates[i]
		if r.Low == r.High || !slices.Contains(k.kinds, r.Kind) || math.Abs(f.low-r.Low) > 1e-6 && math.Abs(f.low-r.High) > 1e-6 {
			continue
		}
		if !k.single(p, r, f) {
			return r, r.Low + r.High - f.low
		}
	}
	return nil, 0
}

// single reports whether a figure is a whole rate of the product elsewhere.
func (k *numberRule) single(p *scruple.Product, not *scruple.Rate, f *quantity) bool {
	return slices.ContainsFunc(p.Rates, func(r scruple.Rate) bool {
		return r != *not && r.Low == r.High && math.Abs(f.low-r.Low) < 1e-6
	})
}

// says reports whether the message has a percentage of this value.
func (x *exam) says(v float64) bool {
	return slices.ContainsFunc(x.t.figures, func(f quantity) bool {
		return f.measure == percentage && (math.Abs(f.low-v) < 1e-6 || math.Abs(f.high-v) < 1e-6)
	})
}

// yearly objects to the rate of a day, week or month, or interest in money for a day, where no yearly rate is said.
func (k *numberRule) yearly(x *exam, r *Rule) {
	for i := range x.t.figures {
		f := &x.t.figures[i]
		rate := f.measure == percentage && (f.per == perDay || f.per == perMonth) && f.role != aprRole && f.role != otherRole && f.role != bonusRole && f.role != offRole
		if (rate || f.measure == amountOfMoney && k.daily(x, f)) && k.looksAt(x.t, f) && !k.saysYearly(x) {
			x.found(r, f.from, f.to, fmt.Sprintf("%s is not the rate of a year, which is not said", f))
		}
	}
}

// daily reports whether an amount of money is the interest for a day.
func (k *numberRule) daily(x *exam, f *quantity) bool {
	if f.role != interestRole {
		return false
	}
	from, to := x.t.clause(f.from)
	return x.e.roles[perDay].has(x.t, from, to)
}

func (k *numberRule) saysYearly(x *exam) bool {
	for i := range x.t.figures {
		f := &x.t.figures[i]
		if f.measure != percentage || f.per == perDay || f.per == perMonth {
			continue
		}
		if from, to := x.t.sentence(f.from); f.role == aprRole || k.any.has(x.t, from, to) {
			return true
		}
	}
	return false
}
