package compliance

import (
	"slices"

	"github.com/scruple/scruple"
)

// suppressionGate forbids contact with people who are on a suppression list.
type suppressionGate struct {
	// Reasons are the ones that forbid. Empty: every reason does.
	Reasons []string `yaml:"reasons"`
	// Ignore are the reasons that do not concern these messages. A reason in neither list is held.
	Ignore []string `yaml:"ignore"`
	// Everywhere are reasons that forbid every channel, whichever one they were recorded for.
	Everywhere []string `yaml:"everywhere"`
	// Show are the reasons that a finding may name. Any other stays unnamed: that somebody is being watched must not be
	// read off a message log.
	Show []string `yaml:"show"`
}

func makeSuppression(w with, r *Rule) (gateFunc, error) {
	var g suppressionGate
	if err := w.decode(&g); err != nil {
		return nil, err
	}
	if len(g.Ignore) > 0 && len(g.Reasons) == 0 {
		return nil, w.errorf("$.ignore", "ignore needs reasons beside it; without reasons every one forbids")
	}
	for i, reason := range g.Ignore {
		if slices.Contains(g.Reasons, reason) {
			return nil, w.errorf(indexed("$.ignore", i), "%q stands under reasons too; keep one", reason)
		}
	}
	return func(m *scruple.Message, f *scruple.Facts) (scruple.Finding, bool) { return g.check(r, m, f) }, nil
}

func (g *suppressionGate) check(r *Rule, m *scruple.Message, f *scruple.Facts) (scruple.Finding, bool) {
	if m.Channel == "" && len(f.Person.Suppressions) > 0 {
		return r.unknown("channel unknown")
	}
	strange := false
	for i := range f.Person.Suppressions {
		s := &f.Person.Suppressions[i]
		if s.Channel != "" && s.Channel != m.Channel && !slices.Contains(g.Everywhere, s.Reason) {
			continue
		}
		if len(g.Reasons) == 0 || slices.Contains(g.Reasons, s.Reason) {
			return r.finding(g.detail(s.Reason))
		}
		strange = strange || !slices.Contains(g.Ignore, s.Reason)
	}
	if strange {
		return r.unknown("suppressed for an unknown reason")
	}
	return through()
}

func (g *suppressionGate) detail(reason string) string {
	if slices.Contains(g.Show, reason) {
		return "suppressed: " + reason
	}
	return "suppressed"
}
