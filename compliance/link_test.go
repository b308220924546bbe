package compliance

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scruple/scruple"
)

func TestAddressesInText(t *testing.T) {
	for text, want := range map[string][]string{
		"See www.calder.example/x, or HTTPS://Calder.example:8443/y?z=1.": {"www.calder.example/x", "HTTPS://Calder.example:8443/y?z=1"},
		"详见t.cn/A6x，或访问qinghe.com。":                                       {"t.cn/A6x", "qinghe.com"},
		"点击https://qinghe.com/a领取":                                        {"https://qinghe.com/a"},
		"Write to help@calder.example or mailto:me@x.com":                 nil,
		"It costs 3.5% p.a. in the U.S. from 1.1.2027 to 2.30 p.m.":       nil,
		"We close at five.Come in.":                                       nil,
		"End.in Leeds, e.g. version 1.2.3 of terms.pdf":                   {"End.in"},
		"See (bit.ly/x) now; «ow.ly/y»":                                   {"bit.ly/x", "ow.ly/y"},
		"ｂａｎｋ．com and саlder.com":                                         {"ｂａｎｋ．com", "саlder.com"},
		"http://3232235777/ and http://[::1]/":                            {"http://3232235777/"},
	} {
		var r reading
		r.read(&scruple.Message{Text: text})
		var got []string
		for _, a := range r.addresses() {
			got = append(got, text[a.start:a.end])
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s\n%s", text, diff)
		}
	}
}

func TestLinks(t *testing.T) {
	b := lookBook(t, "{check: links, find: [mismatch, disguise, insecure], deny: [bit.ly, short.test], allow: [calder.example, calderbank.test, sipc.org]}",
		`{text: "bit.ly/x", html: ""}`, `{text: "Hello.", html: ""}`)
	for text, want := range map[string]string{
		"calder.example and https://www.calder.example/a?b=c": "",
		"https://my.calderbank.test, help@elsewhere.test":     "",
		"https://bit.ly/3x":                      "it leads through bit.ly, which hides where it ends",
		"go.short.test/x":                        "it leads through short.test, which hides where it ends",
		"http://calder.example/x":                "the link is not encrypted: http",
		"https://elsewhere.test/x":               "elsewhere.test is none of the domains that messages may lead to",
		"https://calder.example.evil.test":       "calder.example.evil.test can be taken for calder.example",
		"https://www.calder.example.evil.test/a": "www.calder.example.evil.test can be taken for calder.example",
		"https://ca1der.example":                 "ca1der.example can be taken for calder.example",
		"https://caldre.example":                 "caldre.example can be taken for calder.example",
		"https://calderbank-login.test":          "calderbank-login.test can be taken for calderbank.test",
		"https://colder.example":                 "colder.example can be taken for calder.example",
		"https://cаlder.example":                 "cаlder.example is written with letters of another script that look like Latin ones",
		"https://xn--clder-3ve.example":          "аclder.example is written with letters of another script that look like Latin ones",
		"https://ｃａｌｄｅｒ.example":                 "ｃａｌｄｅｒ.example is written with letters of another script that look like Latin ones",
		"https://calder.example@evil.test/x":     "what stands before @ is no host: it leads to evil.test",
		"https://10.1.2.3/x":                     "it leads to a machine by its number",
		"https://0x0a010203/x":                   "it leads to a machine by its number",
		"https://3232235777/x":                   "it leads to a machine by its number",
	} {
		fs := b.Check(&scruple.Message{Market: scruple.UK, Channel: scruple.Email, Text: text}, nil)
		if want == "" && len(fs) > 0 || want != "" && (len(fs) != 1 || fs[0].Detail != want) {
			t.Errorf("%s: %+v, want %q", text, fs, want)
		}
	}
}

func TestLinksOfMarkup(t *testing.T) {
	b := lookBook(t, "{check: links, find: [mismatch, disguise]}", `{text: "", html: "<a href='https://x.test'>www.y.test</a>"}`, `{text: "Hello.", html: ""}`)
	for html, want := range map[string][2]string{
		"<a href='https://a.calder.example/x?y=1&amp;z'>calder.example</a>":                                              {},
		"<a href='https://a.calder.example/x'>Read it at calder.example</a>":                                             {},
		"<a href=\"https://evil.test/x\"><b>www.calder.example</b></a>":                                                  {"https://evil.test/x", "the text shows www.calder.example, and the link leads to evil.test"},
		"<a href='//evil.test/x'>https://calder.example</a>":                                                             {"//evil.test/x", "the text shows calder.example, and the link leads to evil.test"},
		"<a href='https://evil.test/?a&amp;b'>calder.example</a>":                                                        {"<a href='https://evil.test/?a&amp;b'>", "the text shows calder.example, and the link leads to evil.test"},
		"<a href='{{link}}'>calder.example</a><a href='#top'>calder.example</a><a href='mailto:a@b.test'>calder.example": {},
		"<p>calder.example, calderbank.test</p>":                                                                         {},
		"<p>calderbank.test</p><a href='https://ca1derbank.test'>here</a>":                                               {"https://ca1derbank.test", "ca1derbank.test can be taken for calderbank.test"},
		"<a href='https:\\\\8.8.8.8\\x'>here</a>":                                                                        {"https:\\\\8.8.8.8\\x", "it leads to a machine by its number"},
		"<p style='display:none'>http://8.8.8.8</p>":                                                                     {},
	} {
		fs := b.Check(&scruple.Message{Market: scruple.UK, Channel: scruple.Email, HTML: html}, nil)
		if want[1] == "" && len(fs) > 0 || want[1] != "" && (len(fs) != 1 || fs[0].Detail != want[1] || fs[0].Quote != want[0]) {
			t.Errorf("%s: %+v, want %q", html, fs, want)
		}
	}
}

func TestFindingsPointAtAddresses(t *testing.T) {
	fs := book(t).Check(&scruple.Message{Market: scruple.UK, Channel: scruple.Web, HTML: "<p>See&nbsp;<b>bit.</b>ly/x</p>", Excerpt: true}, nil)
	if got := quotes(fs, "uk.link-shortener"); len(got) != 1 || got[0] != "bit.</b>ly/x" {
		t.Errorf("got %q", got)
	}
}
