package main

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"github.com/scruple/scruple/functions"
)

func newCampaign(g *globals) *cobra.Command {
	c := &cobra.Command{
		Use: "campaign", Short: "See runs, and pause, resume or stop them",
		Example: `  scruple campaign list
  scruple campaign stop cn-wealth-sms@20261123T023000Z --as zhao.ops`,
	}
	c.AddCommand(
		&cobra.Command{
			Use: "list", Short: "List campaigns and their runs", Args: cobra.NoArgs, Example: "  scruple campaign list --house examples/bank",
			RunE: func(cmd *cobra.Command, _ []string) error { return g.with(cmd.Context(), g.campaignList) },
		},
		&cobra.Command{
			Use: "show RUN", Short: "Show the funnel of a run", Args: cobra.ExactArgs(1), Example: "  scruple campaign show cn-wealth-sms@20261123T023000Z",
			RunE: func(cmd *cobra.Command, args []string) error {
				return g.with(cmd.Context(), func(ctx context.Context, hs *house) error {
					r, err := hs.report(ctx, args[0])
					if err == nil {
						g.print(r, r.funnel)
					}
					return err
				})
			},
		},
		g.controlling("pause", functions.Paused, "Let nothing leave until resumed"),
		g.controlling("resume", functions.Running, "Go on with a paused run"),
		g.controlling("stop", functions.Stopped, "Stop a run for good, and list who got it already"),
	)
	return c
}

func (g *globals) campaignList(ctx context.Context, hs *house) error {
	campaigns, err := hs.Campaigns(ctx, "campaigns")
	if err != nil {
		return err
	}
	runs, err := hs.Runs(ctx)
	if err != nil {
		return err
	}
	g.print(map[string]any{"campaigns": campaigns, "runs": runs}, func() {
		for _, c := range campaigns {
			fmt.Printf("%-24s %-3s %-7s %s%s  %s\n", c.ID, c.Market, c.Channel, c.When.At, c.When.Cron, c.Title)
			for i := range runs {
				if runs[i].Campaign.ID == c.ID {
					fmt.Printf("    %-44s %-9s %7d recipients\n", runs[i].ID, runs[i].Status, runs[i].Funnel.Rows)
				}
			}
		}
	})
	return nil
}

func (g *globals) controlling(use string, to functions.RunStatus, short string) *cobra.Command {
	return &cobra.Command{
		Use: use + " RUN", Short: short, Args: cobra.ExactArgs(1), Example: "  scruple campaign " + use + " cn-wealth-sms@20261123T023000Z --as zhao.ops",
		RunE: func(cmd *cobra.Command, args []string) error {
			return g.with(cmd.Context(), func(ctx context.Context, hs *house) error { return g.control(ctx, hs, args[0], to) })
		},
	}
}

func (g *globals) control(ctx context.Context, hs *house, run string, to functions.RunStatus) error {
	who, err := g.actor(hs)
	if err != nil {
		return err
	}
	if err := hs.Control(ctx, g.time(), who, run, to); err != nil {
		return err
	}
	if to != functions.Stopped {
		g.print(map[string]any{"run": run, "status": to}, func() { fmt.Printf("%s is %s.\n", run, to) })
		return nil
	}
	// Nothing is claimed any more; take what waits out of the queue, then say who got it.
	if _, err := hs.Follow(ctx, g.time(), functions.Following{Run: run}); err != nil {
		return err
	}
	got, err := hs.Receipt(ctx, run)
	if err != nil {
		return err
	}
	g.print(got, func() {
		fmt.Printf("%s is stopped. Sent to %d, in doubt for %d, not sent to %d.\n", run, len(got.Sent), len(got.Doubt), len(got.Not))
		for _, id := range got.Doubt {
			fmt.Println("  in doubt:", id)
		}
		fmt.Println("The whole list: scruple campaign stop", run, "--format json")
	})
	return nil
}

func sortedNames[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
