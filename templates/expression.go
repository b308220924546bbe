package templates

import (
	"fmt"
	"strings"
)

// token is one word of an expression. Its text is as written; for a string it is what stands between the quotes.
type token struct {
	kind tokenKind
	text string
	off  int // in the part
}

type tokenKind uint8

const (
	endToken tokenKind = iota
	nameToken
	numberToken
	stringToken
	markToken // == != < > <= >= | : , and whatever else stands there
)

// faultAt is an error at an offset of a part.
type faultAt struct {
	off     int
	message string
}

func (e *faultAt) Error() string { return e.message }

func wrong(off int, format string, args ...any) error {
	return &faultAt{off: off, message: fmt.Sprintf(format, args...)}
}

// lex splits an expression as Liquid does. Dotted names are one token.
func lex(s string, base int) []token {
	var out []token
	for i := 0; i < len(s); {
		t := token{off: base + i}
		n := 1
		switch c := s[i]; {
		case c == ' ' || c == '\t' || c == '\n':
			i++
			continue
		case c == '"' || c == '\'':
			if end := strings.IndexByte(s[i+1:], c); end >= 0 {
				t.kind, t.text, n = stringToken, s[i+1:i+1+end], end+2
			} else {
				t.kind, t.text = markToken, s[i:i+1]
			}
		case isLetter(c):
			n = nameLength(s[i:])
			t.kind, t.text = nameToken, s[i:i+n]
		case isDigit(c) || c == '-' && i+1 < len(s) && isDigit(s[i+1]):
			n = numberLength(s[i:])
			t.kind, t.text = numberToken, s[i:i+n]
		default:
			if i+1 < len(s) && strings.Contains(" == != <= >= ", " "+s[i:i+2]+" ") {
				n = 2
			}
			t.kind, t.text = markToken, s[i:i+n]
		}
		out = append(out, t)
		i += n
	}
	return append(out, token{kind: endToken, off: base + len(s)})
}

func isLetter(c byte) bool { return c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }

func nameLength(s string) int {
	n := 0
	for n < len(s) && (isLetter(s[n]) || isDigit(s[n]) || s[n] == '-' || s[n] == '.' && n+1 < len(s) && isLetter(s[n+1])) {
		n++
	}
	return n
}

func numberLength(s string) int {
	n := 1
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	if n+1 < len(s) && s[n] == '.' && isDigit(s[n+1]) {
		for n++; n < len(s) && isDigit(s[n]); {
			n++
		}
	}
	return n
}

// reader walks the tokens of one expression.
type reader struct {
	tokens []token
	i      int
}

func (r *reader) peek() token { return r.tokens[r.i] }

func (r *reader) next() token {
	t := r.tokens[r.i]
	if t.kind != endToken {
		r.i++
	}
	return t
}

func (r *reader) accept(kind tokenKind, text string) bool {
	if t := r.peek(); t.kind == kind && t.text == text {
		r.i++
		return true
	}
	return false
}

// slotName reads the name that an output or condition begins with.
func (r *reader) slotName() (token, error) {
	t := r.next()
	if t.kind == nameToken && t.text != "nil" && t.text != "true" && t.text != "false" {
		return t, nil
	}
	return t, wrong(t.off, "expected the name of a slot%s", found(t))
}

// call is one filter of an output.
type call struct {
	token
	args []token
}

// readOutput reads name | filter: argument, argument | filter.
func readOutput(s string, base int) (name token, calls []call, err error) {
	r := &reader{tokens: lex(s, base)}
	if name, err = r.slotName(); err != nil {
		return name, nil, err
	}
	for r.accept(markToken, "|") {
		t := r.next()
		if t.kind != nameToken {
			return name, nil, wrong(t.off, "expected the name of a filter%s", found(t))
		}
		c := call{token: t}
		for more := r.accept(markToken, ":"); more; more = r.accept(markToken, ",") {
			arg, err := r.literal()
			if err != nil {
				return name, nil, err
			}
			c.args = append(c.args, arg)
		}
		calls = append(calls, c)
	}
	if t := r.peek(); t.kind != endToken {
		return name, nil, wrong(t.off, "expected | and a filter, or the end%s", found(t))
	}
	return name, calls, nil
}

func (r *reader) literal() (token, error) {
	t := r.next()
	if t.kind != stringToken && t.kind != numberToken {
		return t, wrong(t.off, "expected text in quotes or a number%s", found(t))
	}
	if t.kind == numberToken && !isDecimal(t.text) {
		return t, wrong(t.off, "expected a number of at most 15 digits and 6 decimals")
	}
	return t, nil
}

func found(t token) string {
	switch {
	case t.kind == endToken:
		return ", found the end"
	case t.text == "(" || t.text == "[":
		return fmt.Sprintf(", found %q; brackets are not taken", t.text)
	}
	return fmt.Sprintf(", found %q", t.text)
}
