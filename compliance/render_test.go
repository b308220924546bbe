package compliance

import (
	"strings"
	"testing"

	"github.com/scruple/scruple"
)

// lookBook loads one render rule for mail.
func lookBook(t *testing.T, render, flag, pass string) *Book {
	t.Helper()
	keys := "  render: " + render + "\n  applies: {channels: [email]}\n  flag: [" + flag + ", " + flag + "]\n  pass: [" + pass + ", " + pass + "]\n"
	src := strings.Replace(`market: uk
rules:
- id: uk.trial
  kind: render
  verdict: hold
  basis:
  - {law: House standard, source: policy}
  title: {en: Trial}
  why: {en: For this test.}
  fix: {en: None.}
KEYS`, "KEYS", keys, 1)
	return loadOne(t, src)
}

const plainMail = "Badgers dig at night and sleep by day, as everybody knows who has lived near a wood. "

func TestProminence(t *testing.T) {
	b := lookBook(t, "{check: prominence, any: [take care], size: 1, contrast: 4.5}", `{html: "<p>Badgers dig at night and sleep by day.</p><small>Take care.</small>"}`, `{html: "<p>Take care.</p>"}`)
	for html, want := range map[string]string{
		"<p>Take care.</p>":                                      "",
		"<b>Take care.</b>":                                      "",
		"<h2 style='color:#767676'>Take care.</h2>":              "",
		"<h2 style='color:#949494'>Take care.</h2>":              "", // large: 3:1 is enough
		"<p style='color:#949494'>Take care.</p>":                "contrast",
		"<p style='font-size:15px'>Take care.</p>":               "15px, and most of the text 16px",
		"<p style='font-size:11pt'>Take care.</p>":               "14.67px",
		"<p>Take <small>care</small>.</p>":                       "13.33px",
		"<p><s>Take care.</s></p>":                               "struck",
		"<p aria-hidden=true>Take care.</p>":                     "screen readers",
		"<small>Take care.</small><p>Take care.</p>":             "",
		"<p style='color:#999;background:url(a.png)'>Take care.": "", // the ground is not known
		"<style>@media (prefers-color-scheme:dark){.w{color:#000;background:#111}}</style><p class=w>Take care.":      "dark",
		"<style>@media (prefers-color-scheme:dark){.w{display:none}}</style><p class=w>Take care.":                    "dark",
		"<style>@media (prefers-color-scheme:dark){.w{color:#fff;background:#111}}</style><p class=w>Take care.":      "",
		"<meta name=color-scheme content='light dark'><p style='color:#222'>Take care.":                               "dark",
		"<meta name=color-scheme content='light dark'><p style='background:#fff'>Take care.":                          "dark",
		"<meta name=color-scheme content='light dark'><p style='background:#fff;color:#222'>Take care.":               "",
		"<meta name=color-scheme content='light dark'><p>Take care.":                                                  "",
		"<style>:root{color-scheme:light dark}</style><body style='background:#fff'><p style='color:#222'>Take care.": "",
	} {
		fs := b.Check(&scruple.Message{Market: scruple.UK, Channel: scruple.Email, HTML: "<p>" + plainMail + "</p>" + html}, nil)
		if want == "" && len(fs) > 0 || want != "" && (len(fs) != 1 || !strings.Contains(fs[0].Detail, want) || !strings.HasPrefix(fs[0].Quote, "Take")) {
			t.Errorf("%s: %+v, want %q", html, fs, want)
		}
	}
}

func TestProminenceOfADisclosure(t *testing.T) {
	b := ruleBook(t, `  units: [{name: care, any: [take care]}]
  exact: ["Badgers bite when they are held."]
  prominence: {size: 1, contrast: 4.5}
  flag: [Nothing., Badgers.]
  pass: [Take care. Badgers bite when they are held., "Badgers bite when they are held. Now take care."]
`)
	for html, want := range map[string]string{
		"<p>Take care. Badgers bite when they are held.</p>":                                         "",
		"<p>Take care. <small>Badgers bite when they are held.</small></p>":                          "the prescribed text: its letters",
		"<p><small>Take care.</small> Badgers bite when they are held.</p>":                          "care: its letters",
		"<p>Badgers bite when they are held.</p><img src=a alt='Take care'>":                         "text of a picture",
		"<p>Badgers bite when they are held.</p><p style='display:none'>Take care":                   "where readers do not see it",
		"<p>Take care.</p><p hidden>Badgers bite when they are held.":                                "where readers do not see it",
		"<p>Take care. Badgers bite <span style='color:#ccc'>when</span> they are held.</p>":         "contrast",
		"<p>Take care. Badgers <span style='display:none'>never</span> bite when they are held.</p>": "",
	} {
		fs := b.Check(&scruple.Message{Market: scruple.UK, Channel: scruple.Email, HTML: "<p>" + plainMail + "</p>" + html}, nil)
		if want == "" && len(fs) > 0 || want != "" && (len(fs) != 1 || !strings.Contains(fs[0].Detail, want)) {
			t.Errorf("%s: %+v, want %q", html, fs, want)
		}
	}
	fs := b.Check(&scruple.Message{Market: scruple.UK, Channel: scruple.Email, Subject: "Take care", Text: "Badgers bite when they are held."}, nil)
	if len(fs) != 1 || !strings.HasSuffix(fs[0].Detail, "in the subject only") {
		t.Errorf("a subject is no body: %+v", fs)
	}
}

func TestPicturesOnly(t *testing.T) {
	b := lookBook(t, "{check: images}", `{html: "<img src=a>"}`, `{html: "<img src=a alt=b>"}`)
	for html, want := range map[string]int{
		"<img src=a width=600>":                                1,
		"<p>Hi</p><img src=a alt=''><img src=b alt='Badgers'>": 1,
		"<img src=a alt='Badgers dig'>":                        0,
		"<img src=a width=1 height=1>":                         0,
		"<p>" + plainMail + "</p><img src=a>":                  0,
		"<p>Hello.</p>":                                        0,
		"<div style='display:none'><img src=a></div><p>Hello":  0,
	} {
		if fs := b.Check(&scruple.Message{Market: scruple.UK, Channel: scruple.Email, HTML: html}, nil); len(fs) != want {
			t.Errorf("%s: %+v, want %d", html, fs, want)
		}
	}
}

// Mail programs ask for tables, styles on every tag, a hidden line for the inbox and comments for Outlook. None of that is at fault.
func TestHabitsOfMailAreNoFault(t *testing.T) {
	html := `<!DOCTYPE html><html><head><meta charset="utf-8"><title>Our funds</title><style>body{margin:0;background:#eef1f4}
@media (max-width:600px){.w{width:100%!important;display:none}} .h1{font-size:24px;color:#12355b} a:link{color:#12355b}</style>
<!--[if mso]><style>td{font-family:Arial}</style><xml><o:OfficeDocumentSettings></o:OfficeDocumentSettings></xml><![endif]--></head>
<body style="margin:0;padding:0;background-color:#eef1f4"><div style="display:none;font-size:1px;color:#eef1f4;line-height:1px;max-height:0;max-width:0;opacity:0;overflow:hidden;mso-hide:all">What our fund holds.` + strings.Repeat("&zwnj;&nbsp;", 120) + `</div>
<center><!--[if mso]><table width="600"><tr><td><![endif]--><table role="presentation" width="100%" style="max-width:600px;background:#ffffff;font:15px/1.5 Arial;color:#222">
<tr><td style="font-size:0;line-height:0"><img src="l.png" alt="Larkhill" width="120"></td></tr><tr><td class="h1">Our fund</td></tr>
<tr><td><p style="margin:0">Larkhill Growth Fund looks for growth in sixty shares. <strong>The value of investments can fall and you may get back less than you invest.</strong></p>
<a href="https://www.larkhill.example/fund" style="background:#12355b;color:#fff;display:inline-block">Read more</a></td></tr>
<tr><td style="font-size:11px;color:#595959">Larkhill Invest, 12 High Street, Leeds LS1 1AA. <a href="https://larkhill.example/u">Unsubscribe</a></td></tr></table>
<!--[if mso]></td></tr></table><![endif]--></center><img src="https://larkhill.example/o.gif" width="1" height="1"></body></html>`
	for _, market := range []scruple.Market{scruple.UK, scruple.EU} {
		m := &scruple.Message{Market: market, Channel: scruple.Email, Subject: "Larkhill: what our fund holds", HTML: html}
		for _, f := range book(t).Check(m, &scruple.Facts{Now: noon, Product: &scruple.Product{Type: "fund"}}) {
			t.Errorf("%s: %s at %q: %s", market, f.Rule, f.Quote, f.Detail)
		}
	}
}
