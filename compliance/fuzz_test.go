package compliance

import (
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/scruple/scruple"
)

func FuzzCheck(f *testing.F) {
	for _, s := range []string{
		"本基金保*本，穩💰賺不賠！", "【行】近一年年化3.1%（2025年）", "a g u a r a n t e e d 6.5% p.a. ret\u200burn", "\xff\xfe保\xff本", "保\n本\n保\n息",
		"百分之三点五，五十万元 FSCS £85k", "ﬁ㎏㈠①ⅷ⒢🅖", "Don't invest unless you're prepared to lose", "1,2.3.4%..%", "\n\n--~~", "g,u|a(r)a.n!t", "gu@r4nt33d r!$k-fr33",
		"\u202Edeetnaraug\u202C \u202E保", "\u202E", "保ben bao本 wenzhuan稳zhuan", "guarnteed gauranteed rsk-free", "“保”本“", "٣٫٥٪ ３．５％", "ß\u0301\u20dd\ufe0f\u200d",
	} {
		f.Add(s, s)
	}
	b := book(f)
	f.Fuzz(func(t *testing.T, subject, text string) {
		everywhere(t, b, &scruple.Message{Channel: scruple.Email, Subject: subject, Text: text})
	})
}

func FuzzHTML(f *testing.F) {
	for _, s := range []string{
		"&#103;uar<b>anteed", "<p style='display:none'>x", "<a", "&", "<p>a<br>b&nbsp;c</p></p></div>", "<title><textarea>&lt;p", "&#103uaranteed &shy;&zwnj;&#x202e;abc",
		"<b>保</b><!-- x -->本<wbr>保<span><span>息", "\xff<p>\xff保本</p>", "<img alt='稳赚'>", "g<br>u<br>a", "&NotEqualTilde;保&bne;本", "<p>\u202E<b>deetna</b>raug",
	} {
		f.Add(s)
	}
	b := book(f)
	f.Fuzz(func(t *testing.T, html string) {
		everywhere(t, b, &scruple.Message{Channel: scruple.Email, HTML: html})
	})
}

// everywhere judges a message in all markets, twice.
func everywhere(t *testing.T, b *Book, m *scruple.Message) {
	for _, market := range scruple.Markets() {
		for _, product := range []string{"fund", "loan", "deposit"} {
			m.Market = market
			p := &scruple.Product{Type: product, Rates: []scruple.Rate{{Kind: "apr", Low: 1, High: 2, Unit: "% p.a."}}}
			found := b.Check(m, &scruple.Facts{Product: p})
			for i := range found {
				spanInside(t, m, &found[i])
			}
			if diff := cmp.Diff(found, b.Check(m, &scruple.Facts{Product: p})); diff != "" {
				t.Errorf("the second time: %s", diff)
			}
			if !utf8.ValidString(m.Text) && found.Verdict() == scruple.Pass {
				t.Errorf("text that is no UTF-8 passes: %q", m.Text)
			}
		}
	}
}

// spanInside fails when a finding points outside the part it names or into a character, or its quote is not there.
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
	case utf8.ValidString(src) && !(onRune(src, f.Start) && onRune(src, f.End) && utf8.ValidString(f.Quote)):
		t.Errorf("within a character: %+v of %q", f, src)
	}
	if len(f.Detail) > 11 && f.Detail[:11] == "rule failed" {
		t.Errorf("%+v", f)
	}
}

func onRune(s string, i int) bool { return i == len(s) || utf8.RuneStart(s[i]) }

func FuzzRules(f *testing.F) {
	f.Add([]byte(sound))
	f.Add([]byte("market: uk\nlexicons: {a: [\"@a\"]}\nrules: [{id: uk.x, match: {any: [\"(a|[b\", \"#\", \"...\"]}}]\n"))
	f.Add([]byte("market: cn\nrules:\n- id: cn.e\n  kind: render\n  render: {check: disguise, how: apart, words: [保本]}\n"))
	f.Add([]byte("- [\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		b, err := Load(fstest.MapFS{"x.yaml": {Data: src}})
		if (b == nil) != (err != nil) {
			t.Errorf("book %v and error %v", b, err)
		}
	})
}
