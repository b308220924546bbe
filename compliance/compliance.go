package compliance

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/scruple/scruple"
)

// Book is a set of rules that loaded without fault. It is safe for concurrent use and never changes.
type Book struct {
	rules   []*Rule
	byID    map[string]*Rule
	engines map[scruple.Market]*lateEngine
	digest  string
	waivers []Waiver
}

// Digest returns the SHA-256, in hexadecimal, over the grammar, and the names and bytes of all rule files in
// the order of loading.
func (b *Book) Digest() string { return b.digest }

// Rule returns the rule with an id.
func (b *Book) Rule(id string) (*Rule, bool) {
	r, ok := b.byID[id]
	return r, ok
}

// Rules returns all rules in the order of loading.
func (b *Book) Rules() []*Rule { return slices.Clone(b.rules) }

// Check judges a message by the rules of its market that are in force on the day of f.Due, or of f.Now when Due is zero;
// when both are zero, by all of them. A nil f is read as no facts at all. Gates run only when f.Recipient is known. A rule
// that fails makes a finding of its own that holds the message, and so does marketing to a person on a channel for which no
// rule asks for consent. What a second reader objects to (f.Opinions) is added, and what a waiver of the book is for is let go:
// such a finding stays, with the verdict pass.
//
// Findings come sorted by part, start and rule. Check reads no clock, keeps nothing of its arguments, and is safe for
// concurrent use.
func (b *Book) Check(m *scruple.Message, f *scruple.Facts) scruple.Findings {
	late, ok := b.engines[m.Market]
	if !ok {
		return unknownMarket(m)
	}
	e := late.get()
	if f == nil {
		f = &scruple.Facts{}
	}
	x := e.begin(m, f)
	defer e.end(x)
	if err := x.read(e); err != "" {
		return scruple.Findings{{Rule: "compliance.unreadable", Kind: kindRender, Verdict: scruple.Hold, Detail: err}}
	}
	x.unclear()
	inForce := x.rulesOf(f)
	p := x.plan()
	x.run(p)
	x.again(func() { x.run(p) })
	x.unasked()
	x.opinions(inForce)
	found := sorted(x.out)
	b.waive(found, m, f)
	return found
}

// rulesOf returns the rules in force on the day of the message. Most messages are judged on the day of the one before, so
// the last answer is kept.
func (x *exam) rulesOf(f *scruple.Facts) []*Rule {
	at, today := momentOf(f), 0
	if !at.IsZero() {
		y, m, d := at.Date()
		today = y<<9 | int(m)<<5 | d
	}
	if today == x.today && x.inForce != nil {
		return x.inForce
	}
	x.today, x.inForce = today, x.inForce[:0]
	day := scruple.DateOf(at)
	for _, r := range x.e.rules {
		if today == 0 || r.In(day) {
			x.inForce = append(x.inForce, r)
		}
	}
	return x.inForce
}

// momentOf is when a message is meant to leave, as far as that is known.
func momentOf(f *scruple.Facts) time.Time {
	if f.Due.IsZero() {
		return f.Now
	}
	return f.Due
}

func sorted(found scruple.Findings) scruple.Findings {
	if len(found) == 0 {
		return nil
	}
	out := slices.Clone(found)
	slices.SortStableFunc(out, func(a, b scruple.Finding) int {
		return cmp.Or(cmp.Compare(a.Part, b.Part), cmp.Compare(a.Start, b.Start), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.End, b.End))
	})
	return out
}

func (e *engine) begin(m *scruple.Message, f *scruple.Facts) *exam {
	x := e.pool.Get().(*exam)
	x.e, x.m, x.f, x.out, x.asked = e, m, f, x.out[:0], false
	x.master, x.learnt = x.master[:0], false
	return x
}

func (e *engine) end(x *exam) {
	x.t.forget()
	x.t.m, x.m, x.f = nil, nil, nil
	clear(x.out)
	e.pool.Put(x)
}

// read folds the message and finds all terms. It returns what went wrong, or "".
func (x *exam) read(e *engine) (fault string) {
	defer func() {
		if p := recover(); p != nil {
			fault = fmt.Sprintf("the text could not be read: %v", p)
		}
	}()
	x.t.read(x.m)
	x.t.scan(e)
	return ""
}

// judge runs one rule. A panic in it holds the message.
func (x *exam) judge(r *Rule) {
	n := len(x.out)
	defer func() {
		if p := recover(); p != nil {
			x.out = append(x.out[:n], scruple.Finding{Rule: r.ID, Kind: r.Kind, Verdict: scruple.Hold, Detail: fmt.Sprintf("rule failed: %v", p)})
		}
	}()
	r.check.eval(x, r)
}
