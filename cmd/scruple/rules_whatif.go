package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/compliance"
	"github.com/scruple/scruple/functions"
)

func newWhatIf(g *globals) *cobra.Command {
	var run string
	c := &cobra.Command{
		Use: "what-if FOLDER...", Short: "Tell what more rules would have made of past messages", Args: cobra.MinimumNArgs(1),
		Long: `What-if judges the messages of past runs again, on the facts of that day, by the rules of the house and those of the folders, and
counts how many more would be held, blocked or let go, and by which rule. Nothing is written.`,
		Example: "  scruple rules what-if draft-rules/ --house examples/bank\n  scruple rules what-if draft-rules/ --run cn-wealth-sms@2026-11-23T02:00:00Z",
		RunE: func(cmd *cobra.Command, args []string) error {
			return g.whatIf(cmd.Context(), args, run)
		},
	}
	c.Flags().StringVar(&run, "run", "", "only this run; empty: all runs of the house")
	return c
}

func newWaivers(g *globals) *cobra.Command {
	return &cobra.Command{
		Use: "waivers", Short: "List the waivers of the house, and count what they let go", Args: cobra.NoArgs,
		Example: "  scruple rules waivers --house examples/bank",
		RunE:    func(cmd *cobra.Command, _ []string) error { return g.waivers(cmd.Context()) },
	}
}

func (g *globals) whatIf(ctx context.Context, folders []string, run string) (err error) {
	hs, err := g.open(ctx, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, hs.Close()) }()
	files := slices.Clone(hs.BookFiles)
	for _, dir := range folders {
		own, err := ruleFolder(dir)
		if err != nil {
			return err
		}
		files = append(files, own)
	}
	book, err := compliance.Load(files...)
	if err != nil {
		return err
	}
	w, err := g.judgeAgain(ctx, hs, book, run)
	if err != nil {
		return err
	}
	g.print(w, func() {
		fmt.Printf("%d messages judged again\n", w.Messages)
		for _, v := range []scruple.Verdict{scruple.Pass, scruple.Hold, scruple.Block} {
			fmt.Printf("  %-6s %8d before %8d after %+8d\n", v, w.Before[v], w.After[v], w.After[v]-w.Before[v])
		}
		for _, c := range w.Changes {
			fmt.Printf("  %8d  %s -> %s  %s  (such as %s)\n", c.Count, c.From, c.To, c.Rule, c.Sample)
		}
	})
	if len(w.Changes) > 0 {
		return errFindings
	}
	return nil
}

// judgeAgain judges one run, or all, by a book.
func (g *globals) judgeAgain(ctx context.Context, hs *house, book *compliance.Book, run string) (*functions.WhatIf, error) {
	runs := []string{run}
	if run == "" {
		all, err := hs.Runs(ctx)
		if err != nil {
			return nil, err
		}
		runs = runs[:0]
		for i := range all {
			runs = append(runs, all[i].ID)
		}
	}
	w := &functions.WhatIf{}
	p := newProgress(os.Stderr, g.format == "text")
	defer p.end()
	for _, id := range runs {
		p.campaign(id)
		if err := hs.WhatIf(ctx, id, book, w, func() { p.add(1) }); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// waiverCount is a waiver and how it stands.
type waiverCount struct {
	compliance.Waiver
	State  string `json:"state"`  // in force, not yet, expired, or removed
	Waived int    `json:"waived"` // findings of past messages that it let go
}

func (g *globals) waivers(ctx context.Context) (err error) {
	hs, err := g.open(ctx, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, hs.Close()) }()
	w, err := g.judgeAgain(ctx, hs, hs.Book, "")
	if err != nil {
		return err
	}
	day := scruple.DateOf(g.time())
	out := []waiverCount{}
	for _, v := range hs.Book.Waivers() {
		c := waiverCount{Waiver: v, State: "in force", Waived: w.Waived[v.ID]}
		switch {
		case day < v.From:
			c.State = "not yet"
		case day > v.To:
			c.State = "expired"
		}
		delete(w.Waived, v.ID)
		out = append(out, c)
	}
	for _, id := range slices.Sorted(maps.Keys(w.Waived)) {
		out = append(out, waiverCount{Waiver: compliance.Waiver{ID: id}, State: "removed", Waived: w.Waived[id]})
	}
	g.print(out, func() {
		for _, c := range out {
			fmt.Printf("%s  %s, %s to %s: %d findings let go\n  %s  %s\n  asked for by %s, approved by %s\n", c.ID, c.State, c.From, c.To, c.Waived, c.Rule, c.Reason, c.By, c.Approved)
		}
		fmt.Printf("%d waivers\n", len(out))
	})
	return nil
}
