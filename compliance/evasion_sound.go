package compliance

import (
	"slices"
	"sync"
)

// alike returns the texts in which one word of a text is written as another that sounds alike.
func alike(text []rune) [][]rune {
	var out [][]rune
	words := homophones()
	for i, r := range text {
		for _, w := range words[r] {
			if end := i + len(w.right); end <= len(text) && slices.Equal(text[i:end], w.right) {
				out = append(out, slices.Concat(text[:i], w.other, text[end:]))
			}
		}
	}
	return out
}

// homophone is a word and another writing of it.
type homophone struct{ right, other []rune }

// homophones are those of all languages, by the first letter of the right word.
var homophones = sync.OnceValue(func() map[rune][]homophone {
	out := map[rune][]homophone{}
	for _, s := range languages() {
		for right, others := range s.Homophones {
			for _, o := range others {
				h := homophone{[]rune(right), []rune(o)}
				out[h.right[0]] = append(out[h.right[0]], h)
			}
		}
	}
	for _, all := range out { // maps have no order, and books do
		slices.SortFunc(all, func(a, b homophone) int {
			return slices.Compare(slices.Concat(a.right, a.other), slices.Concat(b.right, b.other))
		})
	}
	return out
})
