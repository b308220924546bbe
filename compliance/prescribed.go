package compliance

import (
	"fmt"
	"strings"
)

// prescribed is one form of a text that the law gives word for word. It is compared sign for sign but for what its tolerance
// lets go; # in it stands for any number.
type prescribed struct {
	rule   string
	text   string
	source []rune // letters, digits and percent signs; 0 stands for a number
	words  []word
	ands   []int // where a word "and" begins in source
	list   int32 // hits of its first words
	parts  int32 // hits of its clauses
	allow  tolerance
}

// word is one word of a prescribed text, as written and as folded. A Han character is a word.
type word struct {
	text   string
	folded string // "" for a number
}

const maxTexts = 64

// prescribe compiles a text in all its forms: [...] may be left out, and of (a|b) one stands there. The first clause of each
// form, or its first words, are looked for; from there on it is compared.
func (c *compiler) prescribe(rule, text string, allow tolerance) ([]*prescribed, error) {
	forms, err := forms(text)
	if err != nil {
		return nil, err
	}
	list, parts := c.newList(), c.newList()
	known := map[string]bool{}
	out := make([]*prescribed, 0, len(forms))
	for _, form := range forms {
		p := &prescribed{rule: rule, text: form, list: list, parts: parts, allow: allow}
		p.read(form)
		if len(p.source) < 8 {
			return nil, fmt.Errorf("a prescribed text needs at least eight letters: %q", form)
		}
		// No term goes on over punctuation, so there is an anchor that does not cross it.
		for _, anchor := range []string{p.anchor(), firstClause(form)} {
			if known[anchor] {
				continue
			}
			known[anchor] = true
			if err := c.add(list, anchor); err != nil {
				return nil, err
			}
		}
		for _, clause := range strings.FieldsFunc(form, func(r rune) bool { return strings.ContainsRune(ends, r) }) {
			if known[clause] || len(clause) < 12 {
				continue
			}
			known[clause] = true
			if err := c.add(parts, clause); err != nil {
				return nil, err
			}
		}
		out = append(out, p)
	}
	c.e.texts = append(c.e.texts, out...)
	return out, nil
}

// forms expands [x] and (a|b). Brackets without | are punctuation of the text.
func forms(text string) ([]string, error) {
	var plain strings.Builder
	depth := 0
	for i, r := range text {
		switch {
		case r == '(' && (depth > 0 || alternation(text[i:])):
			depth++
		case r == ')' && depth > 0:
			depth--
		case r == '(' || r == ')':
			r = ','
		}
		plain.WriteRune(r)
	}
	all, _, err := alternatives(plain.String(), 0)
	if err == nil && countForms(all) > maxTexts {
		err = fmt.Errorf("more than %d forms; write them out", maxTexts)
	}
	var out []string
	for _, b := range all {
		out = append(out, b.strings()...)
	}
	return out, err
}

// alternation reports whether a bracket at the start of s holds |.
func alternation(s string) bool {
	end := strings.IndexByte(s, ')')
	return end > 0 && strings.IndexByte(s[:end], '|') > 0
}

func (p *prescribed) read(text string) {
	text = strings.ReplaceAll(text, "&", " and ")
	for field := range strings.FieldsSeq(text) {
		for field != "" {
			n := strings.IndexByte(field, '#')
			if n == 0 {
				p.source, p.words = append(p.source, 0), append(p.words, word{text: "#"})
				field = field[1:]
				continue
			}
			if n < 0 {
				n = len(field)
			}
			p.add(field[:n])
			field = field[n:]
		}
	}
}

func (p *prescribed) add(s string) {
	letters := folded(s)
	if string(letters) == "and" {
		p.ands = append(p.ands, len(p.source))
	}
	p.source = append(p.source, letters...)
	var t reading
	t.fold(s)
	for w := range t.wordsIn(0, int32(len(t.units))) {
		a, b := &t.units[w.from], &t.units[w.to-1]
		p.words = append(p.words, word{s[a.start : int(b.start)+int(b.size)], t.letters(w.from, w.to)})
	}
}

func (p *prescribed) anchor() string {
	var b strings.Builder
	starts := map[int]bool{}
	at := 0
	for _, w := range p.words {
		starts[at] = true
		at += max(len([]rune(w.folded)), 1)
	}
	for i, r := range p.source {
		if r == 0 || i == 14 && isHan(r) || i >= 18 && starts[i] {
			break
		}
		b.WriteRune(r)
	}
	return b.String()
}

// ends are signs that no term goes on over.
const ends = ",.:;()#/，。：；、（）！!？?"

func firstClause(text string) string {
	if i := strings.IndexAny(text, ends); i > 0 {
		return text[:i]
	}
	return text
}

func folded(s string) []rune {
	var t reading
	t.fold(s)
	var out []rune
	for i := range t.units {
		if compared(&t.units[i]) {
			out = append(out, t.units[i].r)
		}
	}
	return out
}

// compared reports whether a sign counts in the comparison.
func compared(u *unit) bool { return u.class < list && u.r != '-' }

// find returns where a part of the message holds the text, in units, or -1.
func (p *prescribed) find(t *reading, part *piece) (from, to int32) {
	for _, h := range t.of(p.list) {
		if h.start < part.from || h.end > part.to {
			continue
		}
		if end := p.compare(t, part, h.start); end >= 0 {
			return h.start, end
		}
	}
	return -1, -1
}

// compare returns the unit at which the text ends that begins at unit at, or -1 when another text begins there.
func (p *prescribed) compare(t *reading, part *piece, at int32) int32 {
	for i := 0; i < len(p.source); {
		for at < part.to && !compared(&t.units[at]) {
			at++
		}
		switch {
		case at >= part.to:
			return -1
		case p.source[i] == 0:
			to := t.numberAt(at)
			if to == at {
				return -1
			}
			at, i = to, i+1
		case t.units[at].r == p.source[i]:
			at, i = at+1, i+1
		case p.andAt(i) && t.ampersand(part, at):
			i += len("and")
		default:
			return -1
		}
	}
	if !t.closes(at) {
		return -1
	}
	return at
}

func (p *prescribed) andAt(i int) bool {
	for _, n := range p.ands {
		if n == i {
			return p.allow.ampersand
		}
	}
	return false
}

// ampersand reports whether & stands directly before a unit.
func (t *reading) ampersand(part *piece, at int32) bool {
	if at == part.from {
		return false
	}
	before := &t.units[at-1]
	return strings.Contains(part.src[int(before.start)+int(before.size):max(int(before.start)+int(before.size), int(t.units[at].start))], "&")
}
