package compliance

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/scruple/scruple"
)

const waiverRules = `market: uk
rules:
- id: uk.house.shiny
  kind: claim
  verdict: hold
  basis: [{law: House style, source: policy}]
  title: {en: Shiny}
  why: {en: We do not say shiny.}
  fix: {en: Leave it out.}
  match: {any: [shiny]}
  flag: [a shiny account, shiny things]
  pass: [a plain account, plain things]
- id: uk.house.dull
  kind: claim
  verdict: block
  basis: [{law: House style, source: policy}]
  title: {en: Dull}
  why: {en: We do not say dull.}
  fix: {en: Leave it out.}
  match: {any: [dull]}
  flag: [a dull account, dull things]
  pass: [a plain account, plain things]
- id: uk.house.address
  kind: gate
  verdict: block
  basis: [{law: House style, source: policy}]
  title: {en: Address}
  why: {en: Without an address nothing can be sent.}
  fix: {en: Find it.}
  gate: address
  flag:
  - {now: 2026-11-02T10:00:00Z, message: {channel: sms}}
  - {now: 2026-11-02T10:00:00Z, message: {channel: email}}
  pass:
  - {now: 2026-11-02T10:00:00Z, message: {channel: email, to: ann@example.com}}
  - {now: 2026-11-02T10:00:00Z, message: {channel: sms, to: "+447700900000"}}
`

const waiver = `waivers:
- id: w-1
  rule: uk.house.shiny
  reason: The word is part of the product's registered name.
  scope: {templates: [spring], words: [shiny]}
  by: may.marketing
  approved: ola.officer
  from: 2026-11-01
  to: 2026-12-31
`

func waived(t *testing.T, change ...string) (*Book, error) {
	t.Helper()
	return Load(fstest.MapFS{
		"rules.yaml":   {Data: []byte(waiverRules)},
		"waivers.yaml": {Data: []byte(strings.NewReplacer(change...).Replace(waiver))},
	})
}

func TestWaiver(t *testing.T) {
	book, err := waived(t)
	if err != nil {
		t.Fatal(err)
	}
	message := func(text string) scruple.Message {
		return scruple.Message{Market: scruple.UK, Channel: scruple.SMS, Template: "spring@2", Text: text}
	}
	within := scruple.Facts{Now: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)}
	for name, c := range map[string]struct {
		change func(*scruple.Message, *scruple.Facts)
		want   scruple.Verdict
	}{
		"in scope":                  {nil, scruple.Pass},
		"another template":          {func(m *scruple.Message, _ *scruple.Facts) { m.Template = "autumn@1" }, scruple.Hold},
		"other words":               {func(m *scruple.Message, _ *scruple.Facts) { m.Text = "a Shiny account" }, scruple.Hold},
		"before its time":           {func(_ *scruple.Message, f *scruple.Facts) { f.Now = f.Now.AddDate(0, -1, 0) }, scruple.Hold},
		"expired on the day due":    {func(_ *scruple.Message, f *scruple.Facts) { f.Due = f.Now.AddDate(0, 2, 0) }, scruple.Hold},
		"on no day":                 {func(_ *scruple.Message, f *scruple.Facts) { f.Now = time.Time{} }, scruple.Hold},
		"approved by the author":    {func(_ *scruple.Message, f *scruple.Facts) { f.Authors = []string{"x", "ola.officer"} }, scruple.Hold},
		"written by who asked":      {func(_ *scruple.Message, f *scruple.Facts) { f.Authors = []string{"may.marketing"} }, scruple.Pass},
		"another rule objects, too": {func(m *scruple.Message, _ *scruple.Facts) { m.Text = "shiny and dull" }, scruple.Block},
	} {
		t.Run(name, func(t *testing.T) {
			m, f := message("a shiny account"), within
			if c.change != nil {
				c.change(&m, &f)
			}
			found := book.Check(&m, &f)
			if found.Verdict() != c.want {
				t.Errorf("%s, want %s: %+v", found.Verdict(), c.want, found)
			}
			if c.want == scruple.Pass && (len(found) != 1 || found[0].Waiver != "w-1") {
				t.Errorf("the finding has to stay, with its waiver: %+v", found)
			}
		})
	}
	if w := book.Waivers(); len(w) != 1 || w[0].File != "waivers.yaml" || w[0].Line != 2 {
		t.Errorf("waivers: %+v", w)
	}
	plain, err := Load(fstest.MapFS{"rules.yaml": {Data: []byte(waiverRules)}})
	if err != nil {
		t.Fatal(err)
	}
	if plain.Digest() == book.Digest() {
		t.Error("a waiver does not change the digest of the book")
	}
}

func TestWaiverIsRefused(t *testing.T) {
	for name, c := range map[string]struct{ old, new, want string }{
		"no reason":      {"The word is part of the product's registered name.", "ok", "needs a reason"},
		"one pair eyes":  {"ola.officer", "may.marketing", "may not approve it"},
		"nobody":         {"ola.officer", `""`, "needs two people"},
		"no end":         {"2026-12-31", `""`, "needs from and to"},
		"too long":       {"2026-12-31", "2028-01-01", "longer than a year"},
		"no scope":       {"{templates: [spring], words: [shiny]}", "{}", "needs a scope"},
		"no such rule":   {"uk.house.shiny", "uk.house.shinny", `did you mean "uk.house.shiny"?`},
		"a block":        {"uk.house.shiny", "uk.house.dull", "what is forbidden is not waived"},
		"a gate":         {"uk.house.shiny", "uk.house.address", "is a gate"},
		"wrong channel":  {"templates: [spring]", "channels: [smoke]", `"smoke" is none of`},
		"no id":          {"w-1", `""`, "needs an id"},
		"a mistyped key": {"approved:", "aproved:", `did you mean "approved"?`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := waived(t, c.old, c.new)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "waivers.yaml:") {
				t.Errorf("want an error with %q and its place, got %v", c.want, err)
			}
		})
	}
}

func TestOpinions(t *testing.T) {
	book, err := Load(fstest.MapFS{"rules.yaml": {Data: []byte(waiverRules)}})
	if err != nil {
		t.Fatal(err)
	}
	m := scruple.Message{Market: scruple.UK, Channel: scruple.SMS, Text: "Your money only ever goes up. A dull account."}
	says := func(o ...scruple.Opinion) scruple.Findings {
		return book.Check(&m, &scruple.Facts{Now: noon, Opinions: o})
	}
	alone := says()
	if len(alone) != 1 || alone.Verdict() != scruple.Block {
		t.Fatalf("without opinions: %+v", alone)
	}
	for name, c := range map[string]struct {
		o    scruple.Opinion
		adds int
	}{
		"words that stand there": {scruple.Opinion{Rule: "uk.house.shiny", Quote: "only ever goes up"}, 1},
		"a forbidding rule":      {scruple.Opinion{Rule: "uk.house.dull", Quote: "only ever goes up"}, 1},
		"words that do not":      {scruple.Opinion{Rule: "uk.house.shiny", Quote: "always goes up"}, 0},
		"no words":               {scruple.Opinion{Rule: "uk.house.shiny", Quote: " "}, 0},
		"an unknown rule":        {scruple.Opinion{Rule: "uk.house.sheen", Quote: "only ever goes up"}, 0},
		"a gate":                 {scruple.Opinion{Rule: "uk.house.address", Quote: "only ever goes up"}, 0},
		"what is found already":  {scruple.Opinion{Rule: "uk.house.dull", Quote: "A dull account"}, 0},
	} {
		found := says(c.o)
		if len(found) != 1+c.adds || found.Verdict() != scruple.Block {
			t.Errorf("%s: %+v", name, found)
		}
		for _, f := range found {
			if strings.HasPrefix(f.Detail, "second reader") && (f.Verdict != scruple.Hold || m.Text[f.Start:f.End] != f.Quote) {
				t.Errorf("%s: an opinion holds, and points at its words: %+v", name, f)
			}
		}
	}
	if f := book.Check(&m, &scruple.Facts{Now: noon, Unread: "the reader did not answer"}); len(f) != 2 {
		t.Errorf("nobody read it, and it is not held: %+v", f)
	}
}
