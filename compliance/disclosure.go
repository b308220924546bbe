package compliance

import (
	"fmt"
	"slices"

	"github.com/scruple/scruple"
)

type disclosureRule struct {
	when  whenRule
	units []meaning
	exact []*prescribed
	first *firstSource
	looks *prominenceSource
}

// lack is what a part of a message leaves unsaid or says otherwise, and where. The zero lack is none.
type lack struct {
	detail   string
	from, to int32 // units; from == to: nowhere
}

func compileDisclosure(c *compiler, r *Rule, s *ruleSource) (evaluator, error) {
	k := &disclosureRule{first: s.First, looks: s.Prominence}
	if e := s.Prominence.valid(".prominence"); e != nil {
		return nil, e
	}
	if err := k.when.compile(c, s.When); err != nil {
		return nil, err
	}
	for i := range s.Units {
		m, err := compileUnit(c, fmt.Sprintf(".units[%d]", i), &s.Units[i])
		if err != nil {
			return nil, err
		}
		k.units = append(k.units, m)
	}
	allow, err := readTolerance(s.Tolerance)
	if err != nil {
		return nil, err
	}
	for i, text := range s.Exact {
		forms, err := c.prescribe(r.ID, text, allow)
		if err != nil {
			return nil, &specError{fmt.Sprintf(".exact[%d]", i), err.Error()}
		}
		k.exact = append(k.exact, forms...)
	}
	if len(k.units)+len(k.exact) == 0 {
		return nil, &specError{"", "a disclosure needs units or exact: what the message has to say"}
	}
	return k, nil
}

func (k *disclosureRule) eval(x *exam, r *Rule) {
	if !k.when.holds(x) {
		return
	}
	// Readers see one body, the HTML or the text, so each of them has to say it.
	for i := range x.t.pieces {
		p := &x.t.pieces[i]
		if p.hidden || p.name == "subject" {
			continue
		}
		l := k.changed(x, p)
		if !x.m.Excerpt {
			l = k.lacks(x, p)
		}
		if l.detail != "" {
			x.report(r, l)
			return
		}
	}
	if x.m.Text == "" && x.m.HTML == "" && !x.m.Excerpt {
		x.missing(r, "the message has no body")
	}
}

func (x *exam) report(r *Rule, l lack) {
	if l.from < l.to {
		x.found(r, l.from, l.to, l.detail)
		return
	}
	x.missing(r, l.detail)
}

// lacks says what a part of the message leaves unsaid.
func (k *disclosureRule) lacks(x *exam, p *piece) lack {
	for i := range k.units {
		if l := k.units[i].lacks(x, p, k); l.detail != "" {
			return l
		}
	}
	if len(k.exact) == 0 {
		return lack{}
	}
	return k.lacksText(x, p)
}

// asked says how a stretch that carries the disclosure fails to stand where, and as, it has to.
func (k *disclosureRule) asked(x *exam, p *piece, from, to int32) string {
	if x.m.Excerpt {
		return ""
	}
	if fault := k.first.late(x, p, to); fault != "" {
		return fault
	}
	return k.looks.faint(x, p, from, to)
}

// changed finds a prescribed text with words changed in an excerpt, of which nothing may be found missing.
func (k *disclosureRule) changed(x *exam, p *piece) lack {
	if len(k.exact) == 0 {
		return lack{}
	}
	near := false
	for _, e := range k.exact {
		if from, _ := e.find(x.t, p); from >= 0 {
			return lack{}
		}
		near = near || x.t.has(e.list) || x.t.has(e.parts)
	}
	if !near {
		return lack{}
	}
	if a := x.closest(k.exact, p); a.text != nil {
		return a.inside(x.t)
	}
	return lack{}
}

// lacksText says how a part of the message departs from all prescribed texts, and names the one that it has in their place.
func (k *disclosureRule) lacksText(x *exam, p *piece) lack {
	var late lack
	for _, e := range k.exact {
		from, to := e.find(x.t, p)
		if from < 0 {
			continue
		}
		if late = k.asText(x, p, e, from, to); late.detail == "" {
			return late
		}
	}
	if late.detail != "" {
		return late
	}
	for _, e := range x.e.texts {
		if slices.ContainsFunc(k.exact, func(own *prescribed) bool { return own.rule == e.rule }) {
			continue
		}
		if from, to := e.find(x.t, p); from >= 0 {
			return lack{fmt.Sprintf("this is the text of %s, not the prescribed one", e.rule), from, to}
		}
	}
	if a := x.closest(k.exact, p); a.text != nil {
		if len(a.edits) == 0 {
			return k.asText(x, p, a.text, a.from, a.to)
		}
		return a.lack(x.t)
	}
	return lack{detail: "the prescribed text is not there" + elsewhere(x, func(q *piece) bool {
		return slices.ContainsFunc(k.exact, func(e *prescribed) bool { from, _ := e.find(x.t, q); return from >= 0 })
	})}
}

// asText says how a prescribed text that is there fails to stand where, and as, it has to.
func (k *disclosureRule) asText(x *exam, p *piece, e *prescribed, from, to int32) lack {
	fault := e.strictly(x.t, p, from, to)
	if fault == "" {
		fault = k.asked(x, p, from, to)
	}
	if fault == "" {
		return lack{}
	}
	return lack{"the prescribed text: " + fault, from, to}
}

// elsewhere says where readers do not look for what a body lacks.
func elsewhere(x *exam, has func(*piece) bool) string {
	for i := range x.t.pieces {
		p := &x.t.pieces[i]
		switch {
		case p.name == "subject" && has(p):
			return ": it stands in the subject only"
		case p.instead && has(p):
			return ": it stands only in the text of a picture, or for Outlook alone"
		case p.hidden && has(p):
			return ": it stands only where readers do not see it"
		}
	}
	return ""
}

// openIn reports whether an open slot of a preview will carry the meaning.
func (u *meaning) openIn(m *scruple.Message) bool {
	return len(u.slots) > 0 && slices.ContainsFunc(m.Slots, func(s scruple.Slot) bool {
		return slices.Contains(u.slots, s.Name) && len(s.Value) == len(s.Name)+2 && s.Value[0] == '{' && s.Value[1:len(s.Value)-1] == s.Name
	})
}
