package compliance

func void(tag []byte) bool {
	switch string(tag) {
	case "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr":
		return true
	}
	return false
}

func inline(tag []byte) bool {
	switch string(tag) {
	case "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img", "ins", "kbd", "label",
		"mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr":
		return true
	}
	return false
}

// endsAt reports whether an open element ends where another begins, although nothing says so.
func endsAt(open, next []byte) bool {
	switch string(open) {
	case "p":
		return !inline(next) && endsParagraph(next)
	case "li", "option":
		return string(next) == string(open)
	case "dt", "dd":
		return string(next) == "dt" || string(next) == "dd"
	case "td", "th":
		return string(next) == "td" || string(next) == "th" || string(next) == "tr"
	case "tr":
		return string(next) == "tr"
	}
	return false
}

func endsParagraph(tag []byte) bool {
	switch string(tag) {
	case "address", "article", "aside", "blockquote", "center", "details", "div", "dl", "fieldset", "figure", "footer", "form", "h1", "h2",
		"h3", "h4", "h5", "h6", "header", "hr", "main", "nav", "ol", "p", "pre", "section", "table", "ul":
		return true
	}
	return false
}
