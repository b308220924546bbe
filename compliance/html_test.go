package compliance

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scruple/scruple"
)

// hiders wrap text so that no reader sees it: X stands for the text.
var hiders = []string{
	`<div hidden>X</div>`,
	`<div style="display:none">X</div>`,
	`<div style="DISPLAY : None !important">X</div>`,
	`<span style="visibility:hidden">X</span>`,
	`<span style="opacity:0.01">X</span>`,
	`<span style="opacity:.3"><i style="opacity:.3">X</i></span>`,
	`<span style="font-size:0">X</span>`,
	`<span style="font-size:1px">X</span>`,
	`<font style="font:0/0 a">X</font>`,
	`<div style="max-height:0;overflow:hidden">X</div>`,
	`<div style="height:0;width:0;overflow:hidden">X</div>`,
	`<div style="position:absolute;left:-9999px">X</div>`,
	`<div style="text-indent:-999em">X</div>`,
	`<div style="clip:rect(0,0,0,0)">X</div>`,
	`<div style="clip-path: inset(50%)">X</div>`,
	`<div style="mso-hide:all">X</div>`,
	`<div style="background:white;color:#fff">X</div>`,
	`<div style="color:#fefefe;background:#FFFFFF">X</div>`,
	`<table bgcolor="#000000"><tr><td><font color="black">X</font></td></tr></table>`,
	`<div style="color:transparent">X</div>`,
	`<div style="color:rgba(0,0,0,.05)">X</div>`,
	`<style>.a{display:none}</style><p class="b A">X</p>`,
	`<style>#a b{font-size:0}</style><p id="a"><b>X</b></p>`,
	`<style>p.a , td{color:white;background-color:#fdfdfd}</style><p class="a">X</p>`,
	`<style><!-- @media screen { div>p { visibility:hidden } } --></style><div><p>X</p></div>`,
	`<p class="late">X</p><style>.late{display:none}</style>`,
	`<style>.a{display:none!important}</style><p class="a" style="display:block">X</p>`,
	`<div style="display:none"></p>X</div>`,
	`<div style="display:none"/>X`,
	`<details><p>X</p></details>`,
	`<title>X</title>`,
	`<template>X</template>`,
	`<noscript>X</noscript>`,
	`<!-- X -->`,
	`<!--[if mso]><p>X</p><![endif]-->`,
	`<img src="a.png" alt="X">`,
	`<script>X</script>`,
	`<style>X</style>`,
	strings.Repeat("<b>", deepest+1) + "X",
}

// shows wrap text so that readers see it.
var shows = []string{
	`<p>X</p>`,
	`<div style="font-size:0"><p style="font-size:14px">X</p></div>`,
	`<div style="visibility:hidden"><p style="visibility:visible">X</p></div>`,
	`<p style="display:none">a<p>X`,
	`<table><tr><td style="display:none">a<td>X</table>`,
	`<div style="background:#036;color:#fff">X</div>`,
	`<td bgcolor="123456"><font color="#ffffff" size="2">X</font></td>`,
	`<td background="dark.png" style="color:#fff">X</td>`,
	`<div style="background:#000 url(a.png)"><p style="color:#fff">X</p></div>`,
	`<style>.a:hover{display:none} @media (max-width:600px){.a{display:none}} @media print{p{display:none}}</style><p class="a">X</p>`,
	`<style>.b .a{display:none}</style><p class="a">X</p>`,
	`<!--[if !mso]><!--><p>X</p><!--<![endif]-->`,
	`<details open><p>X</p></details>`,
	`<details><summary>X</summary></details>`,
	`<div style="max-height:200px;overflow:hidden">X</div>`,
	`<div style="background:url(data:image/png;base64,AA==);line-height:1.4">X</div>`,
	`<i style="display:none">a</i>X`,
}

func pageOf(html string) *page {
	p := &page{}
	p.read(html)
	return p
}

func TestHiddenTextIsKeptApart(t *testing.T) {
	for _, wrap := range append([]string{`<p style="color:#fff">X</p>`}, hiders...) {
		p := pageOf("<p>Hello.</p>" + strings.Replace(wrap, "X", "badgers dig", 1))
		if strings.Contains(string(p.seen.text), "badgers") {
			t.Errorf("counts as seen: %.200s", wrap)
		}
	}
	for _, wrap := range shows {
		p := pageOf("<p>Hello.</p>" + strings.Replace(wrap, "X", "badgers dig", 1))
		if !strings.Contains(string(p.seen.text), "badgers dig") {
			t.Errorf("counts as hidden: %s", wrap)
		}
	}
}

// Whatever hides text, alone or within what shows it, the text fulfils no disclosure.
func TestNoHidingFulfilsADisclosure(t *testing.T) {
	b := ruleBook(t, `  units: [{name: care, any: [take care]}]
  flag: [Nothing., Badgers.]
  pass: [Take care., Now take care.]
`)
	found := func(html string) int {
		return len(b.Check(&scruple.Message{Market: scruple.UK, Channel: scruple.Email, HTML: html}, nil))
	}
	for _, show := range shows {
		for _, hide := range hiders {
			html := "<p>Badgers dig.</p>" + strings.Replace(show, "X", strings.Replace(hide, "X", "Take care.", 1), 1)
			if found(html) != 1 {
				t.Errorf("hidden text fulfils a disclosure: %.300s", html)
			}
		}
		if html := "<p>Badgers dig.</p>" + strings.Replace(show, "X", "Take care.", 1); found(html) != 0 {
			t.Errorf("visible text does not: %s", html)
		}
	}
}

func TestLooksOfText(t *testing.T) {
	for html, want := range map[string]style{
		`<b>X</b>`:                 {size: 16, bold: true},
		`<small>X</small>`:         {size: 16 / 1.2},
		`<font size="1">X</font>`:  {size: 10},
		`<font size="+1">X</font>`: {size: 18},
		`<h2>X</h2>`:               {size: 24, bold: true},
		`<p style="font: bold 12px/1.5 Arial">X</p>`:                           {size: 12, bold: true},
		`<div style="font-size:20px"><p style="font-size:.5em">X`:              {size: 10},
		`<style>p{font-size:10px} .a{font-size:12px}</style><p class=a>X`:      {size: 12},
		`<style>.a{font-size:12px} p{font-size:10px}</style><p class=a>X`:      {size: 12},
		`<style>#b{font-size:9px} .a{font-size:12px}</style><p id=b class=a>X`: {size: 9},
		`<p aria-hidden="true">X</p>`:                                          {size: 16, mute: true},
		`<s>X</s>`:                                                             {size: 16, struck: true},
	} {
		p := pageOf(html)
		got := p.looks[len(p.looks)-1].style
		if got.size != want.size || got.bold != want.bold || got.mute != want.mute || got.struck != want.struck {
			t.Errorf("%s: %+v, want %+v", html, got, want)
		}
	}
}

func TestTextOfAPage(t *testing.T) {
	p := pageOf("<title>T</title><!-- c --><table><tr><td>one<td>two&nbsp;&amp;&shy three&notit;</table>fo<wbr>ur<div style='display:none'>x</div>five" +
		"<img alt='pic &lt;1&gt;' src=a><!--[if mso]><td>six</td><td>seven</td><![endif]-->a&b</br>c")
	want := []string{"\none\ntwo\u00a0&\u00ad three¬it;\nfourfivea&b\nc", "Tx", "\npic <1>\n\nsix\nseven\n"}
	for i, s := range []*stream{&p.seen, &p.unseen, &p.instead} {
		if diff := cmp.Diff(strings.ReplaceAll(want[i], "\n\n", "\n"), strings.ReplaceAll(string(s.text), "\n\n", "\n")); diff != "" {
			t.Errorf("stream %d\n%s", i, diff)
		}
	}
}

// FuzzPage holds that no markup breaks the reading, and that every letter of it comes from a place in the markup.
func FuzzPage(f *testing.F) {
	for _, s := range append(append([]string{}, hiders[:len(hiders)-1]...), shows...) {
		f.Add(strings.Replace(s, "X", "so &amp; so", 1))
	}
	for _, s := range []string{"<style>{}}@media{a{b", "<a href=x", "<style>a b c>d+e~f[g]:h::i.j#k{color:rgb(1", "<p style='color:;:;font-size:1e9em;background:url(", "<!--[if mso]><!--[if", "<p style='font-size:9999999999999999999px'>x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		p := pageOf(src)
		for _, s := range []*stream{&p.seen, &p.unseen, &p.instead} {
			for i := range s.text {
				if a, b := original(s.runs, i, false), original(s.runs, i+1, true); a < 0 || a > b || b > len(src) {
					t.Fatalf("byte %d of %q comes from [%d, %d) of %q", i, s.text, a, b, src)
				}
			}
		}
		for _, l := range p.links {
			if l.at < 0 || l.at > l.end || int(l.end) > len(src) || l.from > l.to || int(l.to) > len(p.seen.text) {
				t.Fatalf("link %+v of %q", l, src)
			}
		}
	})
}
