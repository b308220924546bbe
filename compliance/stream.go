package compliance

import (
	"bytes"
	stdhtml "html"
	"slices"
)

// run maps a stretch of text to the markup it comes from: byte for byte, or, for an entity, all to all.
type run struct {
	at     int32 // first byte in the text
	raw    int32 // first byte in the markup
	rawLen int32 // 0: byte for byte
}

// stream is text taken out of markup, and where it stood there.
type stream struct {
	text []byte
	runs []run
}

func (s *stream) reset() { s.text, s.runs = s.text[:0], s.runs[:0] }

// end ends a line. Two ends in a row are one.
func (s *stream) end(at int32) {
	if n := len(s.text); n > 0 && s.text[n-1] == '\n' {
		return
	}
	s.runs = append(s.runs, run{at: int32(len(s.text)), raw: at})
	s.text = append(s.text, '\n')
}

// add appends text of the markup that begins at a byte of it.
func (s *stream) add(raw []byte, at int32) {
	for len(raw) > 0 {
		n := bytes.IndexByte(raw, '&')
		if n < 0 {
			n = len(raw)
		}
		if n > 0 {
			s.plain(raw[:n], at)
		} else {
			n = s.entity(raw, at)
		}
		raw, at = raw[n:], at+int32(n)
	}
}

// plain appends text without entities. Line breaks become spaces: in HTML they are no more than that.
func (s *stream) plain(raw []byte, at int32) {
	from := len(s.text)
	s.runs = append(s.runs, run{at: int32(from), raw: at})
	s.text = append(s.text, raw...)
	for i, c := range s.text[from:] {
		if c == '\n' || c == '\r' {
			s.text[from+i] = ' '
		}
	}
}

// entity appends what a character reference at the start of raw stands for, and returns its length.
func (s *stream) entity(raw []byte, at int32) int {
	n := 1
	for n < min(len(raw), 34) && (raw[n] == '#' && n == 1 || alnum(raw[n])) {
		n++
	}
	if n < len(raw) && raw[n] == ';' {
		n++
	}
	short := ""
	switch string(raw[:n]) {
	case "&nbsp;", "&#160;", "&#xa0;", "&#xA0;":
		short = "\u00a0"
	case "&amp;":
		short = "&"
	case "&zwnj;", "&#8204;":
		short = "\u200c"
	default:
		short = stdhtml.UnescapeString(string(raw[:n]))
		if short == string(raw[:n]) {
			s.plain(raw[:n], at)
			return n
		}
	}
	s.runs = append(s.runs, run{at: int32(len(s.text)), raw: at, rawLen: int32(n)})
	s.text = append(s.text, short...)
	return n
}

func alnum(c byte) bool { return c >= '0' && c <= '9' || (c|0x20) >= 'a' && (c|0x20) <= 'z' }

// original turns an offset of text into one of the markup.
func original(runs []run, at int, end bool) int {
	pos := int32(at)
	if end {
		pos--
	}
	n, found := slices.BinarySearchFunc(runs, pos, func(r run, pos int32) int { return int(r.at - pos) })
	if !found {
		n--
	}
	if n < 0 {
		return 0
	}
	for n+1 < len(runs) && runs[n+1].at <= pos {
		n++
	}
	r := runs[n]
	switch {
	case r.rawLen > 0 && end:
		return int(r.raw + r.rawLen)
	case r.rawLen > 0:
		return int(r.raw)
	case end:
		return int(r.raw + pos - r.at + 1)
	}
	return int(r.raw + pos - r.at)
}
