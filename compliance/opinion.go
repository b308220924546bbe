package compliance

import (
	"strings"

	"github.com/scruple/scruple"
)

// opinions adds what a second reader objects to: a rule of the book that judges messages like this one, and words that stand in it
// as quoted. Anything else it says is dropped. It only ever adds, and a finding of its own holds, whatever the rule's verdict.
func (x *exam) opinions(inForce []*Rule) {
	for i := range x.f.Opinions {
		o := &x.f.Opinions[i]
		for _, r := range inForce {
			if r.ID == o.Rule && r.Kind != kindGate && r.reaches(x.m, x.f.Product) {
				x.agree(r, o)
			}
		}
	}
	if x.f.Unread != "" {
		x.out = append(x.out, scruple.Finding{Rule: "compliance.second-reader", Kind: kindClaim, Verdict: scruple.Hold, Detail: x.f.Unread})
	}
}

// agree adds the finding if its words stand in a part of the message, and the rule has not found them itself.
func (x *exam) agree(r *Rule, o *scruple.Opinion) {
	quote := strings.TrimSpace(o.Quote)
	if quote == "" {
		return
	}
	for _, part := range []struct{ name, text string }{{"subject", x.m.Subject}, {"text", x.m.Text}, {"html", x.m.HTML}} {
		at := strings.Index(part.text, quote)
		if at < 0 {
			continue
		}
		f := scruple.Finding{
			Rule: r.ID, Kind: r.Kind, Verdict: scruple.Hold, Part: part.name, Start: at, End: at + len(quote), Quote: quote,
			Detail: "second reader " + o.Reader + ": " + o.Why,
		}
		if !x.repeats(&f) {
			x.out = append(x.out, f)
		}
		return
	}
}

// repeats reports whether the rule has a finding already that covers the same words.
func (x *exam) repeats(f *scruple.Finding) bool {
	for i := range x.out {
		if o := &x.out[i]; o.Rule == f.Rule && o.Part == f.Part && o.Start < f.End && f.Start < o.End {
			return true
		}
	}
	return false
}
