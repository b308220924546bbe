package sqlite

import (
	"context"
	"strconv"
	"time"

	"github.com/scruple/scruple/port"
)

// queue is a port.Queue on a store. Jobs come in the order in which they became due, but nobody may rely on it.
type queue struct{ handle }

func (q *queue) Send(ctx context.Context, topic string, bodies ...[]byte) error {
	weight := 0
	for _, b := range bodies {
		weight += len(b) + 64
	}
	return q.write(ctx, weight, func(w *writer) error {
		for _, b := range bodies {
			s := w.jobAdd.args(len(topic)+len(b)).bindBytes(1, []byte(topic)).bindInt(2, 0).bindBytes(3, b)
			if _, err := s.run(); err != nil {
				return err
			}
		}
		return nil
	})
}

func (q *queue) Receive(ctx context.Context, topic string, limit int, lease time.Duration, now time.Time) ([]port.Job, error) {
	if limit <= 0 {
		return nil, nil
	}
	var due bool
	err := q.read(ctx, func(r *reader) (err error) {
		due, err = r.anyDue(topic, now.UnixNano())
		return err
	})
	if err != nil || !due {
		return nil, err
	}
	var jobs []port.Job
	err = q.write(ctx, 64*limit, func(w *writer) (err error) {
		jobs, err = w.receive(topic, limit, now.UnixNano(), now.Add(lease).UnixNano())
		return err
	})
	if err != nil {
		return nil, err
	}
	return jobs, nil
}

func (q *queue) Done(ctx context.Context, topic string, ids ...string) error {
	return q.write(ctx, 64*len(ids), func(w *writer) error {
		for _, id := range ids {
			n, err := strconv.ParseInt(id, 10, 64)
			if err != nil {
				continue // never an id of this queue, so there is nothing to remove
			}
			if _, err := w.jobDelete.args(len(topic)).bindInt(1, n).bindBytes(2, []byte(topic)).run(); err != nil {
				return err
			}
		}
		return nil
	})
}

func (q *queue) Depth(ctx context.Context, topic string) (n int, err error) {
	err = q.read(ctx, func(r *reader) error {
		n, err = r.jobs(topic)
		return err
	})
	return n, err
}

func (q *queue) write(ctx context.Context, weight int, run func(*writer) error) error {
	s, leave, err := q.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	return s.write(ctx, weight, run)
}

func (q *queue) read(ctx context.Context, f func(*reader) error) error {
	s, leave, err := q.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	return s.read(ctx, f)
}

// receive leases jobs that are due.
func (w *writer) receive(topic string, limit int, now, until int64) ([]port.Job, error) {
	s := w.jobsDue.args(len(topic)).bindBytes(1, []byte(topic)).bindInt(2, now).bindInt(3, int64(limit))
	var jobs []port.Job
	var ids []int64
	for {
		row, err := s.step()
		if err != nil {
			s.reset()
			return nil, err
		}
		if !row {
			break
		}
		ids = append(ids, s.int(0))
		jobs = append(jobs, port.Job{ID: strconv.FormatInt(s.int(0), 10), Tries: int(s.int(1)) + 1, Body: s.bytes(2)})
	}
	s.reset()
	for _, id := range ids {
		if _, err := w.jobLease.args(0).bindInt(1, id).bindInt(2, until).run(); err != nil {
			return nil, err
		}
	}
	return jobs, nil
}
