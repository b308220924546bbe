package functions

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/compliance"
	"github.com/scruple/scruple/compliance/review"
	"github.com/scruple/scruple/port"
	"github.com/scruple/scruple/templates"
)

// bench is a run with everything that its messages have in common, as loaded once for a batch. Its revisions are conditions
// of every write, so nothing is decided on what has changed since.
type bench struct {
	run       *record[Run]
	product   *record[Product]
	seal      string
	book      string
	templates map[string]*templates.Template // by variant
	cards     map[string]*record[Card]
	conds     port.Tx       // run and product unchanged
	window    time.Duration // how long touches are kept
}

func (h *House) bench(ctx context.Context, run *record[Run]) (*bench, error) {
	b := &bench{run: run, book: h.Book.Digest(), window: h.Book.LongestWindow(), templates: map[string]*templates.Template{}, cards: map[string]*record[Card]{}}
	b.conds = append(b.conds, port.Write{Op: port.Check, Key: runKey(run.Head.ID), Revision: run.Revision})
	facts := ""
	if id := run.Head.Campaign.Product; id != "" {
		p, err := h.loadProduct(ctx, id)
		if err != nil {
			return nil, err
		}
		b.product, facts = p, p.Head.Digest
		// A product that was graded up since the launch asks for the signatures of its present grade.
		run.Head.Tier = h.Policy.Tier(run.Head.Tier, &p.Head.Product, 0)
		b.conds = append(b.conds, port.Write{Op: port.Check, Key: productKey(id), Revision: p.Revision})
	}
	b.seal = run.Head.sealNow(facts, b.book)
	for variant, digest := range run.Head.Templates {
		t, err := h.archivedTemplate(ctx, digest)
		if err != nil {
			return nil, fmt.Errorf("run %s, variant %s: %w", run.Head.ID, variant, err)
		}
		b.templates[variant] = t
	}
	return b, nil
}

func (b *bench) productFacts() (*scruple.Product, string) {
	if b.product == nil {
		return nil, ""
	}
	return &b.product.Head.Product, b.product.Head.Digest
}

// subject is one message to judge: who it is for, and what is known of that person.
type subject struct {
	id        string
	recipient scruple.Recipient
	profile   scruple.Profile
	to        string
	variant   string
	person    scruple.Person
	raw       []byte // the person's record as read; nil when there is none
	revision  int64
}

// judged is a message with all that was found and decided.
type judged struct {
	message scruple.Message
	body    Case
	card    *record[Card] // set when the message is held, or was approved
	cardID  cardID
}

// judge fills, checks and decides one message. It is the one way to a decision: Prepare, Follow and Deliver all take it.
// last is the decision before, if there was one: what the door or an officer objected to then still stands.
func (h *House) judge(ctx context.Context, b *bench, s *subject, last *Case, now, due time.Time) (*judged, error) {
	t, ok := b.templates[s.variant]
	if !ok {
		return nil, fmt.Errorf("message %s: run %s has no variant %q", s.id, b.run.Head.ID, s.variant)
	}
	product, productDigest := b.productFacts()
	j := &judged{}
	var findings scruple.Findings
	j.message, findings = examine(h.Book, t, &b.run.Head, s, product, now, due)
	j.body = Case{
		Now: now, Due: due, Book: b.book, Product: productDigest, Person: s.raw,
		Shape: j.message.Shape, Copy: copyDigest(&j.message), Findings: findings,
		Addressee: &Addressee{
			Run: b.run.Head.ID, Customer: s.recipient.ID, Variant: s.variant, Template: t.Digest, To: s.to,
			Inputs: inputs(t, &s.recipient), Profile: s.profile,
		},
	}
	if last == nil {
		return j, h.decide(ctx, b, j, now, due)
	}
	for _, f := range last.Findings {
		if f.Rule == ruleCopyChanged {
			j.body.Findings = append(j.body.Findings, f)
		}
	}
	if err := h.decide(ctx, b, j, now, due); err != nil {
		return nil, err
	}
	return j, h.obey(ctx, b, j, last.Card)
}

// obey lets the last word of an officer on the card that a message waited on stand, whatever is found now: what was
// rejected, withdrawn or sent back does not go because rules or facts have changed since.
func (h *House) obey(ctx context.Context, b *bench, j *judged, card string) error {
	if card == "" || card == j.body.Card {
		return nil
	}
	c, id, err := h.loadCard(ctx, card)
	if err != nil {
		return err
	}
	d := &j.body.Decision
	switch goes := d.State == scruple.Queued || d.State == scruple.Deferred; c.Head.lastAction() {
	case review.Reject:
		*d = review.Decision{State: scruple.Withheld, Reasons: []string{review.ReasonRejected}}
	case review.Withdraw, review.RequestChanges:
		if goes {
			*d = review.Decision{State: scruple.Held, Reasons: []string{review.ReasonTaken}}
			j.card, j.cardID, j.body.Card, j.body.Seal, j.body.Rulings = c, id, card, b.seal, c.Head.Rulings
			return nil
		}
	}
	b.conds = append(b.conds, port.Write{Op: port.Check, Key: cardKey(id), Revision: c.Revision})
	return nil
}

// examine fills and checks one message. It is pure: equal arguments give equal results, which is how a decision on record
// is computed again.
func examine(book *compliance.Book, t *templates.Template, run *Run, s *subject, product *scruple.Product, now, due time.Time) (scruple.Message, scruple.Findings) {
	c := &run.Campaign
	m, slot := fill(t, templates.Values{Recipient: &s.recipient, Product: product, Campaign: c.Values})
	m.ID, m.Campaign, m.Variant, m.Class, m.Purpose, m.To = s.id, c.ID, s.variant, c.Class, c.Purpose, s.to
	if slot != nil {
		return m, scruple.Findings{*slot}
	}
	if product == nil {
		product = &scruple.Product{Type: "none", Status: "on_sale"}
	}
	facts := scruple.Facts{
		Now: now, Due: due, LatestStart: run.Latest, Product: product, Recipient: &s.profile, Person: s.person,
		Authors: run.Authors, Opinions: run.Opinions[m.Shape], Unread: run.Unread,
	}
	return m, atItsTime(book, &m, &facts)
}

// atItsTime checks a message for the moment at which it may leave: a rule about time moves it, and whether it may go then
// is another question, which may move it again.
func atItsTime(book *compliance.Book, m *scruple.Message, facts *scruple.Facts) scruple.Findings {
	const rounds = 8
	var moved scruple.Findings
	for range rounds {
		findings := book.Check(m, facts)
		next := findings.NotBefore()
		if findings.Verdict() != scruple.Pass || !next.After(facts.Due) {
			return append(findings, moved...)
		}
		facts.Due = next
		moved = append(moved, findings...)
	}
	return append(moved, scruple.Finding{
		Rule: ruleNoTime, Kind: "gate", Verdict: scruple.Hold, Detail: "contact limits and hours leave no moment for it",
	})
}

func (h *House) decide(ctx context.Context, b *bench, j *judged, now, due time.Time) error {
	_, officers := b.run.Head.signatures()
	in := review.Input{
		Message: &j.message, Findings: j.body.Findings, Seal: b.seal, Officers: officers,
		Now: now, Due: due, LatestStart: b.run.Head.Latest,
	}
	if in.Findings.Verdict() == scruple.Hold {
		if err := h.cardFor(ctx, b, j); err != nil {
			return err
		}
		in.Rulings = j.card.Head.Rulings
		j.body.Card, j.body.Seal, j.body.Rulings = j.cardID.String(), b.seal, in.Rulings
	}
	j.body.Decision = review.Decide(in)
	return nil
}

// fill renders a message. A slot that cannot be filled becomes a finding: an empty one withholds the message, a value that
// breaks its type holds it, alone.
func fill(t *templates.Template, v templates.Values) (scruple.Message, *scruple.Finding) {
	m, err := t.Fill(v)
	if err == nil {
		return m, nil
	}
	f := &scruple.Finding{Rule: "template.slot", Kind: "render", Verdict: scruple.Hold, Detail: "the copy could not be filled"}
	var slot *templates.SlotError
	if errors.As(err, &slot) {
		f.Detail = "slot " + slot.Slot + ": " + slot.Reason
		if slot.Empty {
			f.Rule, f.Verdict = "template.empty-slot", scruple.Block
		}
	}
	return scruple.Message{
		Template: t.Ref(), Market: t.Market, Channel: t.Channel, Locale: t.Locale,
	}, f
}

func inputs(t *templates.Template, r *scruple.Recipient) map[string]string {
	var out map[string]string
	for i := range t.Slots {
		if v, ok := r.Field(t.Slots[i].Name); ok && t.Slots[i].From != "product" {
			if out == nil {
				out = make(map[string]string, len(t.Slots))
			}
			out[t.Slots[i].Name] = v
		}
	}
	return out
}

// copyDigest is the SHA-256 of subject, text and HTML as rendered.
func copyDigest(m *scruple.Message) string {
	h := sha256.New()
	var n [3]byte
	for i, part := range []string{m.Subject, m.Text, m.HTML} {
		n[0] = byte(i)
		h.Write(n[:1])
		io.WriteString(h, part) //nolint:errcheck // a hash never fails
	}
	var sum [sha256.Size]byte
	return hex.EncodeToString(h.Sum(sum[:0]))
}

func decodePerson(value []byte) (scruple.Person, error) {
	var p scruple.Person
	if len(value) == 0 {
		return p, nil
	}
	return p, json.Unmarshal(value, &p)
}
