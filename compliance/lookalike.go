package compliance

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
)

// disguised says how an address hides where it leads, or "".
func disguised(a *address) string {
	switch {
	case a.user:
		return fmt.Sprintf("what stands before @ is no host: it leads to %s", a.host)
	case a.scheme != "" && numeric(a.host):
		return "it leads to a machine by its number"
	}
	if ascii(a.host) && !strings.Contains(a.host, "xn--") {
		return ""
	}
	host := a.host
	if strings.Contains(host, "xn--") {
		if u, err := idna.Punycode.ToUnicode(host); err == nil {
			host = u
		}
	}
	for label, rest, more := cutLabel(host); ; label, rest, more = cutLabel(rest) {
		if feigned(label) {
			return fmt.Sprintf("%s is written with letters of another script that look like Latin ones", host)
		}
		if !more {
			return ""
		}
	}
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// feigned reports whether letters of another script pass for Latin ones in a label: beside Latin ones, or all of them together.
func feigned(label string) bool {
	latin, foreign, alike := 0, 0, 0
	for _, r := range label {
		switch {
		case r >= 0xFF01 && r <= 0xFF5E:
			return true // no name is written in full width
		case unicode.Is(unicode.Latin, r):
			latin++
		case unicode.IsLetter(r) && !isHan(r):
			foreign++
			if glyphTable().at(r).class == letter {
				alike++
			}
		}
	}
	return foreign > 0 && (latin > 0 || alike == foreign)
}

// poses reports whether a host can be taken for a domain: it holds the name of it, or one that looks or is written much alike.
func poses(host, domain string) bool {
	if below(host, domain) || below(domain, host) || site(host) == site(domain) {
		return false
	}
	name, own := brand(domain), brand(host)
	if strings.HasPrefix(host, domain+".") || strings.Contains(host, "."+domain+".") {
		return true
	}
	if len(name) < 5 {
		return false
	}
	return name != own && (skeleton(name) == skeleton(own) || oneSlip(name, own)) ||
		name != own && len(name) > 7 && (strings.HasPrefix(own, name+"-") || strings.HasSuffix(own, "-"+name))
}

// brand returns the label that somebody registered: calder of www.calder.example.
func brand(host string) string {
	label, _, _ := strings.Cut(site(host), ".")
	return label
}

// alikes are letters and figures of a name that look like others.
var alikes = strings.NewReplacer("0", "o", "1", "l", "i", "l", "3", "e", "5", "s", "8", "b", "rn", "m", "vv", "w", "-", "")

// skeleton returns what a name looks like at a glance.
func skeleton(name string) string { return alikes.Replace(string(folded(name))) }

// oneSlip reports whether one letter changed, added, left out, or two changed about make one name of the other. Names that differ in
// their last figure alone are a series.
func oneSlip(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	n := 0
	for n < len(a) && a[n] == b[n] {
		n++
	}
	if len(a) < len(b) {
		return a[n:] == b[n+1:]
	}
	if n == len(a) || n == len(a)-1 && b[n] >= '0' && b[n] <= '9' {
		return false
	}
	return a[n+1:] == b[n+1:] || n+1 < len(a) && a[n] == b[n+1] && a[n+1] == b[n] && a[n+2:] == b[n+2:]
}
