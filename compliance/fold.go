package compliance

import (
	"slices"
	"unicode/utf8"
)

// fold reads src into units: case, width, accents, traditional characters and look-alike letters are made one; signs that
// hold letters apart are dropped and leave a gap. Every unit keeps the place of its bytes.
func (t *reading) fold(src string) {
	t.units = slices.Grow(t.units, len(src))
	t.lead = 0
	table := glyphTable()
	t.slips = slipIndex()
	if t.loose > 0 {
		t.foldLoosely(src, table)
		return
	}
	for i := 0; i < len(src); {
		if latinAt(src, i) {
			i = t.word(src, i)
			continue
		}
		if src[i] == ' ' {
			t.lead |= gapBefore | spaced
			i++
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
	units[0].flags, t.lead = t.lead, 0
	switch n := len(letters); {
	case n > 1 && n < 6 && end < len(src) && src[end] <= ',' && (at == 0 || t.units[at-1].class != han):
		t.row = 0 // a short word before a space or comma
	case n < 6 || digitAt(src, end) || t.slips.may(letters):
		t.suspect(src, letters, at, end)
	default:
		t.row = 0
	}
	return end
}

// take reads the sign that stands in bytes [i, i+n) of src.
func (t *reading) take(g *glyph, src string, i, n int) {
	start, end, lead := int32(i), int32(i+n), t.lead
	t.lead = 0
	switch g.class {
	case letter, digit, han:
		t.add(g, start, end, lead, src)
	case sign:
		t.sign(g, src, i, n, lead)
	case list:
		t.parts(src, i, n, g)
		t.endRun()
		t.push('、', list, start, end, lead)
	case comma:
		t.comma(g, src, i, n)
	case stop:
		t.parts(src, i, n, g)
		t.endSentence(start, end, g.r)
	case dot:
		t.dot(src, i, n, g)
	case dash:
		t.dash(src, i, n)
	case line:
		t.line(src, i)
	default:
		t.dropped(g, src, i, n, lead)
	}
}

// dropped reads a sign that leaves no unit, and notes it for the next one.
func (t *reading) dropped(g *glyph, src string, i, n int, lead uint16) {
	switch {
	case g.class == drop:
		t.lead, t.odds = lead|g.odd, t.odds|g.odd
		if g.r == override {
			t.odds |= doubtful
			t.signs = append(t.signs, spot{int32(len(t.pieces)), int32(i), int32(i + n), int32(len(t.units)), true})
		}
	case g.class == quote:
		t.mark(g.r)
		t.lead = lead | gapBefore | odd | cited
	case g.class == mark && t.between(src, i, n): // an apostrophe within a word leaves no gap
		t.lead = lead
	case g.class == space:
		t.lead = lead | gapBefore | spaced
	case src[i] == '@' && t.between(src, i, n):
		t.push('a', letter, int32(i), int32(i+n), figured)
	case t.run == 0 && (src[i] == '/' || src[i] == '&' || src[i] == '+' || src[i] == '\''):
		t.lead = lead | gapBefore
	default:
		t.lead = lead | gapBefore | odd
		if n == 4 && flagLetter(src, i) > 0 || t.between(src, i, n) {
			t.odds |= doubtful
		}
		if n == 1 && src[i] >= utf8.RuneSelf {
			t.signs = append(t.signs, spot{int32(len(t.pieces)), int32(i), int32(i + n), int32(len(t.units)), false})
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

// add appends a letter, digit or Han character, and the further ones of a ligature or composed sign.
func (t *reading) add(g *glyph, start, end int32, lead uint16, src string) {
	r, c := g.r, g.class
	flags := lead | g.odd
	switch c {
	case han:
		if lead&gapBefore != 0 && t.run > 0 && (lead&cited == 0 || lead&spaced != 0) {
			t.gapInRun()
		}
		t.run++
	case digit:
		t.endRun()
		if l := looks[r-'0']; l != 0 && t.between(src, int(start), int(end-start)) {
			r, c, flags = l, letter, flags|figured
		} else if latinAt(src, int(end)) && latinAt(src, int(end)+3) {
			t.odds |= doubtful
		}
	default:
		t.endRun()
		if lead&gapBefore != 0 {
			t.alone()
		}
		if b := src[start]; b >= 0xC4 && b <= 0xC7 { // a vowel of Pinyin with its tone, perhaps
			t.odds |= doubtful
		}
	}
	t.odds |= flags
	t.push(r, c, start, end, flags)
	for _, x := range g.rest {
		t.push(x, c, start, end, 0)
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

func (t *reading) push(r rune, c class, start, end int32, flags uint16) {
	u := unitOf(r, c, start, end)
	u.flags = flags
	t.units = append(t.units, u)
}
