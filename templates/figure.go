package templates

import (
	"math"
	"strconv"
	"strings"

	"golang.org/x/text/currency"

	"github.com/scruple/scruple"
)

// grouped writes a plain decimal with the marks of the locale. It shows at least few and at most many decimals; false means
// that the figure has more, for a figure is never rounded.
func (l *locale) grouped(dst []byte, v string, few, many int) ([]byte, bool) {
	if strings.HasPrefix(v, "-") {
		dst, v = append(dst, '-'), v[1:]
	}
	whole, frac, _ := strings.Cut(v, ".")
	whole = strings.TrimLeft(whole[:len(whole)-1], "0") + whole[len(whole)-1:]
	for i := range len(whole) {
		if i > 0 && (len(whole)-i)%3 == 0 {
			dst = append(dst, l.group...)
		}
		dst = append(dst, whole[i])
	}
	for len(frac) > few && frac[len(frac)-1] == '0' {
		frac = frac[:len(frac)-1]
	}
	if len(frac) > many {
		return dst, false
	}
	if len(frac) == 0 && few == 0 {
		return dst, true
	}
	dst = append(append(dst, l.decimal...), frac...)
	for n := len(frac); n < few; n++ {
		dst = append(dst, '0')
	}
	return dst, true
}

// moneyFilter writes an amount of a currency with its own number of decimals and its sign where the locale puts it.
func (l *locale) moneyFilter(code string) filter {
	unit, err := currency.ParseISO(code)
	if err != nil {
		return func(dst []byte, _ string) ([]byte, string) { return dst, "has no currency" }
	}
	scale, _ := currency.Standard.Rounding(unit)
	sign := l.sign(code)
	before, after := "", ""
	switch l.money {
	case signBefore:
		before = sign
		if isLetter(sign[len(sign)-1]) {
			before += "\u00a0"
		}
	case signBeforeSpace:
		before = sign + "\u00a0"
	case signAfter:
		after = "\u00a0" + sign
	}
	return func(dst []byte, v string) ([]byte, string) {
		if strings.HasPrefix(v, "-") {
			dst, v = append(dst, '-'), v[1:]
		}
		dst, ok := l.grouped(append(dst, before...), v, scale, scale)
		if !ok {
			return dst, "has more decimals than " + code + " has"
		}
		return append(dst, after...), ""
	}
}

// sign returns the sign of a currency as people of the locale read it: a sign that several currencies share stands alone
// only at home.
func (l *locale) sign(code string) string {
	switch code {
	case "EUR":
		return "€"
	case "GBP":
		return "£"
	case "HKD":
		return "HK$"
	case "USD":
		return homeSign(l.region == "US", "$", "US$")
	case "CNY":
		return homeSign(l.region == "CN", "¥", "CN¥")
	case "JPY":
		return homeSign(l.region == "JP", "¥", "JP¥")
	}
	return code
}

func homeSign(home bool, at, abroad string) string {
	if home {
		return at
	}
	return abroad
}

// percent writes two decimals, or more where the figure has more: 3 is 3.00%, 3.125 is 3.125%.
func (l *locale) percent(dst []byte, v string) ([]byte, string) {
	dst, _ = l.grouped(dst, v, 2, 6)
	if l.money == signAfter && l.lang != "it" {
		dst = append(dst, "\u00a0"...)
	}
	return append(dst, '%'), ""
}

// wan writes a figure in units of ten thousand, as Chinese readers count: 500000 is 50万, 12500 is 1.25万.
func (l *locale) wan(dst []byte, v string) ([]byte, string) {
	n, _ := figure(v)
	if math.Abs(n) < 10000 {
		dst, _ = l.grouped(dst, v, 0, 6)
		return dst, ""
	}
	whole, frac, _ := strings.Cut(v, ".")
	cut := len(whole) - 4
	dst, ok := l.grouped(dst, whole[:cut]+"."+whole[cut:]+frac, 0, 6)
	return append(dst, "万"...), unless(ok, "has more decimals than a figure in 万 can show")
}

// span is the lowest and the highest figure of one kind of a product. The zero span has no unit: there is none.
type span struct {
	low, high float64
	unit      string
	found     bool
}

// rateSpan gathers the figures of one kind; false when they have different units and cannot be shown together.
func rateSpan(p *scruple.Product, kind string) (s span, ok bool) {
	for i := range p.Rates {
		switch r := &p.Rates[i]; {
		case r.Kind != kind:
		case !s.found:
			s = span{r.Low, r.High, r.Unit, true}
		case r.Unit != s.unit:
			return s, false
		default:
			s.low, s.high = min(s.low, r.Low), max(s.high, r.High)
		}
	}
	return s, true
}

// rate appends the figures of a span, from the lowest to the highest, in their own unit.
func (l *locale) rate(dst []byte, s span) (out []byte, reason string) {
	dst, reason = l.rateFigure(dst, s.low, s.unit)
	if s.low != s.high && reason == "" {
		dst, reason = l.rateFigure(append(dst, l.span...), s.high, s.unit)
	}
	return dst, reason
}

func (l *locale) rateFigure(dst []byte, n float64, unit string) ([]byte, string) {
	var buf [32]byte
	v := string(strconv.AppendFloat(buf[:0], n, 'f', -1, 64))
	switch {
	case !isDecimal(v):
		return dst, "is not a figure of at most 6 decimals"
	case strings.HasPrefix(unit, "%"):
		return l.percent(dst, v)
	default:
		return l.moneyFilter(unit)(dst, v)
	}
}
