package compliance

import (
	"math"
	"slices"
	"time"

	"github.com/scruple/scruple"
)

// windowed is the evaluator of a gate: it knows the longest window in which that gate counts contacts, 0 when it counts none.
type windowed interface{ longest() time.Duration }

// LongestWindow returns the length of the longest window in which any rule of the book counts contacts; 0 when none does.
func (b *Book) LongestWindow() time.Duration { return longestWindow(b.rules) }

// longestWindow takes a gate that cannot say how far it looks for one that looks back for ever, so that no touch is dropped
// that may still count.
func longestWindow(rules []*Rule) time.Duration {
	var longest time.Duration
	for _, r := range rules {
		if r.Kind != kindGate {
			continue
		}
		w, ok := r.check.(windowed)
		if !ok {
			return math.MaxInt64
		}
		longest = max(longest, w.longest())
	}
	return longest
}

// gateWindow returns the longest window of a gate that compiled from the same name and mapping, 0 when it has none.
func gateWindow(name string, src []byte) time.Duration {
	if name != "contact_limit" {
		return 0
	}
	g, err := readContactLimit(with{src: src})
	if err != nil {
		return 0
	}
	var longest time.Duration
	for i := range g.Limits {
		longest = max(longest, g.Limits[i].window)
	}
	return longest
}

// KeepTouches returns the touches that a window of at most longest can still count together with a message due now or later:
// with Book.LongestWindow it keeps the person's record small. The slice given is not changed; it is returned as it is when
// nothing is to be dropped. Touches without a date are kept.
func KeepTouches(now time.Time, longest time.Duration, touches []scruple.Touch) []scruple.Touch {
	past := now.Add(-longest)
	old := func(t scruple.Touch) bool { return !t.At.IsZero() && !t.At.After(past) }
	if !slices.ContainsFunc(touches, old) {
		return touches
	}
	kept := make([]scruple.Touch, 0, len(touches))
	for _, t := range touches {
		if !old(t) {
			kept = append(kept, t)
		}
	}
	return kept
}
