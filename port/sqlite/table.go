package sqlite

import (
	"context"
	"fmt"

	"github.com/scruple/scruple/port"
)

// table is a port.Table on a store.
type table struct{ handle }

func (t *table) Get(ctx context.Context, keys ...port.Key) (recs []port.Record, err error) {
	s, leave, err := t.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	for i := range keys {
		if err := keys[i].Validate(); err != nil {
			return nil, err
		}
	}
	err = s.read(ctx, func(r *reader) error {
		recs, err = r.records(ctx, keys)
		return err
	})
	return recs, err
}

func (t *table) List(ctx context.Context, partition, after string, limit int) (recs []port.Record, err error) {
	s, leave, err := t.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	if err := (port.Key{Partition: partition, Sort: after}).Validate(); err != nil {
		return nil, err
	}
	if limit <= 0 {
		return nil, nil
	}
	err = s.read(ctx, func(r *reader) error {
		recs, err = r.page(ctx, partition, after, limit)
		return err
	})
	return recs, err
}

func (t *table) Commit(ctx context.Context, txs ...port.Tx) ([]error, error) {
	s, leave, err := t.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	weight, err := weigh(txs)
	if err != nil {
		return nil, err
	}
	results := make([]error, len(txs))
	err = s.write(ctx, weight, func(w *writer) error {
		for i := range txs {
			ok, err := w.apply(txs[i])
			if err != nil {
				return err
			}
			results[i] = nil
			if !ok {
				results[i] = port.ErrConflict
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return results, nil
}

// weigh checks the transactions and returns about how many bytes they would write.
func weigh(txs []port.Tx) (weight int, err error) {
	for i, tx := range txs {
		if err := tx.Validate(); err != nil {
			return 0, fmt.Errorf("transaction %d: %w", i, err)
		}
		for j := range tx {
			weight += keySize(tx[j].Key) + len(tx[j].Value) + 64
		}
	}
	return weight, nil
}
