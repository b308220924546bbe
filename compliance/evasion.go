package compliance

import (
	"fmt"

	"github.com/scruple/scruple"
)

// A disguise is what makes words hard to read for programs and leaves them plain to people. The claims that it hides are found
// all the same; these rules find the disguise itself.

// The ways to disguise words, by the value of how.
const (
	byOverride = "override" // a sign turns the direction of the text
	byForeign  = "foreign"  // letters of another script in a Latin word
	byUnseen   = "unseen"   // unseen signs between two letters
	byApart    = "apart"    // signs between the letters of one of Words, or signs and letters that stand for them
)

// disguiseRule is a render rule of check disguise. The first three ways are at fault wherever they stand; the last one only in
// words that are neither denied nor part of a warning.
type disguiseRule struct {
	how   string
	words termList
}

func compileDisguise(c *compiler, s *renderSource) (evaluator, error) {
	if e := among(".render.how", []string{s.How}, []string{byOverride, byForeign, byUnseen, byApart}); e != nil {
		return nil, e
	}
	if (s.How == byApart) != (len(s.Words) > 0) {
		return nil, &specError{".render", fmt.Sprintf("how %s: words are for apart, and apart needs them", s.How)}
	}
	words, err := c.terms(".render.words", s.Words)
	if err != nil {
		return nil, err
	}
	return &disguiseRule{s.How, words}, nil
}

func (k *disguiseRule) eval(x *exam, r *Rule) {
	switch {
	case k.how == byApart:
		k.apart(x, r)
	case x.t.loose > 0:
	case k.how == byOverride:
		for _, s := range x.t.signs {
			if s.override {
				x.sign(r, s, "a sign turns the direction of the text")
			}
		}
	case k.how == byForeign && x.t.odds&foreign != 0:
		k.inWords(x, r, (*reading).foreignAt, "letters of another script pass for Latin ones")
	case k.how == byUnseen && x.t.odds&unseen != 0:
		k.inWords(x, r, (*reading).unseenAt, "unseen signs stand within a word")
	}
}

// inWords reports each word that has a unit of some sort.
func (k *disguiseRule) inWords(x *exam, r *Rule, is func(*reading, int32) bool, detail string) {
	for i := int32(0); int(i) < len(x.t.units); i++ {
		if !is(x.t, i) {
			continue
		}
		from, to := x.t.wordAround(i)
		x.found(r, from, to, detail)
		i = max(i, to-1)
	}
}

// foreignAt reports whether a unit is a letter of another script directly beside a Latin one. One Greek letter at the end of a
// word, as in maths and units, is none.
func (t *reading) foreignAt(i int32) bool {
	u := &t.units[i]
	if u.flags&foreign == 0 {
		return false
	}
	before, after := t.plainLatin(i-1, i), t.plainLatin(i+1, i+1)
	from, to := t.wordAround(i)
	return (before && after || (before || after) && to-from > 3) && to-from > 2
}

// plainLatin reports whether unit i is a Latin letter, and unit next directly follows the one before it.
func (t *reading) plainLatin(i, next int32) bool {
	if i < 0 || int(i) >= len(t.units) || t.units[i].class != letter || t.units[i].flags&foreign != 0 {
		return false
	}
	return int(next) < len(t.units) && t.units[next].flags&gapBefore == 0
}

// unseenAt reports whether unseen signs stand between a unit and the one before it, both letters.
func (t *reading) unseenAt(i int32) bool {
	u := &t.units[i]
	if u.flags&unseen == 0 || u.flags&gapBefore != 0 || i == 0 || u.class != letter && u.class != han {
		return false
	}
	return t.units[i-1].class == u.class
}

// wordAround returns the Latin word around a unit, or two Chinese letters.
func (t *reading) wordAround(i int32) (from, to int32) {
	from, to = i, i+1
	if t.units[i].class == han {
		return max(0, from-1), to
	}
	for from > 0 && t.units[from].flags&gapBefore == 0 && t.units[from-1].class == letter {
		from--
	}
	for int(to) < len(t.units) && t.units[to].flags&gapBefore == 0 && t.units[to].class == letter {
		to++
	}
	return from, to
}

// apart reports hard words whose letters are held apart, or stood for by others.
func (k *disguiseRule) apart(x *exam, r *Rule) {
	for _, id := range k.words {
		for _, h := range x.t.of(id) {
			if x.t.heldApart(h) && !x.t.denied(&x.e.grammar, h) && !x.t.warned(&x.e.grammar, h) {
				x.found(r, h.start, h.end, "the letters of a word are held apart, or others stand for them")
			}
		}
	}
}

// heldApart reports whether a hit is written in a way that nobody writes who wants to be read by all.
func (t *reading) heldApart(h hit) bool {
	for i := h.start; i < h.end; i++ {
		u := &t.units[i]
		if u.flags&(foreign|styled|figured) != 0 && (u.class == letter || u.class == han) {
			return true
		}
		if i == h.start || u.flags&gapBefore == 0 {
			continue
		}
		if u.flags&(odd|apart) != 0 || u.class == han && (i == h.start+1 || i+1 == h.end) {
			return true
		}
	}
	return false
}

// sign reports a finding about a sign of the text that left no unit.
func (x *exam) sign(r *Rule, s spot, detail string) {
	f := scruple.Finding{Rule: r.ID, Kind: r.Kind, Verdict: r.Verdict, Detail: detail}
	_, to := x.t.sentence(min(s.unit, int32(len(x.t.units)-1)))
	end := s.end
	if last := x.t.units[to-1]; to > s.unit && last.class == stop {
		end = max(end, last.start)
	}
	p := &x.t.pieces[s.piece]
	f.Part, f.Start, f.End = p.place(int(s.start), int(end))
	f.Quote = x.t.quote(f.Part, f.Start, f.End)
	x.out = append(x.out, f)
}

// unclear holds a message with bytes that are no UTF-8: each reader shows them in another way.
func (x *exam) unclear() {
	piece := int32(-1)
	for _, s := range x.t.signs {
		if s.override || s.piece == piece {
			continue
		}
		piece = s.piece
		f := scruple.Finding{Rule: "compliance.unreadable", Kind: kindRender, Verdict: scruple.Hold, Detail: "the text is not UTF-8 here; write it in UTF-8"}
		f.Part, f.Start, f.End = x.t.pieces[piece].place(int(s.start), int(s.end))
		x.out = append(x.out, f)
	}
}

// again reads a message loosely when it has signs that ask for it, and judges what only such a reading has. It may add claims
// and disguises; disclosures and figures it leaves alone.
func (x *exam) again(judge func()) {
	if x.t.odds&doubtful == 0 {
		return
	}
	if x.loose == nil {
		x.loose = x.e.newReading()
	}
	plain := x.t
	x.t = x.loose
	x.t.page = plain.page
	for x.t.loose = 1; x.t.loose <= 2; x.t.loose++ {
		if fault := x.read(x.e); fault != "" {
			x.out = append(x.out, scruple.Finding{Rule: "compliance.unreadable", Kind: kindRender, Verdict: scruple.Hold, Detail: fault})
		}
		judge()
		x.t.forget()
		if !x.t.twofold {
			break
		}
	}
	x.t.m = nil
	x.t = plain
}

// known reports whether a finding of a loose reading says nothing new: nothing in it was mended, or its rule has found it.
func (x *exam) known(f *scruple.Finding, from, to int32) bool {
	news := false
	for _, u := range x.t.units[from:to] {
		news = news || u.flags&mended != 0
	}
	if !news {
		return true
	}
	for i := range x.out {
		if o := &x.out[i]; o.Rule == f.Rule && o.Part == f.Part && o.Start < f.End && f.Start < o.End {
			return true
		}
	}
	return false
}
