package functions

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/audience"
	"github.com/scruple/scruple/port"
)

// Evidence is the body of a ledger entry about what a person agreed to or forbade: one of the two is set.
type Evidence struct {
	Customer    string                `json:"customer"`
	Consent     *scruple.ConsentEvent `json:"consent,omitempty"`
	Suppression *scruple.Suppression  `json:"suppression,omitempty"`
}

// evidenceHead is the head of the record that holds a person's evidence.
type evidenceHead struct {
	Customer string `json:"customer"`
}

// Permission is one line of an import: who, and what they agreed to or forbade.
type Permission struct {
	Customer    string
	Consent     *scruple.ConsentEvent
	Suppression *scruple.Suppression
}

// Person returns what the house knows of a customer; a customer nobody has heard of comes back empty.
func (h *House) Person(ctx context.Context, customer string) (scruple.Person, error) {
	recs, err := h.Table.Get(ctx, personKey(audience.Key(customer)))
	if err != nil {
		return scruple.Person{}, err
	}
	p, err := decodePerson(recs[0].Value)
	p.ID = customer
	return p, err
}

// Permit records consents and suppressions. An event that is known already, to the last field, is not recorded twice, so a
// file may be imported again. It returns how many were new.
func (h *House) Permit(ctx context.Context, now time.Time, who scruple.Actor, ps ...Permission) (int, error) {
	added := 0
	ps = inUTC(ps)
	for len(ps) > 0 {
		// One transaction for each person: events of one person that stand apart in the file go into rounds of their own.
		var round, later []Permission
		seen := map[string]bool{}
		for _, p := range ps {
			if seen[p.Customer] {
				later = append(later, p)
				continue
			}
			seen[p.Customer] = true
			round = append(round, p)
		}
		n, left, err := h.permit(ctx, now, who, round)
		added += n
		if err != nil {
			return added, err
		}
		ps = append(left, later...)
	}
	return added, nil
}

func (h *House) permit(ctx context.Context, now time.Time, who scruple.Actor, ps []Permission) (int, []Permission, error) {
	keys := make([]port.Key, len(ps))
	for i := range ps {
		keys[i] = personKey(audience.Key(ps[i].Customer))
	}
	recs, err := h.Table.Get(ctx, keys...)
	if err != nil {
		return 0, nil, err
	}
	var txs []port.Tx
	var todo []Permission
	for i := range ps {
		person, err := decodePerson(recs[i].Value)
		if err != nil {
			return 0, nil, fmt.Errorf("customer record %s: %w", keys[i].Sort, err)
		}
		if known(&person, &ps[i]) {
			continue
		}
		tx, err := h.permitting(ctx, now, who, recs[i].Revision, person, ps[i])
		if err != nil {
			return 0, nil, err
		}
		txs, todo = append(txs, tx), append(todo, ps[i])
	}
	errs, err := h.Table.Commit(ctx, txs...)
	if err != nil {
		return 0, nil, err
	}
	var left []Permission
	for i, err := range errs {
		if errors.Is(err, port.ErrConflict) {
			left = append(left, todo[i])
		} else if err != nil {
			return 0, nil, err
		}
	}
	return len(todo) - len(left), left, nil
}

func known(p *scruple.Person, add *Permission) bool {
	for _, e := range p.Consents {
		if add.Consent != nil && e == *add.Consent {
			return true
		}
	}
	for _, s := range p.Suppressions {
		if add.Suppression != nil && s == *add.Suppression {
			return true
		}
	}
	return false
}

func (h *House) permitting(ctx context.Context, now time.Time, who scruple.Actor, revision int64, p scruple.Person, add Permission) (port.Tx, error) {
	if add.Suppression != nil {
		return h.suppressing(ctx, now, who, add.Customer, revision, p, *add.Suppression)
	}
	p.Consents = append(p.Consents, *add.Consent)
	return h.evidence(ctx, now, who, add.Customer, revision, p, Evidence{Customer: add.Customer, Consent: add.Consent})
}

func (h *House) suppressing(ctx context.Context, now time.Time, who scruple.Actor, customer string, revision int64, p scruple.Person, s scruple.Suppression) (port.Tx, error) {
	p.Suppressions = append(p.Suppressions, s)
	return h.evidence(ctx, now, who, customer, revision, p, Evidence{Customer: customer, Suppression: &s})
}

// evidence writes a person's record and the ledger entry that accounts for the change, in one transaction.
func (h *House) evidence(ctx context.Context, now time.Time, who scruple.Actor, customer string, revision int64, p scruple.Person, e Evidence) (port.Tx, error) {
	person := audience.Key(customer)
	p.ID = customer
	value := appendPerson(nil, &p)
	r, err := load[evidenceHead](ctx, h.Table, consentKey(person))
	if err != nil {
		return nil, fmt.Errorf("evidence %s: %w", person, err)
	}
	r.Head.Customer = customer
	body, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	name := "consent"
	if e.Suppression != nil {
		name = "suppression"
	}
	r.add("person/"+person, h.stamp(now), who.ID, name, body)
	put, err := r.put(consentKey(person))
	return port.Tx{{Op: port.Put, Key: personKey(person), Revision: revision, Value: value}, put}, err
}

// inUTC copies permissions with their times in UTC, so that equal events compare as equal.
func inUTC(ps []Permission) []Permission {
	out := slices.Clone(ps)
	for i := range out {
		if c := out[i].Consent; c != nil {
			e := *c
			e.At, e.Expires = e.At.UTC(), e.Expires.UTC()
			out[i].Consent = &e
		}
		if s := out[i].Suppression; s != nil {
			e := *s
			e.At = e.At.UTC()
			out[i].Suppression = &e
		}
	}
	return out
}
