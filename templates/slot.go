package templates

import (
	"fmt"
	"regexp"
	"strings"

	"golang.org/x/text/currency"
)

// SlotSpec says what a slot of a template holds and where it comes from.
type SlotSpec struct {
	Name string
	Type string // name, amount, date, percent, number, text or url
	// Default stands in for an empty value; empty: there is none.
	Default string
	// Max is the longest value in characters; 0 for types that have no such bound.
	Max int
	// From is recipient (a column of the segment list), product (the product master) or campaign.
	From string
	// Currency is the ISO 4217 code of an amount.
	Currency string
}

// SlotError says why one message cannot be filled. It never quotes the value, which may be personal.
type SlotError struct {
	Template string // name@version
	Slot     string
	Reason   string
	// Empty marks a missing value: the message is withheld. Otherwise the value breaks the slot's type and the message is held.
	Empty bool
}

// Error names the template, the slot and the reason.
func (e *SlotError) Error() string {
	return fmt.Sprintf("template %s: slot %s %s", e.Template, e.Slot, e.Reason)
}

// The bounds on the length of values, in characters.
const (
	maxName = 64
	maxText = 200
	maxTerm = 600  // product terms and campaign texts: whole sentences of disclosures
	maxURL  = 2000 // what common mail clients and browsers take
)

var slotName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// reserved words cannot name a slot: Liquid reads them otherwise.
var reserved = map[string]bool{
	"and": true, "or": true, "contains": true, "in": true, "nil": true, "true": true, "false": true, "empty": true, "blank": true,
	"product": true, "campaign": true,
}

// broken returns what is wrong with a declaration, or "".
func (s frontSlot) broken(name string) string {
	if message := oneOf("type", s.Type, typeNames); message != "" {
		return message
	}
	if !strings.Contains(name, ".") && (!slotName.MatchString(name) || reserved[name]) {
		return "a name has letters, digits and underscores, begins with a letter, and is no word of Liquid"
	}
	if strings.Contains(name, ".") && fixedSource(name) == "" || strings.HasPrefix(name, "product.rate.") {
		return "only product.term.KEY and campaign.KEY may be declared with a dot"
	}
	if s.From != "" && (strings.Contains(name, ".") || s.From != "recipient" && s.From != "product") {
		return "from: is recipient or product, and is not written for names with a dot"
	}
	if s.Max < 0 || s.Max > 0 && s.Type != "text" && s.Type != "name" {
		return "max: is a number of characters, for the types text and name"
	}
	if s.Currency != "" {
		if _, err := currency.ParseISO(s.Currency); err != nil || s.Type != "amount" {
			return "currency: is an ISO 4217 code such as CNY, for the type amount"
		}
	}
	if s.Default == "" {
		return ""
	}
	if reason := s.spec(name).check(s.Default); reason != "" {
		return "its default " + reason
	}
	return ""
}

func (s frontSlot) spec(name string) *SlotSpec {
	out := &SlotSpec{Name: name, Type: s.Type, Default: s.Default, Max: s.Max, From: s.From, Currency: s.Currency}
	if strings.Contains(name, ".") {
		out.From = fixedSource(name)
	}
	fill(&out.From, "recipient")
	if out.Max == 0 {
		out.Max = map[string]int{"name": maxName, "text": maxText, "url": maxURL}[s.Type]
	}
	return out
}

// fixedSource returns where a name of the fixed namespace comes from, or "" when it is none.
func fixedSource(name string) string {
	head, key, _ := strings.Cut(name, ".")
	switch {
	case head == "campaign" && slotName.MatchString(key):
		return "campaign"
	case head != "product":
		return ""
	case key == "name" || key == "issuer" || key == "distributor" || key == "risk":
		return "product"
	}
	group, key, _ := strings.Cut(key, ".")
	if (group == "rate" || group == "term") && slotName.MatchString(key) {
		return "product"
	}
	return ""
}

// fixedSpec is the declaration that a name of the fixed namespace has without being declared, or nil.
func fixedSpec(name string) *SlotSpec {
	from := fixedSource(name)
	switch {
	case from == "":
		return nil
	case strings.HasPrefix(name, "product.rate."):
		return &SlotSpec{Name: name, Type: "percent", From: from}
	default:
		return &SlotSpec{Name: name, Type: "text", Max: maxTerm, From: from}
	}
}
