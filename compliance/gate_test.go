package compliance

import (
	"strings"
	"testing"
	"time"

	"github.com/scruple/scruple"
)

// gateCase is one line of a gate's table: an example, and what the gate must say to it.
type gateCase struct {
	name    string
	with    string // settings; "" takes the table's
	example string // YAML of gateExample
	verdict scruple.Verdict
	detail  string // part of the detail; with no verdict the gate must let the example through
}

func testGate(t *testing.T, gate, settings string, cases []gateCase) {
	t.Helper()
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			if tc.with == "" {
				tc.with = settings
			}
			check := mustGate(t, gate, tc.with)
			m, f := mustExample(t, tc.example)
			got, found := check(&m, &f)
			if found != (tc.verdict != "") || got.Verdict != tc.verdict {
				t.Fatalf("got %q (%s), found %v; want %q", got.Verdict, got.Detail, found, tc.verdict)
			}
			if !strings.Contains(got.Detail, tc.detail) {
				t.Errorf("detail %q, want it to say %q", got.Detail, tc.detail)
			}
			if found && (got.Rule != "t.gate" || got.Kind != "gate") {
				t.Errorf("finding of rule %q, kind %q", got.Rule, got.Kind)
			}
			if found {
				return
			}
			if n := testing.AllocsPerRun(20, func() { check(&m, &f) }); n > 0 {
				t.Errorf("%v allocations on the way through, want none", n)
			}
		})
	}
}

func mustGate(t testing.TB, gate, settings string) gateFunc {
	t.Helper()
	check, err := compileGate(gate, []byte(settings), &Rule{ID: "t.gate", Kind: "gate", Verdict: scruple.Block})
	if err != nil {
		t.Fatalf("compile %s: %v", gate, err)
	}
	return check
}

func mustExample(t testing.TB, src string) (scruple.Message, scruple.Facts) {
	t.Helper()
	m, f, err := gateExample([]byte(src))
	if err != nil {
		t.Fatalf("example: %v", err)
	}
	return m, f
}

func mustTime(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestCompileGateSaysWhatIsWrong(t *testing.T) {
	for name, tc := range map[string]struct{ gate, with, want string }{
		"unknown gate":       {"quiet_hour", "", "the gates are address, age, consent"},
		"unknown key":        {"consent", "purpose: [marketing]", `did you mean "purposes"`},
		"key of no use":      {"address", "channels: [sms]", "unknown key"},
		"max age":            {"consent", "max_age: 2y", "expected one such as"},
		"max age in days":    {"consent", "max_age: 99999d", "36500d"},
		"require and more":   {"consent", "require: false\nmax_age: 30d", "require: false"},
		"zone":               {"age", "zone: Asia/Beijing\nadult: 18", "IANA"},
		"local zone":         {"age", "zone: Local", "IANA"},
		"no zone":            {"product_status", "", "IANA"},
		"review alone":       {"age", "zone: UTC\nreview_from: 65", "go together"},
		"review of no grade": {"age", "zone: UTC\nreview_from: 65\nrisk_from: high", "R1 to R5"},
		"needs":              {"suitability", "zone: UTC\nratings: [C1]", "needs is missing"},
		"needs rating":       {"suitability", "zone: UTC\nratings: [C1]\nneeds: {R1: C2}", `"C2" is not one of ratings`},
		"needs in order":     {"suitability", "zone: UTC\nratings: [C1]\nneeds: {R2: C8, R5: C7, R1: C9, R3: C6}", `"C9" is not one of ratings`},
		"ignore":             {"suppression", "ignore: [unsubscribed]", "needs reasons"},
		"reason twice":       {"suppression", "reasons: [bounced]\nignore: [bounced]", "stands under reasons too"},
		"types":              {"student", "", "types is missing"},
		"limits":             {"contact_limit", "", "limits is missing"},
		"window":             {"contact_limit", "limits: [{name: a, window: week, max: 1}]", "168h"},
		"window zero":        {"contact_limit", "limits: [{name: a, window: 0d, max: 1}]", "from 1d"},
		"max":                {"contact_limit", "limits: [{name: a, window: 7d, max: 0}]", "at least 1"},
		"when full":          {"contact_limit", "limits: [{name: a, window: 7d, max: 1}]\nwhen_full: wait", "withhold or defer"},
		"open":               {"quiet_hours", "open: 8am\nclose: '21:00'\nzones: [UTC]", "no time of day"},
		"close":              {"quiet_hours", "open: '08:00'\nclose: '24:01'\nzones: [UTC]", "no time of day"},
		"night":              {"quiet_hours", "open: '22:00'\nclose: '06:00'\nzones: [UTC]", "later than open"},
		"no zones":           {"quiet_hours", "open: '08:00'\nclose: '21:00'", "zones is missing"},
		"zone in list":       {"quiet_hours", "open: '08:00'\nclose: '21:00'\nzones: [UTC, Mars]", `"Mars"`},
		"day":                {"quiet_hours", "open: '08:00'\nclose: '21:00'\nzones: [UTC]\ndays: [monday]", "expected one of"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := compileGate(tc.gate, []byte(tc.with), &Rule{ID: "t.gate"})
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want an error with %q", err, tc.want)
			}
		})
	}
}

func TestAddress(t *testing.T) {
	testGate(t, "address", "", []gateCase{
		{"there", "", "message: {to: '+8613800000000'}", "", ""},
		{"missing", "", "message: {channel: email}", scruple.Block, "no address"},
		{"blank", "", "message: {to: '  '}", scruple.Block, "no address"},
	})
}

func TestParseDay(t *testing.T) {
	for in, want := range map[scruple.Date]day{
		"2026-11-22": 20261122, "2024-02-29": 20240229, "2026-12-31": 20261231,
		"2026-02-29": 0, "2026-13-01": 0, "2026-00-10": 0, "2026-01-00": 0, "20261122": 0, "2026-1-222": 0, "2026/11/22": 0, "": 0, "2026-+1-01": 0,
	} {
		got, ok := parseDay(in)
		if ok != (want != 0) || ok && got != want {
			t.Errorf("%q: got %d, %v; want %d", in, got, ok, want)
		}
		if ok != in.Valid() {
			t.Errorf("%q: valid %v here, %v in scruple.Date", in, ok, in.Valid())
		}
	}
}

func TestGateExampleNamesTheKey(t *testing.T) {
	if _, _, err := gateExample([]byte("persn: {touches: []}")); err == nil || !strings.Contains(err.Error(), `did you mean "person"`) {
		t.Errorf("got %v", err)
	}
}

func FuzzGateExample(f *testing.F) {
	f.Add([]byte("now: 2026-11-02T10:00:00+08:00\nperson: {touches: [{at: 2026-11-01T10:00:00+08:00}]}"))
	f.Add([]byte("product: {type: fund, risk: R4}\nrecipient: {rating: C2, rated_until: 2026-12-31}"))
	f.Add([]byte("message: [")) // not a mapping
	f.Fuzz(func(t *testing.T, src []byte) {
		if _, facts, err := gateExample(src); err == nil && facts.Recipient == nil {
			t.Error("an example without a recipient")
		}
	})
}
