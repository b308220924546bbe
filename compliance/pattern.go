package compliance

import (
	"fmt"
	"slices"
)

// patternBuilder makes patterns of the branches of a term.
type patternBuilder struct {
	out []pattern
	t   reading // scratch
}

// build adds the patterns of a branch after the steps that are there already. Texts that fold to nothing are no step, so a
// branch that has them beside others makes two patterns.
func (b *patternBuilder) build(rest branch, steps []step) error {
	if len(rest) == 0 {
		return b.finish(steps)
	}
	words, nothing, err := b.wordings(rest[0].texts)
	if err != nil {
		return err
	}
	if nothing {
		if err := b.build(rest[1:], follow(slices.Clone(steps), rest)); err != nil {
			return err
		}
	}
	if len(words) == 0 {
		return nil
	}
	s := step{kind: literal, wordings: words}
	if len(steps) == 1 && steps[0].kind == tail { // a star before the first literal
		steps, s.ahead = nil, true
	}
	return b.build(rest[1:], follow(append(slices.Clone(steps), s), rest))
}

// follow adds the sign after the first strand of a branch, if more strands come.
func follow(steps []step, rest branch) []step {
	if len(rest) == 1 {
		return steps
	}
	if n := len(steps); rest[0].sign == tail && n > 0 && steps[n-1].kind == literal {
		steps[n-1].open = true
	}
	return append(steps, step{kind: rest[0].sign})
}

// wordings folds texts. Texts that sound alike are added.
func (b *patternBuilder) wordings(texts []string) (out []wording, nothing bool, err error) {
	for _, s := range texts {
		letters, err := b.foldLiteral(s)
		if err != nil {
			return nil, false, err
		}
		if len(letters) == 0 {
			nothing = true
			continue
		}
		out = append(out, wording{letters, string(letters)})
		for _, other := range alike(letters) {
			out = append(out, wording{other, string(other)})
		}
	}
	return out, nothing, nil
}

// finish drops gaps at the end, which say nothing, and finds the anchor.
func (b *patternBuilder) finish(steps []step) error {
	for n := len(steps); n > 0 && steps[n-1].kind == gapStep; n = len(steps) {
		steps = steps[:n-1]
	}
	p := pattern{steps: steps}
	if len(steps) > 1 && steps[0].kind == number {
		p.anchor = 1
	}
	if len(steps) == 0 || steps[p.anchor].kind != literal {
		return fmt.Errorf("it has to begin with letters, or a number and letters")
	}
	b.out = append(b.out, p)
	return nil
}

// foldLiteral folds a literal as a message is folded.
func (b *patternBuilder) foldLiteral(s string) ([]rune, error) {
	if out, ok := plainLiteral(s); ok {
		return out, nil
	}
	t := &b.t
	*t = reading{units: t.units[:0]}
	t.fold(s)
	out := make([]rune, 0, len(t.units))
	for _, u := range t.units {
		if u.class == comma || u.class == stop || u.class == list || u.class == dot {
			return nil, fmt.Errorf("%q holds a sign that ends a clause; a term stays within one", s)
		}
		out = append(out, u.r)
	}
	return out, nil
}

// plainLiteral folds a literal of plain Latin letters and spaces, or of Han characters.
func plainLiteral(s string) ([]rune, bool) {
	table := glyphTable()
	out := make([]rune, 0, len(s))
	for i, r := range s {
		switch {
		case latinAt(s, i):
			out = append(out, r|0x20)
		case r == ' ':
		case r < 0x80:
			return nil, false
		default:
			g := table.at(r)
			if g.class != han || g.rest != "" {
				return nil, false
			}
			out = append(out, g.r)
		}
	}
	return out, true
}
