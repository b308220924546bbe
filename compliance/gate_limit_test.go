package compliance

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/scruple/scruple"
)

func TestContactLimit(t *testing.T) {
	const with = "limits: [{name: week, window: 7d, max: 2, classes: [marketing]}, {name: sms day, window: 24h, max: 1, channels: [sms]}]"
	const now = "now: 2026-11-20T10:00:00Z\n"
	touches := func(lines string) string { return now + "person: {touches: [" + lines + "]}" }
	testGate(t, "contact_limit", with, []gateCase{
		{"none", "", now, "", ""},
		{"one place left", "", touches("{at: 2026-11-18T10:00:00Z}"), "", ""},
		{"full", "", touches("{at: 2026-11-18T10:00:00Z}, {at: 2026-11-16T10:00:00Z, committed: true}"), scruple.Block, "limit week: 2 in 7d"},
		{"just left the window", "", touches("{at: 2026-11-18T10:00:00Z}, {at: 2026-11-13T10:00:00Z}"), "", ""},
		{"just in the window", "", touches("{at: 2026-11-18T10:00:00Z}, {at: 2026-11-13T10:00:01Z}"), scruple.Block, "week"},
		{"reserved after due", "", touches("{at: 2026-11-22T10:00:00Z}, {at: 2026-11-25T10:00:00Z}"), scruple.Block, "week"},
		{"before and after, never together", "", touches("{at: 2026-11-14T10:00:00Z}, {at: 2026-11-26T10:00:00Z}"), "", ""},
		{"before and after, together", "", touches("{at: 2026-11-16T10:00:00Z}, {at: 2026-11-22T10:00:00Z}"), scruple.Block, "week"},
		{"the same moment", "", touches("{channel: email, at: 2026-11-20T10:00:00Z}, {channel: email, at: 2026-11-20T10:00:00Z}"), scruple.Block, "week"},
		{"own reservation", "", touches("{message: m, at: 2026-11-20T10:00:00Z}, {at: 2026-11-18T10:00:00Z}"), "", ""},
		{"service does not count", "", touches("{class: service, channel: email, at: 2026-11-19T10:00:00Z}, {at: 2026-11-18T10:00:00Z}"), "", ""},
		{"service is limited on sms", "", touches("{class: service, at: 2026-11-20T09:00:00Z}"), scruple.Block, "sms day: 1 in 24h"},
		{"service message", "", touches("{channel: email, at: 2026-11-19T10:00:00Z}, {channel: email, at: 2026-11-18T10:00:00Z}") + "\nmessage: {class: service}", "", ""},
		{"all channels together", "", touches("{channel: push, at: 2026-11-19T10:00:00Z}, {channel: wechat, at: 2026-11-18T10:00:00Z}") + "\nmessage: {channel: email}", scruple.Block, "week"},
		{"at due, not at now", "", touches("{at: 2026-11-18T10:00:00Z}, {at: 2026-11-16T10:00:00Z}") + "\ndue: 2026-11-23T10:00:00Z", "", ""},
		{"a contact without a date", "", touches("{at: 2026-11-18T10:00:00Z}, {channel: email}"), scruple.Hold, "no date"},
		{"time unknown", "", "person: {touches: [{at: 2026-11-18T10:00:00Z}]}", scruple.Hold, "time unknown"},
		{"defer, but too late", with + "\nwhen_full: defer", touches("{at: 2026-11-18T10:00:00Z}, {at: 2026-11-16T10:00:00Z}") + "\nlatest_start: 2026-11-23T09:59:59Z", scruple.Block, "latest start"},
	})
}

func TestContactLimitDefers(t *testing.T) {
	const with = "limits: [{name: week, window: 168h, max: 2}]\nwhen_full: defer"
	const person = "person: {touches: [{at: 2026-11-18T10:00:00Z}, {at: 2026-11-16T10:00:00+01:00}, {at: 2026-11-25T10:00:00Z}]}"
	for latest, name := range map[string]string{"": "no bound", "\nlatest_start: 2026-11-25T10:00:00Z": "at the bound"} {
		m, f := mustExample(t, "now: 2026-11-20T10:00:00Z\n"+person+latest)
		got, found := mustGate(t, "contact_limit", with)(&m, &f)
		// On the 23rd the one of the 16th is out, but the 18th and the 25th at 10:00 are a full week apart: both fit from then.
		want := scruple.Finding{Rule: "t.gate", Kind: "gate", Verdict: scruple.Pass, Detail: "limit week: 2 in 168h", NotBefore: mustTime(t, "2026-11-23T09:00:00Z")}
		if diff := cmp.Diff(want, got); !found || diff != "" {
			t.Errorf("%s: %v", name, diff)
		}
		if got.NotBefore.Location() != time.UTC {
			t.Errorf("%s: not before in %v; a record reads the same wherever it was made", name, got.NotBefore.Location())
		}
	}
}

func TestContactsOfUnknownKindCount(t *testing.T) {
	check := mustGate(t, "contact_limit", "limits: [{name: week, window: 7d, max: 1, channels: [sms], classes: [marketing]}]")
	now := mustTime(t, "2026-11-20T10:00:00Z")
	m := scruple.Message{Channel: scruple.SMS}
	f := scruple.Facts{Now: now, Recipient: &scruple.Profile{}, Person: scruple.Person{Touches: []scruple.Touch{{At: now.Add(-time.Hour)}}}}
	if _, found := check(&m, &f); !found {
		t.Error("a contact without channel, class and message was not counted")
	}
}

// bruteFits says by the definition whether a message at hour d fits: every window that starts at a whole hour and contains d.
func bruteFits(touches []int, d, window, most int) bool {
	for start := d - window + 1; start <= d; start++ {
		n := 1
		for _, at := range touches {
			if start <= at && at < start+window {
				n++
			}
		}
		if n > most {
			return false
		}
	}
	return true
}

func TestContactLimitAgainstBruteForce(t *testing.T) {
	zero := mustTime(t, "2026-11-01T00:00:00Z")
	hour := func(n int) time.Time { return zero.Add(time.Duration(n) * time.Hour) }
	rapid.Check(t, func(t *rapid.T) {
		windows := rapid.SliceOfN(rapid.IntRange(1, 30), 1, 3).Draw(t, "windows")
		most := rapid.SliceOfN(rapid.IntRange(1, 4), len(windows), len(windows)).Draw(t, "most")
		hours := rapid.SliceOfN(rapid.IntRange(0, 80), 0, 14).Draw(t, "touches")
		due := rapid.IntRange(0, 80).Draw(t, "due")
		g := contactLimitGate{WhenFull: "defer"}
		for i := range windows {
			g.Limits = append(g.Limits, contactLimit{Name: fmt.Sprint(i), Max: most[i], window: time.Duration(windows[i]) * time.Hour})
		}
		f := scruple.Facts{Now: hour(due), Recipient: &scruple.Profile{}}
		for i, h := range hours {
			f.Person.Touches = append(f.Person.Touches, scruple.Touch{Message: fmt.Sprint("t", i), At: hour(h)})
		}
		fits := func(at int) bool {
			for i := range windows {
				if !bruteFits(hours, at, windows[i], most[i]) {
					return false
				}
			}
			return true
		}
		want := due
		for !fits(want) {
			want++
		}
		got, found := g.check(&Rule{ID: "t"}, &scruple.Message{ID: "m"}, &f)
		if found != (want != due) {
			t.Fatalf("objects: %v, want %v", found, want != due)
		}
		if found && !got.NotBefore.Equal(hour(want)) {
			t.Fatalf("not before %v, want %v", got.NotBefore, hour(want))
		}
		f.Now, f.Due = hour(due), hour(want)
		if again, found := g.check(&Rule{ID: "t"}, &scruple.Message{ID: "m"}, &f); found {
			t.Fatalf("the moment it named is full too: %+v", again)
		}
	})
}
