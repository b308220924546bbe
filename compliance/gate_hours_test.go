package compliance

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/scruple/scruple"
)

const usHours = "channels: [sms]\nopen: '08:00'\nclose: '21:00'\nzones: [America/New_York, America/Los_Angeles]"

func TestQuietHoursLetThrough(t *testing.T) {
	testGate(t, "quiet_hours", usHours, []gateCase{
		{"opening", "", "now: 2026-06-01T08:00:00-04:00\nrecipient: {zone: America/New_York}", "", ""},
		{"last second", "", "now: 2026-06-01T20:59:59-04:00\nrecipient: {zone: America/New_York}", "", ""},
		{"other channel", "", "now: 2026-06-01T03:00:00-04:00\nrecipient: {zone: America/New_York}\nmessage: {channel: email}", "", ""},
		{"zone unknown, all open", "", "now: 2026-06-01T11:00:00-04:00", "", ""},
		{"zone outside the market", "", "now: 2026-06-01T12:00:00+09:00\nrecipient: {zone: Asia/Tokyo}", "", ""},
		{"time unknown", "", "recipient: {zone: America/New_York}", scruple.Hold, "time unknown"},
		{"opens after the latest start", "", "now: 2026-06-01T22:00:00-04:00\nlatest_start: 2026-06-02T07:59:59-04:00\nrecipient: {zone: America/New_York}", scruple.Block, "after the latest start"},
		{"zones never open together", "open: '08:00'\nclose: '09:00'\nzones: [America/New_York, Asia/Shanghai]", "now: 2026-06-01T08:30:00-04:00", scruple.Block, "never open together"},
	})
}

func TestQuietHoursNameTheNextOpening(t *testing.T) {
	for name, tc := range map[string]struct{ with, example, want string }{
		"evening":                  {usHours, "now: 2026-06-01T21:00:00-04:00\nrecipient: {zone: America/New_York}", "2026-06-02T12:00:00Z"},
		"before dawn":              {usHours, "now: 2026-06-01T03:00:00-04:00\nrecipient: {zone: America/New_York}", "2026-06-01T12:00:00Z"},
		"fraction of a second":     {usHours, "now: 2026-06-01T07:59:59.5-04:00\nrecipient: {zone: America/New_York}", "2026-06-01T12:00:00Z"},
		"US March, clocks forward": {usHours, "now: 2026-03-07T22:00:00-05:00\nrecipient: {zone: America/New_York}", "2026-03-08T12:00:00Z"},
		"US November, clocks back": {usHours, "now: 2026-10-31T22:00:00-04:00\nrecipient: {zone: America/New_York}", "2026-11-01T13:00:00Z"},
		"London October":           {usHours, "now: 2026-10-24T22:00:00+01:00\nrecipient: {zone: Europe/London}", "2026-10-25T08:00:00Z"},
		"London March":             {usHours, "now: 2026-03-28T22:00:00Z\nrecipient: {zone: Europe/London}", "2026-03-29T07:00:00Z"},
		"opening in the gap":       {"open: '02:30'\nclose: '05:00'\nzones: [UTC]", "now: 2026-03-08T00:00:00-05:00\nrecipient: {zone: America/New_York}", "2026-03-08T07:00:00Z"},
		"opening that comes twice": {"open: '01:30'\nclose: '05:00'\nzones: [UTC]", "now: 2026-11-01T00:00:00-04:00\nrecipient: {zone: America/New_York}", "2026-11-01T05:30:00Z"},
		"closed again":             {"open: '01:30'\nclose: '05:00'\nzones: [UTC]", "now: 2026-11-01T01:10:00-05:00\nrecipient: {zone: America/New_York}", "2026-11-01T06:30:00Z"},
		"zone unknown":             {usHours, "now: 2026-06-01T09:00:00-04:00", "2026-06-01T15:00:00Z"},
		"zone misspelt":            {usHours, "now: 2026-06-01T22:00:00-04:00\nrecipient: {zone: New York}", "2026-06-02T15:00:00Z"},
		"zone Local":               {usHours, "now: 2026-06-01T09:00:00-04:00\nrecipient: {zone: Local}", "2026-06-01T15:00:00Z"},
		"due, not now":             {usHours, "now: 2026-06-01T09:00:00-04:00\ndue: 2026-06-01T23:00:00-04:00\nrecipient: {zone: America/New_York}", "2026-06-02T12:00:00Z"},
		"at the latest start":      {usHours, "now: 2026-06-01T22:00:00-04:00\nlatest_start: 2026-06-02T12:00:00Z\nrecipient: {zone: America/New_York}", "2026-06-02T12:00:00Z"},
		"over the weekend":         {"open: '09:00'\nclose: '17:00'\ndays: [mon, tue, wed, thu, fri]\nzones: [UTC]", "now: 2026-10-23T18:00:00+01:00\nrecipient: {zone: Europe/London}", "2026-10-26T09:00:00Z"},
		"weekend noon":             {"open: '09:00'\nclose: '17:00'\ndays: [mon]\nzones: [UTC]", "now: 2026-10-25T12:00:00Z\nrecipient: {zone: Europe/London}", "2026-10-26T09:00:00Z"},
		"a day that never was":     {"open: '08:00'\nclose: '21:00'\ndays: [fri]\nzones: [UTC]", "now: 2011-12-30T09:00:00Z\nrecipient: {zone: Pacific/Apia}", "2012-01-05T18:00:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			m, f := mustExample(t, tc.example)
			got, found := mustGate(t, "quiet_hours", tc.with)(&m, &f)
			if !found || got.Verdict != scruple.Pass || got.NotBefore.Format(time.RFC3339Nano) != tc.want {
				t.Errorf("got %v, %q (%s) not before %s; want pass, %s", found, got.Verdict, got.Detail, got.NotBefore.Format(time.RFC3339Nano), tc.want)
			}
			if !strings.HasPrefix(got.Detail, "outside ") {
				t.Errorf("detail %q", got.Detail)
			}
		})
	}
}

// The clock's minutes are walked one by one: the moment named is the first that is open, and it is open.
func TestNextOpeningAgainstBruteForce(t *testing.T) {
	names := []string{"America/New_York", "Europe/London", "Asia/Shanghai", "Australia/Lord_Howe", "America/St_Johns", "Asia/Kathmandu", "Africa/Casablanca"}
	begin := mustTime(t, "2026-01-01T00:00:00Z")
	rapid.Check(t, func(t *rapid.T) {
		var span []*time.Location
		for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom(names), 1, 2, rapid.ID).Draw(t, "zones") {
			span = append(span, loadZone(name))
		}
		from := rapid.IntRange(0, 23*60).Draw(t, "open")
		to := rapid.IntRange(from+1, 24*60).Draw(t, "close")
		h := hours{from: time.Duration(from) * time.Minute, to: time.Duration(to) * time.Minute}
		for range rapid.IntRange(1, 7).Draw(t, "days") {
			h.days[rapid.IntRange(0, 6).Draw(t, "day")] = true
		}
		// The second half of the draws lies within a day of a change of New York's or London's clock.
		due := begin.Add(time.Duration(rapid.IntRange(0, 730*24*3600).Draw(t, "second")) * time.Second)
		if rapid.Bool().Draw(t, "near a change") {
			_, due = due.In(span[0]).ZoneBounds()
			if due.IsZero() {
				due = begin
			}
			due = due.Add(time.Duration(rapid.IntRange(-24*3600, 24*3600).Draw(t, "offset")) * time.Second)
		}
		open := func(at time.Time) bool {
			return !slices.ContainsFunc(span, func(zone *time.Location) bool { return !h.open(at.In(zone)) })
		}
		want, limit := due, due.Add(28*24*time.Hour)
		for !open(want) && want.Before(limit) {
			want = want.Truncate(time.Minute).Add(time.Minute)
		}
		got, ok := h.nextInAll(due, span)
		if ok != want.Before(limit) {
			t.Fatalf("found %v (%v), want %v", ok, got, want)
		}
		if ok && !got.Equal(want) {
			t.Fatalf("got %v, want %v", got, want)
		}
		if one := h.next(due, span[0]); len(span) == 1 && !one.Equal(want) {
			t.Fatalf("in one zone: got %v, want %v", one, want)
		}
	})
}

func TestZonesAreSafeTogetherAndBounded(t *testing.T) {
	var z zones
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 800 {
				if z.find(fmt.Sprintf("Nowhere/%d-%d", g, i)) != nil {
					t.Error("found a place that is not there")
				}
				if z.find("Europe/London") == nil {
					t.Error("London is gone")
				}
			}
		})
	}
	wg.Wait()
	if n := len(*z.known.Load()); n > zoneCacheSize {
		t.Errorf("%d zones kept, want at most %d", n, zoneCacheSize)
	}
}

func BenchmarkGates(b *testing.B) {
	checks := []gateFunc{
		mustGate(b, "consent", "max_age: 730d\nwording: [v2, v3]"),
		mustGate(b, "suppression", ""),
		mustGate(b, "suitability", "zone: Asia/Shanghai\nratings: [C1, C2, C3, C4, C5]\nneeds: {R1: C1, R2: C2, R3: C3, R4: C4, R5: C5}"),
		mustGate(b, "product_status", "zone: Asia/Shanghai"),
		mustGate(b, "age", "zone: Asia/Shanghai\nadult: 18\noldest: 120\nreview_from: 65\nrisk_from: R3"),
		mustGate(b, "private_placement", ""),
		mustGate(b, "student", "types: [loan]"),
		mustGate(b, "contact_limit", "limits: [{name: week, window: 7d, max: 3}, {name: month, window: 30d, max: 8}]"),
		mustGate(b, "quiet_hours", "open: '08:00'\nclose: '21:00'\nzones: [Asia/Shanghai]"),
		mustGate(b, "address", ""),
	}
	m, f := mustExample(b, `{now: 2026-11-02T10:00:00+08:00, message: {to: "13800000000"},
  product: {type: fund, status: on_sale, risk: R3, from: 2026-01-01, to: 2026-12-31, regions: [Shanghai]},
  recipient: {birth: 1980-01-01, rating: C4, rated_until: 2026-12-31, zone: Asia/Shanghai, region: Shanghai},
  person: {consents: [{action: grant, wording: v2, at: 2026-01-01T00:00:00Z}],
    touches: [{at: 2026-10-10T10:00:00Z}, {at: 2026-10-20T10:00:00Z}, {at: 2026-10-28T10:00:00Z}, {at: 2026-10-30T10:00:00Z}]}}`)
	b.ReportAllocs()
	for b.Loop() {
		for _, check := range checks {
			if got, found := check(&m, &f); found {
				b.Fatal(got.Detail)
			}
		}
	}
}
