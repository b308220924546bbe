package compliance

import (
	"math"
	"slices"
	"strings"

	"github.com/scruple/scruple"
)

// fact is a figure of the product master, and where it stands: the name of a term, or the kind of a rate.
type fact struct {
	key string
	quantity
}

// covers reports whether a fact holds both ends of a figure.
func (k *fact) covers(f *quantity) bool {
	near := func(v float64) bool { return v >= k.low-1e-6 && v <= k.high+1e-6 }
	return near(f.low) && near(f.high)
}

// facts returns the figures in the terms of the product and in the periods of its rates, and its rates that are amounts.
func (x *exam) facts() []fact {
	p := x.f.Product
	if x.learnt || p == nil {
		return x.master
	}
	x.learnt = true
	x.keys = x.keys[:0]
	for key := range p.Terms {
		x.keys = append(x.keys, key)
	}
	slices.Sort(x.keys)
	for _, key := range x.keys {
		x.learn(key, p.Terms[key])
	}
	for i := range p.Rates {
		r := &p.Rates[i]
		if !strings.Contains(r.Unit, "%") {
			x.master = append(x.master, fact{r.Kind, quantity{low: r.Low, high: r.High, measure: amountOfMoney}})
		}
		x.learn(r.Kind, r.Period)
	}
	return x.master
}

// learn reads the figures of one text of the product.
func (x *exam) learn(key, text string) {
	if text == "" {
		return
	}
	if x.side == nil {
		x.side, x.sideText = &reading{}, &scruple.Message{}
	}
	x.sideText.Market, x.sideText.Text = x.m.Market, text
	x.side.read(x.sideText)
	x.side.countFigures()
	for _, f := range x.side.figures {
		x.master = append(x.master, fact{key, f})
	}
}

// of reports whether a rate covers a value, as it stands or, for what credit costs, over the year that it makes.
func (f *quantity) of(r *scruple.Rate, v float64) bool {
	credit := r.Kind == "apr" || r.Kind == "apr_max"
	if !credit || f.per != perDay && f.per != perMonth || sameSpan(r, f.per) {
		if inside(r, v, 1e-6) {
			return true
		}
	}
	switch f.per {
	case perDay:
		return inside(r, v*360, 0.02) || inside(r, v*365, 0.02)
	case perMonth:
		return inside(r, v*12, 0.02)
	}
	return false
}

func sameSpan(r *scruple.Rate, per role) bool {
	words := []string{"day", "daily", "日", "天"}
	if per == perMonth {
		words = []string{"month", "月"}
	}
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(r.Unit, w) || strings.Contains(r.Period, w) })
}

// inside reports whether a rate covers a value, whatever its sign.
func inside(r *scruple.Rate, v, slack float64) bool {
	if math.Abs(v-math.Abs(r.Low)) <= slack || math.Abs(v-math.Abs(r.High)) <= slack {
		return true
	}
	return strings.Contains(r.Unit, "%") && v >= r.Low-slack && v <= r.High+slack
}

// held reports whether rates of some kinds hold a figure: cover it, or, when it is a range, end where it ends. nil kinds are all
// of them.
func (f *quantity) held(p *scruple.Product, kinds []string) bool {
	for _, v := range [...]float64{f.low, f.high} {
		ok := false
		for i := range p.Rates {
			r := p.Rates[i]
			if kinds != nil && !slices.Contains(kinds, r.Kind) {
				continue
			}
			if f.low == f.high {
				ok = ok || f.of(&r, v)
				continue
			}
			low, high := r, r
			low.High, high.Low = r.Low, r.High
			ok = ok || f.of(&low, v) || f.of(&high, v)
		}
		if !ok {
			return false
		}
	}
	return true
}

// told reports whether a term of the product says a percentage.
func (x *exam) told(f *quantity) bool {
	for i := range x.facts() {
		if k := &x.master[i]; (k.measure == percentage || k.measure == bareNumber) && k.covers(f) {
			return true
		}
	}
	return false
}
