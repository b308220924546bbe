package compliance

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/internal/strictyaml"
)

// Waiver lets go of what one rule holds, within a scope, for a reason, for a time. Two people answer for it: who asked, and who
// approved. It is part of a firm's own book, so that it is in the book's digest: every approval given before it is void.
//
// What a rule blocks, what a gate objects to, and what the checker itself reports can not be waived. A waived finding stays in the
// record, with the verdict pass and the id of its waiver; it is counted there.
type Waiver struct {
	ID     string      `yaml:"id" json:"id"`
	Rule   string      `yaml:"rule" json:"rule"`
	Reason string      `yaml:"reason" json:"reason"`
	Scope  WaiverScope `yaml:"scope" json:"scope"`
	// By asked for it and Approved let it be; they are two people. A message whose copy either of them wrote is not let go by
	// its author's approval: see scruple.Facts.Authors.
	By       string `yaml:"by" json:"by"`
	Approved string `yaml:"approved" json:"approved"`
	// From and To are the first and last day on which it counts, at most MaxWaiver apart.
	From scruple.Date `yaml:"from" json:"from"`
	To   scruple.Date `yaml:"to" json:"to"`

	File string `yaml:"-" json:"file"`
	Line int    `yaml:"-" json:"line"`
}

// WaiverScope says which messages a waiver is for: those that match every list that is not empty. At least one has to be there.
type WaiverScope struct {
	Campaigns []string          `yaml:"campaigns" json:"campaigns,omitempty"`
	Templates []string          `yaml:"templates" json:"templates,omitempty"` // name, or name@version
	Products  []string          `yaml:"products" json:"products,omitempty"`   // product ids
	Channels  []scruple.Channel `yaml:"channels" json:"channels,omitempty"`
	// Words are quotations: only findings that point at exactly one of them. Case and spaces count.
	Words []string `yaml:"words" json:"words,omitempty"`
}

// MaxWaiver is how long a waiver may last: what is right for longer is a matter for the rule.
const MaxWaiver = 366 * 24 * time.Hour

// In reports whether a waiver counts on a day.
func (w *Waiver) In(day scruple.Date) bool { return w.From <= day && day <= w.To }

// Waivers returns all waivers of the book, in the order of loading, the expired ones too.
func (b *Book) Waivers() []Waiver { return slices.Clone(b.waivers) }

// sound says what is wrong with a waiver beside the rule that it names.
func (w *Waiver) sound() *specError {
	from, _ := time.Parse(time.DateOnly, string(w.From))
	to, _ := time.Parse(time.DateOnly, string(w.To))
	s := &w.Scope
	switch {
	case w.ID == "":
		return &specError{"", "a waiver needs an id; it goes into the record of every message that it lets go"}
	case len([]rune(strings.TrimSpace(w.Reason))) < 10:
		return &specError{"", fmt.Sprintf("waiver %s needs a reason that an auditor understands, of ten signs or more", w.ID)}
	case w.By == "" || w.Approved == "":
		return &specError{"", fmt.Sprintf("waiver %s needs two people: by, who asked for it, and approved, who let it be", w.ID)}
	case w.By == w.Approved:
		return &specError{".approved", fmt.Sprintf("waiver %s: %s asked for it and may not approve it; let another officer", w.ID, w.By)}
	case !w.From.Valid() || !w.To.Valid() || w.To < w.From:
		return &specError{"", fmt.Sprintf("waiver %s needs from and to, days such as 2026-11-22, and to not before from", w.ID)}
	case to.Sub(from) > MaxWaiver:
		return &specError{".to", fmt.Sprintf("waiver %s lasts longer than a year; end it earlier, or change the rule", w.ID)}
	case len(s.Campaigns)+len(s.Templates)+len(s.Products)+len(s.Channels)+len(s.Words) == 0:
		return &specError{"", fmt.Sprintf("waiver %s needs a scope: campaigns, templates, products, channels or words", w.ID)}
	}
	return among(".scope.channels", texts(s.Channels), texts(scruple.Channels()))
}

// names checks the rule that a waiver is about.
func (w *Waiver) names(rules map[string]*Rule) *specError {
	r, ok := rules[w.Rule]
	switch {
	case !ok:
		hint := ""
		if near := strictyaml.Nearest(w.Rule, ids(rules)); near != "" {
			hint = fmt.Sprintf("; did you mean %q?", near)
		}
		return &specError{".rule", fmt.Sprintf("no rule %q%s", w.Rule, hint)}
	case r.Kind == kindGate:
		return &specError{".rule", fmt.Sprintf("%s is a gate: consent, suitability and limits are not waived", w.Rule)}
	case r.Verdict == scruple.Block:
		return &specError{".rule", fmt.Sprintf("%s blocks: what is forbidden is not waived", w.Rule)}
	}
	return nil
}

func ids(rules map[string]*Rule) []string {
	out := make([]string, 0, len(rules))
	for id := range rules {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}

// waive lets go of findings for which there is a waiver.
func (b *Book) waive(found scruple.Findings, m *scruple.Message, f *scruple.Facts) {
	if len(b.waivers) == 0 || len(found) == 0 {
		return
	}
	at := momentOf(f)
	if at.IsZero() {
		return
	}
	day := scruple.DateOf(at)
	for i := range found {
		r, known := b.byID[found[i].Rule]
		if found[i].Verdict != scruple.Hold || !known || r.Kind == kindGate {
			continue
		}
		for j := range b.waivers {
			if w := &b.waivers[j]; w.Rule == r.ID && w.In(day) && !slices.Contains(f.Authors, w.Approved) && w.Scope.holds(m, f, &found[i]) {
				found[i].Verdict, found[i].Waiver = scruple.Pass, w.ID
				break
			}
		}
	}
}

// holds reports whether a finding lies in the scope.
func (s *WaiverScope) holds(m *scruple.Message, f *scruple.Facts, found *scruple.Finding) bool {
	template, _, _ := strings.Cut(m.Template, "@")
	product := ""
	if f.Product != nil {
		product = f.Product.ID
	}
	return within(s.Campaigns, m.Campaign) && (within(s.Templates, template) || within(s.Templates, m.Template)) &&
		within(s.Products, product) && within(s.Channels, m.Channel) && within(s.Words, found.Quote)
}

func within[T ~string](list []T, v T) bool { return len(list) == 0 || slices.Contains(list, v) }
