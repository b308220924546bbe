package templates

import (
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// plain writes HTML as the text that a reader without HTML sees.
type plainText struct {
	pg     *page
	out    strings.Builder
	breaks int  // line ends to write before the next word
	space  bool // a space to write before the next word
	lists  []int
	links  []link
}

type link struct {
	href string
	at   int // where its text begins in out
}

// paragraphs stand apart by a blank line, blocks begin on a line of their own.
var (
	paragraphs = set("p h1 h2 h3 h4 h5 h6 ul ol table blockquote")
	blocks     = set("div tr li address center caption")
)

func set(list string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(list) {
		m[w] = true
	}
	return m
}

// derive turns sanitised, balanced HTML with markers into text with markers.
func (pg *page) derive(clean string) string {
	t := &plainText{pg: pg}
	z := html.NewTokenizer(strings.NewReader(clean))
	for z.Next() != html.ErrorToken {
		switch tk := z.Token(); tk.Type {
		case html.TextToken:
			t.words(tk.Data)
		case html.StartTagToken, html.SelfClosingTagToken:
			t.start(&tk)
		case html.EndTagToken:
			t.end(tk.Data)
		}
	}
	return t.out.String()
}

func (t *plainText) start(tk *html.Token) {
	t.block(tk.Data)
	switch tk.Data {
	case "br":
		t.breaks++
	case "hr":
		t.lineBreak(2)
		t.words("---")
		t.lineBreak(2)
	case "img":
		t.words(attribute(tk, "alt"))
	case "ul":
		t.lists = append(t.lists, -1)
	case "ol":
		t.lists = append(t.lists, 0)
	case "li":
		t.item()
	case "a":
		t.flush()
		t.links = append(t.links, link{attribute(tk, "href"), t.out.Len()})
	}
}

func (t *plainText) end(name string) {
	switch name {
	case "ul", "ol":
		t.lists = t.lists[:max(len(t.lists)-1, 0)]
	case "td", "th":
		t.space = true
	case "a":
		t.endLink()
	}
	t.block(name)
}

func (t *plainText) block(name string) {
	switch {
	case (name == "ul" || name == "ol") && len(t.lists) > 0:
		t.lineBreak(1)
	case paragraphs[name]:
		t.lineBreak(2)
	case blocks[name]:
		t.lineBreak(1)
	}
}

func (t *plainText) lineBreak(n int) {
	t.breaks, t.space = max(t.breaks, n), false
}

// flush writes what separates the next word from the last one.
func (t *plainText) flush() {
	switch {
	case t.out.Len() == 0:
	case t.breaks > 0:
		t.out.WriteString(strings.Repeat("\n", min(t.breaks, 2)))
	case t.space:
		t.out.WriteByte(' ')
	}
	t.breaks, t.space = 0, false
}

// words writes text with its white space collapsed, as HTML shows it.
func (t *plainText) words(s string) {
	for s != "" {
		n := strings.IndexAny(s, " \t\r\n\f")
		switch {
		case n == 0:
			t.space = t.space || t.breaks == 0
			s = strings.TrimLeft(s, " \t\r\n\f")
			continue
		case n < 0:
			n = len(s)
		}
		t.flush()
		t.out.WriteString(s[:n])
		s = s[n:]
	}
}

func (t *plainText) item() {
	bullet := "-"
	if last := len(t.lists) - 1; last >= 0 && t.lists[last] >= 0 {
		t.lists[last]++
		bullet = strconv.Itoa(t.lists[last]) + "."
	}
	t.flush()
	t.out.WriteString(strings.Repeat("  ", max(len(t.lists)-1, 0)) + bullet)
	t.space = true
}

// endLink writes the address behind the words of a link, unless they are the address.
func (t *plainText) endLink() {
	if len(t.links) == 0 {
		return
	}
	l := t.links[len(t.links)-1]
	t.links = t.links[:len(t.links)-1]
	said := strings.TrimSpace(t.out.String()[min(l.at, t.out.Len()):])
	href := strings.TrimPrefix(strings.TrimPrefix(l.href, "mailto:"), "tel:")
	bare := strings.TrimSuffix(strings.TrimPrefix(t.pg.named(href), "https://"), "/")
	switch words := t.pg.named(said); {
	case href == "" || strings.TrimSuffix(strings.TrimPrefix(words, "https://"), "/") == bare:
		return
	case said == "":
		t.words(inAddress(href))
	default:
		t.flush()
		t.out.WriteString(" (" + inAddress(href) + ")")
	}
}

// named replaces markers by what they stand for, so that the words and the address of a link can be compared.
func (pg *page) named(s string) string {
	return marker.ReplaceAllStringFunc(s, func(m string) string {
		return "{" + strconv.Itoa(pg.pieces[markNumber(marker.FindStringSubmatch(m))].expr) + "}"
	})
}

var anyMarker = regexp.MustCompile(`https://qzu(\d+)zq\.invalid|qzs(\d+)zq`)

// inAddress marks the slots of an address as such.
func inAddress(href string) string {
	return anyMarker.ReplaceAllStringFunc(href, func(m string) string {
		return "qzl" + strconv.Itoa(markNumber(anyMarker.FindStringSubmatch(m))) + "zq"
	})
}

// plainEscape is how a slot of the HTML is written in the derived text.
func plainEscape(mark string, e escape) escape {
	switch {
	case !strings.HasPrefix(mark, "qzl"):
		return asIs
	case e == wholeURLHTML:
		return wholeURL
	default:
		return e
	}
}

func attribute(t *html.Token, key string) string {
	for _, a := range t.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}
