package compliance

import (
	"slices"
	"strconv"
	"time"

	"github.com/scruple/scruple"
)

// ageGate keeps marketing from minors and products within their ages, and sends the old and risky to an officer.
type ageGate struct {
	// Zone is the market's time zone, in which birthdays begin.
	Zone string `yaml:"zone"`
	// Adult is the age in years below which nobody gets the message. 0: no such bound.
	Adult int `yaml:"adult"`
	// Oldest is the age above which a birth date is taken for a placeholder and held. 0: none is.
	Oldest int `yaml:"oldest"`
	// ReviewFrom and RiskFrom together: from that age on, products of that grade or a higher one are held. 0: none is.
	ReviewFrom int    `yaml:"review_from"`
	RiskFrom   string `yaml:"risk_from"`
	// BirthOptional are the product types that may go to people of unknown age, unless the product bounds the age.
	BirthOptional []string `yaml:"birth_optional"`

	zone *time.Location
	risk int
}

func makeAge(w with, r *Rule) (gateFunc, error) {
	var g ageGate
	if err := w.decode(&g); err != nil {
		return nil, err
	}
	zone, err := w.zone("$.zone", g.Zone)
	if err != nil {
		return nil, err
	}
	g.zone, g.risk = zone, gradeRank(g.RiskFrom)
	if (g.ReviewFrom > 0) != (g.RiskFrom != "") || g.risk > 5 {
		return nil, w.errorf("$.review_from", "review_from and risk_from go together: an age, and a grade from R1 to R5")
	}
	return func(m *scruple.Message, f *scruple.Facts) (scruple.Finding, bool) { return g.check(r, f) }, nil
}

func (g *ageGate) check(r *Rule, f *scruple.Facts) (scruple.Finding, bool) {
	if f.Recipient.Birth == "" {
		return g.ageless(r, f.Product)
	}
	due, ok := dueOf(f)
	if !ok {
		return r.unknown("time unknown")
	}
	birth, ok := parseDay(f.Recipient.Birth)
	if !ok {
		return r.unknown("the birth date is no day of the calendar")
	}
	today := calendarDay(due.In(g.zone))
	age := today.years(birth)
	switch {
	case birth > today || g.Oldest > 0 && age > g.Oldest:
		return r.unknown("birth date not plausible")
	case age < g.Adult:
		return r.finding("under " + strconv.Itoa(g.Adult))
	}
	return g.product(r, f.Product, age)
}

// ageless judges people whose birth date nobody knows.
func (g *ageGate) ageless(r *Rule, p *scruple.Product) (scruple.Finding, bool) {
	switch {
	case p == nil:
		return r.unknown("birth date and product unknown")
	case p.MinAge > 0 || p.MaxAge > 0 || g.risky(p) || !slices.Contains(g.BirthOptional, p.Type):
		return r.unknown("birth date unknown")
	}
	return through()
}

func (g *ageGate) product(r *Rule, p *scruple.Product, age int) (scruple.Finding, bool) {
	old := g.ReviewFrom > 0 && age >= g.ReviewFrom
	switch {
	case p == nil && old:
		return r.unknown("product unknown, age " + strconv.Itoa(g.ReviewFrom) + " or over")
	case p == nil:
		return through()
	case age < p.MinAge:
		return r.finding("product is for ages from " + strconv.Itoa(p.MinAge))
	case p.MaxAge > 0 && age > p.MaxAge:
		return r.finding("product is for ages up to " + strconv.Itoa(p.MaxAge))
	case old && g.risky(p):
		return r.unknown(p.Grade() + " product, age " + strconv.Itoa(g.ReviewFrom) + " or over")
	}
	return through()
}

func (g *ageGate) risky(p *scruple.Product) bool {
	return g.ReviewFrom > 0 && max(gradeRank(p.Risk), gradeRank(p.SellerRisk)) >= g.risk
}

// gradeRank orders the grades R1 to R5 as 1 to 5. No grade is 0; what is no grade counts as riskier than all.
func gradeRank(grade string) int {
	switch {
	case grade == "":
		return 0
	case len(grade) == 2 && grade[0] == 'R' && grade[1] >= '1' && grade[1] <= '5':
		return int(grade[1] - '0')
	}
	return 6
}
