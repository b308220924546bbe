package functions

import "github.com/scruple/scruple"

// Tally counts what became of messages: by state, and by reason for those that were not queued at once.
type Tally map[Tallied]int

// Tallied is one line of a tally; Reason is empty in the line that counts the state as a whole.
type Tallied struct {
	State  scruple.State
	Reason string
}

func (t Tally) add(c *Case) {
	t[Tallied{State: c.Decision.State}]++
	for _, reason := range c.Decision.Reasons {
		t[Tallied{c.Decision.State, reason}]++
	}
}

// Add adds another tally to this one.
func (t Tally) Add(o Tally) {
	for k, n := range o {
		t[k] += n
	}
}
