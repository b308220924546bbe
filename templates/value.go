package templates

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// typeNames are the types a slot may have.
var typeNames = []string{"name", "amount", "date", "percent", "number", "text", "url"}

// check returns why a value breaks the slot's type, or "". The reason never quotes the value.
func (s *SlotSpec) check(v string) string {
	switch s.Type {
	case "amount", "number", "percent":
		return unless(isDecimal(v), "is not a plain decimal number such as 1234.50")
	case "date":
		return unless(isDate(v), "is not a day such as 2026-11-22")
	case "url":
		return checkURL(v)
	case "name":
		return checkText(v, s.Max, true)
	default:
		return checkText(v, s.Max, false)
	}
}

// isDecimal takes an optional minus, 1 to 15 digits and up to 6 decimals: what a float64 also holds exactly enough to compare.
func isDecimal(s string) bool {
	if s != "" && s[0] == '-' {
		s = s[1:]
	}
	dot := len(s)
	for i := range len(s) {
		if s[i] == '.' && dot == len(s) {
			dot = i
		} else if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	frac := len(s) - dot - 1 // -1: there is no point
	return dot > 0 && dot <= 15 && frac != 0 && frac <= 6
}

func isDate(s string) bool {
	_, _, _, ok := day(s)
	return ok
}

// day reads YYYY-MM-DD and knows the calendar.
func day(s string) (y, m, d int, ok bool) {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return 0, 0, 0, false
	}
	for i := range 10 {
		switch c := s[i]; {
		case i == 4 || i == 7:
		case c < '0' || c > '9':
			return 0, 0, 0, false
		case i < 4:
			y = y*10 + int(c-'0')
		case i < 7:
			m = m*10 + int(c-'0')
		default:
			d = d*10 + int(c-'0')
		}
	}
	if y < 1 || m < 1 || m > 12 || d < 1 {
		return 0, 0, 0, false
	}
	if m == 2 && y%4 == 0 && (y%100 != 0 || y%400 == 0) {
		return y, m, d, d <= 29
	}
	last := [...]int{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}
	return y, m, d, d <= last[m-1]
}

func checkURL(v string) string {
	if len(v) > maxURL || strings.ContainsFunc(v, func(r rune) bool {
		return r <= ' ' || r == 0x7f || unicode.IsSpace(r) || hidden(r) || r == utf8.RuneError
	}) {
		return "is not a web address without spaces and of at most 2000 bytes"
	}
	u, err := url.Parse(v)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return "is not an https:// address with a host"
	}
	return unless(!mergeSyntax(v), "holds merge syntax")
}

func checkText(v string, most int, name bool) string {
	runes, letters, suspect := 0, false, false
	prev := rune(0)
	for _, r := range v {
		runes++
		digit := r >= '0' && r <= '9'
		letters = letters || !digit
		suspect = suspect || (prev == '.' || prev == '。') && r > ' '
		if !digit && (r|0x20 < 'a' || r|0x20 > 'z') && (r < 0x4e00 || r > 0x9fff) { // most are letters, digits or Han
			suspect = suspect || suspicious(r, prev)
			if reason := badRune(r, prev); reason != "" {
				return reason
			}
		}
		prev = r
	}
	switch {
	case runes > most:
		return "is longer than " + strconv.Itoa(most) + " characters"
	case name && !digitFree(v, letters):
		return "is nothing but digits"
	case suspect && mergeSyntax(v):
		return "holds merge syntax"
	case suspect && hasURL(v):
		return "holds a web address"
	}
	return ""
}

// suspicious finds the few pairs of characters without which a value holds neither an address nor merge syntax, so that
// ordinary values never meet the slow checks.
func suspicious(r, prev rune) bool {
	switch {
	case r >= utf8.RuneSelf:
		return r == 0x2024 || r >= 0xff00 && r <= 0xffef && r != '，' && r != '：' && r != '；' && r != '（' && r != '）' && r != '！' && r != '？'
	case r == '/':
		return prev == '/'
	}
	return r == '{' || r == '}' || r == '$' || r == '<'
}

// digitFree reports whether a name has anything but digits, of whatever script.
func digitFree(v string, letters bool) bool {
	return letters && strings.ContainsFunc(v, func(r rune) bool { return !unicode.IsDigit(r) && !unicode.IsSpace(r) })
}

func badRune(r, prev rune) string {
	switch {
	case r >= ' ' && r < 0x7f || r >= 0x4e00 && r <= 0x9fff:
		return ""
	case r == '\n' || r == '\r' || r == 0x2028 || r == 0x2029 || r == 0x85:
		return "holds a line break"
	case r == utf8.RuneError:
		return "holds a broken character; the list was read in another encoding than it was written in"
	case r == 0x200c || r == 0x200d:
		return unless(joins(prev), "holds an invisible character")
	case unicode.IsControl(r):
		return "holds a control character"
	case hidden(r):
		return "holds an invisible or direction-changing character"
	}
	return ""
}

// hidden marks characters that change or hide what is read: format characters (Unicode Cf: bidi marks, zero-width spaces,
// soft hyphens, tags), variation selectors aside, and the Hangul and Braille blanks.
func hidden(r rune) bool {
	return unicode.Is(unicode.Cf, r) || r == 0x115f || r == 0x1160 || r == 0x3164 || r == 0xffa0 || r == 0x2800
}

// joins reports whether a zero-width joiner may follow: names in Arabic and Indic scripts are spelt with it.
func joins(r rune) bool {
	return unicode.In(r, unicode.Arabic, unicode.Devanagari, unicode.Bengali, unicode.Gurmukhi, unicode.Gujarati, unicode.Oriya,
		unicode.Tamil, unicode.Telugu, unicode.Kannada, unicode.Malayalam, unicode.Sinhala, unicode.Mongolian)
}

func mergeSyntax(v string) bool {
	for _, mark := range []string{"{{", "}}", "{%", "%}", "${", "<%"} {
		if strings.Contains(v, mark) {
			return true
		}
	}
	return false
}

// webAddress finds what a phone or mail client turns into a link: a scheme, www, or a host under a top-level domain that
// is common in bulk messages. Initials such as J.P. and particles such as M.De are no hosts: where a top-level domain is also
// a word, the label before it has three letters or more.
var webAddress = regexp.MustCompile(`(?i)://|\bwww\.|(?:\b[a-z0-9-]+\.(?:com|cn|net|org|io|co|top|xyz|info|biz|vip|cc|hk|uk|ly|gg|tk|icu|ru)` +
	`|\b[a-z0-9-]{3,}\.(?:me|de|fr|us|eu|ai|dev|win|pro|fun|live|link|shop|app|club|online|site|bank))(?:[^a-z0-9-]|$)`)

func hasURL(v string) bool {
	folded := strings.ReplaceAll(norm.NFKC.String(v), "。", ".")
	return webAddress.MatchString(folded)
}
