package compliance

import (
	"math"
	"strings"
)

// hanEnd returns where the Chinese number ends that begins at a unit.
func (t *reading) hanEnd(i int32) int32 {
	end := i
	for int(end) < len(t.units) && countsHan(t.units[end].r) && (end == i || t.units[end].flags&gapBefore == 0) {
		end++
	}
	for end > i && t.units[end-1].r == '点' { // 三点 is an hour
		end--
	}
	return end
}

func countsHan(r rune) bool { return power(r) > 0 || figureOf(r) >= 0 || r == '点' }

// chinese reads a number such as 五十万 or 三点五. Words such as 百万 and 千万 alone are none.
func (t *reading) chinese(from, to int32) (float64, bool) {
	total, section, figure, place := 0.0, 0.0, 0.0, 0.0
	plain := false
	if from == to || figureOf(t.units[from].r) < 0 && t.units[from].r != '十' {
		return 0, false
	}
	for i := from; i < to; i++ {
		r := t.units[i].r
		d := figureOf(r)
		switch f := power(r); {
		case r == '点' && place > 0:
			return 0, false
		case r == '点':
			place = 0.1
		case d >= 0 && place > 0:
			figure += d * place
			place /= 10
		case d >= 0 && plain:
			figure = figure*10 + d
		case d >= 0:
			figure, plain = d, true
		case f >= 1e4:
			total += (section + figure) * f
			section, figure, plain, place = 0, 0, false, 0
		case f > 0:
			section += math.Max(figure, 1) * f
			figure, plain, place = 0, false, 0
		}
	}
	return round(total + section + figure), true
}

// round drops what binary fractions add.
func round(v float64) float64 { return math.Round(v*1e8) / 1e8 }

// figureOf returns the value of a Chinese figure, or -1.
func figureOf(r rune) float64 {
	switch r {
	case '零', '〇':
		return 0
	case '一':
		return 1
	case '二', '两':
		return 2
	case '三':
		return 3
	case '四':
		return 4
	case '五':
		return 5
	case '六':
		return 6
	case '七':
		return 7
	case '八':
		return 8
	case '九':
		return 9
	}
	return -1
}

// fraction reads 百分之三点五, 千分之五 and 万分之三.
func (t *reading) fraction(f *quantity) bool {
	part := 0.0
	switch {
	case t.wordsAt(f.from, "百分之") > f.from:
		part = 1
	case t.wordsAt(f.from, "千分之") > f.from:
		part = 0.1
	case t.wordsAt(f.from, "万分之") > f.from:
		part = 0.01
	default:
		return false
	}
	i := f.from + 3
	if int(i) >= len(t.units) || t.units[i].class != digit && t.units[i].class != han {
		return false
	}
	if t.wordsAt(i, "百") > i { // 百分之百
		f.to, f.low, f.high, f.measure = i+1, 100, 100, percentage
		return part == 1
	}
	end, v, ok := t.value(i)
	f.to, f.low, f.high, f.measure = end, v*part, v*part, percentage
	return ok
}

// spelled reads a number in English words: twenty-five, four point five, a hundred and twenty thousand, half a.
func (t *reading) spelled(i int32) (int32, float64, bool) {
	total, section, any, end := 0.0, 0.0, false, i
	for int(end) < len(t.units) && t.units[end].class == letter && (end == i || t.units[end].flags&gapBefore != 0) {
		var buf [9]byte
		w := t.wordIn(end, &buf)
		next := end + int32(len(w))
		v := spelledOf(w)
		switch {
		case w == "half" && !any:
			return t.anyAt2(next, "a", "of a", "of one"), 0.5, true
		case w == "point" && any:
			return t.spelledDecimals(next, total+section)
		case w == "and" && any:
			if n, part := t.andPart(end); n > end {
				return n, total + section + part, true
			}
			if v := t.spelledAt(next); section < 100 && total == 0 || v < 0 || v >= 100 {
				return end, total + section, true
			}
		case v < 0 || v == 0 && any || v > 0 && v < 100 && math.Mod(section, 10) != 0 || !any && v >= 100 && w != "hundred":
			return end, total + section, any
		case v == 100:
			section, any = math.Max(section, 1)*100, true
		case v >= 1000:
			total, section = total+math.Max(section, 1)*v, 0
		default:
			section, any = section+v, true
		}
		end = next
	}
	return end, total + section, any
}

func (t *reading) spelledAt(i int32) float64 {
	if int(i) >= len(t.units) || t.units[i].class != letter {
		return -1
	}
	var buf [9]byte
	return spelledOf(t.wordIn(i, &buf))
}

// spelledDecimals reads the digits after "point".
func (t *reading) spelledDecimals(i int32, v float64) (int32, float64, bool) {
	for place := 0.1; int(i) < len(t.units); place /= 10 {
		d := t.spelledAt(i)
		if d < 0 || d > 9 {
			break
		}
		v, i = v+d*place, t.wordEnd(i)
	}
	return i, round(v), true
}

// andPart reads "and a half" and "and a quarter".
func (t *reading) andPart(i int32) (int32, float64) {
	if end := t.anyAt(i, "andahalf", "andonehalf"); end > i {
		return end, 0.5
	}
	if end := t.anyAt(i, "andaquarter"); end > i {
		return end, 0.25
	}
	return t.anyAt(i, "andthreequarters"), 0.75
}

// anyAt2 is anyAt, and the words may be written with spaces.
func (t *reading) anyAt2(i int32, words ...string) int32 {
	for _, w := range words {
		at := i
		for _, r := range w {
			if r != ' ' && int(at) < len(t.units) && t.units[at].r == r {
				at++
			}
		}
		if at > i && t.closes(at) && t.wordsAt(at, "percent") > at || t.wordsAt(at, "percentage") > at {
			return at
		}
	}
	return i
}

var (
	smallNumbers = [...]string{
		"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
		"fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
	}
	tens   = [...]string{"twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"}
	scales = map[string]float64{"hundred": 100, "thousand": 1e3, "million": 1e6, "oh": 0, "nought": 0}
)

// spelledOf returns the value of an English number word, or -1.
func spelledOf(w string) float64 {
	if len(w) < 2 || strings.IndexByte("ztofsenhm", w[0]) < 0 {
		return -1
	}
	for i, n := range smallNumbers {
		if w == n {
			return float64(i)
		}
	}
	for i, n := range tens {
		if w == n {
			return float64(10*i + 20)
		}
	}
	if v, ok := scales[w]; ok {
		return v
	}
	return -1
}
