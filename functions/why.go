package functions

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/audience"
	"github.com/scruple/scruple/compliance"
	"github.com/scruple/scruple/compliance/ledger"
	"github.com/scruple/scruple/compliance/review"
	"github.com/scruple/scruple/port"
)

// Why is the whole story of one message.
type Why struct {
	ID       string           `json:"id"`
	Run      string           `json:"run"`
	Campaign string           `json:"campaign"`
	State    scruple.State    `json:"state"`
	Due      time.Time        `json:"due,omitzero"`
	Last     Case             `json:"last"` // the latest decision
	Message  scruple.Message  `json:"message"`
	Product  *scruple.Product `json:"product,omitempty"` // as it was then
	Author   []string         `json:"authors"`
	Rulings  []review.Ruling  `json:"rulings,omitempty"`     // on its card
	Signed   []review.Ruling  `json:"run_rulings,omitempty"` // on its run
	Entries  []ledger.Entry   `json:"entries"`
	// Same tells that the latest decision, computed again now from what is on record, gave the same findings byte for byte.
	Same bool `json:"recomputed_same"`
	// Rules are the rules named by the findings, in the book of that day.
	Rules []*compliance.Rule `json:"-"`
}

// WhyMessage tells why a message was sent, withheld, held or deferred.
func (h *House) WhyMessage(ctx context.Context, id string) (*Why, error) {
	r, err := h.dossier(ctx, id)
	if err != nil {
		return nil, err
	}
	if r.Revision == 0 {
		return nil, fmt.Errorf("%s: %w", id, ErrNoMessage)
	}
	last, chain, err := lastCase(r)
	if err != nil {
		return nil, fmt.Errorf("message %s: %w", id, err)
	}
	run, err := h.loadRun(ctx, last.Run)
	if err != nil {
		return nil, err
	}
	w := &Why{
		ID: id, Run: last.Run, Campaign: run.Head.Campaign.ID, State: r.Head.State, Due: r.Head.Due, Last: *last,
		Author: run.Head.Authors, Signed: run.Head.Rulings, Entries: chain,
	}
	if r.Head.Card != "" {
		if c, err := h.Card(ctx, r.Head.Card); err == nil {
			w.Rulings = c.Rulings
		}
	}
	return w, h.recompute(ctx, &run.Head, w)
}

// WhyCustomer tells the same of every message that a run meant for a customer, by run.
func (h *House) WhyCustomer(ctx context.Context, customer string) ([]*Why, error) {
	runs, err := h.Runs(ctx)
	if err != nil {
		return nil, err
	}
	keys := make([]port.Key, len(runs))
	for i := range runs {
		keys[i] = messageKey(MessageID(runs[i].ID, customer, stepOne))
	}
	if len(keys) == 0 {
		return nil, nil
	}
	recs, err := h.Table.Get(ctx, keys...)
	if err != nil {
		return nil, err
	}
	var out []*Why
	for i := range recs {
		if recs[i].Revision == 0 {
			continue
		}
		w, err := h.WhyMessage(ctx, keys[i].Sort)
		if err != nil {
			return out, err
		}
		out = append(out, w)
	}
	return out, nil
}

// recompute fills, checks and compares a stored decision with the versions that it names.
func (h *House) recompute(ctx context.Context, run *Run, w *Why) error {
	c := &w.Last
	book, err := h.archivedBook(ctx, c.Book)
	if err != nil {
		return err
	}
	t, err := h.archivedTemplate(ctx, c.Template)
	if err != nil {
		return err
	}
	past := &pastFacts{house: h, run: run, products: map[string]*scruple.Product{}}
	if w.Product, err = past.product(ctx, c.Product); err != nil {
		return err
	}
	person, err := decodePerson(c.Person)
	if err != nil {
		return err
	}
	s := c.subject(w.ID)
	s.person = person
	m, findings := examine(book, t, run, &s, w.Product, c.Now, c.Due)
	w.Message = m
	w.Rules = rulesOf(book, c.Findings)
	before, err := json.Marshal(withoutDoor(c.Findings))
	if err != nil {
		return err
	}
	now, err := json.Marshal(findings)
	w.Same = bytes.Equal(before, now) && copyDigest(&m) == c.Copy
	return err
}

// withoutDoor leaves out what was found by comparing with an earlier decision: it is not in the book.
func withoutDoor(fs scruple.Findings) scruple.Findings {
	var out scruple.Findings
	for _, f := range fs {
		if f.Rule != ruleCopyChanged && f.Rule != ruleEnvelope {
			out = append(out, f)
		}
	}
	return out
}

func rulesOf(book *compliance.Book, fs scruple.Findings) []*compliance.Rule {
	var out []*compliance.Rule
	for i := range fs {
		if r, ok := book.Rule(fs[i].Rule); ok {
			out = append(out, r)
		}
	}
	return out
}

// Evidence returns the ledger of what a customer agreed to and forbade.
func (h *House) Evidence(ctx context.Context, customer string) ([]ledger.Entry, error) {
	r, err := load[evidenceHead](ctx, h.Table, consentKey(audience.Key(customer)))
	if err != nil {
		return nil, err
	}
	return r.chain()
}
