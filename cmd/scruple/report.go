package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/functions"
)

// report is how a run stands: its funnel, and what waits.
type report struct {
	Run     *functions.Run            `json:"run"`
	States  map[scruple.State]int     `json:"states"`
	Reasons map[string]map[string]int `json:"reasons"` // state -> reason -> messages
	Cards   []cardCount               `json:"held"`
	Doubts  []functions.Doubt         `json:"in_doubt,omitempty"`
	// Missing is how many officers must still sign the run before anything of it may leave.
	Missing int `json:"signatures_missing,omitempty"`
}

type cardCount struct {
	Card  functions.Card `json:"card"`
	Count int            `json:"count"`
}

func (hs *house) report(ctx context.Context, run string) (*report, error) {
	r := &report{States: map[scruple.State]int{}, Reasons: map[string]map[string]int{}}
	var err error
	if r.Run, err = hs.Run(ctx, run); err != nil {
		return nil, err
	}
	tally, err := hs.Count(ctx, run)
	if err != nil {
		return nil, err
	}
	for k, n := range tally {
		if k.Reason == "" {
			r.States[k.State] = n
			continue
		}
		if r.Reasons[string(k.State)] == nil {
			r.Reasons[string(k.State)] = map[string]int{}
		}
		r.Reasons[string(k.State)][k.Reason] = n
	}
	cards, err := hs.Cards(ctx, run)
	if err != nil {
		return nil, err
	}
	for i := range cards {
		held, err := hs.Held(ctx, &cards[i])
		if err != nil {
			return nil, err
		}
		if held.Count > 0 {
			r.Cards = append(r.Cards, cardCount{cards[i], held.Count})
		}
	}
	slices.SortStableFunc(r.Cards, func(a, b cardCount) int { return b.Count - a.Count })
	signed, err := hs.Signed(ctx, run, time.Now())
	if err != nil {
		return nil, err
	}
	r.Missing = signed.Missing
	r.Doubts, err = hs.InDoubt(ctx, run)
	return r, err
}

func (g *globals) printReports(ctx context.Context, hs *house, reports []*report, doubts int) error {
	if g.format == "json" {
		g.print(map[string]any{"runs": reports, "newly_in_doubt": doubts}, nil)
		return nil
	}
	for _, r := range reports {
		r.funnel()
	}
	if doubts > 0 {
		fmt.Printf("%d messages of an earlier process are in doubt: nobody knows whether they were sent, and they are not sent again.\n\n", doubts)
	}
	if err := g.showOneHeld(ctx, hs, reports); err != nil {
		return err
	}
	g.whatNext(hs, reports)
	return nil
}

func (r *report) funnel() {
	f := r.Run.Funnel
	fmt.Printf("%s  (%s, %s, tier %s, due %s)\n", r.Run.ID, r.Run.Campaign.Market, r.Run.Campaign.Channel, r.Run.Tier, r.Run.Due.Format("2006-01-02 15:04 MST"))
	line := func(label string, n int) { fmt.Printf("  %-34s %7d\n", label, n) }
	line("rows read", f.Read)
	reasons("rejected", f.Rejected)
	some := func(label string, n int) {
		if n > 0 {
			line(label, n)
		}
	}
	some("merged (same customer)", f.Merged)
	some("filtered out", f.Filtered)
	some("held out as control", f.HeldOut)
	line("recipients", f.Rows)
	if r.unsigned() {
		fmt.Printf("  waits for the signatures of %d more officers: scruple desk show '%s'\n", r.Missing, r.Run.ID)
	}
	reasons("withheld", r.Reasons[string(scruple.Withheld)])
	for _, c := range r.Cards {
		line("held  "+c.Card.ID, c.Count)
		fmt.Printf("        %s\n", strings.Join(rulesOf(c.Card.Findings), ", "))
	}
	for _, s := range []scruple.State{scruple.Queued, scruple.Deferred, scruple.Claimed, scruple.InDoubt, scruple.Sent, scruple.Delivered, scruple.Bounced, scruple.Refused, scruple.Withdrawn, scruple.Expired} {
		some(string(s), r.States[s])
	}
	decided := 0
	for _, n := range r.States {
		decided += n
	}
	if r.Run.Status != functions.Unsigned {
		some("not decided yet", f.Rows-decided)
	}
	approved := 0
	for _, s := range []scruple.State{scruple.Queued, scruple.Deferred, scruple.Claimed, scruple.InDoubt, scruple.Sent, scruple.Delivered, scruple.Bounced, scruple.Refused} {
		approved += r.States[s]
	}
	if r.Run.Status != functions.Unsigned {
		line("approved in all", approved)
	}
	fmt.Println()
}

// unsigned tells that nothing of the run may leave before officers have signed it.
func (r *report) unsigned() bool { return r.Missing > 0 && r.Run.Status != functions.Stopped }

func reasons(label string, by map[string]int) {
	for _, reason := range slices.Sorted(maps.Keys(by)) {
		fmt.Printf("  %-34s %7d\n", label+"  "+reason, by[reason])
	}
}

func rulesOf(fs scruple.Findings) []string {
	var out []string
	for _, f := range fs {
		if f.Verdict != scruple.Pass && !slices.Contains(out, f.Rule) {
			out = append(out, f.Rule)
		}
	}
	return out
}

// showOneHeld shows one held message as an officer sees it.
func (g *globals) showOneHeld(ctx context.Context, hs *house, reports []*report) error {
	for _, r := range reports {
		for _, c := range r.Cards {
			if c.Card.Alone || !slices.ContainsFunc(c.Card.Findings, func(f scruple.Finding) bool { return f.Part != "" }) {
				continue
			}
			fmt.Println("One held message, as an officer sees it:")
			fmt.Println()
			return g.showCard(ctx, hs, &c.Card)
		}
	}
	return nil
}

func (g *globals) whatNext(hs *house, reports []*report) {
	var dirs []string
	for _, c := range hs.config.Carriers {
		if dir, ok := strings.CutPrefix(c.URL, "file:"); ok && !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
	}
	slices.Sort(dirs)
	for _, dir := range dirs {
		if abs, err := filepath.Abs(dir); err == nil {
			dir = abs
		}
		fmt.Printf("Delivered messages lie in %s (open the .eml files with any mail client).\n", dir)
	}
	me, h := os.Args[0], "--house "+hs.dir
	fmt.Printf("\nNext:\n  %s desk list %s\n", me, h)
	for _, r := range reports {
		for _, c := range r.Cards {
			fmt.Printf("  %s desk show %s %s\n  %s desk approve %s --as OFFICER --reason \"...\" %s\n", me, c.Card.ID, h, me, c.Card.ID, h)
			fmt.Printf("  %s why --message %s %s\n", me, c.Card.Sample, h)
			fmt.Printf("  %s ledger verify %s\n", me, h)
			return
		}
	}
	fmt.Printf("  %s ledger verify %s\n", me, h)
}
