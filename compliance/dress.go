package compliance

import "bytes"

// dress works out how the text of the innermost open element shows: by its tag, its older attributes, the style blocks and its own
// style, in this order.
func (p *page) dress(a *attributes) {
	e, up := p.top(), &p.open[len(p.open)-2].style
	var b box
	e.byTag(up)
	e.byAttributes(a)
	rules := p.sheet.meet(p.open)
	for _, i := range rules {
		e.declare(&b, p.sheet.rules[i].decls, up, p.sheet.rules[i].night, false)
	}
	own := p.lower(a.style)
	e.declare(&b, own, up, false, false)
	for _, i := range rules {
		if p.sheet.rules[i].urgent {
			e.declare(&b, p.sheet.rules[i].decls, up, p.sheet.rules[i].night, true)
		}
	}
	if bytes.IndexByte(own, '!') >= 0 {
		e.declare(&b, own, up, false, true)
	}
	e.day.gone, e.night.gone = e.day.gone || up.day.gone, e.night.gone || up.night.gone
	e.gone = e.gone || b.hides() || len(p.open) > deepest
	e.breaks = !inline(e.tag)
	if len(b.display) > 0 {
		e.breaks = !bytes.HasPrefix(b.display, []byte("inline"))
	}
}

// deepest is how many elements may be open within one another. Text that lies deeper counts as hidden.
const deepest = 200

func (p *page) lower(v []byte) []byte {
	p.value = p.value[:0]
	for _, c := range v {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		p.value = append(p.value, c)
	}
	return p.value
}

// declare applies the declarations that are important, or those that are not.
func (s *style) declare(b *box, decls []byte, up *style, night, important bool) {
	for len(decls) > 0 {
		var one []byte
		one, decls = declaration(decls)
		key, v, ok := bytes.Cut(one, []byte(":"))
		if !ok {
			continue
		}
		v = bytes.TrimSpace(v)
		is := false
		if i := bytes.LastIndexByte(v, '!'); i >= 0 && bytes.Contains(v[i:], []byte("important")) {
			v, is = bytes.TrimSpace(v[:i]), true
		}
		if is == important && len(v) > 0 {
			s.set(b, bytes.TrimSpace(key), v, up, night)
		}
	}
}

// declaration cuts the first declaration off: up to a semicolon that stands in no brackets.
func declaration(decls []byte) (one, rest []byte) {
	depth := 0
	for i, c := range decls {
		switch {
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == ';' && depth <= 0:
			return decls[:i], decls[i+1:]
		}
	}
	return decls, nil
}

// byTag applies what the tag itself says.
func (e *element) byTag(up *style) {
	e.size = up.size * sizeOf(e.tag)
	switch string(e.tag) {
	case "b", "strong", "th", "h1", "h2", "h3", "h4", "h5", "h6":
		e.bold = true
	case "s", "strike", "del":
		e.struck = true
	case "script", "style", "head", "title", "template", "noscript", "noframes", "noembed", "datalist":
		e.gone = true
	case "summary":
		e.folded = false
	}
}

// sizeOf returns how large a tag makes its text, against the text around it.
func sizeOf(tag []byte) float32 {
	switch string(tag) {
	case "small", "big":
		if tag[0] == 's' {
			return 1 / 1.2
		}
		return 1.2
	case "sub", "sup":
		return 1 / 1.2
	case "h1":
		return 2
	case "h2":
		return 1.5
	case "h3":
		return 1.17
	case "h5":
		return 0.83
	case "h6":
		return 0.67
	}
	return 1
}

// byAttributes applies the attributes that are older than style.
func (e *element) byAttributes(a *attributes) {
	e.gone = e.gone || a.hidden
	e.mute = e.mute || a.mute
	switch string(e.tag) {
	case "font":
		if n, ok := length(a.size, 1, 1); ok {
			sizes := [...]float32{10, 10, 13, 16, 18, 24, 32, 48}
			if a.size[0] == '+' || a.size[0] == '-' {
				n += 3
			}
			e.size = sizes[int(min(max(n, 1), 7))]
		}
		e.ink(a.color)
	case "body":
		e.ink(a.color)
	case "details":
		e.folded = !a.open
	}
	if len(a.bgcolor) > 0 {
		e.ground(a.bgcolor)
	}
	if len(a.background) > 0 {
		e.day.unknown, e.night.unknown = true, true
	}
}

func (e *element) ink(v []byte) {
	if c, ok := colourOf(bytes.ToLower(v)); ok {
		e.day.ink, e.night.ink = c, c
	}
}

func (e *element) ground(v []byte) {
	if len(v) == 6 && v[0] != '#' {
		v = append([]byte{'#'}, v...)
	}
	v = bytes.ToLower(v)
	e.day.lay(v)
	e.night.lay(v)
}
