package functions

import (
	"context"
	"fmt"
	"iter"

	"github.com/scruple/scruple"
)

// stored is one message of a run, as it lies in the store.
type stored struct {
	id     string
	record *record[Dossier]
}

// messages walks all messages of a run in the order of their ids.
func (h *House) messages(ctx context.Context, run string) iter.Seq2[stored, error] {
	return func(yield func(stored, error) bool) {
		for _, shard := range shards("message/" + runTag(run) + "/") {
			for rec, err := range list(ctx, h.Table, shard) {
				if err != nil {
					yield(stored{}, err)
					return
				}
				r, err := decodeRecord[Dossier](rec.Value, rec.Revision)
				if err != nil {
					err = fmt.Errorf("message %s: %w", rec.Key.Sort, err)
				}
				if !yield(stored{rec.Key.Sort, r}, err) {
					return
				}
			}
		}
	}
}

// Count tallies the messages of a run as they stand now: by state, and by the reasons of the last decision.
func (h *House) Count(ctx context.Context, run string) (Tally, error) {
	t := Tally{}
	for m, err := range h.messages(ctx, run) {
		if err != nil {
			return t, err
		}
		t[Tallied{State: m.record.Head.State}]++
		switch m.record.Head.State {
		case scruple.Held, scruple.Withheld, scruple.Deferred, scruple.Expired:
			last, _, err := lastCase(m.record)
			if err != nil {
				return t, fmt.Errorf("message %s: %w", m.id, err)
			}
			for _, reason := range last.Decision.Reasons {
				t[Tallied{m.record.Head.State, reason}]++
			}
		}
	}
	return t, nil
}
