package compliance

import (
	"fmt"
	"slices"
	"strings"
)

// access objects to copy that says money can be had at any time, where the product locks it, asks for notice or takes a penalty. Copy
// that says how long, or one of the words of unless, is honest about it.
func (k *numberRule) access(x *exam, r *Rule) {
	if x.f.Product == nil {
		return
	}
	for _, id := range k.near {
		for _, h := range x.t.of(id) {
			if x.t.denied(&x.e.grammar, h) || x.t.warned(&x.e.grammar, h) {
				continue
			}
			bound, lengths := k.bound(x)
			if bound == "" || k.unless.hit(x.t) || x.saysOne(lengths) {
				return
			}
			x.found(r, h.start, h.end, "the product master has "+bound)
			return
		}
	}
}

// bound says what binds the money of the product, by its terms, the charge for leaving or its name, and for how long.
func (k *numberRule) bound(x *exam) (string, []quantity) {
	p, why := x.f.Product, ""
	var lengths []quantity
	for i := range x.facts() {
		if f := &x.master[i]; k.names(f.key) && f.measure == lengthOfTime {
			lengths = append(lengths, f.quantity)
		}
	}
	for _, key := range x.keys {
		if v := p.Terms[key]; k.names(key) && binds(key, v) {
			if x.repeatsTerm(v) {
				return "", nil
			}
			return key + " " + v, lengths
		}
	}
	for i := range p.Rates {
		if r := &p.Rates[i]; r.Kind == "fee" && r.High != 0 && (strings.Contains(r.Period, "surrender") || strings.Contains(r.Period, "withdrawal")) {
			return r.Period, append(lengths, quantity{low: r.Low, high: r.High, measure: percentage})
		}
	}
	if locksByName(p.Name) {
		before := len(x.master)
		x.learn("name", p.Name)
		for i := range x.master[before:] {
			if f := &x.master[before+i]; f.measure == lengthOfTime {
				why, lengths = p.Name, append(lengths, f.quantity)
			}
		}
		x.master = x.master[:before]
	}
	return why, lengths
}

// binds reports whether the text of a term says that money is not free.
func binds(key, text string) bool {
	text = strings.ToLower(text)
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
	}
	if text == "none" || text == "无" || has("any time", "anytime", "instant", "no penalty", "no notice", "no lock", "随时", "每日开放", "无封闭") {
		return false
	}
	if (key == "notice" || strings.Contains(key, "lock")) && strings.ContainsAny(text, "123456789") {
		return true
	}
	return has("不可", "不得", "不能", "不支持", "封闭", "锁定", "锁", "最短", "方可", "才能", "损失", "罚", "活期",
		"no ", "none", "not ", "cannot", "penalty", "only", "lock", "notice", "loss of", "days of interest", "from age", "from 55", "from 5")
}

func locksByName(name string) bool {
	return slices.ContainsFunc([]string{"持有", "封闭", "定开", "定期开放"}, func(w string) bool { return strings.Contains(name, w) })
}

// repeatsTerm reports whether the message says a term of the product word for word.
func (x *exam) repeatsTerm(text string) bool {
	words, t := x.plain(text), x.t
	for s := range t.units {
		n := 0
		for n < len(words) && s+n < len(t.units) && t.units[s+n].r == words[n].r {
			n++
		}
		if n == len(words) && n > 0 {
			return true
		}
	}
	return false
}

// plain returns the units of a text of the product, which are good until the next one is read.
func (x *exam) plain(text string) []unit {
	if text == "" {
		return nil
	}
	before := len(x.master)
	x.learn("", text)
	x.master = x.master[:before]
	words := x.side.units
	for len(words) > 0 && words[len(words)-1].class >= sign {
		words = words[:len(words)-1]
	}
	return words
}

// saysOne reports whether the message has one of some figures, elsewhere than in the name of the product.
func (x *exam) saysOne(list []quantity) bool {
	figures := x.figures()
	return slices.ContainsFunc(list, func(q quantity) bool {
		return slices.ContainsFunc(figures, func(f quantity) bool {
			return f.measure == q.measure && (q.measure != percentage || f.role == feeRole) && sameLength(&fact{quantity: q}, &f) && !x.inName(&f)
		})
	})
}

// inName reports whether a figure is part of the name of the product where it stands.
func (x *exam) inName(f *quantity) bool {
	name, t := x.plain(x.f.Product.Name), x.t
	if len(name) == 0 {
		return false
	}
	for s := max(0, f.from-int32(len(name))); s <= f.from; s++ {
		n := 0
		for n < len(name) && int(s)+n < len(t.units) && t.units[int(s)+n].r == name[n].r {
			n++
		}
		if n == len(name) && s+int32(n) >= f.to {
			return true
		}
	}
	return false
}

// omitted objects to a cost of credit beside which a fee of the product is not said: one of kinds whose period has one of terms.
func (k *numberRule) omitted(x *exam, r *Rule) {
	p := x.f.Product
	if p == nil {
		return
	}
	at := slices.IndexFunc(x.t.figures, func(f quantity) bool {
		return f.measure == percentage && f.low != 0 && f.role != otherRole && f.held(p, []string{"apr", "apr_max"})
	})
	if at < 0 || k.unless.hit(x.t) {
		return
	}
	for i := range p.Rates {
		fee := &p.Rates[i]
		if fee.High == 0 || !slices.Contains(k.kinds, fee.Kind) || x.says(fee.Low) || x.says(fee.High) || x.told2(at, fee.High) {
			continue
		}
		if slices.ContainsFunc(k.terms, func(w string) bool { return strings.Contains(fee.Period, w) }) {
			f := &x.t.figures[at]
			x.found(r, f.from, f.to, fmt.Sprintf("%s %s is not said", plainNumber(fee.High)+fee.Unit, fee.Period))
			return
		}
	}
}

// told2 reports whether the message has the sum of a rate that it states and a fee.
func (x *exam) told2(at int, fee float64) bool { return x.says(round(x.t.figures[at].low + fee)) }

// grade objects to a grade of risk, one of near, that is not the product's. A message with more than one grade speaks of others.
func (k *numberRule) grade(x *exam, r *Rule) {
	p := x.f.Product
	if p == nil || p.Grade() == "" {
		return
	}
	var said hit
	n := 0
	for _, id := range k.near {
		for _, h := range x.t.of(id) {
			said = h
			n++
		}
	}
	if n != 1 || k.lets(x.t, said) {
		return
	}
	switch word := strings.ToUpper(x.t.letters(said.start, said.end)); {
	case word == p.Risk, word == p.SellerRisk:
	default:
		x.found(r, said.start, said.end, fmt.Sprintf("%s; the product is graded %s", word, p.Grade()))
	}
}
