package functions

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/scruple/scruple/compliance/ledger"
)

// ErrUnsealed: nothing of the message lies under a checkpoint yet.
var ErrUnsealed = errors.New("no checkpoint covers it yet; make one with: scruple ledger checkpoint")

// Prove returns a document that proves, without this program and without the store, what happened to a message up to the
// last checkpoint that covers it; see ledger.Bundle.
func (h *House) Prove(ctx context.Context, id string) ([]byte, error) {
	r, err := h.dossier(ctx, id)
	if err != nil {
		return nil, err
	}
	if r.Revision == 0 {
		return nil, fmt.Errorf("%s: %w", id, ErrNoMessage)
	}
	chain, err := r.chain()
	if err != nil {
		return nil, fmt.Errorf("message %s: %w", id, err)
	}
	group := groupMessages + id[:tagLen]
	p, err := h.pin(ctx, group)
	if err != nil {
		return nil, err
	}
	if p.Checkpoint == 0 {
		return nil, fmt.Errorf("message %s: %w", id, ErrUnsealed)
	}
	leaf, proof, err := ledger.Prove(h.leaves(ctx, group, p.Checkpoint), "message/"+id)
	if errors.Is(err, ledger.ErrNoLeaf) {
		err = ErrUnsealed
	}
	if err != nil {
		return nil, fmt.Errorf("message %s: %w", id, err)
	}
	if leaf.Seq > len(chain) {
		return nil, fmt.Errorf("message %s: %w", id, ErrTampered)
	}
	b := ledger.Bundle{Entries: chain[:leaf.Seq], Proof: proof}
	if err := h.proveRecord(ctx, group, p.Checkpoint, &b); err != nil {
		return nil, fmt.Errorf("message %s: %w", id, err)
	}
	return b.Marshal()
}

// proveRecord adds to a bundle the group's record, its place in the log, and the newest signed checkpoint.
func (h *House) proveRecord(ctx context.Context, group string, checkpoint int, b *ledger.Bundle) error {
	found := false
	for rec, err := range list(ctx, h.Table, "record") {
		if err != nil {
			return err
		}
		r, err := ledger.ParseRecord(rec.Value)
		if err != nil {
			return err
		}
		if r.Group == group && r.Checkpoint == checkpoint {
			b.Record, found = rec.Value, true
			if b.RecordIndex, err = number(rec); err != nil {
				return err
			}
			break
		}
	}
	if !found {
		return fmt.Errorf("checkpoint %d has no record of %s: %w", checkpoint, group, ErrTampered)
	}
	pos, _, err := h.position(ctx)
	if err != nil {
		return err
	}
	if b.RecordProof, err = h.log(ctx, pos.Size).ProveRecord(pos.Size, b.RecordIndex); err != nil {
		return err
	}
	b.Checkpoint, err = h.LastCheckpoint(ctx)
	return err
}

// pin returns what is kept of the last checkpoint that a group was part of; its Checkpoint is 0 when there was none.
func (h *House) pin(ctx context.Context, group string) (p pin, err error) {
	recs, err := h.Table.Get(ctx, pinKey(group))
	if err != nil || recs[0].Revision == 0 {
		return p, err
	}
	if err := json.Unmarshal(recs[0].Value, &p); err != nil {
		return p, fmt.Errorf("pin of %s: %w", group, err)
	}
	return p, nil
}

// position returns where the log stands, and the revision of that record.
func (h *House) position(ctx context.Context) (pos position, revision int64, err error) {
	recs, err := h.Table.Get(ctx, positionKey)
	if err != nil || recs[0].Revision == 0 {
		return pos, 0, err
	}
	if err := json.Unmarshal(recs[0].Value, &pos); err != nil {
		return pos, 0, fmt.Errorf("log position: %w", err)
	}
	return pos, recs[0].Revision, nil
}
