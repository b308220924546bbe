package compliance

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/scruple/scruple"
)

// claimSource is the match key of a claim rule: words that must not be said.
type claimSource struct {
	// Any are the words that make the claim. With Near, a term of each list must stand Within one clause, sentence (the
	// default) or message.
	Any    []string `yaml:"any"`
	Near   []string `yaml:"near"`
	Within string   `yaml:"within"`
	// Unless are words that give the claim another meaning when they stand in the same stretch, UnlessWithin (the same clause by
	// default).
	Unless       []string `yaml:"unless"`
	UnlessWithin string   `yaml:"unless_within"`
	// Negatable says that a denial of the words is no claim, and a warning of them neither; true by default.
	Negatable *bool `yaml:"negatable"`
	// Subject limits the rule to the subject line.
	Subject bool `yaml:"subject"`
	// Rates limits the rule to products that have a rate of one of these kinds other than zero, and to unknown products.
	Rates []string `yaml:"rates"`
}

type claimRule struct {
	any, near, unless    termList
	within, unlessWithin stretch
	negatable, subject   bool
	rates                []string
}

// stretch is how far words may stand apart.
type stretch uint8

const (
	inClause stretch = iota
	inSentence
	inMessage
)

func stretchOf(path, word string, otherwise stretch) (stretch, *specError) {
	switch word {
	case "":
		return otherwise, nil
	case "clause":
		return inClause, nil
	case "sentence":
		return inSentence, nil
	case "message":
		return inMessage, nil
	}
	return 0, &specError{path, fmt.Sprintf("%q: expected clause, sentence or message", word)}
}

// around returns the units of the stretch that holds unit i.
func (t *reading) around(s stretch, i int32) (from, to int32) {
	switch s {
	case inClause:
		return t.clause(i)
	case inSentence:
		return t.sentence(i)
	}
	return 0, int32(len(t.units))
}

func compileClaim(c *compiler, _ *Rule, s *ruleSource) (evaluator, error) {
	if s.Match == nil || len(s.Match.Any) == 0 {
		return nil, &specError{"", "a claim needs match: {any: [...]} with the words that make it"}
	}
	k := &claimRule{negatable: s.Match.Negatable == nil || *s.Match.Negatable, subject: s.Match.Subject, rates: s.Match.Rates}
	for _, l := range []struct {
		to    *termList
		path  string
		terms []string
	}{
		{&k.any, ".match.any", s.Match.Any},
		{&k.near, ".match.near", s.Match.Near},
		{&k.unless, ".match.unless", s.Match.Unless},
	} {
		lists, err := c.terms(l.path, l.terms)
		if err != nil {
			return nil, err
		}
		*l.to = lists
	}
	var err *specError
	if k.within, err = stretchOf(".match.within", s.Match.Within, inSentence); err != nil {
		return nil, err
	}
	if k.unlessWithin, err = stretchOf(".match.unless_within", s.Match.UnlessWithin, inClause); err != nil {
		return nil, err
	}
	return k, nil
}

func (k *claimRule) eval(x *exam, r *Rule) {
	if !k.any.hit(x.t) || !k.concerns(x.f.Product) {
		return
	}
	x.claim = x.claim[:0]
	for _, id := range k.any {
		x.claim = append(x.claim, x.t.of(id)...)
	}
	slices.SortFunc(x.claim, func(a, b hit) int { return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end)) })
	reached := int32(0)
	for _, h := range x.claim {
		if h.start >= reached && k.says(x, h) {
			x.found(r, h.start, h.end, "")
			reached = h.end
		}
	}
}

func (k *claimRule) concerns(p *scruple.Product) bool {
	return len(k.rates) == 0 || p == nil || hasRate(p, k.rates)
}

// says reports whether a hit makes the claim where it stands.
func (k *claimRule) says(x *exam, h hit) bool {
	t := x.t
	if k.subject && t.pieceOf(h.start).name != "subject" {
		return false
	}
	if k.near != nil {
		if from, to := t.around(k.within, h.start); !k.near.has(t, from, to) {
			return false
		}
	}
	if k.unless != nil {
		if from, to := t.around(k.unlessWithin, h.start); k.unless.has(t, from, to) {
			return false
		}
	}
	if !k.negatable {
		return true
	}
	return !t.denied(&x.e.grammar, h) && !t.warned(&x.e.grammar, h)
}
