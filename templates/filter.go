package templates

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/osteele/tuesday"
	"github.com/rivo/uniseg"
	"golang.org/x/text/currency"

	"github.com/scruple/scruple/internal/strictyaml"
)

// filter appends the new value to dst, or says why the value cannot be shown so.
type filter func(dst []byte, v string) (out []byte, reason string)

// step is one filter of an expression.
type step struct {
	fallback string // default: stands in for an empty value
	apply    filter // nil for default
}

// run passes a raw value through the filters and appends the result to dst. An empty value passes all of them but default.
func (e *expr) run(dst []byte, v string) (out []byte, reason string) {
	for i := range e.steps {
		st := &e.steps[i]
		if v == "" {
			v = st.fallback
			continue
		}
		if st.apply == nil {
			continue
		}
		start := len(dst)
		if dst, reason = st.apply(dst, v); reason != "" || i == len(e.steps)-1 {
			return dst, reason
		}
		v = string(dst[start:])
		dst = dst[:start]
	}
	return append(dst, v...), ""
}

// filterKind says what a filter takes: slot types, and whether its result is text.
type filterKind struct {
	takes   string // types, separated by spaces
	args    int    // the most arguments
	compile func(s *scope, spec *SlotSpec, c call) (filter, error)
}

const (
	wordy   = "name text formatted"
	figures = "amount number percent"
)

var filterKinds = map[string]filterKind{
	"default":    {"name text formatted amount number percent date url rate", 1, nil},
	"upcase":     {wordy, 0, plain(strings.ToUpper)},
	"downcase":   {wordy, 0, plain(strings.ToLower)},
	"capitalize": {wordy, 0, plain(capitalize)},
	"truncate":   {wordy, 2, compileTruncate},
	"mask":       {"name text number formatted", 0, func(*scope, *SlotSpec, call) (filter, error) { return mask, nil }},
	"number":     {figures, 1, compileNumber},
	"wan":        {"amount number", 0, compileWan},
	"money":      {"amount number", 1, compileMoney},
	"percent":    {"percent number rate", 0, compilePercent},
	"date":       {"date", 1, compileDate},
}

// compileFilters checks that each filter is known and takes what stands before it, and that figures pass one that formats
// them: a bare 50000.5 in copy is never meant.
func (s *scope) compileFilters(i int, name token, calls []call) ([]step, error) {
	spec, kind := s.fields[i].spec, s.fields[i].spec.Type
	if s.fields[i].rate != "" {
		kind = "rate"
	}
	var steps []step
	for _, c := range calls {
		st, err := s.compileFilter(spec, kind, c)
		if err != nil {
			return nil, err
		}
		if c.text != "default" && kind != "rate" {
			kind = "formatted"
		}
		steps = append(steps, st)
	}
	if numeric(kind) {
		return nil, wrong(name.off, "%s is a %s; say how to show it: {{ %s | %s }}", spec.Name, kind, spec.Name,
			map[string]string{"amount": "money", "number": "number", "percent": "percent"}[kind])
	}
	return steps, nil
}

func (s *scope) compileFilter(spec *SlotSpec, kind string, c call) (step, error) {
	f, ok := filterKinds[c.text]
	switch {
	case !ok:
		near := strictyaml.Nearest(c.text, sortedKeys(filterKinds))
		return step{}, wrong(c.off, "unknown filter %q%s; there are %s", c.text, unless(near == "", "; did you mean "+near+"?"), strings.Join(sortedKeys(filterKinds), ", "))
	case !strings.Contains(" "+f.takes+" ", " "+kind+" "):
		return step{}, wrong(c.off, "%s does not take a %s value", c.text, kind)
	case len(c.args) > f.args:
		return step{}, wrong(c.args[f.args].off, "%s takes at most %d arguments", c.text, f.args)
	case c.text == "default":
		return compileDefault(spec, kind, c)
	}
	apply, err := f.compile(s, spec, c)
	return step{apply: apply}, err
}

func compileDefault(spec *SlotSpec, kind string, c call) (step, error) {
	if len(c.args) != 1 || strings.TrimSpace(c.args[0].text) == "" {
		return step{}, wrong(c.off, `default needs the text to show instead, such as default: "there"`)
	}
	check := *spec
	if kind == "formatted" || kind == "rate" {
		check = SlotSpec{Type: "text", Max: maxText}
	}
	if reason := check.check(c.args[0].text); reason != "" {
		return step{}, wrong(c.args[0].off, "the default of %s %s", spec.Name, reason)
	}
	return step{fallback: c.args[0].text}, nil
}

func plain(f func(string) string) func(*scope, *SlotSpec, call) (filter, error) {
	return func(*scope, *SlotSpec, call) (filter, error) {
		return func(dst []byte, v string) ([]byte, string) { return append(dst, f(v)...), "" }, nil
	}
}

// capitalize raises the first letter; the library's filter breaks letters outside ASCII.
func capitalize(v string) string {
	r, n := utf8.DecodeRuneInString(v)
	return string(unicode.ToUpper(r)) + v[n:]
}

// mask shows the last four characters behind four stars, whatever the length.
func mask(dst []byte, v string) ([]byte, string) {
	r := []rune(v)
	if len(r) < 8 {
		return dst, "is shorter than 8 characters; masked, it would show too much"
	}
	return append(append(dst, "****"...), string(r[len(r)-4:])...), ""
}

// compileTruncate counts what a reader sees as characters (grapheme clusters, UAX 29), the ellipsis included.
func compileTruncate(_ *scope, _ *SlotSpec, c call) (filter, error) {
	most, ellipsis := 50, "..."
	if len(c.args) > 0 {
		n, err := strconv.Atoi(c.args[0].text)
		if err != nil || n < 1 || n > maxTerm {
			return nil, wrong(c.args[0].off, "truncate takes a number of characters from 1 to %d", maxTerm)
		}
		most = n
	}
	if len(c.args) > 1 {
		ellipsis = c.args[1].text
	}
	keep := most - uniseg.GraphemeClusterCount(ellipsis)
	if keep < 1 {
		return nil, wrong(c.off, "truncate leaves no room for the text before %q", ellipsis)
	}
	return func(dst []byte, v string) ([]byte, string) {
		if len(v) <= most || uniseg.GraphemeClusterCount(v) <= most {
			return append(dst, v...), ""
		}
		rest, state, end := v, -1, 0
		for range keep {
			var cluster string
			cluster, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
			end += len(cluster)
		}
		return append(append(dst, v[:end]...), ellipsis...), ""
	}, nil
}

func compileNumber(s *scope, _ *SlotSpec, c call) (filter, error) {
	few, many := 0, 6
	if len(c.args) > 0 {
		n, err := strconv.Atoi(c.args[0].text)
		if err != nil || n < 0 || n > 6 {
			return nil, wrong(c.args[0].off, "number takes a count of decimals from 0 to 6")
		}
		few, many = n, n
	}
	l := s.locale
	return func(dst []byte, v string) ([]byte, string) {
		dst, ok := l.grouped(dst, v, few, many)
		return dst, unless(ok, "has more decimals than the copy shows")
	}, nil
}

func compileWan(s *scope, _ *SlotSpec, c call) (filter, error) {
	if s.locale.lang != "zh" {
		return nil, wrong(c.off, "wan is for Chinese copy; write number")
	}
	return s.locale.wan, nil
}

func compileMoney(s *scope, spec *SlotSpec, c call) (filter, error) {
	code := s.locale.currency
	if spec.Currency != "" {
		code = spec.Currency
	}
	if len(c.args) > 0 {
		code = c.args[0].text
	}
	if _, err := currency.ParseISO(code); err != nil || code != strings.ToUpper(code) {
		return nil, wrong(c.off, "money takes an ISO 4217 code such as CNY")
	}
	return s.locale.moneyFilter(code), nil
}

func compilePercent(s *scope, spec *SlotSpec, _ call) (filter, error) {
	if strings.HasPrefix(spec.Name, "product.rate.") {
		return func(dst []byte, v string) ([]byte, string) { return append(dst, v...), "" }, nil // it is shown with its unit already
	}
	return s.locale.percent, nil
}

// compileDate takes "long", the usual long form of the locale, or a strftime format as the library has it.
func compileDate(s *scope, _ *SlotSpec, c call) (filter, error) {
	if len(c.args) == 0 {
		return nil, wrong(c.off, `date needs a form: date: "long", or a format such as date: "%%Y-%%m-%%d"`)
	}
	format := c.args[0].text
	if format == "long" && s.locale.long == nil {
		return nil, wrong(c.args[0].off, "the long date of locale %s is not known; write a format such as %%d.%%m.%%Y", s.locale.tag)
	}
	if format == "long" {
		long := s.locale.long
		return func(dst []byte, v string) ([]byte, string) {
			y, m, d, _ := day(v)
			return long(dst, y, m, d), ""
		}, nil
	}
	if !dayFormat.MatchString(format) {
		return nil, wrong(c.args[0].off, `date takes "long" or a format of %%Y %%y %%m %%d %%e %%j %%B %%b %%A %%a %%F %%D, such as "%%Y-%%m-%%d"`)
	}
	if s.locale.lang != "en" && wordFormat.MatchString(format) {
		return nil, wrong(c.args[0].off, `%%A, %%a, %%B and %%b write English words; use date: "long" or figures`)
	}
	return func(dst []byte, v string) ([]byte, string) {
		t, err := time.Parse(time.DateOnly, v)
		if err != nil {
			return dst, "is not a day such as 2026-11-22"
		}
		out, err := tuesday.Strftime(format, t)
		return append(dst, out...), unless(err == nil && strings.TrimSpace(out) != "", "cannot be shown in the format of the copy")
	}, nil
}

// A day has no hour, and a line break or a padding of a million has no place in copy: these directives are enough.
var (
	dayFormat  = regexp.MustCompile(`^[^%]*(?:%(?:%|[-_0^#]?[YymdejBbAaFD])[^%]*)+$`)
	wordFormat = regexp.MustCompile(`^(?:[^%]|%%|%[^%BbAa]*[YymdejFD])*%[-_0^#]?[BbAa]`)
)
