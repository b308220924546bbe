package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/functions"
)

func newConsent(g *globals) *cobra.Command {
	c := &cobra.Command{
		Use: "consent", Short: "See what a customer agreed to, and record a grant or a withdrawal",
		Example: `  scruple consent show C000042
  scruple consent withdraw C000042 --channel sms --source "call centre" --as chen.data`,
	}
	c.AddCommand(
		&cobra.Command{
			Use: "show CUSTOMER", Short: "Show a customer's permissions with their evidence", Args: cobra.ExactArgs(1), Example: "  scruple consent show C000042",
			RunE: func(cmd *cobra.Command, args []string) error {
				return g.with(cmd.Context(), func(ctx context.Context, hs *house) error { return g.consentShow(ctx, hs, args[0]) })
			},
		},
		g.consenting("grant", "Record that a customer agreed"),
		g.consenting("withdraw", "Record that a customer withdrew; it reaches what is queued already"),
	)
	return c
}

func (g *globals) consentShow(ctx context.Context, hs *house, customer string) error {
	p, err := hs.Person(ctx, customer)
	if err != nil {
		return err
	}
	entries, err := hs.Evidence(ctx, customer)
	if err != nil {
		return err
	}
	g.print(map[string]any{"person": p, "ledger": entries}, func() {
		for _, e := range p.Consents {
			fmt.Printf("%s  %-8s %-10s %-7s from %s", e.At.Format(time.RFC3339), e.Action, e.Purpose, orAll(e.Channel), e.Source)
			if e.Wording != "" {
				fmt.Printf(", wording %s", e.Wording)
			}
			if !e.Expires.IsZero() {
				fmt.Printf(", until %s", e.Expires.Format(time.RFC3339))
			}
			fmt.Println()
		}
		for _, s := range p.Suppressions {
			fmt.Printf("%s  suppressed %s: %s, from %s\n", s.At.Format(time.RFC3339), orAll(s.Channel), s.Reason, s.Source)
		}
		for _, t := range p.Touches {
			fmt.Printf("%s  contact by %s, campaign %s, message %s\n", t.At.Format(time.RFC3339), t.Channel, t.Campaign, t.Message)
		}
		if len(p.Consents)+len(p.Suppressions)+len(p.Touches) == 0 {
			fmt.Println("Nothing is known of this customer.")
		}
	})
	return nil
}

func orAll(c scruple.Channel) string {
	if c == "" {
		return "all"
	}
	return string(c)
}

func (g *globals) consenting(action, short string) *cobra.Command {
	e := scruple.ConsentEvent{Action: action}
	var channel, expires string
	c := &cobra.Command{
		Use: action + " CUSTOMER", Short: short, Args: cobra.ExactArgs(1),
		Example: "  scruple consent " + action + " C000042 --channel sms --source \"branch form 12\" --as chen.data",
		RunE: func(cmd *cobra.Command, args []string) error {
			return g.with(cmd.Context(), func(ctx context.Context, hs *house) error {
				who, err := g.actor(hs)
				if err != nil {
					return err
				}
				e.Channel, e.At = scruple.Channel(channel), g.time()
				if channel != "" && !slices.Contains(scruple.Channels(), e.Channel) {
					return fmt.Errorf("--channel %q: expected one of %v, or nothing for every channel", channel, scruple.Channels())
				}
				if expires != "" {
					if e.Expires, err = time.Parse(time.RFC3339, expires); err != nil {
						return fmt.Errorf("--expires %q: expected a moment such as 2028-11-22T00:00:00Z", expires)
					}
				}
				if e.Source == "" {
					return fmt.Errorf("--source is needed: where the customer said so")
				}
				if _, err := hs.Permit(ctx, g.time(), who, functions.Permission{Customer: args[0], Consent: &e}); err != nil {
					return err
				}
				return g.consentShow(ctx, hs, args[0])
			})
		},
	}
	f := c.Flags()
	f.StringVar(&channel, "channel", "", "sms, email, push, wechat or web; empty means every channel")
	f.StringVar(&e.Purpose, "purpose", "marketing", "what for")
	f.StringVar(&e.Source, "source", "", "where the customer said so (needed)")
	f.StringVar(&e.Wording, "wording", "", "version of the text that was agreed to")
	f.StringVar(&expires, "expires", "", "when it ends (RFC 3339)")
	return c
}
