package functions

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/scruple/scruple/audience"
	"github.com/scruple/scruple/compliance/ledger"
	"github.com/scruple/scruple/port"
)

// Verify goes through the whole ledger and names every entry that was changed, removed, added or moved, and every record
// that says something else than its ledger. kept are signed checkpoints that the auditor keeps outside of the store.
func (h *House) Verify(ctx context.Context, origin string, known note.Verifiers, kept ...[]byte) ledger.Report {
	report := ledger.Audit(ledger.Sources{
		Origin: origin, Verifiers: known, Kept: kept,
		Checkpoints: values(h, ctx, "checkpoint", func(rec port.Record) ([]byte, error) { return rec.Value, nil }),
		Records: values(h, ctx, "record", func(rec port.Record) (ledger.StoredRecord, error) {
			n, err := number(rec)
			return ledger.StoredRecord{Index: n, Text: rec.Value}, err
		}),
		Hashes: values(h, ctx, "hash", func(rec port.Record) (tlog.Hash, error) {
			var out tlog.Hash
			copy(out[:], rec.Value)
			return out, nil
		}),
		Groups:   h.groups(ctx),
		Chains:   func(group string) iter.Seq2[ledger.StoredChain, error] { return h.storedChains(ctx, group) },
		Manifest: func(group string, n int) iter.Seq2[ledger.Leaf, error] { return h.leaves(ctx, group, n) },
	})
	report.Faults = append(report.Faults, h.headFaults(ctx)...)
	return report
}

func number(rec port.Record) (n int64, err error) {
	_, err = fmt.Sscanf(rec.Key.Sort, "%d", &n)
	return n, err
}

func values[T any](h *House, ctx context.Context, partition string, decode func(port.Record) (T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for rec, err := range list(ctx, h.Table, partition) {
			var v T
			if err == nil {
				v, err = decode(rec)
			}
			if !yield(v, err) || err != nil {
				return
			}
		}
	}
}

func (h *House) storedChains(ctx context.Context, group string) iter.Seq2[ledger.StoredChain, error] {
	return func(yield func(ledger.StoredChain, error) bool) {
		for c, err := range h.groupRecords(ctx, group) {
			out := ledger.StoredChain{Subject: c.subject}
			if err == nil {
				out.Entries, err = decodeEntries(c.entries)
			}
			if !yield(out, err) || err != nil {
				return
			}
		}
	}
}

func (h *House) leaves(ctx context.Context, group string, n int) iter.Seq2[ledger.Leaf, error] {
	return func(yield func(ledger.Leaf, error) bool) {
		for rec, err := range list(ctx, h.Table, manifest(n, group)) {
			var leaves []ledger.Leaf
			if err == nil {
				err = json.Unmarshal(rec.Value, &leaves)
			}
			if err != nil {
				yield(ledger.Leaf{}, err)
				return
			}
			for _, leaf := range leaves {
				if !yield(leaf, nil) {
					return
				}
			}
		}
	}
}

// KindHead is the kind of fault where a record says something else than its ledger.
const KindHead = ledger.Kind("head differs")

// headFaults compares what records say with what their ledgers say: the state of each message, the facts of each product,
// the rulings on each card, each run, the consents and suppressions of each person.
func (h *House) headFaults(ctx context.Context) []ledger.Fault {
	var out []ledger.Fault
	add := func(subject string, err error) {
		if err != nil {
			out = append(out, ledger.Fault{Kind: KindHead, Subject: subject, Detail: err.Error()})
		}
	}
	for group, err := range h.groups(ctx) {
		if err != nil {
			add(group, err)
			return out
		}
		for c, err := range h.groupRecords(ctx, group) {
			if err != nil {
				break // the audit has reported it
			}
			add(c.subject, h.headFault(ctx, group, c))
		}
	}
	add(groupPeople, h.strangers(ctx, add))
	return out
}

func (h *House) headFault(ctx context.Context, group string, c storedChain) error {
	entries, err := decodeEntries(c.entries)
	if err != nil || len(entries) == 0 {
		return nil // the audit has reported it
	}
	last := entries[len(entries)-1].Body
	switch group {
	case groupProducts:
		var p Product
		if err := json.Unmarshal(c.head, &p); err != nil {
			return err
		}
		facts, err := json.Marshal(p.Product)
		if err != nil || digest(facts) != digest(last) || p.Digest != digest(last) {
			return errors.Join(err, errors.New("the product's facts are not those of its last entry"))
		}
	case groupPeople:
		return h.personFault(ctx, entries)
	case groupRuns:
		return runFault(c.head, entries)
	case groupCards:
		return cardFault(c.head, entries)
	case groupRefusals:
	default:
		var d Dossier
		var s step
		if err := errors.Join(json.Unmarshal(c.head, &d), json.Unmarshal(last, &s)); err != nil {
			return err
		}
		if d.State != s.Decision.State {
			return fmt.Errorf("the message is marked %s, its last entry says %s", d.State, s.Decision.State)
		}
	}
	return nil
}

// personFault replays a person's evidence and compares it with what the gates are given.
func (h *House) personFault(ctx context.Context, entries []ledger.Entry) error {
	var replayed []Evidence
	for i := range entries {
		var e Evidence
		if err := json.Unmarshal(entries[i].Body, &e); err != nil {
			return err
		}
		replayed = append(replayed, e)
	}
	recs, err := h.Table.Get(ctx, personKey(audience.Key(replayed[0].Customer)))
	if err != nil {
		return err
	}
	p, err := decodePerson(recs[0].Value)
	if err != nil {
		return err
	}
	for _, e := range replayed {
		if !known(&p, &Permission{e.Customer, e.Consent, e.Suppression}) {
			return errors.New("the person's record lacks a consent or suppression that the ledger has")
		}
	}
	if len(p.Consents)+len(p.Suppressions) != len(replayed) {
		return errors.New("the person's record has a consent or suppression that the ledger lacks")
	}
	return nil
}
