package compliance

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// impressionSource is the impression key of a rule: words that promise together what none of them says alone. Regulators judge a
// message by the impression that it makes as a whole.
type impressionSource struct {
	// Signs are families of words, each worth some points once in a stretch of text; Enough is how many points make the impression.
	Signs  []signSource `yaml:"signs"`
	Enough int          `yaml:"enough"`
	// Within is the stretch: clause, sentence (the default) or message.
	Within string `yaml:"within"`
	// Rates limits the rule to products that have a rate of one of these kinds other than zero, and to unknown products.
	Rates []string `yaml:"rates"`
}

type signSource struct {
	Name string   `yaml:"name"`
	Any  []string `yaml:"any"`
	// Points may be below zero: such words take the impression back.
	Points int `yaml:"points"`
	// Negated is required when the words count only where they are denied (lose in "cannot lose"), forbidden when only where they
	// are not. Empty: either way.
	Negated string `yaml:"negated"`
}

type impressionRule struct {
	within stretch
	enough int
	rates  []string
	speak  []impressionSign // for the impression, dearest first
	spoil  []impressionSign // against it
}

type impressionSign struct {
	name    string
	any     termList
	points  int
	negated string
}

// spoken is a hit of a sign, and the first unit of its stretch.
type spoken struct {
	stretch int32
	sign    int
	hit     hit
}

func compileImpression(c *compiler, _ *Rule, s *ruleSource) (evaluator, error) {
	i := s.Impression
	if i == nil || i.Enough < 1 || len(i.Signs) == 0 {
		return nil, &specError{"", "an impression needs impression: {enough: 3, signs: [{name, any, points}, ...]}"}
	}
	k := &impressionRule{enough: i.Enough, rates: i.Rates}
	var err *specError
	if k.within, err = stretchOf(".impression.within", i.Within, inSentence); err != nil {
		return nil, err
	}
	sum := 0
	for n, src := range i.Signs {
		at := fmt.Sprintf(".impression.signs[%d]", n)
		if src.Name == "" || len(src.Any) == 0 || src.Points == 0 {
			return nil, &specError{at, "a sign needs a name, its words (any), and points"}
		}
		if err := among(at+".negated", []string{src.Negated}, []string{"", "required", "forbidden"}); err != nil {
			return nil, err
		}
		lists, err := c.terms(at+".any", src.Any)
		if err != nil {
			return nil, err
		}
		if g := (impressionSign{src.Name, lists, src.Points, src.Negated}); g.points > 0 {
			k.speak = append(k.speak, g)
			sum += g.points
		} else {
			k.spoil = append(k.spoil, g)
		}
	}
	if sum < i.Enough {
		return nil, &specError{".impression.enough", fmt.Sprintf("all signs together have %d points; they can never be enough", sum)}
	}
	slices.SortStableFunc(k.speak, func(a, b impressionSign) int { return cmp.Compare(b.points, a.points) })
	return k, nil
}

func (k *impressionRule) eval(x *exam, r *Rule) {
	if len(k.rates) > 0 && x.f.Product != nil && !hasRate(x.f.Product, k.rates) {
		return
	}
	all := x.spoken[:0]
	for i := range k.speak {
		for _, id := range k.speak[i].any {
			for _, h := range x.t.of(id) {
				from, _ := x.t.around(k.within, h.start)
				all = append(all, spoken{from, i, h})
			}
		}
	}
	x.spoken = all
	slices.SortStableFunc(all, func(a, b spoken) int { return cmp.Or(cmp.Compare(a.stretch, b.stretch), cmp.Compare(a.sign, b.sign)) })
	for len(all) > 0 {
		n := 1
		for n < len(all) && all[n].stretch == all[0].stretch {
			n++
		}
		k.weigh(x, r, all[:n])
		all = all[n:]
	}
}

// weigh adds up the signs of one stretch. Words count for one sign only, the dearest.
func (k *impressionRule) weigh(x *exam, r *Rule, said []spoken) {
	if k.most(said) < k.enough {
		return
	}
	from, to := x.t.around(k.within, said[0].hit.start)
	points := 0
	for i := range k.spoil {
		if s := &k.spoil[i]; s.stands(x, from, to) {
			points += s.points
		}
	}
	counted := said[:0]
	for _, s := range said {
		g := &k.speak[s.sign]
		taken := slices.ContainsFunc(counted, func(c spoken) bool {
			return c.sign == s.sign || c.hit.start < s.hit.end && s.hit.start < c.hit.end
		})
		if !taken && g.counts(x, s.hit) && !x.t.warned(&x.e.grammar, s.hit) {
			points += g.points
			counted = append(counted, s)
		}
	}
	if points < k.enough {
		return
	}
	start, end, names := counted[0].hit.start, counted[0].hit.end, ""
	for _, s := range counted {
		start, end = min(start, s.hit.start), max(end, s.hit.end)
		names += " + " + k.speak[s.sign].name
	}
	x.found(r, start, end, strings.TrimPrefix(names, " + "))
}

// most returns what the signs are worth at most.
func (k *impressionRule) most(said []spoken) int {
	points, last := 0, -1
	for i := range said {
		if said[i].sign != last {
			last = said[i].sign
			points += k.speak[last].points
		}
	}
	return points
}

// counts reports whether a hit counts where it stands, denied or not.
func (g *impressionSign) counts(x *exam, h hit) bool {
	return g.negated == "" || x.t.denied(&x.e.grammar, h) == (g.negated == "required")
}

func (g *impressionSign) stands(x *exam, from, to int32) bool {
	for _, id := range g.any {
		for _, h := range x.t.of(id) {
			if h.start >= from && h.end <= to && g.counts(x, h) {
				return true
			}
		}
	}
	return false
}
