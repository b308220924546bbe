package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/functions"
	"github.com/scruple/scruple/templates"
)

// find returns the product that copy is about; nil when it names none.
func (k checking) find(file, id string, products []scruple.Product) (*scruple.Product, error) {
	if id == "" {
		return nil, nil
	}
	i := slices.IndexFunc(products, func(p scruple.Product) bool { return p.ID == id })
	if i < 0 {
		return nil, fmt.Errorf("%s: product %q is not in %s; name the product file with --products", file, id, orNone(k.products))
	}
	return &products[i], nil
}

func orNone(name string) string {
	if name == "" {
		return "any product file"
	}
	return name
}

func (k checking) facts(g *globals) (scruple.Facts, []scruple.Product, error) {
	now, err := g.day(k.asOf)
	f := scruple.Facts{Now: now}
	if err != nil || k.products == "" {
		return f, nil, err
	}
	src, err := os.ReadFile(k.products)
	if err != nil {
		return f, nil, err
	}
	ps, err := functions.Products(k.products, src)
	return f, ps, err
}

// copyFiles lists what to check: named files, and in folders everything that holds copy.
func copyFiles(args []string) ([]string, error) {
	var out []string
	for _, arg := range args {
		if arg == "-" {
			out = append(out, arg)
			continue
		}
		err := filepath.WalkDir(arg, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			if name == arg || slices.Contains([]string{".liquid", ".txt", ".html", ".htm", ".md", ".eml"}, filepath.Ext(name)) {
				out = append(out, name)
			}
			return nil
		})
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("there is no %s; name a file, a folder of copy, or - for standard input", arg)
		}
		if err != nil {
			return nil, err
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("no copy in %s; expected .liquid, .txt, .html, .md or .eml files", strings.Join(args, ", "))
	}
	return out, nil
}

// piece is copy to check, and the product that it is about.
type piece struct {
	name    string
	message scruple.Message
	product *scruple.Product
	mapped  bool // the message's text or HTML is the file, byte for byte
}

func (k checking) pieces(name string, products []scruple.Product) ([]piece, error) {
	if ext := filepath.Ext(name); ext == ".yaml" || ext == ".yml" {
		return k.campaign(name)
	}
	src, err := readCopy(name)
	if err != nil {
		return nil, err
	}
	var p piece
	if strings.HasPrefix(string(src), "---\n") || filepath.Ext(name) == ".liquid" {
		p.message, p.product, err = k.template(name, src, products)
	} else {
		p, err = k.plain(name, src, products)
	}
	p.name = name
	return []piece{p}, err
}

// maxCopy bounds one file of copy, in bytes.
const maxCopy = 16 << 20

func readCopy(name string) ([]byte, error) {
	var src io.Reader = os.Stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close() //nolint:errcheck // it was only read
		src = f
	}
	all, err := io.ReadAll(io.LimitReader(src, maxCopy+1))
	if err == nil && len(all) > maxCopy {
		err = fmt.Errorf("%s: more than %d MiB; name the copy, not an archive", name, maxCopy>>20)
	}
	return all, err
}

// plain reads copy that is no template: text, HTML or a mail.
func (k checking) plain(name string, src []byte, products []scruple.Product) (piece, error) {
	m := scruple.Message{Market: scruple.Market(k.market), Channel: scruple.Channel(k.channel), Excerpt: k.excerpt}
	var err error
	mapped := true
	switch ext := filepath.Ext(name); {
	case !slices.Contains(scruple.Markets(), m.Market):
		return piece{}, fmt.Errorf("%s: --market is needed for copy without front matter: one of %v", name, scruple.Markets())
	case !slices.Contains(scruple.Channels(), m.Channel):
		return piece{}, fmt.Errorf("--channel %q: expected one of %v", k.channel, scruple.Channels())
	case ext == ".eml":
		mapped, err = false, readMail(name, src, &m)
	case ext == ".html" || ext == ".htm":
		m.HTML = string(src)
	default:
		m.Text = string(src)
	}
	if err == nil && strings.TrimSpace(m.Text+m.HTML+m.Subject) == "" {
		err = fmt.Errorf("%s: there is no copy in it; expected text", name)
	}
	if err != nil {
		return piece{}, err
	}
	product, err := k.find(name, k.product, products)
	return piece{message: m, product: product, mapped: mapped}, err
}

// template fills a template for a sample recipient. Where its product is not known the copy is checked with open slots.
func (k checking) template(name string, src []byte, products []scruple.Product) (scruple.Message, *scruple.Product, error) {
	t, err := templates.Parse(name, src)
	if err != nil {
		return scruple.Message{}, nil, err
	}
	id := t.Product
	if k.product != "" {
		id = k.product
	}
	if dir, _, err := houseOf(name); err == nil && k.products == "" && id != "" { // a template of a house is about its products
		if products, err = houseProducts(dir); err != nil {
			return scruple.Message{}, nil, err
		}
	}
	product, err := k.find(name, id, products)
	if err != nil {
		return scruple.Message{}, nil, err
	}
	needs := slices.ContainsFunc(t.Slots, func(s templates.SlotSpec) bool { return s.From == "product" })
	if product == nil && needs {
		return t.Preview(), nil, nil
	}
	m, err := sampled(t, product, nil)
	return m, product, err
}
