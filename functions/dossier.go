package functions

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/compliance/ledger"
	"github.com/scruple/scruple/port"
)

// Dossier is the head of a message's record: how it stands now. What it says must follow from the last ledger entry.
type Dossier struct {
	State  scruple.State `json:"state"`
	Due    time.Time     `json:"due,omitzero"`
	Card   string        `json:"card,omitempty"` // the card it was held on, or was let through by
	Tries  int           `json:"tries,omitempty"`
	Worker string        `json:"worker,omitempty"` // who claimed it
}

// appendJSON writes the head as json.Marshal would; it is written for each message.
func (d *Dossier) appendJSON(dst []byte) []byte {
	dst = appendField(dst, `{"state":`, string(d.State))
	if !d.Due.IsZero() {
		dst = appendTime(dst, `,"due":`, d.Due)
	}
	dst = appendOptional(dst, `,"card":`, d.Card)
	if d.Tries != 0 {
		dst = strconv.AppendInt(append(dst, `,"tries":`...), int64(d.Tries), 10)
	}
	return append(appendOptional(dst, `,"worker":`, d.Worker), '}')
}

// step is the part of every entry about a message that tells its state.
type step struct {
	Decision struct {
		State scruple.State `json:"state"`
		Due   time.Time     `json:"due"`
	} `json:"decision"`
}

// dossier loads a message's record; an absent one has Revision 0.
func (h *House) dossier(ctx context.Context, id string) (*record[Dossier], error) {
	if !validMessageID(id) {
		return nil, fmt.Errorf("%q is no message id (expected %d hexadecimal digits): %w", id, idLen, ErrNoMessage)
	}
	r, err := load[Dossier](ctx, h.Table, messageKey(id))
	if err != nil {
		return nil, fmt.Errorf("message %s: %w", id, err)
	}
	return r, nil
}

// sound checks that a record is what its ledger says: an unbroken chain whose last entry gives the state in the head.
func sound(id string, r *record[Dossier]) error {
	chain, err := r.chain()
	if err != nil {
		return fmt.Errorf("message %s: %w: %w", id, ErrTampered, err)
	}
	if err := ledger.VerifyChain("message/"+id, chain); err != nil {
		return fmt.Errorf("message %s: %w: %w", id, ErrTampered, err)
	}
	var last step
	if err := json.Unmarshal(r.last.Body, &last); err != nil {
		return fmt.Errorf("message %s: %w: %w", id, ErrTampered, err)
	}
	if last.Decision.State != r.Head.State || !last.Decision.Due.Equal(r.Head.Due) {
		return fmt.Errorf("message %s is marked %s, but its ledger says %s: %w", id, r.Head.State, last.Decision.State, ErrTampered)
	}
	return nil
}

// lastCase returns the latest decision about a message, and all of its entries.
func lastCase(r *record[Dossier]) (*Case, []ledger.Entry, error) {
	chain, err := r.chain()
	if err != nil {
		return nil, nil, err
	}
	var last *Case
	for i := range chain {
		if !decides(chain[i].Step) {
			continue
		}
		c := &Case{}
		if err := json.Unmarshal(chain[i].Body, c); err != nil {
			return nil, chain, fmt.Errorf("entry %d: %w: %w", chain[i].Seq, ErrTampered, err)
		}
		if c.Addressee == nil && last != nil {
			c.Addressee = last.Addressee
		}
		last = c
	}
	if last == nil || last.Addressee == nil {
		return nil, chain, fmt.Errorf("no decision in the record: %w", ErrTampered)
	}
	return last, chain, nil
}

// The steps of a message's ledger.
const (
	StepDecided = "decided" // a Case
	StepClaimed = "claimed" // a Case: checked again at the door
	StepReceipt = "receipt"
	StepTaken   = "withdrawn"
	StepDoubt   = "in doubt"
)

func decides(name string) bool { return name == StepDecided || name == StepClaimed }

// put is the write of a record at the revision it was read at, with the entry that was just added.
func (r *record[H]) put(key port.Key) (port.Write, error) {
	value, err := r.encode()
	return port.Write{Op: port.Put, Key: key, Revision: r.Revision, Value: value}, err
}
