package main

import (
	"slices"
	"strings"
)

// evidence collects the lines of consents.csv and suppressions.csv.
type evidence struct{ consents, suppressions []string }

func newEvidence() *evidence {
	return &evidence{
		consents:     []string{"customer_id,purpose,channel,action,source,wording,at,expires"},
		suppressions: []string{"customer_id,channel,reason,source,at"},
	}
}

// desk is where a consent was given, and to which wording.
type desk struct{ source, wording string }

func (e *evidence) consent(id, channel, action string, at desk, when, expires string) {
	e.consents = append(e.consents, strings.Join([]string{id, "marketing", channel, action, at.source, at.wording, when, expires}, ","))
}

func (e *evidence) suppress(id, channel, reason, source, when string) {
	e.suppressions = append(e.suppressions, strings.Join([]string{id, channel, reason, source, when}, ","))
}

// permit writes down what one person of a list agreed to. needed is false where mail needs no consent, only no refusal.
func (e *evidence) permit(d *draw, id, channel string, t trouble, at desk, needed bool) {
	given := d.moment(2025, 2025)
	switch t {
	case noConsent:
		return
	case oldConsent:
		given = d.moment(2023, 2023)
	case lapsedConsent:
		e.consent(id, channel, "grant", at, given, "2026-06-30T23:59:59Z")
		return
	case withdrawn:
		e.consent(id, channel, "grant", at, given, "")
		e.consent(id, channel, "withdraw", desk{"unsubscribe_link", at.wording}, "2026-0"+string(rune('1'+d.n(9)))+"-12T08:15:00Z", "")
		return
	case suppressed:
		reason := pick(d, []string{"unsubscribed", "complained", "bounced", "do_not_call"})
		e.suppress(id, channel, reason, "carrier", "2026-08-03T10:00:00Z")
	case deceased:
		e.suppress(id, "", "deceased", "branch", "2026-05-20T09:00:00Z")
	}
	if needed {
		e.consent(id, channel, "grant", at, given, "")
	}
}

// oldestFirst returns a head and its lines, oldest first; column holds their moments.
func oldestFirst(lines []string, column int) []byte {
	moment := func(line string) string { return strings.Split(line, ",")[column] }
	slices.SortStableFunc(lines[1:], func(a, b string) int { return strings.Compare(moment(a), moment(b)) })
	return []byte(strings.Join(lines, "\n") + "\n")
}
