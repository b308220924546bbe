package functions

import (
	"testing"
	"time"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/compliance/review"
)

func TestCleanMessagesAreDelivered(t *testing.T) {
	b := newBank(t)
	r := b.launch(b.campaign("c1", b.people("a.csv", 120), cleanText))
	if got := b.states(r); got[scruple.Sent] != 120 {
		t.Fatalf("states %v, want 120 sent", got)
	}
	if len(b.got()) != 120 {
		t.Errorf("%d envelopes, want 120", len(b.got()))
	}
}

func TestHeldMessagesFollowARuling(t *testing.T) {
	b := newBank(t)
	r := b.launch(b.campaign("c1", b.people("a.csv", 30), "【云岭银行】{{ name }}，稳健收益。拒收请回复R"))
	if got := b.states(r); got[scruple.Held] != 30 {
		t.Fatalf("states %v, want 30 held", got)
	}
	cards, err := b.Cards(t.Context(), r.ID)
	b.check(err)
	if len(cards) != 1 {
		t.Fatalf("%d cards, want one for one shape", len(cards))
	}
	s, err := b.Rule(t.Context(), monday, officer, cards[0].ID, review.Approve, "explained")
	b.check(err)
	if s.Status != review.Approved {
		t.Fatalf("status %s", s.Status)
	}
	b.drain(monday.Add(time.Minute))
	if got := b.states(r); got[scruple.Sent] != 30 {
		t.Errorf("states %v, want 30 sent", got)
	}
}

func TestRejectedMessagesAreWithheld(t *testing.T) {
	b := newBank(t)
	r := b.launch(b.campaign("c1", b.people("a.csv", 30), "【云岭银行】{{ name }}，稳健收益。拒收请回复R"))
	cards, err := b.Cards(t.Context(), r.ID)
	b.check(err)
	_, err = b.Rule(t.Context(), monday, officer, cards[0].ID, review.Reject, "no")
	b.check(err)
	b.drain(monday.Add(time.Minute))
	if got := b.states(r); got[scruple.Withheld] != 30 || len(b.got()) != 0 {
		t.Errorf("states %v, %d envelopes", got, len(b.got()))
	}
}

func TestForbiddenMessagesAreWithheld(t *testing.T) {
	b := newBank(t)
	r := b.launch(b.campaign("c1", b.people("a.csv", 5), "【云岭银行】{{ name }}，稳赚不赔。拒收请回复R"))
	if got := b.states(r); got[scruple.Withheld] != 5 || len(b.got()) != 0 {
		t.Errorf("states %v, %d envelopes", got, len(b.got()))
	}
}

func TestQuietHoursDefer(t *testing.T) {
	b := newBank(t)
	c := b.campaign("c1", b.people("a.csv", 5), cleanText)
	night := time.Date(2026, 11, 22, 15, 0, 0, 0, time.UTC) // 23:00 in Shanghai
	r, err := b.Launch(t.Context(), night, Self, c, night)
	b.check(err)
	b.drain(night)
	if got := b.states(r); got[scruple.Deferred] != 5 {
		t.Fatalf("states %v, want 5 deferred", got)
	}
	b.drain(night.Add(8*time.Hour + 59*time.Minute))
	if len(b.got()) != 0 {
		t.Fatal("sent within quiet hours")
	}
	b.drain(night.Add(9 * time.Hour))
	if got := b.states(r); got[scruple.Sent] != 5 {
		t.Errorf("states %v, want 5 sent at eight", got)
	}
}

func TestHighTierWaitsForTwoOfficers(t *testing.T) {
	b := newBank(t)
	risky := fund
	risky.Risk = "R4"
	b.products(risky)
	list := b.people("a.csv", 10)
	b.write(list, "customer_id,phone,name,risk_rating,rated_until,time_zone\na-00001,13800000001,客户,C5,2027-06-30,Asia/Shanghai\n")
	r := b.launch(b.campaign("c1", list, cleanText))
	if r.Tier != scruple.High || len(b.got()) != 0 {
		t.Fatalf("tier %s, %d envelopes", r.Tier, len(b.got()))
	}
	_, err := b.Rule(t.Context(), monday, officer, r.ID, review.Approve, "fine")
	b.check(err)
	b.drain(monday)
	if len(b.got()) != 0 {
		t.Fatal("sent with one signature of two")
	}
	_, err = b.Rule(t.Context(), monday, officer2, r.ID, review.Approve, "fine")
	b.check(err)
	b.drain(monday)
	if len(b.got()) != 1 {
		t.Errorf("%d envelopes, want 1 after two signatures", len(b.got()))
	}
}
