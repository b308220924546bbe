package compliance

import (
	"strings"
	"sync"
)

// mend puts right the Latin word with which the units end: a slip of a hard word, or Pinyin beside Chinese letters.
func (t *reading) mend(hanNext bool) {
	end := len(t.units)
	from := end
	for from > 0 && t.units[from-1].class == letter && end-from < longestWord && (from == end || t.units[from].flags&spaced == 0) {
		from--
	}
	var word [longestWord]byte
	for k := range t.units[from:end] {
		word[k] = byte(t.units[from+k].r)
	}
	w := string(word[:end-from])
	if n := t.slips.of(w); n >= 0 {
		t.respell(from, t.slips.hard[n])
		return
	}
	if from < end && (hanNext || from > 0 && t.units[from-1].class == han && t.units[from].flags&spaced == 0) {
		t.hanzi(from, w)
	}
}

const longestWord = 24

// respell puts the letters of a word in place of the units from one on. The letters that agree keep their places.
func (t *reading) respell(from int, word string) {
	old := append([]unit(nil), t.units[from:]...)
	same := 0
	for same < len(old) && same < len(word) && old[same].r == rune(word[same]) {
		same++
	}
	t.units = t.units[:from]
	for k := range len(word) {
		at := min(k, len(old)-1)
		if k >= same {
			at = max(min(same, len(old)-1), len(old)-len(word)+k)
		}
		u := old[at]
		u.r, u.flags = rune(word[k]), u.flags|mended
		t.units = append(t.units, u)
	}
}

// hanzi puts Chinese letters in place of the units from one on, when the word there is all syllables of hard words.
func (t *reading) hanzi(from int, word string) {
	var out []unit
	for at := 0; at < len(word); {
		n := min(6, len(word)-at)
		for ; n > 0; n-- {
			letters, ok := syllable(word[at : at+n])
			if !ok {
				continue
			}
			first, last := t.units[from+at], t.units[from+at+n-1]
			first.r, first.class, first.flags = t.pick(letters), han, first.flags|mended|foreign
			first.size = uint8(min(255, last.start+int32(last.size)-first.start))
			out = append(out, first)
			break
		}
		if n == 0 {
			return
		}
		at += n
	}
	t.units = append(t.units[:from], out...)
}

// pick chooses among the letters that one syllable stands for: each loose reading takes another.
func (t *reading) pick(letters []rune) rune {
	t.twofold = t.twofold || len(letters) > 1
	return letters[min(int(t.loose)-1, len(letters)-1)]
}

// syllables gives the letters that a syllable of Pinyin stands for.
var syllables = sync.OnceValue(func() map[string][]rune {
	out := map[string][]rune{}
	for _, s := range languages() {
		for syllable, letters := range s.Pinyin {
			out[syllable] = []rune(letters)
		}
	}
	return out
})

// syllable returns the letters that a syllable of at most six letters stands for.
func syllable(s string) ([]rune, bool) {
	var small [6]byte
	if len(s) > len(small) {
		return nil, false
	}
	for i := range len(s) {
		small[i] = s[i] | 0x20
	}
	letters, ok := syllables()[string(small[:len(s)])]
	return letters, ok
}

// slips finds hard words in which one letter is wrong, missing, doubled or swapped with the next.
type slips struct {
	hard        []string
	right       map[string]bool // hard words, and words that are near one and no slip
	first, last [1 << 9]uint64  // three letters with which a hard word begins, or ends
}

var slipIndex = sync.OnceValue(func() *slips {
	s := &slips{right: map[string]bool{}}
	for _, g := range languages() {
		for _, w := range g.Slips {
			w = strings.ToLower(w)
			s.hard = append(s.hard, w)
			s.right[w] = true
			a, b := three(w), three(w[len(w)-3:])
			s.first[a>>6] |= 1 << (a & 63)
			s.last[b>>6] |= 1 << (b & 63)
		}
		for _, w := range g.Sound {
			s.right[w] = true
		}
	}
	return s
})

func three(w string) uint { return uint(w[0]&31)<<10 | uint(w[1]&31)<<5 | uint(w[2]&31) }

// may reports whether a word of three letters and more begins or ends as a hard word does.
func (s *slips) may(w string) bool {
	a, b := three(w), three(w[len(w)-3:])
	return s.first[a>>6]>>(a&63)&1|s.last[b>>6]>>(b&63)&1 != 0
}

// of returns which hard word a Latin word of any case is a slip of, or -1. An edit leaves the first three letters of a long
// word as they are, or the last three.
func (s *slips) of(w string) int {
	n := len(w)
	if n < 6 || n > longestWord || !s.may(w) {
		return -1
	}
	a, b := three(w), three(w[n-3:])
	var small [longestWord]byte
	for i := range n {
		small[i] = w[i] | 0x20
	}
	if s.right[string(small[:n])] {
		return -1
	}
	for i, h := range s.hard {
		if three(h) != a && three(h[len(h)-3:]) != b {
			continue
		}
		if oneEdit(h, small[:n]) && !inflected(h, small[:n]) {
			return i
		}
	}
	return -1
}

// inflected reports whether two words are alike but for one more letter at the end of either, such as doubles and doubled.
func inflected(h string, w []byte) bool {
	short := min(len(h), len(w))
	if len(h) == len(w) {
		return h[:short-1] == string(w[:short-1]) && strings.IndexByte("sdr", w[short-1]) >= 0
	}
	return h[:short] == string(w[:short]) && (len(w) < len(h) || w[short] != w[short-1])
}

// oneEdit reports whether a word becomes another by one letter inserted, dropped, replaced, or swapped with the next.
func oneEdit(h string, w []byte) bool {
	short, long := min(len(h), len(w)), max(len(h), len(w))
	if long-short > 1 {
		return false
	}
	front, back := 0, 0
	for front < short && h[front] == w[front] {
		front++
	}
	for back < short-front && h[len(h)-1-back] == w[len(w)-1-back] {
		back++
	}
	if long > short || short-front-back <= 1 {
		return short-front-back <= 0 || long == short
	}
	return short-front-back == 2 && h[front] == w[front+1] && h[front+1] == w[front]
}
