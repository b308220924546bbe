package compliance

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// From every place the trie finds exactly the literals that stand there.
func TestTrieFindsWhatStandsThere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		short := rapid.SliceOfN(rapid.SampledFrom([]rune("abc保本")), 1, 6)
		literals := rapid.SliceOfNDistinct(short, 1, 40, func(l []rune) string { return string(l) }).Draw(t, "literals")
		text := rapid.SliceOfN(rapid.SampledFrom([]rune("abc保本")), 1, 30).Draw(t, "text")
		var all []wording
		for _, l := range literals {
			all = append(all, wording{l, string(l)})
		}
		trie := newTrie(all)
		for start := range text {
			var got, want []int
			state := int32(0)
			for i := start; i < len(text); i++ {
				e := trie.step(state, text[i])
				if e == nil {
					break
				}
				if n := int(e.literal) - 1; n >= 0 && hasPrefix(text[start:], literals[n]) {
					got = append(got, n)
				}
				state = e.to
			}
			for n, l := range literals {
				if hasPrefix(text[start:], l) {
					want = append(want, n)
				}
			}
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Fatalf("at %d: got %v, want %v", start, got, want)
			}
			if start+3 < len(text) && len(want) > 0 && !trie.begins(text[start], text[start+1], text[start+2], text[start+3]) {
				t.Fatalf("at %d: a literal stands where none is said to begin", start)
			}
		}
	})
}

func hasPrefix(text, l []rune) bool { return len(text) >= len(l) && slices.Equal(text[:len(l)], l) }
