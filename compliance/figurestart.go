package compliance

import "sync"

// starts tells where a figure may begin, so that most of a text is passed over: three letters with which an English number or month
// begins, and the Chinese numerals. It may say yes where none begins, never no where one does.
type figureStarts struct {
	latin [27 * 27 * 27 / 64 * 2]uint64
	han   [16]uint64
}

// startsOfFigures is built once and never changed.
var startsOfFigures = sync.OnceValue(func() *figureStarts {
	s := &figureStarts{}
	for _, list := range [][]string{smallNumbers[:], tens[:], months[:], {"half"}} {
		for _, w := range list {
			s.addLatin(w)
		}
	}
	for w := range scales {
		s.addLatin(w)
	}
	for _, r := range "零〇一二两三四五六七八九十百千万亿点半" {
		h := hanBit(r)
		s.han[h>>6] |= 1 << (h & 63)
	}
	return s
})

func (s *figureStarts) addLatin(w string) {
	at := 0
	for i := range 3 {
		at *= 27
		if i < len(w) {
			at += int(w[i]-'a') + 1
		}
	}
	s.latin[at>>6] |= 1 << (at & 63)
}

func hanBit(r rune) uint32 { return uint32(r) * 0x9E3779B1 >> 22 }

// mayBegin reports whether a figure may begin at a Han character.
func (s *figureStarts) mayBegin(r rune) bool {
	h := hanBit(r)
	return s.han[h>>6]>>(h&63)&1 != 0
}

// mayBeginWord reports whether a number or a month may begin with the letter at a unit.
func (s *figureStarts) mayBeginWord(t *reading, i int32) bool {
	at := 0
	for k := i; k < i+3; k++ {
		at *= 27
		if int(k) >= len(t.units) || t.units[k].class != letter || k > i && t.units[k].flags&gapBefore != 0 {
			continue
		}
		c := t.units[k].r - 'a'
		if c < 0 || c > 25 {
			return false
		}
		at += int(c) + 1
	}
	return s.latin[at>>6]>>(at&63)&1 != 0
}
