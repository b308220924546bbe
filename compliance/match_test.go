package compliance

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/scruple/scruple"
)

// sameHits compares what an engine finds in a text with what the plain way finds. Terms of list n are those of terms[n].
func sameHits(t interface{ Fatalf(string, ...any) }, e *engine, r *reading, forms map[int32][]plainForm) {
	r.scan(e)
	for id, all := range forms {
		var want []hit
		for _, f := range all {
			for at := range r.units {
				if h, ok := f.findAt(r, int32(at)); ok {
					h.list = id
					want = append(want, h)
				}
			}
		}
		if got, want := distinct(r.of(id)), distinct(want); !slices.Equal(got, want) {
			t.Fatalf("list %d in %q:\n got %v\nwant %v", id, spelt(r), got, want)
		}
	}
	r.forget()
}

func distinct(hits []hit) []hit {
	out := slices.Clone(hits)
	slices.SortFunc(out, func(a, b hit) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end), cmp.Compare(a.gap, b.gap), cmp.Compare(a.resume, b.resume))
	})
	return slices.Compact(out)
}

func spelt(r *reading) string {
	var b strings.Builder
	for i := range r.units {
		if r.units[i].flags&gapBefore != 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r.units[i].r)
	}
	return b.String()
}

// fakeEngine finds terms, each in a list of its own.
func fakeEngine(terms []string) (*engine, map[int32][]plainForm, error) {
	c := newCompiler(nil, &termForms{known: map[string][]pattern{}})
	forms := map[int32][]plainForm{}
	for _, term := range terms {
		list := c.newList()
		all, err := plainForms(term)
		if err == nil {
			err = c.add(list, term)
		}
		if err != nil {
			return nil, nil, err
		}
		forms[list] = all
	}
	return c.finish(), forms, nil
}

// Terms put together at random from few words are found in texts of those words exactly where the plain way finds them.
func TestTermsAreFoundWhereTheyStand(t *testing.T) {
	words := []string{"a", "ab", "abc", "b", "保", "保本", "本金", "不", "收益", "pay", "pays"}
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.SampledFrom(words)
		group := rapid.Custom(func(t *rapid.T) string {
			return "(" + strings.Join(rapid.SliceOfNDistinct(word, 1, 3, rapid.ID).Draw(t, "group"), "|") + ")"
		})
		piece := rapid.Custom(func(t *rapid.T) string {
			return rapid.OneOf(word, group, rapid.SampledFrom([]string{"...", "...", " ", "# ", "*", "* ", "[a]", "[不|本金]", "(a ... b|保)"})).Draw(t, "piece")
		})
		term := rapid.Custom(func(t *rapid.T) string { return strings.Join(rapid.SliceOfN(piece, 1, 6).Draw(t, "pieces"), "") })
		var terms []string
		for _, one := range rapid.SliceOfN(term, 1, 8).Draw(t, "terms") {
			if _, err := parseTerm(one); err == nil {
				terms = append(terms, one)
			}
		}
		e, forms, err := fakeEngine(terms)
		if err != nil {
			t.Fatal(err)
		}
		sign := rapid.SampledFrom([]string{" ", " ", " ", "", "，", ",", ". ", "\n", "-", "7", "3.5", "一", "a b c ", "、", "*"})
		r := e.newReading()
		text := rapid.Custom(func(t *rapid.T) string { return word.Draw(t, "word") + sign.Draw(t, "sign") })
		for range 3 {
			r.read(&scruple.Message{Text: strings.Join(rapid.SliceOfN(text, 1, 25).Draw(t, "text"), "")})
			sameHits(t, e, r, forms)
		}
	})
}

// The terms of the books that ship are found in their examples exactly where the plain way finds them.
func TestTermsOfTheBooksAreFoundWhereTheyStand(t *testing.T) {
	if testing.Short() {
		t.Skip("the plain way takes its time")
	}
	l := &loader{lexicons: map[string][]string{}, forms: &termForms{known: map[string][]pattern{}}}
	files := l.read(Rules)
	l.parse(files)
	l.take(files)
	var terms []string
	for _, f := range l.files {
		for _, list := range f.parsed.Lexicons {
			terms = append(terms, list...)
		}
		for _, s := range f.parsed.Rules {
			if s.Match != nil {
				terms = slices.Concat(terms, s.Match.Any, s.Match.Near, s.Match.Unless)
			}
			for _, u := range s.Units {
				terms = append(terms, u.Any...)
			}
		}
	}
	terms = slices.DeleteFunc(terms, func(s string) bool { return strings.HasPrefix(s, "@") || plainAddress(s) })
	slices.Sort(terms)
	terms = slices.Compact(terms)
	book := book(t)
	for at := 0; at < len(terms); at += 40 { // a sample, each time of other terms
		e, forms, err := fakeEngine(terms[at:min(at+4, len(terms))])
		if err != nil {
			t.Fatal(err)
		}
		r := e.newReading()
		for n, rule := range book.Rules() {
			if n%7 != at/40%7 {
				continue
			}
			for _, x := range append(slices.Clone(rule.Flag), rule.Pass...) {
				r.read(&scruple.Message{Text: x.Text, HTML: x.HTML, Subject: x.Subject})
				sameHits(t, e, r, forms)
			}
		}
	}
	fmt.Fprintf(t.Output(), "%d terms\n", len(terms))
}

// plainAddress reports a domain of a lexicon of links, which is no term.
func plainAddress(s string) bool {
	return strings.Contains(s, ".") && !strings.Contains(s, "...") && !strings.Contains(s, " ")
}
