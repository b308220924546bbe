package compliance

import (
	"fmt"
	"time"

	"github.com/scruple/scruple"
)

// ending is the last day of an offer, and what says so.
type ending struct {
	day scruple.Date
	key string
}

// endings returns the last days that the product's window and terms of some names hold; of two dates in one term the later.
func (k *numberRule) endings(x *exam) []ending {
	var out []ending
	if p := x.f.Product; p != nil && p.To != "" {
		out = append(out, ending{p.To, "offer window"})
	}
	for i := range x.facts() {
		f := &x.master[i]
		if f.measure != dayOfCalendar || f.year == 0 || f.day == 0 || !k.names(f.key) {
			continue
		}
		e := ending{f.date(), f.key}
		if n := len(out) - 1; n >= 0 && out[n].key == f.key {
			out[n].day = max(out[n].day, e.day)
		} else {
			out = append(out, e)
		}
	}
	return out
}

func (f *quantity) date() scruple.Date {
	return scruple.Date(fmt.Sprintf("%04d-%02d-%02d", f.year, f.month, f.day))
}

// day returns the day on which the message is judged, or "".
func (x *exam) day() scruple.Date {
	at := x.f.Due
	if at.IsZero() {
		at = x.f.Now
	}
	if at.IsZero() {
		return ""
	}
	return scruple.DateOf(at)
}

// expired objects to an offer whose last day has gone by.
func (k *numberRule) expired(x *exam, r *Rule) {
	ends := k.endings(x)
	if len(ends) == 0 {
		return
	}
	today := x.day()
	for _, e := range ends {
		if e.day < today {
			x.missing(r, fmt.Sprintf("%s ended on %s", e.key, e.day))
		}
	}
}

// deadline objects to a last day that is not the product's.
func (k *numberRule) deadline(x *exam, r *Rule) {
	ends := k.endings(x)
	if len(ends) == 0 {
		return
	}
	for i := range x.t.figures {
		f := &x.t.figures[i]
		if f.measure == dayOfCalendar && f.day > 0 && (f.role == deadlineRole || k.closes(x, i, ends)) && k.looksAt(x.t, f) && !x.dated(f, ends) {
			x.found(r, f.from, f.to, fmt.Sprintf("%s; the product master has %s", f, ends[0].day))
		}
	}
	k.soon(x, r, ends)
}

// closes reports whether a date is the end of a time that begins on a date of the product: 11月16日至12月30日.
func (k *numberRule) closes(x *exam, i int, ends []ending) bool {
	if i == 0 {
		return false
	}
	a, b := &x.t.figures[i-1], &x.t.figures[i]
	return a.measure == dayOfCalendar && a.day > 0 && x.t.joined(a.to, b.from) && x.dated(a, ends)
}

// dated reports whether a date is one of the product's.
func (x *exam) dated(f *quantity, ends []ending) bool {
	same := func(d scruple.Date) bool {
		at, err := time.Parse(time.DateOnly, string(d))
		return err == nil && int(f.day) == at.Day() && int(f.month) == int(at.Month()) && (f.year == 0 || int(f.year) == at.Year())
	}
	for _, e := range ends {
		if same(e.day) {
			return true
		}
	}
	for i := range x.facts() {
		if k := &x.master[i]; k.measure == dayOfCalendar && k.day == f.day && k.month == f.month && (k.year == f.year || k.year == 0 || f.year == 0) {
			return true
		}
	}
	return false
}

// soon objects to "ends tonight" and the like, where the product ends later.
func (k *numberRule) soon(x *exam, r *Rule, ends []ending) {
	today, err := time.Parse(time.DateOnly, string(x.day()))
	if err != nil {
		return
	}
	for _, w := range [...]struct {
		role role
		days int
	}{{todayRole, 1}, {tomorrowRole, 1}, {weekRole, 7}} {
		last := scruple.DateOf(today.AddDate(0, 0, w.days))
		for _, id := range x.e.roles[w.role] {
			for _, h := range x.t.of(id) {
				if !k.ending(x, h) || x.within(ends, last) {
					continue
				}
				x.found(r, h.start, h.end, fmt.Sprintf("the product master has %s", ends[0].day))
			}
		}
	}
}

// ending reports whether a word for a near day says when something ends.
func (k *numberRule) ending(x *exam, h hit) bool {
	from, to := x.t.clause(h.start)
	sentence, end := x.t.sentence(h.start)
	return x.e.roles[deadlineRole].has(x.t, from, to) && !k.unless.has(x.t, sentence, end)
}

func (x *exam) within(ends []ending, last scruple.Date) bool {
	for _, e := range ends {
		if e.day <= last {
			return true
		}
	}
	return false
}
