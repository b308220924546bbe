package functions

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/port"
)

// Control pauses, resumes or stops a run. Once it returns, no message of a paused or stopped run is claimed any more: the
// run's record is a condition of every claim. Stopping is for good; what waits is taken out of the queue by Follow.
func (h *House) Control(ctx context.Context, now time.Time, who scruple.Actor, id string, to RunStatus) error {
	for {
		err := h.control(ctx, now, who, id, to)
		if !errors.Is(err, port.ErrConflict) {
			return err
		}
	}
}

func (h *House) control(ctx context.Context, now time.Time, who scruple.Actor, id string, to RunStatus) error {
	if who.ID == "" || !who.Has("operator") && !who.Has("officer") && !who.Has("marketer") {
		return fmt.Errorf("%q may not control a run: it takes a marketer, an officer or an operator", who.ID)
	}
	r, err := h.loadRun(ctx, id)
	if err != nil {
		return err
	}
	from := r.Head.Status
	if from == to {
		return nil
	}
	allowed := to == Paused && from == Running || to == Running && from == Paused || to == Stopped
	if !allowed {
		return fmt.Errorf("run %s is %s: it cannot become %s: %w", id, from, to, ErrNotRunning)
	}
	r.Head.Status = to
	if err := h.saveRun(ctx, r, now, who, string(to), map[string]RunStatus{"from": from, "to": to}); err != nil {
		return err
	}
	return h.enqueue(ctx, TopicFollow, Following{Run: id})
}

// Got is the receipt of a stopped run: who got its message, who may have, who will not.
type Got struct {
	Sent, Doubt, Not []string // customer ids
}

// Receipt tells of each message of a run who got it. It is complete when the run's queue is empty.
func (h *House) Receipt(ctx context.Context, run string) (Got, error) {
	var g Got
	for m, err := range h.messages(ctx, run) {
		if err != nil {
			return g, err
		}
		last, _, err := lastCase(m.record)
		if err != nil {
			return g, fmt.Errorf("message %s: %w", m.id, err)
		}
		switch m.record.Head.State {
		case scruple.Sent, scruple.Delivered, scruple.Bounced:
			g.Sent = append(g.Sent, last.Customer)
		case scruple.Claimed, scruple.InDoubt:
			g.Doubt = append(g.Doubt, last.Customer)
		default:
			g.Not = append(g.Not, last.Customer)
		}
	}
	return g, nil
}
