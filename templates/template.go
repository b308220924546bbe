package templates

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/internal/strictyaml"
)

// Library is the starter copy that ships, as library/MARKET/NAME.liquid: a point to begin from, not legal advice.
//
//go:embed library
var Library embed.FS

// maxShapes bounds the ways in which the conditions of one template may turn out. Somebody has to read every one of them.
const maxShapes = 256

// Template is one checked template. It is immutable and safe for concurrent use.
type Template struct {
	Name    string
	Version int
	Channel scruple.Channel
	Market  scruple.Market
	Locale  string // BCP 47
	Class   scruple.Class
	Purpose string // the consent that a message needs
	Product string // id of the product it is about; empty: the campaign says
	Author  string
	File    string
	// Slots lists every slot that the copy uses, declared ones first, each group by name.
	Slots []SlotSpec
	// Digest is the SHA-256 of the whole source file, in hex.
	Digest string

	ref    string
	fields []field
	exprs  []expr
	locale *locale
	root   *decision
	shapes []*shape
	first  *shape
	desk   sync.Pool // of *desk
}

// Load reads and checks a template file. Its error names every fault with file, line and column.
func Load(fsys fs.FS, name string) (*Template, error) {
	src, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, fmt.Errorf("read template: %w", err)
	}
	return Parse(name, src)
}

// Parse checks the source of a template; file is its name in errors. All possible shapes of the copy are built here, so
// that nothing is parsed, sanitised or hashed per message.
func Parse(file string, src []byte) (*Template, error) {
	if i := strings.IndexByte(strings.ToValidUTF8(string(src), "\x00"), 0); i >= 0 {
		line := strings.Count(string(src[:min(i, len(src))]), "\n") + 1
		return nil, &strictyaml.Error{File: file, Line: line, Column: 1, Message: "not valid UTF-8 text; save the file as UTF-8"}
	}
	f, body, err := split(file, src)
	if err != nil {
		return nil, err
	}
	h, err := readFront(f)
	if err != nil {
		return nil, err
	}
	loc, err := newLocale(h.Locale, scruple.Market(h.Market))
	if err != nil {
		return nil, f.fault(0, err.Error())
	}
	sum := sha256.Sum256(src)
	t := &Template{
		Name: h.Name, Version: h.Version, Channel: scruple.Channel(h.Channel), Market: scruple.Market(h.Market), Locale: h.Locale,
		Class: scruple.Class(h.Class), Purpose: h.Purpose, Product: h.Product, Author: h.Author, File: file,
		Digest: hex.EncodeToString(sum[:]), ref: fmt.Sprintf("%s@%d", h.Name, h.Version), locale: loc,
	}
	if err := build(t, f, h, body); err != nil {
		return nil, err
	}
	return t, nil
}

// Ref names the template and its version, as name@version.
func (t *Template) Ref() string { return t.ref }

// Shapes returns the hash of every shape that the copy can take, in the order of its branches. Combinations of branches that
// no recipient meets are among them.
func (t *Template) Shapes() []string {
	out := make([]string, len(t.shapes))
	for i, s := range t.shapes {
		out[i] = s.hash
	}
	return out
}

// ShapeText returns the copy of a shape with each slot shown as {name}; false when the template has no such shape.
func (t *Template) ShapeText(hash string) (subject, text, html string, ok bool) {
	for _, s := range t.shapes {
		if s.hash == hash {
			return s.open[0], s.open[1], s.open[2], true
		}
	}
	return "", "", "", false
}

// Preview returns the message with its slots open as {name}, along the first branch of every condition.
func (t *Template) Preview() scruple.Message {
	var m scruple.Message
	t.head(&m, t.first)
	m.Subject, m.Text, m.HTML = t.first.open[0], t.first.open[1], t.first.open[2]
	m.Slots, m.Spans = slices.Clone(t.first.slots), slices.Clone(t.first.spans)
	return m
}

// head writes what a message has of its template and shape.
func (t *Template) head(m *scruple.Message, s *shape) {
	m.Template, m.Shape, m.Market, m.Channel, m.Locale, m.Class, m.Purpose = t.ref, s.hash, t.Market, t.Channel, t.Locale, t.Class, t.Purpose
}
