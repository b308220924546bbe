package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/scruple/scruple/functions"
)

func newRun(g *globals) *cobra.Command {
	var asScheduled bool
	c := &cobra.Command{
		Use:   "run [CAMPAIGN...]",
		Short: "Run campaigns that are due, deliver what may go, and end",
		Long: `Run launches each campaign whose moment has come (all of campaigns/, or those named by id), checks and decides every
message, delivers what may go now, and ends. A run that was begun goes on where it was; nothing is sent twice.

With --as-scheduled each campaign is run as if it were its own scheduled moment, in their order: a rehearsal of the day.`,
		Example: `  scruple run --house examples/bank --as-scheduled
  scruple run cn-wealth-sms`,
		RunE: func(cmd *cobra.Command, args []string) error { return g.run(cmd.Context(), args, asScheduled) },
	}
	c.Flags().BoolVar(&asScheduled, "as-scheduled", false, "run each campaign at its own scheduled moment")
	return c
}

func (g *globals) run(ctx context.Context, ids []string, asScheduled bool) (err error) {
	hs, err := g.open(ctx, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, hs.Close()) }()
	campaigns, err := hs.wanted(ctx, ids)
	if err != nil {
		return err
	}
	if err := hs.bringIn(ctx, g.time()); err != nil {
		return err
	}
	doubts, err := hs.Resume(ctx, g.time(), func(w string) bool { return w == hs.Worker })
	if err != nil {
		return err
	}
	if err := hs.Reclaim(ctx, g.time()); err != nil {
		return err
	}
	p := newProgress(os.Stderr, g.format == "text")
	clock, err := g.clock()
	if err != nil {
		return err
	}
	var reports []*report
	for _, c := range campaigns {
		due := c.due
		if asScheduled {
			clock = shifted(due)
		} else if due.After(clock()) {
			fmt.Fprintf(os.Stderr, "%s is due at %s; not run yet (scruple serve waits for it)\n", c.ID, due.Format(time.RFC3339))
			continue
		}
		p.campaign(c.ID)
		run, err := hs.Launch(ctx, clock().UTC(), functions.Self, c.Campaign, due)
		if err != nil {
			p.end()
			return err
		}
		err = hs.Drain(ctx, functions.Crew{Clock: clock, Preparers: runtime.NumCPU(), Deliverers: 16, Progress: p.tally})
		p.end()
		if err != nil {
			return fmt.Errorf("campaign %s: %w", c.ID, err)
		}
		r, err := hs.report(ctx, run.ID)
		if err != nil {
			return err
		}
		reports = append(reports, r)
	}
	if err := hs.checkpoint(ctx); err != nil {
		return err
	}
	return g.printReports(ctx, hs, reports, doubts)
}

// dueCampaign is a campaign with the moment it is to run for.
type dueCampaign struct {
	*functions.Campaign
	due time.Time
}

// wanted loads the campaigns that were named, or all, in the order in which they are due.
func (hs *house) wanted(ctx context.Context, ids []string) ([]dueCampaign, error) {
	all, err := hs.Campaigns(ctx, "campaigns")
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("there is no campaign in %s", filepath.Join(hs.dir, "campaigns"))
	}
	var out []dueCampaign
	for _, c := range all {
		if len(ids) > 0 && !slices.Contains(ids, c.ID) {
			continue
		}
		due, err := c.When.Due()
		if err != nil {
			return nil, err
		}
		if due.IsZero() { // by cron: the latest occurrence
			if due, err = lastOccurrence(c.When, time.Now()); err != nil {
				return nil, err
			}
		}
		out = append(out, dueCampaign{c, due})
	}
	if len(out) < len(ids) {
		return nil, fmt.Errorf("no campaign of that id among %d in %s; scruple campaign list shows them", len(all), filepath.Join(hs.dir, "campaigns"))
	}
	slices.SortStableFunc(out, func(a, b dueCampaign) int { return a.due.Compare(b.due) })
	return out, nil
}

// bringIn imports the product and consent files that the configuration names; what is known already stays as it is.
func (hs *house) bringIn(ctx context.Context, now time.Time) error {
	for _, name := range hs.config.Products {
		if _, err := hs.importProducts(ctx, now, functions.Self, filepath.Join(hs.dir, name)); err != nil {
			return err
		}
	}
	for _, name := range hs.config.Consents {
		if _, err := hs.importPermissions(ctx, now, functions.Self, filepath.Join(hs.dir, name)); err != nil {
			return err
		}
	}
	return nil
}

// checkpoint signs what was recorded so far.
func (hs *house) checkpoint(ctx context.Context) error {
	signer, err := hs.signer()
	if err != nil {
		return err
	}
	_, err = hs.Checkpoint(ctx, time.Now().UTC(), signer)
	return err
}
