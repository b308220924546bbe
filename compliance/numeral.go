package compliance

import (
	"math"
	"strconv"

	"github.com/scruple/scruple"
)

// valueBefore reads the number that ends directly before a unit, and where it begins.
func (t *reading) valueBefore(at int32) (int32, float64, bool) {
	from := at
	for from > 0 && t.units[from-1].class == digit {
		from--
	}
	if from == at {
		return 0, 0, false
	}
	v, ok := t.decimal(from, at)
	return from, v, ok
}

// decimal reads figures with decimal points and thousands separators.
func (t *reading) decimal(from, to int32) (float64, bool) {
	var buf [24]byte
	n := 0
	for i := from; i < to; i++ {
		if c := t.units[i].r; c != ',' {
			if n == len(buf) {
				return 0, false
			}
			buf[n] = byte(c)
			n++
		}
	}
	v, err := strconv.ParseFloat(string(buf[:n]), 64)
	return v, err == nil
}

// figures calls do for every amount in units [from, to): 500,000 and 50万元, £120k, 五十万元. Percentages are left out.
func (t *reading) figures(from, to int32, do func(start, end int32, v float64)) {
	for i := from; i < to; i++ {
		if !numeral(&t.units[i]) || i > from && t.units[i-1].class == letter && t.units[i].flags&gapBefore == 0 {
			continue
		}
		end := t.numberAt(i)
		if v, ok := t.amount(i, end); ok && (int(end) >= len(t.units) || t.units[end].r != '%') {
			last, factor := t.scale(end, to)
			do(i, last, v*factor)
		}
		i = end
	}
}

// scale reads k, m, thousand and million after a number.
func (t *reading) scale(end, to int32) (int32, float64) {
	word := end
	for word < to && t.units[word].class == letter && (word == end || !t.opens(word)) {
		word++
	}
	switch string(runes(t.units[end:word])) {
	case "k", "thousand":
		return word, 1e3
	case "m", "mn", "million":
		return word, 1e6
	}
	return end, 1
}

func runes(units []unit) []rune {
	out := make([]rune, len(units))
	for i := range units {
		out[i] = units[i].r
	}
	return out
}

// amount reads a number in figures, in Chinese numerals, or both (50万).
func (t *reading) amount(from, to int32) (float64, bool) {
	mid := from
	for mid < to && t.units[mid].class == digit {
		mid++
	}
	if mid == from {
		return t.chinese(from, to)
	}
	v, ok := t.decimal(from, mid)
	for ; ok && mid < to; mid++ {
		f := power(t.units[mid].r)
		if f == 0 {
			return 0, false
		}
		v *= f
	}
	return v, ok
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

// chinese reads a number such as 五十万 or 三点五.
func (t *reading) chinese(from, to int32) (float64, bool) {
	total, section, figure, place := 0.0, 0.0, 0.0, 0.0
	plain := false
	for i := from; i < to; i++ {
		r := t.units[i].r
		d := figureOf(r)
		switch f := power(r); {
		case r == '点':
			place = 0.1
		case d >= 0 && place > 0:
			figure += d * place
			place /= 10
		case d >= 0:
			if plain {
				figure = figure*10 + d
			} else {
				figure = d
			}
			plain = true
		case f >= 1e4:
			total += (section + figure) * f
			section, figure, plain = 0, 0, false
		case f > 0:
			section += math.Max(figure, 1) * f
			figure, plain = 0, false
		default:
			return 0, false
		}
	}
	return total + section + figure, true
}

func figureOf(r rune) float64 {
	for i, n := range []rune("零一二三四五六七八九") {
		if r == n {
			return float64(i)
		}
	}
	switch r {
	case '〇':
		return 0
	case '两':
		return 2
	}
	return -1
}

// inTerms reports whether a term of the product names the figure.
func inTerms(p *scruple.Product, v float64) bool {
	for _, s := range p.Terms {
		for i := 0; i < len(s); i++ {
			if !digitAt(s, i) {
				continue
			}
			end := i
			for end < len(s) && (digitAt(s, end) || s[end] == '.' && digitAt(s, end+1)) {
				end++
			}
			if n, err := strconv.ParseFloat(s[i:end], 64); err == nil && math.Abs(n-v) < 1e-9 {
				return true
			}
			i = end
		}
	}
	return false
}
