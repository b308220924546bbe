package templates

import (
	"regexp"
	"slices"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"golang.org/x/net/html"
)

var htmlElements = []string{
	"a", "abbr", "address", "b", "blockquote", "br", "caption", "center", "col", "colgroup", "div", "em", "h1", "h2", "h3", "h4",
	"h5", "h6", "hr", "i", "img", "li", "ol", "p", "s", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot",
	"th", "thead", "tr", "u", "ul",
}

// styleForms are the inline styles that mail clients read alike. Nothing here can hide text: there is no display: none, no
// opacity, no clipping, and the smallest type is 9 px.
var styleForms = []struct{ properties, form string }{
	{"color background-color border-color", `^(?:#[0-9a-f]{3}|#[0-9a-f]{6}|[a-z]{3,20})$`},
	{"background", `^(?:#[0-9a-f]{3}|#[0-9a-f]{6}|[a-z]{3,20})$`},
	{"font-family", `^[a-z0-9 ,'"-]{1,200}$`},
	{"font-size", `^(?:(?:9|[1-9]\d)(?:\.\d+)?px|(?:[7-9]|[1-9]\d)(?:\.\d+)?pt|(?:0\.[7-9]\d*|[1-4](?:\.\d+)?)r?em|(?:[7-9]\d|[1-4]\d\d)%)$`},
	{"font-weight", `^(?:normal|bold|[1-9]00)$`},
	{"font-style", `^(?:normal|italic)$`},
	{"line-height", `^(?:[1-4](?:\.\d+)?|(?:9|[1-9]\d)px|[1-4]\d\d%)$`},
	{"text-align", `^(?:left|right|center|justify)$`},
	{"text-decoration", `^(?:none|underline)$`},
	{"vertical-align", `^(?:top|middle|bottom|baseline)$`},
	{"width max-width min-width", `^(?:auto|\d{1,4}(?:\.\d+)?(?:px|%))$`},
	{"padding padding-top padding-right padding-bottom padding-left", `^(?:\d{1,3}(?:px|em|%)?\s*){1,4}$`},
	{"margin margin-top margin-right margin-bottom margin-left", `^(?:(?:auto|\d{1,3}(?:px|em|%)?)\s*){1,4}$`},
	{"border border-top border-right border-bottom border-left", `^(?:none|0|\d{1,2}px (?:solid|dashed|dotted) (?:#[0-9a-f]{3}|#[0-9a-f]{6}|[a-z]{3,20}))$`},
	{"border-collapse", `^(?:collapse|separate)$`},
	{"border-radius border-spacing", `^\d{1,2}px$`},
	{"display", `^(?:block|inline|inline-block|table|table-row|table-cell)$`},
	{"list-style-type", `^(?:disc|decimal|circle|square)$`},
	{"word-break", `^(?:normal|break-word|break-all)$`},
	{"white-space", `^(?:normal|nowrap)$`},
}

// mailPolicy is what an e-mail of a financial firm may hold: text, tables, links and images, and nothing that runs, hides,
// loads or asks for input.
func mailPolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements(htmlElements...)
	p.AllowNoAttrs().OnElements(slices.DeleteFunc(slices.Clone(htmlElements), func(e string) bool { return e == "img" })...)
	p.AllowURLSchemes("https", "mailto", "tel", "cid")
	p.RequireParseableURLs(true)
	p.AllowAttrs("href").Matching(regexp.MustCompile(`^(?:https://|mailto:|tel:)`)).OnElements("a")
	p.AllowAttrs("src").Matching(regexp.MustCompile(`^(?:https://|cid:)`)).OnElements("img")
	p.AllowAttrs("alt").OnElements("img")
	p.AllowAttrs("title", "aria-label").Globally()
	p.AllowAttrs("lang").Matching(regexp.MustCompile(`^[A-Za-z0-9-]{2,20}$`)).Globally()
	p.AllowAttrs("dir").Matching(regexp.MustCompile(`^(?:ltr|rtl)$`)).Globally()
	p.AllowAttrs("role").Matching(regexp.MustCompile(`^presentation$`)).OnElements("table")
	p.AllowAttrs("scope").Matching(regexp.MustCompile(`^(?:row|col)$`)).OnElements("th")
	p.AllowAttrs("align").Matching(regexp.MustCompile(`^(?:left|right|center)$`)).Globally()
	p.AllowAttrs("valign").Matching(regexp.MustCompile(`^(?:top|middle|bottom)$`)).Globally()
	p.AllowAttrs("bgcolor").Matching(regexp.MustCompile(`^#[0-9A-Fa-f]{6}$`)).Globally()
	p.AllowAttrs("width", "height").Matching(regexp.MustCompile(`^\d{1,4}%?$`)).OnElements("table", "td", "th", "img", "col")
	p.AllowAttrs("border", "cellpadding", "cellspacing", "colspan", "rowspan").Matching(regexp.MustCompile(`^\d{1,2}$`)).OnElements("table", "td", "th")
	for _, s := range styleForms {
		p.AllowStyles(strings.Fields(s.properties)...).Matching(regexp.MustCompile(s.form)).Globally()
	}
	return p
}

var mail = mailPolicy()

// removed reports what the policy would take out of one tag, so that what an author sees is what is sent.
func (pg *page) removed(t *html.Token, raw string, off int) {
	clean := html.NewTokenizer(strings.NewReader(mail.Sanitize(raw)))
	if clean.Next() == html.ErrorToken {
		pg.fault(off, "<%s> is not taken in HTML copy", t.Data)
		return
	}
	kept := map[string]string{}
	for _, a := range clean.Token().Attr {
		kept[a.Key] = a.Val
	}
	hasAlt := false
	for _, a := range t.Attr {
		hasAlt = hasAlt || a.Key == "alt"
		val, ok := kept[a.Key]
		switch {
		case a.Key == "style":
			pg.removedStyles(a.Val, val, off)
		case !ok || val != a.Val:
			pg.fault(off, "%s=%q of <%s> is not taken%s", a.Key, marker.ReplaceAllString(a.Val, "{slot}"), t.Data, addressHint(a.Key))
		}
	}
	if t.Data == "img" && !hasAlt {
		pg.fault(off, `<img> needs alt: the text for those who do not see it (alt="" for mere decoration)`)
	}
}

func addressHint(key string) string {
	switch key {
	case "href":
		return "; a link begins with https://, mailto: or tel:"
	case "src":
		return "; an image begins with https:// or cid:"
	}
	return ""
}

func (pg *page) removedStyles(before, after string, off int) {
	kept := map[string]bool{}
	for d := range strings.SplitSeq(after, ";") {
		kept[styleKey(d)] = true
	}
	for d := range strings.SplitSeq(before, ";") {
		if strings.TrimSpace(d) != "" && !kept[styleKey(d)] {
			pg.fault(off, "the style %q is not taken", strings.TrimSpace(d))
		}
	}
}

func styleKey(declaration string) string {
	property, value, _ := strings.Cut(strings.ToLower(declaration), ":")
	return strings.TrimSpace(property) + ":" + strings.Join(strings.Fields(value), " ")
}

// sanitise returns the document as the policy writes it. After a clean check it differs from the source in spelling alone.
func (pg *page) sanitise() string {
	clean := mail.Sanitize(pg.text)
	if a, b := len(marker.FindAllString(pg.text, -1)), len(marker.FindAllString(clean, -1)); a != b {
		pg.fault(0, "a slot stands where the sanitiser removes it; move it into plain text")
	}
	return clean
}
