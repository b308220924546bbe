package sqlite_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"github.com/scruple/scruple/port"
)

// Tables of different port.Drivers know nothing of each other, like those of different processes.

func commitOne(tb port.Table, tx ...port.Write) error {
	errs, err := tb.Commit(bg, tx)
	return errors.Join(append(errs, err)...)
}

// What one writer looked up for a check is no longer true when another has written it.
func TestCheckSeesOtherWriter(t *testing.T) {
	rawURL := urlOf(filepath.Join(t.TempDir(), "s.db"))
	a, b := openTable(t, rawURL), openTable(t, rawURL)
	defer a.Close()
	defer b.Close()
	run := port.Key{Partition: "run"}
	for i := range int64(5) {
		m := port.Key{Partition: "m", Sort: fmt.Sprint(i)}
		if err := commitOne(a, port.Write{Op: port.Check, Key: run, Revision: i}, port.Write{Key: m}); err != nil {
			t.Fatal(err)
		}
		if err := commitOne(b, port.Write{Key: run, Revision: i}); err != nil {
			t.Fatal(err)
		}
		if err := commitOne(a, port.Write{Op: port.Check, Key: run, Revision: i}, port.Write{Key: m, Revision: 1}); !errors.Is(err, port.ErrConflict) {
			t.Fatalf("round %d: %v, want ErrConflict", i, err)
		}
	}
}

// Two writers get in each other's way all the time; both wait their turn and lose nothing.
func TestTwoWriters(t *testing.T) {
	rawURL := urlOf(filepath.Join(t.TempDir(), "s.db"))
	counter, absent := port.Key{Partition: "counter"}, port.Key{Partition: "absent"}
	var wg sync.WaitGroup
	for range 2 {
		tb := openTable(t, rawURL)
		defer tb.Close()
		for range 3 {
			wg.Go(func() {
				for range 50 {
					if err := commitOne(tb, port.Write{Op: port.Check, Key: absent}, port.Write{Key: counter, Revision: port.Any}); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	wg.Wait()
	tb := openTable(t, rawURL)
	defer tb.Close()
	if recs, err := tb.Get(bg, counter); err != nil || recs[0].Revision != 300 {
		t.Errorf("%v %v, want revision 300", recs, err)
	}
}

// Many open a file that is not there yet at the same moment.
func TestOpenNewTogether(t *testing.T) {
	dir := t.TempDir()
	for round := range 10 {
		rawURL := urlOf(filepath.Join(dir, fmt.Sprint(round, ".db")))
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				tb, err := drivers().OpenTable(bg, rawURL)
				if err != nil {
					t.Error(err)
					return
				}
				defer tb.Close()
				if err := commitOne(tb, port.Write{Key: port.Key{Partition: "p", Sort: fmt.Sprint(i)}}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	}
}
