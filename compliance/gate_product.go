package compliance

import (
	"slices"
	"time"

	"github.com/scruple/scruple"
)

// productStatusGate lets through only what is on sale, in its window, where the recipient lives.
type productStatusGate struct {
	// Zone is the market's time zone, in which the offer window's days begin and end.
	Zone string `yaml:"zone"`

	zone *time.Location
}

func makeProductStatus(w with, r *Rule) (gateFunc, error) {
	var g productStatusGate
	if err := w.decode(&g); err != nil {
		return nil, err
	}
	zone, err := w.zone("$.zone", g.Zone)
	if err != nil {
		return nil, err
	}
	g.zone = zone
	return func(m *scruple.Message, f *scruple.Facts) (scruple.Finding, bool) { return g.check(r, m, f) }, nil
}

func (g *productStatusGate) check(r *Rule, m *scruple.Message, f *scruple.Facts) (scruple.Finding, bool) {
	p := f.Product
	switch {
	case p == nil: // a message about no product says so by a product of type none
		return r.unknown("product unknown")
	case p.Type == "none":
		return through()
	case p.Status == "":
		return r.unknown("product status unknown")
	case p.Status != "on_sale":
		return r.finding("product not on sale")
	case p.Market != "" && m.Market != "" && p.Market != m.Market:
		return r.finding("product of market " + string(p.Market))
	}
	if finding, found := g.window(r, f); found {
		return finding, true
	}
	return g.region(r, f)
}

func (g *productStatusGate) window(r *Rule, f *scruple.Facts) (scruple.Finding, bool) {
	p := f.Product
	if p.From == "" && p.To == "" {
		return through()
	}
	due, ok := dueOf(f)
	if !ok {
		return r.unknown("time unknown")
	}
	today := calendarDay(due.In(g.zone))
	if p.From != "" {
		first, ok := parseDay(p.From)
		switch {
		case !ok:
			return r.unknown("the offer's first day is no day of the calendar")
		case today < first:
			return r.finding("offer begins on " + string(p.From))
		}
	}
	if p.To != "" {
		last, ok := parseDay(p.To)
		switch {
		case !ok:
			return r.unknown("the offer's last day is no day of the calendar")
		case today > last:
			return r.finding("offer ended on " + string(p.To))
		}
	}
	return through()
}

func (g *productStatusGate) region(r *Rule, f *scruple.Facts) (scruple.Finding, bool) {
	switch {
	case len(f.Product.Regions) == 0:
		return through()
	case f.Recipient.Region == "":
		return r.unknown("product limited to regions, region unknown")
	case !slices.Contains(f.Product.Regions, f.Recipient.Region):
		return r.finding("product not offered in the recipient's region")
	}
	return through()
}

// makePrivatePlacement compiles the gate that keeps private placements to qualified people. It takes no settings.
func makePrivatePlacement(w with, r *Rule) (gateFunc, error) {
	if err := w.decode(&struct{}{}); err != nil {
		return nil, err
	}
	return func(m *scruple.Message, f *scruple.Facts) (scruple.Finding, bool) {
		switch {
		case f.Recipient.Qualified:
			return through()
		case f.Product == nil:
			return r.unknown("product unknown")
		case f.Product.Private:
			return r.finding("private placement, recipient not proven qualified")
		}
		return through()
	}, nil
}

// studentGate keeps credit away from students.
type studentGate struct {
	// Types are the product types that students must not be offered.
	Types []string `yaml:"types"`
}

func makeStudent(w with, r *Rule) (gateFunc, error) {
	var g studentGate
	if err := w.decode(&g); err != nil {
		return nil, err
	}
	if len(g.Types) == 0 {
		return nil, w.errorf("$.types", "types is missing; expected the product types that students must not be offered")
	}
	return func(m *scruple.Message, f *scruple.Facts) (scruple.Finding, bool) {
		switch {
		case !f.Recipient.Student:
			return through()
		case f.Product == nil:
			return r.unknown("student, product unknown")
		case slices.Contains(g.Types, f.Product.Type):
			return r.finding("student, " + f.Product.Type)
		}
		return through()
	}, nil
}
