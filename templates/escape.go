package templates

import "strings"

// escape says how a value is written in the place where its slot stands.
type escape uint8

const (
	asIs         escape = iota // plain text
	htmlText                   // HTML text and quoted attribute values
	urlPart                    // behind the host of an address: percent-encoded (RFC 3986), safe in HTML too
	wholeURL                   // an address in plain text
	wholeURLHTML               // an address as an attribute value
)

// writeEscaped writes a value as its place asks for.
func writeEscaped(b *strings.Builder, v string, e escape) {
	switch e {
	case htmlText:
		writeHTML(b, v)
	case urlPart:
		writePercent(b, v, unreserved)
	case wholeURL:
		writePercent(b, v, urlByte)
	case wholeURLHTML:
		var address strings.Builder
		writePercent(&address, v, urlByte)
		writeHTML(b, address.String())
	default:
		b.WriteString(v)
	}
}

func writeHTML(b *strings.Builder, v string) {
	start := 0
	for i := range len(v) {
		entity := ""
		switch v[i] {
		case '&':
			entity = "&amp;"
		case '<':
			entity = "&lt;"
		case '>':
			entity = "&gt;"
		case '"':
			entity = "&#34;"
		case '\'':
			entity = "&#39;"
		default:
			continue
		}
		b.WriteString(v[start:i])
		b.WriteString(entity)
		start = i + 1
	}
	b.WriteString(v[start:])
}

func writePercent(b *strings.Builder, v string, keep func(byte) bool) {
	const hex = "0123456789ABCDEF"
	for i := range len(v) {
		if c := v[i]; keep(c) {
			b.WriteByte(c)
		} else {
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
}

// unreserved are the bytes of RFC 3986 section 2.3.
func unreserved(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '.' || c == '_' || c == '~'
}

// urlByte adds the delimiters and the percent sign of an address that is whole already; quotes stay out.
func urlByte(c byte) bool {
	return unreserved(c) || strings.IndexByte(":/?#[]@!$&()*+,;=%", c) >= 0
}
