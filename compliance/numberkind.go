package compliance

import (
	"fmt"
	"math"
	"slices"

	"github.com/scruple/scruple"
)

// kindsToo are the roles that a rate of a kind may bear in good faith beside those of the role table: what a deposit pays is a
// return whatever it is called, and a cost of credit stays one when it is called a fee.
var kindsToo = map[string][]role{
	"deposit_rate": {benchmarkRole, returnRole, rateRole, bonusRole},
	"apy":          {benchmarkRole, returnRole, rateRole, bonusRole},
	"apr":          {feeRole, rateRole},
	"apr_max":      {feeRole, rateRole},
	"fee":          {benchmarkRole, returnRole, expectedRole, depositRole, apyRole, rateRole, bonusRole},
}

// honest reports whether a figure that the product has under another kind may be called what it is called: the kinds are one
// thing to a reader, or the product itself uses that name. A benchmark is never a return, a rate or what is expected.
func (x *exam) honest(f *quantity) bool {
	p := x.f.Product
	for i := range p.Rates {
		r := &p.Rates[i]
		if !f.of(r, f.low) || !f.of(r, f.high) {
			continue
		}
		if slices.Contains(kindsToo[r.Kind], f.role) {
			return true
		}
		if !promises(r, f.role) && x.mentions(r.Period, x.t.units[f.name[0]:f.name[1]]) {
			return true
		}
	}
	return false
}

// promises reports whether a role makes more of a rate than it is.
func promises(r *scruple.Rate, as role) bool {
	return r.Kind == "benchmark" && (as == returnRole || as == expectedRole || as == rateRole)
}

// follows reports whether a figure follows from those of the product: a multiple by a count or a length that is said, a twelfth,
// a sum of two (but for covers, of which an event pays one) or their difference, a share of an amount of the message, or a discount of a fee.
func (x *exam) follows(f *quantity) bool {
	if f.low != f.high || f.low == 0 {
		return false
	}
	if f.measure == percentage && f.per == perMonth && x.flat(f) {
		return true
	}
	own := x.figuresLike(f)
	for i, a := range own {
		if f.measure == amountOfMoney && x.multiple(f.low, a) || f.measure == percentage && x.reduced(f.low, a) {
			return true
		}
		for _, b := range own[i+1:] {
			if f.role != coverRole && equal(f.low, a+b) || equal(f.low, math.Abs(a-b)) || f.measure == amountOfMoney && (equal(f.low, a+11*b) || equal(f.low, b+11*a)) {
				return true
			}
		}
	}
	return f.measure == amountOfMoney && x.share(f)
}

// former reports whether a figure is what was: the next one, which the product has, takes its place (由1.50%下调为1.20%).
func (x *exam) former(f *quantity) bool {
	t := x.t
	for i := range t.figures {
		if &t.figures[i] != f || i+1 >= len(t.figures) {
			continue
		}
		next := &t.figures[i+1]
		if next.measure != f.measure || !next.held(x.f.Product, nil) || t.boundaries(f.to, next.from) > 0 {
			return false
		}
		for k := f.to; k < next.from; k++ {
			if t.anyAt(k, "下调", "上调", "调整", "调为", "调至", "降为", "降至", "降到", "升至", "变更为", "改为", "cutto", "loweredto", "reducedto", "raisedto", "changesto", "changedto", "fallsto", "risesto") > k {
				return true
			}
		}
	}
	return false
}

// changed reports whether a range is a change from one figure to another, of which the product has one: raised from 0.75% to 0.85%.
func (x *exam) changed(f *quantity) bool {
	if f.low == f.high {
		return false
	}
	low, high := *f, *f
	low.high, high.low = f.low, f.high
	if !low.held(x.f.Product, nil) && !high.held(x.f.Product, nil) {
		return false
	}
	from, to := x.t.clause(f.from)
	for i := from; i < to; i++ {
		if x.t.anyAt(i, "raised", "raise", "cut", "lowered", "lower", "reduced", "increased", "changed", "rises", "rose", "falls", "fell", "dropped", "moves", "上调", "下调", "调整", "上升", "下降") > i {
			return true
		}
	}
	return false
}

// unlabelled says that a figure without a name is the product's benchmark, where nothing in the message says that it has one.
func (x *exam) unlabelled(f *quantity) string {
	p := x.f.Product
	if f.low == 0 || !f.held(p, []string{"benchmark"}) {
		return ""
	}
	for i := range p.Rates {
		if r := &p.Rates[i]; r.Kind != "benchmark" && f.of(r, f.low) {
			return ""
		}
	}
	for _, id := range x.e.roles[benchmarkRole] {
		for _, h := range x.t.of(id) {
			if !x.inName(&quantity{from: h.start, to: h.end}) {
				return ""
			}
		}
	}
	return fmt.Sprintf("%s is the product's benchmark, and nothing says so", f)
}

// figuresLike returns the figures of the product of the measure of a figure.
func (x *exam) figuresLike(f *quantity) []float64 {
	var out []float64
	for i := range x.facts() {
		if k := &x.master[i]; k.measure == f.measure && k.low == k.high && k.low != 0 {
			out = append(out, k.low)
		}
	}
	for i := range x.f.Product.Rates {
		if r := &x.f.Product.Rates[i]; f.measure == percentage && r.Low == r.High && r.Low != 0 {
			out = append(out, r.Low)
		}
	}
	return out
}

// multiple reports whether v is a, times a number or length that the message or the product says, or divided by it.
func (x *exam) multiple(v, a float64) bool {
	if equal(v, a*12) || equal(v*12, a) || equal(v*365, a) || equal(v*52, a) {
		return true
	}
	for _, list := range [][]quantity{x.t.figures, x.factsPlain()} {
		for i := range list {
			switch g := &list[i]; {
			case g.measure == bareNumber && g.low > 1 && g.low <= 480 && (equal(v, a*g.low) || equal(v*g.low, a)):
				return true
			case g.measure == lengthOfTime && (equal(v, a*g.low/365) || equal(v, a*g.low/30) || equal(v, a*g.low/365*12)):
				return true
			}
		}
	}
	return false
}

// flat reports whether a percentage for a month is what a card takes of the whole amount, and the yearly rate that it makes over what
// is still owed, about twice as much, is the product's and is said.
func (x *exam) flat(f *quantity) bool {
	return slices.ContainsFunc(x.f.Product.Rates, func(r scruple.Rate) bool {
		return (r.Kind == "apr" || r.Kind == "apr_max") && r.High >= f.low*12 && r.Low <= f.low*12*2.1 && (x.says(r.Low) || x.says(r.High))
	})
}

// reduced reports whether v is a percentage of the product at a discount, or for a month of the year.
func (x *exam) reduced(v, a float64) bool {
	if equal(v*12, a) {
		return true
	}
	return slices.ContainsFunc(x.t.figures, func(g quantity) bool {
		return g.measure == foldsOfPrice && equal(v, a*g.low/10)
	})
}

// factsPlain returns the figures of the product without their keys.
func (x *exam) factsPlain() []quantity {
	var out []quantity
	for i := range x.facts() {
		out = append(out, x.master[i].quantity)
	}
	return out
}

// share reports whether an amount is a percentage of the product, of another amount of the message.
func (x *exam) share(f *quantity) bool {
	for i := range x.t.figures {
		g := &x.t.figures[i]
		if g == f || g.measure != amountOfMoney {
			continue
		}
		for k := range x.f.Product.Rates {
			if r := &x.f.Product.Rates[k]; equal(f.low, g.low*r.Low/100) || equal(f.low, g.low*r.High/100) {
				return true
			}
		}
	}
	return false
}

// equal compares two figures as they are rounded in copy.
func equal(a, b float64) bool { return math.Abs(a-b) <= math.Max(math.Abs(b)*1e-4, 1e-6) }
