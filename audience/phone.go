package audience

import (
	"strings"

	"github.com/scruple/scruple"
)

// phone makes an E.164 number (ITU-T E.164: + and at most 15 digits) of what a list holds. A number without country code
// is read as one of the market; in the eu, which has many, it is refused.
func phone(v string, m scruple.Market) (_, reason string) {
	digits, plus, ok := dial(v)
	if !ok {
		return "", "a character that no phone number has"
	}
	if !plus {
		if digits, ok = national(digits, m); !ok {
			return "", "no mobile number of market " + string(m) + "; write numbers of other countries with + and country code"
		}
	}
	if !international(digits) {
		return "", "no mobile number of its country"
	}
	if len(v) == len(digits)+1 && plus && v[0] == '+' {
		return v, ""
	}
	return "+" + digits, ""
}

// dial drops the signs that people put between digits. plus tells whether the country code is there (+ or 00).
func dial(v string) (digits string, plus, ok bool) {
	if strings.HasPrefix(v, "+") {
		v, plus = v[1:], true
	}
	if _, bare := number(v); !bare {
		v = strings.NewReplacer(" ", "", "-", "", "(", "", ")", "", ".", "", "\u00a0", "").Replace(v)
	}
	if !plus && strings.HasPrefix(v, "00") {
		v, plus = v[2:], true
	}
	_, ok = number(v)
	return v, plus, ok
}

// national puts the market's country code before a number; a code that is there without + is recognised.
func national(d string, m scruple.Market) (string, bool) {
	switch {
	case m == scruple.CN && len(d) == 11:
		return "86" + d, true
	case m == scruple.HK && len(d) == 8:
		return "852" + d, true
	case m == scruple.US && len(d) == 10:
		return "1" + d, true
	case m == scruple.UK && len(d) == 11 && d[0] == '0':
		return "44" + d[1:], true
	}
	code := map[scruple.Market]string{scruple.CN: "86", scruple.HK: "852", scruple.US: "1", scruple.UK: "44"}[m]
	return d, code != "" && strings.HasPrefix(d, code)
}

// international checks the number behind the country code where the plan of that country is known: mobile numbers of
// China (1[3-9], 11 digits), Hong Kong (8 digits), the North American plan (NXX NXX XXXX) and the United Kingdom (7, 10
// digits). Elsewhere it has 8 to 15 digits.
func international(d string) bool {
	switch {
	case strings.HasPrefix(d, "852"):
		return len(d) == 11 && d[3] >= '2'
	case strings.HasPrefix(d, "86"):
		return len(d) == 13 && d[2] == '1' && d[3] >= '3'
	case strings.HasPrefix(d, "44"):
		return len(d) == 12 && d[2] == '7'
	case strings.HasPrefix(d, "1"):
		return len(d) == 11 && d[1] >= '2' && d[4] >= '2'
	}
	return len(d) >= 8 && len(d) <= 15 && d[0] != '0'
}
