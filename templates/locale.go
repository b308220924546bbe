package templates

import (
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"

	"github.com/scruple/scruple"
)

// locale is how figures and days are written where the template is read. Separators are those of the Unicode CLDR.
type locale struct {
	tag            string
	lang, region   string
	group, decimal string
	currency       string // of the market, where an amount names none
	money          moneyForm
	long           dayForm // nil: not known for this language
	span           string  // between the ends of a range
}

// moneyForm is where the currency sign stands.
type moneyForm uint8

const (
	signBefore      moneyForm = iota // £1,234.50
	signBeforeSpace                  // € 1.234,50
	signAfter                        // 1.234,50 €
)

func newLocale(tag string, market scruple.Market) (*locale, error) {
	t, err := language.Parse(tag)
	if err != nil {
		return nil, err
	}
	base, _ := t.Base()
	region, _ := t.Region()
	l := &locale{tag: tag, lang: base.String(), region: region.String(), currency: marketCurrency[market], span: "–"}
	l.group, l.decimal, err = separators(t)
	l.money = signPlace(l.lang, tag)
	l.long = longDates[l.lang]
	if tag == "en-US" {
		l.long = func(dst []byte, y, m, d int) []byte {
			return num(append(num(append(append(dst, english[m-1]...), ' '), d), ", "...), y)
		}
	}
	if word, ok := rangeWords[l.lang]; ok {
		l.span = word
	}
	return l, err
}

var marketCurrency = map[scruple.Market]string{scruple.CN: "CNY", scruple.HK: "HKD", scruple.US: "USD", scruple.UK: "GBP", scruple.EU: "EUR"}

var rangeWords = map[string]string{"zh": "至", "en": " to ", "de": " bis ", "fr": " à ", "es": " a ", "it": " a ", "nl": " tot "}

// separators reads the marks of a locale off a number that x/text writes. A locale that groups otherwise than by three, or
// uses other digits, is refused rather than written wrongly.
func separators(t language.Tag) (group, decimal string, err error) {
	s := message.NewPrinter(t).Sprint(number.Decimal(11222333.5, number.Scale(1)))
	rest, ok := strings.CutPrefix(s, "11")
	group, rest, ok2 := strings.Cut(rest, "222")
	again, rest, ok3 := strings.Cut(rest, "333")
	decimal, _, ok4 := strings.Cut(rest, "5")
	if !ok || !ok2 || !ok3 || !ok4 || again != group || decimal == "" {
		return "", "", fmt.Errorf("figures of locale %s are not supported: only decimal digits in groups of three are", t)
	}
	return group, decimal, nil
}

func signPlace(lang, tag string) moneyForm {
	switch {
	case lang == "nl" || tag == "de-AT" || tag == "de-CH" || tag == "de-LI" || tag == "pt-BR":
		return signBeforeSpace
	case lang == "en" || lang == "zh" || lang == "ja" || lang == "ko" || lang == "ga":
		return signBefore
	}
	return signAfter
}

var (
	english = []string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}
	german  = []string{"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"}
	french  = []string{"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"}
	spanish = []string{"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"}
	italian = []string{"gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre"}
	dutch   = []string{"januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december"}
)

// dayForm appends a day in words.
type dayForm func(dst []byte, y, m, d int) []byte

var longDates = map[string]dayForm{
	"zh": func(dst []byte, y, m, d int) []byte {
		dst = append(num(dst, y), "年"...)
		dst = append(num(dst, m), "月"...)
		return append(num(dst, d), "日"...)
	},
	"en": dayMonth(english, " ", " "),
	"de": dayMonth(german, ". ", " "),
	"es": dayMonth(spanish, " de ", " de "),
	"it": dayMonth(italian, " ", " "),
	"nl": dayMonth(dutch, " ", " "),
	"fr": func(dst []byte, y, m, d int) []byte {
		if d == 1 {
			dst = append(dst, "1er"...)
		} else {
			dst = num(dst, d)
		}
		return num(append(append(append(dst, ' '), french[m-1]...), ' '), y)
	},
}

func dayMonth(months []string, before, after string) dayForm {
	return func(dst []byte, y, m, d int) []byte {
		dst = append(append(num(dst, d), before...), months[m-1]...)
		return num(append(dst, after...), y)
	}
}

func num(dst []byte, n int) []byte { return strconv.AppendInt(dst, int64(n), 10) }
