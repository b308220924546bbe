package compliance

import (
	"testing"

	"github.com/scruple/scruple"
)

// The gates that ship load with their examples, and no market is left without one of them.
func TestShippedGates(t *testing.T) {
	book, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, market := range scruple.Markets() {
		f := scruple.Facts{Now: mustTime(t, "2026-11-02T04:00:00Z"), Recipient: &scruple.Profile{}}
		m := scruple.Message{Market: market, Channel: scruple.SMS, Text: "-"}
		got := map[string]scruple.Verdict{}
		for _, found := range book.Check(&m, &f) {
			got[found.Rule] = found.Verdict
		}
		consent := scruple.Market("gate.consent")
		if market == scruple.US {
			consent = "gate.consent-sms"
		}
		// Of this recipient nothing is known, so nothing may pass that needs a fact.
		for name, want := range map[scruple.Market]scruple.Verdict{
			consent: scruple.Block, "gate.address": scruple.Block, "gate.age": scruple.Hold, "gate.suitability": scruple.Hold,
			"gate.product-status": scruple.Hold, "gate.private-placement": scruple.Hold,
		} {
			if id := string(market + "." + name); got[id] != want {
				t.Errorf("%s: %q, want %q", id, got[id], want)
			}
		}
	}
}

// Limits are policy: whichever gate has one names the house or a law for it, and what nobody has read never blocks.
func TestShippedGatesNameTheirSource(t *testing.T) {
	book, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	gates := 0
	for _, r := range book.Rules() {
		if r.Kind != kindGate {
			continue
		}
		gates++
		for _, b := range r.Basis {
			if b.Source == Unverified && r.Verdict == scruple.Block {
				t.Errorf("%s blocks on %s, which nobody has read", r.ID, b.Law)
			}
		}
		if r.Title.En == "" || r.Title.Zh == "" || r.Why.En == "" || r.Why.Zh == "" || r.Fix.En == "" || r.Fix.Zh == "" {
			t.Errorf("%s is not explained in both languages", r.ID)
		}
	}
	if gates < 5*10 {
		t.Errorf("%d gates, want at least ten for each of five markets", gates)
	}
}
