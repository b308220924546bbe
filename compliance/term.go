package compliance

import (
	"fmt"
	"strings"
)

// A term is a phrase of a rule. It is folded as messages are, so case, width, spaces and hyphens do not matter, and Latin
// words match whole. Beside letters it may hold:
//
//	(a|b)   one of several
//	[x]     x, or nothing
//	...     a gap within the same clause: up to 12 Han characters, or 40 Latin letters
//	#       a number, in figures or Chinese numerals
//	*       at the end or start of a Latin word: any further letters
type pattern struct {
	steps  []step
	anchor int   // the step whose literal the trie looks for: 0, or 1 after a number
	list   int32 // the term list it belongs to
}

type stepKind uint8

const (
	literal stepKind = iota
	gapStep
	number
	tail // the rest of a word
)

type step struct {
	kind        stepKind
	text        []rune
	open, ahead bool // the literal may go on after, or begin within, a Latin word
	reach       int32
}

const (
	hanReach   = 12
	latinReach = 40
	maxForms   = 2048
)

// parseTerm returns all forms of a term.
func parseTerm(term string) ([]pattern, error) {
	if strings.TrimSpace(term) == "" {
		return nil, fmt.Errorf("an empty term")
	}
	forms, rest, err := alternatives(strings.ReplaceAll(term, "…", "..."), 0)
	if err != nil {
		return nil, fmt.Errorf("term %q: %w", term, err)
	}
	if rest != "" {
		return nil, fmt.Errorf("term %q: %q closes nothing", term, rest[:1])
	}
	out := make([]pattern, 0, len(forms))
	for _, f := range forms {
		p, err := parseForm(f)
		if err != nil {
			return nil, fmt.Errorf("term %q: %w", term, err)
		}
		out = append(out, p)
	}
	return out, nil
}

// alternatives expands (a|b) and [x] up to the bracket that closes the present level, or |.
func alternatives(s string, depth int) (forms []string, rest string, err error) {
	forms = []string{""}
	for s != "" {
		switch c := s[0]; c {
		case '(', '[':
			var all []string
			if all, s, err = group(s, depth); err != nil {
				return nil, "", err
			}
			if forms = join(forms, all); len(forms) > maxForms {
				return nil, "", fmt.Errorf("more than %d forms; split it", maxForms)
			}
		case ')', ']', '|':
			if depth == 0 {
				return nil, "", fmt.Errorf("%q outside brackets", c)
			}
			return forms, s, nil
		default:
			n := strings.IndexAny(s, "()[]|")
			if n < 0 {
				n = len(s)
			}
			forms = join(forms, []string{s[:n]})
			s = s[n:]
		}
	}
	return forms, "", nil
}

func group(s string, depth int) (all []string, rest string, err error) {
	shut := byte(')')
	if s[0] == '[' {
		shut, all = ']', []string{""}
	}
	for s != "" && s[0] != shut {
		var some []string
		if some, s, err = alternatives(s[1:], depth+1); err != nil {
			return nil, "", err
		}
		all = append(all, some...)
		if s != "" && s[0] != '|' && s[0] != shut {
			return nil, "", fmt.Errorf("%q where %q was expected", s[0], shut)
		}
	}
	if s == "" {
		return nil, "", fmt.Errorf("%q is missing", shut)
	}
	return all, s[1:], nil
}

func join(heads, tails []string) []string {
	out := make([]string, 0, len(heads)*len(tails))
	for _, h := range heads {
		for _, t := range tails {
			out = append(out, h+t)
		}
	}
	return out
}

// parseForm turns a term without brackets into steps.
func parseForm(form string) (pattern, error) {
	var p pattern
	for s := form; s != ""; {
		n := strings.IndexAny(s, "#*")
		if g := strings.Index(s, "..."); g >= 0 && (n < 0 || g < n) {
			n = g
		}
		if n < 0 {
			n = len(s)
		}
		if err := p.literal(s[:n]); err != nil {
			return p, err
		}
		s = p.special(s[n:])
	}
	return p, p.finish()
}

func (p *pattern) literal(s string) error {
	text, err := foldLiteral(s)
	if err != nil || len(text) == 0 {
		return err
	}
	ahead := false
	if n := len(p.steps); n > 0 && p.steps[n-1].kind == tail {
		if n == 1 { // a star before the first literal
			p.steps, ahead = p.steps[:0], true
		} else if strings.HasPrefix(s, " ") {
			p.steps[n-1].reach = latinReach
		}
	}
	p.steps = append(p.steps, step{kind: literal, text: text, ahead: ahead})
	return nil
}

// special reads one of ... # * at the start of s and returns what follows.
func (p *pattern) special(s string) string {
	switch {
	case s == "":
		return s
	case strings.HasPrefix(s, "..."):
		p.steps = append(p.steps, step{kind: gapStep})
		return s[3:]
	case s[0] == '#':
		p.steps = append(p.steps, step{kind: number})
	default:
		if n := len(p.steps); n > 0 && p.steps[n-1].kind == literal {
			p.steps[n-1].open = true
		}
		p.steps = append(p.steps, step{kind: tail})
	}
	return s[1:]
}

// finish drops gaps at the end, which say nothing, and finds the anchor.
func (p *pattern) finish() error {
	for n := len(p.steps); n > 0 && p.steps[n-1].kind == gapStep; n = len(p.steps) {
		p.steps = p.steps[:n-1]
	}
	if len(p.steps) > 1 && p.steps[0].kind == number {
		p.anchor = 1
	}
	if len(p.steps) == 0 || p.steps[p.anchor].kind != literal {
		return fmt.Errorf("it has to begin with letters, or a number and letters")
	}
	for i := range p.steps {
		s := &p.steps[i]
		if s.kind != gapStep {
			continue
		}
		s.reach = latinReach
		if before := p.steps[i-1].text; i+1 < len(p.steps) && (len(before) > 0 && isHan(before[len(before)-1]) || len(p.steps[i+1].text) > 0 && isHan(p.steps[i+1].text[0])) {
			s.reach = hanReach
		}
	}
	return nil
}

// foldLiteral folds a literal as a message is folded.
func foldLiteral(s string) ([]rune, error) {
	var t reading
	t.fold(s)
	out := make([]rune, 0, len(t.units))
	for _, u := range t.units {
		if u.class == comma || u.class == stop || u.class == list || u.class == dot {
			return nil, fmt.Errorf("%q holds a sign that ends a clause; a term stays within one", s)
		}
		out = append(out, u.r)
	}
	return out, nil
}
