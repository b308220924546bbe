package functions

import (
	"testing"
	"time"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/port"
)

// No report of a carrier moves a message back: only the answer to the call itself says that it was not taken.
func TestNoReportQueuesAMessage(t *testing.T) {
	for _, reported := range []scruple.State{
		scruple.Queued, scruple.Deferred, scruple.Held, scruple.Withheld, scruple.Claimed, scruple.InDoubt, scruple.Withdrawn, scruple.Expired, "",
	} {
		t.Run(string(reported), func(t *testing.T) {
			b := newBank(t)
			c := b.campaign("c1", b.people("a.csv", 3), cleanText)
			b.sender.Answer = func(e scruple.Envelope) (scruple.Receipt, error) {
				if _, err := b.Receive(t.Context(), monday, scruple.Receipt{Message: e.Message, State: reported}); err == nil && reported != scruple.Claimed {
					t.Errorf("the report %q was taken", reported)
				}
				return scruple.Receipt{Message: e.Message, State: scruple.Sent}, nil
			}
			r := b.launch(c)
			if got := b.states(r); got[scruple.Sent] != 3 || len(b.sender.Envelopes()) != 3 {
				t.Errorf("states %v, %d envelopes; want 3 sent once", got, len(b.sender.Envelopes()))
			}
		})
	}
}

// A message that was claimed after its place in the outbox was read does not keep the others of a stopped run in the queue.
func TestStoppingPassesOverWhatHasGone(t *testing.T) {
	b := newBank(t)
	c := b.campaign("c1", b.people("a.csv", 5), cleanText)
	night := time.Date(2026, 11, 22, 15, 0, 0, 0, time.UTC) // all are deferred to eight
	r, err := b.Launch(t.Context(), night, Self, c, night)
	b.check(err)
	b.drain(night)
	gone := MessageID(r.ID, "a-00002", stepOne)
	rec, err := b.dossier(t.Context(), gone)
	b.check(err)
	rec.Head.State = scruple.Claimed
	put, err := rec.put(messageKey(gone))
	b.check(err)
	b.check(commit(t.Context(), b.Table, port.Tx{put}))
	b.check(b.Control(t.Context(), night, operator, r.ID, Stopped))
	b.drain(night)
	if got := b.states(r); got[scruple.Withdrawn] != 4 || got[scruple.Claimed] != 1 {
		t.Errorf("states %v, want 4 withdrawn and the claim untouched", got)
	}
}
