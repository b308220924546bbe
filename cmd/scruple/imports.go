package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/functions"
)

func newImport(g *globals) *cobra.Command {
	c := &cobra.Command{
		Use:   "import",
		Short: "Bring in products, consents and suppressions",
		Example: `  scruple import products products.yaml --as chen.data
  scruple import consents consents.csv --as chen.data
  scruple import suppressions stop-list.csv --as chen.data`,
	}
	kind := func(use, short, long string, do func(*house, context.Context, time.Time, scruple.Actor, string) (int, error)) {
		c.AddCommand(&cobra.Command{
			Use: use + " FILE...", Short: short, Long: long, Args: cobra.MinimumNArgs(1),
			Example: "  scruple import " + use + " FILE --as chen.data",
			RunE: func(cmd *cobra.Command, args []string) error {
				return g.importing(cmd.Context(), use, args, do)
			},
		})
	}
	kind("products", "Bring products into the master",
		"A product whose facts are as they were is left alone. A changed one voids every approval that rested on the old facts.",
		(*house).importProducts)
	kind("consents", "Bring in evidence of consent and withdrawal",
		"CSV with the columns customer_id, channel (empty: every), action (grant or withdraw), at (RFC 3339), source, and if wanted\npurpose, wording, expires. A line that is known already is not recorded twice.",
		(*house).importPermissions)
	kind("suppressions", "Bring in a list of people who may not be contacted",
		"CSV with the columns customer_id, channel (empty: every), reason, at (RFC 3339), source.",
		(*house).importPermissions)
	return c
}

func (g *globals) importing(ctx context.Context, what string, files []string, do func(*house, context.Context, time.Time, scruple.Actor, string) (int, error)) (err error) {
	hs, err := g.open(ctx, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, hs.Close()) }()
	who, err := g.actor(hs)
	if err != nil {
		return err
	}
	for _, name := range files {
		n, err := do(hs, ctx, g.time(), who, name)
		if err != nil {
			return err
		}
		g.print(map[string]any{"file": name, "new": n}, func() { fmt.Printf("%s: %d new or changed %s\n", name, n, what) })
	}
	return nil
}

func (hs *house) importProducts(ctx context.Context, now time.Time, who scruple.Actor, name string) (int, error) {
	src, err := os.ReadFile(name)
	if err != nil {
		return 0, err
	}
	ps, err := functions.Products(name, src)
	if err != nil {
		return 0, err
	}
	return hs.SetProducts(ctx, now, who, ps...)
}

func (hs *house) importPermissions(ctx context.Context, now time.Time, who scruple.Actor, name string) (int, error) {
	f, err := os.Open(name)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	const atOnce = 500
	var batch []functions.Permission
	total := 0
	flush := func() error {
		n, err := hs.Permit(ctx, now, who, batch...)
		total, batch = total+n, batch[:0]
		return err
	}
	for p, err := range functions.Permissions(name, f) {
		if err != nil {
			return total, err
		}
		if batch = append(batch, p); len(batch) == atOnce {
			if err := flush(); err != nil {
				return total, err
			}
		}
	}
	return total, flush()
}
