package compliance

import (
	"iter"
	"strings"
)

// span is units [from, to) of the reading.
type span struct{ from, to int32 }

// wordsIn yields the words of units [from, to): Latin words, numbers, percent and currency signs, and each Han character.
func (t *reading) wordsIn(from, to int32) iter.Seq[span] {
	return func(yield func(span) bool) {
		for at := from; at < to; {
			u := &t.units[at]
			end := at + 1
			if !compared(u) {
				at = end
				continue
			}
			if u.class == letter || u.class == digit {
				for end < to && t.units[end].class == u.class && t.units[end].flags&gapBefore == 0 {
					end++
				}
			}
			if !yield(span{at, end}) {
				return
			}
			at = end
		}
	}
}

// letters returns units [from, to) as folded.
func (t *reading) letters(from, to int32) string {
	var b strings.Builder
	for i := from; i < to; i++ {
		if compared(&t.units[i]) {
			b.WriteRune(t.units[i].r)
		}
	}
	return b.String()
}

// says returns the words of units [from, to) for people, at most 60 bytes of them.
func (t *reading) says(from, to int32) string {
	var b strings.Builder
	for w := range t.wordsIn(from, to) {
		u := &t.units[w.from]
		if b.Len() > 60 {
			b.WriteString(" ...")
			break
		}
		if b.Len() > 0 && u.class != han && u.r != '%' {
			b.WriteByte(' ')
		}
		b.WriteString(t.letters(w.from, w.to))
	}
	return b.String()
}

// joined returns words of a prescribed text for people, at most 60 bytes of them.
func joined(words []word) string {
	var b strings.Builder
	for _, w := range words {
		if b.Len() > 60 {
			b.WriteString(" ...")
			break
		}
		if r := []rune(w.text); b.Len() > 0 && !isHan(r[0]) && r[0] != '%' {
			b.WriteByte(' ')
		}
		b.WriteString(w.text)
	}
	return b.String()
}
