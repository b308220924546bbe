package functions

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/compliance/review"
	"github.com/scruple/scruple/port"
)

// Card is what an officer rules on: all messages of one run with one shape that are held for the same reasons.
type Card struct {
	ID       string           `json:"id"`
	Run      string           `json:"run"`
	Campaign string           `json:"campaign"`
	Tier     scruple.Tier     `json:"tier"`
	Template string           `json:"template"` // digest
	Ref      string           `json:"ref"`      // name@version
	Variant  string           `json:"variant,omitempty"`
	Shape    string           `json:"shape"`
	Keys     []string         `json:"keys"` // of the findings, see review.FindingKey
	Findings scruple.Findings `json:"findings"`
	Sample   string           `json:"sample"` // one of its messages
	// Alone tells that its messages could not be rendered: they can be rejected, not approved.
	Alone   bool            `json:"alone,omitempty"`
	Since   time.Time       `json:"since"`
	Authors []string        `json:"authors"`
	Rulings []review.Ruling `json:"rulings,omitempty"`
}

// lastAction is what an officer did last; empty when none has ruled.
func (c *Card) lastAction() review.Action {
	if n := len(c.Rulings); n > 0 {
		return c.Rulings[n-1].Action
	}
	return ""
}

// cardFor finds the card that a held message belongs to, and lays it down when this is the first message of it.
func (h *House) cardFor(ctx context.Context, b *bench, j *judged) error {
	id, keys := review.Card(&j.message, j.body.Findings)
	j.cardID = cardID{b.run.Head.Tag, id}
	if c, ok := b.cards[id]; ok {
		j.card = c
		return nil
	}
	c, err := load[Card](ctx, h.Table, cardKey(j.cardID))
	if err == nil && c.Revision == 0 {
		c, err = h.newCard(ctx, b, j, keys)
	}
	if err != nil {
		return fmt.Errorf("card %s: %w", j.cardID, err)
	}
	b.cards[id], j.card = c, c
	return nil
}

func (h *House) newCard(ctx context.Context, b *bench, j *judged, keys []string) (*record[Card], error) {
	c := &record[Card]{Head: Card{
		ID: j.cardID.String(), Run: b.run.Head.ID, Campaign: b.run.Head.Campaign.ID, Tier: b.run.Head.Tier,
		Template: j.body.Template, Ref: j.message.Template, Variant: j.body.Variant, Shape: j.message.Shape, Keys: keys,
		Findings: j.body.Findings, Sample: j.message.ID, Alone: j.message.Shape == "", Since: j.body.Now,
		Authors: b.run.Head.Authors,
	}}
	body, err := json.Marshal(c.Head)
	if err != nil {
		return nil, err
	}
	c.add("card/"+c.Head.ID, h.stamp(j.body.Now), Self.ID, "held", body)
	put, err := c.put(cardKey(j.cardID))
	if err != nil {
		return nil, err
	}
	switch err := commit(ctx, h.Table, port.Tx{put}); {
	case errors.Is(err, port.ErrConflict): // another worker laid it down first
		return load[Card](ctx, h.Table, cardKey(j.cardID))
	case err != nil:
		return nil, err
	}
	c.Revision = 1
	return c, nil
}

// Card returns one card.
func (h *House) Card(ctx context.Context, id string) (*Card, error) {
	c, _, err := h.loadCard(ctx, id)
	if err != nil {
		return nil, err
	}
	return &c.Head, nil
}

func (h *House) loadCard(ctx context.Context, id string) (*record[Card], cardID, error) {
	cid, ok := parseCardID(id)
	if !ok {
		return nil, cid, fmt.Errorf("%q: %w", id, ErrNoCard)
	}
	c, err := load[Card](ctx, h.Table, cardKey(cid))
	if err == nil && c.Revision == 0 {
		err = fmt.Errorf("%q: %w", id, ErrNoCard)
	}
	return c, cid, err
}

// Cards lists the cards of a run.
func (h *House) Cards(ctx context.Context, run string) ([]Card, error) {
	var out []Card
	for rec, err := range list(ctx, h.Table, "card/"+runTag(run)) {
		if err != nil {
			return nil, err
		}
		c, err := decodeRecord[Card](rec.Value, rec.Revision)
		if err != nil {
			return nil, fmt.Errorf("card %s: %w", rec.Key.Sort, err)
		}
		out = append(out, c.Head)
	}
	return out, nil
}

// HeldOn describes the messages that wait on a card: how many, and the values of their slots.
type HeldOn struct {
	Count    int
	Coverage review.Coverage // what an approval of all of them would cover
	// Seals are those under which they were last decided, and how many under each: what is shown of them is of that time.
	Seals map[string]int
}

// heldSlots is the value of a held message's index row.
type heldSlots struct {
	Slots []scruple.Slot `json:"slots,omitempty"`
	Seal  string         `json:"seal"`
}

// Held counts what waits on a card and spans the values of its slots.
func (h *House) Held(ctx context.Context, c *Card) (HeldOn, error) {
	cid, _ := parseCardID(c.ID)
	out := HeldOn{Coverage: review.Coverage{Shape: c.Shape, Findings: c.Keys}, Seals: map[string]int{}}
	for rec, err := range list(ctx, h.Table, heldKey(cid, "").Partition) {
		if err != nil {
			return out, err
		}
		var v heldSlots
		if err := json.Unmarshal(rec.Value, &v); err != nil {
			return out, fmt.Errorf("card %s, message %s: %w", c.ID, rec.Key.Sort, err)
		}
		out.Count++
		out.Seals[v.Seal]++
		out.Coverage.Widen(v.Slots)
	}
	return out, nil
}
