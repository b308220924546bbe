package compliance

import "unicode/utf8"

// foldLoosely reads src as fold does, and over what was put between or in place of letters: signs that end clauses, digits,
// text against its direction, slips, Pinyin. What only such a reading has is flagged as mended.
func (t *reading) foldLoosely(src string, table *glyphs) {
	for i := 0; i < len(src); {
		r, n := utf8.DecodeRuneInString(src[i:])
		g := table.at(r)
		if g.class == drop && g.r == override {
			i = t.backwards(src, i+n, table)
			continue
		}
		if l := flagLetter(src, i); l > 0 {
			t.push(l, letter, int32(i), int32(i+n), t.lead|styled|mended)
			t.lead, i = 0, i+n
			continue
		}
		if m := t.figureWord(src, i); m > 0 {
			i += m
			continue
		}
		if t.readsOver(g, src, i, n, table) {
			t.lead |= gapBefore | odd | mended
			i += n
			continue
		}
		if wordEnds(g.class) {
			t.mend(g.class == han)
		}
		if latinAt(src, i) {
			i = t.word(src, i)
			continue
		}
		t.take(g, src, i, n)
		i += n
	}
	t.mend(false)
	t.endRun()
}

// wordEnds reports whether a sign of a class ends a word.
func wordEnds(c class) bool {
	return c != letter && c != drop && c != mark && c != skip && c != dash && c != quote
}

// backwards reads what follows an override of direction as it shows, from its end to its start, and returns where it ends.
func (t *reading) backwards(src string, from int, table *glyphs) int {
	end := from
	for end < len(src) && src[end] != '\n' {
		r, n := utf8.DecodeRuneInString(src[end:])
		if r == 0x202C || r == 0x2069 {
			break
		}
		end += n
	}
	first := len(t.units)
	for i := end; i > from; {
		r, n := utf8.DecodeLastRuneInString(src[from:i])
		i -= n
		t.take(table.at(r), src, i, n)
	}
	for k := range t.units[first:] {
		t.units[first+k].flags |= mended
	}
	return end
}

// readsOver reports whether a sign that ends a clause or sentence stands between letters that belong together: directly
// between Latin letters, or beside single ones.
func (t *reading) readsOver(g *glyph, src string, i, n int, table *glyphs) bool {
	last := len(t.units) - 1
	if last < 0 || g.class < list || g.class == dash || g.class > dot && g.class != line {
		return false
	}
	c, far := t.units[last].class, g.class == line || t.lead&spaced != 0
	if c != letter && c != han {
		return false
	}
	at, away := over(src, i+n, table)
	if at == len(src) || table.in(src, at) != c {
		return false
	}
	_, size := utf8.DecodeRuneInString(src[at:])
	before := last == 0 || t.units[last-1].class != c || t.units[last].flags&gapBefore != 0
	after := table.in(src, at+size) != c
	switch {
	case (far || away) && (c == letter || t.lead&spaced != 0):
		return before && after
	case c == letter || g.r == '|':
		return true
	}
	return before || after
}

// over returns the place of the next sign from i on that is no space and ends no clause, and whether there were spaces. It
// looks at few.
func over(src string, i int, table *glyphs) (at int, spaces bool) {
	for range 4 {
		c := table.in(src, i)
		if c < list || c == dash || c == mark || c == quote {
			return i, spaces
		}
		spaces = spaces || c == space || c == line
		_, n := utf8.DecodeRuneInString(src[i:])
		i += n
	}
	return i, spaces
}

// in returns the class of the sign at a place, skip at the end.
func (t *glyphs) in(src string, i int) class {
	if i >= len(src) {
		return skip
	}
	r, _ := utf8.DecodeRuneInString(src[i:])
	return t.at(r).class
}

// figureWord reads a word in which digits and signs stand for letters, and returns its length, or 0 when there is none at i.
func (t *reading) figureWord(src string, i int) int {
	if i > 0 && (alnumAt(src, i-1) || src[i-1] == '.' || src[i-1] == ',') {
		return 0
	}
	n, letters, signs := 0, 0, 0
	for ; i+n < len(src); n++ {
		if latinAt(src, i+n) {
			letters++
		} else if t.letterFor(src[i+n]) == 0 || !digitAt(src, i+n) && src[i+n] != '$' && !t.goesOn(src, i+n+1) {
			break
		} else {
			signs++
		}
	}
	if signs == 0 || letters == 0 || signs > 3*letters {
		return 0
	}
	t.endRun()
	for k := range n {
		r, flags := rune(src[i+k]|0x20), t.lead
		if !latinAt(src, i+k) {
			r, flags = t.letterFor(src[i+k]), flags|figured|mended
		}
		t.lead = 0
		t.push(r, letter, int32(i+k), int32(i+k+1), flags)
	}
	return n
}

// goesOn reports whether a word with signs for letters goes on at place i.
func (t *reading) goesOn(src string, i int) bool {
	return i < len(src) && (alnumAt(src, i) || src[i] == '@' || src[i] == '$' || src[i] == '!' && i+1 < len(src) && alnumAt(src, i+1))
}

// letterFor returns the letter that a digit or sign passes for, or 0. Some pass for two, of which each loose reading takes one.
func (t *reading) letterFor(c byte) rune {
	const from, first, second = "0123456789@$!|+", "oizeasgtbgasi\x00t", "olzeasbtbgaslli"
	for k := range len(from) {
		if from[k] != c {
			continue
		}
		t.twofold = t.twofold || first[k] != second[k]
		if t.loose < 2 {
			return rune(first[k])
		}
		return rune(second[k])
	}
	return 0
}
