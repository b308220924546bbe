package compliance

import (
	"testing"

	"github.com/scruple/scruple"
)

// Slogans that are held up to be answered are no claims; the speaker's own are, beside any warning of others.
func TestSlogansThatAreDoubted(t *testing.T) {
	b := book(t)
	for text, claims := range map[string]bool{
		"“稳赚不赔”，先问自己一句：谁来赔？":         false,
		"“保本保息”这类话，多半是坑。":            false,
		"“稳赚”吗？世上没有这样的好事。":           false,
		"这只基金保本，对不对？未必。":             false,
		"承诺保本、保证收益、稳赚不赔……这些都是常见骗局。":  false,
		"真能稳赚，他为什么不自己去赚？":            false,
		"“稳赚”等于“不会亏”？两码事。":           false,
		"“稳赚不赔”我们从不说，但您懂的，买就是稳赚。":    true,
		"别人是骗子，我们真保本。":               true,
		"想要稳赚不赔？这只基金了解一下，凭什么不买。":     true,
		"还有比这更稳的吗？保本保息，买了就知道。":       true,
		"能保本吗？能。凭什么不信我们。":            true,
		"“稳赚不赔”是别人说的大话，可我们这只真的稳赚不赔。": true,
	} {
		m := &scruple.Message{Market: scruple.CN, Channel: scruple.Push, Text: text, Excerpt: true}
		found := false
		for _, f := range b.Check(m, &scruple.Facts{Now: noon, Product: &scruple.Product{Type: "fund"}}) {
			found = found || f.Kind == kindClaim
		}
		if found != claims {
			t.Errorf("%s: claim found: %v, want %v", text, found, claims)
		}
	}
}

// A disclosure is due when a message sells: one line that sells makes of a notice an advertisement.
func TestDueWhenSold(t *testing.T) {
	b := ruleBook(t, `  when: {sold: [badgers], urged: [buy now], notice: [your burrow], informs: [lesson]}
  units: [{name: the warning, any: [they bite]}]
  flag: [Badgers for all., "Your burrow is dug. Buy now."]
  pass: [Your burrow has badgers., "Badgers for all. They bite."]
`)
	for text, due := range map[string]bool{
		"Badgers at home.":                           true,
		"No badgers.":                                false,
		"Your burrow has badgers.":                   false,
		"Your burrow is dug. Badgers at home.":       true,
		"A lesson. Badgers at home.":                 false,
		"A lesson. Badgers at home. Buy now!":        true,
		"To buy now for your burrow is not the plan": false,
		"Badgers at home. They bite.":                false,
	} {
		fs := b.Check(&scruple.Message{Market: scruple.UK, Channel: scruple.Push, Text: text}, nil)
		if (len(fs) > 0) != due {
			t.Errorf("%s: %d findings; due: %v", text, len(fs), due)
		}
	}
}
