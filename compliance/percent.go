package compliance

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/scruple/scruple"
)

// percentage is a figure of the text with a percent sign, standing in units [from, to), or a range of two of them.
type percentage struct {
	from, to  int32
	low, high float64
}

func (f percentage) String() string {
	if f.low == f.high {
		return fmt.Sprintf("%g%%", f.low)
	}
	return fmt.Sprintf("%g%%-%g%%", f.low, f.high)
}

// percentages yields every percentage of the text; 2.2-2.8%, 2.2%至2.8% and 2.2% to 2.8% are one.
func (t *reading) percentages(yield func(percentage) bool) {
	for n := 0; n < len(t.percent); n++ {
		at := t.percent[n]
		from, v, ok := t.valueBefore(at)
		if !ok {
			continue
		}
		f := percentage{from, at + 1, v, v}
		if first, low, ok := t.rangeBefore(from); ok {
			f.from, f.low = first, low
		} else if n+1 < len(t.percent) {
			if second, high, ok := t.valueBefore(t.percent[n+1]); ok && t.joined(f.to, second) {
				n++
				f.to, f.high = t.percent[n]+1, high
			}
		}
		if !yield(f) {
			return
		}
	}
}

// rangeBefore reads the first figure of a range such as 2.2-2.8%, whose second one begins at a unit.
func (t *reading) rangeBefore(at int32) (int32, float64, bool) {
	for n := int32(1); n <= 2 && at-n > 0; n++ {
		if t.joined(at-n, at) && t.units[at-n-1].class == digit {
			return t.valueBefore(at - n)
		}
	}
	return 0, 0, false
}

// joined reports whether the units [from, to) join two figures to a range.
func (t *reading) joined(from, to int32) bool {
	switch to - from {
	case 1:
		r := t.units[from].r
		return r == '-' || r == '至' || r == '到'
	case 2:
		return t.units[from].r == 't' && t.units[from+1].r == 'o'
	}
	return false
}

// percentage compares one figure with the product.
func (k *numberRule) percentage(x *exam, r *Rule, f percentage) {
	t, p := x.t, x.f.Product
	if start, end := t.sentence(f.from); k.unless.has(t, start, end) {
		return
	}
	l := k.labelOf(t, f.from, f.to)
	detail := ""
	switch {
	case l == nil && k.hold && f.low != 100 && len(of(p, nil)) > 0 && !f.fits(p, nil):
		detail = fmt.Sprintf("%s is no figure of the product", f)
	case l != nil && !l.other && !f.fits(p, l.kinds):
		detail = l.mismatch(p, f, k.hold && len(of(p, nil)) > 0)
	case l == nil || !l.other:
		detail = k.otherEnd(x, f)
	}
	if detail != "" {
		x.found(r, f.from, f.to, detail)
	}
}

// fits reports whether rates of these kinds, or terms of the product, hold both ends of a figure.
func (f percentage) fits(p *scruple.Product, kinds []string) bool {
	for _, v := range []float64{f.low, f.high} {
		if !holds(p, kinds, v) && (!inTerms(p, v) || holds(p, nil, v)) {
			return false
		}
	}
	return true
}

// mismatch says how a figure under a label departs from the product, or "" where the product has nothing to compare it with
// and the figure need not be known.
func (l *label) mismatch(p *scruple.Product, f percentage, hold bool) string {
	v := f.low
	if holds(p, l.kinds, v) {
		v = f.high
	}
	if i := slices.IndexFunc(p.Rates, func(r scruple.Rate) bool { return inside(&r, v) }); i >= 0 {
		return fmt.Sprintf("%s is called %s, and is the product's %s", f, l.name, p.Rates[i].Kind)
	}
	if known := of(p, l.kinds); len(known) > 0 {
		return fmt.Sprintf("%s is called %s; the product has %s", f, l.name, strings.Join(known, ", "))
	}
	if l.always || hold {
		return fmt.Sprintf("%s is called %s; the product master has no such figure", f, l.name)
	}
	return ""
}

// otherEnd says which end of a range the message leaves out, or "".
func (k *numberRule) otherEnd(x *exam, f percentage) string {
	for i := range x.f.Product.Rates {
		r := &x.f.Product.Rates[i]
		if r.Low == r.High || f.low != f.high || !slices.Contains(k.ends, r.Kind) || f.low != r.Low && f.low != r.High {
			continue
		}
		other := r.Low + r.High - f.low
		for g := range x.t.percentages {
			if math.Abs(g.low-other) < 1e-9 || math.Abs(g.high-other) < 1e-9 {
				return ""
			}
		}
		return fmt.Sprintf("%s is one end of %s %g%%-%g%%; the other is not said", f, r.Kind, r.Low, r.High)
	}
	return ""
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
