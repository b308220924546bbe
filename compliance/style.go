package compliance

import (
	"bytes"
	"strconv"
)

// style is how the text of an element shows.
type style struct {
	size       float32 // of letters, in CSS pixels
	opacity    float32
	day, night paint // night: as shown to readers who prefer dark colours
	bold       bool
	struck     bool // struck through
	gone       bool // nothing below it shows, whatever that says
	unseen     bool // it does not show, but what is below it may
	flat       bool // lines without height
	aside      bool // moved out of the page by its indent
	folded     bool // within details that are shut
	mute       bool // kept from screen readers
}

// paint is what colours text has and stands on. Its ground is not known over pictures.
type paint struct {
	ink, ground rgba
	unknown     bool
	gone        bool
}

var (
	black  = rgba{0, 0, 0, 255}
	white  = rgba{255, 255, 255, 255}
	canvas = rgba{18, 18, 18, 255} // the ground of pages that say they take dark colours
)

// plainStyle is how text shows of which a page says nothing.
func plainStyle() style {
	return style{size: 16, opacity: 1, day: paint{ink: black, ground: white}, night: paint{ink: black, ground: white}}
}

// hidden reports whether text of this style does not show.
func (s *style) hidden() bool {
	return s.gone || s.unseen || s.flat || s.aside || s.folded || s.size < 2 || s.opacity < 0.1 || s.day.vanishes()
}

func (p *paint) vanishes() bool {
	return p.gone || p.ink.a < 26 || !p.unknown && p.ink.over(p.ground).near(p.ground)
}

// ratio returns the contrast of text to its ground, or 0 where that is not known.
func (p *paint) ratio() float64 {
	if p.unknown {
		return 0
	}
	return contrast(p.ink.over(p.ground), p.ground)
}

// large reports whether text is large in the sense of WCAG 2.1: 18 points, or 14 in bold letters.
func (s *style) large() bool { return s.size >= 24 || s.bold && s.size >= 18.66 }

// box gathers what only together takes an element out of sight.
type box struct {
	clips, away, flat, thin bool
	display                 []byte
}

// hides reports whether the element shows nothing.
func (b *box) hides() bool { return b.clips && (b.flat || b.thin) || b.away }

// set applies one property. Its value is in lower case; up is the style around.
func (s *style) set(b *box, key, v []byte, up *style, night bool) {
	switch string(key) {
	case "font-size":
		if n, ok := fontSize(v, up.size); ok {
			s.size = n
		}
	case "font":
		for word := range bytes.FieldsSeq(v) {
			word, _, _ = bytes.Cut(word, []byte("/"))
			if n, ok := fontSize(word, up.size); ok && (string(word) == "0" || word[0] < '0' || word[0] > '9' || word[len(word)-1] > '9' || word[len(word)-1] == '%') {
				s.size = n
			}
			s.bold = s.bold || string(word) == "bold"
		}
	case "font-weight":
		n, err := strconv.Atoi(string(v))
		s.bold = err == nil && n >= 600 || string(v) == "bold" || string(v) == "bolder"
	case "text-decoration", "text-decoration-line":
		s.struck = s.struck || bytes.Contains(v, []byte("line-through"))
	case "line-height":
		if n, ok := length(v, s.size, s.size); ok {
			s.flat = n < 1 && v[0] == '0'
		}
	case "text-indent":
		if n, ok := length(v, s.size, 600); ok {
			s.aside = n <= -99
		}
	case "color":
		if c, ok := colourOf(v); ok {
			s.each(night, func(p *paint) { p.ink = c })
		}
	case "background", "background-color", "background-image":
		s.each(night, func(p *paint) { p.lay(v) })
	default:
		s.setBox(b, key, v, night)
	}
}

// each calls do for the colours that a property of the page, or of its dark part, is about.
func (s *style) each(night bool, do func(*paint)) {
	if !night {
		do(&s.day)
	}
	do(&s.night)
}

// setBox applies a property that takes an element out of sight.
func (s *style) setBox(b *box, key, v []byte, night bool) {
	n, isLength := length(v, s.size, 600)
	switch string(key) {
	case "display", "mso-hide", "content-visibility":
		if string(key) == "display" && !night {
			b.display = v
		}
		s.each(night, func(p *paint) {
			p.gone = string(v) == "none" || string(v) == "all" || string(v) == "hidden" || p.gone && string(key) != "display"
		})
	case "visibility":
		if !night {
			s.unseen = string(v) == "hidden" || string(v) == "collapse"
		}
	case "opacity":
		if o, ok := length(v, 1, 1); ok && !night {
			s.opacity *= min(max(o, 0), 1)
		}
	case "overflow", "overflow-y", "overflow-x":
		b.clips = b.clips || string(v) == "hidden" || string(v) == "clip"
	case "max-height", "height":
		if isLength {
			b.flat = n < 2
			b.clips = b.clips || n <= 0 && string(key) == "max-height"
		}
	case "max-width", "width":
		b.thin = isLength && n < 2
	case "left", "top", "right", "bottom", "margin-left", "margin-top":
		b.away = b.away || isLength && n <= -500
	case "clip", "clip-path":
		b.away = b.away || clipped(v)
	case "transform":
		b.away = b.away || bytes.HasPrefix(v, []byte("scale(0)")) || bytes.Contains(v, []byte("-9999"))
	}
}

// clipped reports a clip that lets nothing through: rect(0 0 0 0), rect(1px, 1px, 1px, 1px), inset(50%) and the like.
func clipped(v []byte) bool {
	name, in, ok := bytes.Cut(bytes.TrimSuffix(v, []byte(")")), []byte("("))
	if !ok {
		return false
	}
	switch string(name) {
	case "inset":
		n, ok := length(bytes.TrimSpace(in), 16, 100)
		return ok && n >= 50
	case "circle":
		return len(in) > 0 && in[0] == '0'
	case "rect":
		var first []byte
		for part := range bytes.FieldsFuncSeq(in, func(r rune) bool { return r == ',' || r == ' ' }) {
			if first == nil {
				first = part
			}
			if !bytes.Equal(bytes.TrimSuffix(part, []byte("px")), bytes.TrimSuffix(first, []byte("px"))) {
				return false
			}
		}
		return first != nil
	}
	return false
}

// lay paints a ground. Pictures and gradients make it unknown; a colour makes it known again.
func (p *paint) lay(v []byte) {
	if bytes.Contains(v, []byte("url(")) || bytes.Contains(v, []byte("gradient(")) {
		p.unknown = true
		return
	}
	if c, ok := colourOf(v); ok {
		p.under(c)
		return
	}
	for word := range bytes.FieldsSeq(v) {
		if c, ok := colourOf(word); ok {
			p.under(c)
		}
	}
}

func (p *paint) under(c rgba) {
	p.unknown = p.unknown && c.a < 255
	p.ground = c.over(p.ground)
}

// fontSize reads a size of letters; up is that of the element around.
func fontSize(v []byte, up float32) (float32, bool) {
	switch string(v) {
	case "xx-small":
		return 9, true
	case "x-small":
		return 10, true
	case "small":
		return 13, true
	case "medium", "initial":
		return 16, true
	case "large":
		return 18, true
	case "x-large":
		return 24, true
	case "xx-large":
		return 32, true
	case "xxx-large":
		return 48, true
	case "smaller":
		return up / 1.2, true
	case "larger":
		return up * 1.2, true
	}
	n, ok := length(v, up, up)
	return n, ok && n >= 0
}

// length reads a CSS length as pixels. One em is font, and 100 % is whole. A number without unit counts as pixels, or as a share
// of whole for whole 1.
func length(v []byte, font, whole float32) (float32, bool) {
	i := 0
	for i < len(v) && (v[i] >= '0' && v[i] <= '9' || v[i] == '.' || (v[i] == '-' || v[i] == '+') && i == 0) {
		i++
	}
	if i == 0 {
		return 0, false
	}
	f, err := strconv.ParseFloat(string(v[:i]), 32)
	if err != nil {
		return 0, false
	}
	n := float32(f)
	switch string(v[i:]) {
	case "px", "":
		return n, true
	case "pt":
		return n * 4 / 3, true
	case "em":
		return n * font, true
	case "rem":
		return n * 16, true
	case "%":
		return n * whole / 100, true
	case "ex", "ch":
		return n * font / 2, true
	case "pc":
		return n * 16, true
	case "in":
		return n * 96, true
	case "cm":
		return n * 37.8, true
	case "mm":
		return n * 3.78, true
	}
	return 0, false
}
