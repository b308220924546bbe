package compliance

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/scruple/scruple/internal/strictyaml"
)

// role says what a figure is, by the words around it.
type role uint8

const (
	noRole role = iota
	benchmarkRole
	returnRole
	expectedRole
	depositRole
	aprRole
	apyRole
	rateRole // a rate, and nobody says which
	feeRole
	bonusRole
	lossRole
	offRole
	otherRole // a share, a tax, an index: no figure of the product
	minimumRole
	limitRole
	coverRole
	premiumRole
	paymentRole
	totalRole
	interestRole
	beforeRole
	nowRole
	deadlineRole
	perDay
	perMonth
	perYear
	todayRole
	tomorrowRole
	weekRole
	roles
)

// roleInfo is what Go knows of a role; its words are data.
type roleInfo struct {
	name  string
	kinds []string // the kinds of rates that may bear it; nil: none
	own   bool     // a figure of this role is one of the product, whatever the product master holds
	group roleGroup
	terms []string // parts of the names of terms that hold the amounts of the role
}

// roleGroup is a set of roles of which a figure has at most one.
type roleGroup uint8

const (
	ofRates roleGroup = 1 << iota
	ofAmounts
	ofDates
	ofSpans
)

var roleTable = [roles]roleInfo{
	benchmarkRole: {"benchmark", []string{"benchmark"}, true, ofRates, nil},
	returnRole:    {"return", []string{"past_return", "deposit_rate", "apy", "bonus"}, true, ofRates, nil},
	expectedRole:  {"expected_return", []string{"deposit_rate", "apy"}, true, ofRates, nil},
	depositRole:   {"deposit_rate", []string{"deposit_rate", "apy"}, true, ofRates, nil},
	aprRole:       {"apr", []string{"apr", "apr_max"}, true, ofRates, nil},
	apyRole:       {"apy", []string{"apy", "deposit_rate"}, true, ofRates, nil},
	rateRole:      {"rate", []string{"apr", "apr_max", "deposit_rate", "apy", "fee", "past_return", "bonus"}, false, ofRates, nil},
	feeRole:       {"fee", []string{"fee"}, true, ofRates | ofAmounts, []string{"fee", "charge"}},
	bonusRole:     {"bonus", []string{"bonus", "apy", "deposit_rate"}, false, ofRates | ofAmounts, []string{"bonus", "cashback", "reward", "gift"}},
	lossRole:      {"loss", nil, false, ofRates, nil},
	offRole:       {"off", nil, false, ofRates | ofAmounts, nil},
	otherRole:     {"other", nil, false, ofRates | ofAmounts, nil},
	minimumRole:   {"minimum", nil, false, ofAmounts, []string{"min", "opening"}},
	limitRole:     {"limit", nil, false, ofAmounts, []string{"limit", "quota", "amount", "condition"}},
	coverRole:     {"cover", nil, false, ofAmounts, []string{"cover", "sum", "payout"}},
	premiumRole:   {"premium", nil, false, ofAmounts, []string{"premium"}},
	paymentRole:   {"payment", nil, false, ofAmounts, []string{"payment", "instal", "example"}},
	totalRole:     {"total", nil, false, ofAmounts, nil},
	interestRole:  {"interest", nil, false, ofAmounts, nil},
	beforeRole:    {"price_before", nil, false, ofAmounts, nil},
	nowRole:       {"price_now", nil, false, ofAmounts, nil},
	deadlineRole:  {"deadline", nil, false, ofDates, nil},
	perDay:        {"per_day", nil, false, ofSpans, nil},
	perMonth:      {"per_month", nil, false, ofSpans, nil},
	perYear:       {"per_year", nil, false, ofSpans, nil},
	todayRole:     {"today", nil, false, 0, nil},
	tomorrowRole:  {"tomorrow", nil, false, 0, nil},
	weekRole:      {"this_week", nil, false, 0, nil},
}

func roleNames() []string {
	var out []string
	for _, r := range roleTable[1:] {
		out = append(out, r.name)
	}
	return out
}

func roleOf(name string) role {
	return role(1 + slices.Index(roleNames(), name))
}

// rolesOf reads the roles that a key of a rule names.
func rolesOf(path string, names []string) ([]role, *specError) {
	if err := among(path, names, roleNames()); err != nil {
		return nil, err
	}
	var out []role
	for _, n := range names {
		out = append(out, roleOf(n))
	}
	return out, nil
}

// roleWords compiles words of roles, beside those that are there.
func (c *compiler) roleWords(words map[string][]string) *specError {
	for r := noRole + 1; r < roles; r++ {
		name := roleTable[r].name
		list, err := c.terms(".roles."+name, words[name])
		if err != nil {
			return err
		}
		c.e.roles[r] = append(c.e.roles[r], list...)
	}
	return nil
}

// role notes a file that gives words to roles.
func (l *loader) role(f *ruleFile) {
	for name := range f.parsed.Roles {
		if roleOf(name) == noRole {
			near := strictyaml.Nearest(name, roleNames())
			l.faults = append(l.faults, f.fault("$", &specError{".roles", fmt.Sprintf("no role %q; did you mean %q?", name, near)}))
		}
	}
	if len(f.parsed.Roles) > 0 {
		l.roles = append(l.roles, f)
	}
}

// roleHit is a word that gives a role.
type roleHit struct {
	start, end int32
	role       role
}

// figures returns the figures of the message with their roles. They are read once.
func (x *exam) figures() []quantity {
	t := x.t
	if t.counted {
		return t.figures
	}
	t.counted = true
	t.countFigures()
	if len(t.figures) > 0 {
		for _, g := range [...]roleGroup{ofRates, ofAmounts, ofDates, ofSpans} {
			x.assign(g)
		}
	}
	return t.figures
}

func (f *quantity) in(g roleGroup) bool {
	switch g {
	case ofRates, ofSpans:
		return f.measure == percentage || g == ofRates && f.measure == foldsOfPrice
	case ofAmounts:
		return f.measure == amountOfMoney
	}
	return f.measure == dayOfCalendar
}

// assign gives the figures of a group their roles.
func (x *exam) assign(g roleGroup) {
	if !slices.ContainsFunc(x.t.figures, func(f quantity) bool { return f.in(g) }) {
		return
	}
	hits := x.roleHits(g)
	for i := range x.t.figures {
		f := &x.t.figures[i]
		if !f.in(g) {
			continue
		}
		h := x.t.nearestRole(hits, i)
		r := h.role
		if g == ofSpans {
			f.per = cmp.Or(f.per, r)
			continue
		}
		if r == noRole && g != ofDates {
			r = x.t.inherited(i)
		}
		f.role, f.name = r, [2]int32{h.start, h.end}
	}
}

// roleHits gathers the words of the roles of a group, without those that are part of a longer one.
func (x *exam) roleHits(g roleGroup) []roleHit {
	out := x.words[:0]
	for r := noRole + 1; r < roles; r++ {
		if roleTable[r].group&g == 0 {
			continue
		}
		for _, id := range x.e.roles[r] {
			for _, h := range x.t.of(id) {
				out = append(out, roleHit{h.start, h.end, r})
			}
		}
	}
	slices.SortFunc(out, func(a, b roleHit) int { return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end)) })
	n := 0
	for _, h := range out {
		if n > 0 && h.end <= out[n-1].end && (h.start > out[n-1].start || h.end < out[n-1].end) {
			continue
		}
		out[n] = h
		n++
	}
	x.words = out
	return out[:n]
}

// reach bounds how far a word may stand from the figure it names, in Han characters.
const reach = 30

// nearestRole returns the word that stands nearest to a figure. A rate that nobody names gives way to a name.
func (t *reading) nearestRole(hits []roleHit, i int) roleHit {
	f := &t.figures[i]
	var strong, weak roleHit
	least, leastWeak := reach, reach
	for _, h := range hits {
		if h.start > f.to+160 || h.end < f.from-160 {
			continue
		}
		c := t.distance(h, i)
		if g := roleTable[h.role].group; (g == ofSpans || g == ofDates) && c > 8 {
			continue
		}
		if h.role == rateRole {
			if c < leastWeak {
				weak, leastWeak = h, c
			}
		} else if c < least {
			strong, least = h, c
		}
	}
	if strong.role == noRole || weak.role != noRole && leastWeak+20 < least {
		return weak
	}
	return strong
}

// distance tells how far a word stands from a figure: clauses and other figures between count as much as many words, and
// what stands after a figure counts more than what stands before it.
func (t *reading) distance(h roleHit, i int) int {
	f := &t.figures[i]
	switch {
	case h.end > f.from && h.start < f.to:
		return 0
	case h.end <= f.from:
		d := t.length(h.end, f.from) + 6*t.boundaries(h.end, f.from) + 40*t.figuresIn(h.end, f.from, i)
		if i > 0 && t.figures[i-1].measure == f.measure && t.follows(&t.figures[i-1], h) {
			d += 10 // 24.9% variable APR names what stands before it
		}
		if t.sentencesIn(h.end, f.from) > 0 {
			d = t.heading(h, f, d)
		}
		return d
	default:
		if t.sentencesIn(f.to, h.start) > 0 {
			return math.MaxInt
		}
		if h.start == f.to && (h.role == aprRole || h.role == apyRole) { // 24.9% APR, whatever went before
			return -1
		}
		d := 1 + t.length(f.to, h.start)*3/2 + 14*t.boundaries(f.to, h.start) + 40*t.figuresIn(f.to, h.start, i)
		if t.leads(h, i) {
			d += 20
		}
		return d
	}
}

// leads reports whether a word in a later clause stands right before the next figure, and so names that one: 3.05%，首付15%.
func (t *reading) leads(h roleHit, i int) bool {
	if i+1 >= len(t.figures) || t.boundaries(t.figures[i].to, h.start) == 0 {
		return false
	}
	next := &t.figures[i+1]
	return next.from >= h.end && t.length(h.end, next.from) <= 6 && t.boundaries(h.end, next.from) == 0
}

// follows reports whether a word stands right after a figure, with at most a word between.
func (t *reading) follows(f *quantity, h roleHit) bool {
	return h.start == f.to || h.start > f.to && t.units[f.to].class == letter && t.length(f.to, h.start) <= 6 && t.boundaries(f.to, h.start) == 0
}

// heading lets a line before that holds a name and no figure name the figure at the start of the next: a table.
func (t *reading) heading(h roleHit, f *quantity, d int) int {
	start, _ := t.sentence(f.from)
	if h.start < start && t.sentencesIn(h.end, f.from) == 1 && t.length(start, f.from) <= 2 && t.units[start-1].r == '\n' && t.length(h.start, start) < 14 {
		return d
	}
	return math.MaxInt
}

// length counts units, two Latin letters as one.
func (t *reading) length(from, to int32) int {
	n := 0
	for i := from; i < to; i++ {
		if n += 2; t.units[i].class == letter {
			n--
		}
	}
	return n / 2
}

func (t *reading) boundaries(from, to int32) int { return between(t.clauses, from, to) }

func (t *reading) sentencesIn(from, to int32) int { return between(t.stops, from, to) }

// between counts starts within (from, to].
func between(starts []int32, from, to int32) int {
	a, _ := slices.BinarySearch(starts, from+1)
	b, _ := slices.BinarySearch(starts, to+1)
	return b - a
}

// figuresIn counts figures of the measure of figure i within units [from, to).
func (t *reading) figuresIn(from, to int32, i int) int {
	n := 0
	for k := i - 1; k >= 0 && t.figures[k].from >= from; k-- {
		if t.figures[k].measure == t.figures[i].measure {
			n++
		}
	}
	for k := i + 1; k < len(t.figures) && t.figures[k].to <= to; k++ {
		if t.figures[k].measure == t.figures[i].measure {
			n++
		}
	}
	return n
}

// inherited returns the role of the figure of the same measure before this one in its sentence: 1.00%、2.15%或2.45%.
func (t *reading) inherited(i int) role {
	f := &t.figures[i]
	start, _ := t.sentence(f.from)
	for k := i - 1; k >= 0 && t.figures[k].from >= start; k-- {
		if t.figures[k].measure == f.measure {
			return t.figures[k].role
		}
	}
	return noRole
}
