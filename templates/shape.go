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
	exprs []int     // message slot -> expression of the template
	parts [3]linear // subject, text, html
	open  [3]string // the same with slots as {name}
	marks []scruple.Span
	spans int
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
		s.spans += len(s.parts[i].segments)
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
	names := make([]scruple.Slot, len(s.exprs))
	for i, e := range s.exprs {
		names[i].Value = "{" + fields[exprs[e].field].spec.Name + "}"
	}
	s.marks = make([]scruple.Span, 0, s.spans)
	for i := range s.parts {
		s.open[i] = s.parts[i].render(i, names, &s.marks, true)
	}
}

// render writes one part in a single buffer and notes where each value lies.
func (l *linear) render(part int, slots []scruple.Slot, spans *[]scruple.Span, open bool) string {
	if len(l.segments) == 0 {
		return l.tail
	}
	size := l.size
	for i := range l.segments {
		size += len(slots[l.segments[i].slot].Value)
	}
	var b strings.Builder
	b.Grow(size + size/8)
	for i := range l.segments {
		sg := &l.segments[i]
		b.WriteString(sg.before)
		start, esc := b.Len(), sg.esc
		if open {
			esc = asIs
		}
		writeEscaped(&b, slots[sg.slot].Value, esc)
		*spans = append(*spans, scruple.Span{Part: partNames[part], Start: start, End: b.Len(), Slot: sg.slot})
	}
	b.WriteString(l.tail)
	return b.String()
}
