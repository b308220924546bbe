package sqlite_test

import (
	"fmt"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/scruple/scruple/port"
)

// cpu returns the processor time this process has used.
func cpu() time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		panic(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

const people = 50_000

func personKey(i int) port.Key { return port.Key{Partition: "person", Sort: fmt.Sprintf("C%010d", i)} }

// decision is what deciding one message writes: the person, the message and its outbox entry, as long as run and product
// still stand.
func decision(round, i int) port.Tx {
	return port.Tx{
		{Op: port.Put, Key: personKey(i), Revision: int64(round) + 1, Value: value[:300]},
		{Op: port.Put, Key: port.Key{Partition: fmt.Sprintf("run/5f0c1a%d/message", round), Sort: fmt.Sprintf("%010d", i)}, Value: value[:900]},
		{Op: port.Put, Key: port.Key{Partition: "outbox/5f0c1a", Sort: fmt.Sprintf("%d/%010d", round, i)}, Value: value[:30]},
		{Op: port.Check, Key: port.Key{Partition: "run", Sort: "5f0c1a"}, Revision: 1},
		{Op: port.Check, Key: port.Key{Partition: "product", Sort: "p1"}, Revision: 1},
	}
}

var value = func() []byte {
	b := make([]byte, 1024)
	for i := range b {
		b[i] = byte(i * 131)
	}
	return b
}()

func benchTable(b *testing.B) port.Table {
	tb := openTable(b, urlOf(filepath.Join(b.TempDir(), "s.db")))
	b.Cleanup(func() { _ = tb.Close() })
	txs := []port.Tx{{{Key: port.Key{Partition: "run", Sort: "5f0c1a"}}, {Key: port.Key{Partition: "product", Sort: "p1"}}}}
	for i := range people {
		txs = append(txs, port.Tx{{Key: personKey(i), Value: value[:300]}})
	}
	mustCommit(b, tb, txs)
	return tb
}

func mustCommit(b *testing.B, tb port.Table, txs []port.Tx) {
	errs, err := tb.Commit(bg, txs...)
	if err != nil {
		b.Error(err)
	}
	for _, err := range errs {
		if err != nil {
			b.Error(err)
		}
	}
}

// BenchmarkCommit commits a decision for each of 50,000 people in one operation.
func BenchmarkCommit(b *testing.B) {
	for _, callers := range []int{1, 2} {
		for _, batch := range []int{1, 250, 500, 1000} {
			b.Run(fmt.Sprintf("callers=%d/batch=%d", callers, batch), func(b *testing.B) {
				tb := benchTable(b)
				n := people
				if batch == 1 {
					n = 1000
				}
				var used time.Duration
				b.ResetTimer()
				for round := range b.N {
					b.StopTimer()
					txs := make([]port.Tx, n)
					for i := range txs {
						txs[i] = decision(round, i)
					}
					b.StartTimer()
					before := cpu()
					commitBatches(b, tb, txs, callers, batch)
					used += cpu() - before
				}
				b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "tx/s")
				b.ReportMetric(float64(used.Microseconds())/float64(n*b.N), "us-cpu/tx")
			})
		}
	}
}

func commitBatches(b *testing.B, tb port.Table, txs []port.Tx, callers, batch int) {
	batches := make(chan []port.Tx)
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() {
			for txs := range batches {
				mustCommit(b, tb, txs)
			}
		})
	}
	for i := 0; i < len(txs); i += batch {
		batches <- txs[i:min(i+batch, len(txs))]
	}
	close(batches)
	wg.Wait()
}

// BenchmarkGet fetches 50,000 records in one operation.
func BenchmarkGet(b *testing.B) {
	for _, batch := range []int{1, 100, 1000} {
		b.Run(fmt.Sprintf("batch=%d", batch), func(b *testing.B) {
			tb := benchTable(b)
			keys := make([]port.Key, people)
			for i := range keys {
				keys[i] = personKey(i)
			}
			b.ResetTimer()
			for b.Loop() {
				for i := 0; i < people; i += batch {
					recs, err := tb.Get(bg, keys[i:i+batch]...)
					if err != nil || recs[batch-1].Revision != 1 {
						b.Fatal(recs, err)
					}
				}
			}
			b.ReportMetric(float64(people*b.N)/b.Elapsed().Seconds(), "records/s")
		})
	}
}

// BenchmarkList reads 50,000 records in pages of 500 in one operation.
func BenchmarkList(b *testing.B) {
	tb := benchTable(b)
	for b.Loop() {
		n := 0
		for after := ""; ; {
			recs, err := tb.List(bg, "person", after, 500)
			if err != nil {
				b.Fatal(err)
			}
			n += len(recs)
			if len(recs) < 500 {
				break
			}
			after = recs[499].Key.Sort
		}
		if n != people {
			b.Fatal(n)
		}
	}
	b.ReportMetric(float64(people*b.N)/b.Elapsed().Seconds(), "records/s")
}
