package memory

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/scruple/scruple/port"
)

// table is a map of maps behind one lock.
type table struct {
	mu         sync.Mutex
	partitions map[string]*partition
	closed     bool
}

// partition holds the records of one partition by sort key.
type partition struct {
	records map[string]entry
	// order holds every sort key in ascending order as long as sorted is true, and some deleted ones.
	order  []string
	sorted bool
}

type entry struct {
	revision int64
	value    []byte
}

// NewTable returns an empty table.
func NewTable() port.Table { return &table{partitions: map[string]*partition{}} }

func (t *table) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	t.mu.Lock()
	if t.closed {
		t.mu.Unlock()
		return errClosed
	}
	return nil
}

func (t *table) Get(ctx context.Context, keys ...port.Key) ([]port.Record, error) {
	if err := t.enter(ctx); err != nil {
		return nil, err
	}
	defer t.mu.Unlock()
	recs := make([]port.Record, len(keys))
	for i, k := range keys {
		if err := k.Validate(); err != nil {
			return nil, err
		}
		recs[i] = t.record(k)
	}
	return recs, nil
}

func (t *table) record(k port.Key) port.Record {
	r := port.Record{Key: k}
	if p := t.partitions[k.Partition]; p != nil {
		e := p.records[k.Sort]
		r.Revision, r.Value = e.revision, bytes.Clone(e.value)
	}
	return r
}

func (t *table) List(ctx context.Context, name, after string, limit int) ([]port.Record, error) {
	if err := t.enter(ctx); err != nil {
		return nil, err
	}
	defer t.mu.Unlock()
	if err := (port.Key{Partition: name, Sort: after}).Validate(); err != nil {
		return nil, err
	}
	p := t.partitions[name]
	if p == nil {
		return nil, nil
	}
	var recs []port.Record
	for _, s := range p.after(after) {
		if len(recs) >= limit {
			break
		}
		if _, there := p.records[s]; there {
			recs = append(recs, t.record(port.Key{Partition: name, Sort: s}))
		}
	}
	return recs, nil
}

func (t *table) Commit(ctx context.Context, txs ...port.Tx) ([]error, error) {
	if err := t.enter(ctx); err != nil {
		return nil, err
	}
	defer t.mu.Unlock()
	for i := range txs {
		if err := txs[i].Validate(); err != nil {
			return nil, fmt.Errorf("transaction %d: %w", i, err)
		}
	}
	results := make([]error, len(txs))
	for i, tx := range txs {
		if !t.holds(tx) {
			results[i] = port.ErrConflict
			continue
		}
		for _, w := range tx {
			t.apply(w)
		}
	}
	return results, nil
}

// Close drops all records.
func (t *table) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closed, t.partitions = true, nil
	return nil
}

func (t *table) holds(tx port.Tx) bool {
	for _, w := range tx {
		var revision int64
		if p := t.partitions[w.Key.Partition]; p != nil {
			revision = p.records[w.Key.Sort].revision
		}
		if w.Revision != port.Any && w.Revision != revision {
			return false
		}
	}
	return true
}

func (t *table) apply(w port.Write) {
	p := t.partitions[w.Key.Partition]
	switch {
	case w.Op == port.Put:
		if p == nil {
			p = &partition{records: map[string]entry{}, sorted: true}
			t.partitions[w.Key.Partition] = p
		}
		p.put(w.Key.Sort, w.Value)
	case w.Op == port.Delete && p != nil:
		delete(p.records, w.Key.Sort)
		if len(p.records) == 0 {
			delete(t.partitions, w.Key.Partition)
		}
	}
}

func (p *partition) put(sort string, value []byte) {
	e, there := p.records[sort]
	if !there {
		p.sorted = p.sorted && (len(p.order) == 0 || p.order[len(p.order)-1] < sort)
		p.order = append(p.order, sort)
	}
	p.records[sort] = entry{e.revision + 1, bytes.Clone(value)}
}

// after returns the sort keys behind one, some deleted ones among them. The order is made anew when it is wrong, or when
// half of it is deleted.
func (p *partition) after(after string) []string {
	if !p.sorted || len(p.order) > 2*len(p.records) {
		p.order = slices.Sorted(maps.Keys(p.records))
		p.sorted = true
	}
	i, found := slices.BinarySearch(p.order, after)
	if found {
		i++
	}
	return p.order[i:]
}
