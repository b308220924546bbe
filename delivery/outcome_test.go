package delivery

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/scruple/scruple"
)

var (
	errRefused = errors.New("refused")
	errLater   = errors.New("later")
	signs      = Signs{Refused: errRefused, Later: errLater}
)

func TestOutcome(t *testing.T) {
	for _, c := range []struct {
		name  string
		r     scruple.Receipt
		err   error
		tries int
		want  Next
	}{
		{"sent", scruple.Receipt{State: scruple.Sent, Reason: "250 ok"}, nil, 1, Next{State: scruple.Sent, Reason: "250 ok"}},
		{"delivered", scruple.Receipt{State: scruple.Delivered}, nil, 1, Next{State: scruple.Delivered}},
		{
			"bounced",
			scruple.Receipt{State: scruple.Bounced, Reason: "550 5.1.1 who?"},
			nil, 1,
			Next{State: scruple.Bounced, Reason: "550 5.1.1 who?", Bounce: Hard},
		},
		{
			"refused",
			scruple.Receipt{State: scruple.Refused, Reason: "554 5.7.1 spam"},
			fmt.Errorf("x: %w", errRefused), 1,
			Next{State: scruple.Refused, Reason: "554 5.7.1 spam", Bounce: Blocked},
		},
		{
			"later",
			scruple.Receipt{Reason: "451 4.7.1 greylisted"},
			fmt.Errorf("x: %w", errLater), 3,
			Next{State: scruple.Queued, Reason: "451 4.7.1 greylisted", Wait: 10 * time.Second},
		},
		{
			"too late",
			scruple.Receipt{Reason: "452 4.2.2 full"},
			errLater, MaxTries,
			Next{State: scruple.Refused, Reason: "452 4.2.2 full (given up after 14 tries)", Bounce: Soft},
		},
		{"lost answer", scruple.Receipt{}, errors.New("reset"), 1, Next{State: scruple.InDoubt, Reason: "reset"}},
		{
			"sent, but an error",
			scruple.Receipt{State: scruple.Sent},
			errors.New("reset"), 1,
			Next{State: scruple.InDoubt, Reason: "reset"},
		},
		{
			"empty receipt",
			scruple.Receipt{Reason: "hm"},
			nil, 1,
			Next{State: scruple.InDoubt, Reason: `receipt with state "": hm`},
		},
		{
			"wrong state",
			scruple.Receipt{State: scruple.Queued},
			nil, 1,
			Next{State: scruple.InDoubt, Reason: `receipt with state "queued": `},
		},
	} {
		if got := signs.Outcome(c.r, c.err, c.tries, 0.5); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
	if got := (Signs{}).Outcome(scruple.Receipt{}, errLater, 1, 0.5); got.State != scruple.InDoubt {
		t.Errorf("without signs: %s, want in doubt", got.State)
	}
}

func TestOutcomeIsAlwaysAllowed(t *testing.T) {
	states := append(allStates(), "", "nonsense")
	rapid.Check(t, func(t *rapid.T) {
		err := rapid.SampledFrom([]error{nil, errRefused, errLater, errors.New("lost"), errors.Join(errors.New("x"), errLater)}).Draw(t, "error")
		r := scruple.Receipt{State: rapid.SampledFrom(states).Draw(t, "state"), Reason: rapid.String().Draw(t, "reason")}
		n := signs.Outcome(r, err, rapid.Int().Draw(t, "tries"), rapid.Float64().Draw(t, "jitter"))
		if !Allowed(scruple.Claimed, n.State) {
			t.Fatalf("%+v follows claimed", n)
		}
		if n.State == scruple.Queued && !errors.Is(err, errLater) {
			t.Fatal("queued again although the carrier may have the message")
		}
		if (n.Wait != 0) != (n.State == scruple.Queued) {
			t.Fatalf("state %s with wait %s", n.State, n.Wait)
		}
	})
}

func TestBackoff(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tries := rapid.Int().Draw(t, "tries")
		if got := Backoff(tries, rapid.Float64().Draw(t, "jitter")); got < MinWait || got > MaxWait {
			t.Fatalf("wait %s", got)
		}
		if tries < math.MaxInt && Backoff(tries, 1) > Backoff(tries+1, 1) {
			t.Fatal("the window shrinks")
		}
	})
	for jitter, want := range map[float64]time.Duration{0: time.Second, 1: 5 * time.Second, 7: 5 * time.Second, -1: time.Second, 0.5: 2500 * time.Millisecond} {
		if got := Backoff(1, jitter); got != want {
			t.Errorf("jitter %v: %s, want %s", jitter, got, want)
		}
	}
	if got := Backoff(1, math.NaN()); got != MinWait {
		t.Errorf("jitter NaN: %s", got)
	}
	if Backoff(10, 1) != 2560*time.Second || Backoff(11, 1) != MaxWait || Backoff(1000, 1) != MaxWait {
		t.Error("the window must double up to an hour")
	}
}

func TestClassify(t *testing.T) {
	for reason, want := range map[string]Bounce{
		"550 5.1.1 no such user": Hard, "550 no such user": Hard, "551 5.1.6 moved": Hard, "550 5.2.1 disabled": Hard, "556 5.1.10 null MX": Hard,
		"521 no mail here": Hard, "553 bad mailbox": Hard, "550": Hard, "550 5.0.0 no": Hard,
		"552 5.2.2 full": Soft, "552 full": Soft, "450 4.2.1 busy": Soft, "421 bye": Soft, "451 4.7.1 greylisted": Soft, "554 5.4.6 loop": Soft,
		"554 5.3.0 system": Soft, "550 5.7.1 spam": Blocked, "554 transaction failed": Blocked, "550 5.1.8 bad sender": Blocked,
		"552 5.3.4 too big": Blocked, "550 5.6.0 content": Blocked, "503 5.5.1 sequence": Blocked, "550 5.9.9 what": Blocked,
		"550 5.2.3 too long": Blocked, "": "", "no code": "", "250 ok": "", "5500 x": "", "999 x": "", "dial tcp: refused": "",
	} {
		if got := Classify(reason); got != want {
			t.Errorf("%q: %q, want %q", reason, got, want)
		}
	}
}

func allStates() []scruple.State {
	return []scruple.State{
		scruple.Queued, scruple.Deferred, scruple.Held, scruple.Withheld, scruple.Claimed, scruple.InDoubt, scruple.Sent,
		scruple.Delivered, scruple.Bounced, scruple.Refused, scruple.Withdrawn, scruple.Expired,
	}
}

// TestWalks follows random walks through the table and holds each to what must never happen.
func TestWalks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		walk := []scruple.State{""}
		for {
			from := walk[len(walk)-1]
			var ways []scruple.State
			for _, to := range append(allStates(), "") {
				if Allowed(from, to) {
					ways = append(ways, to)
				}
			}
			if len(ways) == 0 || len(walk) > 40 {
				break
			}
			walk = append(walk, rapid.SampledFrom(ways).Draw(t, "to"))
		}
		for i, s := range walk {
			checkStep(t, walk, i, s)
		}
	})
}

func checkStep(t *rapid.T, walk []scruple.State, i int, s scruple.State) {
	before, after := walk[:i], walk[i+1:]
	ends := []scruple.State{scruple.Withheld, scruple.Bounced, scruple.Refused, scruple.Withdrawn, scruple.Expired}
	handed := []scruple.State{scruple.Sent, scruple.Delivered, scruple.InDoubt, scruple.Bounced, scruple.Refused}
	switch {
	case slices.Contains(ends, s) && len(after) > 0:
		t.Fatalf("%s is an end: %v", s, walk)
	case s == "" && i > 0:
		t.Fatalf("back to nothing: %v", walk)
	case i > 0 && s == walk[i-1]:
		t.Fatalf("%s to itself: %v", s, walk)
	case s == scruple.Held && len(after) > 0 && after[0] == scruple.Claimed:
		t.Fatalf("held went to the carrier: %v", walk)
	}
	if !slices.Contains(handed, s) {
		return
	}
	if !slices.Contains(before, scruple.Claimed) {
		t.Fatalf("%s without a claim: %v", s, walk)
	}
	for _, later := range after {
		if !slices.Contains(handed, later) || later == scruple.InDoubt {
			t.Fatalf("%s after %s: %v", later, s, walk)
		}
	}
}

func TestEveryStateIsInTheTable(t *testing.T) {
	reached := map[scruple.State]bool{"": true}
	for grown := true; grown; {
		grown = false
		for from := range reached {
			for _, to := range next(from) {
				grown = grown || !reached[to]
				reached[to] = true
			}
		}
	}
	for _, s := range allStates() {
		if !reached[s] {
			t.Errorf("no way leads to %s", s)
		}
	}
	if Allowed("nonsense", scruple.Queued) {
		t.Error("an unknown state goes somewhere")
	}
}
