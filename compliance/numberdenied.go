package compliance

import (
	"fmt"
	"slices"
	"strings"

	"github.com/scruple/scruple"
)

// burden is what a customer has to pay or bear by the product master: a fee, a penalty, a least amount.
type burden struct {
	text  string // the words that name it
	shown quantity
}

// denied objects to copy that says there is none of what the product has: no fee, no penalty, no minimum. A fee with a name has to
// be the product's fee of that name; where conditions are said, or the figure itself, nothing is denied.
func (k *numberRule) denied(x *exam, r *Rule) {
	if x.f.Product == nil {
		return
	}
	k.free(x, r)
	k.without(x, r)
	for _, as := range k.roles {
		var list []burden
		for n, id := range x.e.roles[as] {
			for _, h := range x.t.of(id) {
				if n == 0 || list == nil {
					list = x.burdens(as)
				}
				if b := x.deniedBurden(h, list); b != nil && !k.lets(x.t, h) {
					x.found(r, h.start, h.end, fmt.Sprintf("the product master has %s", b.describe()))
					return
				}
			}
		}
	}
}

func (k *numberRule) lets(t *reading, h hit) bool {
	from, to := t.sentence(h.start)
	return k.unless.has(t, from, to)
}

func (b *burden) describe() string {
	return strings.TrimSpace(b.shown.String() + " " + b.text)
}

// burdens returns what the product has for a role: its rates of that kind, and figures of its terms.
func (x *exam) burdens(as role) []burden {
	out := []burden{}
	p := x.f.Product
	for i := range p.Rates {
		r := &p.Rates[i]
		if slices.Contains(roleTable[as].kinds, r.Kind) && r.High != 0 && as == feeRole {
			out = append(out, burden{r.Unit + " " + r.Period, quantity{low: r.Low, high: r.High, measure: measureOf(r)}})
		}
	}
	for i := range x.facts() {
		f := &x.master[i]
		text := f.key + " " + p.Terms[f.key]
		if f.key == "erc" {
			text += " early repayment charge"
		}
		if p.Terms[f.key] == "" || f.high == 0 || f.measure == dayOfCalendar || !isBurden(as, f.key, text) {
			continue
		}
		out = append(out, burden{text, f.quantity})
	}
	return out
}

// isBurden reports whether a term is about something of a role that the customer bears.
func isBurden(as role, key, text string) bool {
	words := []string{"fee", "charge", "penalty", "commission", "费", "违约金", "佣金"}
	if as == minimumRole {
		return strings.HasPrefix(key, "min") || strings.Contains(key, "opening")
	}
	none := strings.Contains(text, "no ") || strings.Contains(text, "none") || strings.Contains(text, "免") || strings.Contains(text, "不收")
	return !none && slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) }) || key == "early_withdrawal"
}

func measureOf(r *scruple.Rate) measure {
	if strings.Contains(r.Unit, "%") {
		return percentage
	}
	return amountOfMoney
}

// free objects to words of any, by which the whole costs nothing, where the product has a fee that is not said.
func (k *numberRule) free(x *exam, r *Rule) {
	for _, id := range k.any {
		for _, h := range x.t.of(id) {
			from, to := x.t.clause(h.start)
			if x.t.denied(&x.e.grammar, h) || x.t.warned(&x.e.grammar, h) || x.t.conditional(from, h.end, to) || k.lets(x.t, h) {
				continue
			}
			fees := x.burdens(feeRole)
			if len(fees) == 0 || slices.ContainsFunc(fees, func(b burden) bool { return x.shows(&b.shown) }) {
				return
			}
			x.found(r, h.start, h.end, "the product master has "+fees[0].describe())
			return
		}
	}
}

// without objects to words of near that are denied, where a term whose name has part of theirs is not nothing: no excess.
func (k *numberRule) without(x *exam, r *Rule) {
	for _, id := range k.near {
		for _, h := range x.t.of(id) {
			from, to := x.t.clause(h.start)
			if _, ok := x.t.denialBefore(h.start, from); !ok && !x.t.denialAfter(h.end, to) || x.t.conditional(from, h.end, to) || k.lets(x.t, h) {
				continue
			}
			for i := range x.facts() {
				f := &x.master[i]
				if f.high != 0 && x.sameTerm(f.key, h) && !x.shows(&f.quantity) {
					x.found(r, h.start, h.end, fmt.Sprintf("the product master has %s %s", f.key, x.f.Product.Terms[f.key]))
					return
				}
			}
		}
	}
}

// sameTerm reports whether words are the name of a term.
func (x *exam) sameTerm(key string, h hit) bool {
	for _, w := range [...]struct{ word, part string }{
		{"excess", "excess"},
		{"excess", "deduct"},
		{"deductible", "excess"},
		{"deductible", "deduct"},
		{"waitingperiod", "waiting"},
		{"免赔额", "deduct"},
		{"免赔", "deduct"},
		{"免赔额", "excess"},
		{"等待期", "waiting"},
	} {
		if strings.Contains(key, w.part) && x.t.wordsAt(h.start, w.word) == h.end {
			return true
		}
	}
	return false
}

// deniedBurden returns the burden that the words at a hit deny, or nil.
func (x *exam) deniedBurden(h hit, list []burden) *burden {
	t := x.t
	from, to := t.clause(h.start)
	at, ok := t.denialBefore(h.start, from)
	if !ok && !t.denialAfter(h.end, to) || t.conditional(from, h.end, to) {
		return nil
	}
	if !ok {
		at = h.start
	}
	for i := range list {
		b := &list[i]
		if x.named(at, h, b) && !x.shows(&b.shown) {
			return b
		}
	}
	return nil
}

// denialBefore looks for no, zero, free of, 免 and the like right before a word, with at most a few words that name it between.
func (t *reading) denialBefore(at, from int32) (int32, bool) {
	for i := at; i >= max(from, at-28); i-- {
		for _, w := range [...]string{"no", "zero", "without", "never", "not", "免除", "免收", "免", "零", "不收取", "不收", "没有", "无需", "无", "不用"} {
			if b := t.anyBefore(i, w); b < i && b >= from && t.names(i, at) {
				return i, true
			}
		}
		if i > from && t.units[i-1].r == '0' && t.units[i-1].class == digit && (i < 2 || t.units[i-2].class != digit) && t.names(i, at) {
			return i, true
		}
	}
	return at, false
}

// names reports whether units [from, to) may be the name of a fee: a few words, no figure and no other one.
func (t *reading) names(from, to int32) bool {
	if t.length(from, to) > 14 {
		return false
	}
	for i := from; i < to; i++ {
		if u := &t.units[i]; u.class == digit || u.class >= sign || u.class == han && to-from > 4 {
			return false
		}
	}
	return t.anyBefore(to, "other", "其他", "其它", "另外", "further", "additional", "extra", "hidden", "same") == to
}

// denialAfter looks for 全免, 为零, waived and the like right after a word.
func (t *reading) denialAfter(from, to int32) bool {
	for i := from; i < min(to, from+4); i++ {
		if t.anyAt(i, "全免", "免收", "为零", "为0", "0元", "不收", "没有", "全部免除", "waived", "iszero", "arewaived") > i {
			return true
		}
	}
	return false
}

// conditional reports whether a clause bounds what it says of the words before a unit: for a while, from an amount on, for some.
func (t *reading) conditional(from, at, to int32) bool {
	for i := from; i < to; i++ {
		if t.anyAt(i, "满", "首", "次年", "以上", "超过", "以内", "期间", "达标", "新客", "以后", "之后", "天后", "年后", "月后", "如", "若", "凡", "除", "部分") > i {
			return true
		}
		if i >= at && t.anyAt(i, "if", "when", "first", "for", "until", "unless", "over", "above", "within", "with", "while", "after", "online", "third", "on", "except", "beyond", "from") > i {
			return true
		}
	}
	return false
}

// named reports whether a burden bears the name that stands in units [at, h.end). A bare "no fees" names all.
func (x *exam) named(at int32, h hit, b *burden) bool {
	t := x.t
	if t.units[h.start].class == han {
		if h.end-h.start < 3 || t.anyAt(h.start, "手续费", "违约金", "服务费用", "收费") > h.start {
			return t.anyAt(h.start, "违约金") == h.start || strings.Contains(b.text, "违约金")
		}
		return x.mentions(b.text, t.units[h.start:h.start+2])
	}
	bare := true
	for w := range t.wordsIn(at, h.start) {
		n := w.to - w.from
		if n < 4 || t.anyAt(w.from, "extra", "annoying", "single", "more") > w.from {
			continue
		}
		bare = false
		if x.mentions(b.text, t.units[w.from:w.from+min(n, 5)]) {
			return true
		}
	}
	head := t.units[h.start:h.end]
	if penalty := t.anyAt(h.start, "penalty", "penalties") > h.start; penalty {
		return strings.Contains(b.text, "early") || strings.Contains(b.text, "withdraw") || x.mentions(b.text, head)
	}
	return bare
}

// shows reports whether the message has a figure.
func (x *exam) shows(q *quantity) bool {
	return slices.ContainsFunc(x.figures(), func(f quantity) bool {
		return f.low != 0 && (f.measure == q.measure || f.measure == bareNumber) && (equal(f.low, q.low) || equal(f.high, q.high))
	})
}
