package templates

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/scruple/scruple/internal/strictyaml"
)

// part is one piece of Liquid source of a template: the subject, the preheader, the plain text or the body.
type part struct {
	name string
	text string
	file *file
	base int // where text begins in the file; -1: it is a value of the front matter
}

// file is the whole template file with normal line ends.
type file struct {
	name  string
	text  string
	front int // where the front matter ends
}

// place returns the offset in the file of an offset in the part. A value of the front matter is looked up by the line it
// is in, because YAML may have folded or unquoted it.
func (p *part) place(off int) int {
	if p.base >= 0 {
		return p.base + off
	}
	start := strings.LastIndexByte(p.text[:off], '\n') + 1
	line, _, _ := strings.Cut(p.text[start:], "\n")
	if i := strings.Index(p.file.text[:p.file.front], line); i >= 0 && line != "" {
		return i + off - start
	}
	if i := strings.Index(p.file.text[:p.file.front], "\n"+p.name+":"); i >= 0 {
		return i + 1
	}
	return 0
}

// faults collects what is wrong with one file, so that an author sees all of it at once.
type faults struct {
	list []*strictyaml.Error
	seen map[string]bool
}

// add notes a fault at an offset of a part.
func (fs *faults) add(p *part, off int, format string, args ...any) {
	e := p.file.fault(p.place(off), fmt.Sprintf(format, args...))
	key := fmt.Sprint(e.Line, ":", e.Column, e.Message)
	if fs.seen == nil {
		fs.seen = map[string]bool{}
	}
	if !fs.seen[key] {
		fs.seen[key] = true
		fs.list = append(fs.list, e)
	}
}

// err returns every fault, in the order of the file, or nil.
func (fs *faults) err() error {
	slices.SortStableFunc(fs.list, func(a, b *strictyaml.Error) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	errs := make([]error, len(fs.list))
	for i, e := range fs.list {
		errs[i] = e
	}
	return errors.Join(errs...)
}

// fault makes an error about an offset of the file. Columns count characters.
func (f *file) fault(off int, message string) *strictyaml.Error {
	off = min(max(off, 0), len(f.text))
	start := strings.LastIndexByte(f.text[:off], '\n') + 1
	line := strings.Count(f.text[:start], "\n") + 1
	column := utf8.RuneCountInString(f.text[start:off]) + 1
	whole, _, _ := strings.Cut(f.text[start:], "\n")
	excerpt := fmt.Sprintf("> %4d | %s\n       | %s^", line, whole, strings.Repeat(" ", column-1))
	return &strictyaml.Error{File: f.name, Line: line, Column: column, Message: message, Excerpt: excerpt}
}
