package templates

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/scruple/scruple"
)

// shape is one path through the copy, ready to be filled.
type shape struct {
	hash  string
	exprs []int          // message slot -> expression of the template
	parts [3]linear      // subject, text, html
	open  [3]string      // the same with slots as {name}
	slots []scruple.Slot // what every message begins with: names and types, with {name} as values
	spans []scruple.Span // the same for spans; they point into open
}

var partNames = [3]string{"subject", "text", "html"}

// linear is one part of a shape: copy and slots in turn.
type linear struct {
	segments []segment
	tail     string
	size     int // bytes of copy
}

type segment struct {
	before string
	slot   int // index into the shape's exprs
	esc    escape
}

// newShape joins the pieces of the three parts. The hash covers the template and the copy with its slots and their filters
// shown, so that another format of the same slot is another shape.
func newShape(ref string, exprs []expr, fields []field, parts [3][]piece) *shape {
	s := &shape{}
	sum := sha256.New()
	sum.Write([]byte(ref))
	for i, ps := range parts {
		sum.Write([]byte{0})
		for _, p := range ps {
			if p.slot {
				sum.Write([]byte("{{ " + exprs[p.expr].code + " }}"))
			} else {
				sum.Write([]byte(p.text))
			}
		}
		s.parts[i] = s.linear(ps)
	}
	s.hash = hex.EncodeToString(sum.Sum(nil)[:16])
	s.openSlots(exprs, fields)
	return s
}

func (s *shape) linear(ps []piece) linear {
	var out linear
	var before strings.Builder
	for _, p := range ps {
		if !p.slot {
			before.WriteString(p.text)
			continue
		}
		slot := slices.Index(s.exprs, p.expr)
		if slot < 0 {
			slot = len(s.exprs)
			s.exprs = append(s.exprs, p.expr)
		}
		out.segments = append(out.segments, segment{before: before.String(), slot: slot, esc: p.esc})
		out.size += before.Len()
		before.Reset()
	}
	out.tail = before.String()
	out.size += len(out.tail)
	return out
}

// openSlots renders the shape with {name} in the place of every value.
func (s *shape) openSlots(exprs []expr, fields []field) {
	for _, e := range s.exprs {
		spec := fields[exprs[e].field].spec
		s.slots = append(s.slots, scruple.Slot{Name: spec.Name, Type: spec.Type, Value: "{" + spec.Name + "}"})
	}
	for i := range s.parts {
		for _, sg := range s.parts[i].segments {
			s.spans = append(s.spans, scruple.Span{Part: partNames[i], Slot: sg.slot})
		}
	}
	s.open[0], s.open[1], s.open[2] = s.render(s.slots, s.spans, true)
}

// render writes the three parts and moves the spans to where the values lie.
func (s *shape) render(slots []scruple.Slot, spans []scruple.Span, open bool) (subject, text, html string) {
	n, m := len(s.parts[0].segments), len(s.parts[1].segments)
	return s.parts[0].render(slots, spans, open), s.parts[1].render(slots, spans[n:], open), s.parts[2].render(slots, spans[n+m:], open)
}

// render writes one part in a single buffer.
func (l *linear) render(slots []scruple.Slot, spans []scruple.Span, open bool) string {
	if len(l.segments) == 0 {
		return l.tail
	}
	size := l.size
	for i := range l.segments {
		size += len(slots[l.segments[i].slot].Value)
	}
	var b strings.Builder
	b.Grow(size + size/16)
	for i := range l.segments {
		sg := &l.segments[i]
		b.WriteString(sg.before)
		spans[i].Start = b.Len()
		if open || sg.esc == asIs {
			b.WriteString(slots[sg.slot].Value)
		} else {
			writeEscaped(&b, slots[sg.slot].Value, sg.esc)
		}
		spans[i].End = b.Len()
	}
	b.WriteString(l.tail)
	return b.String()
}
