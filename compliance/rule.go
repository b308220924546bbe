package compliance

import (
	"slices"

	"github.com/scruple/scruple"
)

// Words is one text in the languages that readers use. At least one of the two is set.
type Words struct {
	En string `yaml:"en" json:"en,omitempty"`
	Zh string `yaml:"zh" json:"zh,omitempty"`
}

// In returns the text in the language of a BCP 47 locale, or in the other one when that is missing.
func (w Words) In(locale string) string {
	if (len(locale) >= 2 && locale[:2] == "zh" && w.Zh != "") || w.En == "" {
		return w.Zh
	}
	return w.En
}

// The sources of a basis: how well its wording is known.
const (
	Read       = "read"       // the text of the law itself was read
	Secondary  = "secondary"  // its operative words were read in another public source
	Unverified = "unverified" // nobody has read it; such a rule may hold and never blocks
	Policy     = "policy"     // a choice of the house or the firm, not law
)

// Basis is the law or policy that a rule stands on, and when it is in force.
type Basis struct {
	Law     string       `yaml:"law" json:"law"`
	Article string       `yaml:"article" json:"article,omitempty"`
	From    scruple.Date `yaml:"from" json:"from,omitempty"` // first day in force; empty: since ever
	To      scruple.Date `yaml:"to" json:"to,omitempty"`     // last day in force; empty: until further notice
	Source  string       `yaml:"source" json:"source"`       // read, secondary, unverified or policy
}

// In reports whether the basis is in force on a day. An empty day is within every basis.
func (b *Basis) In(day scruple.Date) bool {
	return day == "" || (b.From == "" || b.From <= day) && (b.To == "" || day <= b.To)
}

// Scope says which messages a rule judges. An empty list sets no bound.
type Scope struct {
	// Products are product types. A message whose product is not known is within reach of claims and gates, which then judge
	// it as if it were of any of these types, and out of reach of the other kinds.
	Products       []string          `yaml:"products" json:"products,omitempty"`
	ExceptProducts []string          `yaml:"except_products" json:"except_products,omitempty"`
	Channels       []scruple.Channel `yaml:"channels" json:"channels,omitempty"`
	// Classes defaults to marketing for disclosures, and to every class for the other kinds.
	Classes []scruple.Class `yaml:"classes" json:"classes,omitempty"`
}

// Rule is one rule of a book, as its file states it. Callers must not change it.
type Rule struct {
	ID      string          `json:"id"`
	Kind    string          `json:"kind"` // claim, disclosure, number, gate or render
	Verdict scruple.Verdict `json:"verdict"`
	Basis   []Basis         `json:"basis"`
	Applies Scope           `json:"applies"`
	Title   Words           `json:"title"`
	Why     Words           `json:"why"`
	Fix     Words           `json:"fix"`
	Market  scruple.Market  `json:"market"`
	File    string          `json:"file"`
	Line    int             `json:"line"` // from 1
	// Flag are messages that the rule must find fault with, Pass near-misses that it must let go.
	Flag []Example `json:"flag"`
	Pass []Example `json:"pass"`

	check evaluator
}

// In reports whether any basis of the rule is in force on a day.
func (r *Rule) In(day scruple.Date) bool {
	return slices.ContainsFunc(r.Basis, func(b Basis) bool { return b.In(day) })
}

// reaches reports whether a message is in the rule's scope.
func (r *Rule) reaches(m *scruple.Message, p *scruple.Product) bool {
	s := &r.Applies
	if len(s.Channels) > 0 && !slices.Contains(s.Channels, m.Channel) {
		return false
	}
	if len(s.Classes) > 0 && !slices.Contains(s.Classes, classOf(m)) {
		return false
	}
	if p == nil {
		return len(s.Products) == 0 || r.Kind == kindClaim || r.Kind == kindGate
	}
	if len(s.Products) > 0 && !slices.Contains(s.Products, p.Type) {
		return false
	}
	return !slices.Contains(s.ExceptProducts, p.Type)
}

func classOf(m *scruple.Message) scruple.Class {
	if m.Class == "" {
		return scruple.Marketing
	}
	return m.Class
}
