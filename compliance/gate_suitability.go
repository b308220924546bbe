package compliance

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/scruple/scruple"
)

// suitabilityGate lets a product go only to people whose risk tolerance reaches its grade.
type suitabilityGate struct {
	// Zone is the market's time zone, in which a rating ends with its last day.
	Zone string `yaml:"zone"`
	// Ratings lists the risk tolerances, the most careful first.
	Ratings []string `yaml:"ratings"`
	// Needs gives the least rating for each product grade.
	Needs map[string]string `yaml:"needs"`
	// Exempt are the product types that may be without a grade; any other type without one is held.
	Exempt []string `yaml:"exempt"`

	zone *time.Location
	need map[string]int // grade to place in Ratings
}

func makeSuitability(w with, r *Rule) (gateFunc, error) {
	var g suitabilityGate
	if err := w.decode(&g); err != nil {
		return nil, err
	}
	zone, err := w.zone("$.zone", g.Zone)
	if err != nil {
		return nil, err
	}
	if len(g.Needs) == 0 {
		return nil, w.errorf("$.needs", "needs is missing; expected the least rating for each grade, such as {R1: C1, R2: C2}")
	}
	g.zone, g.need = zone, make(map[string]int, len(g.Needs))
	for _, grade := range slices.Sorted(maps.Keys(g.Needs)) {
		rating := g.Needs[grade]
		at := slices.Index(g.Ratings, rating)
		if at < 0 {
			return nil, w.errorf("$.needs."+grade, "rating %q is not one of ratings: %s", rating, strings.Join(g.Ratings, ", "))
		}
		g.need[grade] = at
	}
	return func(m *scruple.Message, f *scruple.Facts) (scruple.Finding, bool) { return g.check(r, f) }, nil
}

func (g *suitabilityGate) check(r *Rule, f *scruple.Facts) (scruple.Finding, bool) {
	who, p := f.Recipient, f.Product
	if p == nil {
		return r.unknown("product unknown")
	}
	grade := p.Grade()
	if grade == "" {
		if slices.Contains(g.Exempt, p.Type) {
			return through()
		}
		return r.unknown("ungraded product")
	}
	if !g.known(p.Risk) || !g.known(p.SellerRisk) {
		return r.unknown("product grade that is not in the table")
	}
	if who.Rating == "" {
		return r.unknown(grade + " product, customer not rated")
	}
	has := slices.Index(g.Ratings, who.Rating)
	switch {
	case has < 0:
		return r.unknown("customer rating that is not in the table")
	case has < g.need[grade]:
		return r.finding(grade + " product, " + who.Rating + " customer")
	}
	return g.inTime(r, f)
}

// known is true for an empty grade as well: one of the two may be missing.
func (g *suitabilityGate) known(grade string) bool {
	_, ok := g.need[grade]
	return ok || grade == ""
}

func (g *suitabilityGate) inTime(r *Rule, f *scruple.Facts) (scruple.Finding, bool) {
	due, ok := dueOf(f)
	if !ok {
		return r.unknown("time unknown")
	}
	if f.Recipient.RatedUntil == "" {
		return r.unknown("nobody knows how long the rating is valid")
	}
	last, ok := parseDay(f.Recipient.RatedUntil)
	switch {
	case !ok:
		return r.unknown("the rating's last day is no day of the calendar")
	case last < calendarDay(due.In(g.zone)):
		return r.finding("risk rating expired")
	}
	return through()
}
