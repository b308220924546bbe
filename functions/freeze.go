package functions

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/audience"
)

// freeze writes the snapshot of a run, the byte ranges of its batches, and the rows that were rejected. attempt keeps the
// files of a launch that broke off apart from those of the next one.
func (h *House) freeze(ctx context.Context, l *launch, attempt int64) (audience.Snapshot, error) {
	dir := "runs/" + l.run.Tag + "/"
	name := dir + "list-" + strconv.FormatInt(attempt, 10) + ".csv"
	out, err := h.Files.Create(ctx, name)
	if err != nil {
		return audience.Snapshot{}, err
	}
	defer out.Abort() //nolint:errcheck // after Commit it does nothing
	rejects, err := h.Files.Create(ctx, name+".rejected.jsonl")
	if err != nil {
		return audience.Snapshot{}, err
	}
	defer rejects.Abort() //nolint:errcheck // after Commit it does nothing

	c := l.campaign
	plan := audience.Plan{Filter: l.filter, HoldOut: c.HoldOut, Seed: c.ID}
	for _, v := range c.Variant {
		plan.Variants = append(plan.Variants, audience.Variant{Name: v.Name, Share: v.Share})
	}
	list, bad := bufio.NewWriterSize(out, 1<<20), bufio.NewWriter(rejects)
	spill := spillTo(ctx, h.Files, dir+"spill-"+strconv.FormatInt(attempt, 10)+"-")
	encoder := json.NewEncoder(bad)
	snapshot, err := audience.Freeze(ctx, l.rows, plan, h.Policy.batchRows(), spill, list, func(e *audience.RowError) {
		_ = encoder.Encode(map[string]any{"file": e.File, "line": e.Line, "column": e.Column, "code": e.Code, "reason": e.Reason})
	})
	if err != nil {
		return snapshot, err
	}
	snapshot.File = name
	batches, err := json.Marshal(snapshot.Batches)
	if err != nil {
		return snapshot, err
	}
	err = errors.Join(list.Flush(), bad.Flush())
	if err != nil {
		return snapshot, fmt.Errorf("write the snapshot: %w", err)
	}
	return snapshot, errors.Join(out.Commit(), rejects.Commit(), writeFile(ctx, h.Files, name+batchesSuffix, batches))
}

func (p Policy) batchRows() int {
	if p.BatchRows > 0 {
		return p.BatchRows
	}
	return 250
}

// Tier returns the tier of a campaign: what its author declared, or the one that the product's risk or the number of
// recipients asks for where that is higher. An unknown tier counts as high.
func (p Policy) Tier(declared scruple.Tier, product *scruple.Product, recipients int) scruple.Tier {
	order := []scruple.Tier{scruple.Low, scruple.Middle, scruple.High}
	rank := func(t scruple.Tier) int {
		for i, o := range order {
			if t == o {
				return i
			}
		}
		return len(order) - 1
	}
	n := rank(declared)
	if product != nil {
		if t, ok := p.Grades[product.Grade()]; ok {
			n = max(n, rank(t))
		}
		if t, ok := p.Types[product.Type]; ok {
			n = max(n, rank(t))
		}
	}
	for n < len(order)-1 {
		limit := p.MaxRecipients[order[n]]
		if limit == 0 || recipients <= limit {
			break
		}
		n++
	}
	return order[n]
}

// listColumns returns the columns of a snapshot, read once.
func (h *House) listColumns(ctx context.Context, list string) (*scruple.Columns, error) {
	if cols, ok := h.columns.Load(list); ok {
		return cols.(*scruple.Columns), nil
	}
	r, err := h.Files.Open(ctx, list, 0, -1)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", list, err)
	}
	defer r.Close()
	cols, err := audience.ReadHeader(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", list, err)
	}
	h.columns.Store(list, cols)
	return cols, nil
}
