package functions

import (
	"encoding/json"
	"time"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/compliance/review"
)

// Case is the body of each ledger entry that decides about a message: what was decided, on which copy, on which facts, under
// which rules. From it and the archived versions that it names, the decision can be computed again, byte for byte.
type Case struct {
	Now      time.Time        `json:"now"`
	Due      time.Time        `json:"due"`               // when the campaign wanted it to leave
	Book     string           `json:"book"`              // digest of the rules
	Product  string           `json:"product,omitempty"` // digest of the product's facts
	Person   json.RawMessage  `json:"person,omitempty"`  // consents, suppressions and touches as they stood
	Shape    string           `json:"shape,omitempty"`
	Copy     string           `json:"copy"` // digest of subject, text and HTML as rendered
	Findings scruple.Findings `json:"findings,omitempty"`
	Card     string           `json:"card,omitempty"` // set where officers' rulings were looked at
	Seal     string           `json:"seal,omitempty"` // the seal those rulings had to be bound to
	Rulings  []review.Ruling  `json:"rulings,omitempty"`
	Decision review.Decision  `json:"decision"`

	// Whom and what it is about never changes; an entry that leaves it out means what the entries before it say.
	*Addressee `json:"for,omitempty"`
}

// Addressee is what stays the same in all decisions about one message.
type Addressee struct {
	Run      string            `json:"run"`
	Customer string            `json:"customer"`
	Variant  string            `json:"variant,omitempty"`
	Template string            `json:"template"` // digest of the template's source
	To       string            `json:"to"`
	Inputs   map[string]string `json:"inputs,omitempty"` // the row's values that the template reads
	Profile  scruple.Profile   `json:"profile"`
}

// appendJSON writes the case as json.Marshal would, in the same field order; it is written for each message, and this is
// five times as fast. A test holds the two against each other.
func (c *Case) appendJSON(dst []byte) ([]byte, error) {
	dst = appendTime(append(dst, '{'), `"now":`, c.Now)
	dst = appendTime(dst, `,"due":`, c.Due)
	dst = appendField(dst, `,"book":`, c.Book)
	dst = appendOptional(dst, `,"product":`, c.Product)
	if len(c.Person) > 0 {
		dst = append(append(dst, `,"person":`...), c.Person...)
	}
	dst = appendOptional(dst, `,"shape":`, c.Shape)
	dst = appendField(dst, `,"copy":`, c.Copy)
	dst, err := c.appendVerdict(dst)
	if err != nil {
		return nil, err
	}
	if c.Addressee != nil {
		dst = c.Addressee.appendJSON(append(dst, `,"for":`...))
	}
	return append(dst, '}'), nil
}

func (a *Addressee) appendJSON(dst []byte) []byte {
	dst = appendField(dst, `{"run":`, a.Run)
	dst = appendField(dst, `,"customer":`, a.Customer)
	dst = appendOptional(dst, `,"variant":`, a.Variant)
	dst = appendField(dst, `,"template":`, a.Template)
	dst = appendField(dst, `,"to":`, a.To)
	dst = appendInputs(dst, a.Inputs)
	return append(appendProfile(dst, &a.Profile), '}')
}

// appendVerdict writes what is empty or small on most messages.
func (c *Case) appendVerdict(dst []byte) ([]byte, error) {
	var err error
	if len(c.Findings) > 0 {
		if dst, err = appendValue(append(dst, `,"findings":`...), c.Findings); err != nil {
			return nil, err
		}
	}
	dst = appendOptional(dst, `,"card":`, c.Card)
	dst = appendOptional(dst, `,"seal":`, c.Seal)
	if len(c.Rulings) > 0 {
		if dst, err = appendValue(append(dst, `,"rulings":`...), c.Rulings); err != nil {
			return nil, err
		}
	}
	dst = append(dst, `,"decision":`...)
	if c.Decision.Reasons != nil {
		dst, err = appendValue(dst, c.Decision)
	} else {
		dst = appendField(dst, `{"state":`, string(c.Decision.State))
		if !c.Decision.Due.IsZero() {
			dst = appendTime(dst, `,"due":`, c.Decision.Due)
		}
		if c.Decision.Approved {
			dst = append(dst, `,"approved":true`...)
		}
		dst = append(dst, '}')
	}
	return dst, err
}

func appendValue(dst []byte, v any) ([]byte, error) {
	data, err := json.Marshal(v)
	return append(dst, data...), err
}

func appendField(dst []byte, key, value string) []byte {
	return appendString(append(dst, key...), value)
}

func appendOptional(dst []byte, key, value string) []byte {
	if value == "" {
		return dst
	}
	return appendField(dst, key, value)
}

func appendTime(dst []byte, key string, t time.Time) []byte {
	dst = append(append(dst, key...), '"')
	return append(t.UTC().AppendFormat(dst, time.RFC3339Nano), '"')
}

func appendInputs(dst []byte, inputs map[string]string) []byte {
	if len(inputs) == 0 {
		return dst
	}
	dst = append(dst, `,"inputs":{`...)
	var names [16]string
	for i, name := range sortedKeys(names[:0], inputs) {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendString(dst, name), ':')
		dst = appendString(dst, inputs[name])
	}
	return append(dst, '}')
}

func appendProfile(dst []byte, p *scruple.Profile) []byte {
	dst = append(dst, `,"profile":{`...)
	start := len(dst)
	dst = appendOptional(dst, `,"birth":`, string(p.Birth))
	dst = appendOptional(dst, `,"rating":`, p.Rating)
	dst = appendOptional(dst, `,"rated_until":`, string(p.RatedUntil))
	dst = appendOptional(dst, `,"zone":`, p.Zone)
	dst = appendOptional(dst, `,"region":`, p.Region)
	if p.Qualified {
		dst = append(dst, `,"qualified":true`...)
	}
	if p.Student {
		dst = append(dst, `,"student":true`...)
	}
	if len(dst) > start { // the first field has no comma before it
		dst = append(dst[:start], dst[start+1:]...)
	}
	return append(dst, '}')
}

// appendPerson writes a person's record as json.Marshal would.
func appendPerson(dst []byte, p *scruple.Person) []byte {
	dst = appendField(append(dst, '{'), `"id":`, p.ID)
	for i := range p.Consents {
		e := &p.Consents[i]
		dst = appendField(appendSep(dst, i, `,"consents":[`), `{"purpose":`, e.Purpose)
		dst = appendField(dst, `,"channel":`, string(e.Channel))
		dst = appendField(dst, `,"action":`, e.Action)
		dst = appendField(dst, `,"source":`, e.Source)
		dst = appendOptional(dst, `,"wording":`, e.Wording)
		dst = appendTime(dst, `,"at":`, e.At)
		if !e.Expires.IsZero() {
			dst = appendTime(dst, `,"expires":`, e.Expires)
		}
		dst = append(dst, '}')
	}
	dst = appendEnd(dst, len(p.Consents))
	for i := range p.Suppressions {
		e := &p.Suppressions[i]
		dst = appendField(appendSep(dst, i, `,"suppressions":[`), `{"channel":`, string(e.Channel))
		dst = appendField(dst, `,"reason":`, e.Reason)
		dst = appendField(dst, `,"source":`, e.Source)
		dst = append(appendTime(dst, `,"at":`, e.At), '}')
	}
	dst = appendEnd(dst, len(p.Suppressions))
	for i := range p.Touches {
		t := &p.Touches[i]
		dst = appendField(appendSep(dst, i, `,"touches":[`), `{"message":`, t.Message)
		dst = appendField(dst, `,"campaign":`, t.Campaign)
		dst = appendField(dst, `,"channel":`, string(t.Channel))
		dst = appendField(dst, `,"class":`, string(t.Class))
		dst = appendTime(dst, `,"at":`, t.At)
		if t.Committed {
			dst = append(dst, `,"committed":true`...)
		}
		dst = append(dst, '}')
	}
	return append(appendEnd(dst, len(p.Touches)), '}')
}

func appendSep(dst []byte, i int, open string) []byte {
	if i == 0 {
		return append(dst, open...)
	}
	return append(dst, ',')
}

func appendEnd(dst []byte, n int) []byte {
	if n == 0 {
		return dst
	}
	return append(dst, ']')
}
