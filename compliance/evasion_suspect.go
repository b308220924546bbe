package compliance

// What the plain reading notes in passing: that a message holds something which a looser reading would read otherwise. Nearly
// all messages hold nothing of the kind and are read once.

// suspect looks at a plain Latin word [end-len(letters), end) of src, whose first unit is at.
func (t *reading) suspect(src, letters string, at, end int) {
	n := len(letters)
	if n == 1 {
		t.alone()
	} else {
		t.row = 0
	}
	switch {
	case n >= 6 && t.slips.of(letters) >= 0:
		t.odds |= doubtful
	case n > 1 && digitAt(src, end):
		t.odds |= doubtful
	case n > 6:
	case end < len(src) && src[end] >= 0x80 || at > 0 && t.units[at-1].class == han && t.units[at].flags&spaced == 0:
		if _, ok := syllable(letters); ok {
			t.odds |= doubtful
		}
	}
}

// alone notes a letter that stands by itself.
func (t *reading) alone() {
	t.row++
	t.singles = max(t.singles, t.row)
}

// parts notes a sign that ends a clause or sentence where letters may have been held apart by it: directly between Latin
// letters, or beside one single Chinese letter.
func (t *reading) parts(src string, i, n int, g *glyph) {
	if t.between(src, i, n) || g.r == '|' || t.lone() {
		t.odds |= doubtful
	}
}

// lone reports whether the last unit is a Chinese letter that stands by itself.
func (t *reading) lone() bool {
	n := len(t.units)
	if n == 0 || t.units[n-1].class != han {
		return false
	}
	return n == 1 || t.units[n-2].class >= list || t.units[n-1].flags&gapBefore != 0
}

// spell flags letters from unit from on that stand by themselves, three or more in a row.
func (t *reading) spell(from int32) {
	if t.lone() {
		t.odds |= doubtful
	}
	if t.singles < 3 {
		return
	}
	t.odds |= doubtful
	row := int32(0)
	for i := from; i <= int32(len(t.units)); i++ {
		if int(i) < len(t.units) && t.single(i) {
			row++
			continue
		}
		for k := i - row; k < i && row >= 3; k++ {
			t.units[k].flags |= apart
		}
		row = 0
	}
}

// single reports whether a unit is a Latin letter that stands by itself.
func (t *reading) single(i int32) bool {
	u := &t.units[i]
	if u.class != letter || i > 0 && t.units[i-1].class == letter && u.flags&gapBefore == 0 {
		return false
	}
	if int(i)+1 == len(t.units) {
		return true
	}
	next := &t.units[i+1]
	return next.class != letter || next.flags&gapBefore != 0
}
