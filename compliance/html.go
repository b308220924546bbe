package compliance

import (
	"bytes"
	stdhtml "html"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// run maps a stretch of visible text to the markup it comes from: byte for byte, or, for an entity, all to all.
type run struct {
	at     int32 // first byte in the visible text
	raw    int32 // first byte in the markup
	rawLen int32 // 0: byte for byte
}

// page is HTML taken apart into the text that readers see and the text they do not.
type page struct {
	seen, unseen     []byte
	seenAt, unseenAt []run
	open             []bool // for each open element, whether it is hidden
	hidden           int    // how many of them are
}

// read takes markup apart. Markup that is not well formed is read as a browser would read its tokens.
func (p *page) read(src string) {
	p.seen, p.unseen = p.seen[:0], p.unseen[:0]
	p.seenAt, p.unseenAt = p.seenAt[:0], p.unseenAt[:0]
	p.open, p.hidden = p.open[:0], 0
	z := html.NewTokenizer(strings.NewReader(src))
	for at := 0; ; {
		kind := z.Next()
		if kind == html.ErrorToken {
			return
		}
		raw := z.Raw()
		switch kind {
		case html.TextToken:
			p.text(raw, int32(at))
		case html.StartTagToken, html.SelfClosingTagToken:
			size := int32(len(raw))
			p.start(z, int32(at), size, kind == html.SelfClosingTagToken)
			at += int(size)
			continue
		case html.EndTagToken:
			size := len(raw)
			name, _ := z.TagName()
			p.end(string(name), int32(at))
			at += size
			continue
		}
		at += len(raw)
	}
}

func (p *page) start(z *html.Tokenizer, at, size int32, closed bool) {
	name, more := z.TagName()
	tag := string(name)
	hides := tag == "script" || tag == "style" || tag == "head" || tag == "title" || tag == "template" || tag == "noscript"
	for more {
		var k, v []byte
		k, v, more = z.TagAttr()
		switch string(k) {
		case "hidden":
			hides = true
		case "style":
			hides = hides || unseenStyle(v)
		case "alt":
			p.unseenAt = append(p.unseenAt, run{at: int32(len(p.unseen)), raw: at, rawLen: size})
			p.unseen = append(append(p.unseen, v...), '\n')
		}
	}
	p.breakAt(tag, at)
	if closed || void(tag) {
		return
	}
	p.open = append(p.open, hides)
	if hides {
		p.hidden++
	}
}

func (p *page) end(tag string, at int32) {
	p.breakAt(tag, at)
	if n := len(p.open); n > 0 && !void(tag) {
		if p.open[n-1] {
			p.hidden--
		}
		p.open = p.open[:n-1]
	}
}

// breakAt ends a line where a block begins or ends.
func (p *page) breakAt(tag string, at int32) {
	if inline(tag) {
		return
	}
	p.seenAt = append(p.seenAt, run{at: int32(len(p.seen)), raw: at})
	p.seen = append(p.seen, '\n')
}

func (p *page) text(raw []byte, at int32) {
	out, runs := &p.seen, &p.seenAt
	if p.hidden > 0 {
		out, runs = &p.unseen, &p.unseenAt
	}
	for len(raw) > 0 {
		n := bytes.IndexByte(raw, '&')
		if n < 0 {
			n = len(raw)
		}
		if n > 0 {
			*runs = append(*runs, run{at: int32(len(*out)), raw: at})
			from := len(*out)
			*out = append(*out, raw[:n]...)
			blank((*out)[from:])
		} else {
			n = entity(raw)
			*runs = append(*runs, run{at: int32(len(*out)), raw: at, rawLen: int32(n)})
			*out = append(*out, stdhtml.UnescapeString(string(raw[:n]))...)
		}
		raw, at = raw[n:], at+int32(n)
	}
}

// blank turns line breaks into spaces: in HTML they are no more than that.
func blank(b []byte) {
	for i, c := range b {
		if c == '\n' || c == '\r' {
			b[i] = ' '
		}
	}
}

// entity returns the length of the character reference at the start of raw, or 1 when there is none.
func entity(raw []byte) int {
	if end := bytes.IndexByte(raw[:min(len(raw), 34)], ';'); end > 0 {
		return end + 1
	}
	return 1
}

// original turns an offset of the visible text into one of the markup.
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

func void(tag string) bool {
	switch tag {
	case "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr":
		return true
	}
	return false
}

func inline(tag string) bool {
	switch tag {
	case "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img", "ins", "kbd", "label",
		"mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr":
		return true
	}
	return false
}

// unseenStyle reports an inline style under which text does not show.
func unseenStyle(v []byte) bool {
	style := strings.Map(func(r rune) rune {
		if r == ' ' || r == '\t' || r == '\n' {
			return -1
		}
		return r
	}, strings.ToLower(string(v)))
	colour, ground := "", ""
	for decl := range strings.SplitSeq(style, ";") {
		decl = strings.TrimSuffix(decl, "!important")
		key, value, _ := strings.Cut(decl, ":")
		switch key {
		case "display", "visibility", "mso-hide":
			if value == "none" || value == "hidden" || value == "all" {
				return true
			}
		case "font-size", "opacity", "max-height", "line-height":
			if strings.Trim(value, "0.pxemrt%") == "" && value != "" {
				return true
			}
		case "color":
			colour = value
		case "background-color", "background":
			ground = value
		}
	}
	return colour != "" && plainColour(colour) == plainColour(ground)
}

func plainColour(c string) string {
	switch c {
	case "white", "#ffffff", "rgb(255,255,255)":
		return "#fff"
	case "black", "#000000", "rgb(0,0,0)":
		return "#000"
	}
	return c
}
