package compliance

import (
	"slices"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// fold reads src into units: case, width, accents, traditional characters and look-alike letters are made one; signs that
// hold letters apart are dropped and leave a gap. Every unit keeps the place of its bytes.
func (t *reading) fold(src string) {
	t.units = slices.Grow(t.units, len(src))
	t.gap = false
	table := glyphTable()
	for i := 0; i < len(src); {
		if latinAt(src, i) {
			i = t.word(src, i)
			continue
		}
		r, n := rune(src[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(src[i:])
		}
		t.take(table.at(r), src, i, n)
		i += n
	}
	t.endRun()
}

// word reads plain Latin letters, by far the most of Latin text, and returns where they end.
func (t *reading) word(src string, i int) int {
	if t.run > 0 {
		t.endRun()
	}
	end := i + 1
	for latinAt(src, end) {
		end++
	}
	letters, at := src[i:end], len(t.units)
	t.units = slices.Grow(t.units, len(letters))[:at+len(letters)]
	units := t.units[at:]
	for k := range units {
		units[k] = unit{r: rune(letters[k] | 0x20), start: int32(i + k), size: 1, class: letter}
	}
	if t.gap {
		units[0].flags, t.gap = gapBefore, false
	}
	return end
}

// take reads the sign that stands in bytes [i, i+n) of src.
func (t *reading) take(g *glyph, src string, i, n int) {
	start, end, gap := int32(i), int32(i+n), t.gap
	t.gap = false
	switch g.class {
	case letter, digit, han:
		t.add(g, start, end, gap, src)
	case sign:
		t.sign(g, src, i, n, gap)
	case list:
		t.endRun()
		t.push('、', list, start, end, gap)
	case comma:
		t.gap = t.comma(g, src, i, n)
	case stop:
		t.endSentence(start, end, g.r)
	case dot:
		t.gap = t.dot(src, i, n)
	case dash:
		t.gap = t.dash(src, i, n)
	case line:
		t.gap = t.line(src, i)
	case quote:
		t.mark(g.r)
		t.gap = true
	case drop:
		t.gap = gap
	case mark: // an apostrophe within a word leaves no gap
		t.gap = gap || !t.between(src, i, n)
	default:
		t.gap = src[i] != '@' || !t.between(src, i, n)
		if !t.gap {
			t.push('a', letter, start, end, false)
		}
	}
}

// mark reads a quotation mark. A straight one ends what another began.
func (t *reading) mark(r rune) {
	at := int32(len(t.units))
	switch {
	case t.open >= 0 && r != '“':
		t.quotes = append(t.quotes, t.open, at)
		t.open = -1
	case r != '”':
		t.open = at
	}
}

// sign reads a percent or currency sign. A dollar sign within a word stands for an s.
func (t *reading) sign(g *glyph, src string, i, n int, gap bool) {
	start, end := int32(i), int32(i+n)
	if g.r == '$' && t.between(src, i, n) {
		t.push('s', letter, start, end, false)
		return
	}
	t.endRun()
	t.push(g.r, sign, start, end, gap)
	if g.r == '%' {
		t.percent = append(t.percent, int32(len(t.units)-1))
	}
}

// comma reads a sign that ends a clause, unless it stands between figures (1,000 and 9:30), and reports whether it leaves a
// gap.
func (t *reading) comma(g *glyph, src string, i, n int) bool {
	inFigure := n == 1 && digitAt(src, i-1) && digitAt(src, i+1)
	switch {
	case inFigure && src[i] == ',':
		t.push(',', digit, int32(i), int32(i+n), false)
	case inFigure && src[i] == ':':
		return true
	default:
		t.endClause(int32(i), int32(i+n), ',')
	}
	return false
}

// add appends a letter, digit or Han character, and the further ones of a ligature or composed sign.
func (t *reading) add(g *glyph, start, end int32, gap bool, src string) {
	r, c := g.r, g.class
	switch c {
	case han:
		if gap && t.run > 0 {
			t.gapInRun()
		}
		t.run++
	case digit:
		t.endRun()
		if l := looks[r-'0']; l != 0 && t.between(src, int(start), int(end-start)) {
			r, c = l, letter
		}
	default:
		t.endRun()
	}
	t.push(r, c, start, end, gap)
	for _, x := range g.rest {
		t.push(x, c, start, end, false)
	}
}

// looks gives the letter that a digit passes for.
var looks = [10]rune{0: 'o', 1: 'i', 3: 'e', 4: 'a', 5: 's', 7: 't'}

// gapInRun marks that a gap may be a clause's end: people write 产品有风险 投资须谨慎, and also 保 本.
func (t *reading) gapInRun() {
	if t.soft && t.run < 3 {
		t.clauses = t.clauses[:len(t.clauses)-1]
		t.soft = false
	} else if t.run >= 3 {
		t.clauses = append(t.clauses, int32(len(t.units)))
		t.soft = true
	}
	t.run = 0
}

func (t *reading) push(r rune, c class, start, end int32, gap bool) {
	u := unitOf(r, c, start, end)
	if gap {
		u.flags = gapBefore
	}
	t.units = append(t.units, u)
}

// dot reads a full stop and reports whether it leaves a gap.
func (t *reading) dot(src string, i, n int) bool {
	start, end := int32(i), int32(i+n)
	switch {
	case digitAt(src, i-1) && digitAt(src, i+n):
		t.push('.', digit, start, end, false)
		return false
	case !alnumAt(src, i+n) && !(i+n < len(src) && src[i+n] >= 0x80 && t.run > 0):
		if singleBefore(src, i) && i+n < len(src) && src[i+n] == ' ' {
			return true // p.a. and U.S. end no sentence
		}
		t.endSentence(start, end, '.')
		return false
	case alnumAt(src, i-1) && !singleBefore(src, i) && alnumAt(src, i+n+1):
		t.push('.', dot, start, end, false) // a name such as bank.example
		return false
	}
	return true
}

// dash reads a hyphen, dash or tilde and reports whether it leaves a gap.
func (t *reading) dash(src string, i, n int) bool {
	spaced := i > 0 && src[i-1] == ' ' && i+n < len(src) && src[i+n] == ' '
	if spaced && singleBefore(src, i-1) && latinAt(src, i+n+1) && !alnumAt(src, i+n+2) {
		return true // letters held apart: r i s k - f r e e
	}
	before := i > 0 && (digitAt(src, i-1) || src[i-1] == '%')
	if spaced && (i < 2 || !digitAt(src, i-2) && src[i-2] != '%') {
		t.endClause(int32(i), int32(i+n), ',')
		return false
	}
	if before || digitAt(src, i+n) || spaced {
		t.endRun()
		t.push('-', sign, int32(i), int32(i+n), false)
		return false
	}
	return true
}

// line reads a line break. One before a small letter wraps a line; others end a sentence.
func (t *reading) line(src string, i int) bool {
	if i+1 < len(src) && src[i+1] >= 'a' && src[i+1] <= 'z' && i > 0 && src[i-1] != '\n' && src[i-1] < 0x80 {
		return true
	}
	t.endSentence(int32(i), int32(i+1), '\n')
	return false
}

// between reports whether Latin letters stand directly on both sides of n bytes at i.
func (t *reading) between(src string, i, n int) bool { return latinAt(src, i-1) && latinAt(src, i+n) }

func latinAt(src string, i int) bool {
	return i >= 0 && i < len(src) && (src[i]|0x20) >= 'a' && (src[i]|0x20) <= 'z'
}

func digitAt(src string, i int) bool { return i >= 0 && i < len(src) && src[i] >= '0' && src[i] <= '9' }

func alnumAt(src string, i int) bool { return latinAt(src, i) || digitAt(src, i) }

// singleBefore reports whether one single letter stands before place i.
func singleBefore(src string, i int) bool { return latinAt(src, i-1) && !alnumAt(src, i-2) }

// beyond classifies code points above 0xFFFF: letters of the mathematical alphabets and further Han characters; all else
// is skipped, as emoji are.
func beyond(r rune) glyph {
	switch {
	case r >= 0x1D400 && r <= 0x1D7FF || r >= 0x1F100 && r <= 0x1F1FF || r >= 0x2F800 && r <= 0x2FA1F:
		first, _ := utf8.DecodeRuneInString(norm.NFKD.String(string(r)))
		if isHan(first) {
			return glyph{r: first, class: han}
		}
		if g := glyphOf(first); g.class == letter || g.class == digit {
			return g
		}
	case r >= 0x20000 && r <= 0x3FFFF:
		return glyph{r: r, class: han}
	case r >= 0xE0000 && r <= 0xE0FFF:
		return glyph{class: drop}
	}
	return glyph{class: skip}
}
