package compliance

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
)

// page is HTML taken apart: the text that readers see and how it shows, the text they do not see, and the text that some see in
// place of it (for pictures, and in Outlook).
type page struct {
	seen, unseen, instead stream
	looks                 []look
	links                 []link
	images, bare          int         // pictures larger than a dot, and those of them without text in their place
	body                  float32     // the size of most of the text; 0: not yet known
	sizes                 []sizeShare // scratch
	dark                  bool        // it may be shown with dark colours

	src    string
	open   []element
	sheet  sheet
	again  bool // a style block stands after text
	kept   []byte
	value  []byte // scratch: a style attribute
	reader strings.Reader
	inside int // how many comments for Outlook the present markup stands in
}

// look is the style of the visible text from a byte on.
type look struct {
	at int32
	style
}

// element is one that is open: its name, id and classes in lower case, and how text in it shows.
type element struct {
	tag, id, class []byte
	breaks         bool // it begins and ends a line
	style
}

// link is where a stretch of visible text leads.
type link struct {
	href     []byte
	at, end  int32 // the address, or the tag that holds it, in the markup
	from, to int32 // its text, in the visible text
	own      bool  // an <a>: its text is what readers take for its target
}

// attributes are those of one tag that matter.
type attributes struct {
	style, class, id, bgcolor, color, size, href, alt, background []byte
	width, height                                                 []byte
	hidden, mute, open, hasAlt                                    bool
}

// read takes markup apart. Markup that is not well formed is read as a browser would read its tokens.
func (p *page) read(src string) {
	p.src = src
	p.dark = takesDark(src)
	p.sheet.reset()
	p.again = false
	p.pass(true)
	if p.again {
		p.pass(false)
	}
	p.src = ""
}

// takesDark reports whether a page says that it may be shown with dark colours.
func takesDark(src string) bool {
	for rest := src; ; {
		i := strings.Index(rest, "color-scheme")
		if i < 0 {
			return false
		}
		prefers := strings.HasSuffix(rest[:i], "prefers-")
		rest = rest[i+len("color-scheme"):]
		if end := strings.IndexAny(rest, ">};"); !prefers && end >= 0 && strings.Contains(rest[:end], "dark") {
			return true
		}
	}
}

func (p *page) pass(sheets bool) {
	p.seen.reset()
	p.unseen.reset()
	p.instead.reset()
	p.looks, p.links, p.kept = p.looks[:0], p.links[:0], p.kept[:0]
	p.images, p.bare, p.body = 0, 0, 0
	root := element{style: plainStyle()}
	if p.dark {
		root.night = paint{ink: white, ground: canvas}
	}
	p.open, p.inside = append(p.open[:0], root), 0
	p.reader.Reset(p.src)
	p.tokens(&p.reader, 0, sheets)
	p.reader.Reset("")
	p.endLinks()
}

// tokens reads the markup of r, which begins at a byte of the page.
func (p *page) tokens(r *strings.Reader, at int, sheets bool) {
	z := html.NewTokenizer(r)
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return
		}
		raw := z.Raw()
		size := len(raw)
		switch kind {
		case html.TextToken:
			p.text(raw, int32(at), sheets)
		case html.StartTagToken, html.SelfClosingTagToken:
			p.start(z, int32(at), int32(size))
		case html.EndTagToken:
			name, _ := z.TagName()
			p.end(name, int32(at))
		case html.CommentToken:
			p.comment(raw, at)
		}
		at += size
	}
}

// comment reads what Outlook shows of a comment: <!--[if mso]> ... <![endif]-->. Whether that is for Outlook alone or for all
// others, it is not what every reader sees.
func (p *page) comment(raw []byte, at int) {
	open := bytes.Index(raw, []byte("]>"))
	shut := bytes.LastIndex(raw, []byte("<![endif]"))
	if !bytes.HasPrefix(raw, []byte("<!--[if")) || open < 0 || shut < open+2 {
		return
	}
	n := len(p.open)
	p.open = append(p.open, element{tag: outlook, style: p.top().style})
	p.inside++
	p.tokens(strings.NewReader(p.src[at+open+2:at+shut]), at+open+2, false)
	p.inside--
	p.open = p.open[:n]
}

// outlook stands among the open elements for a comment: no end tag in it closes what stands around it.
var outlook = []byte("!")

func (p *page) top() *element { return &p.open[len(p.open)-1] }

func (p *page) start(z *html.Tokenizer, at, size int32) {
	name, more := z.TagName()
	for endsAt(p.top().tag, name) {
		p.open = p.open[:len(p.open)-1]
	}
	tag := p.keep(name)
	a := readAttributes(z, more)
	p.open = append(p.open, element{tag: tag, id: p.keep(a.id), class: p.keep(a.class), style: p.top().style})
	p.dress(&a)
	p.breakAt(p.top(), at)
	switch string(tag) {
	case "img":
		p.image(&a, at, size)
	case "a", "area", "form":
		if a.href != nil {
			from, to := p.address(a.href, at, size)
			p.links = append(p.links, link{href: p.keepAs(a.href), at: from, end: to, from: int32(len(p.seen.text)), to: -1, own: string(tag) == "a"})
		}
	}
	if void(tag) {
		p.open = p.open[:len(p.open)-1]
	}
}

// keep returns a lower-case copy that lasts as long as the page.
func (p *page) keep(b []byte) []byte {
	n := len(p.kept)
	for _, c := range b {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		p.kept = append(p.kept, c)
	}
	return p.kept[n:len(p.kept):len(p.kept)]
}

// keepAs is keep without change of case.
func (p *page) keepAs(b []byte) []byte {
	n := len(p.kept)
	p.kept = append(p.kept, b...)
	return p.kept[n:len(p.kept):len(p.kept)]
}

func readAttributes(z *html.Tokenizer, more bool) attributes {
	var a attributes
	for more {
		var k, v []byte
		k, v, more = z.TagAttr()
		switch string(k) {
		case "style":
			a.style = v
		case "class":
			a.class = v
		case "id":
			a.id = v
		case "bgcolor":
			a.bgcolor = v
		case "background":
			a.background = v
		case "color", "text":
			a.color = v
		case "size":
			a.size = v
		case "href", "action":
			a.href = v
		case "alt":
			a.alt, a.hasAlt = v, true
		case "width":
			a.width = v
		case "height":
			a.height = v
		case "hidden":
			a.hidden = true
		case "open":
			a.open = true
		case "aria-hidden":
			a.mute = string(v) == "true"
		}
	}
	return a
}

// address returns where an address stands in the tag that holds it: the whole tag, when it is written with entities.
func (p *page) address(href []byte, at, size int32) (from, to int32) {
	tag := p.src[at : at+size]
	if i := strings.Index(tag, string(href)); i >= 0 && len(href) > 0 {
		return at + int32(i), at + int32(i+len(href))
	}
	return at, at + size
}

// image keeps the text that stands for a picture.
func (p *page) image(a *attributes, at, size int32) {
	if p.inside == 0 && !speck(a.width) && !speck(a.height) && !p.top().hidden() {
		p.images++
		if len(bytes.TrimSpace(a.alt)) == 0 {
			p.bare++
		}
	}
	if len(a.alt) > 0 {
		p.instead.end(at)
		p.instead.runs = append(p.instead.runs, run{at: int32(len(p.instead.text)), raw: at, rawLen: size})
		p.instead.text = append(append(p.instead.text, a.alt...), '\n')
	}
}

// speck reports the size of a picture that only counts readers or holds a place.
func speck(v []byte) bool { return string(v) == "1" || string(v) == "0" || string(v) == "1px" }

func (p *page) end(name []byte, at int32) {
	n := len(p.open) - 1
	for n > 0 && !bytes.Equal(p.open[n].tag, name) {
		if bytes.Equal(p.open[n].tag, outlook) {
			return
		}
		n--
	}
	if n == 0 {
		if string(name) == "br" { // browsers take it for <br>
			p.seen.end(at)
		}
		return
	}
	if string(name) == "a" {
		p.endLinks()
	}
	p.breakAt(&p.open[n], at)
	p.open = p.open[:n]
}

// endLinks closes the links that are open.
func (p *page) endLinks() {
	for i := len(p.links) - 1; i >= 0 && p.links[i].to < 0; i-- {
		p.links[i].to = int32(len(p.seen.text))
	}
}

// breakAt ends a line where an element begins or ends that is a block, and shows.
func (p *page) breakAt(e *element, at int32) {
	switch {
	case !e.breaks:
	case p.inside > 0:
		p.instead.end(at)
	case !e.gone && !e.day.gone:
		p.seen.end(at)
	}
}

func (p *page) text(raw []byte, at int32, sheets bool) {
	top := p.top()
	switch string(top.tag) {
	case "style":
		if sheets {
			p.sheet.read(raw, false)
			p.again = p.again || len(bytes.TrimSpace(p.seen.text)) > 0
		}
		return
	case "script":
		return
	}
	switch {
	case p.inside > 0:
		p.instead.add(raw, at)
	case top.hidden():
		p.unseen.add(raw, at)
	default:
		if n := len(p.looks); n == 0 || p.looks[n-1].style != top.style {
			p.looks = append(p.looks, look{int32(len(p.seen.text)), top.style})
		}
		p.seen.add(raw, at)
	}
}
