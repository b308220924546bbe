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
	market, channel, product, products, asOf string
	excerpt                                  bool
}

func newCheck(g *globals) *cobra.Command {
	var k checking
	c := &cobra.Command{
		Use: "check [FILE|FOLDER|-...]", Short: "Check copy and templates, and say what will not pass and why",
		Long: `Check reads templates (files with front matter), plain text and HTML, whole folders of them, or standard input, and checks
the copy against the rules of its market. Gates on a recipient (consent, suitability, limits) do not run here.
Exit code 1 when anything would be held or blocked.`,
		Example: `  scruple check templates/
  echo "本产品保本保息" | scruple check - --market cn --channel sms --excerpt
  scruple check offer.html --market uk --channel email --products products.yaml --product calder-income`,
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
	files, err := copyFiles(args)
	if err != nil {
		return err
	}
	worst := scruple.Pass
	all := []checked{}
	for _, name := range files {
		m, err := k.message(name)
		if err != nil {
			return err
		}
		f := facts
		if id := m.product; id != "" {
			i := slices.IndexFunc(products, func(p scruple.Product) bool { return p.ID == id })
			if i < 0 {
				return fmt.Errorf("%s: product %q is not in %s; name the product file with --products", name, id, orNone(k.products))
			}
			f.Product = &products[i]
		}
		fs := book.Check(&m.Message, &f)
		all = append(all, checked{name, fs.Verdict(), fs, m.Message})
		worst = worst.Worse(fs.Verdict())
	}
	g.print(all, func() {
		for _, c := range all {
			fmt.Printf("%s: %s\n", c.File, c.Verdict)
			if len(c.Findings) > 0 {
				printMessage(&c.message, c.Findings, "    ")
				fmt.Println()
				g.findings(c.Findings, book.Rule, "    ")
				fmt.Println()
			}
		}
	})
	if worst != scruple.Pass {
		return errFindings
	}
	return nil
}

func orNone(name string) string {
	if name == "" {
		return "any product file"
	}
	return name
}

func (k checking) facts(g *globals) (scruple.Facts, []scruple.Product, error) {
	f := scruple.Facts{Now: g.time()}
	if k.asOf != "" {
		if !scruple.Date(k.asOf).Valid() {
			return f, nil, fmt.Errorf("--as-of %q: expected a day such as 2026-11-22", k.asOf)
		}
		f.Now, _ = parseDay(k.asOf)
	}
	if k.products == "" {
		return f, nil, nil
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
	scruple.Message
	product string
}

func (k checking) message(name string) (piece, error) {
	var src []byte
	var err error
	if name == "-" {
		src, err = io.ReadAll(os.Stdin)
	} else {
		src, err = os.ReadFile(name)
	}
	if err != nil {
		return piece{}, err
	}
	if strings.HasPrefix(string(src), "---\n") || filepath.Ext(name) == ".liquid" {
		t, err := templates.Parse(name, src)
		if err != nil {
			return piece{}, err
		}
		product := t.Product
		if k.product != "" {
			product = k.product
		}
		return piece{t.Preview(), product}, nil
	}
	m := scruple.Message{Market: scruple.Market(k.market), Channel: scruple.Channel(k.channel), Excerpt: k.excerpt}
	switch {
	case !slices.Contains(scruple.Markets(), m.Market):
		return piece{}, fmt.Errorf("%s: --market is needed for copy without front matter: one of %v", name, scruple.Markets())
	case !slices.Contains(scruple.Channels(), m.Channel):
		return piece{}, fmt.Errorf("--channel %q: expected one of %v", k.channel, scruple.Channels())
	}
	if ext := filepath.Ext(name); ext == ".html" || ext == ".htm" {
		m.HTML = string(src)
	} else {
		m.Text = string(src)
	}
	return piece{m, k.product}, nil
}
