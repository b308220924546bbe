package templates

import (
	"errors"
	"fmt"
	"strings"

	"github.com/osteele/liquid/expressions"
	"github.com/osteele/liquid/filters"
	"github.com/osteele/liquid/parser"
	"github.com/osteele/liquid/render"
	"github.com/osteele/liquid/tags"
)

// node is one piece of compiled Liquid.
type node struct {
	kind   nodeKind
	text   string // copy
	off    int    // in the part
	expr   int    // slot: which expression
	choice *choice
}

type nodeKind uint8

const (
	copyNode nodeKind = iota
	slotNode
	choiceNode
	trimLeft  // the copy before loses its trailing space
	trimRight // the copy after loses its leading space
)

// choice is an if, unless or case: the first branch whose test holds is taken, or none. Choices with the same conditions
// share an id, so that subject and body never disagree.
type choice struct {
	id       int
	tests    []test
	branches [][]node
	complete bool // it has an else: some branch is always taken
}

// ways is the number of outcomes; without an else, that no branch is taken is one of them.
func (c *choice) ways() int {
	if c.complete {
		return len(c.branches)
	}
	return len(c.branches) + 1
}

// grammar is the library's, with its standard tags and filters.
func grammar() render.Config {
	cfg := render.NewConfig()
	filters.AddStandardFilters(&cfg)
	tags.AddStandardTags(cfg)
	return cfg
}

// compile parses one part with the library and turns its tree into nodes.
func (s *scope) compile(p *part, fs *faults) []node {
	tree, err := parseLiquid(p.text)
	if err != nil {
		fs.add(p, errorPlace(p.text, err), "%s", parseMessage(err))
		return nil
	}
	w := &walker{scope: s, part: p, faults: fs, tokens: positions(p.text)}
	return w.nodes(tree.(*parser.ASTSeq).Children)
}

// parseLiquid calls the library, which panics on some input, such as a number too large for it.
func parseLiquid(src string) (tree parser.ASTNode, err error) {
	defer func() {
		if r := recover(); r != nil {
			tree, err = nil, fmt.Errorf("the Liquid library cannot read this: %v", r)
		}
	}()
	cfg := grammar()
	root, perr := cfg.Parse(src, parser.SourceLoc{LineNo: 1})
	if perr != nil {
		return nil, perr
	}
	return root, nil
}

// checkExpression asks the library whether it too reads a condition.
func checkExpression(src string) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	_, err = expressions.Parse(src)
	return err
}

// errorPlace finds the tag that the library complains about: it names the line and quotes the tag.
func errorPlace(src string, err error) int {
	var located parser.Error
	if !errors.As(err, &located) {
		return 0
	}
	first := -1
	for _, t := range positions(src) {
		if t.SourceLoc.LineNo != located.LineNumber() || t.Type == parser.TextTokenType {
			continue
		}
		if strings.HasSuffix(err.Error(), " in "+t.Source) {
			return t.off
		}
		if first < 0 {
			first = t.off
		}
	}
	return max(first, 0)
}

// parseMessage drops what the library says about the place, which the fault says better.
func parseMessage(err error) string {
	message := err.Error()
	if _, rest, ok := strings.Cut(message, "): "); ok && strings.HasPrefix(message, "Liquid error") {
		message = rest
	}
	if strings.HasPrefix(message, "syntax error") {
		return "Liquid cannot read this; write {{ slot }} or {{ slot | filter: argument }}"
	}
	return message
}

// placed is a token of the library with its offset in the part.
type placed struct {
	parser.Token
	off int
}

// positions lists the tokens outside comments and raw blocks, as the library's parser meets them.
func positions(src string) []placed {
	var out []placed
	off, skip := 0, ""
	for _, t := range parser.Scan(src, parser.SourceLoc{LineNo: 1}, nil) {
		isTag := t.Type == parser.TagTokenType
		switch {
		case skip != "":
			if isTag && t.Name == skip {
				skip = ""
			}
		default:
			out = append(out, placed{t, off})
			if isTag && (t.Name == "comment" || t.Name == "raw") {
				skip = "end" + t.Name
			}
		}
		off += len(t.Source)
	}
	return out
}
