package compliance

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"github.com/scruple/scruple"
)

// fileSource is a rule file as it is written.
type fileSource struct {
	Market   scruple.Market      `yaml:"market"`
	Lexicons map[string][]string `yaml:"lexicons"`
	Roles    map[string][]string `yaml:"roles"`
	Rules    []ruleSource        `yaml:"rules"`
	Waivers  []Waiver            `yaml:"waivers"`
}

// ruleSource is a rule as it is written. The keys from Match on belong to single kinds.
type ruleSource struct {
	ID      string          `yaml:"id"`
	Kind    string          `yaml:"kind"`
	Verdict scruple.Verdict `yaml:"verdict"`
	Basis   []Basis         `yaml:"basis"`
	Applies Scope           `yaml:"applies"`
	Title   Words           `yaml:"title"`
	Why     Words           `yaml:"why"`
	Fix     Words           `yaml:"fix"`
	Flag    []exampleNode   `yaml:"flag"`
	Pass    []exampleNode   `yaml:"pass"`

	Match      *claimSource      `yaml:"match"`
	Impression *impressionSource `yaml:"impression"`
	When       *whenSource       `yaml:"when"`
	Units      []unitSource      `yaml:"units"`
	Exact      []string          `yaml:"exact"`
	// Tolerance, First and Prominence belong to disclosures: in what a prescribed text may differ, how early it has to be over,
	// and how it has to show.
	Tolerance  []string          `yaml:"tolerance"`
	First      *firstSource      `yaml:"first"`
	Prominence *prominenceSource `yaml:"prominence"`
	Number     *numberSource     `yaml:"number"`
	Render     *renderSource     `yaml:"render"`
	Gate       string            `yaml:"gate"`
	With       yaml.RawMessage   `yaml:"with" json:"-"`
}

// exampleNode is one example as it is written: plain text, or the YAML of a mapping.
type exampleNode struct {
	Text string   `json:",omitempty"`
	YAML []byte   `json:",omitempty"`
	Read *Example `json:",omitempty"` // the mapping, where it is known already
}

// UnmarshalYAML keeps the example for later: how it reads depends on the kind of its rule.
func (e *exampleNode) UnmarshalYAML(n ast.Node) error {
	switch n := n.(type) {
	case *ast.StringNode:
		e.Text = n.Value
	case *ast.LiteralNode:
		e.Text = n.Value.Value
	default:
		e.YAML = []byte(n.String())
	}
	return nil
}

// used lists the kind-specific keys that a rule sets.
func (s *ruleSource) used() []string {
	var out []string
	for _, k := range []struct {
		name string
		set  bool
	}{
		{"match", s.Match != nil},
		{"impression", s.Impression != nil},
		{"when", s.When != nil},
		{"units", s.Units != nil},
		{"exact", s.Exact != nil},
		{"tolerance", s.Tolerance != nil},
		{"first", s.First != nil},
		{"prominence", s.Prominence != nil},
		{"number", s.Number != nil},
		{"render", s.Render != nil},
		{"gate", s.Gate != ""},
		{"with", s.With != nil},
	} {
		if k.set {
			out = append(out, k.name)
		}
	}
	return out
}

// rule checks the keys that all kinds share and returns the rule without its evaluator and examples.
func (s *ruleSource) rule(market scruple.Market) (*Rule, *specError) {
	r := &Rule{
		ID: s.ID, Kind: s.Kind, Verdict: s.Verdict, Basis: s.Basis, Applies: s.Applies,
		Title: s.Title, Why: s.Why, Fix: s.Fix, Market: market,
	}
	if r.Kind == kindDisclosure && len(r.Applies.Classes) == 0 {
		r.Applies.Classes = []scruple.Class{scruple.Marketing}
	}
	for _, fault := range []*specError{s.named(market), s.based(), s.reasoned(), s.scoped()} {
		if fault != nil {
			return nil, fault
		}
	}
	return r, nil
}

func (s *ruleSource) named(market scruple.Market) *specError {
	if !strings.HasPrefix(s.ID, string(market)+".") || strings.ToLower(s.ID) != s.ID || strings.ContainsAny(s.ID, " _/") {
		return &specError{".id", fmt.Sprintf("id %q: expected %q and words in lower case joined by hyphens, such as %s.benchmark-as-return", s.ID, string(market)+".", market)}
	}
	if s.Verdict != scruple.Hold && s.Verdict != scruple.Block {
		return &specError{".verdict", fmt.Sprintf("verdict %q: expected hold or block", s.Verdict)}
	}
	if _, ok := compilers()[s.Kind]; !ok {
		return &specError{".kind", fmt.Sprintf("kind %q: expected claim, impression, disclosure, number, gate or render", s.Kind)}
	}
	allowed := strings.Join(keysOf(s.Kind), " ") + " "
	for _, k := range s.used() {
		if !strings.Contains(allowed, k+" ") {
			return &specError{"." + k, fmt.Sprintf("key %q does not belong to a rule of kind %s; it may use %s", k, s.Kind, strings.Join(keysOf(s.Kind), ", "))}
		}
	}
	return nil
}

func (s *ruleSource) based() *specError {
	if len(s.Basis) == 0 {
		return &specError{"", "the rule has no basis; name the law, article, dates and how well it is known (source: read, secondary, unverified or policy)"}
	}
	for i, b := range s.Basis {
		at := fmt.Sprintf(".basis[%d]", i)
		switch {
		case b.Law == "":
			return &specError{at, "a basis needs a law"}
		case b.Source != Read && b.Source != Secondary && b.Source != Unverified && b.Source != Policy:
			return &specError{at + ".source", fmt.Sprintf("source %q: expected read, secondary, unverified or policy", b.Source)}
		case b.Source == Unverified && s.Verdict == scruple.Block:
			return &specError{at + ".source", "an unverified basis may hold and never block; change the verdict to hold, or read the law"}
		case b.From != "" && !b.From.Valid():
			return &specError{at + ".from", fmt.Sprintf("from %q: expected a date such as 2026-09-30", b.From)}
		case b.To != "" && (!b.To.Valid() || b.To < b.From):
			return &specError{at + ".to", fmt.Sprintf("to %q: expected a date such as 2026-09-30, not before from", b.To)}
		}
	}
	return nil
}

func (s *ruleSource) reasoned() *specError {
	for _, w := range []struct {
		key string
		Words
	}{{"title", s.Title}, {"why", s.Why}, {"fix", s.Fix}} {
		if w.En == "" && w.Zh == "" {
			return &specError{"", fmt.Sprintf("the rule has no %s; write it in en, zh or both", w.key)}
		}
	}
	if len(s.Flag) < 2 || len(s.Pass) < 2 {
		return &specError{"", fmt.Sprintf("the rule has %d flag and %d pass examples; at least two of each are needed", len(s.Flag), len(s.Pass))}
	}
	return nil
}
