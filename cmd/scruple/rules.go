package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/compliance"
	"github.com/scruple/scruple/internal/strictyaml"
)

func newRules(g *globals) *cobra.Command {
	c := &cobra.Command{
		Use: "rules", Short: "See the rules, test your own, and see what a change of them would do",
		Example: "  scruple rules list --market cn\n  scruple rules explain cn.promise-of-return\n  scruple rules test rules/\n  scruple rules rehearse --as-of 2026-11-20",
	}
	var market string
	list := &cobra.Command{
		Use: "list", Short: "List the rules that are built in", Args: cobra.NoArgs, Example: "  scruple rules list --market uk",
		RunE: func(*cobra.Command, []string) error { return g.rulesList(market) },
	}
	list.Flags().StringVar(&market, "market", "", "cn, hk, us, uk or eu; empty means all")
	c.AddCommand(list,
		&cobra.Command{
			Use: "explain ID", Short: "Tell the whole story of a rule", Args: cobra.ExactArgs(1), Example: "  scruple rules explain cn.promise-of-return",
			RunE: func(_ *cobra.Command, args []string) error { return g.rulesExplain(args[0]) },
		},
		&cobra.Command{
			Use: "test FOLDER...", Short: "Load your own books beside the built-in one, and run every rule's examples", Args: cobra.MinimumNArgs(1),
			Example: "  scruple rules test rules/",
			RunE:    func(_ *cobra.Command, args []string) error { return g.rulesTest(args) },
		},
		newRehearse(g), newWhatIf(g), newWaivers(g), newSchema(),
	)
	return c
}

func (g *globals) rulesList(market string) error {
	if market != "" && !slices.Contains(scruple.Markets(), scruple.Market(market)) {
		return fmt.Errorf("--market %q: expected one of %v", market, scruple.Markets())
	}
	book, err := compliance.Builtin()
	if err != nil {
		return err
	}
	var rs []*compliance.Rule
	for _, r := range book.Rules() {
		if market == "" || r.Market == scruple.Market(market) {
			rs = append(rs, r)
		}
	}
	g.print(rs, func() {
		for _, r := range rs {
			fmt.Printf("%-36s %-10s %-5s %s\n", r.ID, r.Kind, r.Verdict, g.words(r.Title))
		}
		fmt.Printf("%d rules\n", len(rs))
	})
	return nil
}

func (g *globals) rulesExplain(id string) error {
	book, err := compliance.Builtin()
	if err != nil {
		return err
	}
	r, ok := book.Rule(id)
	if !ok {
		var ids []string
		for _, r := range book.Rules() {
			ids = append(ids, r.ID)
		}
		if near := strictyaml.Nearest(id, ids); near != "" {
			return fmt.Errorf("no rule %q; did you mean %q?", id, near)
		}
		return fmt.Errorf("no rule %q; scruple rules list shows all", id)
	}
	g.print(r, func() {
		fmt.Printf("%s  (%s, %s, %s)\n%s\n\n%s\n→ %s\n\n", r.ID, r.Market, r.Kind, r.Verdict, g.words(r.Title), g.words(r.Why), g.words(r.Fix))
		for _, b := range r.Basis {
			fmt.Printf("  %s", citation(b))
			if b.From != "" {
				fmt.Printf(", in force from %s", b.From)
			}
			if b.To != "" {
				fmt.Printf(" to %s", b.To)
			}
			fmt.Println()
		}
		fmt.Printf("\n  in %s:%d\n", r.File, r.Line)
		printExamples("flags", r.Flag)
		printExamples("lets pass", r.Pass)
	})
	return nil
}

func printExamples(label string, examples []compliance.Example) {
	fmt.Printf("\n  %s\n", label)
	for _, e := range examples {
		text := e.Text
		if e.Source != "" {
			text = e.Source
		}
		fmt.Printf("    %s\n", strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n    "))
	}
}

func (g *globals) rulesTest(folders []string) error {
	books := []fs.FS{compliance.Rules}
	for _, dir := range folders {
		own, err := ruleFolder(dir)
		if err != nil {
			return err
		}
		books = append(books, own)
	}
	book, err := compliance.Load(books...)
	if err != nil {
		return fmt.Errorf("rules in %s: %w", strings.Join(folders, ", "), err)
	}
	g.print(map[string]any{"rules": len(book.Rules()), "book": book.Digest()}, func() {
		fmt.Printf("%d rules load and pass all of their examples. Book %s\n", len(book.Rules()), book.Digest())
	})
	return nil
}

// ruleFolder opens a folder of rule files.
func ruleFolder(dir string) (fs.FS, error) {
	info, err := os.Stat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no folder %s; name the folder that holds your rule files (.yaml)", dir)
	}
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("%s is a file; name the folder of the book", dir)
	}
	own := os.DirFS(dir)
	if found, err := rulesIn(own); err != nil || !found {
		return nil, errors.Join(err, fmt.Errorf("there is no rule file (.yaml) in %s", dir))
	}
	return own, nil
}

// rulesIn reports whether a folder holds any rule file.
func rulesIn(dir fs.FS) (found bool, err error) {
	err = fs.WalkDir(dir, ".", func(name string, d fs.DirEntry, err error) error {
		found = found || err == nil && !d.IsDir() && strings.HasSuffix(name, ".yaml")
		return err
	})
	return found, err
}
