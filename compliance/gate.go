package compliance

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/internal/strictyaml"
)

// A gate judges the recipient and the product, not the copy. Where only copy is judged (Facts.Recipient is nil) no gate is
// asked. Two habits are common to all of them:
//
//   - A fact that is missing, malformed or that nobody knows gives Hold, whatever the rule's verdict: an officer can find out,
//     and nothing passes on a guess.
//   - On the way through, a gate allocates and formats nothing: there is one call for each message and gate.

// gateMaker compiles the `with:` mapping of a rule into its gate, which is pure and safe for concurrent use.
type gateMaker func(w with, r *Rule) (gateFunc, error)

// gateMakers returns what a rule may name under `gate:`.
func gateMakers() map[string]gateMaker {
	return map[string]gateMaker{
		"address":           makeAddress,
		"age":               makeAge,
		"consent":           makeConsent,
		"contact_limit":     makeContactLimit,
		"private_placement": makePrivatePlacement,
		"product_status":    makeProductStatus,
		"quiet_hours":       makeQuietHours,
		"student":           makeStudent,
		"suitability":       makeSuitability,
		"suppression":       makeSuppression,
	}
}

// compileGate returns the gate of that name, set up by the YAML of its rule's `with:` mapping, which may be empty. Places
// in its errors count from the first line of src.
func compileGate(name string, src []byte, r *Rule) (gateFunc, error) {
	makers := gateMakers()
	maker, ok := makers[name]
	if !ok {
		known := make([]string, 0, len(makers))
		for n := range makers {
			known = append(known, n)
		}
		slices.Sort(known)
		return nil, fmt.Errorf("rule %s: no gate is called %q; the gates are %s", r.ID, name, strings.Join(known, ", "))
	}
	return maker(with{file: r.ID + " with", src: src}, r)
}

// with is the `with:` mapping of a rule as it was written.
type with struct {
	file string
	src  []byte
}

// decode reads the mapping into v; an absent mapping leaves v as it is.
func (w with) decode(v any) error {
	if len(bytes.TrimSpace(w.src)) == 0 {
		return nil
	}
	return strictyaml.Decode(w.file, w.src, v)
}

// errorf is an error about one place of the mapping.
func (w with) errorf(path, format string, args ...any) error {
	return strictyaml.Errorf(w.file, w.src, path, format, args...)
}

// finding objects with the verdict of the rule.
func (r *Rule) finding(detail string) (scruple.Finding, bool) {
	return scruple.Finding{Rule: r.ID, Kind: "gate", Verdict: r.Verdict, Detail: detail}, true
}

// unknown objects because something the gate needs is not known.
func (r *Rule) unknown(detail string) (scruple.Finding, bool) {
	return scruple.Finding{Rule: r.ID, Kind: "gate", Verdict: scruple.Hold, Detail: detail}, true
}

// through is what a gate returns for a message it lets through.
func through() (scruple.Finding, bool) { return scruple.Finding{}, false }

// countsAs returns the class a message or touch counts as: without a class it is marketing.
func countsAs(c scruple.Class) scruple.Class {
	if c == "" {
		return scruple.Marketing
	}
	return c
}
