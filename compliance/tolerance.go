package compliance

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// tolerance says in what a message may depart from a prescribed text and still hold it. Spaces never count.
type tolerance struct{ letterCase, width, quotes, punctuation, ampersand bool }

// readTolerance reads the tolerance key of a rule. Without it all departures are let go.
func readTolerance(names []string) (tolerance, error) {
	if names == nil {
		return tolerance{true, true, true, true, true}, nil
	}
	var a tolerance
	for _, n := range []struct {
		name string
		to   *bool
	}{{"case", &a.letterCase}, {"width", &a.width}, {"quotes", &a.quotes}, {"punctuation", &a.punctuation}, {"ampersand", &a.ampersand}} {
		for _, name := range names {
			*n.to = *n.to || name == n.name
		}
	}
	if e := among(".tolerance", names, []string{"case", "width", "quotes", "punctuation", "ampersand"}); e != nil {
		return a, e
	}
	return a, nil
}

// strictly says in what units [from, to), which hold the text as folded, depart from it beyond the tolerance of the rule.
func (p *prescribed) strictly(t *reading, part *piece, from, to int32) string {
	a := p.allow
	if a.letterCase && a.width && a.quotes && a.punctuation {
		return ""
	}
	last := &t.units[to-1]
	got := part.src[t.units[from].start : int(last.start)+int(last.size)]
	end := strings.TrimRightFunc(p.text, unicode.IsPunct) // what ends the text in the message is not in the stretch
	for _, kind := range []struct {
		name   string
		strict bool
		one    tolerance
	}{
		{"capital and small letters", !a.letterCase, tolerance{false, true, true, true, true}},
		{"full and half width", !a.width, tolerance{true, false, true, true, true}},
		{"quotation marks", !a.quotes, tolerance{true, true, false, true, true}},
		{"punctuation", !a.punctuation, tolerance{true, true, true, false, true}},
	} {
		if kind.strict && kind.one.clean(got) != kind.one.clean(end) {
			return kind.name + " differ from the prescribed ones"
		}
	}
	return ""
}

// clean drops from a text what is tolerated, and spaces. Numbers become #.
func (a tolerance) clean(s string) string {
	if a.width {
		s = width.Fold.String(s)
	}
	if a.letterCase {
		s = strings.ToLower(s)
	}
	s = strings.ReplaceAll(s, "&", "and")
	inNumber := false
	return strings.Map(func(r rune) rune {
		quote := strings.ContainsRune("'\"‘’“”´`「」『』", r)
		switch {
		case unicode.IsDigit(r) || r == '#' || inNumber && (r == '.' || r == ','):
			if inNumber {
				return -1
			}
			inNumber = true
			return '#'
		case unicode.IsSpace(r):
			return -1
		}
		inNumber = false
		if quote && a.quotes || !quote && a.punctuation && unicode.IsPunct(r) && r != '%' {
			return -1
		}
		return r
	}, s)
}
