package functions

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/compliance"
	"github.com/scruple/scruple/port"
	"github.com/scruple/scruple/port/memory"
)

// monday is when the tests' campaigns are due: ten in the morning in Shanghai.
var monday = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)

// bank is a small house for tests, on memory unless a test brings another table.
type bank struct {
	*House
	t      testing.TB
	sender *memory.Sender
	assets port.Files
}

var (
	marketer = scruple.Actor{ID: "wang", Roles: []string{"marketer"}}
	officer  = scruple.Actor{ID: "li", Roles: []string{"officer"}}
	officer2 = scruple.Actor{ID: "zhang", Roles: []string{"officer"}}
	operator = scruple.Actor{ID: "zhao", Roles: []string{"operator"}}
)

func newBank(t testing.TB, with ...func(*bank)) *bank {
	t.Helper()
	b := &bank{t: t, sender: memory.NewSender(), assets: memory.NewFiles()}
	b.House = &House{
		Table: memory.NewTable(), Queue: memory.NewQueue(), Files: memory.NewFiles(), Assets: b.assets, Worker: "w1",
		Policy: Policy{ApprovalsExpire: 72 * time.Hour, Grades: map[string]scruple.Tier{"R4": scruple.High}, BatchRows: 50},
	}
	b.use(testBook)
	carrier := Carrier{Sender: b.sender}
	carrier.Profile.From = "news@bank.example"
	b.Carrier = map[scruple.Channel]Carrier{scruple.SMS: carrier, scruple.Email: carrier}
	for _, f := range with {
		f(b)
	}
	b.products(fund)
	return b
}

var fund = scruple.Product{ID: "p1", Market: scruple.CN, Type: "wealth", Name: "云岭一号", Risk: "R2", Status: "on_sale"}

// testBook is a book with one doubtful word, one forbidden one, and the gates.
const testBook = `market: cn
rules:
- id: cn.t-doubtful
  kind: claim
  verdict: hold
  basis: [{law: Test law, article: "1", source: read}]
  title: {en: Doubtful, zh: 存疑}
  why: {en: A doubtful word., zh: 存疑。}
  fix: {en: Drop it., zh: 删去。}
  match: {any: [稳健收益]}
  flag: [这是稳健收益产品, 稳健收益等您来]
  pass: [这是产品, 收益以实际为准]
- id: cn.t-forbidden
  kind: claim
  verdict: block
  basis: [{law: Test law, article: "2", source: read}]
  title: {en: Forbidden, zh: 禁止}
  why: {en: A forbidden word., zh: 禁止。}
  fix: {en: Drop it., zh: 删去。}
  match: {any: [稳赚不赔]}
  flag: [稳赚不赔的产品, 买它稳赚不赔]
  pass: [这是产品, 收益以实际为准]
`

const testGates = `market: cn
rules:
` + gateHead + `-consent
  gate: consent
  with: {purposes: [marketing]}
  flag: [{now: 2026-11-02T10:00:00+08:00, person: {consents: []}}, {now: 2026-11-02T10:00:00+08:00, person: {consents: [{channel: sms, action: withdraw, at: 2026-06-01T09:00:00Z}]}}]
  pass: [{now: 2026-11-02T10:00:00+08:00, person: {consents: [{action: grant, at: 2026-07-01T09:00:00Z}]}}, {now: 2026-11-02T10:00:00+08:00, person: {consents: [{channel: sms, action: grant, at: 2026-07-01T09:00:00Z}]}}]
` + gateHead + `-suppression
  gate: suppression
  flag: [{now: 2026-11-02T10:00:00+08:00, person: {suppressions: [{channel: sms, reason: unsubscribed}]}}, {now: 2026-11-02T10:00:00+08:00, person: {suppressions: [{reason: do_not_call}]}}]
  pass: [{now: 2026-11-02T10:00:00+08:00, person: {suppressions: []}}, {now: 2026-11-02T10:00:00+08:00, person: {suppressions: [{channel: email, reason: bounced}]}}]
` + gateHead + `-status
  gate: product_status
  with: {zone: Asia/Shanghai}
  flag: [{now: 2026-11-02T10:00:00+08:00, product: {type: wealth, status: suspended}}, {now: 2026-11-02T10:00:00+08:00, product: {type: wealth, status: on_sale, to: 2026-11-01}}]
  pass: [{now: 2026-11-02T10:00:00+08:00, product: {type: wealth, status: on_sale}}, {now: 2026-11-02T10:00:00+08:00, product: {type: wealth, status: on_sale, to: 2026-11-02}}]
` + gateHead + `-suitability
  gate: suitability
  with: {zone: Asia/Shanghai, ratings: [C1, C2, C3, C4, C5], exempt: [none], needs: {R1: C1, R2: C2, R3: C3, R4: C4, R5: C5}}
  flag: [{now: 2026-11-02T10:00:00+08:00, product: {type: wealth, risk: R3}, recipient: {rating: C2, rated_until: 2027-01-01}}, {now: 2026-11-02T10:00:00+08:00, product: {type: wealth, risk: R3}, recipient: {}}]
  pass: [{now: 2026-11-02T10:00:00+08:00, product: {type: wealth, risk: R2}, recipient: {rating: C2, rated_until: 2027-01-01}}, {now: 2026-11-02T10:00:00+08:00, product: {type: wealth, risk: R2}, recipient: {rating: C5, rated_until: 2027-01-01}}]
` + gateHead + `-limit
  gate: contact_limit
  with: {limits: [{name: week, window: 7d, max: 3, classes: [marketing]}], when_full: withhold}
  flag: [{now: 2026-11-02T10:00:00+08:00, person: {touches: [{channel: sms, at: 2026-10-27T10:00:00+08:00}, {channel: email, at: 2026-10-29T10:00:00+08:00}, {channel: push, at: 2026-11-01T10:00:00+08:00}]}}, {now: 2026-11-02T10:00:00+08:00, person: {touches: [{channel: sms, at: 2026-10-30T10:00:00+08:00}, {channel: sms, at: 2026-11-03T10:00:00+08:00}, {channel: sms, at: 2026-11-05T10:00:00+08:00}]}}]
  pass: [{now: 2026-11-02T10:00:00+08:00, person: {touches: []}}, {now: 2026-11-02T10:00:00+08:00, person: {touches: [{channel: sms, at: 2026-10-29T10:00:00+08:00}]}}]
` + gateHead + `-hours
  gate: quiet_hours
  with: {open: '08:00', close: '21:00', zones: [Asia/Shanghai]}
  flag: [{now: 2026-11-02T07:59:00+08:00, recipient: {zone: Asia/Shanghai}}, {now: 2026-11-02T21:00:00+08:00, recipient: {zone: Asia/Shanghai}}]
  pass: [{now: 2026-11-02T08:00:00+08:00, recipient: {zone: Asia/Shanghai}}, {now: 2026-11-02T09:00:00+08:00}]
`

const gateHead = `- kind: gate
  verdict: block
  basis: [{law: Test policy, source: policy}]
  title: {en: Gate, zh: 关口}
  why: {en: A gate., zh: 关口。}
  fix: {en: None., zh: 无。}
  id: cn.t`

func (b *bank) use(book string) {
	b.t.Helper()
	b.BookFiles = []fs.FS{fstest.MapFS{
		"text.yaml": {Data: []byte(book)}, "gates.yaml": {Data: []byte(testGates)},
	}}
	var err error
	if b.Book, err = compliance.Load(b.BookFiles...); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bank) products(ps ...scruple.Product) {
	b.t.Helper()
	_, err := b.SetProducts(b.t.Context(), monday.Add(-48*time.Hour), operator, ps...)
	b.check(err)
}

func (b *bank) check(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *bank) write(name, text string) {
	b.t.Helper()
	ctx := b.t.Context()
	b.check(b.assets.Remove(ctx, name))
	b.check(writeFile(ctx, b.assets, name, []byte(text)))
}

// people writes a list of n customers with good consent and returns its name.
func (b *bank) people(name string, n int) string {
	b.t.Helper()
	var list strings.Builder
	list.WriteString("customer_id,phone,email,name,risk_rating,rated_until,time_zone\n")
	var ps []Permission
	for i := range n {
		id := fmt.Sprintf("%s-%05d", strings.TrimSuffix(name, ".csv"), i)
		fmt.Fprintf(&list, "%s,138%08d,c%d@mail.example,客户%d,C3,2027-06-30,Asia/Shanghai\n", id, i, i, i)
		ps = append(ps, Permission{Customer: id, Consent: &scruple.ConsentEvent{
			Purpose: "marketing", Action: "grant", Source: "app", At: monday.Add(-30 * 24 * time.Hour),
		}})
	}
	b.write(name, list.String())
	_, err := b.Permit(b.t.Context(), monday.Add(-24*time.Hour), operator, ps...)
	b.check(err)
	return name
}

// campaign lays down a campaign whose SMS says text.
func (b *bank) campaign(id, list, text string, more ...string) *Campaign {
	b.t.Helper()
	b.write(id+".liquid", "---\nname: "+id+"\nversion: 1\nchannel: sms\nmarket: cn\nlocale: zh-CN\nauthor: chen\nslots:\n  name: {type: name}\n---\n"+text+"\n")
	b.write(id+".yaml", "id: "+id+"\nauthor: wang\nmarket: cn\nchannel: sms\nproduct: p1\nsegment: {file: "+list+
		"}\nvariants: [{name: a, template: "+id+".liquid}]\nschedule: {at: 2026-11-23T10:00:00+08:00, latest_start: 48h}\n"+strings.Join(more, "\n"))
	c, err := b.LoadCampaign(b.t.Context(), id+".yaml")
	b.check(err)
	return c
}

const cleanText = "【云岭银行】{{ name }}，新产品上线。拒收请回复R"

// launch starts a campaign at its moment and does all the work there is then.
func (b *bank) launch(c *Campaign) *Run {
	b.t.Helper()
	r, err := b.Launch(b.t.Context(), monday, Self, c, monday)
	b.check(err)
	b.drain(monday)
	return r
}

func (b *bank) drain(at time.Time) {
	b.t.Helper()
	b.check(b.Drain(b.t.Context(), at0(at)))
}

func at0(at time.Time) Crew {
	return Crew{Clock: func() time.Time { return at }, Preparers: 4, Deliverers: 4}
}

// states counts the messages of a run by state.
func (b *bank) states(r *Run) map[scruple.State]int {
	b.t.Helper()
	tally, err := b.Count(b.t.Context(), r.ID)
	b.check(err)
	out := map[scruple.State]int{}
	for k, n := range tally {
		if k.Reason == "" {
			out[k.State] = n
		}
	}
	return out
}

// got returns who was sent how many messages, by address.
func (b *bank) got() map[string]int {
	out := map[string]int{}
	for _, e := range b.sender.Envelopes() {
		out[e.Message]++
	}
	return out
}

// hook is a table that calls before each Commit, and may refuse it.
type hook struct {
	port.Table
	mu     sync.Mutex
	before func(txs []port.Tx) error
}

func (h *hook) Commit(ctx context.Context, txs ...port.Tx) ([]error, error) {
	h.mu.Lock()
	before := h.before
	h.mu.Unlock()
	if before != nil {
		if err := before(txs); err != nil {
			return nil, err
		}
	}
	return h.Table.Commit(ctx, txs...)
}

func (h *hook) set(f func(txs []port.Tx) error) {
	h.mu.Lock()
	h.before = f
	h.mu.Unlock()
}
