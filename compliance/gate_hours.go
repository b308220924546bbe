package compliance

import (
	"slices"
	"strings"
	"time"

	"github.com/scruple/scruple"
)

// quietHoursGate lets messages leave only while it is day where the recipient is. Outside it says when the next opening is.
type quietHoursGate struct {
	// Channels are the ones with quiet hours. Empty: all.
	Channels []scruple.Channel `yaml:"channels"`
	// Open and Close bound the day in the recipient's local time, "08:00" to "21:00": the first included, the second not.
	Open  string `yaml:"open"`
	Close string `yaml:"close"`
	// Days are mon to sun. Empty: every day.
	Days []string `yaml:"days"`
	// Zones are those the market spans. To a recipient whose zone is not known a message goes only while all are open.
	Zones []string `yaml:"zones"`

	hours hours
	span  []*time.Location
	found zones
}

func makeQuietHours(w with, r *Rule) (gateFunc, error) {
	g := new(quietHoursGate)
	if err := w.decode(g); err != nil {
		return nil, err
	}
	if err := g.hours.read(w, g.Open, g.Close, g.Days); err != nil {
		return nil, err
	}
	if len(g.Zones) == 0 {
		return nil, w.errorf("$.zones", "zones is missing; expected the time zones the market spans, such as [Asia/Shanghai]")
	}
	for i, name := range g.Zones {
		zone, err := w.zone(indexed("$.zones", i), name)
		if err != nil {
			return nil, err
		}
		g.span = append(g.span, zone)
	}
	return func(m *scruple.Message, f *scruple.Facts) (scruple.Finding, bool) { return g.check(r, m, f) }, nil
}

func (g *quietHoursGate) check(r *Rule, m *scruple.Message, f *scruple.Facts) (scruple.Finding, bool) {
	if len(g.Channels) > 0 && !slices.Contains(g.Channels, m.Channel) {
		return through()
	}
	due, ok := dueOf(f)
	if !ok {
		return r.unknown("time unknown")
	}
	if zone := g.found.find(f.Recipient.Zone); zone != nil {
		if g.hours.open(due.In(zone)) {
			return through()
		}
		return g.later(r, f, g.hours.next(due, zone), " in the recipient's zone")
	}
	at, ok := g.hours.nextInAll(due, g.span)
	switch {
	case !ok:
		return r.finding("zone unknown, and the market's zones are never open together")
	case at.Equal(due):
		return through()
	}
	return g.later(r, f, at, " in some zone of the market, zone unknown")
}

func (g *quietHoursGate) later(r *Rule, f *scruple.Facts, at time.Time, where string) (scruple.Finding, bool) {
	detail := "outside " + g.Open + "-" + g.Close + where
	if len(g.Days) > 0 {
		detail = "outside " + strings.Join(g.Days, " ") + " " + g.Open + "-" + g.Close + where
	}
	if !f.LatestStart.IsZero() && at.After(f.LatestStart) {
		return r.finding(detail + ", next opening after the latest start")
	}
	return scruple.Finding{Rule: r.ID, Kind: "gate", Verdict: scruple.Pass, Detail: detail, NotBefore: at.UTC()}, true
}

// hours are the same on each of their days.
type hours struct {
	from, to time.Duration // since midnight on the wall clock
	days     [7]bool
}

func (h *hours) read(w with, from, to string, days []string) (err error) {
	if h.from, err = parseClock(from); err != nil {
		return w.errorf("$.open", "open: %v", err)
	}
	if h.to, err = parseClock(to); err != nil {
		return w.errorf("$.close", "close: %v", err)
	}
	if h.from >= h.to {
		return w.errorf("$.close", "close must be later than open on the same day")
	}
	names := []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}
	for i, name := range days {
		d := slices.Index(names, name)
		if d < 0 {
			return w.errorf(indexed("$.days", i), "%q is no day; expected one of %s", name, strings.Join(names, ", "))
		}
		h.days[d] = true
	}
	if len(days) == 0 {
		h.days = [7]bool{true, true, true, true, true, true, true}
	}
	return nil
}

// open reports whether the wall clock of a moment, in its own location, lies in the hours.
func (h *hours) open(local time.Time) bool {
	clock := sinceMidnight(local)
	return h.from <= clock && clock < h.to && h.days[local.Weekday()]
}

// next returns the first moment from t on that is open in the zone. Where the clock is set forward over the opening it is
// the moment of the change; where it is set back, the opening may come twice, and either is one. Between two changes of the
// clock the offset is fixed, so each such stretch is searched by plain arithmetic.
func (h *hours) next(t time.Time, zone *time.Location) time.Time {
	for {
		local := t.In(zone)
		if h.open(local) {
			return t
		}
		at := h.nextAtOffset(local)
		_, change := local.ZoneBounds()
		if change.IsZero() || at.Before(change) {
			return at
		}
		t = change
	}
}

// nextAtOffset returns the next opening after a closed moment if the clock is never changed.
func (h *hours) nextAtOffset(local time.Time) time.Time {
	day, wait := local.Weekday(), h.from-sinceMidnight(local)
	for wait < 0 || !h.days[day] {
		wait += 24 * time.Hour
		day = (day + 1) % 7
	}
	return local.Add(wait)
}

// nextInAll returns the first moment from t on that is open in every zone, or false when none is within four weeks.
func (h *hours) nextInAll(t time.Time, span []*time.Location) (time.Time, bool) {
	for at := t; at.Sub(t) < 28*24*time.Hour; {
		moved := false
		for _, zone := range span {
			if next := h.next(at, zone); next.After(at) {
				at, moved = next, true
			}
		}
		if !moved {
			return at, true
		}
	}
	return time.Time{}, false
}

func sinceMidnight(t time.Time) time.Duration {
	h, m, s := t.Clock()
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(s)*time.Second + time.Duration(t.Nanosecond())
}
