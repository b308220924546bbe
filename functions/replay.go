package functions

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/compliance/ledger"
	"github.com/scruple/scruple/compliance/review"
	"github.com/scruple/scruple/port"
)

// A head says how its subject stands, so that nobody need read the whole chain. An audit does: it replays the entries and
// holds the result against the head.

// cardFault replays a card: as it was laid down, and every ruling since.
func cardFault(head []byte, entries []ledger.Entry) error {
	var want Card
	for i := range entries {
		if i == 0 {
			if err := json.Unmarshal(entries[i].Body, &want); err != nil {
				return err
			}
			continue
		}
		var r review.Ruling
		if err := json.Unmarshal(entries[i].Body, &r); err != nil {
			return err
		}
		want.Rulings = append(want.Rulings, r)
	}
	return agrees(head, want, "the card is not what was laid down and ruled")
}

// runFault replays a run: as it was launched, and every ruling and change of its status since. Its tier may have risen with
// the grade of its product.
func runFault(head []byte, entries []ledger.Entry) error {
	var got, want Run
	if err := json.Unmarshal(head, &got); err != nil {
		return err
	}
	for i := range entries {
		if err := want.replay(&entries[i]); err != nil {
			return err
		}
	}
	if order := []scruple.Tier{scruple.Low, scruple.Middle, scruple.High}; slices.Index(order, got.Tier) > slices.Index(order, want.Tier) {
		want.Tier = got.Tier
	}
	if need, _ := got.signatures(); got.Status == Running && want.Status == Unsigned && len(got.Rulings) >= need {
		want.Status = Running // by the last of the signatures; whether they count is looked at again with every message
	}
	return agrees(head, want, "the run is not what was launched, ruled and controlled")
}

func (r *Run) replay(e *ledger.Entry) error {
	switch e.Step {
	case "launching", "launched":
		*r = Run{}
		return json.Unmarshal(e.Body, r)
	case "queued":
		r.Queued = true
	case string(Running), string(Paused), string(Stopped):
		r.Status = RunStatus(e.Step)
	default:
		var ruling review.Ruling
		if err := json.Unmarshal(e.Body, &ruling); err != nil {
			return err
		}
		r.Rulings = append(r.Rulings, ruling)
		if ruling.Action != review.Approve {
			r.Status = statusAfter(r.Status, review.Waiting, ruling.Action)
		}
	}
	return nil
}

// agrees compares a head as stored with what it should be.
func agrees[H any](head []byte, want H, otherwise string) error {
	var got H
	if err := json.Unmarshal(head, &got); err != nil {
		return err
	}
	a, err := json.Marshal(got)
	if err != nil {
		return err
	}
	b, err := json.Marshal(want)
	if err != nil {
		return err
	}
	if !bytes.Equal(a, b) {
		return errors.New(otherwise)
	}
	return nil
}

// strangers finds people whose record holds consents or suppressions, and of whom the ledger knows nothing at all.
func (h *House) strangers(ctx context.Context, fault func(subject string, err error)) error {
	for _, shard := range shards("person/") {
		var keys []port.Key
		for rec, err := range list(ctx, h.Table, shard) {
			if err != nil {
				return err
			}
			p, err := decodePerson(rec.Value)
			if err != nil {
				fault("person/"+rec.Key.Sort, err)
			} else if len(p.Consents)+len(p.Suppressions) > 0 {
				keys = append(keys, consentKey(rec.Key.Sort))
			}
		}
		for page := range slices.Chunk(keys, pageSize) {
			recs, err := h.Table.Get(ctx, page...)
			if err != nil {
				return err
			}
			for i := range recs {
				if recs[i].Revision == 0 {
					fault("person/"+page[i].Sort, errors.New("the person's record has a consent or suppression, and there is no evidence of any"))
				}
			}
		}
	}
	return nil
}
