package functions

import (
	"testing"
	"time"

	"github.com/scruple/scruple"
)

// A batch that a killed process had taken is prepared by the next one at once, not when the lease ends, and at whatever time
// the killed process believed it was.
func TestReclaimTakesOverWhatAKilledProcessHad(t *testing.T) {
	for name, then := range map[string]time.Time{"same time": monday, "a rehearsal of next year": monday.AddDate(1, 0, 0)} {
		t.Run(name, func(t *testing.T) {
			b := newBank(t)
			r, err := b.Launch(t.Context(), monday, Self, b.campaign("c1", b.people("a.csv", 120), cleanText), monday)
			b.check(err)
			for range 20 { // as many processes, each killed with a batch in its hands
				jobs, err := b.Queue.Receive(t.Context(), TopicPrepare, 1, lease, then)
				b.check(err)
				if len(jobs) != 1 {
					t.Fatal("no batch was ready")
				}
				b.check(b.Reclaim(t.Context(), monday))
			}
			b.drain(monday)
			if got := b.states(r); got[scruple.Sent] != 120 || len(b.got()) != 120 {
				t.Errorf("states %v, %d envelopes; want 120 sent", got, len(b.got()))
			}
			if n, err := b.Queue.Depth(t.Context(), topicDead); err != nil || n != 0 {
				t.Errorf("%d jobs put aside, %v", n, err)
			}
		})
	}
}
