package compliance

import (
	"errors"
	"fmt"
	"time"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/internal/strictyaml"
)

// Example is a message that a rule must flag or pass. In a file it is plain text, or a mapping. Plain text is marketing for
// the first product type and channel in the rule's scope: an excerpt, except for disclosures and rendering, which judge whole
// messages only.
type Example struct {
	Text    string           `yaml:"text" json:"text"`
	Subject string           `yaml:"subject" json:"subject,omitempty"`
	HTML    string           `yaml:"html" json:"html,omitempty"`
	Channel scruple.Channel  `yaml:"channel" json:"channel,omitempty"`
	Class   scruple.Class    `yaml:"class" json:"class,omitempty"`
	Product *scruple.Product `yaml:"product" json:"product,omitempty"`
	Whole   bool             `yaml:"whole" json:"whole,omitempty"`
	// Day is the day on which it is judged, for rules about last days; the dates of the rule's basis do not count.
	Day scruple.Date `yaml:"day" json:"day,omitempty"`
	// Source is the YAML of the example, the only field set for a gate, whose examples describe people.
	Source string `yaml:"-" json:"source,omitempty"`

	person *personCase
}

// personCase is an example of a gate, read.
type personCase struct {
	message scruple.Message
	facts   scruple.Facts
}

// readExample reads one example of a rule and fills in what it leaves out. The people of an example that was proven are left out.
func readExample(r *Rule, node exampleNode, proven bool) (Example, error) {
	switch {
	case r.Kind == kindGate && proven:
		return Example{Source: string(node.YAML)}, nil
	case r.Kind == kindGate:
		m, f, err := gateExample(node.YAML)
		return Example{Source: string(node.YAML), person: &personCase{m, f}}, message(err)
	}
	e := Example{Text: node.Text}
	switch {
	case node.Read != nil:
		e = *node.Read
	case node.YAML != nil:
		if err := strictyaml.Decode("", node.YAML, &e); err != nil {
			return e, message(err)
		}
	}
	if r.Kind == kindDisclosure || r.Kind == kindRender {
		e.Whole = true
	}
	if e.Day != "" && !e.Day.Valid() {
		return e, fmt.Errorf("day %q: expected a date such as 2026-09-30", e.Day)
	}
	if e.Channel == "" {
		e.Channel = scruple.SMS
		if len(r.Applies.Channels) > 0 {
			e.Channel = r.Applies.Channels[0]
		}
	}
	if e.Class == "" && len(r.Applies.Classes) > 0 {
		e.Class = r.Applies.Classes[0]
	}
	if e.Product == nil {
		e.Product = &scruple.Product{}
	}
	if e.Product.Type == "" {
		e.Product.Type = r.firstProduct()
	}
	return e, nil
}

// message drops the place from an error about the YAML of an example: its lines count from the example, not the file.
func message(err error) error {
	var e *strictyaml.Error
	if errors.As(err, &e) {
		return errors.New(e.Message)
	}
	return err
}

func (r *Rule) firstProduct() string {
	if len(r.Applies.Products) > 0 {
		return r.Applies.Products[0]
	}
	for _, t := range productTypes() {
		if among("", []string{t}, r.Applies.ExceptProducts) != nil {
			return t
		}
	}
	return ""
}

// errScope is no fault in an example to pass: that a rule does not reach a message is a reason to let it go.
var errScope = errors.New("the example is out of the rule's scope; change its product, channel or class, or the scope")

// try returns what a rule alone finds in one of its examples, whatever the date.
func (e *engine) try(r *Rule, ex *Example) (scruple.Findings, error) {
	m := scruple.Message{
		Market: r.Market, Channel: ex.Channel, Class: ex.Class, Subject: ex.Subject, Text: ex.Text, HTML: ex.HTML, Excerpt: !ex.Whole,
	}
	f := scruple.Facts{Product: ex.Product}
	if ex.Day != "" {
		f.Now, _ = time.Parse(time.DateOnly, string(ex.Day))
	}
	if ex.person != nil {
		m, f = ex.person.message, ex.person.facts
	} else if !r.reaches(&m, f.Product) {
		return nil, errScope
	}
	x := e.begin(&m, &f)
	defer e.end(x)
	if fault := x.read(e); fault != "" {
		return nil, errors.New(fault)
	}
	x.judge(r)
	if readsLoosely(r) {
		x.again(func() { x.judge(r) })
	}
	return sorted(x.out), nil
}

// prove runs the examples of a rule.
func (e *engine) prove(r *Rule) *specError {
	for i := range r.Flag {
		found, err := e.try(r, &r.Flag[i])
		if err == nil && len(found) == 0 {
			err = errors.New("the rule finds nothing in an example that it must flag")
		}
		if err != nil {
			return &specError{fmt.Sprintf(".flag[%d]", i), err.Error()}
		}
	}
	for i := range r.Pass {
		found, err := e.try(r, &r.Pass[i])
		if errors.Is(err, errScope) {
			err = nil
		}
		if err == nil && len(found) > 0 {
			err = fmt.Errorf("the rule flags an example that it must pass: %q %s", found[0].Quote, found[0].Detail)
		}
		if err != nil {
			return &specError{fmt.Sprintf(".pass[%d]", i), err.Error()}
		}
	}
	return nil
}
