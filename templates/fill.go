package templates

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/scruple/scruple"
)

// Values is what the slots of one message are filled from. A nil Recipient or Product has no values.
type Values struct {
	Recipient *scruple.Recipient
	Product   *scruple.Product
	Campaign  map[string]string
}

// Fill renders the message for one recipient: Template, Shape, Market, Channel, Locale, Class, Purpose, Subject, Text, HTML,
// Slots and Spans are set, the rest is the caller's. Slots holds each slot once for each way of showing it, in the order of the copy;
// HTML offsets count after escaping.
//
// The error is a *SlotError when a value is missing or breaks its type; it concerns this message alone. Every value that
// the copy may use is held to its type, in branches that are not taken too; only a value that is shown has to be there.
func (t *Template) Fill(v Values) (m scruple.Message, err error) {
	w := t.desk.Get().(*desk)
	defer t.clear(w)
	if err := t.gather(v, w); err != nil {
		return m, err
	}
	s := t.root.shapeFor(w.raw)
	if m.Slots, err = t.show(s, w); err != nil {
		return m, err
	}
	t.head(&m, s)
	m.Spans = slices.Clone(s.spans)
	m.Subject, m.Text, m.HTML = s.render(m.Slots, m.Spans, false)
	return m, nil
}

// desk is where one message is worked on; it is used again for the next one.
type desk struct {
	raw   []string // of each field; empty: nil in Liquid
	shown []byte   // values after their filters, one behind the other
	ends  []int
	rates []shownRate // of each field, kept from message to message
}

type shownRate struct {
	span
	text string
}

func (t *Template) newDesk() any {
	return &desk{raw: make([]string, len(t.fields)), rates: make([]shownRate, len(t.fields))}
}

// clear leaves no value of a person on the desk.
func (t *Template) clear(w *desk) {
	clear(w.raw)
	clear(w.shown[:cap(w.shown)])
	w.shown, w.ends = w.shown[:0], w.ends[:0]
	t.desk.Put(w)
}

// show writes out every value of a shape. Values that pass filters share one string.
func (t *Template) show(s *shape, w *desk) ([]scruple.Slot, error) {
	slots := slices.Clone(s.slots)
	for i, at := range s.exprs {
		e := &t.exprs[at]
		spec, raw := t.fields[e.field].spec, w.raw[e.field]
		slots[i].Value = raw
		if start := len(w.shown); len(e.steps) > 0 {
			var reason string
			if w.shown, reason = e.run(w.shown, raw); reason != "" || len(w.shown) == start {
				return nil, t.unfit(spec, reason)
			}
		} else if raw == "" {
			return nil, t.unfit(spec, "")
		}
		w.ends = append(w.ends, len(w.shown))
	}
	all, start := string(w.shown), 0
	for i, end := range w.ends {
		if end > start {
			slots[i].Value = all[start:end]
		}
		start = end
	}
	return slots, nil
}

func (t *Template) unfit(spec *SlotSpec, reason string) *SlotError {
	if reason == "" {
		return &SlotError{Template: t.ref, Slot: spec.Name, Reason: "is empty and has no default", Empty: true}
	}
	return &SlotError{Template: t.ref, Slot: spec.Name, Reason: reason}
}

// gather looks up the raw value of every field and holds it to its type. A value of nothing but white space is empty.
func (t *Template) gather(v Values, w *desk) error {
	raw := w.raw
	for i := range t.fields {
		f := &t.fields[i]
		if f.from == fromRate {
			if reason := t.gatherRate(v.Product, f.rate, i, w); reason != "" {
				return t.unfit(f.spec, reason)
			}
			continue
		}
		value := f.lookUp(v)
		if isBlank(value) {
			raw[i] = f.spec.Default
			continue
		}
		if reason := f.spec.check(value); reason != "" {
			return t.unfit(f.spec, reason)
		}
		raw[i] = value
	}
	return nil
}

// gatherRate shows a rate of the product, or takes what the desk shows already: most messages of a run are about one product.
func (t *Template) gatherRate(p *scruple.Product, kind string, i int, w *desk) (reason string) {
	w.raw[i] = ""
	if p == nil {
		return ""
	}
	s, ok := rateSpan(p, kind)
	switch {
	case !ok:
		return "has figures in different units"
	case !s.found:
		return ""
	case w.rates[i].span != s:
		var shown []byte
		if shown, reason = t.locale.rate(nil, s); reason != "" {
			return reason
		}
		w.rates[i] = shownRate{s, string(shown)}
	}
	w.raw[i] = w.rates[i].text
	return ""
}

func isBlank(s string) bool {
	if s == "" {
		return true
	}
	if s[0] > ' ' && s[0] < utf8.RuneSelf {
		return false
	}
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsSpace(r) && strings.TrimSpace(s) == ""
}

func (f *field) lookUp(v Values) string {
	switch {
	case f.from == fromRecipient:
		if v.Recipient == nil {
			return ""
		}
		value, _ := v.Recipient.Field(f.key)
		return value
	case f.from == fromCampaign:
		return v.Campaign[f.key]
	case v.Product == nil:
		return ""
	case f.from == fromProductName:
		return v.Product.Name
	case f.from == fromProductRisk:
		return v.Product.Grade()
	default:
		return v.Product.Terms[f.key]
	}
}

// shapeFor walks the choices with the values of one message.
func (d *decision) shapeFor(raw []string) *shape {
	for d.shape == nil {
		way := len(d.choice.tests)
		for i, holds := range d.choice.tests {
			if holds(raw) {
				way = i
				break
			}
		}
		d = d.next[way]
	}
	return d.shape
}
