package compliance

import (
	"bytes"
	"cmp"
	"slices"
)

// sheet holds the style blocks of a page: the rules whose selectors are tags, classes, ids and such within one another. What it
// cannot read it reads as more than it says, so that nothing hidden by it counts as shown.
type sheet struct {
	rules []sheetRule
	heads map[string]int32 // by the last part of the selector: .class, #id, tag or *: its last rule, from 1
	met   []int32          // scratch
	key   []byte           // scratch
}

// sheetRule is one selector with its declarations.
type sheetRule struct {
	parts  []part // the element's own first, then those around it, inner ones first
	decls  []byte
	weight int32
	night  bool // for readers who prefer dark colours
	urgent bool // some declaration is important
	next   int32
}

// part is one step of a selector. Class selectors of one part are all asked for.
type part struct {
	tag, id []byte
	classes [][]byte
}

func (s *sheet) reset() {
	s.rules = s.rules[:0]
	clear(s.heads)
}

// read takes the text of a style block.
func (s *sheet) read(raw []byte, night bool) {
	if s.heads == nil {
		s.heads = map[string]int32{}
	}
	text := bytes.ToLower(raw)
	s.block(withoutComments(text), night)
}

func withoutComments(text []byte) []byte {
	out := text[:0]
	for {
		before, rest, ok := bytes.Cut(text, []byte("/*"))
		out = append(out, before...)
		if !ok {
			return out
		}
		if _, text, ok = bytes.Cut(rest, []byte("*/")); !ok {
			return out
		}
	}
}

// block reads rules, and those of at-rules that are about the screen.
func (s *sheet) block(text []byte, night bool) {
	for len(text) > 0 {
		open := bytes.IndexByte(text, '{')
		if open < 0 {
			return
		}
		head := text[:open]
		if semi := bytes.LastIndexByte(head, ';'); semi >= 0 { // @import and the like
			head = head[semi+1:]
		}
		head = bytes.TrimSpace(trimMarks(head))
		body, rest := braces(text[open+1:])
		text = rest
		switch {
		case len(head) > 0 && head[0] == '@':
			if dark, ok := media(head); ok {
				s.block(body, night || dark)
			}
		default:
			s.add(head, body, night)
		}
	}
}

// trimMarks drops the comment marks of HTML that old pages put around a style block.
func trimMarks(head []byte) []byte {
	head = bytes.TrimPrefix(bytes.TrimSpace(head), []byte("<!--"))
	return bytes.TrimPrefix(bytes.TrimSpace(head), []byte("-->"))
}

// media reports whether an at-rule speaks of every screen, or of those with dark colours. What it says of narrow ones alone is not
// looked at.
func media(head []byte) (dark, ok bool) {
	switch {
	case bytes.HasPrefix(head, []byte("@supports")):
		return false, true
	case !bytes.HasPrefix(head, []byte("@media")):
		return false, false
	case bytes.Contains(head, []byte("dark")):
		return true, true
	}
	what := string(bytes.TrimSpace(head[len("@media"):]))
	return false, what == "screen" || what == "all" || what == "only screen" || what == "screen, print"
}

// braces returns what stands before the brace that closes, and what follows it.
func braces(text []byte) (in, rest []byte) {
	depth := 1
	for i, c := range text {
		switch c {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return text[:i], text[i+1:]
			}
		}
	}
	return text, nil
}

func (s *sheet) add(head, decls []byte, night bool) {
	for sel := range bytes.SplitSeq(head, []byte(",")) {
		r := sheetRule{decls: decls, night: night, urgent: bytes.IndexByte(decls, '!') >= 0}
		if !r.selects(bytes.TrimSpace(sel)) {
			continue
		}
		s.key = r.parts[0].key(s.key[:0])
		r.next = s.heads[string(s.key)]
		s.rules = append(s.rules, r)
		s.heads[string(s.key)] = int32(len(s.rules))
	}
}

// selects reads a selector, and reports whether it selects elements as they stand.
func (r *sheetRule) selects(sel []byte) bool {
	sel = bytes.ReplaceAll(sel, []byte(">"), []byte(" "))
	if i := bytes.LastIndexAny(sel, "+~"); i >= 0 { // the element after another: read as any such element
		sel = sel[i+1:]
	}
	for word := range bytes.FieldsSeq(sel) {
		p, weight, ok := partOf(word)
		if !ok {
			return false
		}
		r.parts = append(r.parts, p)
		r.weight += weight
	}
	slices.Reverse(r.parts)
	return len(r.parts) > 0
}

func partOf(word []byte) (p part, weight int32, ok bool) {
	for len(word) > 0 {
		kind := word[0]
		at := 0
		if kind == '.' || kind == '#' || kind == ':' || kind == '[' {
			at = 1
		}
		end := at + len(word[at:])
		if i := bytes.IndexAny(word[at:], ".#:["); i >= 0 {
			end = at + i
		}
		name := word[at:end]
		switch kind {
		case '.':
			p.classes, weight = append(p.classes, name), weight+100
		case '#':
			p.id, weight = name, weight+10000
		case ':':
			if string(name) == "root" {
				p.tag = []byte("html")
			} else if string(name) != "link" && string(name) != "visited" && string(name) != "any-link" {
				return p, 0, false // a state of the element, or text of its own
			}
		case '[':
			if i := bytes.IndexByte(word, ']'); i >= 0 {
				end = i + 1
			}
		default:
			p.tag, weight = name, weight+1
		}
		word = word[end:]
	}
	return p, weight, true
}

func (p *part) key(out []byte) []byte {
	switch {
	case p.id != nil:
		return append(append(out, '#'), p.id...)
	case len(p.classes) > 0:
		return append(append(out, '.'), p.classes[0]...)
	case p.tag != nil:
		return append(out, p.tag...)
	}
	return append(out, '*')
}

// meet returns the rules for the innermost open element, weakest first.
func (s *sheet) meet(open []element) []int32 {
	s.met = s.met[:0]
	if len(s.rules) == 0 {
		return nil
	}
	e := &open[len(open)-1]
	s.along(open, append(s.key[:0], '*'))
	s.along(open, append(s.key[:0], e.tag...))
	if len(e.id) > 0 {
		s.along(open, append(append(s.key[:0], '#'), e.id...))
	}
	for class := range bytes.FieldsSeq(e.class) {
		s.along(open, append(append(s.key[:0], '.'), class...))
	}
	slices.SortFunc(s.met, func(a, b int32) int {
		return cmp.Or(cmp.Compare(s.rules[a].weight, s.rules[b].weight), cmp.Compare(a, b))
	})
	return s.met
}

func (s *sheet) along(open []element, key []byte) {
	s.key = key
	for i := s.heads[string(key)]; i > 0; i = s.rules[i-1].next {
		if r := &s.rules[i-1]; r.takes(open) {
			s.met = append(s.met, i-1)
		}
	}
}

// takes reports whether the innermost open element, and those around it, are what the selector asks for.
func (r *sheetRule) takes(open []element) bool {
	n := len(open) - 1
	if !r.parts[0].is(&open[n]) {
		return false
	}
	for i := 1; i < len(r.parts); i++ {
		for n--; n >= 0 && !r.parts[i].is(&open[n]); n-- {
		}
		if n < 0 {
			return false
		}
	}
	return true
}

func (p *part) is(e *element) bool {
	if p.tag != nil && string(p.tag) != "*" && !bytes.Equal(p.tag, e.tag) || p.id != nil && !bytes.Equal(p.id, e.id) {
		return false
	}
	for _, want := range p.classes {
		if !hasWord(e.class, want) {
			return false
		}
	}
	return true
}

func hasWord(list, want []byte) bool {
	for w := range bytes.FieldsSeq(list) {
		if bytes.Equal(w, want) {
			return true
		}
	}
	return false
}
