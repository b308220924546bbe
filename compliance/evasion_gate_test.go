package compliance

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/scruple/scruple"
)

// sample is a message of a testdata file.
type sample struct {
	market  scruple.Market
	product string
	text    string
}

func samples(t *testing.T, name string) []sample {
	t.Helper()
	f, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []sample
	for s := bufio.NewScanner(f); s.Scan(); {
		if cells := strings.Split(s.Text(), "\t"); len(cells) == 3 {
			out = append(out, sample{scruple.Market(cells[0]), cells[1], cells[2]})
		}
	}
	return out
}

// message is the message with other words, as text or as HTML.
func (s sample) message(text string, html bool) *scruple.Message {
	m := &scruple.Message{Market: s.market, Channel: scruple.Push, Text: text, Excerpt: true}
	if html {
		m.Text, m.HTML = "", text
	}
	return m
}

func (s sample) check(t *testing.T, m *scruple.Message) scruple.Findings {
	t.Helper()
	return book(t).Check(m, &scruple.Facts{Now: noon, Product: &scruple.Product{Type: s.product}})
}

// stretch of bytes
type bytesAt struct{ start, end int }

// claimed returns where claims stand in a part, joined where they overlap, in order.
func claimed(fs scruple.Findings, part string) []bytesAt {
	var out []bytesAt
	for _, f := range fs { // sorted by start
		if f.Kind != kindClaim || f.Part != part {
			continue
		}
		if n := len(out); n > 0 && f.Start <= out[n-1].end {
			out[n-1].end = max(out[n-1].end, f.End)
			continue
		}
		out = append(out, bytesAt{f.Start, f.End})
	}
	return out
}

// dress puts a disguise over some stretches of a text and returns where they are now.
func dress(d disguise, n int, text string, at []bytesAt) (string, []bytesAt) {
	var b strings.Builder
	var out []bytesAt
	from := 0
	for _, s := range at {
		b.WriteString(text[from:s.start])
		start := b.Len()
		b.WriteString(d.put(text[s.start:s.end], n))
		out = append(out, bytesAt{start, b.Len()})
		from = s.end
	}
	b.WriteString(text[from:])
	return b.String(), out
}

// Claims are found under disguises, and findings point at the disguised words.
func TestDisguisedClaimsAreFound(t *testing.T) {
	all := samples(t, "disguised.txt")
	if len(all) != 100 {
		t.Fatalf("%d messages, want 100", len(all))
	}
	tried, found, changed := 0, 0, 0
	for n, s := range all {
		at := claimed(s.check(t, s.message(s.text, false)), "text")
		if len(at) == 0 {
			t.Errorf("no claim is found in the plain message: %s", s.text)
		}
		for _, d := range disguises {
			text, places := dress(d, n, s.text, at)
			m := s.message(text, d.html)
			fs := s.check(t, m)
			tried++
			if text != s.text {
				changed++
			}
			for i := range fs {
				spanInside(t, m, &fs[i])
			}
			if overlap(claimed(fs, m2part(d)), places) {
				found++
			} else {
				t.Logf("missed: %s: %s %s", d.name, s.market, text)
			}
		}
	}
	t.Logf("%d of %d found, %d of them changed by the disguise", found, tried, changed)
	if len(disguises) < 12 || found*100 < tried*98 {
		t.Errorf("%d of %d disguised claims are found, want 98 in 100", found, tried)
	}
	if changed*100 < tried*90 {
		t.Errorf("only %d of %d messages are changed by their disguise", changed, tried)
	}
}

func m2part(d disguise) string {
	if d.html {
		return "html"
	}
	return "text"
}

func overlap(a, b []bytesAt) bool {
	for _, x := range a {
		for _, y := range b {
			if x.start < y.end && y.start < x.end {
				return true
			}
		}
	}
	return false
}

// Disguises over harmless messages, all of their words, make no claim. Some are findings by themselves.
func TestDisguisedHarmlessMessagesMakeNoClaim(t *testing.T) {
	all := samples(t, "harmless.txt")
	if len(all) < 60 {
		t.Fatalf("%d messages, want 60", len(all))
	}
	for n, s := range all {
		if fs := s.check(t, s.message(s.text, false)); len(fs) > 0 {
			t.Errorf("the plain message is not clean: %s %+v", s.text, fs)
		}
		for _, d := range disguises {
			for what, at := range map[string][]bytesAt{"all": words(s.text), "some": hardWords(s.text)} {
				text, _ := dress(d, n, s.text, at)
				for _, f := range s.check(t, s.message(text, d.html)) {
					switch {
					case f.Kind == kindClaim:
						t.Errorf("%s over %s words: a claim %q in %q (%s)", d.name, what, f.Quote, text, f.Rule)
					case !strings.HasSuffix(f.Rule, d.itself) || d.itself == "":
						t.Errorf("%s over %s words: %s %q in %q", d.name, what, f.Rule, f.Quote, text)
					}
				}
			}
		}
	}
}

// words returns all stretches of letters of a text: Latin words, and Chinese letters up to the next sign.
func words(text string) []bytesAt {
	var out []bytesAt
	start := -1
	for i, r := range text + "。" {
		letter := isHan(r) || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if letter && start < 0 {
			start = i
		}
		if !letter && start >= 0 {
			out = append(out, bytesAt{start, i})
			start = -1
		}
	}
	return out
}

// hardWords returns the words of a text that would be claims elsewhere.
func hardWords(text string) []bytesAt {
	var out []bytesAt
	for _, w := range []string{"保本", "保息", "稳赚", "零风险", "保证收益", "guaranteed", "guarantee", "risk", "profits", "returns"} {
		for from := 0; ; {
			n := strings.Index(text[from:], w)
			if n < 0 {
				break
			}
			from += n + len(w)
			out = append(out, bytesAt{from - len(w), from})
		}
	}
	return tidy(out)
}

func tidy(at []bytesAt) []bytesAt {
	var out []bytesAt
	for start := 0; ; {
		best := bytesAt{start: -1}
		for _, s := range at {
			if s.start >= start && (best.start < 0 || s.start < best.start || s.start == best.start && s.end > best.end) {
				best = s
			}
		}
		if best.start < 0 {
			return out
		}
		out = append(out, best)
		start = best.end
	}
}

func ExampleBook_Check_disguised() {
	b, err := Builtin()
	if err != nil {
		fmt.Println(err)
		return
	}
	m := &scruple.Message{Market: scruple.UK, Channel: scruple.Push, Text: "Our guar*anteed returns", Excerpt: true}
	for _, f := range b.Check(m, &scruple.Facts{Product: &scruple.Product{Type: "fund"}}) {
		if f.Kind == "claim" {
			fmt.Println(f.Quote)
		}
	}
	// Output: guar*anteed returns
}
