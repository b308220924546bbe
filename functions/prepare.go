package functions

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/audience"
	"github.com/scruple/scruple/compliance"
	"github.com/scruple/scruple/port"
)

// Batch is the body of a prepare job: some rows of a run's frozen list.
type Batch struct {
	Run    string `json:"run"`
	List   string `json:"list"`
	Offset int64  `json:"offset"`
	Length int64  `json:"length"`
	Rows   int    `json:"rows"`
}

// Prepare decides about every row of a batch and saves each decision in one write: the message's record with its ledger
// entry, the reserved touch, and its place in the outbox, on condition that the facts still stand. A message that is there
// already is left alone, so a batch may be prepared any number of times.
func (h *House) Prepare(ctx context.Context, now time.Time, job Batch) (Tally, error) {
	tally := Tally{}
	run, err := h.loadRun(ctx, job.Run)
	if err != nil {
		return tally, err
	}
	b, err := h.bench(ctx, run)
	if err != nil {
		return tally, err
	}
	if err := run.Head.mayGo(b.seal, now); err != nil {
		return tally, err
	}
	if job.List != run.Head.List {
		return tally, fmt.Errorf("prepare %s: %s is not the list that was frozen: %w", job.Run, job.List, ErrTampered)
	}
	rows, err := h.rows(ctx, job)
	if err != nil {
		return tally, fmt.Errorf("prepare %s: %w", job.Run, err)
	}
	todo, err := h.subjects(ctx, &run.Head, rows)
	if err != nil {
		return tally, fmt.Errorf("prepare %s: %w", job.Run, err)
	}
	for len(todo) > 0 {
		if todo, err = h.prepareAll(ctx, b, todo, now, tally); err != nil || len(todo) == 0 {
			break
		}
		// Somebody else wrote one of the records between our reading and our writing: read again what is left.
		if b, todo, err = h.again(ctx, b, todo, now); err != nil {
			break
		}
	}
	if err != nil {
		return tally, fmt.Errorf("prepare %s: %w", job.Run, err)
	}
	return tally, nil
}

func (h *House) rows(ctx context.Context, job Batch) ([]scruple.Recipient, error) {
	cols, err := h.listColumns(ctx, job.List)
	if err != nil {
		return nil, err
	}
	r, err := h.Files.Open(ctx, job.List, job.Offset, job.Length)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	out := make([]scruple.Recipient, 0, job.Rows)
	for row, err := range audience.ReadBatch(r, cols) {
		if err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	if len(out) != job.Rows {
		return nil, fmt.Errorf("%s: %d rows where %d were frozen: %w", job.List, len(out), job.Rows, ErrTampered)
	}
	return out, nil
}

// subjects loads what is known of the recipients.
func (h *House) subjects(ctx context.Context, run *Run, rows []scruple.Recipient) ([]subject, error) {
	keys := make([]port.Key, len(rows))
	out := make([]subject, len(rows))
	for i := range rows {
		person := audience.Key(rows[i].ID)
		out[i] = subject{
			id: MessageID(run.ID, rows[i].ID, stepOne), recipient: rows[i], variant: audience.VariantOf(&rows[i]),
			profile: audience.Profile(&rows[i]), to: audience.Address(&rows[i], run.Campaign.Channel),
		}
		keys[i] = personKey(person)
	}
	return out, h.persons(ctx, out, keys)
}

// stepOne is the only step that campaigns have; it is part of a message's id.
const stepOne = "1"

func (h *House) persons(ctx context.Context, subjects []subject, keys []port.Key) error {
	recs, err := h.Table.Get(ctx, keys...)
	if err != nil {
		return err
	}
	for i := range recs {
		s := &subjects[i]
		s.raw, s.revision = recs[i].Value, recs[i].Revision
		if s.revision == 0 {
			s.raw = nil
		}
		if s.person, err = decodePerson(s.raw); err != nil {
			return fmt.Errorf("person %s: %w", keys[i].Sort, err)
		}
	}
	return nil
}

// prepareAll decides and writes; it returns those whose facts changed meanwhile.
func (h *House) prepareAll(ctx context.Context, b *bench, todo []subject, now time.Time, tally Tally) ([]subject, error) {
	txs := make([]port.Tx, len(todo))
	done := make([]*judged, len(todo))
	due := b.run.Head.Due
	for i := range todo {
		j, err := h.judge(ctx, b, &todo[i], nil, now, due)
		if err != nil {
			return nil, err
		}
		if txs[i], err = h.first(b, &todo[i], j); err != nil {
			return nil, err
		}
		done[i] = j
	}
	errs, err := h.Table.Commit(ctx, txs...)
	if err != nil {
		return nil, err
	}
	var left []subject
	for i, err := range errs {
		switch {
		case err == nil:
			tally.add(&done[i].body)
		case errors.Is(err, port.ErrConflict):
			left = append(left, todo[i])
		default:
			return nil, err
		}
	}
	return left, nil
}

// again loads everything anew for those that met a conflict, and drops those that another worker has prepared.
func (h *House) again(ctx context.Context, b *bench, todo []subject, now time.Time) (*bench, []subject, error) {
	run, err := h.loadRun(ctx, b.run.Head.ID)
	if err != nil {
		return nil, nil, err
	}
	if b, err = h.bench(ctx, run); err != nil {
		return nil, nil, err
	}
	if err := run.Head.mayGo(b.seal, now); err != nil {
		return nil, nil, err
	}
	keys := make([]port.Key, len(todo))
	for i := range todo {
		keys[i] = messageKey(todo[i].id)
	}
	recs, err := h.Table.Get(ctx, keys...)
	if err != nil {
		return nil, nil, err
	}
	var left []subject
	keys = keys[:0]
	for i := range todo {
		if recs[i].Revision == 0 {
			left = append(left, todo[i])
			keys = append(keys, personKey(audience.Key(todo[i].recipient.ID)))
		}
	}
	return b, left, h.persons(ctx, left, keys)
}

// first is the transaction that brings a message into the store.
func (h *House) first(b *bench, s *subject, j *judged) (port.Tx, error) {
	r := &record[Dossier]{}
	tx := make(port.Tx, 0, 6)
	return h.settle(tx, b, s, j, r, StepDecided)
}

// settle completes a transaction that records a decision: the entry, the touch, and the row by which the next step finds
// the message. Its conditions are all that the decision rested on.
func (h *House) settle(tx port.Tx, b *bench, s *subject, j *judged, r *record[Dossier], name string) (port.Tx, error) {
	d := &j.body.Decision
	r.Head.State, r.Head.Due, r.Head.Card = d.State, d.Due, j.body.Card
	entry := j.body
	if r.Revision > 0 {
		entry.Addressee = nil // the first entry says it
	}
	body, err := entry.appendJSON(make([]byte, 0, 768+len(s.raw)))
	if err != nil {
		return nil, fmt.Errorf("message %s: %w", s.id, err)
	}
	r.add("message/"+s.id, h.stamp(j.body.Now), Self.ID, name, body)
	put, err := r.put(messageKey(s.id))
	if err != nil {
		return nil, err
	}
	tx = append(append(tx, touch(b.window, s, j, name), put), b.conds...)
	index := port.Any // the row by which the next step finds it
	if r.Revision == 0 {
		index = 0 // a new message has none yet; that condition is cheaper to hold than none
	}
	switch d.State {
	case scruple.Queued, scruple.Deferred:
		if name == StepDecided {
			tx = append(tx, port.Write{Op: port.Put, Key: outboxKey(s.id, d.Due), Revision: index})
		}
	case scruple.Held:
		value, err := json.Marshal(heldSlots{j.message.Slots, b.seal})
		if err != nil {
			return nil, err
		}
		tx = append(tx, port.Write{Op: port.Put, Key: heldKey(j.cardID, s.id), Revision: index, Value: value})
	}
	if j.card != nil {
		tx = merge(tx, port.Tx{{Op: port.Check, Key: cardKey(j.cardID), Revision: j.card.Revision}})
	}
	return tx, nil
}

// touch is the write of the person's record: a touch reserved for what is queued, committed for what is claimed, released
// for anything else. Where nothing changes it is only the condition that the facts still stand.
func touch(window time.Duration, s *subject, j *judged, name string) port.Write {
	key := personKey(audience.Key(s.recipient.ID))
	kept := make([]scruple.Touch, 0, len(s.person.Touches)+1)
	had := false
	for _, t := range compliance.KeepTouches(j.body.Now, window, s.person.Touches) {
		if t.Message == s.id {
			had = true
			continue
		}
		kept = append(kept, t)
	}
	switch d := &j.body.Decision; d.State {
	case scruple.Queued, scruple.Deferred, scruple.Claimed:
		kept = append(kept, scruple.Touch{
			Message: s.id, Campaign: j.message.Campaign, Channel: j.message.Channel, Class: j.message.Class,
			At: d.Due, Committed: name == StepClaimed,
		})
	default:
		if !had {
			return port.Write{Op: port.Check, Key: key, Revision: s.revision}
		}
	}
	p := s.person
	p.ID, p.Touches = s.recipient.ID, kept
	value := appendPerson(make([]byte, 0, len(s.raw)+200), &p)
	return port.Write{Op: port.Put, Key: key, Revision: s.revision, Value: value}
}
