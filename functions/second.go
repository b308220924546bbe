package functions

import (
	"context"
	"fmt"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/port"
	"github.com/scruple/scruple/templates"
)

// readAgain asks the second reader, where the house has one, about every shape of a run's copy. What it says goes into the run, so
// that a decision can be computed again without asking. When it cannot be asked, every message of the run is held.
func (h *House) readAgain(ctx context.Context, l *launch) {
	if h.Reader == nil {
		return
	}
	l.run.Opinions, l.run.Unread = map[string][]scruple.Opinion{}, ""
	for _, t := range l.copies {
		for _, shape := range t.Shapes() {
			opinions, err := h.Reader.Read(ctx, h.page(l, t, shape))
			if err != nil {
				l.run.Unread = fmt.Sprintf("the second reader could not read %s: %v", t.Ref(), err)
				return
			}
			if len(opinions) > 0 {
				l.run.Opinions[shape] = opinions
			}
		}
	}
}

func (h *House) page(l *launch, t *templates.Template, shape string) port.Page {
	subject, text, html, _ := t.ShapeText(shape)
	p := port.Page{
		Market: t.Market, Channel: t.Channel, Locale: t.Locale, Class: l.campaign.Class,
		Subject: subject, Text: text, HTML: html, Product: l.facts,
	}
	for _, r := range h.Book.Rules() {
		if r.Market == t.Market && r.Kind != "gate" && r.In(scruple.DateOf(l.run.Due)) {
			p.Rules = append(p.Rules, port.PageRule{ID: r.ID, Why: r.Why.In(t.Locale)})
		}
	}
	return p
}
