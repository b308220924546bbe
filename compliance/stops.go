package compliance

import "unicode/utf8"

// The signs between words: what they end, and what they leave.

// sign reads a percent or currency sign. A dollar sign within a word stands for an s.
func (t *reading) sign(g *glyph, src string, i, n int, lead uint16) {
	start, end := int32(i), int32(i+n)
	if g.r == '$' && t.between(src, i, n) {
		t.push('s', letter, start, end, lead|figured)
		return
	}
	t.endRun()
	t.push(g.r, sign, start, end, lead)
}

// comma reads a sign that ends a clause, unless it stands between figures (1,000 and 9:30).
func (t *reading) comma(g *glyph, src string, i, n int) {
	inFigure := g.r == ',' && t.digitBefore(src, i) && digitNext(src, i+n)
	switch {
	case inFigure && (src[i] == ',' || n > 1 && src[i:i+n] == "，"):
		t.push(',', digit, int32(i), int32(i+n), 0)
	case inFigure && (src[i] == ':' || n > 1 && src[i:i+n] == "："):
		t.lead = gapBefore
	default:
		t.parts(src, i, n, g)
		t.endClause(int32(i), int32(i+n), ',')
	}
}

// dot reads a full stop.
func (t *reading) dot(src string, i, n int, g *glyph) {
	start, end := int32(i), int32(i+n)
	switch {
	case t.digitBefore(src, i) && digitNext(src, i+n):
		t.push('.', digit, start, end, 0)
		return
	case !alnumAt(src, i+n) && !(i+n < len(src) && src[i+n] >= 0x80 && t.run > 0):
		if singleBefore(src, i) && i+n < len(src) && src[i+n] == ' ' {
			t.lead = gapBefore // p.a. and U.S. end no sentence
			return
		}
		t.parts(src, i, n, g)
		t.endSentence(start, end, '.')
		return
	case alnumAt(src, i-1) && !singleBefore(src, i) && alnumAt(src, i+n+1):
		t.parts(src, i, n, g)
		t.push('.', dot, start, end, 0) // a name such as bank.example
		return
	}
	t.lead = gapBefore | odd
}

// dash reads a hyphen, dash or tilde.
func (t *reading) dash(src string, i, n int) {
	spaces := i > 0 && src[i-1] == ' ' && i+n < len(src) && src[i+n] == ' '
	if spaces && singleBefore(src, i-1) && latinAt(src, i+n+1) && !alnumAt(src, i+n+2) {
		t.lead = gapBefore // letters held apart: r i s k - f r e e
		return
	}
	before := i > 0 && (digitAt(src, i-1) || src[i-1] == '%')
	switch {
	case spaces && (i < 2 || !digitAt(src, i-2) && src[i-2] != '%'):
		t.endClause(int32(i), int32(i+n), ',')
	case before || digitAt(src, i+n) || spaces:
		t.endRun()
		t.push('-', sign, int32(i), int32(i+n), 0)
	case t.run > 0:
		t.lead = gapBefore | odd
	default:
		t.lead = gapBefore
		if t.between(src, i, n) && t.hyphenSlip(src, i, n) {
			t.odds |= doubtful
		}
	}
}

// hyphenSlip reports whether the two words that a hyphen of n bytes at place i joins are a slip of one hard word.
func (t *reading) hyphenSlip(src string, i, n int) bool {
	from, to := i, i+n
	for latinAt(src, from-1) {
		from--
	}
	for latinAt(src, to) {
		to++
	}
	var word [longestWord]byte
	if to-from > len(word) {
		return false
	}
	copy(word[copy(word[:], src[from:i]):], src[i+n:to])
	return t.slips.of(string(word[:to-from-n])) >= 0
}

// line reads a line break. One before a small letter wraps a line; others end a sentence.
func (t *reading) line(src string, i int) {
	if i+1 < len(src) && src[i+1] >= 'a' && src[i+1] <= 'z' && i > 0 && src[i-1] != '\n' && src[i-1] < 0x80 {
		t.lead = gapBefore | spaced
		return
	}
	if t.lone() {
		t.odds |= doubtful
	}
	t.endSentence(int32(i), int32(i+1), '\n')
}

// digitBefore reports whether a figure stands directly before place i: the last unit, in whatever digits it is written.
func (t *reading) digitBefore(src string, i int) bool {
	if i > 0 && src[i-1] < 0x80 {
		return digitAt(src, i-1)
	}
	n := len(t.units)
	return n > 0 && t.units[n-1].class == digit && int(t.units[n-1].start)+int(t.units[n-1].size) == i
}

// digitNext reports whether a digit stands at place i, in whatever script.
func digitNext(src string, i int) bool {
	if i >= len(src) || src[i] < 0x80 {
		return digitAt(src, i)
	}
	r, _ := utf8.DecodeRuneInString(src[i:])
	return glyphTable().at(r).class == digit
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
