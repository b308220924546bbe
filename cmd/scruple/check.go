package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/compliance"
)

// checking holds the flags of check.
type checking struct {
	market, channel, product, products, asOf, cases string
	rules                                           []string // folders of own books
	excerpt                                         bool
}

func newCheck(g *globals) *cobra.Command {
	var k checking
	c := &cobra.Command{
		Use: "check [FILE|FOLDER|-...]", Short: "Check copy and templates, and say what will not pass and why",
		Long: `Check reads campaigns (every variant, with the products of their house), templates (files with front matter), plain text,
HTML and mail (.eml), whole folders of copy, or standard input, and checks the copy against the rules of its market. Gates on a
recipient (consent, suitability, limits) do not run here. Exit code 1 when anything would be held or blocked.

Formats: text for people, json, jsonl (a line for each piece of copy) and sarif (2.1.0, for code hosts and editors).`,
		Example: `  scruple check examples/bank/campaigns/cn-wealth-sms.yaml
  scruple check templates/
  echo "本产品保本保息" | scruple check - --market cn --channel sms --excerpt
  scruple check offer.html --market uk --channel email --products products.yaml --product calder-income
  scruple check --cases messages.jsonl --format jsonl`,
		Annotations: formats("jsonl", "sarif"),
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
	f.StringSliceVar(&k.rules, "rules", nil, "folder of your own rules, used beside those that ship; may be given again")
	f.BoolVar(&k.excerpt, "excerpt", false, "the text is not a whole message: look for nothing missing")
	return c
}

// checked is one piece of copy with what was found.
type checked struct {
	File     string           `json:"file"`
	Verdict  scruple.Verdict  `json:"verdict"`
	Findings scruple.Findings `json:"findings"`

	message scruple.Message
	mapped  bool // offsets in the message's text or HTML are offsets in the file
}

func (g *globals) checkAll(args []string, k checking) error {
	book, err := k.book()
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
	all, worst := []checked{}, scruple.Pass
	for _, name := range files {
		pieces, err := k.pieces(name, products)
		if err != nil {
			return err
		}
		for _, p := range pieces {
			f := facts
			f.Product = p.product
			fs := book.Check(&p.message, &f)
			all = append(all, checked{p.name, fs.Verdict(), fs, p.message, p.mapped})
			worst = worst.Worse(fs.Verdict())
		}
	}
	if err := g.printAll(book, all); err != nil {
		return err
	}
	if worst != scruple.Pass {
		return errFindings
	}
	return nil
}

// book loads the rules that ship, and the firm's own beside them.
func (k checking) book() (*compliance.Book, error) {
	if len(k.rules) == 0 {
		return compliance.Builtin()
	}
	books := []fs.FS{compliance.Rules}
	for _, dir := range k.rules {
		own, err := ruleFolder(dir)
		if err != nil {
			return nil, err
		}
		books = append(books, own)
	}
	return compliance.Load(books...)
}

func (g *globals) printAll(book *compliance.Book, all []checked) error {
	switch g.format {
	case "sarif":
		return g.sarif(book, all).PrettyWrite(os.Stdout)
	case "jsonl":
		lines := json.NewEncoder(os.Stdout)
		lines.SetEscapeHTML(false)
		for i := range all {
			if err := lines.Encode(&all[i]); err != nil {
				return err
			}
		}
		return nil
	}
	g.print(all, func() {
		for i := range all {
			g.printChecked(book, &all[i])
		}
	})
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
