package compliance

import (
	"slices"
	"testing"
	"time"

	"github.com/scruple/scruple"
)

func TestChannelWithoutConsentGateHolds(t *testing.T) {
	book, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	unasked := func(m scruple.Message, r *scruple.Profile) bool {
		fs := book.Check(&m, &scruple.Facts{Now: now, Due: now, Recipient: r, Product: &scruple.Product{Type: "none"}})
		return slices.ContainsFunc(fs, func(f scruple.Finding) bool {
			return f.Rule == "compliance.no-consent-gate" && f.Verdict == scruple.Hold
		})
	}
	person := &scruple.Profile{}
	for _, market := range scruple.Markets() {
		if !unasked(scruple.Message{Market: market, Channel: "rcs", Text: "x"}, person) {
			t.Errorf("%s: marketing on a channel that no consent gate knows is not held", market)
		}
		if unasked(scruple.Message{Market: market, Channel: "rcs", Class: scruple.Service, Text: "x"}, person) {
			t.Errorf("%s: a service message needs no consent gate", market)
		}
		if unasked(scruple.Message{Market: market, Channel: "rcs", Text: "x"}, nil) {
			t.Errorf("%s: copy alone is judged without consent", market)
		}
		if unasked(scruple.Message{Market: market, Channel: scruple.SMS, Text: "x"}, person) {
			t.Errorf("%s: SMS has a consent gate", market)
		}
	}
}
