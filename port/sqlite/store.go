package sqlite

import (
	"context"
	"sync"
)

// store is one open file: the one writer and the readers of this process.
type store struct {
	path     string
	requests chan *request
	stopped  chan struct{}
	readers  chan *reader // readersMax of them, nil until needed
}

// request is work for the writer. run may be called again after its transaction was rolled back.
type request struct {
	weight int // about how many bytes it writes
	run    func(*writer) error
	done   chan error
}

const (
	// groupWeight ends a group of requests: about what the page cache of the writer holds without spilling.
	groupWeight = 8 << 20
	readersMax  = 4
)

func openStore(path string, maxPages int) (*store, error) {
	c, err := dialStore(path, maxPages)
	if err != nil {
		return nil, err
	}
	w, err := newWriter(c)
	if err != nil {
		c.close()
		return nil, err
	}
	s := &store{path: path, requests: make(chan *request), stopped: make(chan struct{}), readers: make(chan *reader, readersMax)}
	for range readersMax {
		s.readers <- nil
	}
	go s.loop(w)
	return s, nil
}

// close is called when nobody uses the store any more. The writer goes last, so that it can empty the log.
func (s *store) close() {
	for range readersMax {
		if r := <-s.readers; r != nil {
			r.c.close()
		}
	}
	close(s.requests)
	<-s.stopped
}

func (s *store) loop(w *writer) {
	defer close(s.stopped)
	defer w.c.close()
	for first := range s.requests {
		w.serve(s.gather(first))
	}
}

// gather adds to the first request those that wait at this moment.
func (s *store) gather(first *request) []*request {
	group, weight := []*request{first}, first.weight
	for weight < groupWeight {
		select {
		case r, ok := <-s.requests:
			if !ok {
				return group
			}
			group, weight = append(group, r), weight+r.weight
		default:
			return group
		}
	}
	return group
}

// write hands work to the writer and returns when it is durable. The context counts until the writer takes the request;
// from then on the answer is waited for, since half an answer helps nobody.
func (s *store) write(ctx context.Context, weight int, run func(*writer) error) error {
	r := &request{weight: weight, run: run, done: make(chan error, 1)}
	select {
	case s.requests <- r:
		return <-r.done
	case <-ctx.Done():
		return ctx.Err()
	}
}

// read lends a reader to f.
func (s *store) read(ctx context.Context, f func(*reader) error) error {
	var r *reader
	select {
	case r = <-s.readers:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { s.readers <- r }()
	if r == nil {
		var err error
		if r, err = newReader(s.path); err != nil {
			return err
		}
	}
	return f(r)
}

// handle is one opened Table or Queue of a store.
type handle struct {
	mu      sync.RWMutex // held for reading by every call, so that Close waits for them
	store   *store
	release func()
}

// enter returns the store and what to call when done with it.
func (h *handle) enter(ctx context.Context) (*store, func(), error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	h.mu.RLock()
	if h.store == nil {
		h.mu.RUnlock()
		return nil, nil, errClosed
	}
	return h.store, h.mu.RUnlock, nil
}

// Close waits for running calls; later ones fail. The file is closed with the last Table or Queue on it.
func (h *handle) Close() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.store != nil {
		h.store = nil
		h.release()
	}
	return nil
}
