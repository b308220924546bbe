package compliance

// Where words and numbers begin and end.

// opens reports whether a word or number may begin at a unit.
func (t *reading) opens(i int32) bool {
	u := &t.units[i]
	if i == 0 || u.flags&gapBefore != 0 {
		return true
	}
	switch before := t.units[i-1].class; u.class {
	case letter:
		return before != letter && before != dot && before != digit
	case digit:
		return before != digit
	}
	return true
}

// afterNumber reports whether letters begin directly after a number, as in 20pm: a word there only as part of the number.
func (t *reading) afterNumber(i int32) bool {
	return i > 0 && t.units[i].class == letter && t.units[i-1].class == digit
}

// closes reports whether a word or number may end before a unit.
func (t *reading) closes(i int32) bool {
	if i == 0 || int(i) >= len(t.units) {
		return true
	}
	u := &t.units[i]
	if u.flags&gapBefore != 0 {
		return true
	}
	switch t.units[i-1].class {
	case letter:
		return u.class != letter && u.class != dot
	case digit:
		return u.class != digit
	}
	return true
}

// numberAt returns the unit after the number that begins at a unit, or the unit itself.
func (t *reading) numberAt(at int32) int32 {
	for int(at) < len(t.units) && numeral(&t.units[at]) {
		at++
	}
	return at
}

// numberBefore returns where the number that ends before a unit begins, or the unit itself.
func (t *reading) numberBefore(at int32) int32 {
	for at > 0 && numeral(&t.units[at-1]) {
		at--
	}
	return at
}

func numeral(u *unit) bool {
	if u.class == digit {
		return true
	}
	if u.class != han {
		return false
	}
	switch u.r {
	case '零', '〇', '一', '二', '两', '三', '四', '五', '六', '七', '八', '九', '十', '百', '千', '万', '亿', '点', '半':
		return true
	}
	return false
}
