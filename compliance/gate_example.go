package compliance

import (
	"fmt"
	"time"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/internal/strictyaml"
)

// gateExampleFile is how an example of a gate is written under `flag:` or `pass:`. An example is always about a person: a
// recipient of whom nothing is written is one of whom nothing is known. What is left out takes the plain case, as the
// comments say, so that an example shows only what it is about.
type gateExampleFile struct {
	Now         time.Time        `yaml:"now"` // RFC 3339, like every time
	Due         time.Time        `yaml:"due"`
	LatestStart time.Time        `yaml:"latest_start"`
	Message     exampleMessage   `yaml:"message"`
	Product     *scruple.Product `yaml:"product"`
	Recipient   exampleProfile   `yaml:"recipient"`
	Person      examplePerson    `yaml:"person"`
}

type exampleMessage struct {
	ID      string          `yaml:"id"` // left out: m
	Market  scruple.Market  `yaml:"market"`
	Channel scruple.Channel `yaml:"channel"` // left out: sms
	Class   scruple.Class   `yaml:"class"`   // left out: marketing
	Purpose string          `yaml:"purpose"`
	To      string          `yaml:"to"`
}

type exampleProfile struct {
	Birth      scruple.Date `yaml:"birth"`
	Rating     string       `yaml:"rating"`
	RatedUntil scruple.Date `yaml:"rated_until"`
	Zone       string       `yaml:"zone"`
	Region     string       `yaml:"region"`
	Qualified  bool         `yaml:"qualified"`
	Student    bool         `yaml:"student"`
}

type examplePerson struct {
	Consents     []exampleConsent     `yaml:"consents"`
	Suppressions []exampleSuppression `yaml:"suppressions"`
	Touches      []exampleTouch       `yaml:"touches"`
}

type exampleConsent struct {
	Purpose string          `yaml:"purpose"` // left out: marketing
	Channel scruple.Channel `yaml:"channel"` // left out: every channel
	Action  string          `yaml:"action"`
	Source  string          `yaml:"source"`
	Wording string          `yaml:"wording"`
	At      time.Time       `yaml:"at"`
	Expires time.Time       `yaml:"expires"`
}

type exampleSuppression struct {
	Channel scruple.Channel `yaml:"channel"` // left out: every channel
	Reason  string          `yaml:"reason"`
	Source  string          `yaml:"source"`
	At      time.Time       `yaml:"at"`
}

type exampleTouch struct {
	Message   string          `yaml:"message"` // left out: a message of its own
	Campaign  string          `yaml:"campaign"`
	Channel   scruple.Channel `yaml:"channel"` // left out: sms
	Class     scruple.Class   `yaml:"class"`   // left out: marketing
	At        time.Time       `yaml:"at"`
	Committed bool            `yaml:"committed"`
}

// gateExample reads one example of a gate. Places in its errors count from the first line of src.
func gateExample(src []byte) (scruple.Message, scruple.Facts, error) {
	var e gateExampleFile
	if err := strictyaml.Decode("example", src, &e); err != nil {
		return scruple.Message{}, scruple.Facts{}, err
	}
	who := scruple.Profile(e.Recipient)
	return e.Message.message(), scruple.Facts{
		Now: e.Now, Due: e.Due, LatestStart: e.LatestStart, Product: e.Product, Recipient: &who, Person: e.Person.person(),
	}, nil
}

func (m exampleMessage) message() scruple.Message {
	return scruple.Message{
		ID: or(m.ID, "m"), Market: m.Market, Channel: or(m.Channel, scruple.SMS), Class: or(m.Class, scruple.Marketing),
		Purpose: m.Purpose, To: m.To,
	}
}

func (p examplePerson) person() scruple.Person {
	out := scruple.Person{ID: "example"}
	for _, c := range p.Consents {
		c.Purpose = or(c.Purpose, string(scruple.Marketing))
		out.Consents = append(out.Consents, scruple.ConsentEvent(c))
	}
	for _, s := range p.Suppressions {
		out.Suppressions = append(out.Suppressions, scruple.Suppression(s))
	}
	for i, t := range p.Touches {
		t.Message = or(t.Message, fmt.Sprintf("other-%d", i+1))
		t.Channel, t.Class = or(t.Channel, scruple.SMS), or(t.Class, scruple.Marketing)
		out.Touches = append(out.Touches, scruple.Touch(t))
	}
	return out
}

func or[T comparable](v, left T) T {
	var none T
	if v == none {
		return left
	}
	return v
}
