package compliance

import (
	"testing"
	"unicode/utf8"

	"github.com/scruple/scruple"
)

func FuzzCheck(f *testing.F) {
	for _, s := range []string{
		"本基金保*本，穩💰賺不賠！", "【行】近一年年化3.1%（2025年）", "a g u a r a n t e e d 6.5% p.a. ret\u200burn", "&#103;uar<b>anteed", "\xff\xfe保\xff本", "<p style='display:none'>x",
		"百分之三点五，五十万元 FSCS £85k", "<a", "&", "ﬁ㎏㈠①ⅷ", "Don't invest unless you're prepared to lose", "1,2.3.4%..%", "<p>a<br>b&nbsp;c</p></p></div>", "\n\n--~~", "<title><textarea>&lt;p",
	} {
		f.Add(s, s, s)
	}
	b := book(f)
	f.Fuzz(func(t *testing.T, subject, text, html string) {
		for _, market := range scruple.Markets() {
			for _, product := range []string{"fund", "loan", "deposit"} {
				m := &scruple.Message{Market: market, Channel: scruple.Email, Subject: subject, Text: text, HTML: html}
				p := &scruple.Product{Type: product, Rates: []scruple.Rate{{Kind: "apr", Low: 1, High: 2, Unit: "% p.a."}}}
				for _, x := range b.Check(m, &scruple.Facts{Product: p}) {
					spanInside(t, m, &x)
				}
			}
		}
	})
}

// spanInside fails when a finding points outside the part it names, or its quote is not there.
func spanInside(t *testing.T, m *scruple.Message, f *scruple.Finding) {
	t.Helper()
	src, ok := map[string]string{"subject": m.Subject, "text": m.Text, "html": m.HTML}[f.Part]
	switch {
	case f.Part == "":
		if f.Start != 0 || f.End != 0 {
			t.Errorf("a span without part: %+v", f)
		}
	case !ok || f.Start < 0 || f.End > len(src) || f.Start >= f.End:
		t.Errorf("outside: %+v of %q", f, src)
	case len(f.Quote) > f.End-f.Start || src[f.Start:f.Start+len(f.Quote)] != f.Quote:
		t.Errorf("quote: %+v of %q", f, src)
	case utf8.ValidString(src) && !utf8.ValidString(f.Quote):
		t.Errorf("a quote that cuts a character: %+v", f)
	}
	if len(f.Detail) > 11 && f.Detail[:11] == "rule failed" {
		t.Errorf("%+v", f)
	}
}
