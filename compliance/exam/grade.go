package exam

import (
	"cmp"
	"slices"
	"time"

	"github.com/scruple/scruple"
)

// Checker judges one message: (*compliance.Book).Check.
type Checker func(*scruple.Message, *scruple.Facts) scruple.Findings

// Result is one case and what the checker made of it.
type Result struct {
	Case     *Case            `json:"case"`
	Verdict  scruple.Verdict  `json:"verdict"`
	Findings scruple.Findings `json:"findings"`
}

// Missed reports a violating message that would pass.
func (r *Result) Missed() bool { return r.Case.Label == Violating && r.Verdict == scruple.Pass }

// FalseAlarm reports a compliant message that would not pass.
func (r *Result) FalseAlarm() bool { return r.Case.Label == Compliant && r.Verdict != scruple.Pass }

// Judge lets a checker judge every case, in order.
func Judge(cases []Case, check Checker, now time.Time) []Result {
	out := make([]Result, len(cases))
	for i := range cases {
		m, f := cases[i].Message(), cases[i].Facts(now)
		found := check(&m, &f)
		out[i] = Result{&cases[i], found.Verdict(), found}
	}
	return out
}

// Score counts the cases of one group by label and verdict.
type Score struct {
	Group       string `json:"group"`        // all, or such as market: cn
	Found       int    `json:"found"`        // violating, held or blocked
	Missed      int    `json:"missed"`       // violating, passed
	FalseAlarms int    `json:"false_alarms"` // compliant, held or blocked
	Passed      int    `json:"passed"`       // compliant, passed
}

// Precision is the share of violating messages among those held or blocked, 0 to 1; 1 when there is none.
func (s *Score) Precision() float64 { return share(s.Found, s.FalseAlarms) }

// Recall is the share of the violating messages that were held or blocked, 0 to 1; 1 when there is none.
func (s *Score) Recall() float64 { return share(s.Found, s.Missed) }

func share(part, rest int) float64 {
	if part+rest == 0 {
		return 1
	}
	return float64(part) / float64(part+rest)
}

func (s *Score) add(r *Result) {
	switch {
	case r.Missed():
		s.Missed++
	case r.FalseAlarm():
		s.FalseAlarms++
	case r.Case.Label == Violating:
		s.Found++
	case r.Case.Label == Compliant:
		s.Passed++
	}
}

// Scores counts the results overall and by language, market, kind and trap, in that order; groups of one sort come by name. A case
// with several kinds counts in each of them; a kind has violating messages only.
func Scores(results []Result) []Score {
	groups := map[string]*Score{}
	var order []string
	for i := range results {
		c := results[i].Case
		names := []string{"0all", "1language: " + c.Lang, "2market: " + string(c.Market)}
		for _, k := range c.Kinds {
			names = append(names, "3kind: "+k)
		}
		if c.Trap != "" {
			names = append(names, "4trap: "+c.Trap)
		}
		for _, n := range names {
			if groups[n] == nil {
				groups[n] = &Score{Group: n[1:]}
				order = append(order, n)
			}
			groups[n].add(&results[i])
		}
	}
	slices.SortFunc(order, cmp.Compare[string])
	out := make([]Score, len(order))
	for i, n := range order {
		out[i] = *groups[n]
	}
	return out
}
