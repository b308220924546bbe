package templates

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// page is one path through an HTML body as a single document: each slot is a marker that no HTML parser takes for
// anything but a word, and every byte of it is known in the source.
type page struct {
	part   *part
	faults *faults
	pieces []piece
	starts []int // of each piece in text
	text   string
	open   []element // elements not closed yet
}

type element struct {
	name string
	off  int
}

// Markers. A slot of type url is an address, so that it passes where only addresses do. In derived text the letter l marks
// a slot that stands in the address of a link.
var (
	marker   = regexp.MustCompile(`https://qzu(\d+)zq\.invalid|qzs(\d+)zq|qzl(\d+)zq`)
	likeOurs = regexp.MustCompile(`qz[sul]\d+zq`)
)

func mark(kind string, n int) string {
	if kind == "url" {
		return fmt.Sprintf("https://qzu%dzq.invalid", n)
	}
	return fmt.Sprintf("qzs%dzq", n)
}

// newPage writes pieces out as a document.
func newPage(p *part, fs *faults, pieces []piece, s *scope) *page {
	pg := &page{part: p, faults: fs, pieces: pieces}
	var b strings.Builder
	for i := range pieces {
		pg.starts = append(pg.starts, b.Len())
		if pieces[i].slot {
			b.WriteString(mark(s.fields[s.exprs[pieces[i].expr].field].spec.Type, i))
			pieces[i].esc = htmlText
		} else {
			b.WriteString(pieces[i].text)
		}
	}
	pg.text = b.String()
	return pg
}

// source maps an offset of the document to the part it was written in.
func (pg *page) source(off int) int {
	i := len(pg.starts) - 1
	for i > 0 && pg.starts[i] > off {
		i--
	}
	if i < 0 {
		return 0
	}
	if pg.pieces[i].slot {
		return pg.pieces[i].off
	}
	return pg.pieces[i].off + off - pg.starts[i]
}

func (pg *page) fault(off int, format string, args ...any) {
	pg.faults.add(pg.part, pg.source(off), format, args...)
}

// slotIn reports a slot within a stretch of the document that no slot may stand in.
func (pg *page) slotIn(from, to int, where string) bool {
	m := marker.FindStringIndex(pg.text[from:to])
	if m == nil {
		return false
	}
	pg.fault(from+m[0], "a slot may not stand in %s; it may stand in text and in the quoted attributes href, src, alt, title and aria-label", where)
	return true
}

// rawText elements hold no markup: what stands in them is never text for a reader.
var rawText = map[string]bool{
	"script": true, "style": true, "textarea": true, "title": true, "xmp": true, "iframe": true,
	"noembed": true, "noframes": true, "noscript": true, "plaintext": true,
}

var voidElements = map[string]bool{"br": true, "hr": true, "img": true, "col": true, "wbr": true, "input": true, "meta": true, "link": true, "base": true}

// check walks the document, decides how each slot is escaped, and reports what will not be sent and what is not closed.
func (pg *page) check() {
	z := html.NewTokenizer(strings.NewReader(pg.text))
	off, inside := 0, ""
	for kind := z.Next(); kind != html.ErrorToken; kind = z.Next() {
		raw := string(z.Raw())
		t := z.Token()
		switch kind {
		case html.StartTagToken, html.SelfClosingTagToken:
			pg.start(&t, raw, off, kind == html.SelfClosingTagToken)
			inside = t.Data
		case html.EndTagToken:
			pg.end(&t, raw, off)
			inside = ""
		default:
			pg.other(kind, off, off+len(raw), inside)
		}
		off += len(raw)
	}
	if off < len(pg.text) {
		pg.slotIn(off, len(pg.text), "a tag that is not closed")
		pg.fault(off, "a tag is opened here and never closed with >")
	}
	for _, e := range pg.open {
		pg.fault(e.off, "<%s> is never closed", e.name)
	}
}

// other checks what is no tag: text, a comment or a doctype, inside the element that was opened last.
func (pg *page) other(kind html.TokenType, off, end int, inside string) {
	switch kind {
	case html.TextToken:
		if rawText[inside] {
			pg.slotIn(off, end, "<"+inside+">")
		}
	case html.CommentToken:
		if !pg.slotIn(off, end, "an HTML comment") {
			pg.fault(off, "an HTML comment is not sent; write {%% comment %%}")
		}
	case html.DoctypeToken:
		pg.fault(off, "<!DOCTYPE> is not taken; write what stands inside <body>, the frame is added")
	}
}

func (pg *page) start(t *html.Token, raw string, off int, selfClosing bool) {
	if likeOurs.MatchString(t.Data) {
		pg.slotIn(off, off+len(raw), "the name of a tag")
		return
	}
	void := voidElements[t.Data]
	switch {
	case selfClosing && !void:
		pg.fault(off, "<%s/> does not close itself in HTML; write <%s></%s>", t.Data, t.Data, t.Data)
	case !void:
		pg.open = append(pg.open, element{t.Data, off})
	}
	pg.attributes(t, raw, off)
	pg.removed(t, raw, off)
}

func (pg *page) end(t *html.Token, raw string, off int) {
	if pg.slotIn(off, off+len(raw), "the name of a tag") {
		return
	}
	last := len(pg.open) - 1
	if last < 0 || pg.open[last].name != t.Data {
		pg.fault(off, "</%s> closes nothing here%s", t.Data, pg.expected(last))
		return
	}
	pg.open = pg.open[:last]
}

func (pg *page) expected(last int) string {
	if last < 0 {
		return ""
	}
	return "; expected </" + pg.open[last].name + ">"
}

// attributes decides the escaping of slots in the attributes of one tag.
func (pg *page) attributes(t *html.Token, raw string, off int) {
	if bare := unquoted(raw); bare >= 0 {
		pg.slotIn(off+bare, off+len(raw), "an attribute without quotes")
		return
	}
	for _, a := range t.Attr {
		switch {
		case likeOurs.MatchString(a.Key):
			pg.slotIn(off, off+len(raw), "the name of an attribute")
		case !likeOurs.MatchString(a.Val) || a.Key == "alt" || a.Key == "title" || a.Key == "aria-label":
		case a.Key == "href" || a.Key == "src":
			pg.address(a.Val)
		case strings.HasPrefix(a.Key, "on"):
			pg.attributeSlot(a.Val, "an event handler")
		default:
			pg.attributeSlot(a.Val, "the attribute "+a.Key)
		}
	}
}

func (pg *page) attributeSlot(val, where string) {
	n := markNumber(marker.FindStringSubmatch(val))
	pg.slotIn(pg.starts[n], len(pg.text), where)
}

// unquoted returns where in a tag an unquoted attribute value with a slot begins, or -1.
func unquoted(raw string) int {
	quote := byte(0)
	for i := range len(raw) {
		c := raw[i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case (c == '"' || c == '\'') && strings.HasSuffix(strings.TrimRight(raw[:i], " \t\n\f"), "="):
			quote = c
		case c == '=' && i+1 < len(raw):
			rest := strings.TrimLeft(raw[i+1:], " \t\n\f")
			if rest == "" || rest[0] == '"' || rest[0] == '\'' {
				continue
			}
			if end := strings.IndexAny(rest, " \t\n\f>"); end > 0 && likeOurs.MatchString(rest[:end]) {
				return len(raw) - len(rest)
			}
		}
	}
	return -1
}

// hostDone is what must stand before a slot in an address: a scheme that is allowed and, for the web, the whole host.
var hostDone = regexp.MustCompile(`^(?:https://[^/?#\s]+[/?#]|mailto:|tel:)`)

// address decides how the slots of one address are escaped.
func (pg *page) address(val string) {
	for _, m := range marker.FindAllStringSubmatchIndex(val, -1) {
		n := markNumber(marker.FindStringSubmatch(val[m[0]:m[1]]))
		rest := val[m[1]:]
		switch {
		case m[0] == 0 && strings.HasPrefix(val, "https://qzu") && (rest == "" || strings.ContainsAny(rest[:1], "/?#&")):
			pg.pieces[n].esc = wholeURLHTML
		case m[0] == 0:
			pg.fault(pg.starts[n], "a slot that begins an address must be of type url and end it, or be followed by / ? # or &")
		case !strings.HasPrefix(val, "https://qzu") && !hostDone.MatchString(val[:m[0]]):
			pg.fault(pg.starts[n], "a slot may not decide where a link leads; write https:// and the whole host before it, or use a slot of type url alone")
		default:
			pg.pieces[n].esc = urlPart
		}
	}
}

func markNumber(groups []string) int {
	for _, g := range groups[1:] {
		if g != "" {
			n, _ := strconv.Atoi(g)
			return n
		}
	}
	return 0
}

// unmark turns a text with markers back into pieces. Each slot keeps the escaping found for it, by way of pick.
func (pg *page) unmark(text string, pick func(mark string, e escape) escape) []piece {
	var out []piece
	at := 0
	for _, m := range marker.FindAllStringSubmatchIndex(text, -1) {
		word := text[m[0]:m[1]]
		src := pg.pieces[markNumber(marker.FindStringSubmatch(word))]
		out = append(out, piece{text: text[at:m[0]]}, piece{slot: true, expr: src.expr, off: src.off, esc: pick(word, src.esc)})
		at = m[1]
	}
	return append(out, piece{text: text[at:]})
}
