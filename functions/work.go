package functions

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/scruple/scruple/port"
)

// Crew says how work is done.
type Crew struct {
	// Clock tells the time; it is asked once for every job.
	Clock func() time.Time
	// Preparers and Deliverers are how many jobs run at a time; 0 means one.
	Preparers, Deliverers int
	// Progress, when not nil, hears of every batch and message that is done. It may be called concurrently.
	Progress func(Tally)
}

const (
	lease = 5 * time.Minute
	// maxTries is how often a job may fail before it is put aside on the topic dead.
	maxTries  = 5
	topicDead = "dead"
)

// Drain does all the work there is now, and returns when none is left that could be done at this time: queued batches,
// messages that follow rulings, and what is due in the outbox. A job that fails is tried again by a later Drain, and put
// aside after a few tries; the faults are returned together. A store that is full ends it at once: what cannot be recorded
// must not be done.
func (h *House) Drain(ctx context.Context, crew Crew) error {
	var faults []error
	for {
		n := 0
		for _, part := range []func(context.Context, Crew) (int, error){h.drainPrepare, h.drainFollow, h.drainOutbox} {
			done, err := part(ctx, crew)
			n += done
			if err != nil {
				faults = append(faults, err)
			}
			if errors.Is(err, port.ErrFull) {
				return errors.Join(faults...)
			}
		}
		if n == 0 || ctx.Err() != nil {
			return errors.Join(append(faults, ctx.Err())...)
		}
	}
}

func (h *House) drainPrepare(ctx context.Context, crew Crew) (int, error) {
	return h.drainTopic(ctx, crew, TopicPrepare, max(crew.Preparers, 1), func(ctx context.Context, body []byte) (Tally, error) {
		var job Batch
		if err := json.Unmarshal(body, &job); err != nil {
			return nil, err
		}
		t, err := h.Prepare(ctx, crew.Clock().UTC(), job)
		if errors.Is(err, ErrNotRunning) {
			if run, e := h.Run(ctx, job.Run); e == nil && run.Status == Stopped {
				return t, nil
			}
		}
		return t, err
	})
}

func (h *House) drainFollow(ctx context.Context, crew Crew) (int, error) {
	return h.drainTopic(ctx, crew, TopicFollow, 1, func(ctx context.Context, body []byte) (Tally, error) {
		var job Following
		if err := json.Unmarshal(body, &job); err != nil {
			return nil, err
		}
		return h.Follow(ctx, crew.Clock().UTC(), job)
	})
}

// drainTopic takes jobs of a topic, workers at a time, until Receive gives none; it returns how many were done.
func (h *House) drainTopic(ctx context.Context, crew Crew, topic string, workers int, do func(context.Context, []byte) (Tally, error)) (int, error) {
	var mu sync.Mutex
	var faults []error
	done := 0
	var g errgroup.Group
	for range workers {
		g.Go(func() error {
			for ctx.Err() == nil {
				jobs, err := h.Queue.Receive(ctx, topic, 1, lease, crew.Clock().UTC())
				if err != nil || len(jobs) == 0 {
					return err
				}
				tally, err := do(ctx, jobs[0].Body)
				if crew.Progress != nil && len(tally) > 0 {
					crew.Progress(tally)
				}
				waits := errors.Is(err, ErrNotRunning) || errors.Is(err, ErrUnsigned)
				if err == nil || !waits && jobs[0].Tries >= maxTries {
					err = errors.Join(err, h.finish(ctx, topic, jobs[0], err))
				}
				mu.Lock()
				if err == nil {
					done++
				} else if !waits {
					faults = append(faults, err)
				}
				mu.Unlock()
				if errors.Is(err, port.ErrFull) {
					return nil // it is among the faults
				}
			}
			return nil
		})
	}
	err := g.Wait()
	return done, errors.Join(append(faults, err)...)
}

// finish takes a job from its topic; one that failed too often is kept on the topic dead.
func (h *House) finish(ctx context.Context, topic string, job port.Job, cause error) error {
	if cause != nil {
		if err := h.Queue.Send(ctx, topicDead, job.Body); err != nil {
			return err
		}
	}
	return h.Queue.Done(ctx, topic, job.ID)
}

// drainOutbox delivers what is due in every run that may send.
func (h *House) drainOutbox(ctx context.Context, crew Crew) (int, error) {
	runs, err := h.Runs(ctx)
	if err != nil {
		return 0, err
	}
	total := 0
	var faults []error
	for i := range runs {
		if runs[i].Status != Running {
			continue
		}
		n, err := h.deliverRun(ctx, crew, runs[i].ID)
		total += n
		faults = append(faults, err)
	}
	return total, errors.Join(faults...)
}

// deliverRun goes once through what is due in a run. A message that fails stays where it is and stops no other; the first
// few faults are returned.
func (h *House) deliverRun(ctx context.Context, crew Crew, run string) (int, error) {
	d := &delivering{h: h, crew: crew}
	d.group.SetLimit(max(crew.Deliverers, 1))
	for id, err := range h.Release(ctx, crew.Clock().UTC(), run) {
		if err != nil {
			d.fault(err)
			break
		}
		if ctx.Err() != nil || d.stopped.Load() {
			break
		}
		d.group.Go(func() error { d.one(ctx, id); return nil })
	}
	_ = d.group.Wait() // faults are collected
	if len(d.faults) > 0 {
		return d.done, fmt.Errorf("run %s: %w", run, errors.Join(d.faults...))
	}
	return d.done, nil
}

// delivering is one walk through an outbox.
type delivering struct {
	h       *House
	crew    Crew
	group   errgroup.Group
	stopped atomic.Bool // the run may not send any more

	mu     sync.Mutex
	done   int
	faults []error
}

func (d *delivering) one(ctx context.Context, id string) {
	state, err := d.h.deliver(ctx, d.crew.Clock().UTC(), id)
	switch {
	case errors.Is(err, errIdle):
		return
	case errors.Is(err, ErrNotRunning) || errors.Is(err, ErrUnsigned):
		d.stopped.Store(true)
		return
	case err != nil:
		d.fault(err)
		return
	}
	if d.crew.Progress != nil {
		d.crew.Progress(Tally{Tallied{State: state}: 1})
	}
	d.mu.Lock()
	d.done++
	d.mu.Unlock()
}

func (d *delivering) fault(err error) {
	const shown = 20
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.faults) < shown {
		d.faults = append(d.faults, err)
	}
}
