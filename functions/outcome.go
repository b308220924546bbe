package functions

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/audience"
	"github.com/scruple/scruple/delivery"
	"github.com/scruple/scruple/port"
)

// Answer is the body of a ledger entry that records what a carrier, an operator or a restart said of a message.
type Answer struct {
	Decision struct {
		State scruple.State `json:"state"`
		Due   time.Time     `json:"due,omitzero"`
	} `json:"decision"`
	Reason  string           `json:"reason,omitempty"`
	Receipt *scruple.Receipt `json:"receipt,omitempty"`
}

var signs = delivery.Signs{Refused: port.ErrRefused, Later: port.ErrLater}

// answered records what came back from a carrier for a claimed message.
func (h *House) answered(ctx context.Context, now time.Time, id string, tries int, receipt scruple.Receipt, sendErr error) (scruple.State, error) {
	next := signs.Outcome(receipt, sendErr, tries, audience.Share("retry "+strconv.Itoa(tries), id))
	if receipt.State == "" {
		receipt = scruple.Receipt{Message: id, State: next.State, Reason: next.Reason, At: now}
	}
	a := Answer{Reason: next.Reason, Receipt: &receipt}
	a.Decision.State = next.State
	if next.State == scruple.Queued {
		a.Decision.Due = now.Add(next.Wait)
	}
	// The answer cannot be had again: a store that fails for a moment is asked again before the message stays in doubt.
	var state scruple.State
	var err error
	for range 3 {
		if state, err = h.turn(ctx, now, id, Self, StepReceipt, scruple.Claimed, a, next.Bounce); err == nil {
			break
		}
	}
	return state, err
}

// turn brings a message from one state to the next because of what an answer says, with everything that hangs on it: the
// outbox, the list of claims, the person's touch and, after a hard bounce, a suppression. It repeats on conflict, and does
// nothing when the message is no longer in the state from.
func (h *House) turn(ctx context.Context, now time.Time, id string, who scruple.Actor, name string, from scruple.State, a Answer, bounce delivery.Bounce) (scruple.State, error) {
	for {
		r, err := h.dossier(ctx, id)
		if err != nil {
			return "", err
		}
		if r.Head.State != from {
			return r.Head.State, nil
		}
		if !delivery.Allowed(from, a.Decision.State) {
			return from, fmt.Errorf("message %s: %s cannot become %s", id, from, a.Decision.State)
		}
		tx, err := h.turning(ctx, now, id, who, name, r, a, bounce)
		if err != nil {
			return from, fmt.Errorf("message %s: %w", id, err)
		}
		if err = commit(ctx, h.Table, tx); err == nil {
			return a.Decision.State, nil
		}
		if !errors.Is(err, port.ErrConflict) {
			return from, fmt.Errorf("message %s: %s: %w", id, name, err)
		}
	}
}

func (h *House) turning(ctx context.Context, now time.Time, id string, who scruple.Actor, name string, r *record[Dossier], a Answer, bounce delivery.Bounce) (port.Tx, error) {
	last, _, err := lastCase(r)
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(a)
	if err != nil {
		return nil, err
	}
	before := r.Head
	r.Head.State, r.Head.Due = a.Decision.State, a.Decision.Due
	r.add("message/"+id, h.stamp(now), who.ID, name, body)
	put, err := r.put(messageKey(id))
	if err != nil {
		return nil, err
	}
	tx := append(port.Tx{put}, indexRows(id, before, r.Head)...)
	person, err := h.afterTurn(ctx, now, id, last, r.Head.State, bounce)
	return append(tx, person...), err
}

// indexRows are the rows by which messages are found that wait, as a message goes from one state to another.
func indexRows(id string, before, after Dossier) []port.Write {
	var out []port.Write
	switch before.State {
	case scruple.Queued, scruple.Deferred:
		out = append(out, port.Write{Op: port.Delete, Key: outboxKey(id, before.Due), Revision: port.Any})
	case scruple.Claimed, scruple.InDoubt:
		if after.State != scruple.InDoubt {
			out = append(out, port.Write{Op: port.Delete, Key: claimedKey(id), Revision: port.Any})
		}
	case scruple.Held:
		if c, ok := parseCardID(before.Card); ok {
			out = append(out, port.Write{Op: port.Delete, Key: heldKey(c, id), Revision: port.Any})
		}
	}
	if after.State == scruple.Queued || after.State == scruple.Deferred {
		out = merge(out, []port.Write{{Op: port.Put, Key: outboxKey(id, after.Due), Revision: port.Any}})
	}
	return out
}

// afterTurn is what a new state means for the person: the touch of a message that never left is given back; an address
// that does not exist, and one whose owner complained, is suppressed at once.
func (h *House) afterTurn(ctx context.Context, now time.Time, id string, last *Case, state scruple.State, bounce delivery.Bounce) (port.Tx, error) {
	gone := state == scruple.Refused || state == scruple.Withdrawn || state == scruple.Expired || state == scruple.Withheld
	reason := ""
	switch {
	case bounce == delivery.Hard:
		reason = "bounced"
	case state == scruple.Complained:
		reason = "complained"
	}
	if !gone && reason == "" {
		return nil, nil
	}
	key := personKey(audience.Key(last.Customer))
	recs, err := h.Table.Get(ctx, key)
	if err != nil {
		return nil, err
	}
	p, err := decodePerson(recs[0].Value)
	if err != nil {
		return nil, err
	}
	if gone {
		p.Touches = slices.DeleteFunc(p.Touches, func(t scruple.Touch) bool { return t.Message == id })
	}
	if reason != "" {
		run, err := h.loadRun(ctx, last.Run)
		if err != nil {
			return nil, err
		}
		return h.suppressing(ctx, now, Self, last.Customer, recs[0].Revision, p, scruple.Suppression{
			Channel: run.Head.Campaign.Channel, Reason: reason, Source: "carrier", At: now,
		})
	}
	return port.Tx{{Op: port.Put, Key: key, Revision: recs[0].Revision, Value: appendPerson(nil, &p)}}, nil
}
