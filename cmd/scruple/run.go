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

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/functions"
	"github.com/scruple/scruple/internal/strictyaml"
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
	campaigns, err := hs.wanted(ctx, ids, g.time())
	if err != nil {
		return err
	}
	if !asScheduled {
		campaigns = g.comeDue(campaigns)
	}
	if err := hs.checkAll(ctx, campaigns); err != nil {
		return err
	}
	if err := hs.bringIn(ctx, g.time()); err != nil {
		return err
	}
	doubts, err := hs.Resume(ctx, g.time(), func(w string) bool { return w == hs.Worker })
	if err != nil { // of single records; they stop no others, and ledger verify names them
		fmt.Fprintln(os.Stderr, "scruple:", err)
	}
	if err := hs.Reclaim(ctx, g.time()); err != nil {
		return err
	}
	p := newProgress(os.Stderr, g.format == "text")
	var runs []string
	for _, c := range campaigns {
		clock := g.clock
		if asScheduled {
			clock = shifted(c.due)
		}
		id, err := hs.runOne(ctx, c, clock, p)
		if err != nil {
			return err
		}
		runs = append(runs, id)
	}
	var reports []*report // at the end: what one campaign deferred may have left while a later one ran
	for _, id := range runs {
		r, err := hs.report(ctx, id)
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

// comeDue leaves out the campaigns whose moment has not come, and says so.
func (g *globals) comeDue(campaigns []dueCampaign) []dueCampaign {
	return slices.DeleteFunc(campaigns, func(c dueCampaign) bool {
		early := c.due.After(g.time())
		if early {
			fmt.Fprintf(os.Stderr, "%s is due at %s; not run yet (scruple serve waits for it)\n", c.ID, c.due.Format(time.RFC3339))
		}
		return early
	})
}

// runOne launches a campaign, does all the work there is now, and returns the run's id.
func (hs *house) runOne(ctx context.Context, c dueCampaign, clock func() time.Time, p *progress) (string, error) {
	p.campaign(c.ID)
	defer p.end()
	run, err := hs.Launch(ctx, clock().UTC(), functions.Self, c.Campaign, c.due)
	if err != nil {
		return "", err
	}
	crew := functions.Crew{Clock: clock, Preparers: runtime.NumCPU(), Deliverers: deliverers, Progress: p.tally}
	if err := hs.Drain(ctx, crew); err != nil {
		return "", fmt.Errorf("campaign %s: %w", c.ID, err)
	}
	return run.ID, nil
}

// dueCampaign is a campaign with the moment it is to run for.
type dueCampaign struct {
	*functions.Campaign
	due time.Time
}

// wanted loads the campaigns that were named, or all, in the order in which they are due.
// A campaign by cron is due at its latest occurrence before now.
func (hs *house) wanted(ctx context.Context, ids []string, now time.Time) ([]dueCampaign, error) {
	all, err := hs.Campaigns(ctx, "campaigns")
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("there is no campaign in %s", filepath.Join(hs.dir, "campaigns"))
	}
	if err := hs.known(all, ids); err != nil {
		return nil, err
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
		if due.IsZero() {
			if due, err = lastOccurrence(c, now); err != nil {
				return nil, err
			}
		}
		out = append(out, dueCampaign{c, due})
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

// known refuses ids that no campaign has.
func (hs *house) known(all []*functions.Campaign, ids []string) error {
	var has []string
	for _, c := range all {
		has = append(has, c.ID)
	}
	for _, id := range ids {
		if slices.Contains(has, id) {
			continue
		}
		hint := "scruple campaign list shows what there is"
		if near := strictyaml.Nearest(id, has); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		return fmt.Errorf("no campaign %q in %s; %s", id, filepath.Join(hs.dir, "campaigns"), hint)
	}
	return nil
}

// checkAll looks at every file and campaign that a run will use, so that a fault in any of them leaves everything as it was.
// All campaigns with a fault are named.
func (hs *house) checkAll(ctx context.Context, campaigns []dueCampaign) error {
	products, err := hs.checkImports()
	if err != nil {
		return err
	}
	var faults []error
	for _, c := range campaigns {
		faults = append(faults, hs.CheckLaunch(ctx, c.Campaign, c.due, products...))
	}
	return errors.Join(faults...)
}

// checkImports goes through the files that the configuration names and returns the products among them.
func (hs *house) checkImports() (products []scruple.Product, err error) {
	for _, name := range hs.config.Products {
		ps, err := readProducts(filepath.Join(hs.dir, name))
		if err != nil {
			return nil, fmt.Errorf("products in scruple.yaml: %w", err)
		}
		products = append(products, ps...)
	}
	for _, name := range hs.config.Consents {
		if err := checkPermissions(filepath.Join(hs.dir, name), func(functions.Permission) error { return nil }); err != nil {
			return nil, fmt.Errorf("consents in scruple.yaml: %w", err)
		}
	}
	return products, nil
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
