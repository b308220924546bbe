package compliance

import (
	"math"
	"strconv"
	"strings"
)

// value reads the number that begins at a unit, in figures, Chinese numerals or English words, with its scale (50万, 120k,
// 2.5 million), and returns where it ends.
func (t *reading) value(i int32) (end int32, v float64, ok bool) {
	switch u := &t.units[i]; {
	case u.class == digit:
		end = t.digitsEnd(i)
		if v, ok = t.decimal(i, end); !ok {
			return end, 0, false
		}
		if n, half := t.andPart(end); n > end {
			return n, v + half, true
		}
	case u.class == han:
		end = t.hanEnd(i)
		if v, ok = t.chinese(i, end); !ok || end == i {
			return end, 0, false
		}
	default:
		if end, v, ok = t.spelled(i); !ok {
			return end, 0, false
		}
	}
	end, v = t.scale(end, v)
	return end, v, true
}

// decimal reads figures with decimal points and thousands separators; 3,5 is three and a half.
func (t *reading) decimal(from, to int32) (float64, bool) {
	var buf [24]byte
	if to-from > int32(len(buf)) {
		return 0, false
	}
	n, commas, points, fraction := 0, 0, 0, 0.0
	for i := from; i < to; i++ {
		c := t.units[i].r
		switch {
		case c == '⁄' && n > 0 && i+1 < to: // ½, as it decomposes
			fraction, n = float64(buf[n-1]-'0')/float64(max(t.units[i+1].r-'0', 1)), n-1
			i++
			continue
		case c == ',':
			commas++
			if commas == 1 && points == 0 && to-i != 4 && to-i < 4 && i-from < 4 {
				c = '.'
			} else {
				continue
			}
		case c == '.':
			points++
		}
		buf[n] = byte(c)
		n++
	}
	if n == 0 {
		return fraction, fraction > 0
	}
	v, err := strconv.ParseFloat(string(buf[:n]), 64)
	return v + fraction, err == nil && !math.IsInf(v, 0)
}

// scale reads 万, 千, k, million and the like after a number.
func (t *reading) scale(end int32, v float64) (int32, float64) {
	for int(end) < len(t.units) && t.units[end].class == han && power(t.units[end].r) > 0 {
		if t.wordsAt(end, "千克") > end || t.wordsAt(end, "百分") > end || t.wordsAt(end, "万分") > end {
			break
		}
		v *= power(t.units[end].r)
		end++
	}
	if int(end) >= len(t.units) || t.units[end].class != letter {
		return end, v
	}
	var buf [9]byte
	switch w := t.wordIn(end, &buf); w {
	case "k", "thousand", "grand":
		return end + int32(len(w)), v * 1e3
	case "m", "mn", "mln", "million":
		return end + int32(len(w)), v * 1e6
	case "bn", "billion":
		return end + int32(len(w)), v * 1e9
	}
	return end, v
}

// wordIn returns the Latin word that begins at a unit, or "" when it is longer than the buffer.
func (t *reading) wordIn(i int32, buf *[9]byte) string {
	n := 0
	for k := i; int(k) < len(t.units) && t.units[k].class == letter && (k == i || t.units[k].flags&gapBefore == 0); k++ {
		if n == len(buf) || t.units[k].r > 'z' {
			return ""
		}
		buf[n] = byte(t.units[k].r)
		n++
	}
	return string(buf[:n])
}

// wordsAt returns where some words end that begin at a unit, or the unit itself. Spaces in the text do not count; Latin words
// have to be whole.
func (t *reading) wordsAt(i int32, words string) int32 {
	if i < 0 || int(i) >= len(t.units) || !beginsWith(words, t.units[i].r) {
		return i
	}
	at := i
	for _, r := range words {
		if int(at) >= len(t.units) || t.units[at].r != r {
			return i
		}
		at++
	}
	if words[0] < 0x80 && (!t.closes(at) || !t.opens(i) && !t.afterNumber(i)) {
		return i
	}
	return at
}

// beginsWith reports whether words begin with a letter, or with a Han character of three bytes.
func beginsWith(words string, r rune) bool {
	if c := words[0]; c < 0x80 {
		return r == rune(c)
	}
	return r == rune(words[0]&15)<<12|rune(words[1]&63)<<6|rune(words[2]&63)
}

// anyAt returns where the first of some words ends that begins at a unit, or the unit itself.
func (t *reading) anyAt(i int32, words ...string) int32 {
	if i < 0 || int(i) >= len(t.units) {
		return i
	}
	for _, w := range words {
		if end := t.wordsAt(i, w); end > i {
			return end
		}
	}
	return i
}

// anyBefore returns where the first of some words begins that ends before a unit, or the unit itself.
func (t *reading) anyBefore(i int32, words ...string) int32 {
	for _, w := range words {
		n := int32(len(w))
		if w[0] >= 0x80 {
			n /= 3 // Han characters of three bytes
		}
		if i >= n && t.wordsAt(i-n, w) == i {
			return i - n
		}
	}
	return i
}

// power returns the value of a Chinese numeral that multiplies, or 0.
func power(r rune) float64 {
	switch r {
	case '十':
		return 10
	case '百':
		return 100
	case '千':
		return 1e3
	case '万':
		return 1e4
	case '亿':
		return 1e8
	}
	return 0
}

func plainNumber(v float64) string {
	s := strconv.FormatFloat(v, 'f', 4, 64)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}
