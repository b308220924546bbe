package functions

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/scruple/scruple"
)

// waiting walks the ids of all messages of a run that wait in the outbox, whenever they are due.
func (h *House) waiting(ctx context.Context, tag string) iter.Seq2[string, error] {
	return h.outbox(ctx, tag, time.Time{})
}

// Release walks the ids of a run's messages that are due. It changes nothing: a message leaves the outbox when it is claimed.
func (h *House) Release(ctx context.Context, now time.Time, run string) iter.Seq2[string, error] {
	return h.outbox(ctx, runTag(run), now)
}

// outbox walks what waits, shard by shard and in each by the moment it is due, up to a moment (zero: all of it).
func (h *House) outbox(ctx context.Context, tag string, until time.Time) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for _, shard := range hexDigits {
			for rec, err := range list(ctx, h.Table, "outbox/"+tag+string(shard)) {
				if err != nil {
					yield("", err)
					return
				}
				id, due, ok := outboxDue(rec.Key.Sort)
				if !ok {
					err = fmt.Errorf("outbox row %q: %w", rec.Key.Sort, ErrTampered)
				} else if !until.IsZero() && due.After(until) {
					break
				}
				if !yield(id, err) {
					return
				}
			}
		}
	}
}

// Doubt is a message that was claimed and of which nobody knows whether the carrier took it.
type Doubt struct {
	Message string
	Worker  string // who claimed it
}

// InDoubt lists the messages of a run that were claimed and never answered, or are known to be in doubt.
func (h *House) InDoubt(ctx context.Context, run string) ([]Doubt, error) {
	var out []Doubt
	for rec, err := range list(ctx, h.Table, "claimed/"+runTag(run)) {
		if err != nil {
			return nil, err
		}
		out = append(out, Doubt{rec.Key.Sort, string(rec.Value)})
	}
	return out, nil
}

// Resume brings order into what an earlier process left: a message that it claimed and never answered is marked in doubt,
// and rulings whose messages did not follow yet are followed. alive says whether a worker still works.
// One record that cannot be read stops no other; the faults are returned together.
func (h *House) Resume(ctx context.Context, now time.Time, alive func(worker string) bool) (doubts int, err error) {
	runs, err := h.Runs(ctx)
	if err != nil {
		return 0, err
	}
	var faults []error
	for i := range runs {
		claims, err := h.InDoubt(ctx, runs[i].ID)
		faults = append(faults, err)
		for _, c := range claims {
			if alive(c.Worker) {
				continue
			}
			fresh, err := h.doubt(ctx, now, c.Message)
			faults = append(faults, err)
			if fresh {
				doubts++
			}
		}
		faults = append(faults, h.resumeRulings(ctx, &runs[i]))
	}
	return doubts, errors.Join(faults...)
}

// doubt marks a claimed message as in doubt; fresh is false when it was so already, or has its answer.
func (h *House) doubt(ctx context.Context, now time.Time, id string) (fresh bool, err error) {
	r, err := h.dossier(ctx, id)
	if err != nil || r.Head.State != scruple.Claimed {
		return false, err
	}
	a := Answer{Reason: "the process that claimed it ended before the carrier answered"}
	a.Decision.State = scruple.InDoubt
	state, err := h.turn(ctx, now, id, Self, StepDoubt, scruple.Claimed, a, "")
	return state == scruple.InDoubt, err
}

// Reclaim makes jobs ready again that an earlier process took and did not finish; they would wait until their leases end. Only
// the one worker of a house may call it, before it works. A job may be there twice afterwards, which does no harm, and its
// tries count anew: that a process ended on it is not held against it.
func (h *House) Reclaim(ctx context.Context, now time.Time) error {
	// Past the end of any lease, also of one that was taken in a rehearsal of another day.
	const ahead = 100 * 365 * 24 * time.Hour
	for _, topic := range []string{TopicPrepare, TopicFollow} {
		n, err := h.Queue.Depth(ctx, topic)
		if err != nil {
			return fmt.Errorf("reclaim %s: %w", topic, err)
		}
		// The lease ends now, so that a job is ready whatever becomes of this process before it is sent again.
		jobs, err := h.Queue.Receive(ctx, topic, n, -ahead, now.Add(ahead))
		if err != nil {
			return fmt.Errorf("reclaim %s: %w", topic, err)
		}
		if len(jobs) == 0 {
			continue
		}
		ids, bodies := make([]string, len(jobs)), make([][]byte, len(jobs))
		for i, j := range jobs {
			ids[i], bodies[i] = j.ID, j.Body
		}
		if err := h.Queue.Send(ctx, topic, bodies...); err != nil {
			return fmt.Errorf("reclaim %s: %w", topic, err)
		}
		if err := h.Queue.Done(ctx, topic, ids...); err != nil {
			return fmt.Errorf("reclaim %s: %w", topic, err)
		}
	}
	return nil
}

func (h *House) resumeRulings(ctx context.Context, run *Run) error {
	var jobs []any
	if run.Status == Unsigned && len(run.Rulings) > 0 || run.Status == Stopped || run.Status == Running && !run.Queued {
		jobs = append(jobs, Following{Run: run.ID})
	}
	cards, err := h.Cards(ctx, run.ID)
	if err != nil {
		return err
	}
	for i := range cards {
		if len(cards[i].Rulings) > 0 {
			jobs = append(jobs, Following{Card: cards[i].ID})
		}
	}
	if len(jobs) == 0 {
		return nil
	}
	return h.enqueue(ctx, TopicFollow, jobs...)
}
