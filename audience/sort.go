package audience

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"

	"github.com/scruple/scruple"
)

// SpillFile is room for rows that memory does not hold. It is written once, then read from the start; Close frees it. An
// *os.File that was removed after it was opened is one.
type SpillFile interface {
	io.ReadWriteSeeker
	io.Closer
}

// Spill makes room; Freeze closes what it made.
type Spill func() (SpillFile, error)

// fanIn is how many spilled runs are read at a time; more are first merged into one.
const fanIn = 64

// sorter orders records by key, and records of one key as they came, in bounded memory: an external merge sort.
type sorter struct {
	limit int
	spill Spill
	arena []byte // the records that are held, one behind the other: one object for the collector, not a million
	index []place
	runs  []SpillFile
	count int // records added
}

// place says where in the arena a record lies. head is the beginning of its key, which settles most comparisons.
type place struct {
	head     uint64
	at, size uint32
}

func (s *sorter) add(r *scruple.Recipient) error {
	s.count++
	at := len(s.arena)
	if at > s.limit/8 && cap(s.arena) < s.limit { // a list that gets this far gets its room at once, not by doubling
		s.arena = slices.Grow(s.arena, s.limit+maxRow-at)
	}
	s.arena = appendRecord(s.arena, r)
	s.index = append(s.index, place{binary.BigEndian.Uint64(s.arena[at:]), uint32(at), uint32(len(s.arena) - at)})
	if len(s.arena) < s.limit {
		return nil
	}
	return s.flush()
}

func (s *sorter) order() {
	slices.SortFunc(s.index, func(a, b place) int {
		if a.head != b.head {
			return cmp.Compare(a.head, b.head)
		}
		if c := bytes.Compare(s.arena[a.at+8:a.at+16], s.arena[b.at+8:b.at+16]); c != 0 {
			return c
		}
		return cmp.Compare(a.at, b.at)
	})
}

// flush writes what is held as one run.
func (s *sorter) flush() error {
	s.order()
	if err := s.write((&held{s.arena, s.index}).all()); err != nil {
		return err
	}
	s.arena, s.index = s.arena[:0], s.index[:0]
	if len(s.runs) < fanIn {
		return nil
	}
	old := s.runs
	s.runs = nil
	return errors.Join(s.write(mergeRuns(old, nil)), closeAll(old))
}

// write spills records as a run of its own.
func (s *sorter) write(records iter.Seq2[[]byte, error]) error {
	if s.spill == nil {
		return errors.New("the list is longer than memory allows, and there is no room to spill rows")
	}
	f, err := s.spill()
	if err != nil {
		return fmt.Errorf("make room for spilled rows: %w", err)
	}
	s.runs = append(s.runs, f)
	w := bufio.NewWriterSize(f, 64<<10)
	var size [binary.MaxVarintLen64]byte
	for rec, err := range records {
		if err != nil {
			return err
		}
		_, _ = w.Write(size[:binary.PutUvarint(size[:], uint64(len(rec)))])
		_, _ = w.Write(rec) // the writer keeps its first error for Flush
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("spill rows: %w", err)
	}
	return nil
}

// all yields every record in order; a record is valid until the next one. Nothing may be added after.
func (s *sorter) all() iter.Seq2[[]byte, error] {
	s.order()
	rest := &held{s.arena, s.index}
	if len(s.runs) == 0 {
		return rest.all()
	}
	return mergeRuns(s.runs, rest)
}

func (s *sorter) close() error { return closeAll(s.runs) }

func closeAll(runs []SpillFile) (err error) {
	for _, f := range runs {
		err = errors.Join(err, f.Close())
	}
	return err
}
