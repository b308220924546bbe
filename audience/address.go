package audience

import (
	"strings"
	"unicode"

	"github.com/scruple/scruple"
)

// addressColumn names the column that holds a channel's address; web needs none.
func addressColumn(c scruple.Channel) string {
	switch c {
	case scruple.SMS:
		return "phone"
	case scruple.Email:
		return "email"
	case scruple.Push:
		return "push_token"
	case scruple.WeChat:
		return "wechat_id"
	}
	return ""
}

func addressFixer(l Layout) func(string) (string, problem) {
	plausible := token
	switch l.Channel {
	case scruple.SMS:
		plausible = func(v string) (string, string) { return phone(v, l.Market) }
	case scruple.Email:
		plausible = email
	}
	return func(v string) (string, problem) {
		if v == "" {
			return "", problem{NoAddress, "no address for channel " + string(l.Channel)}
		}
		v, reason := plausible(v)
		if reason != "" {
			return "", problem{BadAddress, reason}
		}
		return v, problem{}
	}
}

// token checks an address that only its carrier can read.
func token(v string) (_, reason string) {
	if len(v) > 4096 || strings.IndexByte(v, ' ') >= 0 || !printable(v) {
		return "", "no printable text without spaces"
	}
	return v, ""
}

// email checks an address for what a carrier would refuse at once (RFC 5321 4.1.2 and 4.5.3.1: lengths, dot-atom, domain;
// quoted local parts and address literals are not taken, for they are typing errors in every list) and lower-cases the
// domain. The domain may be international (RFC 5890), the local part is ASCII.
func email(v string) (_, reason string) {
	at := strings.LastIndexByte(v, '@')
	switch {
	case len(v) > 254:
		return "", "longer than 254 bytes"
	case at < 0:
		return "", "no @"
	case at == 0 || at > 64:
		return "", "the part before @ has not 1 to 64 bytes"
	case !dotAtom(v[:at]):
		return "", "a character or dot before @ that no mailbox has"
	case !domain(v[at+1:]):
		return "", "no domain name behind @"
	}
	if d := strings.ToLower(v[at+1:]); d != v[at+1:] {
		v = v[:at+1] + d
	}
	return v, ""
}

func dotAtom(v string) bool {
	for i := range len(v) {
		switch b := v[i]; {
		case b == '.':
			if i == 0 || i == len(v)-1 || v[i-1] == '.' {
				return false
			}
		case alphanumeric(b):
		case strings.IndexByte("!#$%&'*+-/=?^_`{|}~", b) < 0:
			return false
		}
	}
	return true
}

func alphanumeric(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' || b >= '0' && b <= '9' }

// domain wants two labels at least, the last of them not a number.
func domain(v string) bool {
	labels := 0
	for {
		l, rest, more := strings.Cut(v, ".")
		if !label(l) {
			return false
		}
		labels++
		if !more {
			_, digits := number(l)
			return labels > 1 && len(l) > 1 && !digits
		}
		v = rest
	}
}

func label(v string) bool {
	if v == "" || len(v) > 63 || v[0] == '-' || v[len(v)-1] == '-' {
		return false
	}
	for _, r := range v {
		switch {
		case r < 0x80:
			if !alphanumeric(byte(r)) && r != '-' {
				return false
			}
		case !unicode.In(r, unicode.L, unicode.M, unicode.Nd):
			return false
		}
	}
	return true
}
