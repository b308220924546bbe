package compliance

// day reads a date that begins with figures: 2026年12月5日, 12月5日, 2026-12-05, 5 December 2026, 12/5/26.
func (t *reading) day(f *quantity) bool {
	end, a, ok := t.small(f.from, 4)
	if !ok || int(end) >= len(t.units) {
		return false
	}
	switch u := &t.units[end]; {
	case u.r == '年' && a >= 1900 && a < 2100:
		f.year = a
		return t.monthDay(f, end+1)
	case u.r == '月':
		return t.monthDay(f, f.from)
	case u.r == '-' && a >= 1900 && a < 2100:
		f.year = a
		return t.isoDay(f, end+1)
	case u.class == letter:
		return t.dayMonth(f, end, a)
	case u.class == digit && t.slashBefore(end):
		return t.slashed(f, end, a)
	}
	return false
}

// slashBefore reports whether nothing but a slash stands before a unit: the reading drops it.
func (t *reading) slashBefore(i int32) bool {
	part, _, end := t.locate(i-1, i)
	src := t.source(part)
	return end+1 < len(src) && src[end] == '/' && src[end+1] != ' '
}

// small reads a whole number of at most so many figures, or in Chinese numerals.
func (t *reading) small(i, figures int32) (int32, int16, bool) {
	if int(i) >= len(t.units) {
		return i, 0, false
	}
	if t.units[i].class == han {
		end := t.hanEnd(i)
		v, ok := t.chinese(i, end)
		return end, int16(v), ok && v < 10000
	}
	end, v := i, int16(0)
	for n := t.digitsEnd(i); end < n; end++ {
		r := t.units[end].r
		if r < '0' || r > '9' || end-i >= figures {
			return end, 0, false
		}
		v = v*10 + int16(r-'0')
	}
	return end, v, end > i
}

// monthDay reads 12月5日 at a unit.
func (t *reading) monthDay(f *quantity, i int32) bool {
	end, m, ok := t.small(i, 2)
	if !ok || m < 1 || m > 12 || t.wordsAt(end, "月") == end {
		return false
	}
	f.month, f.to, f.measure = m, end+1, dayOfCalendar
	if end, d, ok := t.small(end+1, 2); ok && d >= 1 && d <= 31 {
		if n := t.anyAt(end, "日", "号"); n > end {
			f.day, f.to = d, n
		} else if t.units[end-1].class == digit && t.anyAt(end, "个", "元", "万", "%", "期") == end && f.month > 0 {
			f.day, f.to = d, end
		}
	}
	return f.day > 0 || f.year > 0
}

func (t *reading) isoDay(f *quantity, i int32) bool {
	end, m, ok := t.small(i, 2)
	if !ok || m < 1 || m > 12 {
		return false
	}
	f.month, f.to, f.measure = m, end, dayOfCalendar
	if int(end) < len(t.units) && t.units[end].r == '-' {
		if n, d, ok := t.small(end+1, 2); ok && d >= 1 && d <= 31 {
			f.day, f.to = d, n
		}
	}
	return f.day > 0 || m < 10 && end-i == 2
}

// dayMonth reads 5 December 2026 after its day.
func (t *reading) dayMonth(f *quantity, i int32, d int16) bool {
	if n := t.anyAt(i, "st", "nd", "rd", "th"); n > i {
		i = n
	}
	if n := t.wordsAt(i, "of"); n > i {
		i = n
	}
	end, m := t.monthName(i)
	if m == 0 || d < 1 || d > 31 {
		return false
	}
	f.day, f.month, f.to, f.measure = d, m, end, dayOfCalendar
	t.yearAfter(f)
	return true
}

// monthFirst reads December 5, 2026.
func (t *reading) monthFirst(f *quantity) bool {
	end, m := t.monthName(f.from)
	if m == 0 {
		return false
	}
	n, d, ok := t.small(end, 2)
	if !ok || d < 1 || d > 31 || n < int32(len(t.units)) && (t.units[n].class == sign && t.units[n].r == '%') {
		return false
	}
	if x := t.anyAt(n, "st", "nd", "rd", "th"); x > n {
		n = x
	}
	f.day, f.month, f.to, f.measure = d, m, n, dayOfCalendar
	t.yearAfter(f)
	return true
}

// yearAfter reads a year after day and month, over a comma.
func (t *reading) yearAfter(f *quantity) {
	i := f.to
	if int(i) < len(t.units) && t.units[i].class == comma {
		i++
	}
	if end, y, ok := t.small(i, 4); ok && y >= 1900 && y < 2100 {
		f.year, f.to = y, end
	}
}

// slashed reads 12/5 and 12/5/2026. Which is the day follows from the market: the month comes first in the United States.
func (t *reading) slashed(f *quantity, i int32, a int16) bool {
	end, b, ok := t.small(i, 2)
	if !ok || a > 31 || b > 31 || a == 24 && b == 7 || a == 0 || b == 0 {
		return false
	}
	f.day, f.month = a, b
	if t.m != nil && (t.m.Market == "us" || t.m.Market == "cn") || b > 12 {
		f.day, f.month = b, a
	}
	if f.month > 12 {
		return false
	}
	f.to, f.measure = end, dayOfCalendar
	if int(end) < len(t.units) && t.units[end].class == digit && t.slashBefore(end) {
		if n, y, ok := t.small(end, 4); ok {
			if y < 100 {
				y += 2000
			}
			f.year, f.to = y, n
		}
	}
	return true
}

// monthName returns where the English name of a month ends that begins at a unit, and its number.
func (t *reading) monthName(i int32) (int32, int16) {
	if int(i) >= len(t.units) || t.units[i].class != letter {
		return i, 0
	}
	var buf [9]byte
	w := t.wordIn(i, &buf)
	for m, name := range months {
		if len(w) >= 3 && len(w) <= len(name) && name[:len(w)] == w && (len(w) == 3 || len(w) == len(name) || w == "sept") {
			return i + int32(len(w)), int16(m + 1)
		}
	}
	return i, 0
}

var months = [...]string{
	"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
}
