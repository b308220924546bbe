package templates

import (
	"errors"
	"io/fs"
	"strings"
	"sync"
	"testing"

	"github.com/scruple/scruple"
)

// FuzzParse: no source makes Parse panic, and what loads can be previewed and filled.
func FuzzParse(f *testing.F) {
	_ = fs.WalkDir(Library, ".", func(name string, d fs.DirEntry, err error) error {
		if src, rerr := fs.ReadFile(Library, name); rerr == nil {
			f.Add(string(src))
		}
		return err
	})
	for _, src := range []string{
		smsHead, htmlHead, benchSMS, benchMail(), "---\n---\n", smsHead + "{% if sum > 99999999999999999999 %}{% endif %}",
		smsHead + "{{ sum | truncate: 99999999999999999999 }}", htmlHead + `<a href="https://b.example/{{ who }}">x</a>`, htmlHead + "qzs0zq",
		htmlHead + "&#123;&#123; who }}", smsHead + "{%- raw -%}{{ x }}{% endraw %}{%comment%}{{{%endcomment%}",
	} {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		tp, err := Parse("fuzz", []byte(src))
		if err != nil {
			if !strings.HasPrefix(err.Error(), "fuzz") {
				t.Fatalf("the error names no file: %v", err)
			}
			return
		}
		checkMessage(t, tp, tp.Preview())
		m, err := tp.Fill(sampleValues(tp))
		var se *SlotError
		if err != nil && !errors.As(err, &se) {
			t.Fatalf("%v is no SlotError", err)
		}
		if err == nil {
			checkMessage(t, tp, m)
		}
	})
}

const fuzzMail = `---
name: fuzz
version: 1
channel: email
market: eu
locale: de-DE
author: a
format: html
subject: 'Für {{ who }} {{ note | truncate: 9 }}'
preheader: '{{ note }}'
slots:
  who: {type: name}
  note: {type: text, default: x}
  link: {type: url}
  sum: {type: amount}
  due: {type: date}
---
<p title="{{ note }}">{{ who | upcase }} {{ sum | money }} {{ due | date: "long" }} {% if sum > 10 %}<b>{{ note }}</b>{% endif %}</p>
<a href="{{ link }}">{{ note | mask | default: "x" }}</a> <a href="https://bank.example/{{ who }}?x={{ note }}">x</a>
`

// FuzzFill: whatever the values, no tag comes from a slot, no line break into a subject, and each span holds its value.
func FuzzFill(f *testing.F) {
	f.Add("Ann", "a note of some length", "https://b.example/?a=b", "12.50", "2026-11-22")
	f.Add("<b>x</b>", hostile, "https://b.example/'\"<>", "-1", "2024-02-29")
	f.Add("a\r\nBcc: b", "\u202e", "https://b.example/\"onclick=x", "1e9", "9999-12-31")
	tp := mustParse(f, fuzzMail)
	f.Fuzz(func(t *testing.T, who, note, link, sum, due string) {
		m, err := tp.Fill(Values{Recipient: recipient("who", who, "note", note, "link", link, "sum", sum, "due", due)})
		var se *SlotError
		if err != nil {
			if !errors.As(err, &se) {
				t.Fatalf("%v is no SlotError", err)
			}
			return
		}
		if strings.ContainsAny(m.Subject, "\r\n\u2028\u2029\u0085") {
			t.Errorf("subject %q", m.Subject)
		}
		_, _, shape, _ := tp.ShapeText(m.Shape)
		for _, c := range []string{"<", ">", `"`} {
			if strings.Count(m.HTML, c) != strings.Count(shape, c) {
				t.Errorf("a value brought %s into the HTML:\n%s", c, m.HTML)
			}
		}
		checkMessage(t, tp, m)
	})
}

func TestTemplatesAreSafeForConcurrentUse(t *testing.T) {
	tp := mustParse(t, benchMail())
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			v := benchValues()
			v.Recipient = recipient("name", strings.Repeat(string(rune('A'+i)), i+1), "sum", "1", "due", "2026-11-22")
			v.Product = &scruple.Product{Rates: []scruple.Rate{{Kind: "deposit_rate", Low: float64(i), High: float64(i), Unit: "%"}}}
			first, err := tp.Fill(v)
			for range 200 {
				if m, err2 := tp.Fill(v); err != nil || err2 != nil || m.HTML != first.HTML {
					t.Error("two fills of the same values differ", err, err2)
					return
				}
			}
		})
	}
	wg.Wait()
}
