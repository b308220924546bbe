package compliance

import (
	"slices"
	"strconv"
	"time"

	"github.com/scruple/scruple"
)

// contactLimitGate bounds how often a person is contacted, over all campaigns and channels.
//
// A window of length W holds the contacts from some moment s up to, not including, s+W, wherever s lies: windows roll, they
// do not begin at midnight. A message due at d fits when no window that contains d would hold more than its limit with the
// message in it. Contacts after d count like those before: they are promised to messages that wait.
//
// Reserve and commit: who plans a message writes a Touch with the message's id at its due time into the person's record, on
// condition that the record is still the one that was judged; two campaigns can so never both take the last place. At the
// door the same gate runs again with Due = now. It does not count the message's own touch, so a reservation never stands in
// its own way. In the same write as the claim, the touch moves to the moment of the door and becomes committed. A message
// that will not be sent gives its touch back.
type contactLimitGate struct {
	Limits []contactLimit `yaml:"limits"`
	// WhenFull is withhold (the verdict of the rule, also when it is left out) or defer: go at the first moment that fits.
	WhenFull string `yaml:"when_full"`
}

type contactLimit struct {
	// Name says in a finding which limit is full.
	Name string `yaml:"name"`
	// Window is its length, such as 168h or 30d (days of 24 hours).
	Window string `yaml:"window"`
	// Max is how many contacts a window may hold, at least 1.
	Max int `yaml:"max"`
	// Channels and Classes say which messages are limited and which contacts count. Empty: all.
	Channels []scruple.Channel `yaml:"channels"`
	Classes  []scruple.Class   `yaml:"classes"`

	window time.Duration
}

func makeContactLimit(w with, r *Rule) (gateFunc, error) {
	g, err := readContactLimit(w)
	if err != nil {
		return nil, err
	}
	return func(m *scruple.Message, f *scruple.Facts) (scruple.Finding, bool) { return g.check(r, m, f) }, nil
}

func readContactLimit(w with) (*contactLimitGate, error) {
	var g contactLimitGate
	if err := w.decode(&g); err != nil {
		return nil, err
	}
	if len(g.Limits) == 0 {
		return nil, w.errorf("$.limits", "limits is missing; expected a list such as [{name: week, window: 168h, max: 3}]")
	}
	if g.WhenFull != "" && g.WhenFull != "withhold" && g.WhenFull != "defer" {
		return nil, w.errorf("$.when_full", "when_full is %q; expected withhold or defer", g.WhenFull)
	}
	for i := range g.Limits {
		l, path := &g.Limits[i], indexed("$.limits", i)
		span, err := parseSpan(l.Window)
		if err != nil {
			return nil, w.errorf(path+".window", "window: %v", err)
		}
		if l.Max < 1 || l.Name == "" {
			return nil, w.errorf(path, "a limit needs a name and a max of at least 1")
		}
		l.window = span
	}
	return &g, nil
}

// indexed is the YAML path of one element of a list.
func indexed(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

func (g *contactLimitGate) check(r *Rule, m *scruple.Message, f *scruple.Facts) (scruple.Finding, bool) {
	due, ok := dueOf(f)
	if !ok {
		return r.unknown("time unknown")
	}
	full := g.full(m, f.Person.Touches, due)
	if full == nil {
		return through()
	}
	detail := "limit " + full.Name + ": " + strconv.Itoa(full.Max) + " in " + full.Window
	if g.undated(m, f.Person.Touches) {
		return r.unknown(detail + ", and a contact has no date")
	}
	if g.WhenFull != "defer" {
		return r.finding(detail)
	}
	at := g.earliest(m, f.Person.Touches, due)
	if !f.LatestStart.IsZero() && at.After(f.LatestStart) {
		return r.finding(detail + ", until after the latest start")
	}
	return scruple.Finding{Rule: r.ID, Kind: "gate", Verdict: scruple.Pass, Detail: detail, NotBefore: at}, true
}

// full returns the first limit that the message would break at that moment, or nil.
func (g *contactLimitGate) full(m *scruple.Message, touches []scruple.Touch, at time.Time) *contactLimit {
	for i := range g.Limits {
		if l := &g.Limits[i]; l.concerns(m) && !l.fits(m, touches, at) {
			return l
		}
	}
	return nil
}

// earliest returns the first moment after due at which every limit has room. A place becomes free only when a contact leaves
// its window, so no other moments need a look; when the last one has left, all is free.
func (g *contactLimitGate) earliest(m *scruple.Message, touches []scruple.Touch, due time.Time) time.Time {
	var free []time.Time
	for i := range g.Limits {
		for j := range touches {
			if at := touches[j].At.Add(g.Limits[i].window); at.After(due) {
				free = append(free, at)
			}
		}
	}
	slices.SortFunc(free, time.Time.Compare)
	for _, at := range free {
		if g.full(m, touches, at) == nil {
			return at.UTC()
		}
	}
	return due // unreachable while some limit is full at due
}

// undated reports whether a contact that counts has no date: it lies in every window, and no wait makes room.
func (g *contactLimitGate) undated(m *scruple.Message, touches []scruple.Touch) bool {
	for i := range g.Limits {
		l := &g.Limits[i]
		for j := range touches {
			if touches[j].At.IsZero() && l.concerns(m) && l.counts(m, &touches[j]) {
				return true
			}
		}
	}
	return false
}

func (l *contactLimit) concerns(m *scruple.Message) bool {
	return (len(l.Channels) == 0 || slices.Contains(l.Channels, m.Channel)) &&
		(len(l.Classes) == 0 || slices.Contains(l.Classes, countsAs(m.Class)))
}

// counts reports whether a contact uses up this limit. The message's own touch does not.
func (l *contactLimit) counts(m *scruple.Message, t *scruple.Touch) bool {
	return (t.Message == "" || t.Message != m.ID) &&
		(len(l.Channels) == 0 || t.Channel == "" || slices.Contains(l.Channels, t.Channel)) &&
		(len(l.Classes) == 0 || slices.Contains(l.Classes, countsAs(t.Class)))
}

// fits reports whether no window that contains the moment would hold more than Max. Every such window can be slid right
// until it begins with a contact or with the moment itself without losing one, so only those are counted.
func (l *contactLimit) fits(m *scruple.Message, touches []scruple.Touch, at time.Time) bool {
	from, to := at.Add(-l.window), at.Add(l.window)
	near := 0
	for i := range touches {
		t := &touches[i]
		if (t.At.IsZero() || t.At.After(from) && t.At.Before(to)) && l.counts(m, t) {
			near++
		}
	}
	if near < l.Max {
		return true
	}
	if l.hold(m, touches, at) >= l.Max {
		return false
	}
	for i := range touches {
		t := &touches[i]
		if t.At.After(from) && !t.At.After(at) && l.counts(m, t) && l.hold(m, touches, t.At) >= l.Max {
			return false
		}
	}
	return true
}

// hold counts the contacts of the window that begins at start.
func (l *contactLimit) hold(m *scruple.Message, touches []scruple.Touch, start time.Time) int {
	end, n := start.Add(l.window), 0
	for i := range touches {
		t := &touches[i]
		if (t.At.IsZero() || !t.At.Before(start) && t.At.Before(end)) && l.counts(m, t) {
			n++
		}
	}
	return n
}
