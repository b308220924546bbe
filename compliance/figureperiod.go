package compliance

import (
	"fmt"
	"slices"

	"github.com/scruple/scruple"
)

// stretchOfTime is the time that a past return belongs to: so many days back, a year of the calendar, or one of the words below.
type stretchOfTime int

const (
	sinceStart stretchOfTime = -1
	yearToDate stretchOfTime = -2
)

// wrongPeriod says how the time of a past return departs from the one that the product has it for, or "".
func (x *exam) wrongPeriod(f *quantity) string {
	if f.role != returnRole && f.role != rateRole && f.role != noRole {
		return ""
	}
	said := x.t.timeAfter(f)
	if said == 0 {
		said = x.t.timeBefore(f.from)
	}
	if said == 0 {
		return ""
	}
	wrong := ""
	p := x.f.Product
	for i := range p.Rates {
		r := &p.Rates[i]
		if r.Kind != "past_return" || !f.of(r, f.low) {
			continue
		}
		times := x.times(r)
		if len(times) == 0 || slices.Contains(times, said) {
			return ""
		}
		wrong = fmt.Sprintf("%s is the return of another time: %s", f, r.Period)
	}
	return wrong
}

// timeAfter returns the time that stands right after a figure in English: 38% since inception.
func (t *reading) timeAfter(f *quantity) stretchOfTime {
	_, to := t.clause(f.from)
	if f.to >= to || t.units[f.to].class != letter {
		return 0
	}
	for i := f.to; i < min(to, f.to+28) && t.units[i].class != sign; i++ {
		if t.units[i].class == letter || t.units[i].class == digit {
			if s := t.timeAt(i); s != 0 {
				return s
			}
		}
	}
	return 0
}

// timeBefore returns the time that stands nearest before a figure in its sentence, with no other percentage between, or 0.
func (t *reading) timeBefore(at int32) stretchOfTime {
	from, _ := t.sentence(at)
	for i := range t.figures {
		if f := &t.figures[i]; f.measure == percentage && f.to <= at {
			from = max(from, f.to)
		}
	}
	said := stretchOfTime(0)
	for i := at - 1; i >= from; i-- {
		switch s := t.timeAt(i); {
		case s == 0:
		case said != 0 && s != said: // 2023年、2024年分别为
			return 0
		default:
			said = s
		}
	}
	return said
}

// timeAt reads the time that begins at a unit.
func (t *reading) timeAt(i int32) stretchOfTime {
	switch {
	case t.anyAt(i, "成立以来", "成立至今", "成立来", "sinceinception", "sincelaunch", "sincelaunched", "sinceit") > i:
		return sinceStart
	case t.anyAt(i, "今年以来", "年初至今", "今年来", "yeartodate", "ytd", "thisyear", "sofarthisyear") > i:
		return yearToDate
	case t.anyAt(i, "七日年化", "7日年化", "sevenday", "7day") > i:
		return 7
	}
	for k := range t.figures {
		f := &t.figures[k]
		if f.from == i && f.measure == dayOfCalendar && f.year > 0 && f.month == 0 {
			return stretchOfTime(f.year)
		}
		if f.from == i && f.measure == lengthOfTime && t.looksBack(f) {
			return yearly(stretchOfTime(f.low))
		}
	}
	if t.anyAt(i, "pastyear", "lastyear", "lasttwelvemonths") > i {
		return 365
	}
	return 0
}

// yearly makes twelve months a year.
func yearly(s stretchOfTime) stretchOfTime {
	if s == 360 {
		return 365
	}
	return s
}

// looksBack reports whether a length of time ends today: 近一年, the past 12 months, one-year return.
func (t *reading) looksBack(f *quantity) bool {
	before := t.anyBefore(f.from, "近", "过去", "最近", "past", "last", "previous", "trailing", "the") < f.from
	return before || t.anyAt(f.to, "return", "returns", "performance", "gain", "to", "annualised", "annualized", "年化") > f.to
}

// pastOnly reports whether words before a length of time say that it has gone by.
func (t *reading) pastOnly(f *quantity) bool {
	return t.anyBefore(f.from, "近", "过去", "最近", "past", "last", "previous", "trailing") < f.from
}

// times returns the times that the period of a rate names.
func (x *exam) times(r *scruple.Rate) []stretchOfTime {
	if r.Period == "" {
		return nil
	}
	var out []stretchOfTime
	before := len(x.master)
	x.learn(r.Kind, r.Period)
	x.master = x.master[:before]
	for i := range x.side.units {
		if s := x.side.timeAt(int32(i)); s != 0 {
			out = append(out, s)
		}
	}
	return out
}

// wrongFee says that a fee is the product's fee of another name, or "". Only names in Chinese are told apart: 管理费 and 托管费.
func (x *exam) wrongFee(f *quantity) string {
	from, to := f.name[0], f.name[1]
	if f.role != feeRole || to-from < 3 || x.t.units[from].class != han || x.t.wordsAt(from, "手续费") > from {
		return ""
	}
	wrong := ""
	p := x.f.Product
	for i := range p.Rates {
		r := &p.Rates[i]
		if r.Kind != "fee" || !x.mentions(r.Period, x.t.units[from:from+3]) {
			continue
		}
		if f.of(r, f.low) {
			return ""
		}
		wrong = fmt.Sprintf("%s; the product has %s for this fee", f, plainNumber(r.High)+"%")
	}
	return wrong
}

// mentions reports whether a text of the product holds some signs.
func (x *exam) mentions(text string, words []unit) bool {
	side := x.plain(text)
	for i := range side {
		n := 0
		for n < len(words) && i+n < len(side) && side[i+n].r == words[n].r {
			n++
		}
		if n == len(words) {
			return true
		}
	}
	return false
}
