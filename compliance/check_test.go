package compliance

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scruple/scruple"
)

func book(t testing.TB) *Book {
	t.Helper()
	b, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func check(t testing.TB, market scruple.Market, product, text string) scruple.Findings {
	t.Helper()
	m := &scruple.Message{Market: market, Channel: scruple.Push, Text: text, Excerpt: true}
	return book(t).Check(m, &scruple.Facts{Now: noon, Product: &scruple.Product{Type: product}})
}

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// quotes returns the words that a rule objects to.
func quotes(fs scruple.Findings, rule string) []string {
	var out []string
	for _, f := range fs {
		if f.Rule == rule {
			out = append(out, f.Quote)
		}
	}
	return out
}

func TestClaimsInContext(t *testing.T) {
	for _, tc := range []struct {
		name    string
		market  scruple.Market
		product string
		text    string
		rule    string
		want    []string
	}{
		{"plain", scruple.CN, "fund", "本基金保本，放心", "cn.guarantee", []string{"保本"}},
		{"denied", scruple.CN, "fund", "本基金不保本", "cn.guarantee", nil},
		{"denied through a list", scruple.CN, "fund", "本基金不保本、不保息、也不承诺收益", "cn.guarantee", nil},
		{"denial ends at contrast", scruple.CN, "fund", "虽非存款但保本", "cn.guarantee", []string{"保本"}},
		{"double denial promises", scruple.CN, "fund", "这只基金没有不赚的", "cn.guarantee", []string{"没有不赚"}},
		{"quoted in a warning", scruple.CN, "fund", "警惕“保本高息”的宣传", "cn.guarantee", nil},
		{"warning ends at contrast", scruple.CN, "fund", "别家是骗局，但我们保本", "cn.guarantee", []string{"保本"}},
		{"another object", scruple.CN, "brokerage", "请及时追加保证金", "cn.guarantee", nil},
		{"another product", scruple.CN, "deposit", "存款保本保息", "cn.guarantee", nil},
		{"traditional characters", scruple.CN, "fund", "本基金穩賺不賠", "cn.guarantee", []string{"穩賺"}},
		{"look-alike letters", scruple.CN, "fund", "到期保夲", "cn.guarantee", []string{"保夲"}},
		{"signs between", scruple.CN, "fund", "到期保*本", "cn.guarantee", []string{"保*本"}},
		{"zero width", scruple.CN, "fund", "到期保\u200b本", "cn.guarantee", []string{"保\u200b本"}},
		{"emoji between", scruple.CN, "fund", "稳💰赚", "cn.guarantee", []string{"稳💰赚"}},
		{"denied in English", scruple.UK, "fund", "There is no guarantee, and no guaranteed return.", "uk.guaranteed", nil},
		{"not only", scruple.UK, "fund", "Not only guaranteed returns: fast ones.", "uk.guaranteed", []string{"guaranteed returns"}},
		{"or carries the denial on", scruple.UK, "fund", "We do not promise growth, or guaranteed returns.", "uk.guaranteed", nil},
		{"but ends it", scruple.UK, "fund", "It is not cheap but has guaranteed returns.", "uk.guaranteed", []string{"guaranteed returns"}},
		{"question answered no", scruple.UK, "fund", "Guaranteed returns? No.", "uk.guaranteed", nil},
		{"question answered yes", scruple.UK, "fund", "Guaranteed returns? Yes.", "uk.guaranteed", []string{"Guaranteed returns"}},
		{"full width and Cyrillic", scruple.UK, "fund", "ｇuаrаnteed returns", "uk.guaranteed", []string{"ｇuаrаnteed returns"}},
		{"spaced letters", scruple.UK, "fund", "r i s k - f r e e now", "uk.guaranteed", []string{"r i s k - f r e e"}},
		{"digits in words", scruple.UK, "fund", "a r1sk-fr3e plan", "uk.guaranteed", []string{"r1sk-fr3e"}},
		{"part of a name", scruple.UK, "fund", "See risk-free.example for the book", "uk.guaranteed", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := quotes(check(t, tc.market, tc.product, tc.text), tc.rule)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\n%s", tc.text, diff)
			}
		})
	}
}

func TestHTMLPointsAtTheMarkup(t *testing.T) {
	html := `<p>Now <b>guar</b><i>anteed</i>&nbsp;&#114;eturns for all</p><div style="display: none">risk-free</div>`
	m := &scruple.Message{Market: scruple.UK, Channel: scruple.Web, HTML: html, Excerpt: true}
	fs := book(t).Check(m, &scruple.Facts{Now: noon, Product: &scruple.Product{Type: "fund"}})
	want := []string{`guar</b><i>anteed</i>&nbsp;&#114;eturns`, "risk-free"}
	if diff := cmp.Diff(want, quotes(fs, "uk.guaranteed")); diff != "" {
		t.Error(diff)
	}
}

func TestHiddenTextFulfilsNoDisclosure(t *testing.T) {
	line := "理财非存款，产品有风险，投资须谨慎"
	facts := &scruple.Facts{Now: noon, Product: &scruple.Product{Type: "wealth"}}
	for html, want := range map[string]int{
		"<p>一年定开今日开放</p><p>" + line + "</p>":                                                           0,
		"<p>一年定开今日开放</p><p style='font-size:0'>" + line + "</p>":                                       1,
		"<p>一年定开今日开放</p><span hidden>" + line + "</span>":                                              1,
		"<p>一年定开今日开放</p><!-- " + line + " -->":                                                         1,
		"<p>一年定开今日开放</p><img alt='" + line + "' src='x.png'>":                                          1,
		"<p>一年定开今日开放</p><p style='color:#fff'>" + line + "</p><p>":                                     1,
		"<p>一年定开今日开放</p><div style='background: #036'><p style='color:#fff'>" + line + "</p></div><p>": 0,
	} {
		m := &scruple.Message{Market: scruple.CN, Channel: scruple.WeChat, HTML: html}
		if got := len(quotes(book(t).Check(m, facts), "cn.wealth-risk-line")); got != want {
			t.Errorf("%s: %d findings, want %d", html, got, want)
		}
	}
}

func TestRulesInForceOnTheDayOfSending(t *testing.T) {
	m := &scruple.Message{Market: scruple.CN, Channel: scruple.Push, Text: "低门槛好产品", Excerpt: true}
	product := &scruple.Product{Type: "fund"}
	for due, want := range map[time.Time]int{
		time.Date(2026, 9, 29, 23, 0, 0, 0, time.UTC): 0,
		time.Date(2026, 9, 30, 0, 0, 0, 0, time.UTC):  1,
		{}: 1, // no day known: every rule
	} {
		if got := len(book(t).Check(m, &scruple.Facts{Due: due, Product: product})); got != want {
			t.Errorf("%v: %d findings, want %d", due, got, want)
		}
	}
}

func TestPrescribedTextNamesTheChange(t *testing.T) {
	m := &scruple.Message{Market: scruple.UK, Channel: scruple.Web, Text: "Don't invest unless you're prepared to lose all the money you invest. This is a high-risk investment and you are unlikely to be protected if something goes wrong."}
	fs := book(t).Check(m, &scruple.Facts{Now: noon, Product: &scruple.Product{Type: "crypto"}})
	if len(fs) != 1 || !strings.Contains(fs[0].Detail, "the text of uk.unlisted-warning") {
		t.Errorf("got %+v", fs)
	}
}

func TestUnknownMarketHolds(t *testing.T) {
	if v := book(t).Check(&scruple.Message{Market: "mars", Text: "hello"}, nil).Verdict(); v != scruple.Hold {
		t.Errorf("verdict %s, want hold", v)
	}
}

type broken struct{}

func (broken) eval(x *exam, r *Rule) { x.found(r, 0, 1, ""); panic("no") }

func TestRuleThatFailsHolds(t *testing.T) {
	c := newCompiler(nil, &termForms{known: map[string][]pattern{}})
	r := &Rule{ID: "cn.broken", Kind: kindClaim, Verdict: scruple.Block, Basis: []Basis{{Law: "x"}}, check: broken{}}
	c.e.rules = append(c.e.rules, r)
	b := &Book{engines: map[scruple.Market]*lateEngine{scruple.CN: {build: c.finish}}}
	want := scruple.Findings{{Rule: "cn.broken", Kind: kindClaim, Verdict: scruple.Hold, Detail: "rule failed: no"}}
	if diff := cmp.Diff(want, b.Check(&scruple.Message{Market: scruple.CN, Text: "x"}, nil)); diff != "" {
		t.Error(diff)
	}
}

func TestCheckIsSafeForConcurrentUse(t *testing.T) {
	texts := []string{"本基金保本", "近一年收益率3%", strings.Repeat("本产品不保本。", 50)}
	var want [3]scruple.Findings
	for i, s := range texts {
		want[i] = check(t, scruple.CN, "fund", s)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for n := range 200 {
				i := n % len(texts)
				if diff := cmp.Diff(want[i], check(t, scruple.CN, "fund", texts[i])); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
	wg.Wait()
}

func TestNoAllocationOnCleanText(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector makes pools forget at random")
	}
	b := book(t)
	f := &scruple.Facts{Now: noon, Product: &scruple.Product{Type: "deposit"}}
	for _, m := range []*scruple.Message{
		{Market: scruple.CN, Channel: scruple.SMS, Text: "【青禾银行】您好，网点本周起延长营业时间，欢迎前来。拒收请回复R"},
		{Market: scruple.UK, Channel: scruple.SMS, Text: "Larkhill Bank: our branch is open on Saturdays. STOP to 60123"},
		plainMessages()["SMS_zh"], plainMessages()["SMS_en"], plainMessages()["text_5KiB"], plainMessages()["zh_1KiB"],
	} {
		if fs := b.Check(m, f); len(fs) != 0 {
			t.Fatalf("not clean: %+v", fs)
		}
		if n := testing.AllocsPerRun(100, func() { b.Check(m, f) }); n > 0 {
			t.Errorf("%s: %v allocations", m.Text, n)
		}
	}
}

func TestFiguresAgainstTheProduct(t *testing.T) {
	wealth := &scruple.Product{Type: "wealth", Rates: []scruple.Rate{{Kind: "benchmark", Low: 2.2, High: 3.2, Unit: "% p.a."}, {Kind: "fee", Low: 0.3, High: 0.3, Unit: "%"}}}
	for text, want := range map[string][]string{
		"业绩比较基准2.20%-3.20%":            nil,
		"业绩比较基准2.20%至3.80%":            {"2.20%至3.80%"},
		"业绩比较基准2.20-3.80%":             {"2.20-3.80%"},
		"业绩比较基准为2.20%，收益率3.20%":        {"3.20%"},
		"现在就来，5.10%等您":                 {"5.10%"},
		"100%线上办理":                     nil,
		"债券占比不低于80%，股票不超过20%":          nil,
		"管理费0.30%":                     nil,
		"管理费0.20%":                     {"0.20%"},
		"业绩比较基准2.20%至3.20%，其中6.60%已完成": nil,
	} {
		m := &scruple.Message{Market: scruple.CN, Channel: scruple.Push, Text: text, Excerpt: true}
		got := quotes(book(t).Check(m, &scruple.Facts{Now: noon, Product: wealth}), "cn.rate-mismatch")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s\n%s", text, diff)
		}
	}
	bare := &scruple.Product{Type: "wealth"}
	m := &scruple.Message{Market: scruple.CN, Channel: scruple.Push, Text: "现在就来，5.10%等您", Excerpt: true}
	if got := quotes(book(t).Check(m, &scruple.Facts{Now: noon, Product: bare}), "cn.rate-mismatch"); got != nil {
		t.Errorf("a product without rates has nothing to compare with: %q", got)
	}
}
