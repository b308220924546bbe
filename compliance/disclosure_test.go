package compliance

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/scruple/scruple"
)

// ruleBook loads one rule with the keys given. Its two flag and pass examples are not looked at: they come with the keys.
func ruleBook(t *testing.T, keys string) *Book {
	t.Helper()
	src := `market: uk
rules:
- id: uk.trial
  kind: disclosure
  verdict: hold
  basis:
  - {law: House standard, source: policy}
  title: {en: Trial}
  why: {en: For this test.}
  fix: {en: None.}
` + keys
	return loadOne(t, src)
}

// loadOne loads a book of one file.
func loadOne(t *testing.T, src string) *Book {
	t.Helper()
	b, err := Load(fstest.MapFS{"trial.yaml": {Data: []byte(src)}})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const badger = `  exact:
  - "Badgers dig at night [and in the morning]. Do not expect (them|badgers) to fill # holes & go home."
  flag: [Nothing., "Badgers dig."]
  pass:
  - "Badgers dig at night. Do not expect them to fill 3 holes and go home."
  - "Badgers dig at night and in the morning. Do not expect badgers to fill 12 holes & go home"
`

func TestPrescribedTextIsLaidBesideTheMessage(t *testing.T) {
	b := ruleBook(t, badger)
	for text, want := range map[string][2]string{
		"BADGERS DIG AT NIGHT; do not expect them to fill 3 holes & go home!":                        {},
		"Hello. Badgers dig at night. Do expect them to fill 3 holes and go home.":                   {"Do expect", `left out "not" before "expect them to fill"`},
		"Badgers dig at night. Do not expect them to fill many holes and go home.":                   {"many", `expected "#", found "many"`},
		"Badgers dig at night. Do not expect them to quickly fill 3 holes and go home.":              {"quickly", `added "quickly"`},
		"Badgers dig at night. Do not expect them to fill":                                           {"fill", `it breaks off before "# holes and go home"`},
		"Badgers sleep at night. You should not hope for them to fill 3 holes and go home. Goodbye.": {"sleep", `expected "dig", found "sleep"; expected "Do", found "you should"; expected "expect", found "hope for"`},
		"Foxes bark.": {"", "the prescribed text is not there"},
		"Badgers dig at night. Do not expect them to fill 3 holes and go homeward.": {"homeward", `expected "home", found "homeward"`},
	} {
		fs := b.Check(&scruple.Message{Market: scruple.UK, Channel: scruple.Push, Text: text}, nil)
		if want[1] == "" && len(fs) > 0 || want[1] != "" && (len(fs) != 1 || fs[0].Quote != want[0] || !strings.HasSuffix(fs[0].Detail, want[1])) {
			t.Errorf("%s\ngot  %+v\nwant %q", text, fs, want)
		}
	}
}

func TestChangedTextIsFoundInExcerpts(t *testing.T) {
	b := ruleBook(t, badger)
	for text, want := range map[string]string{
		"Badgers dig at night. Do not expect them to fill 3 holes": "",
		"Our branch is open.": "",
		"Badgers dig at night. Do expect them to fill 3 holes": "Do expect",
	} {
		fs := b.Check(&scruple.Message{Market: scruple.UK, Channel: scruple.Push, Text: text, Excerpt: true}, nil)
		if got := quotes(fs, "uk.trial"); want == "" && len(fs) > 0 || want != "" && (len(got) != 1 || got[0] != want) {
			t.Errorf("%s: %+v", text, fs)
		}
	}
}

func TestHanTextNamesTheDroppedSign(t *testing.T) {
	b := ruleBook(t, `  exact: ["基金过往业绩不代表其未来表现，投资须谨慎"]
  flag: [基金今日开售, 投资须谨慎]
  pass: [基金过往业绩不代表其未来表现 投资须谨慎, "基金过往业绩，不代表其未来表现；投资须谨慎！"]
`)
	fs := b.Check(&scruple.Message{Market: scruple.UK, Text: "【行】今日开售。基金过往业绩代表其未来表现，投资须谨慎"}, nil)
	if len(fs) != 1 || fs[0].Quote != "绩代" || !strings.HasSuffix(fs[0].Detail, `left out "不" before "代表其未"`) {
		t.Errorf("got %+v", fs)
	}
}

func TestToleranceMakesTextStrict(t *testing.T) {
	for tolerance, want := range map[string]string{
		"[width, quotes, punctuation]": "capital and small letters differ",
		"[case, width, quotes]":        "punctuation differ",
		"[case, quotes, punctuation]":  "",
		"[case, width, punctuation]":   "",
	} {
		b := ruleBook(t, `  exact: ["HELP: 3 BADGERS DIG AT NIGHT, ALWAYS"]
  tolerance: `+tolerance+`
  flag: [Nothing., "Badgers dig."]
  pass: ["HELP: 3 BADGERS DIG AT NIGHT, ALWAYS", "So. HELP: 3 BADGERS DIG AT NIGHT, ALWAYS."]
`)
		fs := b.Check(&scruple.Message{Market: scruple.UK, Text: "Help. 3 badgers dig at night; always"}, nil)
		if want == "" && len(fs) > 0 || want != "" && (len(fs) != 1 || !strings.Contains(fs[0].Detail, want)) {
			t.Errorf("%s: %+v", tolerance, fs)
		}
	}
}

func TestUnitsInSeveralClauses(t *testing.T) {
	b := ruleBook(t, `  units:
  - {name: no den is a deposit, all: [[den, burrow*], [deposit*, savings account*]], negated: required}
  - {name: dens may fall in, any: [fall in, collapse], negated: forbidden}
  flag: [A den., "A den is a deposit, and may fall in."]
  pass: ["Not a deposit, this den, and it may fall in.", "It may collapse. A burrow is not a savings account."]
`)
	for text, want := range map[string][2]string{
		"A savings account, as you know, a den is not. It may collapse.": {},
		"A den is a deposit. It may fall in.":                            {"den is a deposit", "says the opposite of: no den is a deposit"},
		"A den is not a deposit. It will never fall in.":                 {"fall in", "says the opposite of: dens may fall in"},
		"A den. Not a deposit. It may fall in.":                          {"", "not said: no den is a deposit"},
	} {
		fs := b.Check(&scruple.Message{Market: scruple.UK, Text: text}, nil)
		if want[1] == "" && len(fs) > 0 || want[1] != "" && (len(fs) != 1 || fs[0].Quote != want[0] || fs[0].Detail != want[1]) {
			t.Errorf("%s: %+v", text, fs)
		}
	}
}

func TestWhenLooksAtTheProductAndTheSale(t *testing.T) {
	b := ruleBook(t, `  when: {any: [burrow*], near: [return*], affirmed: true, sold: [apply, buy], has: {class: [den, sett]}, rates: [apr], risk: [R4, R5]}
  units: [{name: care, any: [take care]}]
  flag:
  - {text: "Burrows with returns. Buy.", product: {type: fund, risk: R4, rates: [{kind: apr, low: 1, high: 1, unit: "%"}], terms: {class: den}}}
  - {text: "Apply: a return from burrows.", product: {type: fund, risk: R5, rates: [{kind: apr, low: 1, high: 1, unit: "%"}], terms: {class: sett}}}
  pass: [Nothing., Take care.]
`)
	product := func() *scruple.Product {
		return &scruple.Product{Type: "fund", Risk: "R4", Rates: []scruple.Rate{{Kind: "apr", High: 2}}, Terms: map[string]string{"class": "den"}}
	}
	for name, tc := range map[string]struct {
		text   string
		change func(*scruple.Product)
		due    bool
	}{
		"due":           {"Buy burrows for returns.", nil, true},
		"not sold":      {"Burrows bring returns.", nil, false},
		"not near":      {"Buy burrows. They are deep. Their return is known.", nil, false},
		"denied":        {"Buy today. There are no burrows with returns.", nil, false},
		"another class": {"Buy burrows for returns.", func(p *scruple.Product) { p.Terms["class"] = "tree" }, false},
		"no such rate":  {"Buy burrows for returns.", func(p *scruple.Product) { p.Rates[0].High = 0 }, false},
		"another grade": {"Buy burrows for returns.", func(p *scruple.Product) { p.Risk = "R2" }, false},
	} {
		p := product()
		if tc.change != nil {
			tc.change(p)
		}
		fs := b.Check(&scruple.Message{Market: scruple.UK, Text: tc.text}, &scruple.Facts{Product: p})
		if got := len(fs) > 0; got != tc.due {
			t.Errorf("%s: due %v, want %v: %+v", name, got, tc.due, fs)
		}
	}
}

func TestFirstOnAPhone(t *testing.T) {
	b := ruleBook(t, `  units: [{name: care, any: [take care]}]
  first: {sms: 1, push: 40}
  flag: [Nothing., Badgers.]
  pass: [Take care., Now take care.]
`)
	filler := strings.Repeat("Badgers dig. ", 12)
	for _, tc := range []struct {
		channel scruple.Channel
		text    string
		want    string
	}{
		{scruple.SMS, "Take care. " + filler, ""},
		{scruple.SMS, filler + "Take care.", "segment 2"},
		{scruple.SMS, filler[:140] + " Take care.", ""},
		{scruple.SMS, "獾 " + filler[:100] + " Take care.", "segment 2"},
		{scruple.Push, "Badgers dig, so    take care. " + filler, ""},
		{scruple.Push, filler[:36] + " Take care.", "character 46"},
		{scruple.Email, filler + "Take care.", ""},
	} {
		fs := b.Check(&scruple.Message{Market: scruple.UK, Channel: tc.channel, Text: tc.text}, nil)
		if tc.want == "" && len(fs) > 0 || tc.want != "" && (len(fs) != 1 || !strings.Contains(fs[0].Detail, tc.want) || fs[0].Quote != "Take care") {
			t.Errorf("%s %q: %+v", tc.channel, tc.text, fs)
		}
	}
}

func TestTextOfAnotherRuleIsNamed(t *testing.T) {
	head := "market: uk\nrules:\n"
	rule := func(id, products, text string) string {
		return `- {id: ` + id + `, kind: disclosure, verdict: hold, basis: [{law: House, source: policy}], applies: {products: [` + products + `]},
   title: {en: T}, why: {en: W}, fix: {en: F}, exact: ["` + text + `"], flag: [Nothing., No.], pass: ["` + text + `", "So: ` + text + `"]}
`
	}
	one, two := "Dens may take years to sell, so only buy what you can wait for.", "Setts may be lost, so only buy with money that you can lose."
	b, err := Load(fstest.MapFS{"x.yaml": {Data: []byte(head + rule("uk.den", "fund", one) + rule("uk.sett", "crypto", two))}})
	if err != nil {
		t.Fatal(err)
	}
	fs := b.Check(&scruple.Message{Market: scruple.UK, Text: "New! " + one}, &scruple.Facts{Product: &scruple.Product{Type: "crypto"}})
	if len(fs) != 1 || fs[0].Quote != strings.TrimSuffix(one, ".") || !strings.Contains(fs[0].Detail, "the text of uk.den") {
		t.Errorf("got %+v", fs)
	}
}
