package compliance

import (
	"net/netip"
	"strings"
	"sync"
	"unicode/utf8"
)

// address is an address on the web that a part of a message holds: written out in its text, or the target of a link.
type address struct {
	piece      int // of the reading; -1: the target of a link
	start, end int32
	// host lies within [start, end) of the source that the address stands in; for a target it is the target's own.
	host   string
	scheme string // http, https, or "" for a bare name
	user   bool   // something stands before the host, with @
	shown  string // for a target: the name that its visible text gives, if it gives one
}

// addresses returns all addresses of a message. They are looked for once.
func (t *reading) addresses() []address {
	if t.sought {
		return t.found
	}
	t.sought, t.found = true, t.found[:0]
	for i := range t.pieces {
		if !t.pieces[i].hidden {
			t.seek(i)
		}
	}
	if t.m.HTML != "" {
		for i := range t.page.links {
			t.target(&t.page.links[i])
		}
	}
	return t.found
}

// seek finds the addresses in the text of a part.
func (t *reading) seek(piece int) {
	src := t.pieces[piece].src
	for i := 0; i < len(src); i++ {
		if !mayJoin[src[i]] {
			continue
		}
		switch n := isDot(src, i); {
		case n > 0 && i > 0 && inName(src[i-1]) && i+n < len(src) && inName(src[i+n]):
		case src[i] == ':' && strings.HasPrefix(src[i:], "://"):
		default:
			continue
		}
		start, end := around(src, i)
		if end <= i {
			continue
		}
		if a, ok := addressOf(src[start:end]); ok {
			a.piece, a.start = piece, int32(start)
			a.end = int32(start + len(strings.TrimRight(src[start:end], ".,;:!?'")))
			t.found = append(t.found, a)
		}
		i = max(i, end-1)
	}
}

// mayJoin are the bytes with which the dot of a name, or ://, may begin.
var mayJoin = [256]bool{'.': true, ':': true, 0xEF: true}

// inName reports whether a byte may stand beside the dot of a name.
func inName(c byte) bool { return alnum(c) || c >= 0x80 }

// isDot returns the length of the sign at a place that browsers take for the dot of a name, or 0.
func isDot(src string, i int) int {
	switch {
	case src[i] == '.':
		return 1
	case src[i] == 0xEF && (strings.HasPrefix(src[i:], "．") || strings.HasPrefix(src[i:], "｡")):
		return 3
	}
	return 0
}

// around returns the signs around a place that may belong to an address.
func around(src string, i int) (start, end int) {
	start, end = i, i
	for start > 0 {
		r, n := utf8.DecodeLastRuneInString(src[:start])
		if !inAddress(r) {
			break
		}
		start -= n
	}
	for end < len(src) {
		r, n := utf8.DecodeRuneInString(src[end:])
		if !inAddress(r) {
			break
		}
		end += n
	}
	return start, end
}

func inAddress(r rune) bool {
	switch {
	case r < utf8.RuneSelf:
		return r > ' ' && !strings.ContainsRune("\"<>()[]{}|\\^`,;*", r)
	case r >= 0xFF01 && r <= 0xFF5E: // full width, but for the punctuation of sentences
		return !strings.ContainsRune("！，：；？（）［］｛｝", r)
	}
	return r == '｡' || r >= 0xC0 && r < 0x590 // Latin, Greek, Cyrillic and Armenian letters
}

// addressOf reads a word as an address. Mail addresses, figures, abbreviations and file names are none.
func addressOf(word string) (address, bool) {
	a := address{}
	rest := word
	if i := strings.Index(word, "://"); i >= 0 {
		a.scheme, rest = strings.ToLower(word[:i]), word[i+3:]
		if n := len(a.scheme) - len("https"); n > 0 && strings.HasSuffix(a.scheme, "https") {
			a.scheme = "https" // letters of the sentence stand before it
		}
		if a.scheme != "http" && a.scheme != "https" {
			return a, false
		}
	}
	host, _, path := strings.Cut(rest, "/")
	rest = host
	if i := strings.IndexAny(rest, "?#"); i >= 0 {
		rest = rest[:i]
	}
	if i := strings.LastIndexByte(rest, '@'); i >= 0 {
		if a.scheme == "" {
			return a, false
		}
		a.user, rest = true, rest[i+1:]
	}
	if i := strings.LastIndexByte(rest, ':'); i >= 0 {
		if a.scheme == "" {
			rest = rest[i+1:] // "see:bank.example"
		} else {
			rest = rest[:i]
		}
	}
	a.host = strings.ToLower(strings.Trim(rest, ".'!&=+-_"))
	if a.scheme != "" {
		return a, a.host != ""
	}
	return a, named(a.host, path)
}

// named reports whether a bare word, with a path behind it or not, is a name that people type into a browser.
func named(host string, path bool) bool {
	dot := strings.LastIndexAny(host, ".．｡")
	if dot <= 0 {
		return false
	}
	_, n := utf8.DecodeRuneInString(host[dot:])
	first, _, _ := cutLabel(host)
	for label, rest, ok := cutLabel(host); ok || label != ""; label, rest, ok = cutLabel(rest) {
		if len(label) == 0 || len(label) > 63 || strings.ContainsAny(label, "%$&=+!'@/") {
			return false
		}
	}
	return (len(first) > 1 || path) && tops()[host[dot+n:]] || strings.HasPrefix(host, "www.")
}

// cutLabel cuts the first label off a name.
func cutLabel(host string) (label, rest string, more bool) {
	i := strings.IndexAny(host, ".．｡")
	if i < 0 {
		return host, "", false
	}
	_, n := utf8.DecodeRuneInString(host[i:])
	return host[:i], host[i+n:], true
}

// tops are the top-level domains in which bare names in messages end. Others are words after a full stop. It is built once and
// never changed.
var tops = sync.OnceValue(func() map[string]bool {
	m := map[string]bool{}
	for top := range strings.FieldsSeq(`com net org edu gov info biz name mobi asia cn hk tw mo sg my jp kr us uk eu ie de fr it es pt nl be at ch dk se
no fi pl cz ro gr hu lt lv ee io ai co me tv cc ly gl gd im la ws xyz top vip club site online shop store link click live app dev page work fun
icu bank insurance finance money loan fund test example invalid ru in au ca nz za br`) {
		m[top] = true
	}
	return m
})

// target keeps the target of a link, and the name that its visible text gives.
func (t *reading) target(l *link) {
	href := strings.TrimSpace(string(l.href))
	scheme, _, ok := strings.Cut(href, ":")
	switch {
	case strings.HasPrefix(href, "//"):
		href = "https:" + href
	case !ok || strings.ContainsAny(scheme, "/?#{"), strings.ContainsAny(href[:min(len(href), len(scheme)+4)], "{"):
		return // within the page, or a slot that stands open
	}
	href = strings.ReplaceAll(href, "\\", "/") // as browsers do
	a, ok := addressOf(href)
	if !ok {
		return
	}
	a.piece, a.start, a.end = -1, l.at, l.end
	if text := strings.TrimSpace(string(t.page.seen.text[l.from:l.to])); l.own && len(text) < 200 && !strings.ContainsAny(text, " \n\t") {
		if s, ok := addressOf(text); ok {
			a.shown = s.host
		}
	}
	t.found = append(t.found, a)
}

// numeric reports a host that is the number of a machine, in any form that browsers take.
func numeric(host string) bool {
	if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return true
	}
	return host != "" && strings.Trim(host, "0123456789.") == "" || strings.HasPrefix(host, "0x") && strings.Trim(host[2:], "0123456789abcdef.") == ""
}
