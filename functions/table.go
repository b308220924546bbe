package functions

import (
	"context"
	"iter"

	"github.com/scruple/scruple/port"
)

// pageSize is how many records one List call asks for.
const pageSize = 500

// list walks a whole partition in key order.
func list(ctx context.Context, t port.Table, partition string) iter.Seq2[port.Record, error] {
	return func(yield func(port.Record, error) bool) {
		after := ""
		for {
			page, err := t.List(ctx, partition, after, pageSize)
			if err != nil {
				yield(port.Record{}, err)
				return
			}
			for _, rec := range page {
				if !yield(rec, nil) {
					return
				}
				after = rec.Key.Sort
			}
			if len(page) < pageSize {
				return
			}
		}
	}
}

// load reads one record; an absent one comes back with Revision 0 and an empty head.
func load[H any](ctx context.Context, t port.Table, key port.Key) (*record[H], error) {
	recs, err := t.Get(ctx, key)
	if err != nil {
		return nil, err
	}
	if recs[0].Revision == 0 {
		return &record[H]{}, nil
	}
	return decodeRecord[H](recs[0].Value, recs[0].Revision)
}

// commit carries out one transaction.
func commit(ctx context.Context, t port.Table, tx port.Tx) error {
	errs, err := t.Commit(ctx, tx)
	if err != nil {
		return err
	}
	return errs[0]
}
