package compliance

import (
	"time"

	"github.com/scruple/scruple"
)

// gateFunc judges whether a person may get a message. It reports its finding, or false when the gate lets the message
// through. It is pure and safe for concurrent use.
type gateFunc func(m *scruple.Message, f *scruple.Facts) (scruple.Finding, bool)

// gateRule asks a gate; the gates themselves are in gate.go and the files beside it.
type gateRule struct {
	objects gateFunc
	window  time.Duration // the longest that its contact limits look at; 0 where it has none
	consent bool          // it asks for consent
}

func compileGateRule(_ *compiler, r *Rule, s *ruleSource) (evaluator, error) {
	if s.Gate == "" {
		return nil, &specError{"", "a gate needs gate: its name"}
	}
	objects, err := compileGate(s.Gate, s.With, r)
	if err != nil {
		return nil, &specError{".gate", err.Error()}
	}
	return &gateRule{objects, gateWindow(s.Gate, s.With), s.Gate == "consent"}, nil
}

func (k *gateRule) longest() time.Duration { return k.window }

// eval asks the gate when the recipient is known. A gate that states no verdict takes the rule's, unless it only defers.
func (k *gateRule) eval(x *exam, r *Rule) {
	if x.f.Recipient == nil {
		return
	}
	x.asked = x.asked || k.consent
	f, ok := k.objects(x.m, x.f)
	if !ok {
		return
	}
	f.Rule, f.Kind = r.ID, r.Kind
	switch {
	case f.Verdict != "":
	case !f.NotBefore.IsZero():
		f.Verdict = scruple.Pass
	default:
		f.Verdict = r.Verdict
	}
	x.out = append(x.out, f)
}

// unasked holds marketing to a person when no rule in force asked for consent on its channel: a channel that the book has
// not thought of yet is no way round consent.
func (x *exam) unasked() {
	if x.f.Recipient == nil || x.m.Class == scruple.Service || x.asked {
		return
	}
	x.out = append(x.out, scruple.Finding{
		Rule: "compliance.no-consent-gate", Kind: kindGate, Verdict: scruple.Hold,
		Detail: "no rule of market " + string(x.m.Market) + " asks for consent on channel " + string(x.m.Channel),
	})
}
