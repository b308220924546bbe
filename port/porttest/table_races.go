package porttest

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/scruple/scruple/port"
)

// tableCounters lets many goroutines add to one record: no addition may be lost.
func tableCounters(t *testing.T, tb port.Table) {
	const workers, each = 16, 25
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for range each {
				if err := Increment(tb, key("counter")); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	want(t, tb, "counter", workers*each, fmt.Sprint(workers*each))
}

// Increment adds one to the decimal number in a record, on condition that nobody else does meanwhile, and tries again when
// somebody did. It is exported for tests of several processes on one store.
func Increment(tb port.Table, k port.Key) error {
	for {
		recs, err := tb.Get(bg, k)
		if err != nil {
			return err
		}
		var n int
		if len(recs[0].Value) > 0 {
			if _, err := fmt.Sscan(string(recs[0].Value), &n); err != nil {
				return err
			}
		}
		errs, err := tb.Commit(bg, port.Tx{{Key: k, Revision: recs[0].Revision, Value: fmt.Append(nil, n+1)}})
		if err != nil {
			return err
		}
		if !errors.Is(errs[0], port.ErrConflict) {
			return errs[0]
		}
	}
}

// tableCreation lets goroutines race to create the same records in batches: each has exactly one creator, and whoever made
// the first half of a pair made the second.
func tableCreation(t *testing.T, tb port.Table) {
	const workers, records = 8, 200
	var wg sync.WaitGroup
	var mu sync.Mutex
	wins := map[int]int{}
	for id := range workers {
		wg.Go(func() {
			var txs []port.Tx
			for i := range records {
				v := fmt.Sprint(id)
				txs = append(txs, port.Tx{put(fmt.Sprintf("x%03d", i), 0, v), put(fmt.Sprintf("y%03d", i), 0, v)})
			}
			errs, err := tb.Commit(bg, txs...)
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			for i := range errs {
				if errs[i] == nil {
					wins[i]++
				}
			}
		})
	}
	wg.Wait()
	for i := range records {
		x, y := load(t, tb, fmt.Sprintf("x%03d", i)), load(t, tb, fmt.Sprintf("y%03d", i))
		if wins[i] != 1 || x.Revision != 1 || !bytes.Equal(x.Value, y.Value) {
			t.Fatalf("record %d: %d creators, %v, %v", i, wins[i], x, y)
		}
	}
}

func tableReadYourWrites(t *testing.T, tb port.Table) {
	var wg sync.WaitGroup
	for id := range 4 {
		wg.Go(func() {
			for i := range 50 {
				k := port.Key{Partition: "own", Sort: fmt.Sprintf("%d-%d", id, i)}
				if _, err := tb.Commit(bg, port.Tx{{Key: k, Value: []byte("x")}}); err != nil {
					t.Error(err)
					return
				}
				if recs, err := tb.Get(bg, k); err != nil || recs[0].Revision != 1 {
					t.Errorf("%v is not there after Commit: %v %v", k, recs, err)
					return
				}
			}
		})
	}
	wg.Wait()
}

// tableModel compares a few hundred random batches with a map.
func tableModel(t *testing.T, tb port.Table) {
	rnd := rand.New(rand.NewPCG(7, 11))
	m := model{}
	for range 300 {
		var txs []port.Tx
		var conflicts []bool
		for range 1 + rnd.IntN(6) {
			tx := m.randomTx(rnd)
			txs, conflicts = append(txs, tx), append(conflicts, !m.apply(tx))
		}
		for i, err := range commitAll(t, tb, txs...) {
			if (err != nil) != conflicts[i] {
				t.Fatalf("transaction %v: %v, want conflict %v", txs[i], err, conflicts[i])
			}
		}
	}
	recs, err := tb.List(bg, "p", "", 1000)
	must(t, err)
	if len(recs) != len(m) {
		t.Fatalf("%d records, want %d", len(recs), len(m))
	}
	for _, r := range recs {
		if w := m[r.Key.Sort]; r.Revision != w.Revision || !bytes.Equal(r.Value, w.Value) {
			t.Fatalf("%v, want %v", r, w)
		}
	}
}

type model map[string]port.Record

func (m model) randomTx(rnd *rand.Rand) port.Tx {
	var tx port.Tx
	for _, k := range rnd.Perm(12)[:1+rnd.IntN(5)] {
		s := fmt.Sprint(k)
		w := port.Write{Op: port.Op(rnd.IntN(3)), Key: key(s), Revision: m[s].Revision}
		switch {
		case rnd.IntN(6) == 0:
			w.Revision = rnd.Int64N(3)
		case w.Op != port.Check && rnd.IntN(6) == 0:
			w.Revision = port.Any
		}
		if w.Op == port.Put {
			w.Value = bytes.Repeat([]byte{byte(rnd.IntN(256))}, rnd.IntN(3000))
		}
		tx = append(tx, w)
	}
	return tx
}

func (m model) apply(tx port.Tx) bool {
	for _, w := range tx {
		if w.Revision != port.Any && m[w.Key.Sort].Revision != w.Revision {
			return false
		}
	}
	for _, w := range tx {
		switch w.Op {
		case port.Put:
			m[w.Key.Sort] = port.Record{Revision: m[w.Key.Sort].Revision + 1, Value: w.Value}
		case port.Delete:
			delete(m, w.Key.Sort)
		}
	}
	return true
}
