package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/compliance"
	"github.com/scruple/scruple/functions"
	"github.com/scruple/scruple/templates"
)

// checking holds the flags of check.
type checking struct {
	market, channel, product, products, asOf, cases string
	excerpt                                         bool
}

func newCheck(g *globals) *cobra.Command {
	var k checking
	c := &cobra.Command{
		Use: "check [FILE|FOLDER|-...]", Short: "Check copy and templates, and say what will not pass and why",
		Long: `Check reads campaigns (every variant, with the products of their house), templates (files with front matter), plain text
and HTML, whole folders of copy, or standard input, and checks the copy against the rules of its market. Gates on a recipient
(consent, suitability, limits) do not run here. Exit code 1 when anything would be held or blocked.`,
		Example: `  scruple check examples/bank/campaigns/cn-wealth-sms.yaml
  scruple check templates/
  echo "本产品保本保息" | scruple check - --market cn --channel sms --excerpt
  scruple check offer.html --market uk --channel email --products products.yaml --product calder-income
  scruple check --cases messages.jsonl --format jsonl`,
		Annotations: formats("jsonl"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				args = []string{"-"}
			}
			return g.checkAll(args, k)
		},
	}
	f := c.Flags()
	f.StringVar(&k.market, "market", "", "cn, hk, us, uk or eu (templates say it themselves)")
	f.StringVar(&k.channel, "channel", "sms", "sms, email, push, wechat or web (templates say it themselves)")
	f.StringVar(&k.products, "products", "", "product file")
	f.StringVar(&k.product, "product", "", "id of the product that the copy is about (templates may say it themselves)")
	f.StringVar(&k.asOf, "as-of", "", "judge by the rules of this day (2026-11-22)")
	f.StringVar(&k.cases, "cases", "", "judge the messages of this file, one JSON object on each line; - is standard input")
	f.BoolVar(&k.excerpt, "excerpt", false, "the text is not a whole message: look for nothing missing")
	return c
}

// checked is one piece of copy with what was found.
type checked struct {
	File     string           `json:"file"`
	Verdict  scruple.Verdict  `json:"verdict"`
	Findings scruple.Findings `json:"findings"`

	message scruple.Message
}

func (g *globals) checkAll(args []string, k checking) error {
	book, err := compliance.Builtin()
	if err != nil {
		return err
	}
	facts, products, err := k.facts(g)
	if err != nil {
		return err
	}
	if k.cases != "" {
		return g.checkCases(book, k.cases, facts.Now)
	}
	files, err := copyFiles(args)
	if err != nil {
		return err
	}
	worst := scruple.Pass
	all := []checked{}
	for _, name := range files {
		pieces, err := k.pieces(name, products)
		if err != nil {
			return err
		}
		for _, p := range pieces {
			f := facts
			f.Product = p.product
			fs := book.Check(&p.message, &f)
			all = append(all, checked{p.name, fs.Verdict(), fs, p.message})
			worst = worst.Worse(fs.Verdict())
		}
	}
	g.print(all, func() {
		for i := range all {
			g.printChecked(book, &all[i])
		}
	})
	if worst != scruple.Pass {
		return errFindings
	}
	return nil
}

func (g *globals) printChecked(book *compliance.Book, c *checked) {
	fmt.Printf("%s: %s\n", c.File, c.Verdict)
	if len(c.Findings) > 0 {
		printMessage(&c.message, c.Findings, "    ")
		fmt.Println()
		g.findings(c.Findings, book.Rule, "    ")
		fmt.Println()
	}
}

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
			if name == arg || slices.Contains([]string{".liquid", ".txt", ".html", ".htm", ".md"}, filepath.Ext(name)) {
				out = append(out, name)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("no copy in %s; expected .liquid, .txt, .html or .md files", strings.Join(args, ", "))
	}
	return out, nil
}

// piece is copy to check, and the product that it is about.
type piece struct {
	name    string
	message scruple.Message
	product *scruple.Product
}

func (k checking) pieces(name string, products []scruple.Product) ([]piece, error) {
	if ext := filepath.Ext(name); ext == ".yaml" || ext == ".yml" {
		return k.campaign(name)
	}
	m, product, err := k.message(name, products)
	return []piece{{name, m, product}}, err
}

// message reads one piece of copy, and the product that it is about.
func (k checking) message(name string, products []scruple.Product) (scruple.Message, *scruple.Product, error) {
	var src []byte
	var err error
	if name == "-" {
		src, err = io.ReadAll(os.Stdin)
	} else {
		src, err = os.ReadFile(name)
	}
	if err != nil {
		return scruple.Message{}, nil, err
	}
	if strings.HasPrefix(string(src), "---\n") || filepath.Ext(name) == ".liquid" {
		return k.template(name, src, products)
	}
	m := scruple.Message{Market: scruple.Market(k.market), Channel: scruple.Channel(k.channel), Excerpt: k.excerpt}
	switch {
	case !slices.Contains(scruple.Markets(), m.Market):
		return m, nil, fmt.Errorf("%s: --market is needed for copy without front matter: one of %v", name, scruple.Markets())
	case !slices.Contains(scruple.Channels(), m.Channel):
		return m, nil, fmt.Errorf("--channel %q: expected one of %v", k.channel, scruple.Channels())
	}
	if ext := filepath.Ext(name); ext == ".html" || ext == ".htm" {
		m.HTML = string(src)
	} else {
		m.Text = string(src)
	}
	product, err := k.find(name, k.product, products)
	return m, product, err
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
