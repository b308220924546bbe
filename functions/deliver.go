package functions

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/compliance/review"
	"github.com/scruple/scruple/delivery"
	"github.com/scruple/scruple/port"
)

// Deliver takes one queued message through the door: facts again, check again, ruling and seal still whole; then the claim is
// written, and only then the carrier is called. A message that may no longer go gets its new decision instead. It returns
// the state in which it left the message.
func (h *House) Deliver(ctx context.Context, now time.Time, id string) (scruple.State, error) {
	state, err := h.deliver(ctx, now, id)
	if errors.Is(err, errIdle) {
		return state, nil
	}
	return state, err
}

// errIdle: there was nothing to deliver; somebody else was here, or it is not yet time.
var errIdle = errors.New("nothing to deliver")

func (h *House) deliver(ctx context.Context, now time.Time, id string) (scruple.State, error) {
	for {
		state, err := h.deliverOnce(ctx, now, id)
		if !errors.Is(err, port.ErrConflict) {
			return state, err
		}
	}
}

func (h *House) deliverOnce(ctx context.Context, now time.Time, id string) (scruple.State, error) {
	r, err := h.dossier(ctx, id)
	if err != nil {
		return "", err
	}
	if r.Head.State != scruple.Queued && r.Head.State != scruple.Deferred || r.Head.Due.After(now) {
		return r.Head.State, errIdle
	}
	if err := sound(id, r); err != nil {
		return r.Head.State, err
	}
	b, s, last, err := h.reload(ctx, id, r)
	if err != nil {
		return r.Head.State, err
	}
	if err := b.run.Head.mayGo(b.seal, now); err != nil {
		return r.Head.State, err
	}
	j, err := h.judge(ctx, b, s, last, now, now)
	if err != nil {
		return r.Head.State, err
	}
	outbox := port.Write{Op: port.Delete, Key: outboxKey(id, r.Head.Due), Revision: port.Any}
	if d := &j.body.Decision; d.State != scruple.Queued || d.Due.After(now) {
		return d.State, h.resettle(ctx, b, s, j, r, outbox)
	}
	if j.body.Copy != last.Copy {
		return h.holdAtDoor(ctx, b, s, j, r, outbox, ruleCopyChanged, "the copy changed while the message waited")
	}
	return h.send(ctx, now, b, s, j, r, outbox)
}

// reload brings back everything that a message was decided on, as it is now.
func (h *House) reload(ctx context.Context, id string, r *record[Dossier]) (*bench, *subject, *Case, error) {
	last, _, err := lastCase(r)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("message %s: %w", id, err)
	}
	run, err := h.runOf(ctx, id)
	if err != nil {
		return nil, nil, nil, err
	}
	b, err := h.bench(ctx, run)
	if err != nil {
		return nil, nil, nil, err
	}
	subjects := []subject{last.subject(id)}
	err = h.persons(ctx, subjects, []port.Key{last.person()})
	return b, &subjects[0], last, err
}

// resettle writes a decision that differs from the one before.
func (h *House) resettle(ctx context.Context, b *bench, s *subject, j *judged, r *record[Dossier], also ...port.Write) error {
	tx, err := h.settle(nil, b, s, j, r, StepDecided)
	if err != nil {
		return err
	}
	return commit(ctx, h.Table, merge(tx, also))
}

// merge adds writes to a transaction, except where it writes that key already.
func merge(tx port.Tx, more []port.Write) port.Tx {
	for _, w := range more {
		clash := false
		for i := range tx {
			clash = clash || tx[i].Key == w.Key
		}
		if !clash {
			tx = append(tx, w)
		}
	}
	return tx
}

// The findings that are made at the door, beside those of the book.
const (
	ruleCopyChanged = "review.copy-changed"
	ruleEnvelope    = "delivery.envelope"
	ruleNoTime      = "review.no-time"
)

// holdAtDoor holds a message that would go, for a reason that shows only now.
func (h *House) holdAtDoor(ctx context.Context, b *bench, s *subject, j *judged, r *record[Dossier], outbox port.Write, rule, detail string) (scruple.State, error) {
	f := scruple.Finding{Rule: rule, Kind: "render", Verdict: scruple.Hold, Detail: detail}
	if !slices.Contains(j.body.Findings, f) {
		j.body.Findings = append(j.body.Findings, f)
	}
	if err := h.decide(ctx, b, j, j.body.Now, j.body.Due); err != nil {
		return r.Head.State, err
	}
	if d := &j.body.Decision; rule == ruleEnvelope && d.Approved {
		// No approval makes an envelope: it waits until the address or the carrier's settings are mended.
		*d = review.Decision{State: scruple.Held, Reasons: []string{rule}}
	}
	return j.body.Decision.State, h.resettle(ctx, b, s, j, r, outbox)
}

// send claims a message and hands it to its carrier.
func (h *House) send(ctx context.Context, now time.Time, b *bench, s *subject, j *judged, r *record[Dossier], outbox port.Write) (scruple.State, error) {
	carrier, ok := h.Carrier[j.message.Channel]
	if !ok {
		return r.Head.State, fmt.Errorf("message %s: no carrier for channel %s; add one under carriers in the configuration", s.id, j.message.Channel)
	}
	envelope, err := delivery.Envelope(&j.message, carrier.Profile, now)
	if err != nil {
		if cause := errors.Unwrap(err); cause != nil {
			err = cause // without the message's id, so that those with one cause are on one card
		}
		return h.holdAtDoor(ctx, b, s, j, r, outbox, ruleEnvelope, err.Error())
	}
	j.body.Decision.State, j.body.Decision.Due = scruple.Claimed, now
	r.Head.Worker = h.Worker
	r.Head.Tries++
	tx, err := h.settle(nil, b, s, j, r, StepClaimed)
	if err != nil {
		return r.Head.State, err
	}
	tx = append(tx, outbox, port.Write{Op: port.Put, Key: claimedKey(s.id), Revision: port.Any, Value: []byte(h.Worker)})
	if err := commit(ctx, h.Table, tx); err != nil {
		return r.Head.State, err
	}
	receipt, sendErr := carrier.Sender.Send(ctx, envelope)
	return h.answered(context.WithoutCancel(ctx), now, s.id, r.Head.Tries, receipt, sendErr)
}
