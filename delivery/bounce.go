package delivery

import (
	"strconv"
	"strings"
)

// Bounce says what a refusal means for the address.
type Bounce string

// The classes. Only a hard one is a reason to suppress an address at once.
const (
	Hard    Bounce = "hard"    // there is no such mailbox or domain, or it was closed
	Soft    Bounce = "soft"    // the mailbox or its server could not take it this time
	Blocked Bounce = "blocked" // we or the copy were turned away: policy, reputation, content, protocol; the address may be good
)

// Classify reads the class from a carrier's words that begin with an SMTP reply code and, as most do, go on with an
// enhanced status code: "550 5.1.1 no such user". The enhanced code (RFC 3463, RFC 7505) counts where there is one,
// otherwise the reply code (RFC 5321, section 4.2.3; RFC 7504). Words without a code give "".
func Classify(reason string) Bounce {
	first, rest, _ := strings.Cut(strings.TrimSpace(reason), " ")
	code, err := strconv.Atoi(first)
	if err != nil || len(first) != 3 || code < 400 || code > 599 {
		return ""
	}
	if code < 500 {
		return Soft
	}
	status, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	if subject, detail, ok := enhanced(status); ok && (subject != 0 || detail != 0) {
		return byStatus(subject, detail)
	}
	switch code {
	case 550, 551, 553, 521, 556:
		return Hard
	case 552:
		return Soft
	}
	return Blocked
}

// byStatus goes by subject and detail of RFC 3463, section 3.
func byStatus(subject, detail int) Bounce {
	switch {
	case subject == 1 && (detail == 7 || detail == 8): // the sender's address, not the recipient's
		return Blocked
	case subject == 1: // bad mailbox, domain or syntax; 10 is a domain without mail (RFC 7505)
		return Hard
	case subject == 2 && detail == 1: // mailbox disabled
		return Hard
	case subject == 2 && detail == 3, subject == 3 && detail == 4: // this message is too long
		return Blocked
	case subject >= 2 && subject <= 4: // mailbox full, system, network
		return Soft
	}
	return Blocked // protocol, content, security and policy, and what the RFC does not know
}

func enhanced(s string) (subject, detail int, ok bool) {
	class, rest, _ := strings.Cut(s, ".")
	sub, det, found := strings.Cut(rest, ".")
	if !found || (class != "2" && class != "4" && class != "5") {
		return 0, 0, false
	}
	subject, err1 := strconv.Atoi(sub)
	detail, err2 := strconv.Atoi(det)
	return subject, detail, err1 == nil && err2 == nil && subject >= 0 && detail >= 0
}
