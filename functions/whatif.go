package functions

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/compliance"
)

// WhatIf is what another book would have made of messages that were decided.
type WhatIf struct {
	Messages int                     `json:"messages"`
	Before   map[scruple.Verdict]int `json:"before"`
	After    map[scruple.Verdict]int `json:"after"`
	// Changes are the messages whose verdict would have been another, by the rule that makes the difference: most first.
	Changes []WhatIfChange `json:"changes,omitempty"`
	// Waived counts the findings that each waiver let go, as they stand in the record.
	Waived map[string]int `json:"waived,omitempty"`
}

// WhatIfChange counts messages whose verdict goes from one to another because of one rule: a rule that objects now, or that no
// longer does. A message with several such rules counts for each.
type WhatIfChange struct {
	From   scruple.Verdict `json:"from"`
	To     scruple.Verdict `json:"to"`
	Rule   string          `json:"rule"`
	Count  int             `json:"count"`
	Sample string          `json:"sample"` // one of the messages
}

// WhatIf judges every message of a run again by another book, with the copy and the facts of its last decision, and adds what
// differs to w. Nothing is written. done, when not nil, is called after each message.
func (h *House) WhatIf(ctx context.Context, run string, book *compliance.Book, w *WhatIf, done func()) error {
	rec, err := h.loadRun(ctx, run)
	if err != nil {
		return err
	}
	past := &pastFacts{house: h, run: &rec.Head, products: map[string]*scruple.Product{}}
	changes := map[WhatIfChange]WhatIfChange{}
	for _, c := range w.Changes {
		changes[WhatIfChange{From: c.From, To: c.To, Rule: c.Rule}] = c
	}
	for m, err := range h.messages(ctx, run) {
		if err != nil {
			return err
		}
		before, after, err := past.again(ctx, book, &m)
		if err != nil {
			return fmt.Errorf("message %s: %w", m.id, err)
		}
		w.add(changes, m.id, before, after)
		if done != nil {
			done()
		}
	}
	w.Changes = slices.SortedFunc(maps.Values(changes), func(a, b WhatIfChange) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.To, b.To))
	})
	return nil
}

func (w *WhatIf) add(changes map[WhatIfChange]WhatIfChange, id string, before, after scruple.Findings) {
	if w.Before == nil {
		w.Before, w.After, w.Waived = map[scruple.Verdict]int{}, map[scruple.Verdict]int{}, map[string]int{}
	}
	from, to := before.Verdict(), after.Verdict()
	w.Messages++
	w.Before[from]++
	w.After[to]++
	for i := range before {
		if before[i].Waiver != "" {
			w.Waived[before[i].Waiver]++
		}
	}
	if from == to {
		return
	}
	for _, rule := range difference(before, after) {
		key := WhatIfChange{From: from, To: to, Rule: rule}
		c, there := changes[key]
		if !there {
			c = key
			c.Sample = id
		}
		c.Count++
		changes[key] = c
	}
}

// difference lists the rules that object in one of two judgements only.
func difference(a, b scruple.Findings) []string {
	count := map[string]int{}
	for side, fs := range []scruple.Findings{a, b} {
		for i := range fs {
			if fs[i].Verdict != scruple.Pass {
				count[fs[i].Rule] |= 1 << side
			}
		}
	}
	maps.DeleteFunc(count, func(_ string, sides int) bool { return sides == 3 })
	return slices.Sorted(maps.Keys(count))
}

// pastFacts loads what past decisions rested on, once.
type pastFacts struct {
	house    *House
	run      *Run
	products map[string]*scruple.Product
}

// again judges a message by a book, on the facts of its last decision.
func (p *pastFacts) again(ctx context.Context, book *compliance.Book, m *stored) (before, after scruple.Findings, err error) {
	c, _, err := lastCase(m.record)
	if err != nil {
		return nil, nil, err
	}
	t, err := p.house.archivedTemplate(ctx, c.Template)
	if err != nil {
		return nil, nil, err
	}
	product, err := p.product(ctx, c.Product)
	if err != nil {
		return nil, nil, err
	}
	s := c.subject(m.id)
	if s.person, err = decodePerson(c.Person); err != nil {
		return nil, nil, err
	}
	_, after = examine(book, t, p.run, &s, product, c.Now, c.Due)
	return withoutDoor(c.Findings), after, nil
}

func (p *pastFacts) product(ctx context.Context, digest string) (*scruple.Product, error) {
	if digest == "" || p.products[digest] != nil {
		return p.products[digest], nil
	}
	facts, err := readFile(ctx, p.house.Files, archiveName(digest))
	if err != nil {
		return nil, err
	}
	p.products[digest] = &scruple.Product{}
	return p.products[digest], json.Unmarshal(facts, p.products[digest])
}
