package compliance

import "fmt"

// measure says what a figure counts.
type measure uint8

const (
	bareNumber    measure = iota // a number without a unit
	percentage                   // in percent: 0.35‰ is 0.035, 350 bps is 3.5
	amountOfMoney                // in units of its currency
	lengthOfTime                 // a time, in days
	dayOfCalendar                // a day of the calendar
	foldsOfPrice                 // 折: tenths of a price
)

// quantity is a number of a text with its unit, standing in units [from, to), or a range of two of them. A date has its parts
// in place of low and high; year or day is 0 where it is not said.
type quantity struct {
	from, to         int32
	low, high        float64 // equal but for a range
	measure          measure
	role             role
	name             [2]int32 // the units of the words that give the role, when they stand there
	per              role     // perDay, perMonth, perYear or none: the time that a rate belongs to
	year, month, day int16
	spread           bool // percentage points, added to or taken from another rate
}

func (f *quantity) String() string {
	unit := map[measure]string{percentage: "%", foldsOfPrice: "折", lengthOfTime: " days"}[f.measure]
	switch {
	case f.measure == dayOfCalendar && f.year == 0:
		return fmt.Sprintf("%d-%02d", f.month, f.day)
	case f.measure == dayOfCalendar:
		return fmt.Sprintf("%d-%02d-%02d", f.year, f.month, f.day)
	case f.low == f.high:
		return plainNumber(f.low) + unit
	}
	return plainNumber(f.low) + unit + "-" + plainNumber(f.high) + unit
}

// countFigures reads all figures of the text, by place.
func (t *reading) countFigures() {
	t.figures = t.figures[:0]
	starts := startsOfFigures()
	for i := int32(0); int(i) < len(t.units); {
		switch u := &t.units[i]; {
		case u.class >= sign, u.class == han && !starts.mayBegin(u.r):
			i++
		case u.class == letter && !starts.mayBeginWord(t, i):
			i = t.wordEnd(i)
		default:
			i = t.figureAt(i)
		}
	}
	t.joinRanges()
}

// figureAt adds the figure that begins at a unit, if one does, and returns where to go on.
func (t *reading) figureAt(i int32) int32 {
	f := quantity{from: i}
	var ok bool
	switch u := &t.units[i]; u.class {
	case digit:
		if t.inCode(i) {
			return t.digitsEnd(i)
		}
		ok = t.day(&f) || t.number(&f)
	case han:
		ok = t.halfYear(&f) || countsHan(u.r) && (t.fraction(&f) || t.day(&f) || t.number(&f))
	case letter:
		if !t.opens(i) {
			return i + 1
		}
		ok = t.monthFirst(&f) || t.number(&f)
		if !ok {
			return t.wordEnd(i)
		}
	}
	if !ok {
		return max(i+1, t.digitsEnd(i))
	}
	t.figures = append(t.figures, f)
	return f.to
}

// inCode reports whether digits go on after letters, as in R2 or G0: no figure, unless the letters are a currency.
func (t *reading) inCode(i int32) bool {
	return i > 0 && t.units[i-1].class == letter && t.units[i].flags&gapBefore == 0 && t.currencyBefore(i) == i
}

func (t *reading) digitsEnd(i int32) int32 {
	for n := i; ; n++ {
		if int(n) >= len(t.units) || t.units[n].class != digit || n > i && t.units[n].flags&gapBefore != 0 {
			return n
		}
	}
}

func (t *reading) wordEnd(i int32) int32 {
	for i++; int(i) < len(t.units) && t.units[i].class == letter && t.units[i].flags&gapBefore == 0; i++ {
	}
	return i
}

// number reads a value and the unit it stands with.
func (t *reading) number(f *quantity) bool {
	end, v, ok := t.value(f.from)
	if !ok {
		return false
	}
	f.to, f.low, f.high = end, v, v
	if t.percentAfter(f) || t.afterWord(f.from) && t.spanAfter(f) || t.moneyAround(f) || t.spanAfter(f) || t.foldsAfter(f) {
		return true
	}
	t.percentByName(f)
	return f.measure != bareNumber || t.units[f.from].class == digit || int(end) < len(t.units) && t.units[end].r == '期'
}

// afterWord reports whether the name of a currency stands before a number, as in 挂钩欧元180天, where the unit after it counts.
func (t *reading) afterWord(i int32) bool { return i > 0 && t.units[i-1].class == han }

// joinRanges makes one figure of two that a range joins: 2.2-2.8%, 2.2%至2.8%, between 3 and 4 per cent.
func (t *reading) joinRanges() {
	out := t.figures[:0]
	for _, f := range t.figures {
		if n := len(out) - 1; n >= 0 && t.ranges(&out[n], &f) {
			a := &out[n]
			if low := scaled(a, &f); low <= f.low {
				a.to, a.low, a.high, a.measure = f.to, low, f.high, f.measure
				continue
			}
		}
		out = append(out, f)
	}
	t.figures = out
}

// scaled returns the first value of a range in the scale of the second: 3 in 3-5万元 is 30000.
func scaled(a, b *quantity) float64 {
	if a.measure != bareNumber || a.low == 0 {
		return a.low
	}
	for _, f := range []float64{1e6, 1e4, 1e3, 30, 365, 7} {
		whole := f != 30 && f != 365 && f != 7
		if whole == (b.measure == amountOfMoney) && b.measure != percentage && b.low >= a.low*f && b.low >= f && b.low/f < 1e4 {
			return a.low * f
		}
	}
	return a.low
}

func (t *reading) ranges(a, b *quantity) bool {
	if a.low != a.high || a.measure == dayOfCalendar || b.measure == dayOfCalendar || b.measure == bareNumber || a.measure != bareNumber && a.measure != b.measure {
		return false
	}
	return t.joined(a.to, b.from) || t.wordsAt(a.to, "and") > a.to && t.between2(a.from, b)
}

// joined reports whether the units [from, to) join two figures to a range; a currency may follow.
func (t *reading) joined(from, to int32) bool {
	if c := t.currencyBefore(to); c > from {
		to = c
	}
	switch to - from {
	case 1:
		r := t.units[from].r
		return r == '-' || r == '至' || r == '到'
	case 2:
		return t.units[from].r == 't' && t.units[from+1].r == 'o'
	}
	return false
}

// between2 reports whether "between" stands before the first of two figures that "and" alone joins.
func (t *reading) between2(from int32, b *quantity) bool {
	from = t.currencyBefore(from)
	return from >= 7 && t.wordsAt(from-7, "between") == from && t.currencyBefore(b.from) >= from && b.from-from < 24
}
