package compliance

import (
	"fmt"
	"strings"
)

// prescribed is a text that the law gives word for word. It is compared sign for sign except for case, width, accents, quotes,
// spaces and punctuation; # in it stands for any number.
type prescribed struct {
	source []rune // letters, digits and percent signs; 0 stands for a number
	words  []string
	starts []int // where each word begins in source
	list   int32 // hits of its first words
}

// prescribe compiles a text. Its first clause, or first words, are looked for; from there on it is compared.
func (c *compiler) prescribe(text string) (*prescribed, error) {
	p := &prescribed{list: c.newList()}
	anchor := ""
	for word := range strings.FieldsSeq(text) {
		if word == "#" || word == "#%" {
			p.word(word, append([]rune{0}, []rune(word[1:])...))
			continue
		}
		folded := folded(word)
		if len(folded) > 0 {
			p.word(word, folded)
		}
	}
	if len(p.source) < 8 {
		return nil, fmt.Errorf("a prescribed text needs at least eight letters")
	}
	for i, r := range p.source {
		if r == 0 || i == 14 && isHan(r) || i >= 18 && wordStart(p.starts, i) {
			break
		}
		anchor += string(r)
	}
	if err := c.add(p.list, anchor); err != nil {
		return nil, err
	}
	// No term goes on over punctuation, so the anchor may not cross it.
	return p, c.add(p.list, firstClause(text))
}

func wordStart(starts []int, i int) bool {
	for _, s := range starts {
		if s == i {
			return true
		}
	}
	return false
}

func firstClause(text string) string {
	if i := strings.IndexAny(text, ",.:;()#，。：；、（）"); i > 0 {
		return text[:i]
	}
	return text
}

func (p *prescribed) word(word string, folded []rune) {
	p.words = append(p.words, word)
	p.starts = append(p.starts, len(p.source))
	p.source = append(p.source, folded...)
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

// lacks says how a part of the message departs from the text, or "".
func (p *prescribed) lacks(t *reading, part *piece) string {
	best := -1
	var at int32
	for _, h := range t.of(p.list) {
		if h.start < part.from || h.end > part.to {
			continue
		}
		n, stop := p.compare(t, h.start, part.to)
		if n == len(p.source) {
			return ""
		}
		if n > best {
			best, at = n, stop
		}
	}
	if best < 0 {
		return "the prescribed text is not there"
	}
	word := 0
	for i, s := range p.starts {
		if s <= best {
			word = i
		}
	}
	found := t.wordAt(at, part.to)
	if found == "" {
		return fmt.Sprintf("the prescribed text breaks off before %q", p.words[word])
	}
	return fmt.Sprintf("the prescribed text is changed: expected %q, found %q", p.words[word], found)
}

// compare returns how many signs of the text agree from unit at on, and the unit where they part.
func (p *prescribed) compare(t *reading, at, end int32) (int, int32) {
	for i := 0; i < len(p.source); {
		for at < end && !compared(&t.units[at]) {
			at++
		}
		if at >= end {
			return i, at
		}
		if p.source[i] == 0 {
			to := t.numberAt(at)
			if to == at {
				return i, at
			}
			at, i = to, i+1
			continue
		}
		if t.units[at].r != p.source[i] {
			return i, at
		}
		at, i = at+1, i+1
	}
	return len(p.source), at
}

// wordAt returns the word that holds a unit, as folded.
func (t *reading) wordAt(at, end int32) string {
	if at >= end {
		return ""
	}
	for at > 0 && !t.opens(at) {
		at--
	}
	var b strings.Builder
	for i := at; i < end && b.Len() < 30; i++ {
		if i > at && (t.closes(i) || !compared(&t.units[i])) && t.units[i-1].class != han {
			break
		}
		if t.units[i].class >= list {
			break
		}
		b.WriteRune(t.units[i].r)
	}
	return b.String()
}
