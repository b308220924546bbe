package functions

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/audience"
	"github.com/scruple/scruple/port"
	"github.com/scruple/scruple/templates"
)

// Launch starts one occurrence of a campaign: it freezes the segment list into a snapshot, seals what the run consists of,
// and queues the batches. A run that exists already is the same run: it goes on where it was, with the list, copy and
// campaign that it was frozen with.
//
// A fault in campaign, template, filter or list is returned before anything is stored.
func (h *House) Launch(ctx context.Context, now time.Time, who scruple.Actor, c *Campaign, due time.Time) (*Run, error) {
	id := RunID(c.ID, due)
	rec, err := load[Run](ctx, h.Table, runKey(id))
	if err != nil {
		return nil, fmt.Errorf("run %s: %w", id, err)
	}
	if rec.Revision == 0 || rec.Head.Status == Launching {
		l, err := h.newLaunch(ctx, c, id, due, nil)
		if err == nil {
			err = h.keep(ctx, l)
		}
		if err != nil {
			return nil, err
		}
		h.readAgain(ctx, l)
		if rec, err = h.launch(ctx, now, who, rec, l); err != nil {
			return nil, fmt.Errorf("launch %s: %w", id, err)
		}
	}
	if err := h.dispatch(ctx, now, rec); err != nil {
		return nil, err
	}
	return &rec.Head, nil
}

// CheckLaunch tells whether Launch would take a campaign: product, copy, list and filter are looked at, and nothing is
// written. A product of pending, which is about to be imported, counts before the one on the master. A run that exists
// already is not looked at again: it goes on with what it was frozen with.
func (h *House) CheckLaunch(ctx context.Context, c *Campaign, due time.Time, pending ...scruple.Product) error {
	id := RunID(c.ID, due)
	rec, err := load[Run](ctx, h.Table, runKey(id))
	if err != nil {
		return fmt.Errorf("run %s: %w", id, err)
	}
	if rec.Revision == 0 || rec.Head.Status == Launching {
		_, err = h.newLaunch(ctx, c, id, due, pending)
	}
	return err
}

// launch is a run that is being put together.
type launch struct {
	run      Run
	campaign *Campaign
	facts    *scruple.Product
	copies   []*templates.Template
	rows     iter.Seq2[scruple.Recipient, error]
	filter   *audience.Filter
	sources  map[string][]byte // digest -> what the run consists of
}

// newLaunch checks everything that can be checked before a run begins. It writes nothing.
func (h *House) newLaunch(ctx context.Context, c *Campaign, id string, due time.Time, pending []scruple.Product) (*launch, error) {
	l := &launch{campaign: c, run: Run{
		ID: id, Tag: runTag(id), Campaign: *c, Digest: digest(c.source), Due: due.UTC(), Latest: c.latest(due.UTC()),
		Status: Launching, Templates: map[string]string{}, Authors: []string{c.Author}, Book: h.Book.Digest(),
	}, sources: map[string][]byte{digest(c.source): c.source}}
	var facts *scruple.Product
	if c.Product != "" {
		p, err := h.productOf(ctx, c.Product, pending)
		if err != nil {
			return nil, c.fault("$.product", "%s", err)
		}
		l.run.Product, facts = p.Digest, &p.Product
		if facts.Market != "" && facts.Market != c.Market {
			return nil, c.fault("$.product", "product %s is of market %s, the campaign of %s", c.Product, facts.Market, c.Market)
		}
	}
	l.facts = facts
	var err error
	if l.copies, err = h.launchTemplates(ctx, l); err != nil {
		return nil, err
	}
	if l.rows, err = h.openList(ctx, l, l.copies); err != nil {
		return nil, err
	}
	l.run.Tier = h.Policy.Tier(c.Tier, facts, 0)
	return l, nil
}

// keep archives what a run consists of.
func (h *House) keep(ctx context.Context, l *launch) error {
	for _, d := range sortedKeys(nil, l.sources) {
		if err := h.archive(ctx, d, l.sources[d]); err != nil {
			return err
		}
	}
	return h.archiveBook(ctx)
}

// launchTemplates loads the copy of every variant.
func (h *House) launchTemplates(ctx context.Context, l *launch) ([]*templates.Template, error) {
	var out []*templates.Template
	c := l.campaign
	for _, v := range c.Variant {
		src, err := readFile(ctx, h.Assets, v.Template)
		if errors.Is(err, port.ErrNotFound) {
			return nil, c.fault("$.variants", "variant %q: there is no template file %s", v.Name, v.Template)
		}
		if err != nil {
			return nil, err
		}
		t, err := templates.Parse(v.Template, src)
		if err != nil {
			return nil, err
		}
		switch {
		case t.Channel != c.Channel || t.Market != c.Market:
			return nil, c.fault("$.variants", "template %s is for %s in %s, the campaign for %s in %s", v.Template, t.Channel, t.Market, c.Channel, c.Market)
		case t.Product != "" && t.Product != c.Product:
			return nil, c.fault("$.variants", "template %s is about product %s, the campaign about %s", v.Template, t.Product, c.Product)
		case t.Class != "" && t.Class != c.Class:
			return nil, c.fault("$.variants", "template %s is a %s message, the campaign %s", v.Template, t.Class, c.Class)
		}
		l.run.Templates[v.Name], l.sources[t.Digest] = t.Digest, src
		if t.Author != "" && !slices.Contains(l.run.Authors, t.Author) {
			l.run.Authors = append(l.run.Authors, t.Author)
		}
		out = append(out, t)
	}
	return out, nil
}

// launch writes the run step by step, so that it can be taken up at any of them.
func (h *House) launch(ctx context.Context, now time.Time, who scruple.Actor, rec *record[Run], l *launch) (*record[Run], error) {
	rec.Head = l.run
	tag := port.Write{Op: port.Put, Key: runTagKey(l.run.Tag), Revision: port.Any, Value: []byte(l.run.ID)}
	if err := h.saveRun(ctx, rec, now, who, "launching", rec.Head, tag); err != nil {
		return nil, err
	}
	snapshot, err := h.freeze(ctx, l, rec.Revision)
	if err != nil {
		return nil, errors.Join(err, h.forget(ctx, rec))
	}
	rec.Head.List, rec.Head.Hash, rec.Head.Audience, rec.Head.Funnel = snapshot.File, snapshot.Hash, snapshot.Audience, snapshot.Funnel
	facts := scruple.Product{}
	if l.run.Product != "" {
		p, err := h.loadProduct(ctx, l.campaign.Product)
		if err != nil {
			return nil, err
		}
		facts = p.Head.Product
	}
	rec.Head.Tier = h.Policy.Tier(l.campaign.Tier, &facts, snapshot.Rows)
	rec.Head.Seal = rec.Head.sealNow(l.run.Product, l.run.Book)
	rec.Head.Status = Running
	if need, _ := rec.Head.signatures(); need > 0 {
		rec.Head.Status = Unsigned
	}
	return rec, h.saveRun(ctx, rec, now, who, "launched", rec.Head)
}

// forget removes a run of which nothing but its first record exists, so that a mended list can be launched.
func (h *House) forget(ctx context.Context, rec *record[Run]) error {
	return commit(context.WithoutCancel(ctx), h.Table, port.Tx{
		{Op: port.Delete, Key: runKey(rec.Head.ID), Revision: rec.Revision},
		{Op: port.Delete, Key: runTagKey(rec.Head.Tag), Revision: port.Any},
	})
}

// dispatch queues the batches of a run that may go, once.
func (h *House) dispatch(ctx context.Context, now time.Time, rec *record[Run]) error {
	if rec.Head.Status != Running || rec.Head.Queued {
		return nil
	}
	batches, err := h.batches(ctx, &rec.Head)
	if err != nil {
		return err
	}
	jobs := make([]any, len(batches))
	for i := range batches {
		jobs[i] = batches[i]
	}
	if len(jobs) > 0 {
		if err := h.enqueue(ctx, TopicPrepare, jobs...); err != nil {
			return err
		}
	}
	rec.Head.Queued = true
	err = h.saveRun(ctx, rec, now, Self, "queued", map[string]int{"batches": len(jobs)})
	if errors.Is(err, port.ErrConflict) {
		return nil // somebody changed the run; it will be queued again, which does no harm
	}
	return err
}

const batchesSuffix = ".batches.json"

// batches returns the prepare jobs of a run.
func (h *House) batches(ctx context.Context, run *Run) ([]Batch, error) {
	data, err := readFile(ctx, h.Files, run.List+batchesSuffix)
	if err != nil {
		return nil, err
	}
	var ranges []audience.Batch
	if err := json.Unmarshal(data, &ranges); err != nil {
		return nil, fmt.Errorf("%s: %w", run.List+batchesSuffix, err)
	}
	out := make([]Batch, len(ranges))
	for i, b := range ranges {
		out[i] = Batch{Run: run.ID, List: run.List, Offset: b.Offset, Length: b.Length, Rows: b.Rows}
	}
	return out, nil
}
