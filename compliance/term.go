package compliance

import (
	"fmt"
	"slices"
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
//
// A form of a term takes one of each of its alternatives. Forms with the same steps are kept as one pattern, whose literals
// have several wordings: (a|b)...(c|d) is four forms and one pattern.
type pattern struct {
	steps  []step
	anchor int   // the step with which it begins, but for a number: 0 or 1
	list   int32 // the term list it belongs to
	// trigger is the step that makes the pattern worth a look: its wordings are the rarest. What stands before it is at most
	// before units long, and as much again as the longest word for each of loose steps.
	trigger       int
	before, loose int32
	counts        bool // a number is one of loose steps
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
	open, ahead bool // the literal may go on after, or begin within, a Latin word
	wordings    []wording
	literals    []int32 // the wordings by their numbers in an engine, ascending
	seen        sieve   // of the literals
}

// wording is a literal as messages are folded.
type wording struct {
	letters []rune
	key     string
}

const (
	hanReach   = 12
	latinReach = 40
	maxForms   = 2048
)

// branch is one way through the alternatives of a term: texts of which one stands there, and signs between them, by turns. It
// begins and ends with texts.
type branch []strand

type strand struct {
	texts []string
	sign  stepKind // of what follows the texts
}

// parseTerm returns the patterns of a term.
func parseTerm(term string) ([]pattern, error) {
	if strings.TrimSpace(term) == "" {
		return nil, fmt.Errorf("an empty term")
	}
	all, err := branches(strings.ReplaceAll(term, "…", "..."))
	if err != nil {
		return nil, fmt.Errorf("term %q: %w", term, err)
	}
	var b patternBuilder
	for _, one := range all {
		if err := b.build(one, nil); err != nil {
			return nil, fmt.Errorf("term %q: %w", term, err)
		}
	}
	return b.out, nil
}

func branches(term string) ([]branch, error) {
	all, rest, err := alternatives(term, 0)
	if err == nil && rest != "" {
		err = fmt.Errorf("%q closes nothing", rest[:1])
	}
	return all, err
}

// alternatives reads (a|b) and [x] up to the bracket that closes the present level, or |.
func alternatives(s string, depth int) (all []branch, rest string, err error) {
	all = []branch{{{texts: []string{""}}}}
	for s != "" {
		switch c := s[0]; c {
		case '(', '[':
			var more []branch
			if more, s, err = group(s, depth); err != nil {
				return nil, "", err
			}
			if all = join(all, more); countForms(all) > maxForms {
				return nil, "", fmt.Errorf("more than %d forms; split it", maxForms)
			}
		case ')', ']', '|':
			if depth == 0 {
				return nil, "", fmt.Errorf("%q outside brackets", c)
			}
			return all, s, nil
		default:
			n := strings.IndexAny(s, "()[]|")
			if n < 0 {
				n = len(s)
			}
			all = join(all, []branch{plainBranch(s[:n])})
			s = s[n:]
		}
	}
	return all, "", nil
}

func group(s string, depth int) (all []branch, rest string, err error) {
	shut := byte(')')
	if s[0] == '[' {
		shut, all = ']', []branch{{{texts: []string{""}}}}
	}
	for s != "" && s[0] != shut {
		var some []branch
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
	return merged(all), s[1:], nil
}

// merged makes one branch of all that are no more than texts.
func merged(all []branch) []branch {
	first := slices.IndexFunc(all, func(b branch) bool { return len(b) == 1 })
	if first < 0 {
		return all
	}
	var texts []string
	out := all[:0]
	for i, b := range all {
		if len(b) > 1 || i == first {
			out = append(out, b)
		}
		if len(b) == 1 {
			texts = append(texts, b[0].texts...)
		}
	}
	first = slices.IndexFunc(out, func(b branch) bool { return len(b) == 1 })
	out[first] = branch{{texts: texts}}
	return out
}

func join(heads, tails []branch) []branch {
	out := make([]branch, 0, len(heads)*len(tails))
	for _, h := range heads {
		for _, t := range tails {
			b := slices.Concat(h, t[1:])
			b[len(h)-1] = strand{joinTexts(h[len(h)-1].texts, t[0].texts), t[0].sign}
			out = append(out, b)
		}
	}
	return out
}

func joinTexts(heads, tails []string) []string {
	if len(heads) == 1 && heads[0] == "" {
		return tails
	}
	out := make([]string, 0, len(heads)*len(tails))
	for _, h := range heads {
		for _, t := range tails {
			out = append(out, h+t)
		}
	}
	return out
}

// countForms counts the forms of branches, up to more than there may be.
func countForms(all []branch) int {
	sum := 0
	for _, b := range all {
		n := 1
		for _, s := range b {
			n = min(n*len(s.texts), maxForms+1)
		}
		sum = min(sum+n, maxForms+1)
	}
	return sum
}

// plainBranch reads a stretch of a term without brackets.
func plainBranch(s string) branch {
	var out branch
	for {
		n := strings.IndexAny(s, "#*")
		if g := strings.Index(s, "..."); g >= 0 && (n < 0 || g < n) {
			n = g
		}
		if n < 0 {
			return append(out, strand{texts: []string{s}})
		}
		one := strand{texts: []string{s[:n]}}
		switch s = s[n:]; {
		case s[0] == '#':
			one.sign = number
		case s[0] == '*':
			one.sign = tail
		default:
			one.sign, s = gapStep, s[2:]
		}
		out, s = append(out, one), s[1:]
	}
}

// strings returns all that a branch may read as.
func (b branch) strings() []string {
	out := []string{""}
	for i, s := range b {
		out = joinTexts(out, s.texts)
		if i+1 < len(b) {
			out = joinTexts(out, []string{[...]string{gapStep: "...", number: "#", tail: "*"}[s.sign]})
		}
	}
	return out
}
