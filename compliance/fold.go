package compliance

import (
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// fold reads src into units: case, width, accents, traditional characters and look-alike letters are made one; signs that
// hold letters apart are dropped and leave a gap. Every unit keeps the place of its bytes.
func (t *reading) fold(src string) {
	table := glyphTable()
	gap := false
	for i := 0; i < len(src); {
		var g *glyph
		n := 1
		if c := src[i]; c < utf8.RuneSelf {
			g = &table[0][c]
		} else {
			var r rune
			r, n = utf8.DecodeRuneInString(src[i:])
			if r < 0x10000 {
				g = &table[r>>8][r&255]
			} else {
				rare := beyond(r)
				g = &rare
			}
		}
		start, end := int32(i), int32(i+n)
		switch g.class {
		case letter:
			if t.run > 0 {
				t.endRun()
			}
			u := unit{r: g.r, class: letter, start: start, end: end}
			if gap {
				u.flags = gapBefore
			}
			t.units = append(t.units, u)
			if g.rest != "" {
				t.more(g, start, end)
			}
			gap = false
		case digit, han:
			t.add(g, start, end, gap, src)
			gap = false
		case sign:
			if g.r == '$' && t.between(src, i, n) {
				t.push('s', letter, start, end, false)
			} else {
				t.endRun()
				t.push(g.r, sign, start, end, gap)
				if g.r == '%' {
					t.percent = append(t.percent, int32(len(t.units)-1))
				}
			}
			gap = false
		case drop:
		case list:
			t.endRun()
			t.push('、', list, start, end, gap)
			gap = false
		case comma:
			if g.r == ',' && n == 1 && src[i] == ',' && digitAt(src, i-1) && digitAt(src, i+1) {
				t.push(',', digit, start, end, false)
			} else if src[i] == ':' && digitAt(src, i-1) && digitAt(src, i+1) {
				gap = true
			} else {
				t.endClause(start, end, ',')
				gap = false
			}
		case stop:
			t.endSentence(start, end, g.r)
			gap = false
		case dot:
			gap = t.dot(src, i, n)
		case dash:
			gap = t.dash(src, i, n)
		case mark:
			gap = gap || !latinAt(src, i-1) || !latinAt(src, i+n)
		case line:
			gap = t.line(src, i)
		default:
			if src[i] == '@' && t.between(src, i, n) {
				t.push('a', letter, start, end, false)
			} else {
				gap = true
			}
		}
		i += n
	}
	t.endRun()
}

// add appends a digit or Han character, and what its composed sign holds beside.
func (t *reading) add(g *glyph, start, end int32, gap bool, src string) {
	r, c := g.r, g.class
	switch c {
	case han:
		if gap && t.run > 0 {
			t.gapInRun()
		}
		t.run++
	case digit:
		if l := looks[r-'0']; l != 0 && t.between(src, int(start), int(end-start)) {
			r, c = l, letter
		}
		fallthrough
	default:
		t.endRun()
	}
	t.push(r, c, start, end, gap)
	t.more(&glyph{class: c, rest: g.rest}, start, end)
}

// more appends the further letters of a ligature or composed sign.
func (t *reading) more(g *glyph, start, end int32) {
	for _, x := range g.rest {
		t.push(x, g.class, start, end, false)
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
	u := unit{r: r, class: c, start: start, end: end}
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
		for _, d := range norm.NFKD.String(string(r)) {
			if isHan(d) {
				return glyph{r: d, class: han}
			}
			if g := glyphOf(d); g.class == letter || g.class == digit {
				return g
			}
			break
		}
	case r >= 0x20000 && r <= 0x3FFFF:
		return glyph{r: r, class: han}
	case r >= 0xE0000 && r <= 0xE0FFF:
		return glyph{class: drop}
	}
	return glyph{class: skip}
}
