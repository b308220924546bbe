package delivery

import (
	"strings"
	"testing"
	"unicode/utf16"

	"pgregory.net/rapid"
)

func TestSegments(t *testing.T) {
	for _, c := range []struct {
		text     string
		n        int
		encoding string
	}{
		{"", 0, GSM7},
		{"a", 1, GSM7},
		{strings.Repeat("a", 160), 1, GSM7},
		{strings.Repeat("a", 161), 2, GSM7},
		{strings.Repeat("a", 306), 2, GSM7},
		{strings.Repeat("a", 307), 3, GSM7},
		{strings.Repeat("€", 80), 1, GSM7},
		{strings.Repeat("€", 81), 2, GSM7},
		{strings.Repeat("€", 152), 2, GSM7}, // 76 in each part: the 153rd place stays empty
		{strings.Repeat("€", 153), 3, GSM7},
		{"£¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà^{}\\[~]|", 1, GSM7},
		{"a`b", 1, UCS2},
		{"ç", 1, UCS2},
		{strings.Repeat("字", 70), 1, UCS2},
		{strings.Repeat("字", 71), 2, UCS2},
		{strings.Repeat("字", 134), 2, UCS2},
		{strings.Repeat("字", 135), 3, UCS2},
		{strings.Repeat("🏦", 35), 1, UCS2},
		{strings.Repeat("🏦", 36), 2, UCS2},
		{strings.Repeat("🏦", 66), 2, UCS2}, // 33 in each part: no pair is cut in two
		{strings.Repeat("🏦", 67), 3, UCS2},
		{strings.Repeat("a", 69) + "字", 1, UCS2},
		{strings.Repeat("a", 70) + "字", 2, UCS2},
	} {
		if n, encoding := Segments(c.text); n != c.n || encoding != c.encoding {
			t.Errorf("%.10q of %d bytes: %d %s, want %d %s", c.text, len(c.text), n, encoding, c.n, c.encoding)
		}
	}
}

func TestSegmentsBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[a-z€\[字🏦]{1,400}`).Draw(t, "text")
		n, encoding := Segments(text)
		units, part := len(utf16.Encode([]rune(text))), 67
		if encoding == GSM7 {
			units, part = 0, 153
			for _, r := range text {
				units += gsmUnits(r)
			}
		}
		// A part may waste at most one place.
		if n > 1 && (n*part < units || (n-1)*(part-1) >= units+part) {
			t.Fatalf("%d parts for %d units of %s", n, units, encoding)
		}
		if more, _ := Segments(text + "字"); more < n {
			t.Fatal("a longer text takes fewer parts")
		}
	})
}
