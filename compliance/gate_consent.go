package compliance

import (
	"slices"
	"time"

	"github.com/scruple/scruple"
)

// The sources by which a grant says how it came about.
const (
	// softOptIn: no consent was asked for; the customer bought or negotiated, and could refuse there and in each message.
	softOptIn = "soft_opt_in"
	// doubleOptIn: the customer confirmed the grant by a message sent to the address it is for.
	doubleOptIn = "double_opt_in"
)

// consentGate asks for a permission of the recipient for the message's purpose, on its channel.
type consentGate struct {
	// Purposes are the ones that can be consented to; a message for any other purpose is held. Empty: any.
	Purposes []string `yaml:"purposes"`
	// MaxAge is how long a grant lasts, such as 730d. Empty: for ever.
	MaxAge string `yaml:"max_age"`
	// Wording lists the versions of the consent text that are good enough. Empty: any.
	Wording []string `yaml:"wording"`
	// SoftOptIn lets grants count whose source is soft_opt_in.
	SoftOptIn bool `yaml:"soft_opt_in"`
	// Confirmed lets only grants count whose source is double_opt_in.
	Confirmed bool `yaml:"confirmed"`
	// Require is false where the law only asks to honour refusal: then silence is enough, and only a withdrawal counts.
	Require *bool `yaml:"require"`

	maxAge   time.Duration
	required bool
}

func makeConsent(w with, r *Rule) (gateFunc, error) {
	var g consentGate
	if err := w.decode(&g); err != nil {
		return nil, err
	}
	if g.MaxAge != "" {
		span, err := parseSpan(g.MaxAge)
		if err != nil {
			return nil, w.errorf("$.max_age", "max_age: %v", err)
		}
		g.maxAge = span
	}
	g.required = g.Require == nil || *g.Require
	if !g.required && (g.Confirmed || g.SoftOptIn || g.maxAge > 0 || len(g.Wording) > 0) {
		return nil, w.errorf("$.require", "require: false asks for no grant, so nothing else can be asked of one")
	}
	return func(m *scruple.Message, f *scruple.Facts) (scruple.Finding, bool) { return g.check(r, m, f) }, nil
}

func (g *consentGate) check(r *Rule, m *scruple.Message, f *scruple.Facts) (scruple.Finding, bool) {
	due, ok := dueOf(f)
	if !ok {
		return r.unknown("time unknown")
	}
	if m.Channel == "" {
		return r.unknown("channel unknown")
	}
	purpose := m.Purpose
	if purpose == "" {
		purpose = string(scruple.Marketing)
	}
	if len(g.Purposes) > 0 && !slices.Contains(g.Purposes, purpose) {
		return r.unknown("unknown purpose")
	}
	grant, withdrawn := g.latest(f, purpose, m.Channel)
	switch {
	case withdrawn:
		return r.finding("consent withdrawn")
	case !g.required:
		return through()
	case grant == nil:
		return r.finding("no consent")
	}
	return g.stands(r, grant, due)
}

// stands looks at the grant that decides: does it still hold on the day?
func (g *consentGate) stands(r *Rule, grant *scruple.ConsentEvent, due time.Time) (scruple.Finding, bool) {
	switch {
	case !grant.Expires.IsZero() && !due.Before(grant.Expires):
		return r.finding("consent expired")
	case g.maxAge > 0 && due.Sub(grant.At) > g.maxAge:
		return r.finding("consent older than " + g.MaxAge)
	case len(g.Wording) > 0 && !slices.Contains(g.Wording, grant.Wording):
		return r.finding("consent to a wording that is not accepted")
	}
	return through()
}

// latest returns the last grant that counts, unless a withdrawal is as late or later. A grant from the future or without a
// time is no evidence; a withdrawal always is, and one without a time outweighs every grant.
func (g *consentGate) latest(f *scruple.Facts, purpose string, channel scruple.Channel) (grant *scruple.ConsentEvent, withdrawn bool) {
	var last time.Time
	for i := range f.Person.Consents {
		e := &f.Person.Consents[i]
		if e.Channel != "" && e.Channel != channel {
			continue
		}
		if e.Action == "grant" {
			if g.counts(e, purpose, f.Now) && (grant == nil || !e.At.Before(grant.At)) {
				grant = e
			}
			continue
		}
		if e.Purpose != "" && e.Purpose != purpose {
			continue
		}
		if e.At.IsZero() {
			return nil, true
		}
		if e.At.After(last) {
			last = e.At
		}
	}
	return grant, !last.IsZero() && (grant == nil || !grant.At.After(last))
}

func (g *consentGate) counts(e *scruple.ConsentEvent, purpose string, now time.Time) bool {
	if e.Purpose != purpose || e.At.IsZero() || e.At.After(now) {
		return false
	}
	return (e.Source != softOptIn || g.SoftOptIn) && (e.Source == doubleOptIn || !g.Confirmed)
}
