package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/compliance/review"
	"github.com/scruple/scruple/functions"
)

func newDesk(g *globals) *cobra.Command {
	c := &cobra.Command{
		Use:   "desk",
		Short: "See what is held, and rule on it",
		Long: `A card is all messages of one run that have one shape and are held for the same reasons; an officer rules on it once. A run
of tier middle or high waits for one or two officers' signatures before it starts; its id stands for it here.`,
		Example: `  scruple desk list
  scruple desk show 5f0c9a11-0d2c1f2e7a6b4c3d
  scruple desk approve 5f0c9a11-0d2c1f2e7a6b4c3d --as li.officer --reason "benchmark is explained in the next sentence"`,
	}
	c.AddCommand(
		&cobra.Command{
			Use: "list", Short: "List what waits for an officer", Args: cobra.NoArgs, Example: "  scruple desk list --house examples/bank",
			RunE: func(cmd *cobra.Command, _ []string) error { return g.with(cmd.Context(), g.deskList) },
		},
		&cobra.Command{
			Use: "show SUBJECT", Short: "Show one card or run", Args: cobra.ExactArgs(1), Example: "  scruple desk show 5f0c9a11-0d2c1f2e7a6b4c3d",
			RunE: func(cmd *cobra.Command, args []string) error {
				return g.with(cmd.Context(), func(ctx context.Context, hs *house) error { return g.deskShow(ctx, hs, args[0]) })
			},
		},
		g.ruling(review.Approve, "Let the messages of a card go, or sign a run"),
		g.ruling(review.Reject, "Withhold the messages of a card, or stop a run"),
		g.ruling(review.RequestChanges, "Keep it waiting until there is a new version"),
		g.ruling(review.Withdraw, "Take back an approval and empty the queue"),
	)
	return c
}

// with opens the house beside whatever else works on it, and closes it.
func (g *globals) with(ctx context.Context, do func(context.Context, *house) error) (err error) {
	hs, err := g.open(ctx, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, hs.Close()) }()
	return do(ctx, hs)
}

func (g *globals) ruling(action review.Action, short string) *cobra.Command {
	var reason string
	c := &cobra.Command{
		Use: string(action) + " SUBJECT", Short: short, Args: cobra.ExactArgs(1),
		Example: "  scruple desk " + string(action) + " 5f0c9a11-0d2c1f2e7a6b4c3d --as li.officer --reason \"...\"",
		RunE: func(cmd *cobra.Command, args []string) error {
			return g.with(cmd.Context(), func(ctx context.Context, hs *house) error {
				who, err := g.actor(hs)
				if err != nil {
					return err
				}
				s, err := hs.Rule(ctx, g.time(), who, args[0], action, reason)
				if err != nil {
					return err
				}
				g.print(s, func() {
					fmt.Printf("%s: %s", args[0], s.Status)
					if s.Missing > 0 && action == review.Approve {
						fmt.Printf(", %d more officers must sign", s.Missing)
					}
					fmt.Println("\nThe messages follow at once where scruple serve runs, else with the next scruple run.")
				})
				return nil
			})
		},
	}
	c.Flags().StringVar(&reason, "reason", "", "why (needed)")
	return c
}

func (g *globals) deskList(ctx context.Context, hs *house) error {
	runs, err := hs.Runs(ctx)
	if err != nil {
		return err
	}
	waiting := []*report{}
	for i := range runs {
		r, err := hs.report(ctx, runs[i].ID)
		if err != nil {
			return err
		}
		if len(r.Cards) > 0 || r.unsigned() {
			waiting = append(waiting, r)
		}
	}
	g.print(waiting, func() {
		if len(waiting) == 0 {
			fmt.Println("Nothing waits for an officer.")
		}
		for _, r := range waiting {
			if r.unsigned() {
				fmt.Printf("%s\n    run of tier %s to %d people: %d more officers must sign\n", r.Run.ID, r.Run.Tier, r.Run.Funnel.Rows, r.Missing)
			}
			for _, c := range r.Cards {
				fmt.Printf("%s  %6d held  %s  %s\n    %s\n", c.Card.ID, c.Count, c.Card.Campaign, c.Card.Since.Format(time.DateOnly), strings.Join(rulesOf(c.Card.Findings), ", "))
			}
		}
	})
	return nil
}

func (g *globals) deskShow(ctx context.Context, hs *house, subject string) error {
	card, err := hs.Card(ctx, subject)
	if err == nil {
		if g.format == "json" {
			held, err := hs.Held(ctx, card)
			g.print(map[string]any{"card": card, "held": held}, nil)
			return err
		}
		return g.showCard(ctx, hs, card)
	}
	if !errors.Is(err, functions.ErrNoCard) {
		return err
	}
	r, err := hs.report(ctx, subject)
	if err != nil {
		return err
	}
	copies, err := hs.Copies(ctx, subject)
	if err != nil {
		return err
	}
	g.print(map[string]any{"run": r, "copy": copies}, func() { g.showRun(r, copies) })
	return nil
}

// showRun prints all that an officer signs when signing a run: the copy, the audience, the product, the moment.
func (g *globals) showRun(r *report, copies []functions.Copy) {
	r.funnel()
	for _, c := range copies {
		fmt.Printf("  Variant %s, %s of the audience, template %s\n\n", c.Variant, share(c.Share), c.Ref)
		printMessage(&c.Message, c.Findings, "    ")
		fmt.Println()
	}
	c := r.Run.Campaign
	if len(copies) > 0 && copies[0].Product != nil {
		printProduct(copies[0].Product)
	}
	fmt.Printf("    List %s, filter %s, held out %s\n", c.Segment.File, orAny(c.Filter), share(c.HoldOut))
	fmt.Printf("    Due %s, latest start %s\n", r.Run.Due.Format(time.RFC3339), orAny(c.When.LatestStart))
	fmt.Printf("    Seal %s\n    Authors %s (may not approve)\n", r.Run.Seal, strings.Join(r.Run.Authors, ", "))
	printRulings(r.Run.Rulings)
}

func share(s float64) string { return fmt.Sprintf("%.0f %%", 100*s) }

func orAny(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

func printProduct(p *scruple.Product) {
	fmt.Printf("    Product %s  %s  %s  %s\n", p.ID, p.Name, p.Grade(), p.Status)
	for _, rate := range p.Rates {
		fmt.Printf("      %-14s %v to %v %s %s\n", rate.Kind, rate.Low, rate.High, rate.Unit, rate.Period)
	}
}

// showCard prints a card: the copy of one of its messages with the words marked, what was found, whom it is for.
func (g *globals) showCard(ctx context.Context, hs *house, c *functions.Card) error {
	held, err := hs.Held(ctx, c)
	if err != nil {
		return err
	}
	w, err := hs.WhyMessage(ctx, c.Sample)
	if err != nil {
		return err
	}
	_, need := review.Signatures(c.Tier)
	fmt.Printf("  Card %s   %s   %s, variant %s   %d messages   tier %s: %d officer(s)\n\n", c.ID, c.Run, c.Ref, c.Variant, held.Count, c.Tier, need)
	printMessage(&w.Message, c.Findings, "    ")
	fmt.Println()
	g.findings(c.Findings, hs.Book.Rule, "    ")
	if len(held.Coverage.Slots) > 0 {
		fmt.Println("\n    Slots:")
		for _, name := range sortedNames(held.Coverage.Slots) {
			r := held.Coverage.Slots[name]
			if r.Number {
				fmt.Printf("      %-20s %v to %v\n", name, r.Min, r.Max)
			} else {
				fmt.Printf("      %-20s at most %d characters\n", name, r.Longest)
			}
		}
	}
	if w.Product != nil {
		fmt.Println()
		printProduct(w.Product)
	}
	fmt.Printf("\n    Authors %s (may not approve)\n", strings.Join(c.Authors, ", "))
	printRulings(c.Rulings)
	fmt.Println()
	return nil
}

func printRulings(rs []review.Ruling) {
	for _, r := range rs {
		fmt.Printf("    %s by %s at %s: %s\n", r.Action, r.By, r.At.Format(time.RFC3339), r.Reason)
	}
}
