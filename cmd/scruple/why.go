package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/functions"
)

func newWhy(g *globals) *cobra.Command {
	var customer, message string
	c := &cobra.Command{
		Use: "why", Short: "Tell why a customer got a message, or did not", Args: cobra.NoArgs,
		Example: `  scruple why --customer C000042
  scruple why --message 5f0c9a110d2c1f2e7a6b4c3d9e8f7a6b5c4d3e2f --format json`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if (customer == "") == (message == "") {
				return errors.New("name either --customer or --message")
			}
			return g.with(cmd.Context(), func(ctx context.Context, hs *house) error { return g.why(ctx, hs, customer, message) })
		},
	}
	c.Flags().StringVar(&customer, "customer", "", "customer id")
	c.Flags().StringVar(&message, "message", "", "message id")
	return c
}

func (g *globals) why(ctx context.Context, hs *house, customer, message string) error {
	var all []*functions.Why
	var err error
	if message != "" {
		var w *functions.Why
		w, err = hs.WhyMessage(ctx, message)
		all = append(all, w)
	} else {
		all, err = hs.WhyCustomer(ctx, customer)
	}
	if err != nil {
		return err
	}
	g.print(all, func() {
		if len(all) == 0 {
			fmt.Printf("No run has had a message for %s: not on any list, or left out there (rejected, filtered or held out).\n", customer)
		}
		for _, w := range all {
			g.printWhy(hs, w)
		}
	})
	return nil
}

func (g *globals) printWhy(hs *house, w *functions.Why) {
	fmt.Printf("Message %s\n  %s, customer %s: %s", w.ID, w.Run, w.Last.Customer, strings.ToUpper(string(w.State)))
	if w.State == scruple.Deferred || w.State == scruple.Queued {
		fmt.Printf(" until %s", w.Due.Format(time.RFC3339))
	}
	fmt.Println()
	if len(w.Last.Decision.Reasons) > 0 {
		fmt.Printf("  because of %s\n", strings.Join(w.Last.Decision.Reasons, ", "))
	}
	fmt.Println()
	printMessage(&w.Message, w.Last.Findings, "    ")
	fmt.Println()
	g.findings(w.Last.Findings, hs.Book.Rule, "    ")
	g.printFacts(w)
	fmt.Println("  What happened:")
	for _, e := range w.Entries {
		fmt.Printf("    %d  %s  %-10s by %s  %s\n", e.Seq, e.At.Format(time.RFC3339), e.Step, e.Actor, e.Hash[:16])
	}
	fmt.Println()
}

// printFacts prints what the decision rested on, in which versions, and who answers for it.
func (g *globals) printFacts(w *functions.Why) {
	c := &w.Last
	p := c.Profile
	unknown := func(s string) string {
		if s == "" {
			return "unknown"
		}
		return s
	}
	fmt.Println("  Facts at the decision:")
	fmt.Printf("    decided for %s; rating %s until %s, born %s, zone %s, region %s, qualified %v\n",
		c.Now.Format(time.RFC3339), unknown(p.Rating), unknown(string(p.RatedUntil)), unknown(string(p.Birth)), unknown(p.Zone), unknown(p.Region), p.Qualified)
	printPerson(c.Person)
	if w.Product != nil {
		fmt.Printf("    product %s, grade %s, %s, %s to %s\n", w.Product.ID, unknown(w.Product.Grade()), w.Product.Status, w.Product.From, w.Product.To)
	}
	fmt.Printf("  Versions: template %s %s, product %s, rules %s\n", w.Message.Template, short(c.Template), short(c.Product), short(c.Book))
	same := "gives the same findings and copy"
	if !w.Same {
		same = "DIFFERS: the record or the archive was changed"
	}
	fmt.Printf("  Computed again from the record: %s\n", same)
	fmt.Printf("  People: written by %s\n", strings.Join(w.Author, ", "))
	printRulings(w.Signed)
	printRulings(w.Rulings)
}

func short(digest string) string {
	if len(digest) > 12 {
		return digest[:12]
	}
	return digest
}

// printPerson prints the permissions and contacts that a decision looked at.
func printPerson(data []byte) {
	var p scruple.Person
	if len(data) == 0 || json.Unmarshal(data, &p) != nil {
		fmt.Println("    nothing was on record of this person")
		return
	}
	for _, e := range p.Consents {
		fmt.Printf("    %s of %s by %s at %s, from %s %s\n", e.Action, e.Purpose, orAll(e.Channel), e.At.Format(time.RFC3339), e.Source, e.Wording)
	}
	for _, s := range p.Suppressions {
		fmt.Printf("    suppressed %s: %s at %s, from %s\n", orAll(s.Channel), s.Reason, s.At.Format(time.RFC3339), s.Source)
	}
	for _, t := range p.Touches {
		fmt.Printf("    contact by %s at %s, campaign %s\n", t.Channel, t.At.Format(time.RFC3339), t.Campaign)
	}
}
