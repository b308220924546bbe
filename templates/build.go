package templates

import (
	"errors"
	"html"
	"slices"
	"strings"
)

// decision is a node of the tree of choices; its leaves are the shapes. A message walks it once.
type decision struct {
	choice *choice
	next   []*decision // one for each branch, and the last for none of them
	shape  *shape
}

// builder compiles the parts of one template into its shapes.
type builder struct {
	t                              *Template
	scope                          *scope
	faults                         faults
	html                           bool
	subject, preheader, text, body *part
	nodes                          [4][]node // in the order subject, preheader, text, body
	paths                          int
}

var errShapes = errors.New("too many shapes")

// build compiles the copy and fills in what the template holds beside its front matter.
func build(t *Template, f *file, h *front, body string) error {
	b := &builder{t: t, scope: newScope(h, t.locale), html: h.Format == "html"}
	b.subject = &part{name: "subject", text: h.Subject, file: f, base: -1}
	b.preheader = &part{name: "preheader", text: h.Preheader, file: f, base: -1}
	b.text = &part{name: "text", text: h.Text, file: f, base: -1}
	b.body = &part{name: "body", text: body, file: f, base: len(f.text) - len(body)}
	for i, p := range []*part{b.subject, b.preheader, b.text, b.body} {
		b.nodes[i] = b.scope.compile(p, &b.faults)
	}
	b.unused(f, h)
	if err := b.faults.err(); err != nil {
		return err
	}
	if m := likeOurs.FindStringIndex(body); m != nil {
		b.faults.add(b.body, m[0], "this word is used inside the program; write another")
		return b.faults.err()
	}
	root, err := b.grow(path{})
	if err != nil {
		b.faults.add(b.body, 0, "the conditions can turn out in more than %d ways, and somebody has to read each; split the template", maxShapes)
	}
	if err := b.faults.err(); err != nil {
		return err
	}
	t.root, t.fields, t.exprs = root, b.scope.fields, b.scope.exprs
	t.first, t.desk.New = t.shapes[0], t.newDesk
	t.Slots = b.specs()
	return nil
}

// unused reports declared slots that the copy never shows or asks for: mostly a spelling mistake, or copy lost in an edit.
func (b *builder) unused(f *file, h *front) {
	for _, name := range sortedKeys(h.Slots) {
		if _, ok := b.scope.used[name]; !ok {
			at := &part{name: "slots", file: f, base: 0}
			b.faults.add(at, declaredAt(f, name), "slot %s is declared and never used; use it or remove it", name)
		}
	}
}

func declaredAt(f *file, name string) int {
	from := max(strings.Index(f.text[:f.front], "\nslots:"), 0)
	for _, mark := range []string{name + ":", `"` + name + `"`, "'" + name + "'"} {
		for at := from; ; {
			i := strings.Index(f.text[at:f.front], mark)
			if i < 0 {
				break
			}
			if at += i; at > 0 && !isLetter(f.text[at-1]) && !isDigit(f.text[at-1]) && f.text[at-1] != '.' {
				return at
			}
			at += len(mark)
		}
	}
	return from + 1
}

func (b *builder) specs() []SlotSpec {
	var declared, fixed []SlotSpec
	for _, name := range sortedKeys(b.scope.used) {
		spec := b.scope.fields[b.scope.used[name]].spec
		if b.scope.declared[name] != nil {
			declared = append(declared, *spec)
		} else {
			fixed = append(fixed, *spec)
		}
	}
	return append(declared, fixed...)
}

// grow decides the next choice that the path meets, each way in turn, until none is left.
func (b *builder) grow(at path) (*decision, error) {
	for _, nodes := range b.nodes {
		c := at.open(nodes)
		if c == nil {
			continue
		}
		d := &decision{choice: c}
		for way := range c.ways() {
			at[c.id] = way
			next, err := b.grow(at)
			if err != nil {
				return nil, err
			}
			d.next = append(d.next, next)
		}
		delete(at, c.id)
		return d, nil
	}
	if b.paths++; b.paths > maxShapes {
		return nil, errShapes
	}
	return &decision{shape: b.shape(at)}, nil
}

// shape builds the shape at the end of a path; a shape that another path yields as well is shared.
func (b *builder) shape(at path) *shape {
	subject, text := trimmed(at.line(b.nodes[0])), trimmed(at.line(b.nodes[2]))
	var page []piece
	if b.html {
		page, text = b.page(at, text)
	} else {
		text = trimmed(at.line(b.nodes[3]))
	}
	if blank(text) {
		b.faults.add(b.body, 0, "the copy is empty when its conditions turn out one way; give them an else")
	}
	if b.subject.text != "" && blank(subject) {
		b.faults.add(b.subject, 0, "the subject is empty when its conditions turn out one way; give them an else")
	}
	s := newShape(b.t.ref, b.scope.exprs, b.scope.fields, [3][]piece{subject, text, page})
	if i := slices.IndexFunc(b.t.shapes, func(o *shape) bool { return o.hash == s.hash }); i >= 0 {
		return b.t.shapes[i]
	}
	b.t.shapes = append(b.t.shapes, s)
	return s
}

// page builds the HTML of a path, and its plain text unless the author wrote one.
func (b *builder) page(at path, text []piece) (page, plain []piece) {
	pg := newPage(b.body, &b.faults, at.line(b.nodes[3]), b.scope)
	before := len(b.faults.list)
	pg.check()
	if len(b.faults.list) > before {
		return nil, []piece{{slot: true}} // no shape is used once there is a fault
	}
	clean := strings.TrimSpace(pg.sanitise())
	if b.text.text == "" {
		text = pg.unmark(pg.derive(clean), plainEscape)
	}
	page = append(page, piece{text: pageHead(b.t.Locale)})
	page = append(page, b.hiddenPreheader(at)...)
	page = append(page, pg.unmark(clean, func(_ string, e escape) escape { return e })...)
	return append(page, piece{text: pageFoot}), text
}

// hiddenPreheader is the line that mail clients show behind the subject. It is the only text that is not seen in the mail.
func (b *builder) hiddenPreheader(at path) []piece {
	line := trimmed(at.line(b.nodes[1]))
	if blank(line) {
		return nil
	}
	out := []piece{{text: `<div style="display:none;max-height:0;overflow:hidden">`}}
	for _, p := range line {
		p.text = html.EscapeString(p.text)
		p.esc = htmlText
		out = append(out, p)
	}
	return append(out, piece{text: "</div>\n"})
}

func pageHead(locale string) string {
	return `<!DOCTYPE html>` + "\n" + `<html lang="` + locale + `"><head><meta charset="utf-8">` +
		`<meta name="viewport" content="width=device-width, initial-scale=1"></head><body>` + "\n"
}

const pageFoot = "\n</body></html>\n"
