package compliance

import (
	"strings"
	"unicode/utf16"
)

// segments returns how many segments an SMS takes: 160 septets of the GSM alphabet or 70 UTF-16 units of UCS-2 in one, 153 or
// 67 in each of several (3GPP TS 23.038 and 23.040).
func segments(s string) int {
	septets, units, gsm := signals(s)
	if gsm {
		return parts(septets, 160, 153)
	}
	return parts(units, 70, 67)
}

// segmentOf returns the segment of an SMS in which its first part ends, from 1.
func segmentOf(whole, first string) int {
	if segments(whole) <= 1 {
		return 1
	}
	_, _, gsm := signals(whole)
	septets, units, _ := signals(first)
	if gsm {
		return (septets + 152) / 153
	}
	return (units + 66) / 67
}

// signals counts what a text takes in the GSM alphabet and in UCS-2, and reports whether the first can hold it.
func signals(s string) (septets, units int, gsm bool) {
	gsm = true
	for _, r := range s {
		units += max(utf16.RuneLen(r), 1)
		switch {
		case strings.ContainsRune("^{}\\[~]|€", r):
			septets += 2
		case r == '\n' || r == '\r' || r >= ' ' && r < 0x7F && r != '`' || strings.ContainsRune("@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉÄÖÑÜ§¿äöñüà¡¤", r):
			septets++
		default:
			gsm = false
		}
	}
	return septets, units, gsm
}

func parts(n, one, each int) int {
	if n <= one {
		return min(n, 1)
	}
	return (n + each - 1) / each
}
