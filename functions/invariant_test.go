package functions

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/compliance/review"
	"github.com/scruple/scruple/port"
	"github.com/scruple/scruple/port/memory"
)

const doubtfulText = "【云岭银行】{{ name }}，稳健收益。拒收请回复R"

// Invariant 1: same book, message and facts give the same findings, and a decision on record can be computed again.
func TestDecisionsAreComputedAgain(t *testing.T) {
	b := newBank(t)
	clean := b.launch(b.campaign("c1", b.people("a.csv", 40), cleanText))
	held := b.launch(b.campaign("c2", b.people("b.csv", 40), doubtfulText))
	changed := fund
	changed.Name = "云岭二号"
	b.products(changed)                                 // the product master has moved on
	b.use(strings.ReplaceAll(testBook, "稳健收益", "稳健回报")) // and so has the book
	b.House.templates.Clear()                           // and nothing is left in memory
	for _, run := range []*Run{clean, held} {
		for m, err := range b.messages(t.Context(), run.ID) {
			b.check(err)
			w, err := b.WhyMessage(t.Context(), m.id)
			b.check(err)
			if !w.Same {
				t.Fatalf("message %s: computed again, it differs: %+v", m.id, w.Last)
			}
		}
	}
}

// Invariant 2: nothing is decided on stale facts. A withdrawal that lands between reading and writing is seen.
func TestNothingIsDecidedOnStaleFacts(t *testing.T) {
	h := &hook{Table: memory.NewTable()}
	b := newBank(t, func(b *bank) { b.Table = h })
	c := b.campaign("c1", b.people("a.csv", 20), cleanText)
	r, err := b.Launch(t.Context(), monday, Self, c, monday)
	b.check(err)
	var once sync.Once
	h.set(func(txs []port.Tx) error {
		if len(txs) > 1 { // the batch of decisions
			once.Do(func() {
				h.set(nil)
				b.withdraw("a-00007")
				stopped := fund
				stopped.Status = "suspended"
				stopped.ID = "p1"
				b.products(stopped)
			})
		}
		return nil
	})
	_, err = b.drainPrepare(t.Context(), at0(monday)) // no further: the door would look again
	b.check(err)
	if got := b.states(r); got[scruple.Withheld] != 20 {
		t.Fatalf("states %v: the product was suspended before a single decision was written", got)
	}
}

func (b *bank) withdraw(customer string) {
	b.t.Helper()
	_, err := b.Permit(context.Background(), monday, operator, Permission{Customer: customer, Consent: &scruple.ConsentEvent{
		Purpose: "marketing", Action: "withdraw", Source: "app", At: monday,
	}})
	b.check(err)
}

// Invariant 2, on the person: a thousand campaigns at once never push one person over a cap, in any rolling window.
func TestCapRace(t *testing.T) {
	b := newBank(t, onDisk(t.TempDir()))
	list := b.people("a.csv", 1)
	const campaigns = 1000
	runs := make([]*Run, campaigns)
	for i := range runs {
		c := b.campaign(fmt.Sprintf("c%d", i), list, cleanText)
		due := monday.Add(time.Duration(i%40) * 6 * time.Hour) // ten days, so that windows overlap
		r, err := b.Launch(t.Context(), due, Self, c, due)
		b.check(err)
		runs[i] = r
	}
	var g errgroup.Group
	start := make(chan struct{})
	for range 64 {
		g.Go(func() error {
			<-start
			_, err := b.drainPrepare(context.Background(), Crew{Clock: func() time.Time { return monday }})
			return err
		})
	}
	close(start)
	b.check(g.Wait())
	p, err := b.Person(t.Context(), "a-00000")
	b.check(err)
	const window, limit = 7 * 24 * time.Hour, 3
	for _, from := range p.Touches {
		n := 0
		for _, touch := range p.Touches {
			if d := touch.At.Sub(from.At); d >= 0 && d < window {
				n++
			}
		}
		if n > limit {
			t.Errorf("%d contacts in the window from %s", n, from.At)
		}
	}
	total := map[scruple.State]int{}
	for _, r := range runs {
		for s, n := range b.states(r) {
			total[s] += n
		}
	}
	waiting := total[scruple.Queued] + total[scruple.Deferred]
	if waiting != len(p.Touches) || waiting < limit || total[scruple.Withheld] != campaigns-waiting {
		t.Errorf("%v with %d touches reserved", total, len(p.Touches))
	}
}

// Invariant 3: run twice, happen once. Every step is repeated, and nothing is there twice.
func TestRunTwiceHappensOnce(t *testing.T) {
	b := newBank(t)
	c := b.campaign("c1", b.people("a.csv", 120), cleanText)
	r := b.launch(c)
	jobs, err := readFile(t.Context(), b.Files, r.List+batchesSuffix)
	b.check(err)
	if len(jobs) == 0 {
		t.Fatal("no batches on file")
	}
	for range 2 {
		b.launch(c)
		rec, err := b.loadRun(t.Context(), r.ID)
		b.check(err)
		rec.Head.Queued = false // as if the process had died before it noted that the jobs were sent
		b.check(b.saveRun(t.Context(), rec, monday, Self, "again", struct{}{}))
		b.check(b.dispatch(t.Context(), monday, rec))
		b.drain(monday)
	}
	if got := b.states(r); got[scruple.Sent] != 120 || len(got) != 1 {
		t.Errorf("states %v", got)
	}
	for id, n := range b.got() {
		if n != 1 {
			t.Errorf("message %s left %d times", id, n)
		}
		if s, err := b.Deliver(t.Context(), monday, id); err != nil || s != scruple.Sent {
			t.Errorf("delivering %s again: %s, %v", id, s, err)
		}
	}
	if len(b.got()) != 120 || len(b.sender.Envelopes()) != 120 {
		t.Errorf("%d messages, %d envelopes", len(b.got()), len(b.sender.Envelopes()))
	}
}

// Invariant 4: checked again at the door by the same function. What changed while a message waited stops it there.
func TestCheckedAgainAtTheDoor(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(b *bank)
		want   scruple.State
	}{
		"consent withdrawn": {func(b *bank) { b.withdraw("a-00000") }, scruple.Withheld},
		"suppressed": {func(b *bank) {
			_, err := b.Permit(b.t.Context(), monday, operator, Permission{Customer: "a-00000", Suppression: &scruple.Suppression{
				Reason: "complained", Source: "carrier", At: monday,
			}})
			b.check(err)
		}, scruple.Withheld},
		"product suspended": {func(b *bank) { p := fund; p.Status = "suspended"; b.products(p) }, scruple.Withheld},
		"product regraded":  {func(b *bank) { p := fund; p.SellerRisk = "R5"; b.products(p) }, scruple.Withheld},
		"rules grew stricter": {func(b *bank) {
			b.use(strings.ReplaceAll(strings.ReplaceAll(testBook, "稳健收益", "新产品"), "这是产品", "这是东西"))
		}, scruple.Held},
		"nothing changed": {func(*bank) {}, scruple.Sent},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBank(t)
			c := b.campaign("c1", b.people("a.csv", 1), cleanText)
			night := monday.Add(-10 * time.Hour)
			r, err := b.Launch(t.Context(), night, Self, c, night)
			b.check(err)
			b.drain(night)
			if got := b.states(r); got[scruple.Deferred] != 1 {
				t.Fatalf("states %v, want it to wait for the morning", got)
			}
			tc.change(b)
			b.drain(monday)
			if got := b.states(r); got[tc.want] != 1 {
				t.Errorf("states %v, want %s", got, tc.want)
			}
			if sent := len(b.sender.Envelopes()); (sent == 1) != (tc.want == scruple.Sent) {
				t.Errorf("%d envelopes", sent)
			}
		})
	}
}

// Invariant 4, second half: a ruling covers what the officer saw, and only that.
func TestARulingCoversWhatWasSeen(t *testing.T) {
	b := newBank(t)
	r := b.launch(b.campaign("c1", b.people("a.csv", 10), doubtfulText))
	cards, err := b.Cards(t.Context(), r.ID)
	b.check(err)
	_, err = b.Rule(t.Context(), monday, officer, cards[0].ID, review.Approve, "fine")
	b.check(err)
	renamed := fund
	renamed.Name = "别的产品"
	b.products(renamed) // the facts that the officer saw are others now
	b.drain(monday.Add(time.Minute))
	if got := b.states(r); got[scruple.Held] != 10 || len(b.got()) != 0 {
		t.Errorf("states %v, %d envelopes: the approval was for other facts", got, len(b.got()))
	}
}

// Invariant 5: at most once at the door. The claim is written before the carrier is called; whoever crashes between the two
// leaves the message in doubt, and nobody sends it again.
func TestAtMostOnceAtTheDoor(t *testing.T) {
	b := newBank(t)
	claimed := map[string]scruple.State{}
	var mu sync.Mutex
	b.sender.Answer = func(e scruple.Envelope) (scruple.Receipt, error) {
		d, err := b.dossier(context.Background(), e.Message)
		mu.Lock()
		defer mu.Unlock()
		if err == nil {
			claimed[e.Message] = d.Head.State
		}
		return scruple.Receipt{}, errors.New("connection lost after the final dot")
	}
	r := b.launch(b.campaign("c1", b.people("a.csv", 10), cleanText))
	if got := b.states(r); got[scruple.InDoubt] != 10 {
		t.Fatalf("states %v, want all in doubt", got)
	}
	for id, s := range claimed {
		if s != scruple.Claimed {
			t.Errorf("message %s was %s when the carrier was called", id, s)
		}
	}
	b.drain(monday.Add(time.Hour))
	_, err := b.Resume(t.Context(), monday.Add(time.Hour), func(string) bool { return false })
	b.check(err)
	b.drain(monday.Add(24 * time.Hour))
	if n := len(b.sender.Envelopes()); n != 10 {
		t.Errorf("%d envelopes: what is in doubt was sent again", n)
	}
	doubts, err := b.InDoubt(t.Context(), r.ID)
	b.check(err)
	if len(doubts) != 10 {
		t.Errorf("%d listed in doubt", len(doubts))
	}
	state, err := b.Receive(t.Context(), monday.Add(time.Hour), scruple.Receipt{Message: doubts[0].Message, State: scruple.Delivered})
	b.check(err)
	if state != scruple.Delivered {
		t.Errorf("a carrier's report left it %s", state)
	}
}

// A process that dies with the claim written leaves a claim of a worker that is no more.
func TestADeadWorkersClaimIsInDoubt(t *testing.T) {
	h := &hook{Table: memory.NewTable()}
	b := newBank(t, func(b *bank) { b.Table = h })
	c := b.campaign("c1", b.people("a.csv", 1), cleanText)
	died := errors.New("died")
	b.sender.Answer = func(e scruple.Envelope) (scruple.Receipt, error) {
		h.set(func([]port.Tx) error { return died }) // nothing that the process still wants to write gets there
		return scruple.Receipt{Message: e.Message, State: scruple.Sent}, nil
	}
	r, err := b.Launch(t.Context(), monday, Self, c, monday)
	b.check(err)
	if err := b.Drain(t.Context(), at0(monday)); !errors.Is(err, died) {
		t.Fatalf("drain: %v", err)
	}
	h.set(nil)
	b.Worker = "w2"
	n, err := b.Resume(t.Context(), monday, func(w string) bool { return w == "w2" })
	b.check(err)
	again, err := b.Resume(t.Context(), monday, func(w string) bool { return w == "w2" })
	b.check(err)
	if again != 0 {
		t.Errorf("%d doubts told twice", again)
	}
	b.drain(monday.Add(time.Hour))
	if got := b.states(r); n != 1 || got[scruple.InDoubt] != 1 || len(b.sender.Envelopes()) != 1 {
		t.Errorf("%d doubts, states %v, %d envelopes", n, got, len(b.sender.Envelopes()))
	}
}

// Invariant 6: no decision without its ledger line, in the same write. Whatever write is refused, what is in the store has
// a whole chain that says the same.
func TestNoDecisionWithoutItsLedgerLine(t *testing.T) {
	h := &hook{Table: memory.NewTable()}
	b := newBank(t, func(b *bank) { b.Table = h })
	var n atomic.Int64 // workers commit at the same time
	refuse := errors.New("refused")
	h.set(func([]port.Tx) error {
		if n.Add(1)%7 == 3 {
			return refuse
		}
		return nil
	})
	c := b.campaign("c1", b.peopleAgain("a.csv", 60), cleanText)
	var r *Run
	for try := 0; r == nil && try < 50; try++ {
		r, _ = b.Launch(t.Context(), monday, Self, c, monday)
	}
	if r == nil {
		t.Fatal("the run could not be launched")
	}
	for range 200 {
		if err := b.Drain(t.Context(), at0(monday.Add(time.Duration(n.Load())*time.Minute))); err == nil {
			break
		}
	}
	h.set(nil)
	seen := 0
	for m, err := range b.messages(t.Context(), r.ID) {
		b.check(err)
		b.check(sound(m.id, m.record))
		seen++
	}
	if seen == 0 {
		t.Fatal("nothing was decided")
	}
	if faults := b.headFaults(t.Context()); len(faults) > 0 {
		t.Errorf("%v", faults)
	}
}

// peopleAgain is people for a table that may refuse to write: it tries until the consents are there.
func (b *bank) peopleAgain(name string, n int) string {
	list := "customer_id,phone,name,risk_rating,rated_until,time_zone\n"
	for i := range n {
		id := fmt.Sprintf("a-%05d", i)
		list += fmt.Sprintf("%s,138%08d,客户,C3,2027-06-30,Asia/Shanghai\n", id, i)
		for {
			_, err := b.Permit(b.t.Context(), monday, operator, Permission{Customer: id, Consent: &scruple.ConsentEvent{
				Purpose: "marketing", Action: "grant", Source: "app", At: monday.Add(-time.Hour),
			}})
			if err == nil {
				break
			}
		}
	}
	b.write(name, list)
	return name
}

// Invariant 7: fail closed. What is unknown or broken is held or withheld, never passed.
func TestFailClosed(t *testing.T) {
	for name, tc := range map[string]struct {
		row, text string
		consent   bool
		want      scruple.State
	}{
		"no consent":       {"x,13800000001,客户,C3,2027-06-30,Asia/Shanghai", cleanText, false, scruple.Withheld},
		"unknown rating":   {"x,13800000001,客户,,,Asia/Shanghai", cleanText, true, scruple.Held},
		"expired rating":   {"x,13800000001,客户,C3,2026-01-01,Asia/Shanghai", cleanText, true, scruple.Withheld},
		"empty slot":       {"x,13800000001,,C3,2027-06-30,Asia/Shanghai", cleanText, true, scruple.Withheld},
		"link in a name":   {"x,13800000001,https://evil.example,C3,2027-06-30,Asia/Shanghai", cleanText, true, scruple.Held},
		"breach in a name": {"x,13800000001,稳赚不赔,C3,2027-06-30,Asia/Shanghai", cleanText, true, scruple.Withheld},
		"all is known":     {"x,13800000001,客户,C3,2027-06-30,Asia/Shanghai", cleanText, true, scruple.Sent},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBank(t)
			b.write("a.csv", "customer_id,phone,name,risk_rating,rated_until,time_zone\n"+tc.row+"\n")
			if tc.consent {
				_, err := b.Permit(t.Context(), monday, operator, Permission{Customer: "x", Consent: &scruple.ConsentEvent{
					Purpose: "marketing", Action: "grant", Source: "app", At: monday.Add(-time.Hour),
				}})
				b.check(err)
			}
			r := b.launch(b.campaign("c1", "a.csv", tc.text))
			if got := b.states(r); got[tc.want] != 1 {
				t.Errorf("states %v, want %s", got, tc.want)
			}
		})
	}
}

// Invariant 9: a seal covers everything that was approved; withdrawing the approval empties the queue.
func TestTheSeal(t *testing.T) {
	full := review.Sealed{Templates: []string{"t1", "t2"}, Snapshot: "s", Schedule: "w", Channel: "sms", Product: "p", Book: "b", Campaign: "c"}
	seals := map[string]string{review.Seal(full): "the whole"}
	for name, change := range map[string]func(*review.Sealed){
		"templates": func(s *review.Sealed) { s.Templates = []string{"t1", "t3"} },
		"snapshot":  func(s *review.Sealed) { s.Snapshot = "x" },
		"schedule":  func(s *review.Sealed) { s.Schedule = "x" },
		"channel":   func(s *review.Sealed) { s.Channel = "x" },
		"product":   func(s *review.Sealed) { s.Product = "x" },
		"book":      func(s *review.Sealed) { s.Book = "x" },
		"campaign":  func(s *review.Sealed) { s.Campaign = "x" },
	} {
		s := full
		change(&s)
		if other, ok := seals[review.Seal(s)]; ok {
			t.Errorf("another %s gives the same seal as %s", name, other)
		}
		seals[review.Seal(s)] = name
	}
}

func TestWithdrawingEmptiesTheQueue(t *testing.T) {
	for _, withdrawRun := range []bool{false, true} {
		b := newBank(t)
		p := fund
		p.Risk = "R4"
		b.products(p)
		list := b.people("a.csv", 40)
		src, err := readFile(t.Context(), b.assets, list)
		b.check(err)
		b.write(list, strings.ReplaceAll(string(src), ",C3,", ",C5,"))
		night := monday.Add(-10 * time.Hour)
		r, err := b.Launch(t.Context(), night, Self, b.campaign("c1", list, doubtfulText), night)
		b.check(err)
		rule := func(subject string, a review.Action) {
			for _, who := range []scruple.Actor{officer, officer2} {
				if _, err := b.Rule(t.Context(), night, who, subject, a, "because"); err != nil {
					t.Fatal(err)
				}
				if a != review.Approve {
					return
				}
			}
		}
		rule(r.ID, review.Approve)
		b.drain(night)
		cards, err := b.Cards(t.Context(), r.ID)
		b.check(err)
		rule(cards[0].ID, review.Approve)
		b.drain(night)
		if got := b.states(r); got[scruple.Deferred] != 40 {
			t.Fatalf("states %v, want all waiting for the morning", got)
		}
		if withdrawRun {
			rule(r.ID, review.Withdraw)
		} else {
			rule(cards[0].ID, review.Withdraw)
		}
		b.drain(monday)
		if got := b.states(r); got[scruple.Withdrawn] != 40 || len(b.got()) != 0 {
			t.Errorf("run withdrawn %v: states %v, %d envelopes", withdrawRun, got, len(b.got()))
		}
		person, err := b.Person(t.Context(), "a-00000")
		b.check(err)
		if len(person.Touches) != 0 {
			t.Errorf("the touch of a message that never left was not given back: %v", person.Touches)
		}
	}
}

// Approvals expire while a message waits.
func TestApprovalsExpire(t *testing.T) {
	b := newBank(t)
	b.Policy.ApprovalsExpire = time.Hour
	night := monday.Add(-10 * time.Hour)
	r, err := b.Launch(t.Context(), night, Self, b.campaign("c1", b.people("a.csv", 3), doubtfulText), night)
	b.check(err)
	b.drain(night)
	cards, err := b.Cards(t.Context(), r.ID)
	b.check(err)
	_, err = b.Rule(t.Context(), night, officer, cards[0].ID, review.Approve, "fine for an hour")
	b.check(err)
	b.drain(night.Add(time.Minute))
	if got := b.states(r); got[scruple.Deferred] != 3 {
		t.Fatalf("states %v", got)
	}
	b.drain(monday)
	if got := b.states(r); got[scruple.Held] != 3 || len(b.got()) != 0 {
		t.Errorf("states %v, %d envelopes: the approval had run out", got, len(b.got()))
	}
}
