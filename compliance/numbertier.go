package compliance

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/scruple/scruple"
)

// tiers objects to a rate that holds for a while, or for a part of the money, where neither the rate that holds else nor the
// limit is said. Terms are the words of a period by which such rates are known.
func (k *numberRule) tiers(x *exam, r *Rule) {
	p := x.f.Product
	if p == nil {
		return
	}
	for i := range x.t.figures {
		f := &x.t.figures[i]
		if f.measure != percentage || f.role == otherRole || f.role == feeRole || !k.looksAt(x.t, f) {
			continue
		}
		if other := k.unsaid(x, p, f); other != "" {
			x.found(r, f.from, f.to, fmt.Sprintf("%s is not the only rate: %s", f, other))
			return
		}
	}
}

// unsaid describes what limits a stated rate and is not said, or "".
func (k *numberRule) unsaid(x *exam, p *scruple.Product, f *quantity) string {
	at := slices.IndexFunc(p.Rates, func(r scruple.Rate) bool {
		return slices.Contains(k.kinds, r.Kind) && strings.Contains(r.Unit, "%") && math.Abs(r.Low-f.low) < 1e-6 && math.Abs(r.High-f.high) < 1e-6
	})
	if at < 0 {
		return ""
	}
	stated := &p.Rates[at]
	limited, others := k.limited(stated), ""
	for i := range p.Rates {
		r := &p.Rates[i]
		if i == at || r.Kind != stated.Kind || r.Low == stated.Low && r.High == stated.High {
			continue
		}
		if x.says(r.Low) || x.says(r.High) {
			return ""
		}
		limited = limited || k.limited(r)
		others = fmt.Sprintf("%s%% %s", plainNumber(r.Low), r.Period)
	}
	if !limited || others == "" && x.saysLimit(stated) {
		return ""
	}
	if others == "" {
		return stated.Period
	}
	return others
}

func (k *numberRule) limited(r *scruple.Rate) bool {
	return slices.ContainsFunc(k.terms, func(w string) bool { return strings.Contains(r.Period, w) })
}

// saysLimit reports whether the message has a figure of the period of a rate: its length, amount or last day.
func (x *exam) saysLimit(r *scruple.Rate) bool {
	before := len(x.master)
	x.learn(r.Kind, r.Period)
	limits := x.master[before:]
	x.master = x.master[:before]
	if len(limits) == 0 {
		return true
	}
	return slices.ContainsFunc(x.t.figures, func(f quantity) bool {
		return slices.ContainsFunc(limits, func(l fact) bool {
			return f.measure == l.measure && f.low == l.low && f.day == l.day && f.month == l.month
		})
	})
}

// lengths compares the time that stands nearest to a word in its clause with the terms of the product.
func (k *numberRule) lengths(x *exam, r *Rule) {
	if k.kinds != nil {
		k.lasts(x, r)
	}
	for _, id := range k.near {
		for _, h := range x.t.of(id) {
			f := x.t.lengthBeside(h)
			if f == nil || !k.looksAt(x.t, f) || x.f.Product == nil || x.t.pastOnly(f) || x.inName(f) {
				continue
			}
			var list []string
			ok := false
			for i := range x.facts() {
				m := &x.master[i]
				ok = ok || m.measure == lengthOfTime && sameLength(m, f)
				if m.measure == lengthOfTime && k.names(m.key) {
					list = append(list, m.String())
				}
			}
			if len(list) > 0 && !ok {
				x.found(r, f.from, f.to, fmt.Sprintf("%s; expected %s", f, strings.Join(list, " or ")))
			}
		}
	}
}

// lasts objects to a time that is said right after a rate, in its clause, and is none of the product: 2.70% for 12 months.
func (k *numberRule) lasts(x *exam, r *Rule) {
	for i := range x.t.figures[:max(0, len(x.t.figures)-1)] {
		f, g := &x.t.figures[i], &x.t.figures[i+1]
		if f.measure != percentage || g.measure != lengthOfTime || x.f.Product == nil || x.t.boundaries(f.to, g.from) > 0 {
			continue
		}
		if x.t.anyBefore(g.from, "for", "for the first", "fixed for") == g.from || x.t.length(f.to, g.from) > 14 {
			continue
		}
		rate := slices.IndexFunc(x.f.Product.Rates, func(r scruple.Rate) bool {
			return slices.Contains(k.kinds, r.Kind) && len(x.lengthsOf(&r)) > 0 && inside(&r, f.low, 1e-6)
		})
		if rate < 0 || slices.ContainsFunc(x.facts(), func(m fact) bool { return m.measure == lengthOfTime && sameLength(&m, g) }) || x.inName(g) {
			continue
		}
		x.found(r, g.from, g.to, fmt.Sprintf("%s; the product has %s", g, x.f.Product.Rates[rate].Period))
	}
}

// lengthsOf returns the times in the period of a rate.
func (x *exam) lengthsOf(r *scruple.Rate) []fact {
	before := len(x.master)
	x.learn(r.Kind, r.Period)
	out := slices.Clone(x.master[before:])
	x.master = x.master[:before]
	return slices.DeleteFunc(out, func(f fact) bool { return f.measure != lengthOfTime })
}

// sameLength reports whether two times are one: half a year is six months, or 182 days.
func sameLength(m *fact, f *quantity) bool {
	return m.covers(f) || math.Abs(m.low-f.low) <= 0.015*m.low
}

// lengthBeside returns the time in the clause of a word that stands nearest to it, after it rather than before, or nil.
func (t *reading) lengthBeside(h hit) *quantity {
	from, to := t.clause(h.start)
	var best *quantity
	for i := range t.figures {
		f := &t.figures[i]
		if f.measure != lengthOfTime || f.from < from || f.to > to {
			continue
		}
		if best == nil || best.to <= h.start {
			best = f
		}
	}
	return best
}
