package compliance

import (
	"fmt"
	"slices"
	"strings"
)

// alignment lays a prescribed text beside the words of a message that come closest to it.
type alignment struct {
	text  *prescribed
	words []span // of the part of the message
	edits []edit
	same  int // words that agree
	// from and to bound the units of the message that stand for the text.
	from, to int32
}

// edit is a stretch that differs: words [a, b) of the text, for which words [c, d) stand in the message.
type edit struct{ a, b, c, d int }

// maxAligned bounds the words of a message that are compared, and with them the time it takes.
const maxAligned = 4000

// closest lays the texts beside a part of the message, and returns the one that comes closest: half of its words have to be
// there. Otherwise the text of the result is nil.
func (x *exam) closest(texts []*prescribed, p *piece) alignment {
	var words []span
	var got []string
	there := map[string]bool{}
	for w := range x.t.wordsIn(p.from, p.to) {
		letters := x.t.letters(w.from, w.to)
		words, got = append(words, w), append(got, letters)
		there[letters] = true
	}
	var best alignment
	if len(words) == 0 || len(words) > maxAligned {
		return best
	}
	share := 0.0
	for _, text := range texts {
		if 2*text.known(there) < len(text.words) {
			continue
		}
		a := x.t.align(text, words, got)
		if s := float64(a.same) / float64(len(text.words)); s > share && s >= 0.5 {
			best, share = a, s
		}
	}
	return best
}

// known counts the words of the text that are among these; numbers count as there.
func (p *prescribed) known(there map[string]bool) int {
	n := 0
	for _, w := range p.words {
		if w.folded == "" || there[w.folded] {
			n++
		}
	}
	return n
}

// align finds the cheapest way to turn some stretch of words into the text, where a word changed, added or left out costs one.
// got are the words as folded.
func (t *reading) align(p *prescribed, words []span, got []string) alignment {
	width := len(words) + 1
	cost := make([]int16, (len(p.words)+1)*width)
	for i := 1; i <= len(p.words); i++ {
		cost[i*width] = int16(i)
		for j := 1; j < width; j++ {
			step := cost[(i-1)*width+j-1] + 1
			if p.words[i-1].is(got[j-1]) {
				step--
			}
			cost[i*width+j] = min(step, cost[(i-1)*width+j]+1, cost[i*width+j-1]+1)
		}
	}
	a := alignment{text: p, words: words}
	i, j := len(p.words), t.lastWord(cost[len(p.words)*width:], words)
	a.to = words[max(j-1, 0)].to
	for i > 0 {
		here := cost[i*width+j]
		switch {
		case j > 0 && p.words[i-1].is(got[j-1]) && cost[(i-1)*width+j-1] == here:
			i, j, a.same = i-1, j-1, a.same+1
		case j > 0 && cost[(i-1)*width+j-1]+1 == here:
			a.note(i-1, i, j-1, j)
			i, j = i-1, j-1
		case cost[(i-1)*width+j]+1 == here:
			a.note(i-1, i, j, j)
			i--
		default:
			a.note(i, i, j-1, j)
			j--
		}
	}
	slices.Reverse(a.edits)
	a.from = words[min(j, len(words)-1)].from
	return a
}

// lastWord returns how many words there are up to where a text ends at the least cost. Within one sentence the last such place is
// taken: the last word was changed there rather than left out.
func (t *reading) lastWord(cost []int16, words []span) int {
	j := slices.Index(cost, slices.Min(cost))
	if j > 0 && j+1 < len(cost) && cost[j+1] == cost[j] {
		if _, end := t.sentence(words[j-1].from); words[j].to <= end {
			return j + 1
		}
	}
	return j
}

func (w *word) is(got string) bool {
	if w.folded == "" {
		return got != "" && got[0] >= '0' && got[0] <= '9'
	}
	return w.folded == got
}

// note adds an edit before those that are there, and joins it with the one that follows directly.
func (a *alignment) note(from, to, c, d int) {
	if n := len(a.edits); n > 0 && a.edits[n-1].a == to && a.edits[n-1].c == d {
		a.edits[n-1].a, a.edits[n-1].c = from, c
		return
	}
	a.edits = append(a.edits, edit{from, to, c, d})
}

// lack tells how the message departs from the text, at the first place where it does.
func (a *alignment) lack(t *reading) lack {
	var parts []string
	for i := range a.edits[:min(len(a.edits), 3)] {
		parts = append(parts, a.tell(t, &a.edits[i]))
	}
	from, to := a.place(&a.edits[0])
	return lack{"the prescribed text is changed: " + strings.Join(parts, "; "), from, to}
}

// inside is lack but for words that are missing at the ends: an excerpt may have cut them off.
func (a *alignment) inside(t *reading) lack {
	a.edits = slices.DeleteFunc(a.edits, func(e edit) bool { return e.a == 0 || e.b == len(a.text.words) })
	if len(a.edits) == 0 {
		return lack{}
	}
	return a.lack(t)
}

func (a *alignment) tell(t *reading, e *edit) string {
	want, after := joined(a.text.words[e.a:e.b]), joined(a.text.words[e.b:min(e.b+4, len(a.text.words))])
	got := ""
	if e.d > e.c {
		got = t.says(a.words[e.c].from, a.words[e.d-1].to)
	}
	switch {
	case got != "" && want != "":
		return fmt.Sprintf("expected %q, found %q", want, got)
	case got != "":
		return fmt.Sprintf("added %q", got)
	case after == "":
		return fmt.Sprintf("it breaks off before %q", want)
	}
	return fmt.Sprintf("left out %q before %q", want, after)
}

// place returns the units that an edit is about: the words that stand there, or those beside the gap.
func (a *alignment) place(e *edit) (from, to int32) {
	c, d := e.c, e.d
	if c == d {
		c, d = max(c-1, 0), min(d+1, len(a.words))
		if e.b == len(a.text.words) {
			d = max(e.c, c+1)
		}
	}
	return a.words[c].from, a.words[d-1].to
}
