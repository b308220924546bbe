package compliance

import (
	"fmt"
	"math"
	"slices"
)

// prominenceSource says how readable markup has to make a disclosure. Plain text has no looks, and what styles do not say is not
// judged.
type prominenceSource struct {
	// Size is the least size of its letters, as a share of the size that most of the body has; 0: any.
	Size float64 `yaml:"size"`
	// Contrast is the least contrast to its ground (WCAG 2.1), two thirds of it for large letters; 0: any.
	Contrast float64 `yaml:"contrast"`
}

func (s *prominenceSource) valid(path string) *specError {
	if s != nil && (s.Size < 0 || s.Size > 3 || s.Contrast < 0 || s.Contrast > 21 || s.Contrast+s.Size == 0) {
		return &specError{path, "prominence needs a size from 0 to 3, a contrast from 0 to 21, or both"}
	}
	return nil
}

// faint says how units [from, to) of a body show less than the rule asks for, or "".
func (s *prominenceSource) faint(x *exam, p *piece, from, to int32) string {
	if s == nil || p.name != "html" || p.hidden {
		return ""
	}
	last := &x.t.units[to-1]
	start, end := x.t.units[from].start, last.start+int32(last.size)
	looks := x.t.page.looks
	for i := range looks {
		next := int32(len(p.src))
		if i+1 < len(looks) {
			next = looks[i+1].at
		}
		if looks[i].at >= end || next <= start {
			continue
		}
		if fault := s.fault(&looks[i].style, x.t.page.bodySize()); fault != "" {
			return fault
		}
	}
	return ""
}

func (s *prominenceSource) fault(at *style, body float32) string {
	need := s.Contrast
	if at.large() {
		need *= 2.0 / 3
	}
	ratio := at.day.ratio()
	switch {
	case at.struck:
		return "it is struck through"
	case at.mute:
		return "it is kept from screen readers"
	case s.Size > 0 && float64(at.size) < s.Size*float64(body)-0.5:
		return fmt.Sprintf("its letters have %.4gpx, and most of the text %.4gpx", at.size, body)
	case ratio > 0 && ratio < need-0.01:
		return fmt.Sprintf("its contrast to the ground is %.1f:1, at least %.3g:1 is needed", ratio, need)
	case at.night != at.day && (at.night.gone || !at.night.unknown && at.night.ratio() < min(need, 3)):
		return "it cannot be read where dark colours are preferred"
	}
	return ""
}

// bodySize returns the size that most of the visible text has, in CSS pixels.
func (p *page) bodySize() float32 {
	if p.body > 0 {
		return p.body
	}
	p.body, p.sizes = 16, p.sizes[:0]
	most := 0
	for i := range p.looks {
		size := float32(math.Round(float64(p.looks[i].size)*2) / 2)
		n := slices.IndexFunc(p.sizes, func(s sizeShare) bool { return s.size == size })
		if n < 0 {
			n = len(p.sizes)
			p.sizes = append(p.sizes, sizeShare{size: size})
		}
		p.sizes[n].letters += p.letters(i)
		if p.sizes[n].letters > most {
			most, p.body = p.sizes[n].letters, size
		}
	}
	return p.body
}

// sizeShare is how much text has a size.
type sizeShare struct {
	size    float32
	letters int
}

// letters counts the bytes of text from a look to the next one, without spaces.
func (p *page) letters(i int) int {
	text := p.seen.text[p.looks[i].at:]
	if i+1 < len(p.looks) {
		text = text[:p.looks[i+1].at-p.looks[i].at]
	}
	n := 0
	for _, c := range text {
		if c > ' ' {
			n++
		}
	}
	return n
}
