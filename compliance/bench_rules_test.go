package compliance

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/scruple/scruple"
)

// BenchmarkRules checks one message by books of made-up rules: 200 or 2,000 of them, of words of their own or of families that several
// rules share. The message holds some of the words, as messages do, and no claim.
func BenchmarkRules(b *testing.B) {
	for _, words := range []string{"own", "shared"} {
		for _, rules := range []int{200, 2000} {
			b.Run(fmt.Sprintf("words=%s/rules=%d", words, rules), func(b *testing.B) {
				book := madeUpBook(b, rules, words == "shared")
				m, f := &scruple.Message{Market: scruple.US, Channel: scruple.Push, Text: strings.Repeat(plainEnglish, 5)}, plainFacts()
				for b.Loop() {
					book.Check(m, f)
				}
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "checks/s")
			})
		}
	}
}

// madeUpBook makes a book of claim rules. Their words are made up too, and stand beside common ones, with gaps, as real terms do.
func madeUpBook(b *testing.B, rules int, shared bool) *Book {
	random := rand.New(rand.NewPCG(1, uint64(rules)))
	lexicons := map[string][]string{}
	family := func(n int) []string {
		var out []string
		for range n {
			out = append(out, madeUpTerm(random))
		}
		return out
	}
	for n := range rules / 8 {
		lexicons[fmt.Sprintf("family%d", n)] = family(20)
	}
	c := newCompiler(lexicons, &termForms{known: map[string][]pattern{}})
	for n := range rules {
		s := &claimSource{Any: family(12), Near: family(12), Unless: family(6)}
		if shared {
			s.Any = []string{fmt.Sprintf("@family%d", random.IntN(rules/8)), madeUpTerm(random)}
			s.Near = []string{fmt.Sprintf("@family%d", random.IntN(rules/8))}
		}
		r := &Rule{ID: fmt.Sprintf("us.rule-%d", n), Kind: kindClaim, Verdict: scruple.Hold, Basis: []Basis{{Law: "x"}}}
		if err := c.compile(r, &ruleSource{Match: s}); err != nil {
			b.Fatal(err)
		}
	}
	return &Book{engines: map[scruple.Market]*lateEngine{scruple.US: {build: c.finish}}}
}

// madeUpTerm returns a term such as "your (trelok|banid)...sorip".
func madeUpTerm(random *rand.Rand) string {
	common := strings.Fields("your our the next month book questions savings with change opens hours")
	word := func() string {
		var w strings.Builder
		for range 2 + random.IntN(2) {
			w.WriteByte("bcdfghjklmnprstvwz"[random.IntN(18)])
			w.WriteByte("aeiou"[random.IntN(5)])
		}
		w.WriteByte("bdklmnprst"[random.IntN(10)])
		return w.String()
	}
	first, second := word(), word()
	beside := common[random.IntN(len(common))]
	switch random.IntN(4) {
	case 0:
		return first + " " + second
	case 1:
		return beside + "..." + first
	case 2:
		return fmt.Sprintf("(%s|%s) %s", first, second, beside)
	}
	return fmt.Sprintf("(%s|%s)...(%s|%s)", beside, first, second, word())
}
