package functions

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/compliance"
	"github.com/scruple/scruple/port"
)

// reads is a second reader that says the same of every page, and remembers them.
type reads struct {
	says  []scruple.Opinion
	err   error
	pages []port.Page
}

func (r *reads) Read(_ context.Context, p port.Page) ([]scruple.Opinion, error) {
	r.pages = append(r.pages, p)
	return r.says, r.err
}

func (r *reads) Close() error { return nil }

// A second reader adds and never clears, sees no value of a person, is asked once for a shape, and what it said can be computed again
// when it is gone.
func TestSecondReader(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		r    reads
		want scruple.State
	}{
		"nothing to say":            {cleanText, reads{}, scruple.Sent},
		"an objection":              {cleanText, reads{says: []scruple.Opinion{{Reader: "c@1", Rule: "cn.t-doubtful", Quote: "新产品上线", Why: "x"}}}, scruple.Held},
		"words that nobody wrote":   {cleanText, reads{says: []scruple.Opinion{{Reader: "c@1", Rule: "cn.t-doubtful", Quote: "稳赚", Why: "x"}}}, scruple.Sent},
		"a rule that nobody knows":  {cleanText, reads{says: []scruple.Opinion{{Reader: "c@1", Rule: "cn.mine", Quote: "新产品上线", Why: "x"}}}, scruple.Sent},
		"it cannot read":            {cleanText, reads{err: errors.New("out of order")}, scruple.Held},
		"no clearing of a finding":  {doubtfulText, reads{}, scruple.Held},
		"nor of what is forbidden":  {"【云岭银行】{{ name }}，稳赚不赔。拒收请回复R", reads{}, scruple.Withheld},
		"a forbidden word, as seen": {cleanText, reads{says: []scruple.Opinion{{Reader: "c@1", Rule: "cn.t-forbidden", Quote: "新产品上线", Why: "x"}}}, scruple.Held},
	} {
		t.Run(name, func(t *testing.T) {
			r := c.r
			b := newBank(t, func(b *bank) { b.Reader = &r })
			run := b.launch(b.campaign("c1", b.people("a.csv", 12), c.text))
			if got := b.states(run); got[c.want] != 12 {
				t.Fatalf("states %v, want 12 %s", got, c.want)
			}
			if len(r.pages) != 1 || !strings.Contains(r.pages[0].Text, "{name}") || strings.Contains(r.pages[0].Text, "客户") || len(r.pages[0].Rules) != 2 {
				t.Errorf("it was asked: %+v", r.pages)
			}
			b.Reader = nil
			for m, err := range b.messages(t.Context(), run.ID) {
				b.check(err)
				w, err := b.WhyMessage(t.Context(), m.id)
				b.check(err)
				if !w.Same {
					t.Fatalf("computed again without the reader, it differs: %+v", w.Last)
				}
			}
		})
	}
}

const someWaiver = `waivers:
- id: w-1
  rule: cn.t-doubtful
  reason: 该词为已备案产品名称的一部分，可以使用
  scope: {campaigns: [c1]}
  by: wang
  approved: li
  from: 2026-11-01
  to: 2026-12-31
`

// A waiver lets go of what it is for, as the record says; the author of copy cannot be who approved it.
func TestWaiverInTheWay(t *testing.T) {
	waive := func(b *bank) {
		b.BookFiles = append([]fs.FS{}, append(b.BookFiles, fstest.MapFS{"waivers.yaml": {Data: []byte(someWaiver)}})...)
		var err error
		b.Book, err = compliance.Load(b.BookFiles...)
		b.check(err)
	}
	b := newBank(t, waive)
	run := b.launch(b.campaign("c1", b.people("a.csv", 5), doubtfulText))
	other := b.launch(b.campaign("c2", b.people("b.csv", 5), doubtfulText))
	if got := b.states(run); got[scruple.Sent] != 5 {
		t.Errorf("waived: states %v", got)
	}
	if got := b.states(other); got[scruple.Held] != 5 {
		t.Errorf("out of its scope: states %v", got)
	}
	for m, err := range b.messages(t.Context(), run.ID) {
		b.check(err)
		w, err := b.WhyMessage(t.Context(), m.id)
		b.check(err)
		if f := w.Last.Findings; !w.Same || len(f) != 1 || f[0].Waiver != "w-1" {
			t.Fatalf("on record: %+v, computed again the same: %v", f, w.Same)
		}
	}
	own := newBank(t, waive)
	c := own.campaign("c1", own.people("a.csv", 5), doubtfulText)
	c.Author = "li"
	if got := own.states(own.launch(c)); got[scruple.Held] != 5 {
		t.Errorf("its approver wrote the campaign: states %v", got)
	}
}

func TestWaiversAreThePeoples(t *testing.T) {
	b := newBank(t)
	b.BookFiles = append(b.BookFiles, fstest.MapFS{"waivers.yaml": {Data: []byte(someWaiver)}})
	var err error
	b.Book, err = compliance.Load(b.BookFiles...)
	b.check(err)
	for name, c := range map[string]struct {
		people map[string]scruple.Actor
		want   string
	}{
		"known":           {map[string]scruple.Actor{"wang": marketer, "li": officer}, ""},
		"nobody asked":    {map[string]scruple.Actor{"li": officer}, `"wang", who asked for it`},
		"a marketer only": {map[string]scruple.Actor{"wang": marketer, "li": {ID: "li", Roles: []string{"marketer"}}}, `"li", who approved it, is no officer`},
	} {
		b.People = c.people
		err := b.knowsWaivers()
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What another book would have made of the past: counted by verdict and rule, and nothing is written.
func TestWhatIf(t *testing.T) {
	b := newBank(t)
	clean := b.launch(b.campaign("c1", b.people("a.csv", 7), cleanText))
	held := b.launch(b.campaign("c2", b.people("b.csv", 4), doubtfulText))
	book, err := compliance.Load(fstest.MapFS{
		"text.yaml":  {Data: []byte(strings.NewReplacer("稳健收益", "新产品", "稳赚不赔", "稳健收益").Replace(testBook))},
		"gates.yaml": {Data: []byte(testGates)},
	})
	b.check(err)
	var got WhatIf
	n := 0
	for _, run := range []*Run{clean, held} {
		b.check(b.WhatIf(t.Context(), run.ID, book, &got, func() { n++ }))
	}
	if n != 11 || got.Messages != 11 || got.Before[scruple.Pass] != 7 || got.Before[scruple.Hold] != 4 || got.After[scruple.Hold] != 7 || got.After[scruple.Block] != 4 {
		t.Errorf("%+v", got)
	}
	want := []WhatIfChange{
		{scruple.Pass, scruple.Hold, "cn.t-doubtful", 7, ""}, {scruple.Hold, scruple.Block, "cn.t-doubtful", 4, ""}, {scruple.Hold, scruple.Block, "cn.t-forbidden", 4, ""},
	}
	if len(got.Changes) != len(want) {
		t.Fatalf("changes %+v", got.Changes)
	}
	for i, c := range got.Changes {
		if c.Sample == "" {
			t.Errorf("no sample: %+v", c)
		}
		if c.Sample = ""; c != want[i] {
			t.Errorf("change %+v, want %+v", c, want[i])
		}
	}
	var same WhatIf
	b.check(b.WhatIf(t.Context(), held.ID, b.Book, &same, nil))
	if len(same.Changes) != 0 {
		t.Errorf("the same book makes a difference: %+v", same.Changes)
	}
}
