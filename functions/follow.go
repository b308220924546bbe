package functions

import (
	"context"
	"errors"
	"time"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/audience"
	"github.com/scruple/scruple/compliance/review"
	"github.com/scruple/scruple/port"
)

// Follow lets messages follow what was ruled: those held on an approved card are checked and decided again, those on a
// rejected one are withheld, and a withdrawn approval or a stopped run empties the queue. What stays held is brought up to
// the facts and rules of now, so that an officer sees it as it would go.
func (h *House) Follow(ctx context.Context, now time.Time, f Following) (Tally, error) {
	if f.Card != "" {
		return h.followCard(ctx, now, f.Card)
	}
	return h.followRun(ctx, now, f.Run)
}

func (h *House) followCard(ctx context.Context, now time.Time, id string) (Tally, error) {
	tally := Tally{}
	c, cid, err := h.loadCard(ctx, id)
	if err != nil {
		return tally, err
	}
	if n := len(c.Head.Rulings); n > 0 && c.Head.Rulings[n-1].Action == review.Withdraw {
		run, err := h.loadRun(ctx, c.Head.Run)
		if err != nil {
			return tally, err
		}
		if err := h.empty(ctx, now, &run.Head, id, tally, c.Head.Rulings[n-1]); err != nil {
			return tally, err
		}
	}
	for rec, err := range list(ctx, h.Table, heldKey(cid, "").Partition) {
		if err != nil {
			return tally, err
		}
		body, err := h.reconsider(ctx, now, rec.Key)
		switch {
		case errors.Is(err, ErrNotRunning) || errors.Is(err, ErrUnsigned):
			return tally, err
		case err != nil:
			return tally, err
		case body != nil:
			tally.add(body)
		}
	}
	return tally, nil
}

// reconsider decides again about a held message; it returns the new decision, or nil when the message waits no more.
func (h *House) reconsider(ctx context.Context, now time.Time, held port.Key) (*Case, error) {
	for {
		body, err := h.reconsiderOnce(ctx, now, held)
		if !errors.Is(err, port.ErrConflict) {
			return body, err
		}
	}
}

func (h *House) reconsiderOnce(ctx context.Context, now time.Time, held port.Key) (*Case, error) {
	id := held.Sort
	r, err := h.dossier(ctx, id)
	if err != nil {
		return nil, err
	}
	if r.Head.State != scruple.Held {
		return nil, commit(ctx, h.Table, port.Tx{{Op: port.Delete, Key: held, Revision: port.Any}})
	}
	if err := sound(id, r); err != nil {
		return nil, err
	}
	b, s, last, err := h.reload(ctx, id, r)
	if err != nil {
		return nil, err
	}
	if err := b.run.Head.mayGo(b.seal, now); err != nil {
		return nil, err
	}
	j, err := h.judge(ctx, b, s, last, now, later(now, b.run.Head.Due))
	if err != nil {
		return nil, err
	}
	if j.body.Decision.State == scruple.Held && j.body.Card == r.Head.Card && j.body.Seal == last.Seal {
		return nil, nil // as it was: nothing to write
	}
	return &j.body, h.resettle(ctx, b, s, j, r, port.Write{Op: port.Delete, Key: held, Revision: port.Any})
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func (h *House) followRun(ctx context.Context, now time.Time, id string) (Tally, error) {
	tally := Tally{}
	run, err := h.loadRun(ctx, id)
	if err != nil {
		return tally, err
	}
	last := review.Ruling{Reason: "the run was stopped"}
	if n := len(run.Head.Rulings); n > 0 {
		last = run.Head.Rulings[n-1]
	}
	switch run.Head.Status {
	case Running:
		return tally, h.dispatch(ctx, now, run)
	case Paused, Launching:
		return tally, nil
	}
	return tally, h.empty(ctx, now, &run.Head, "", tally, last)
}

// empty takes out of the queue what waits in a run: all of it, or what one card let through.
func (h *House) empty(ctx context.Context, now time.Time, run *Run, card string, tally Tally, why review.Ruling) error {
	for id, err := range h.waiting(ctx, run.Tag) {
		if err != nil {
			return err
		}
		r, err := h.dossier(ctx, id)
		if err != nil {
			return err
		}
		if card != "" && r.Head.Card != card || r.Head.State != scruple.Queued && r.Head.State != scruple.Deferred {
			continue // of another card, or gone since its row was read
		}
		a := Answer{Reason: why.Reason}
		a.Decision.State = scruple.Withdrawn
		who := scruple.Actor{ID: why.By}
		if who.ID == "" {
			who = Self
		}
		state, err := h.turn(ctx, now, id, who, StepTaken, r.Head.State, a, "")
		if err != nil {
			return err
		}
		tally[Tallied{State: state}]++
	}
	return nil
}

// recipient is the recipient of a stored decision, as far as its copy needs it.
func (c *Case) recipient() scruple.Recipient {
	names := sortedKeys(nil, c.Inputs)
	values := make([]string, len(names))
	for i, n := range names {
		values[i] = c.Inputs[n]
	}
	return scruple.Recipient{ID: c.Customer, Columns: scruple.NewColumns(names), Values: values}
}

// subject brings back whom a stored decision was about.
func (c *Case) subject(id string) subject {
	return subject{id: id, recipient: c.recipient(), profile: c.Profile, to: c.To, variant: c.Variant}
}

func (c *Case) person() port.Key { return personKey(audience.Key(c.Customer)) }
