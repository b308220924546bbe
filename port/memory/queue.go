package memory

import (
	"bytes"
	"cmp"
	"container/heap"
	"context"
	"strconv"
	"sync"
	"time"

	"github.com/scruple/scruple/port"
)

// queue keeps the jobs of each topic in a heap by the moment from which they may be received.
type queue struct {
	mu     sync.Mutex
	topics map[string]*topic
	lastID int64
	closed bool
}

type topic struct {
	byDue jobs
	byID  map[string]*job
}

type job struct {
	port.Job
	number int64
	due    time.Time // zero: at once
	index  int       // in the heap
}

// NewQueue returns an empty queue.
func NewQueue() port.Queue { return &queue{topics: map[string]*topic{}} }

// enter locks the queue and returns a topic, which is empty when it is new.
func (q *queue) enter(ctx context.Context, name string) (*topic, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	q.mu.Lock()
	if q.closed {
		q.mu.Unlock()
		return nil, errClosed
	}
	t := q.topics[name]
	if t == nil {
		t = &topic{byID: map[string]*job{}}
		q.topics[name] = t
	}
	return t, nil
}

func (q *queue) Send(ctx context.Context, name string, bodies ...[]byte) error {
	t, err := q.enter(ctx, name)
	if err != nil {
		return err
	}
	defer q.mu.Unlock()
	for _, b := range bodies {
		q.lastID++
		j := &job{number: q.lastID, Job: port.Job{ID: strconv.FormatInt(q.lastID, 10), Body: bytes.Clone(b)}}
		t.byID[j.ID] = j
		heap.Push(&t.byDue, j)
	}
	return nil
}

func (q *queue) Receive(ctx context.Context, name string, limit int, lease time.Duration, now time.Time) ([]port.Job, error) {
	t, err := q.enter(ctx, name)
	if err != nil {
		return nil, err
	}
	defer q.mu.Unlock()
	var taken []*job
	for len(taken) < limit && len(t.byDue) > 0 && !t.byDue[0].due.After(now) {
		taken = append(taken, heap.Pop(&t.byDue).(*job))
	}
	var out []port.Job
	for _, j := range taken {
		j.Tries++
		j.due = now.Add(lease)
		heap.Push(&t.byDue, j)
		out = append(out, port.Job{ID: j.ID, Tries: j.Tries, Body: bytes.Clone(j.Body)})
	}
	return out, nil
}

func (q *queue) Done(ctx context.Context, name string, ids ...string) error {
	t, err := q.enter(ctx, name)
	if err != nil {
		return err
	}
	defer q.mu.Unlock()
	for _, id := range ids {
		if j := t.byID[id]; j != nil {
			heap.Remove(&t.byDue, j.index)
			delete(t.byID, id)
		}
	}
	return nil
}

func (q *queue) Depth(ctx context.Context, name string) (int, error) {
	t, err := q.enter(ctx, name)
	if err != nil {
		return 0, err
	}
	defer q.mu.Unlock()
	return len(t.byID), nil
}

// Close drops all jobs.
func (q *queue) Close() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed, q.topics = true, nil
	return nil
}

// jobs is a heap: the one that is due first, then the oldest.
type jobs []*job

func (h jobs) Len() int { return len(h) }

func (h jobs) Less(i, j int) bool {
	return cmp.Or(h[i].due.Compare(h[j].due), cmp.Compare(h[i].number, h[j].number)) < 0
}

func (h jobs) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}

func (h *jobs) Push(x any) {
	j := x.(*job)
	j.index = len(*h)
	*h = append(*h, j)
}

func (h *jobs) Pop() any {
	last := len(*h) - 1
	j := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	return j
}
