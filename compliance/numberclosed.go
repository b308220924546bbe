package compliance

import (
	"slices"
	"strings"

	"github.com/scruple/scruple"
)

// closed objects to words of near that sell what can no longer be had: the product is not on sale, or one of its terms says that it is
// closed or suspended. Copy that says so itself, with a word of unless, does not sell it.
func (k *numberRule) closed(x *exam, r *Rule) {
	p := x.f.Product
	if p == nil {
		return
	}
	why := ""
	if p.Status == "suspended" || p.Status == "closed" {
		why = "status " + p.Status
	}
	x.facts()
	for _, key := range x.keys {
		if v := p.Terms[key]; k.names(key) && shut(v) && !x.later(key) {
			why = key + " " + v
		}
	}
	if why == "" || k.unless.hit(x.t) {
		return
	}
	for _, id := range k.near {
		for _, h := range x.t.of(id) {
			if !x.t.denied(&x.e.grammar, h) {
				x.found(r, h.start, h.end, "the product master has "+why)
				return
			}
		}
	}
}

// shut reports whether the text of a term says that a product is not to be had now.
func shut(text string) bool {
	text = strings.ToLower(text)
	return slices.ContainsFunc([]string{
		"closed", "suspended", "sold out", "withdrawn from sale", "discontinued", "暂停申购", "暂停认购", "暂停销售", "暂停发售", "停售", "停止销售", "已售罄", "已结束", "已下架", "募集结束",
	}, func(w string) bool { return strings.Contains(text, w) })
}

// later reports whether a term speaks of a day to come.
func (x *exam) later(key string) bool {
	today := x.day()
	return slices.ContainsFunc(x.master, func(f fact) bool {
		return f.key == key && f.measure == dayOfCalendar && f.year > 0 && f.day > 0 && scruple.Date(f.date()) > today
	})
}
