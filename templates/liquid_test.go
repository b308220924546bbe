package templates

import (
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"testing"

	"github.com/osteele/liquid"
	"pgregory.net/rapid"

	"github.com/scruple/scruple"
)

// oracle renders with the library itself. Filters that Liquid lacks, or that the library breaks outside ASCII, are ours;
// default, upcase and downcase, all conditions and all white space are the library's.
func oracle(s *scope) *liquid.Engine {
	e := liquid.NewEngine()
	ours := func(name string, v any, args ...string) (any, error) {
		if v == nil || v == "" {
			return nil, nil
		}
		c := call{token: token{text: name}}
		for _, a := range args {
			c.args = append(c.args, token{kind: stringToken, text: a})
		}
		spec := &SlotSpec{Type: "text"}
		if text, ok := v.(string); ok && name == "percent" {
			return text, nil // a rate of the product
		}
		apply, err := filterKinds[name].compile(s, spec, c)
		if err != nil {
			return nil, err
		}
		if n, ok := v.(float64); ok {
			v = strconv.FormatFloat(n, 'f', -1, 64)
		}
		out, reason := apply(nil, fmt.Sprint(v))
		if reason != "" {
			return nil, fmt.Errorf("%s", reason)
		}
		return string(out), nil
	}
	for _, name := range []string{"capitalize", "mask", "wan", "percent"} {
		e.RegisterFilter(name, func(v any) (any, error) { return ours(name, v) })
	}
	e.RegisterFilter("date", func(v any, format string) (any, error) { return ours("date", v, format) })
	e.RegisterFilter("money", func(v any, code func(string) string) (any, error) { return ours("money", v, code(s.locale.currency)) })
	e.RegisterFilter("truncate", func(v any, n func(int) int, el func(string) string) (any, error) {
		return ours("truncate", v, strconv.Itoa(n(50)), el("..."))
	})
	e.RegisterFilter("number", func(v any, n func(int) int) (any, error) {
		if places := n(-1); places >= 0 {
			return ours("number", v, strconv.Itoa(places))
		}
		return ours("number", v)
	})
	return e
}

// bindings are the raw values as the library sees them: figures are numbers, what is empty is nil.
func bindings(s *scope, raw []string) map[string]any {
	out := map[string]any{}
	for i, f := range s.fields {
		if raw[i] == "" {
			continue
		}
		var v any = raw[i]
		if numeric(f.spec.Type) && f.rate == "" {
			v, _ = strconv.ParseFloat(raw[i], 64)
		}
		at := out
		names := strings.Split(f.spec.Name, ".")
		for _, n := range names[:len(names)-1] {
			if at[n] == nil {
				at[n] = map[string]any{}
			}
			at = at[n].(map[string]any)
		}
		at[names[len(names)-1]] = v
	}
	return out
}

// compiled renders nodes as Fill would, without escaping and trimming.
func compiled(s *scope, nodes []node, raw []string) (string, error) {
	at := path{}
	for c := at.open(nodes); c != nil; c = at.open(nodes) {
		at[c.id] = len(c.tests)
		for i, holds := range c.tests {
			if holds(raw) {
				at[c.id] = i
				break
			}
		}
	}
	var b strings.Builder
	for _, p := range at.line(nodes) {
		if !p.slot {
			b.WriteString(p.text)
			continue
		}
		v, reason := s.exprs[p.expr].run(nil, raw[s.exprs[p.expr].field])
		if len(v) == 0 || reason != "" {
			return "", fmt.Errorf("withheld: %s", reason)
		}
		b.Write(v)
	}
	return b.String(), nil
}

// sameAsLibrary compares both renderings of one source; it reports whether there was one to compare.
func sameAsLibrary(t interface{ Fatalf(string, ...any) }, s *scope, src string, raws ...[]string) bool {
	var fs faults
	p := &part{name: "body", text: src, file: &file{name: "x", text: src}}
	nodes := s.compile(p, &fs)
	if err := fs.err(); err != nil {
		t.Fatalf("%v in\n%s", err, src)
	}
	tpl, err := oracle(s).ParseString(src)
	if err != nil {
		t.Fatalf("the library refuses %q: %v", src, err)
	}
	some := false
	for _, raw := range raws {
		got, err := compiled(s, nodes, raw)
		if err != nil {
			continue
		}
		some = true
		want, rerr := tpl.RenderString(bindings(s, raw))
		if rerr != nil {
			t.Fatalf("the library: %v for %q", rerr, src)
		}
		if got != want {
			t.Fatalf("%q with %q\n compiled %q\n library  %q", src, raw, got, want)
		}
	}
	return some
}

func TestLibraryTemplatesMeanWhatLiquidSays(t *testing.T) {
	eachStarter(t, func(t *testing.T, name string) {
		src, _ := fs.ReadFile(Library, name)
		f, body, err := split(name, src)
		if err != nil {
			t.Fatal(err)
		}
		h, err := readFront(f)
		if err != nil {
			t.Fatal(err)
		}
		loc, _ := newLocale(h.Locale, scruple.Market(h.Market))
		for _, text := range []string{h.Subject, h.Preheader, h.Text, body} {
			s := newScope(h, loc)
			var fs faults
			s.compile(&part{name: "body", text: text, file: f}, &fs)
			full, bare := make([]string, len(s.fields)), make([]string, len(s.fields))
			for i, fl := range s.fields {
				full[i] = sample(fl.spec)
				if !strings.Contains(text, "if "+fl.spec.Name) {
					bare[i] = full[i]
				}
			}
			if !sameAsLibrary(t, s, text, full, bare) {
				t.Error("nothing could be compared")
			}
		}
	})
}

// sample is a value that a slot of this kind takes.
func sample(s *SlotSpec) string {
	switch {
	case strings.HasPrefix(s.Name, "product.rate."):
		return "2.10%"
	case s.Type == "amount" || s.Type == "number" || s.Type == "percent":
		return "12345.5"
	case s.Type == "date":
		return "2026-11-22"
	case s.Type == "url":
		return "https://bank.example/a?b=1&c=2"
	}
	return "示例 Sample & <Co>"
}

const propertySlots = `---
name: property
version: 1
channel: sms
market: us
locale: en-US
author: a
slots:
  who: {type: name}
  note: {type: text}
  sum: {type: amount}
  cap: {type: amount}
  when: {type: date}
---
`

func propertyScope(t interface{ Fatal(...any) }) *scope {
	f, _, err := split("p", []byte(propertySlots))
	if err != nil {
		t.Fatal(err)
	}
	h, err := readFront(f)
	if err != nil {
		t.Fatal(err)
	}
	loc, err := newLocale(h.Locale, scruple.US)
	if err != nil {
		t.Fatal(err)
	}
	return newScope(h, loc)
}

var (
	someCopy   = []string{"Hello ", " world", "\n", "  ", "\n\n x \n", "你好", "，a<b> & c", "1.", "{ } %", "\t"}
	someSlots  = []string{"who", "note | upcase", `who | default: "friend"`, "sum | money", `sum | number: 2`, `cap | default: 7 | money: "EUR"`, `when | date: "long"`, `when | date: "%d/%m/%y"`, "note | downcase | truncate: 8", "who | capitalize", `campaign.city`, "product.rate.apy", `product.term.fee | default: "none"`, `when`}
	someTests  = []string{"who", "note", `who == "Ann"`, `who != "Ann"`, `note contains "a"`, "sum > 100", "sum <= 100.5", "sum >= cap", "cap == 7", "cap != sum", `when < "2026-06-01"`, `when >= "2026-11-22"`, "note == nil", "sum != nil", "product.rate.apy", `campaign.city == "Bonn"`}
	someValues = map[string][]string{
		"who": {"", "Ann", "bob b", "ängström"}, "note": {"", "A note", "ALPHA beta gamma", "界界界界界界界界界界"}, "sum": {"", "100", "100.5", "-3", "1234567.25"},
		"cap": {"", "7", "100"}, "when": {"", "2026-01-31", "2026-11-22", "2024-02-29"}, "campaign.city": {"", "Bonn", "Rome"},
		"product.rate.apy": {"", "4.10%"}, "product.term.fee": {"", "no fee"},
	}
)

// liquidCopy writes random copy of the constructs that are taken, with random whitespace marks.
func liquidCopy(t *rapid.T, depth int) string {
	dash := func() string { return rapid.SampledFrom([]string{"", "", "-"}).Draw(t, "dash") }
	tag := func(s string) string { return "{%" + dash() + " " + s + " " + dash() + "%}" }
	cond := func() string {
		c := rapid.SampledFrom(someTests).Draw(t, "test")
		for range rapid.IntRange(0, 2).Draw(t, "more") {
			c += rapid.SampledFrom([]string{" and ", " or "}).Draw(t, "join") + rapid.SampledFrom(someTests).Draw(t, "test")
		}
		return c
	}
	var b strings.Builder
	for range rapid.IntRange(1, 4).Draw(t, "pieces") {
		kind := rapid.IntRange(0, 9).Draw(t, "kind")
		if depth == 0 {
			kind %= 6
		}
		switch {
		case kind < 3:
			b.WriteString(rapid.SampledFrom(someCopy).Draw(t, "copy"))
		case kind < 5:
			b.WriteString("{{" + dash() + " " + rapid.SampledFrom(someSlots).Draw(t, "slot") + " " + dash() + "}}")
		case kind == 5:
			b.WriteString(rapid.SampledFrom([]string{"{% comment %}{{ nobody }}{% if %}{% endcomment %}", "{% raw %}{{ raw }} {% endraw %}", "{%- raw -%} {% if %} {{ x }} {% endraw -%}"}).Draw(t, "other"))
		case kind < 8:
			b.WriteString(tag("if "+cond()) + liquidCopy(t, depth-1))
			for range rapid.IntRange(0, 2).Draw(t, "elsifs") {
				b.WriteString(tag("elsif "+cond()) + liquidCopy(t, depth-1))
			}
			if rapid.Bool().Draw(t, "else") {
				b.WriteString(tag("else") + liquidCopy(t, depth-1))
			}
			b.WriteString(tag("endif"))
		case kind == 8:
			b.WriteString(tag("unless "+cond()) + liquidCopy(t, depth-1) + tag("else") + liquidCopy(t, depth-1) + tag("endunless"))
		default:
			b.WriteString(tag("case who") + "\n " + tag(`when "Ann", "bob b"`) + liquidCopy(t, depth-1) + tag("when nil") + liquidCopy(t, depth-1))
			if rapid.Bool().Draw(t, "else") {
				b.WriteString(tag("else") + liquidCopy(t, depth-1))
			}
			b.WriteString(tag("endcase"))
		}
	}
	return b.String()
}

func TestCompiledCopyMeansWhatLiquidSays(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		src := liquidCopy(rt, 2)
		s := propertyScope(t)
		var fs faults
		s.compile(&part{name: "body", text: src, file: &file{name: "x", text: src}}, &fs)
		var raws [][]string
		for range 6 {
			raw := make([]string, len(s.fields))
			for i, f := range s.fields {
				raw[i] = rapid.SampledFrom(someValues[f.spec.Name]).Draw(rt, f.spec.Name)
			}
			raws = append(raws, raw)
		}
		sameAsLibrary(rt, s, src, raws...)
	})
}

// Each comparison, with values and without, against the library: chance alone would miss some of these.
func TestEveryComparisonMeansWhatLiquidSays(t *testing.T) {
	values := map[string][]string{"sum": {"", "7", "8.5"}, "cap": {"", "7", "9"}, "when": {"", "2026-01-01", "2026-06-01", "2026-11-22"}, "note": {"", "a", "cab", "x"}}
	for _, op := range []string{"==", "!=", "<", ">", "<=", ">="} {
		for _, test := range []string{"sum " + op + " cap", "sum " + op + " 7", "when " + op + ` "2026-06-01"`} {
			compareAll(t, test, values)
		}
	}
	for _, test := range []string{`note == "a"`, `note != "a"`, `note contains "a"`, "note", "note == nil", "note != nil", "sum == nil", "note and sum or when", "note or sum and when"} {
		compareAll(t, test, values)
	}
}

func compareAll(t *testing.T, test string, values map[string][]string) {
	t.Helper()
	src := "{% if " + test + " %}yes{% else %}no{% endif %}{% unless " + test + " %}no{% endunless %}"
	s := propertyScope(t)
	var fs faults
	s.compile(&part{name: "body", text: src, file: &file{name: "x", text: src}}, &fs)
	raws := [][]string{nil}
	for _, f := range s.fields {
		var more [][]string
		for _, raw := range raws {
			for _, v := range values[f.spec.Name] {
				more = append(more, append(raw[:len(raw):len(raw)], v))
			}
		}
		raws = more
	}
	if !sameAsLibrary(t, s, src, raws...) {
		t.Errorf("%s: nothing compared", test)
	}
}
