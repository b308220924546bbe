package templates

import (
	"strings"
	"testing"
)

const hostile = `<script>alert("1")</script> & 'x' "y" javascript:`

func TestEscapingByPlace(t *testing.T) {
	const head = "---\nname: x\nversion: 1\nchannel: email\nmarket: us\nlocale: en-US\nauthor: a\nformat: html\nsubject: s\nslots:\n  who: {type: text}\n  link: {type: url}\n---\n"
	escaped := "&lt;script&gt;alert(&#34;1&#34;)&lt;/script&gt; &amp; &#39;x&#39; &#34;y&#34; javascript:"
	percent := "%3Cscript%3Ealert%28%221%22%29%3C%2Fscript%3E%20%26%20%27x%27%20%22y%22%20javascript%3A"
	link, linkHTML := "https://bank.example/a?b='c'&d=<e>", "https://bank.example/a?b=%27c%27&amp;d=%3Ce%3E"
	linkText := "https://bank.example/a?b=%27c%27&d=%3Ce%3E"
	for _, tc := range []struct{ body, html, text string }{
		{`<p>{{ who }}</p>{{ link }}`, "<p>" + escaped + "</p>" + "https://bank.example/a?b=&#39;c&#39;&amp;d=&lt;e&gt;", hostile + "\n\n" + link},
		{`<p title="{{ who }}">x {{ link }}</p>`, `<p title="` + escaped + `">x https://bank.example/a?b=&#39;c&#39;&amp;d=&lt;e&gt;</p>`, "x " + link},
		{`<p title='{{ who }}'>x {{ link }}</p>`, `<p title="` + escaped + `">x https://bank.example/a?b=&#39;c&#39;&amp;d=&lt;e&gt;</p>`, "x " + link},
		{`<a href="{{ link }}">go</a> {{ who }}`, `<a href="` + linkHTML + `">go</a> ` + escaped, "go (" + linkText + ") " + hostile},
		{`<a href="{{ link }}&u={{ who }}">go</a>`, `<a href="` + linkHTML + `&amp;u=` + percent + `">go</a>`, "go (" + linkText + "&u=" + percent + ")"},
		{`<a href="https://b.example/?w={{ who }}&l={{ link }}">go</a>`, `<a href="https://b.example/?w=` + percent + `&amp;l=https%3A%2F%2Fbank.example%2Fa%3Fb%3D%27c%27%26d%3D%3Ce%3E">go</a>`, "go (https://b.example/?w=" + percent + "&l=https%3A%2F%2Fbank.example%2Fa%3Fb%3D%27c%27%26d%3D%3Ce%3E)"},
		{`<img src="https://b.example/{{ who }}.png" alt="{{ who }}"> {{ link }}`, `<img src="https://b.example/` + percent + `.png" alt="` + escaped + `"> https://bank.example/a?b=&#39;c&#39;&amp;d=&lt;e&gt;`, hostile + " " + link},
		{`<a href="tel:{{ who }}">{{ link }}</a>`, `<a href="tel:` + percent + `">https://bank.example/a?b=&#39;c&#39;&amp;d=&lt;e&gt;</a>`, link + " (" + percent + ")"},
	} {
		tp := mustParse(t, head+tc.body+unusedOf(tc.body))
		m, err := tp.Fill(Values{Recipient: recipient("who", hostile, "link", link)})
		if err != nil {
			t.Fatal(err)
		}
		_, html, _ := strings.Cut(m.HTML, "<body>\n")
		html = strings.TrimSuffix(html, pageFoot)
		if !strings.HasPrefix(html, tc.html) {
			t.Errorf("%s\n html %s\n want %s", tc.body, html, tc.html)
		}
		if !strings.HasPrefix(m.Text, tc.text) {
			t.Errorf("%s\n text %s\n want %s", tc.body, m.Text, tc.text)
		}
		checkMessage(t, tp, m)
	}
}

// unusedOf adds the slots that a body leaves out, so that the template loads.
func unusedOf(body string) string {
	out := ""
	for _, s := range []string{"who", "link"} {
		if !strings.Contains(body, "{{ "+s) {
			out += " {{ " + s + " }}"
		}
	}
	return out
}

func TestPlainTextFromHTML(t *testing.T) {
	for _, tc := range []struct{ html, text string }{
		{"<h1>Title</h1><p>One\n two<br>three</p><p>Four</p>", "Title\n\nOne two\nthree\n\nFour"},
		{"<ul><li>a</li><li>b <b>c</b></li></ul><ol><li>x</li><li>y<ul><li>z</li></ul></li></ol>", "- a\n- b c\n\n1. x\n2. y\n  - z"},
		{"<table><tr><th>Rate</th><td>{{ who }}</td></tr><tr><td>Term</td><td>1 year</td></tr></table>", "Rate Ann\nTerm 1 year"},
		{`See <a href="https://b.example/">b.example</a> or <a href="https://b.example/x">here</a>.`, "See b.example or here (https://b.example/x)."},
		{`<a href="mailto:a@b.example">a@b.example</a>, <a href="tel:123">call</a>`, "a@b.example, call (123)"},
		{`<a href="https://b.example/"><img src="https://b.example/l.png" alt="The bank"></a>`, "The bank (https://b.example/)"},
		{"a &amp; b &lt;c&gt;&nbsp;d", "a & b <c>\u00a0d"},
		{"<p>a</p><hr><p>b</p>", "a\n\n---\n\nb"},
		{"<div>a<div>b</div></div>c", "a\nb\nc"},
		{"{% if who %}<p>yes</p>{% else %}<p>no</p>{% endif %}end", "yes\n\nend"},
	} {
		src := strings.Replace(htmlHead[:strings.Index(htmlHead, "<p>")], "  link: {type: url}\n", "", 1) + tc.html
		if !strings.Contains(tc.html, "who") {
			src = strings.Replace(src, "slots:\n  who: {type: name}\n", "", 1)
		}
		tp := mustParse(t, src)
		m, err := tp.Fill(Values{Recipient: recipient("who", "Ann")})
		if err != nil || m.Text != tc.text {
			t.Errorf("%s\n got  %q, %v\n want %q", tc.html, m.Text, err, tc.text)
		}
	}
}

func TestShapesFollowTheBranchesTaken(t *testing.T) {
	tp := mustParse(t, strings.Replace(smsHead, "{{ due }}", "{% if due %} due {{ due }}{% elsif sum > 10 %} much{% endif %}", 1))
	if n := len(tp.Shapes()); n != 3 {
		t.Fatalf("%d shapes, want 3", n)
	}
	fill := func(sum, due string) string {
		m, err := tp.Fill(Values{Recipient: recipient("first_name", "Ann", "sum", sum, "due", due)})
		if err != nil {
			t.Fatal(err)
		}
		checkMessage(t, tp, m)
		return m.Shape
	}
	a, b, c := fill("1", "2026-01-01"), fill("11", ""), fill("1", "")
	if a == b || b == c || a == c || len(a) != 32 {
		t.Errorf("shapes %s %s %s", a, b, c)
	}
	if again := fill("99", "2026-12-31"); again != a {
		t.Errorf("other values, other shape: %s, %s", again, a)
	}
	if _, text, _, ok := tp.ShapeText(b); !ok || text != "{first_name}{sum} much" {
		t.Errorf("shape text %q", text)
	}
	if tp.Preview().Shape != a {
		t.Error("the preview takes the first branch")
	}
	next := mustParse(t, strings.Replace(smsHead, "version: 1", "version: 2", 1))
	first := mustParse(t, smsHead)
	if next.Shapes()[0] == first.Shapes()[0] || next.Digest == first.Digest {
		t.Error("another version is another shape")
	}
	euro := mustParse(t, strings.Replace(smsHead, "sum | money", `sum | money: "EUR"`, 1))
	if euro.Shapes()[0] == first.Shapes()[0] {
		t.Error("another format of a slot is another shape")
	}
}

func TestSubjectAndBodyDecideAlike(t *testing.T) {
	tp := mustParse(t, strings.NewReplacer("subject: hello", `subject: '{% if who == "Ann" %}A{% else %}B{% endif %}'`, "<p>{{ who }}", `<p>{% if who == "Ann" %}a{% else %}b{% endif %}{{ who }}`).Replace(htmlHead))
	if n := len(tp.Shapes()); n != 2 {
		t.Errorf("%d shapes, want 2: the same condition has one outcome", n)
	}
}
