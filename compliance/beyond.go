package compliance

import (
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// beyond classifies code points above 0xFFFF: letters of the mathematical alphabets and in circles and squares, digits, and
// further Han characters; all else is skipped, as emoji are.
func beyond(r rune) glyph {
	switch {
	case r >= 0x1F150 && r <= 0x1F169 || r >= 0x1F170 && r <= 0x1F189: // white on black; these have no decomposition
		return glyph{r: 'a' + (r-0x1F150)%32, class: letter, odd: styled}
	case r >= 0x1D400 && r <= 0x1D7FF || r >= 0x1F100 && r <= 0x1F1FF || r >= 0x2F800 && r <= 0x2FA1F:
		first, _ := utf8.DecodeRuneInString(norm.NFKD.String(string(r)))
		if isHan(first) {
			return glyph{r: first, class: han}
		}
		if g := composed(r); g.class == letter || g.class == digit {
			return g
		}
	case r >= 0x20000 && r <= 0x3FFFF:
		return glyph{r: r, class: han}
	case r >= 0xE0000 && r <= 0xE0FFF:
		return hidden(r)
	default:
		if n, ok := figure(r); ok {
			return glyph{r: n, class: digit}
		}
	}
	return glyph{class: skip}
}

// flagLetter returns the letter that a regional indicator at place i stands for, or 0. Two of them make a flag, so only a loose
// reading takes them for letters.
func flagLetter(src string, i int) rune {
	if r, _ := utf8.DecodeRuneInString(src[i:]); r >= 0x1F1E6 && r <= 0x1F1FF {
		return 'a' + r - 0x1F1E6
	}
	return 0
}
