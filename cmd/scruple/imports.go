package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
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
	kind := func(use, short, long string, k importer) {
		c.AddCommand(&cobra.Command{
			Use: use + " FILE...", Short: short, Long: long, Args: cobra.MinimumNArgs(1),
			Example: "  scruple import " + use + " FILE --as chen.data",
			RunE: func(cmd *cobra.Command, args []string) error {
				return g.importing(cmd.Context(), use, args, k)
			},
		})
	}
	kind("products", "Bring products into the master",
		"A product whose facts are as they were is left alone. A changed one voids every approval that rested on the old facts.",
		productFiles)
	kind("consents", "Bring in evidence of consent and withdrawal",
		"CSV with the columns customer_id, channel (empty: every), action (grant or withdraw), at (RFC 3339), source, and if wanted\npurpose, wording, expires. A line that is known already is not recorded twice.",
		consentFiles)
	kind("suppressions", "Bring in a list of people who may not be contacted",
		"CSV with the columns customer_id, channel (empty: every), reason, at (RFC 3339), source.",
		suppressionFiles)
	return c
}

// importer is a kind of file that can be brought in. check goes through a whole file, so that one with a fault leaves nothing.
type importer struct {
	check func(name string) error
	bring func(hs *house, ctx context.Context, now time.Time, who scruple.Actor, name string) (int, error)
}

var (
	productFiles     = importer{checkProducts, (*house).importProducts}
	consentFiles     = importer{checkConsents, (*house).importPermissions}
	suppressionFiles = importer{checkSuppressions, (*house).importPermissions}
)

func (g *globals) importing(ctx context.Context, what string, files []string, k importer) (err error) {
	for _, name := range files {
		if err := k.check(name); err != nil {
			return err
		}
	}
	hs, err := g.open(ctx, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, hs.Close()) }()
	who, err := g.actor(hs)
	if err != nil {
		return err
	}
	type imported struct {
		File string `json:"file"`
		New  int    `json:"new"`
	}
	var all []imported
	for _, name := range files {
		n, err := k.bring(hs, ctx, g.time(), who, name)
		if err != nil {
			return fmt.Errorf("import %s: %w", name, err)
		}
		all = append(all, imported{name, n})
	}
	g.print(all, func() {
		for _, f := range all {
			fmt.Printf("%s: %d new or changed %s\n", f.File, f.New, what)
		}
	})
	return nil
}

// input opens a file that somebody named.
func input(name string) (*os.File, error) {
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no file %s", name)
	}
	return f, err
}

func readProducts(name string) ([]scruple.Product, error) {
	f, err := input(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	src, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	return functions.Products(name, src)
}

func checkProducts(name string) error {
	_, err := readProducts(name)
	return err
}

func (hs *house) importProducts(ctx context.Context, now time.Time, who scruple.Actor, name string) (int, error) {
	ps, err := readProducts(name)
	if err != nil {
		return 0, err
	}
	return hs.SetProducts(ctx, now, who, ps...)
}

func checkConsents(name string) error {
	return checkPermissions(name, func(p functions.Permission) error {
		if p.Consent == nil {
			return fmt.Errorf("%s holds suppressions, not consents; bring it in with: scruple import suppressions %s", name, name)
		}
		return nil
	})
}

func checkSuppressions(name string) error {
	return checkPermissions(name, func(p functions.Permission) error {
		if p.Suppression == nil {
			return fmt.Errorf("%s holds consents, not suppressions; bring it in with: scruple import consents %s", name, name)
		}
		return nil
	})
}

// checkPermissions goes through a whole file of consents or suppressions.
func checkPermissions(name string, fits func(functions.Permission) error) error {
	f, err := input(name)
	if err != nil {
		return err
	}
	defer f.Close()
	for p, err := range functions.Permissions(name, f) {
		if err == nil {
			err = fits(p)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (hs *house) importPermissions(ctx context.Context, now time.Time, who scruple.Actor, name string) (int, error) {
	f, err := input(name)
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
