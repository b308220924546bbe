package audience

import (
	"bufio"
	"bytes"
	"container/heap"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
)

// cursor stands on one record of a run.
type cursor interface{ next() ([]byte, error) }

type held struct {
	arena []byte
	index []place
}

func (h *held) next() ([]byte, error) {
	if len(h.index) == 0 {
		return nil, io.EOF
	}
	p := h.index[0]
	h.index = h.index[1:]
	return h.arena[p.at : p.at+p.size], nil
}

func (h *held) all() iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for rec, err := h.next(); err == nil; rec, err = h.next() {
			if !yield(rec, nil) {
				return
			}
		}
	}
}

type spilled struct {
	r   *bufio.Reader
	rec []byte
}

func (s *spilled) next() ([]byte, error) {
	n, err := binary.ReadUvarint(s.r)
	if err != nil {
		return nil, err
	}
	if n < 16 || n > 1<<30 {
		return nil, errRecord
	}
	s.rec = slices.Grow(s.rec[:0], int(n))[:n]
	if _, err = io.ReadFull(s.r, s.rec); err != nil {
		return nil, fmt.Errorf("%w: %v", errRecord, err) // an end of file in mid-record is no end
	}
	return s.rec, nil
}

// front is the heap of the runs' foremost records; of equal keys the older run comes first.
type front []lane

type lane struct {
	rec []byte
	run int
	cur cursor
}

func (f front) Len() int      { return len(f) }
func (f front) Swap(i, j int) { f[i], f[j] = f[j], f[i] }
func (f *front) Push(x any)   { *f = append(*f, x.(lane)) }
func (f *front) Pop() any     { x := (*f)[len(*f)-1]; *f = (*f)[:len(*f)-1]; return x }
func (f front) Less(i, j int) bool {
	if c := bytes.Compare(f[i].rec[:16], f[j].rec[:16]); c != 0 {
		return c < 0
	}
	return f[i].run < f[j].run
}

// mergeRuns yields the records of spilled runs and of the newest rows, which may be nil, in order.
func mergeRuns(runs []SpillFile, newest cursor) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		f, err := openFront(runs, newest)
		for err == nil && len(f) > 0 {
			if !yield(f[0].rec, nil) {
				return
			}
			if f[0].rec, err = f[0].cur.next(); errors.Is(err, io.EOF) {
				heap.Pop(&f)
				err = nil
			} else if err == nil {
				heap.Fix(&f, 0)
			}
		}
		if err != nil {
			yield(nil, fmt.Errorf("read spilled rows: %w", err))
		}
	}
}

func openFront(runs []SpillFile, newest cursor) (front, error) {
	var cursors []cursor
	for _, r := range runs {
		if _, err := r.Seek(0, io.SeekStart); err != nil {
			return nil, err
		}
		cursors = append(cursors, &spilled{r: bufio.NewReaderSize(r, 64<<10)})
	}
	if newest != nil {
		cursors = append(cursors, newest)
	}
	var f front
	for i, c := range cursors {
		rec, err := c.next()
		if errors.Is(err, io.EOF) {
			continue
		}
		if err != nil {
			return nil, err
		}
		f = append(f, lane{rec, i, c})
	}
	heap.Init(&f)
	return f, nil
}
