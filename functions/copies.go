package functions

import (
	"context"
	"fmt"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/audience"
	"github.com/scruple/scruple/templates"
)

// Copy is one variant of a run as an officer is shown it before the run starts: filled for the first recipient who gets it.
type Copy struct {
	Variant  string           `json:"variant"`
	Share    float64          `json:"share"`
	Ref      string           `json:"template"`
	Message  scruple.Message  `json:"message"`
	Findings scruple.Findings `json:"findings,omitempty"` // of the copy alone; gates on a person do not run
	Product  *scruple.Product `json:"product,omitempty"`
}

// Copies returns every variant of a run.
func (h *House) Copies(ctx context.Context, run string) ([]Copy, error) {
	rec, err := h.loadRun(ctx, run)
	if err != nil {
		return nil, err
	}
	b, err := h.bench(ctx, rec)
	if err != nil {
		return nil, err
	}
	product, _ := b.productFacts()
	var out []Copy
	for _, v := range rec.Head.Campaign.Variant {
		c := Copy{Variant: v.Name, Share: v.Share, Ref: b.templates[v.Name].Ref(), Product: product}
		r, err := h.firstOf(ctx, &rec.Head, v.Name)
		if err != nil {
			return nil, err
		}
		var slot *scruple.Finding
		c.Message, slot = fill(b.templates[v.Name], templates.Values{Recipient: r, Product: product, Campaign: rec.Head.Campaign.Values})
		if slot != nil {
			c.Findings = scruple.Findings{*slot}
		} else {
			c.Findings = h.Book.Check(&c.Message, &scruple.Facts{Now: rec.Head.Due, Due: rec.Head.Due, Product: product})
		}
		out = append(out, c)
	}
	return out, nil
}

// firstOf returns the first recipient of a run who gets a variant; nil when nobody does.
func (h *House) firstOf(ctx context.Context, run *Run, variant string) (*scruple.Recipient, error) {
	batches, err := h.batches(ctx, run)
	if err != nil {
		return nil, err
	}
	for _, batch := range batches {
		rows, err := h.rows(ctx, batch)
		if err != nil {
			return nil, fmt.Errorf("run %s: %w", run.ID, err)
		}
		for i := range rows {
			if audience.VariantOf(&rows[i]) == variant {
				return &rows[i], nil
			}
		}
	}
	return nil, nil
}
