package templates

import (
	"errors"
	"strings"

	"github.com/osteele/liquid/parser"
)

// walker turns the library's tree into nodes. The tree comes in the order of the source, so that the place of each token
// is found by walking the tokens along with it.
type walker struct {
	scope  *scope
	part   *part
	faults *faults
	tokens []placed
	at     int
}

// place returns the offset of a token of the tree.
func (w *walker) place(t parser.Token) int {
	for w.at < len(w.tokens) {
		p := w.tokens[w.at]
		w.at++
		if p.Token == t {
			return p.off
		}
	}
	return len(w.part.text)
}

func (w *walker) nodes(tree []parser.ASTNode) []node {
	var out []node
	for _, n := range tree {
		switch n := n.(type) {
		case *parser.ASTText:
			off := w.place(n.Token)
			w.strayMarks(n.Source, off)
			out = append(out, node{kind: copyNode, text: n.Source, off: off})
		case *parser.ASTRaw:
			out = append(out, w.raw(n)...)
		case *parser.ASTObject:
			out = append(out, w.slot(n))
		case *parser.ASTTrim:
			out = append(out, node{kind: map[parser.TrimDirection]nodeKind{parser.Left: trimLeft, parser.Right: trimRight}[n.TrimDirection]})
		case *parser.ASTTag:
			w.refuse(w.place(n.Token), n.Name)
		case *parser.ASTBlock:
			if c := w.block(n); c != nil {
				out = append(out, node{kind: choiceNode, choice: c})
			}
		}
	}
	return out
}

// strayMarks reports marks that the library left as copy, because the construct is broken over two lines or not closed.
func (w *walker) strayMarks(text string, off int) {
	for _, mark := range []string{"{{", "{%", "}}", "%}"} {
		if i := strings.Index(text, mark); i >= 0 {
			w.faults.add(w.part, off+i, "%s without its other half on the same line; close it, or put the characters between {%% raw %%} and {%% endraw %%}", mark)
			return
		}
	}
}

func (w *walker) raw(n *parser.ASTRaw) []node {
	for w.at < len(w.tokens) && (w.tokens[w.at].Type != parser.TagTokenType || w.tokens[w.at].Name != "raw") {
		w.at++
	}
	off := len(w.part.text)
	if w.at < len(w.tokens) {
		off = w.tokens[w.at].off + len(w.tokens[w.at].Source)
		w.at++
	}
	var out []node
	for _, s := range n.Slices {
		out = append(out, node{kind: copyNode, text: s, off: off})
		off += len(s)
	}
	return out
}

func (w *walker) slot(n *parser.ASTObject) node {
	off := w.place(n.Token)
	e, err := w.scope.output(n.Args, off+argsAt(n.Token))
	if err != nil {
		w.fault(off, err)
	}
	return node{kind: slotNode, off: off, expr: e}
}

// argsAt is where the arguments of a token begin in it.
func argsAt(t parser.Token) int {
	from := 2
	if t.Type == parser.TagTokenType {
		from = strings.Index(t.Source, t.Name) + len(t.Name)
	}
	return from + max(strings.Index(t.Source[from:], t.Args), 0)
}

func (w *walker) fault(off int, err error) {
	var at *faultAt
	if errors.As(err, &at) {
		off = at.off
	}
	w.faults.add(w.part, off, "%s", err)
}

// refuse names what to write instead of a construct that cannot be shown to an officer shape by shape.
func (w *walker) refuse(off int, tag string) {
	instead := map[string]string{
		"for": "write the lines out", "tablerow": "write the rows out", "assign": "write the value where it is used",
		"capture": "write the copy where it is used", "include": "copy the text into this file", "cycle": "use variants of the campaign",
		"break": "loops are not taken", "continue": "loops are not taken",
	}[tag]
	if instead == "" {
		instead = "use if, unless, case, comment or raw"
	}
	w.faults.add(w.part, off, "{%% %s %%} is not taken; %s", tag, instead)
}

func (w *walker) block(n *parser.ASTBlock) *choice {
	off := w.place(n.Token)
	c := &choice{}
	key := n.Name + " " + n.Args
	switch n.Name {
	case "if", "unless":
		c.tests = append(c.tests, w.condition(n, off, n.Name == "unless"))
		c.branches = append(c.branches, w.nodes(n.Body))
	case "case":
		w.caseBody(n.Body)
	default:
		w.refuse(off, n.Name)
		return nil
	}
	for i, clause := range n.Clauses {
		off := w.place(clause.Token)
		key += "\x00" + clause.Name + " " + clause.Args
		c.tests = append(c.tests, w.clause(n, clause, off))
		c.branches = append(c.branches, w.nodes(clause.Body))
		c.complete = c.complete || clause.Name == "else"
		if clause.Name == "else" && i < len(n.Clauses)-1 {
			w.faults.add(w.part, off, "else must be the last branch")
		}
	}
	id, ok := w.scope.choiceAt[key]
	if !ok {
		id = len(w.scope.choiceAt)
		w.scope.choiceAt[key] = id
	}
	c.id = id
	return c
}

func (w *walker) clause(n, clause *parser.ASTBlock, off int) test {
	switch clause.Name {
	case "elsif":
		return w.condition(clause, off, false)
	case "when":
		return w.when(n, clause, off)
	}
	// The library reads the mark of {% else -%} as an argument.
	if args := strings.TrimSpace(clause.Args); args != "" && args != "-" {
		w.faults.add(w.part, off, "else takes no condition; write elsif")
	}
	return always
}

func (w *walker) condition(n *parser.ASTBlock, off int, not bool) test {
	base := off + argsAt(n.Token)
	t, err := w.scope.readCondition(w.part, n.Args, base)
	if err == nil {
		err = checkExpression(n.Args)
	}
	if err != nil {
		w.fault(base, err)
		return always
	}
	if not {
		return func(v []string) bool { return !t(v) }
	}
	return t
}

// caseBody refuses copy between case and the first when: the library would drop it without a word.
func (w *walker) caseBody(body []parser.ASTNode) {
	for _, n := range body {
		switch n := n.(type) {
		case *parser.ASTText:
			off := w.place(n.Token)
			if strings.TrimSpace(n.Source) != "" {
				w.faults.add(w.part, off, "copy between case and the first when is never shown; move it")
			}
		case *parser.ASTTrim:
		default:
			w.faults.add(w.part, w.tokens[max(w.at-1, 0)].off, "nothing may stand between case and the first when")
		}
	}
}

// when compiles {% when "a", "b" %} of a case.
func (w *walker) when(n, clause *parser.ASTBlock, off int) test {
	r := &reader{tokens: lex(clause.Args, off+argsAt(clause.Token))}
	name := &reader{tokens: lex(n.Args, off)}
	subject, err := name.slotName()
	if err == nil && name.peek().kind != endToken {
		err = wrong(off, "case takes the name of a slot alone")
	}
	var i int
	if err == nil {
		i, err = w.scope.field(subject)
	}
	var out test
	for more := err == nil; more; more = err == nil && r.accept(markToken, ",") {
		var t test
		operand := r.next()
		if t, err = w.scope.compare(i, token{kind: markToken, text: "==", off: operand.off}, operand); err == nil && out != nil {
			t = join(out, "or", t)
		}
		out = t
	}
	if err == nil && r.peek().kind != endToken {
		err = wrong(r.peek().off, "expected a comma or the end%s", found(r.peek()))
	}
	if err != nil {
		w.fault(off, err)
		return always
	}
	return out
}
