package delivery

import (
	"fmt"
	"net/mail"
	"strings"

	"golang.org/x/net/idna"
)

// The bounds of RFC 5321, sections 4.5.3.1.1 and 4.5.3.1.3 (less the angle brackets).
const (
	longestMailbox = 64
	longestAddress = 254
)

// address checks one bare address and returns it with its domain in ASCII (RFC 5891). The error names the field only: the
// address is personal.
func address(field, s string) (string, error) {
	bad := func(why string) (string, error) { return "", fmt.Errorf("%s: %w: %s", field, ErrAddress, why) }
	if s == "" {
		return bad("it is empty")
	}
	if err := plain(field, s); err != nil {
		return "", err
	}
	a, err := mail.ParseAddress(s)
	if err != nil || a.Name != "" {
		return bad("want one bare address, name@domain")
	}
	at := strings.LastIndexByte(a.Address, '@')
	mailbox, domain := a.Address[:at], a.Address[at+1:]
	if !atoms(mailbox) || len(mailbox) > longestMailbox {
		return bad("the part before the @ must be 1 to 64 ASCII letters, digits and the like, unquoted")
	}
	if domain, err = idna.Lookup.ToASCII(domain); err != nil || !ascii(domain) || domain == "" {
		return bad("the domain is malformed")
	}
	if len(mailbox)+1+len(domain) > longestAddress {
		return bad("it is longer than 254 characters")
	}
	return mailbox + "@" + domain, nil
}

// atoms reports whether s is a dot-atom (RFC 5322, section 3.2.3): what needs no quotes in a header or an SMTP command.
func atoms(s string) bool {
	if s == "" || s[0] == '.' || s[len(s)-1] == '.' || strings.Contains(s, "..") {
		return false
	}
	for i := range len(s) {
		c := s[i]
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
		if !letter && strings.IndexByte("!#$%&'*+-/=?^_`{|}~.", c) < 0 {
			return false
		}
	}
	return true
}

// ascii reports whether s holds printable ASCII alone.
func ascii(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
