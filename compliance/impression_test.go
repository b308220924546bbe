package compliance

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/scruple/scruple"
)

const impressions = `market: uk
rules:
- id: uk.house.impression
  kind: impression
  verdict: hold
  basis: [{law: House style, source: policy}]
  title: {en: Impression}
  why: {en: Together it reads as a promise.}
  fix: {en: Say what may happen.}
  impression:
    enough: 4
    signs:
    - {name: your money, any: [savings, nest egg, money], points: 1}
    - {name: no loss, any: [lose*, shrink*], negated: required, points: 2}
    - {name: growth, any: [grow*, goes up], negated: forbidden, points: 1}
    - {name: whatever happens, any: ["whatever the...(say*|do*|market*)", rain or shine], points: 2}
    - {name: a hedge, any: [may, might], points: -4}
  flag:
  - Your nest egg grows, whatever the headlines say.
  - Rain or shine, your money will not shrink.
  pass:
  - Your nest egg may grow, whatever the headlines say.
  - Your money will not shrink.
`

func TestImpression(t *testing.T) {
	book, err := Load(fstest.MapFS{"rules.yaml": {Data: []byte(impressions)}})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"Good morning. Your nest egg grows, whatever the headlines say. Bye.": "Your nest egg grows, whatever the headlines say",
		"Your nest egg grows. Whatever the headlines say, ask us.":            "", // two sentences
		"Rain or shine, your savings can never shrink or lose.":               "Rain or shine, your savings can never shrink",
		"Rain or shine, your savings can shrink.":                             "",
		"Your savings, your nest egg and your money grow and grow.":           "", // each sign once
		"Beware of anyone who says your money grows whatever the market does": "",
		"Your money might not shrink, rain or shine":                          "",
	} {
		found := book.Check(&scruple.Message{Market: scruple.UK, Text: text}, &scruple.Facts{Now: noon})
		got := ""
		if len(found) > 0 {
			got = found[0].Quote
		}
		if want = strings.TrimPrefix(want, "Your "); got != want {
			t.Errorf("%q: found %q, want %q", text, got, want)
		}
	}
}

func TestImpressionIsRefused(t *testing.T) {
	for old, want := range map[string]string{
		"enough: 4":                  "enough: 9|they can never be enough",
		"points: -4":                 "points: 0|a sign needs a name",
		"negated: required":          "negated: maybe|is none of",
		"    enough: 4\n    signs:":  "    within: page\n    enough: 4\n    signs:|expected clause, sentence or message",
		"your money, any: [savings,": "your money, any: [\"(savings\",|is missing",
	} {
		change, message, _ := strings.Cut(want, "|")
		_, err := Load(fstest.MapFS{"rules.yaml": {Data: []byte(strings.Replace(impressions, old, change, 1))}})
		if err == nil || !strings.Contains(err.Error(), message) {
			t.Errorf("%s: want an error with %q, got %v", change, message, err)
		}
	}
}
