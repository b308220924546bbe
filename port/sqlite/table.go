package sqlite

import (
	"context"
	"errors"
	"fmt"
	"strings"

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
		if err := checkKey(keys[i]); err != nil {
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
	if err := checkKey(port.Key{Partition: partition, Sort: after}); err != nil {
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
	weight, err := checkTxs(txs)
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

// checkTxs refuses what the contract of port.Tx does not allow and returns about how many bytes would be written.
func checkTxs(txs []port.Tx) (weight int, err error) {
	for i, tx := range txs {
		if len(tx) > 100 {
			return 0, fmt.Errorf("transaction %d has %d writes; at most 100 are allowed", i, len(tx))
		}
		for j := range tx {
			if err := checkWrite(&tx[j]); err != nil {
				return 0, fmt.Errorf("transaction %d, write %d: %w", i, j, err)
			}
			if repeated(tx, j) {
				return 0, fmt.Errorf("transaction %d writes %q %q twice", i, tx[j].Key.Partition, tx[j].Key.Sort)
			}
			weight += keySize(tx[j].Key) + len(tx[j].Value) + 64
		}
	}
	return weight, nil
}

// repeated compares with the keys before: for a hundred short keys that is faster than a map.
func repeated(tx port.Tx, j int) bool {
	for i := range j {
		if tx[i].Key == tx[j].Key {
			return true
		}
	}
	return false
}

func checkWrite(x *port.Write) error {
	if x.Op > port.Check {
		return fmt.Errorf("unknown operation %d", x.Op)
	}
	if x.Revision < port.Any {
		return fmt.Errorf("impossible revision %d", x.Revision)
	}
	return checkKey(x.Key)
}

func checkKey(k port.Key) error {
	if k.Partition == "" {
		return errors.New("a key without partition")
	}
	if strings.IndexByte(k.Partition, 0) >= 0 || strings.IndexByte(k.Sort, 0) >= 0 {
		return fmt.Errorf("the key %q %q holds a zero byte", k.Partition, k.Sort)
	}
	return nil
}
