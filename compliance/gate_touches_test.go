package compliance

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/scruple/scruple"
)

// gateThatLooks stands for a gate that says how far back it looks.
type gateThatLooks time.Duration

func (g gateThatLooks) eval(*exam, *Rule)      {}
func (g gateThatLooks) longest() time.Duration { return time.Duration(g) }

// muteRule stands for a rule that says nothing about windows.
type muteRule struct{}

func (muteRule) eval(*exam, *Rule) {}

func TestLongestWindow(t *testing.T) {
	claim := &Rule{Kind: kindClaim, check: muteRule{}}
	week := &Rule{Kind: kindGate, check: gateThatLooks(168 * time.Hour)}
	month := &Rule{Kind: kindGate, check: gateThatLooks(720 * time.Hour)}
	for name, tc := range map[string]struct {
		rules []*Rule
		want  time.Duration
	}{
		"no gate":          {[]*Rule{claim}, 0},
		"the longest":      {[]*Rule{week, claim, month, week}, 720 * time.Hour},
		"a gate is silent": {[]*Rule{week, {Kind: kindGate, check: muteRule{}}}, math.MaxInt64},
	} {
		if got := (&Book{rules: tc.rules}).LongestWindow(); got != tc.want {
			t.Errorf("%s: %v, want %v", name, got, tc.want)
		}
	}
	// A window without end keeps everything.
	old := []scruple.Touch{{At: mustTime(t, "1970-01-01T00:00:00Z")}}
	if kept := KeepTouches(mustTime(t, "2026-11-20T10:00:00Z"), math.MaxInt64, old); len(kept) != 1 {
		t.Error("a touch was dropped though a gate may look back for ever")
	}
}

func TestGateWindow(t *testing.T) {
	const with = "limits: [{name: week, window: 7d, max: 3}, {name: month, window: 720h, max: 8}]"
	for gate, want := range map[string]time.Duration{"contact_limit": 720 * time.Hour, "consent": 0} {
		if got := gateWindow(gate, []byte(with)); got != want {
			t.Errorf("%s: %v, want %v", gate, got, want)
		}
	}
}

// Dropping what KeepTouches drops may change no answer, now or later.
func TestKeepTouchesChangesNoAnswer(t *testing.T) {
	zero := mustTime(t, "2026-11-01T00:00:00Z")
	rapid.Check(t, func(t *rapid.T) {
		l := contactLimit{Max: rapid.IntRange(1, 3).Draw(t, "max"), window: time.Duration(rapid.IntRange(1, 20).Draw(t, "window")) * time.Hour}
		longest := l.window + time.Duration(rapid.IntRange(0, 5).Draw(t, "longer"))*time.Hour
		var touches []scruple.Touch
		for _, h := range rapid.SliceOfN(rapid.IntRange(0, 60), 0, 10).Draw(t, "touches") {
			touches = append(touches, scruple.Touch{At: zero.Add(time.Duration(h) * time.Hour)})
		}
		now := zero.Add(time.Duration(rapid.IntRange(0, 60).Draw(t, "now")) * time.Hour)
		due := now.Add(time.Duration(rapid.IntRange(0, 40).Draw(t, "wait")) * time.Hour)
		m := scruple.Message{ID: "m"}
		kept := KeepTouches(now, longest, touches)
		if l.fits(&m, touches, due) != l.fits(&m, kept, due) {
			t.Fatalf("%d of %d kept, and the answer changed", len(kept), len(touches))
		}
	})
}

func TestKeepTouches(t *testing.T) {
	now := mustTime(t, "2026-11-20T10:00:00Z")
	at := func(message string, ago time.Duration) scruple.Touch {
		return scruple.Touch{Message: message, At: now.Add(-ago)}
	}
	touches := []scruple.Touch{at("old", 30*time.Hour), at("edge", 24*time.Hour), at("young", 24*time.Hour-1), at("planned", -time.Hour), {Message: "undated"}}
	got := KeepTouches(now, 24*time.Hour, touches)
	if diff := cmp.Diff([]scruple.Touch{touches[2], touches[3], touches[4]}, got); diff != "" {
		t.Error(diff)
	}
	if touches[0].Message != "old" || len(touches) != 5 {
		t.Error("the slice given was changed")
	}
	if again := KeepTouches(now, 24*time.Hour, got); &again[0] != &got[0] {
		t.Error("a slice with nothing to drop was copied")
	}
}
