package functions

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/audience"
	"github.com/scruple/scruple/compliance/ledger"
	"github.com/scruple/scruple/compliance/review"
	"github.com/scruple/scruple/port"
)

const origin = "bank.example/ledger"

// history is a store on disk with a history: messages sent, held, withheld and waiting, rulings, and two checkpoints.
type history struct {
	*bank
	known    note.Verifiers
	forger   note.Signer // of the same name, with another key
	sent     *Run
	waiting  *Run
	card     string
	kept     []byte // the first checkpoint, as an auditor keeps it
	tampered []port.Record
}

func newHistory(t *testing.T) *history {
	h := &history{bank: newBank(t, onDisk(t.TempDir()))}
	written := monday.Add(-time.Hour)
	h.Recorded = func() time.Time { return written }
	signer, verifier := h.key(1)
	h.forger, _ = h.key(2)
	h.known = note.VerifierList(verifier)
	list := h.people("a.csv", 6)
	h.sent = h.launch(h.campaign("c1", list, cleanText))
	h.launch(h.campaign("c2", list, strings.Replace(cleanText, "新产品上线", "稳赚不赔", 1)))
	doubted := h.launch(h.campaign("c3", list, doubtfulText))
	_, err := h.Checkpoint(t.Context(), monday.Add(time.Minute), signer)
	h.check(err)
	h.kept, err = h.LastCheckpoint(t.Context())
	h.check(err)

	written = monday.Add(2 * time.Minute)
	cards, err := h.Cards(t.Context(), doubted.ID)
	h.check(err)
	h.card = cards[0].ID
	at := monday.Add(2 * time.Minute)
	_, err = h.Rule(t.Context(), at, marketer, h.card, review.Approve, "it is mine")
	if !errors.Is(err, review.ErrNotOfficer) {
		t.Fatalf("a marketer approved: %v", err)
	}
	_, err = h.Rule(t.Context(), at, officer, h.card, review.Approve, "explained")
	h.check(err)
	h.drain(at)
	h.waiting = h.launch(h.campaign("c4", h.people("b.csv", 3), doubtfulText))
	h.withdraw("a-00005")
	renamed := fund
	renamed.Name = "云岭二号"
	h.products(renamed)
	_, err = h.Receive(t.Context(), at, scruple.Receipt{Message: h.message(0), State: scruple.Delivered})
	h.check(err)
	_, err = h.Checkpoint(t.Context(), monday.Add(time.Hour), signer)
	h.check(err)
	return h
}

func (h *history) key(seed byte) (note.Signer, note.Verifier) {
	secret, public, err := ledger.GenerateKey(rand.NewChaCha8([32]byte{seed}), origin)
	h.check(err)
	s, err := note.NewSigner(secret)
	h.check(err)
	v, err := note.NewVerifier(public)
	h.check(err)
	return s, v
}

// message is the id of a message of the run that was sent; its chain is decided, claimed, receipt.
func (h *history) message(customer int) string {
	return MessageID(h.sent.ID, fmt.Sprintf("a-%05d", customer), stepOne)
}

func (h *history) faults() []ledger.Fault {
	return h.Verify(h.t.Context(), origin, h.known, h.kept).Faults
}

// get and set go round the house, straight to the store.
func (h *history) get(key port.Key) []byte {
	recs, err := h.Table.Get(h.t.Context(), key)
	h.check(err)
	return recs[0].Value
}

func (h *history) set(key port.Key, value []byte) {
	recs, err := h.Table.Get(h.t.Context(), key)
	h.check(err)
	h.tampered = append(h.tampered, recs[0])
	w := port.Write{Op: port.Put, Key: key, Revision: port.Any, Value: value}
	if value == nil {
		w.Op = port.Delete
	}
	h.check(commit(h.t.Context(), h.Table, port.Tx{w}))
}

// mend puts everything back.
func (h *history) mend() {
	for _, rec := range slices.Backward(h.tampered) {
		w := port.Write{Op: port.Put, Key: rec.Key, Revision: port.Any, Value: rec.Value}
		if rec.Revision == 0 {
			w.Op = port.Delete
		}
		h.check(commit(h.t.Context(), h.Table, port.Tx{w}))
	}
	h.tampered = nil
}

// entries changes the chain of a record; what its head says stays.
func (h *history) entries(key port.Key, change func([]ledger.Entry) []ledger.Entry) {
	head, lines, _ := bytes.Cut(h.get(key), []byte("\n"))
	chain, err := decodeEntries(lines)
	h.check(err)
	out := append(bytes.Clone(head), '\n')
	for _, e := range change(chain) {
		out = appendEntry(out, &e)
	}
	h.set(key, out)
}

// head changes the head of a record; its chain stays.
func (h *history) head(key port.Key, from, to string) {
	head, lines, _ := bytes.Cut(h.get(key), []byte("\n"))
	changed := bytes.Replace(head, []byte(from), []byte(to), 1)
	if bytes.Equal(head, changed) {
		h.t.Fatalf("%s has no %q", head, from)
	}
	h.set(key, slices.Concat(changed, []byte("\n"), lines))
}

// edited is a body with something else in it.
func edited(t *testing.T, body json.RawMessage) json.RawMessage {
	out := bytes.Replace(body, []byte(`"now":"2026`), []byte(`"now":"2025`), 1)
	if bytes.Equal(out, body) {
		t.Fatalf("nothing to edit in %s", body)
	}
	return out
}

// again computes the hash of an entry from its fields.
func again(before []ledger.Entry, e ledger.Entry, body []byte) ledger.Entry {
	return ledger.Append(before, e.Subject, e.At, e.Actor, e.Step, body)
}

func TestTampering(t *testing.T) {
	h := newHistory(t)
	if f := h.faults(); len(f) > 0 {
		t.Fatalf("an untouched store: %v", f)
	}
	id := h.message(0)
	message, subject := messageKey(id), "message/"+id
	person := func(customer string) string { return "person/" + audience.Key(customer) }
	last := func(c []ledger.Entry) int { return len(c) - 1 }
	for _, tc := range []struct {
		name string
		do   func()
		want ledger.Fault
	}{
		{"an entry edited", func() {
			h.entries(message, func(c []ledger.Entry) []ledger.Entry { c[1].Body = edited(t, c[1].Body); return c })
		}, ledger.Fault{Kind: ledger.EntryEdited, Subject: subject, Seq: 2}},
		{"an entry edited, its hash computed anew", func() {
			h.entries(message, func(c []ledger.Entry) []ledger.Entry {
				c[1] = again(c[:1], c[1], edited(t, c[1].Body))
				return c
			})
		}, ledger.Fault{Kind: ledger.EntryEdited, Subject: subject, Seq: 2}},
		{"the last entry edited, its hash computed anew", func() {
			h.entries(message, func(c []ledger.Entry) []ledger.Entry {
				n := last(c)
				c[n] = again(c[:n], c[n], bytes.Replace(c[n].Body, []byte("delivered"), []byte("delivered "), 1))
				return c
			})
		}, ledger.Fault{Kind: ledger.EntryEdited, Subject: subject, Seq: 4}},
		{"an entry edited, the rest of the chain written anew", func() {
			h.entries(message, func(c []ledger.Entry) []ledger.Entry {
				c[1] = again(c[:1], c[1], edited(t, c[1].Body))
				for i := 2; i < len(c); i++ {
					c[i] = again(c[:i], c[i], c[i].Body)
				}
				return c
			})
		}, ledger.Fault{Kind: ledger.EntryEdited, Subject: subject, Seq: 3}}, // the first whose hash a checkpoint knows
		{"an entry removed from the middle", func() {
			h.entries(message, func(c []ledger.Entry) []ledger.Entry { return slices.Delete(c, 1, 2) })
		}, ledger.Fault{Kind: ledger.EntryRemoved, Subject: subject, Seq: 2}},
		{"an entry removed from the end", func() {
			h.entries(message, func(c []ledger.Entry) []ledger.Entry { return c[:last(c)] })
			h.head(message, `"delivered"`, `"sent"`)
		}, ledger.Fault{Kind: ledger.EntryRemoved, Subject: subject, Seq: 4}},
		{"a message set back to when it was queued", func() {
			h.entries(message, func(c []ledger.Entry) []ledger.Entry { return c[:1] })
			h.head(message, `"delivered"`, `"queued"`)
		}, ledger.Fault{Kind: ledger.EntryRemoved, Subject: subject, Seq: 2}},
		{"two entries swapped", func() {
			h.entries(message, func(c []ledger.Entry) []ledger.Entry { c[1], c[2] = c[2], c[1]; return c })
		}, ledger.Fault{Kind: ledger.EntryReordered, Subject: subject, Seq: 2}},
		{
			"a message removed", func() { h.set(message, nil) },
			ledger.Fault{Kind: ledger.ChainRemoved, Subject: subject},
		},
		{
			"a message added", func() { h.forge("c1 never had it") },
			ledger.Fault{Kind: ledger.ChainAdded, Subject: "message/" + MessageID(h.sent.ID, "c1 never had it", stepOne)},
		},
		{
			"a message marked as queued", func() { h.head(message, `"delivered"`, `"queued"`) },
			ledger.Fault{Kind: KindHead, Subject: subject},
		},
		{
			"a consent added", func() { h.consent("a-00005") },
			ledger.Fault{Kind: KindHead, Subject: person("a-00005")},
		},
		{
			"a consent of somebody who never said a word", func() { h.consent("nobody") },
			ledger.Fault{Kind: KindHead, Subject: person("nobody")},
		},
		{"a withdrawal left out of a person's record", func() {
			key := personKey(audience.Key("a-00005"))
			var p scruple.Person
			h.check(json.Unmarshal(h.get(key), &p))
			p.Consents = p.Consents[:1]
			value, err := json.Marshal(p)
			h.check(err)
			h.set(key, value)
		}, ledger.Fault{Kind: KindHead, Subject: person("a-00005")}},
		{"a withdrawal removed from record and evidence", func() {
			h.entries(consentKey(audience.Key("a-00005")), func(c []ledger.Entry) []ledger.Entry { return c[:1] })
		}, ledger.Fault{Kind: ledger.EntryRemoved, Subject: person("a-00005"), Seq: 2}},
		{"a manifest edited", func() {
			key := port.Key{Partition: manifest(1, groupMessages+h.sent.Tag), Sort: "00000000"}
			var leaves []ledger.Leaf
			h.check(json.Unmarshal(h.get(key), &leaves))
			at := slices.IndexFunc(leaves, func(l ledger.Leaf) bool { return l.Subject == subject })
			leaves[at].Hash = leaves[(at+1)%len(leaves)].Hash
			value, err := json.Marshal(leaves)
			h.check(err)
			h.set(key, value)
		}, ledger.Fault{Kind: ledger.LeafEdited, Subject: subject, Checkpoint: 1}},
		{
			"a checkpoint replaced by an older one", func() { h.set(checkpointKey(2), h.get(checkpointKey(1))) },
			ledger.Fault{Kind: ledger.CheckpointSwapped, Checkpoint: 2},
		},
		{"two checkpoints swapped", func() {
			first, second := h.get(checkpointKey(1)), h.get(checkpointKey(2))
			h.set(checkpointKey(1), second)
			h.set(checkpointKey(2), first)
		}, ledger.Fault{Kind: ledger.CheckpointSwapped, Checkpoint: 1}},
		{
			"a checkpoint removed", func() { h.set(checkpointKey(1), nil) },
			ledger.Fault{Kind: ledger.CheckpointMissing, Checkpoint: 1},
		},
		{"a checkpoint signed by another key", func() {
			c, err := ledger.Open(h.get(checkpointKey(2)), h.known)
			h.check(err)
			signed, err := ledger.Sign(c, h.forger)
			h.check(err)
			h.set(checkpointKey(2), signed)
		}, ledger.Fault{Kind: ledger.CheckpointForged, Checkpoint: 2}},
		{
			"a record of the log edited", func() { h.set(recordKey(0), bytes.Replace(h.get(recordKey(0)), []byte("1"), []byte("2"), 1)) },
			ledger.Fault{Kind: ledger.RecordEdited},
		},
		{
			"product facts changed", func() { h.head(productKey("p1"), `"R2"`, `"R1"`) },
			ledger.Fault{Kind: KindHead, Subject: "product/p1"},
		},
		{"an approval written into a card", func() {
			h.head(cardKey(h.cardOf(h.waiting)), `"authors":`, `"rulings":[{"action":"approve","by":"li","at":"2026-11-23T02:00:00Z","reason":"x","seal":"x"}],"authors":`)
		}, ledger.Fault{Kind: KindHead, Subject: "card/" + h.cardOf(h.waiting).String()}},
		{"an approval widened", func() {
			id, _ := parseCardID(h.card)
			h.head(cardKey(id), `"longest":`, `"longest":9`)
		}, ledger.Fault{Kind: KindHead, Subject: "card/" + h.card}},
		{
			"authors taken off a run", func() { h.head(runKey(h.waiting.ID), `["wang","chen"]`, `["chen"]`) },
			ledger.Fault{Kind: KindHead, Subject: "run/" + h.waiting.ID},
		},
		{
			"a run's tier lowered", func() { h.head(runKey(h.waiting.ID), `"status":"running"`, `"status":"paused"`) },
			ledger.Fault{Kind: KindHead, Subject: "run/" + h.waiting.ID},
		},
		{
			"a refusal removed", func() { h.set(h.refusal(), nil) },
			ledger.Fault{Kind: ledger.ChainRemoved, Subject: "refusal/" + h.refusal().Sort},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.do()
			named(t, h.faults(), tc.want)
			h.mend()
		})
	}
	if f := h.faults(); len(f) > 0 {
		t.Errorf("the store as it was: %v", f)
	}
}

// named checks that the culprit is among the faults, and that no other subject is blamed.
func named(t *testing.T, faults []ledger.Fault, want ledger.Fault) {
	t.Helper()
	found := false
	for _, f := range faults {
		found = found || f.Kind == want.Kind && f.Subject == want.Subject && (want.Seq == 0 || f.Seq == want.Seq) &&
			(want.Checkpoint == 0 || f.Checkpoint == want.Checkpoint)
		if f.Subject != "" && f.Subject != want.Subject {
			t.Errorf("an innocent was blamed: %s", f.Error())
		}
		t.Log(f.Error())
	}
	if !found {
		t.Errorf("want %s", want.Error())
	}
}

// forge adds a message, with a chain that is whole, dated before the checkpoints.
func (h *history) forge(customer string) {
	id := MessageID(h.sent.ID, customer, stepOne)
	head, lines, _ := bytes.Cut(h.get(messageKey(h.message(1))), []byte("\n"))
	chain, err := decodeEntries(lines)
	h.check(err)
	var forged []ledger.Entry
	out := append(bytes.Clone(head), '\n')
	for _, e := range chain {
		e.Subject = "message/" + id
		forged = append(forged, again(forged, e, e.Body))
		out = appendEntry(out, &forged[len(forged)-1])
	}
	h.set(messageKey(id), out)
}

// consent writes a consent straight into a person's record.
func (h *history) consent(customer string) {
	key := personKey(audience.Key(customer))
	p, err := decodePerson(h.get(key))
	h.check(err)
	p.ID = customer
	p.Consents = append(p.Consents, scruple.ConsentEvent{Purpose: "marketing", Action: "grant", Source: "app", At: monday.Add(time.Minute)})
	h.set(key, appendPerson(nil, &p))
}

func (h *history) cardOf(r *Run) cardID {
	cards, err := h.Cards(h.t.Context(), r.ID)
	h.check(err)
	id, _ := parseCardID(cards[0].ID)
	return id
}

func (h *history) refusal() port.Key {
	recs, err := h.Table.List(h.t.Context(), "refusal", "", 1)
	h.check(err)
	return recs[0].Key
}

// What a checkpoint that was kept elsewhere is for: without it, the newest checkpoint could be cut off with all it covers.
func TestAKeptCheckpointIsMissed(t *testing.T) {
	h := newHistory(t)
	kept, err := h.LastCheckpoint(t.Context())
	h.check(err)
	h.set(checkpointKey(2), nil)
	faults := h.Verify(t.Context(), origin, h.known, kept).Faults
	if !slices.ContainsFunc(faults, func(f ledger.Fault) bool { return f.Kind == ledger.CheckpointMissing && f.Checkpoint == 2 }) {
		t.Errorf("%v", faults)
	}
}

// A message whose head was forged does not get through the door.
func TestAForgedHeadIsNotDelivered(t *testing.T) {
	h := newHistory(t)
	before := len(h.sender.Envelopes())
	held := MessageID(h.waiting.ID, "b-00001", stepOne)
	due := monday.Format(time.RFC3339)
	h.head(messageKey(held), `{"state":"held"`, `{"state":"queued","due":"`+due+`"`)
	h.head(messageKey(h.message(0)), `{"state":"delivered"`, `{"state":"queued","due":"`+due+`"`)
	for _, id := range []string{held, h.message(0)} {
		if state, err := h.Deliver(t.Context(), monday.Add(2*time.Hour), id); !errors.Is(err, ErrTampered) {
			t.Errorf("message %s: %s, %v; want %v", id, state, err, ErrTampered)
		}
		h.set(outboxKey(id, monday), []byte{})
	}
	if err := h.Drain(t.Context(), at0(monday.Add(2*time.Hour))); !errors.Is(err, ErrTampered) {
		t.Errorf("drain: %v; want %v", err, ErrTampered)
	}
	if n := len(h.sender.Envelopes()); n != before {
		t.Errorf("%d envelopes left with forged heads", n-before)
	}
}
