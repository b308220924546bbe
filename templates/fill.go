package templates

import (
	"strings"

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
func (t *Template) Fill(v Values) (scruple.Message, error) {
	var few [24]string
	raw := few[:min(len(t.fields), len(few))]
	if len(t.fields) > len(few) {
		raw = make([]string, len(t.fields))
	}
	if err := t.gather(v, raw); err != nil {
		return scruple.Message{}, err
	}
	s := t.root.shapeFor(raw)
	slots := make([]scruple.Slot, len(s.exprs))
	for i, at := range s.exprs {
		e := &t.exprs[at]
		spec := t.fields[e.field].spec
		value, reason := e.run(raw[e.field])
		if reason != "" || value == "" {
			return scruple.Message{}, t.unfit(spec, reason)
		}
		slots[i] = scruple.Slot{Name: spec.Name, Type: spec.Type, Value: value}
	}
	m := t.message(s)
	m.Slots = slots
	m.Spans = make([]scruple.Span, 0, s.spans)
	m.Subject = s.parts[0].render(0, slots, &m.Spans, false)
	m.Text = s.parts[1].render(1, slots, &m.Spans, false)
	m.HTML = s.parts[2].render(2, slots, &m.Spans, false)
	return m, nil
}

func (t *Template) unfit(spec *SlotSpec, reason string) *SlotError {
	if reason == "" {
		return &SlotError{Template: t.ref, Slot: spec.Name, Reason: "is empty and has no default", Empty: true}
	}
	return &SlotError{Template: t.ref, Slot: spec.Name, Reason: reason}
}

// gather looks up the raw value of every field and holds it to its type. A value of nothing but white space is empty.
func (t *Template) gather(v Values, raw []string) error {
	for i := range t.fields {
		f := &t.fields[i]
		if f.from == fromRate {
			if v.Product != nil {
				value, reason := t.locale.rate(v.Product, f.rate)
				if reason != "" {
					return t.unfit(f.spec, reason)
				}
				raw[i] = value
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

func isBlank(s string) bool {
	return s == "" || s[0] <= ' ' && strings.TrimSpace(s) == "" || s[0] >= 0x80 && strings.TrimSpace(s) == ""
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
