package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/compliance"
)

func newRehearse(g *globals) *cobra.Command {
	var k checking
	c := &cobra.Command{
		Use: "rehearse [FILE|FOLDER...]", Short: "List the copy that a change of the rules will break, before the day comes",
		Long: `Rehearse checks campaigns, templates and other copy twice: by the rules of today, and by those of another day. It lists what would
be judged otherwise on that day, with the rules that make the difference. Without arguments it takes the campaigns and templates of
the house. Exit code 1 when anything would fare worse.`,
		Example: "  scruple rules rehearse --as-of 2026-11-20 --house examples/bank\n  scruple rules rehearse --as-of 2027-01-01 templates/ --products products.yaml",
		RunE: func(_ *cobra.Command, args []string) error {
			return g.rehearse(args, k)
		},
	}
	f := c.Flags()
	f.StringVar(&k.asOf, "as-of", "", "the day to rehearse (2027-01-01)")
	f.StringVar(&k.market, "market", "", "cn, hk, us, uk or eu, for copy without front matter")
	f.StringVar(&k.channel, "channel", "sms", "sms, email, push, wechat or web, for copy without front matter")
	f.StringVar(&k.products, "products", "", "product file")
	f.StringVar(&k.product, "product", "", "id of the product that the copy is about (templates may say it themselves)")
	f.StringSliceVar(&k.rules, "rules", nil, "folder of your own rules, used beside those that ship; may be given again")
	_ = c.MarkFlagRequired("as-of") // it is there
	return c
}

// rehearsed is one piece of copy that is judged otherwise on another day.
type rehearsed struct {
	File  string           `json:"file"`
	Now   scruple.Verdict  `json:"now"`
	Then  scruple.Verdict  `json:"then"`
	Gains scruple.Findings `json:"gains"` // objections of that day only
	Loses []string         `json:"loses"` // rules that object today and no longer then
}

func (g *globals) rehearse(args []string, k checking) error {
	then, err := g.day(k.asOf)
	if err != nil {
		return err
	}
	book, err := k.book()
	if err != nil {
		return err
	}
	today := k
	today.asOf = ""
	facts, products, err := today.facts(g)
	if err != nil {
		return err
	}
	files, err := g.rehearsals(args)
	if err != nil {
		return err
	}
	out, n, worse := []rehearsed{}, 0, false
	for _, name := range files {
		pieces, err := k.pieces(name, products)
		if err != nil {
			return err
		}
		for _, p := range pieces {
			n++
			now, later := facts, facts
			now.Product, later.Product, later.Now = p.product, p.product, then
			r := compare(p.name, book.Check(&p.message, &now), book.Check(&p.message, &later))
			if len(r.Gains)+len(r.Loses) > 0 {
				out = append(out, r)
				worse = worse || len(r.Gains) > 0
			}
		}
	}
	g.print(map[string]any{"as_of": k.asOf, "checked": n, "changes": out}, func() { g.printRehearsal(book, k.asOf, n, out) })
	if worse {
		return errFindings
	}
	return nil
}

// rehearsals lists what to rehearse: without arguments, the campaigns and templates of the house.
func (g *globals) rehearsals(args []string) ([]string, error) {
	if len(args) > 0 {
		return copyFiles(args)
	}
	if _, err := os.Stat(filepath.Join(g.house, "scruple.yaml")); err != nil {
		return nil, fmt.Errorf("there is no house in %s; name campaigns or templates, or the house with --house", g.house)
	}
	out, err := filepath.Glob(filepath.Join(g.house, "campaigns", "*.yaml"))
	if err != nil {
		return nil, err
	}
	err = filepath.WalkDir(g.house, func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && filepath.Ext(name) == ".liquid" && !strings.Contains(name, ".scruple"+string(filepath.Separator)) {
			out = append(out, name)
		}
		return err
	})
	return out, err
}

func compare(name string, now, then scruple.Findings) rehearsed {
	r := rehearsed{File: name, Now: now.Verdict(), Then: then.Verdict(), Gains: scruple.Findings{}, Loses: []string{}}
	before, after := rulesOf(now), rulesOf(then)
	for _, f := range then {
		if f.Verdict != scruple.Pass && !slices.Contains(before, f.Rule) {
			r.Gains = append(r.Gains, f)
		}
	}
	for _, id := range before {
		if !slices.Contains(after, id) {
			r.Loses = append(r.Loses, id)
		}
	}
	return r
}

func (g *globals) printRehearsal(book *compliance.Book, day string, n int, out []rehearsed) {
	for _, r := range out {
		fmt.Printf("%s: %s today, %s on %s\n", r.File, r.Now, r.Then, day)
		g.findings(r.Gains, book.Rule, "    ")
		for _, id := range r.Loses {
			fmt.Printf("    no longer: %s\n", id)
		}
		fmt.Println()
	}
	fmt.Printf("%d pieces of copy rehearsed for %s: %d would be judged otherwise\n", n, day, len(out))
}
