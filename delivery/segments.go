package delivery

import (
	"strings"
	"unicode/utf16"
)

// The alphabets of an SMS (3GPP TS 23.038).
const (
	GSM7 = "GSM-7" // section 6.2.1, with the extension table of 6.2.1.1
	UCS2 = "UCS-2" // section 6.2.3; characters beyond the basic plane take two units
)

const (
	gsmBasic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	// gsmExtended holds what costs an escape and thus two places.
	gsmExtended = "\f^{}\\[~]|€"
)

// Segments returns how many SMS a text takes, and in which alphabet. One SMS holds 160 GSM-7 or 70 UCS-2 units; parts of a
// longer text hold 153 or 67, because each carries a header (3GPP TS 23.040, section 9.2.3.24.1). A character that takes
// two units is never split between parts. An empty text takes none.
func Segments(text string) (n int, encoding string) {
	encoding, single, part := GSM7, 160, 153
	for _, r := range text {
		if gsmUnits(r) == 0 {
			encoding, single, part = UCS2, 70, 67
			break
		}
	}
	total, inPart := 0, part
	for _, r := range text {
		u := gsmUnits(r)
		if encoding == UCS2 {
			u = utf16.RuneLen(r)
		}
		total += u
		if inPart += u; inPart > part {
			n, inPart = n+1, u
		}
	}
	if total > 0 && total <= single {
		n = 1
	}
	return n, encoding
}

// gsmUnits returns the septets that a character takes, 0 when the alphabet does not have it.
func gsmUnits(r rune) int {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == ' ':
		return 1
	case strings.ContainsRune(gsmBasic, r):
		return 1
	case strings.ContainsRune(gsmExtended, r):
		return 2
	}
	return 0
}
