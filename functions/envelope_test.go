package functions

import (
	"testing"
	"time"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/compliance/review"
)

// A message for which no envelope can be made stays held whoever approves it, and goes when what was wrong is mended.
func TestNoApprovalMakesAnEnvelope(t *testing.T) {
	b := newBank(t)
	good, bad := b.Carrier[scruple.SMS], b.Carrier[scruple.SMS]
	bad.Profile.From = "106900\n001188"
	b.Carrier[scruple.SMS] = bad
	r := b.launch(b.campaign("c1", b.people("a.csv", 3), cleanText))
	cards, err := b.Cards(t.Context(), r.ID)
	b.check(err)
	if got := b.states(r); len(cards) != 1 || got[scruple.Held] != 3 {
		t.Fatalf("%d cards, states %v; want 3 held on one card", len(cards), got)
	}
	_, err = b.Rule(t.Context(), monday, officer, cards[0].ID, review.Approve, "fine")
	b.check(err)
	b.drain(monday.Add(time.Minute))
	if got := b.states(r); got[scruple.Held] != 3 {
		t.Fatalf("states %v after the approval, want 3 held", got)
	}
	b.Carrier[scruple.SMS] = good
	b.check(b.enqueue(t.Context(), TopicFollow, Following{Card: cards[0].ID})) // as Resume does
	b.drain(monday.Add(2 * time.Minute))
	if got := b.states(r); got[scruple.Sent] != 3 || len(b.got()) != 3 {
		t.Errorf("states %v, want 3 sent once it was mended", got)
	}
}
