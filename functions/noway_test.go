package functions

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"pgregory.net/rapid"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/compliance"
	"github.com/scruple/scruple/compliance/ledger"
	"github.com/scruple/scruple/compliance/review"
	"github.com/scruple/scruple/port"
	"github.com/scruple/scruple/port/memory"
)

// Invariant 8: there is no path round the officer. Random histories call every entry point in any order, also in the midst
// of one another, while a model keeps its own account of who approved what. Every envelope that reaches the carrier is held
// against that account; the model shares no code with the house but the reading of its records.
func TestNoWayRound(t *testing.T) {
	books := lawBooks(t)
	ways := map[string]int{}
	for name, start := range map[string]time.Time{
		"day": monday, "evening": monday.Add(10 * time.Hour), "night": monday.Add(-10 * time.Hour),
	} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				w := newWorld(t, rt, books, start)
				for range 60 {
					w.step()
					w.verdict()
				}
				w.refusals()
				for way, n := range w.ways {
					ways[way] += n
				}
			})
		})
	}
	// Where nothing difficult gets through, nothing was shown.
	for _, way := range []string{"low", "middle", "high", "card", "two officers", "refusal"} {
		t.Logf("%s: %d", way, ways[way])
		if ways[way] == 0 && !t.Failed() && !testing.Short() { // a short run has too few histories for all of them
			t.Errorf("in no history: %s", way)
		}
	}
}

// lawBook is a book with what the model must know of it: which words it holds.
type lawBook struct {
	files []fs.FS
	book  *compliance.Book
	holds []string
}

func lawBooks(t *testing.T) []lawBook {
	stricter := strings.NewReplacer("any: [稳健收益]", "any: [稳健收益, 上线]").Replace(testBook)
	laxer := strings.ReplaceAll(testBook, "稳健收益", "高收益")
	var out []lawBook
	for _, b := range []struct {
		text  string
		holds []string
	}{
		{testBook, []string{"稳健收益"}},
		{strings.Replace(testBook, "A doubtful word.", "A very doubtful word.", 1), []string{"稳健收益"}}, // another digest only
		{stricter, []string{"稳健收益", "上线"}},
		{laxer, []string{"高收益"}},
	} {
		files := []fs.FS{fstest.MapFS{"text.yaml": {Data: []byte(b.text)}, "gates.yaml": {Data: []byte(testGates)}}}
		book, err := compliance.Load(files...)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, lawBook{files, book, b.holds})
	}
	return out
}

// The copies of campaigns. What the model must know of them is what they say.
var copies = map[string]string{
	"clean":     "【云岭银行】{{ name }}，产品已备好。拒收请回复R",
	"launch":    "【云岭银行】{{ name }}，新产品上线。拒收请回复R",
	"doubtful":  "【云岭银行】{{ name }}，稳健收益，额度{{ limit | number }}。拒收请回复R",
	"forbidden": "【云岭银行】{{ name }}，稳赚不赔。拒收请回复R",
	"product":   "【云岭银行】{{ name }}，{{ product.name }}已备好。拒收请回复R",
	"doubted":   "【云岭银行】{{ name }}，{{ product.name }}稳健收益。拒收请回复R",
}

// wayRow is one customer as every list shows them.
type wayRow struct {
	id, name, rating string
	limit            int
}

var wayRows = []wayRow{
	{"c0", "甲", "C5", 50},
	{"c1", "客户乙", "C5", 20},
	{"c2", "欧阳客户丙", "C5", 900},
	{"c3", "丁", "C2", 70},
	{"c4", "戊己", "", 60},
	{"c5", "稳赚不赔", "C5", 50},
	{"c6", "稳健收益", "C5", 50},
	{"c7", "客户庚", "C5", 5},
}

func (r wayRow) phone() string { return "1380000000" + r.id[1:] }

var wayLists = map[string][]wayRow{
	"few.csv": wayRows[1:5], "many.csv": wayRows, // the longer list makes a low campaign a middle one
}

// The people who try. Some of the officers are authors of some campaigns.
var (
	liOfficer = officer
	zhang     = officer2
	sun       = scruple.Actor{ID: "sun", Roles: []string{"officer", "marketer"}}
	ghost     = scruple.Actor{ID: "ghost"}
	nameless  = scruple.Actor{Roles: []string{"officer", "operator"}}
)

// wayRun is the model's account of a run: what was frozen when it was first launched.
type wayRun struct {
	id, kind  string
	rows      []wayRow
	authors   []string
	tier      scruple.Tier // as declared or as the list is long
	latest    time.Time
	low       bool // it was launched without need of a signature
	status    RunStatus
	approvals []wayApproval
}

// wayApproval is one approval by somebody who may give it.
type wayApproval struct {
	by      string
	expires time.Time
	product string // the facts that were in force
	book    int    // and the book
	names   int    // longest name that lay before the officer
	min     int    // and the limits
	max     int
	facts   map[string]string // messages that lay there, and the facts that each was decided on
}

// wayCard is the model's account of a card.
type wayCard struct {
	run       *wayRun
	keys      string
	approvals []wayApproval
}

type world struct {
	*bank
	rt       *rapid.T
	hook     *hook
	books    []lawBook
	now      time.Time
	inForce  int // the book
	product  scruple.Product
	facts    map[string]scruple.Product // by digest, all that ever were
	runs     []*wayRun
	cards    map[string]*wayCard
	files    map[string]*wayRun // campaign files as they lie there, by campaign id
	consents map[string][]scruple.ConsentEvent
	barred   map[string]bool
	taken    map[string]int       // envelopes that a carrier took, by message
	at       map[string][]contact // contacts, by customer
	rejected map[string]string    // messages that waited on a card when it was rejected or withdrawn
	refused  int                  // attempts to rule that were refused
	ways     map[string]int       // what happened, for the test to be worth something
	answer   string
	claiming string // the message that is about to be claimed, while something else happens
	faults   []string
}

type contact struct {
	message string
	at      time.Time
}

func newWorld(t *testing.T, rt *rapid.T, books []lawBook, start time.Time) *world {
	w := &world{
		rt: rt, hook: &hook{Table: memory.NewTable()}, books: books, now: start, product: fund, facts: map[string]scruple.Product{},
		cards: map[string]*wayCard{}, files: map[string]*wayRun{}, consents: map[string][]scruple.ConsentEvent{}, barred: map[string]bool{},
		taken: map[string]int{}, at: map[string][]contact{}, rejected: map[string]string{}, ways: map[string]int{},
	}
	w.bank = newBank(t, func(b *bank) {
		b.Table = w.hook
		b.Policy.ApprovalsExpire = 5 * time.Hour
		b.Policy.BatchRows = 1
		b.Policy.MaxRecipients = map[scruple.Tier]int{scruple.Low: 5}
	})
	w.setProduct(fund)
	w.sender.Answer = w.carrier
	for name, rows := range wayLists {
		list := "customer_id,phone,name,risk_rating,rated_until,time_zone,limit\n"
		for _, r := range rows {
			list += fmt.Sprintf("%s,%s,%s,%s,2027-06-30,Asia/Shanghai,%d\n", r.id, r.phone(), r.name, r.rating, r.limit)
		}
		w.write(name, list)
	}
	for _, r := range wayRows[:7] { // the last one has never agreed to anything
		w.consent(r.id, "grant", start.Add(-time.Hour), time.Time{})
	}
	return w
}

// pick draws one of several, each as likely as the other: the library's own way prefers the first ones.
func pick[T any](w *world, what string, from ...T) T {
	return rapid.Custom(func(rt *rapid.T) T {
		n := 0
		for range 10 {
			n *= 2
			if rapid.Bool().Draw(rt, "bit") {
				n++
			}
		}
		return from[n*len(from)/1024]
	}).Draw(w.rt, what)
}

func (w *world) chance(what string, percent int) bool {
	return pick(w, what, hundred...) >= 100-percent
}

// hundred holds the numbers from 0 to 99.
var hundred = func() (out []int) {
	for i := range 100 {
		out = append(out, i)
	}
	return out
}()

// fault notes what must not have happened. It may be called while a step is under way.
func (w *world) fault(format string, args ...any) {
	w.faults = append(w.faults, fmt.Sprintf(format, args...))
}

func (w *world) verdict() {
	if len(w.faults) > 0 {
		w.rt.Fatalf("at %s:\n%s", w.now.Format(time.RFC3339), strings.Join(w.faults, "\n"))
	}
}

// allowed are the errors by which a step says that it cannot be done now.
var allowed = []error{
	ErrNotRunning, ErrUnsigned, ErrAlone, ErrStale, ErrNoMessage, ErrNoRun, ErrNoCard, errDied, review.ErrAuthor, review.ErrNothing,
	review.ErrNoReason, review.ErrNotOfficer, review.ErrTwice,
}

var errDied = errors.New("the process died")

func (w *world) expect(what string, err error) {
	if err != nil && !slices.ContainsFunc(allowed, func(e error) bool { return errors.Is(err, e) }) {
		w.fault("%s: %v", what, err)
	}
}

// steps are all ways into the house, and what goes on around it.
var steps = map[string]func(*world){
	"launch": (*world).launch, "prepare": (*world).prepare, "drain": (*world).drainAll, "rule": (*world).rule, "approve": (*world).approve,
	"deliver": (*world).deliver, "follow": (*world).follow, "release": (*world).release, "receive": (*world).receive,
	"control": (*world).control, "product": (*world).changeProduct, "permit": (*world).permit, "book": (*world).changeBook,
	"retract": (*world).retract, "rename": (*world).rename, "wait": (*world).wait, "resume": (*world).resume, "proper": (*world).proper,
}

// stepNames draws some more often than others.
var stepNames = strings.Fields(`launch launch launch proper proper proper proper proper proper prepare prepare prepare drain drain rule rule rule rule approve approve
	approve approve retract retract deliver deliver deliver follow follow release receive control product rename rename rename permit book wait wait resume`)

// step does one thing, now and then with another one in its midst: just before a write of the first.
func (w *world) step() {
	w.answer = pick(w, "answer", "", "", "", "", "", "", "refused", "later", "lost", "died")
	if w.chance("midst", 40) {
		disturb := steps[pick(w, "meanwhile", "control", "rule", "retract", "retract", "product", "rename", "permit", "release", "receive")]
		wait := pick(w, "writes before", 0, 1, 2)
		claim := w.chance("a claim", 60)
		w.hook.set(func(txs []port.Tx) error {
			if w.claiming = claimed(txs); claim && w.claiming == "" {
				return nil
			}
			if wait--; wait < 0 {
				w.hook.set(nil)
				disturb(w)
			}
			return nil
		})
	}
	steps[pick(w, "step", stepNames...)](w)
	w.hook.set(nil)
	w.claiming = ""
}

// claimed is the message that a write claims, or "".
func claimed(txs []port.Tx) string {
	for _, tx := range txs {
		for _, w := range tx {
			if w.Op == port.Put && strings.HasPrefix(w.Key.Partition, "claimed/") {
				return w.Key.Sort
			}
		}
	}
	return ""
}

func (w *world) launch() {
	ctx := w.t.Context()
	id := pick(w, "campaign", "k0", "k1", "k2")
	c := w.files[id]
	if c == nil || w.chance("edited", 40) {
		list := pick(w, "list", "few.csv", "few.csv", "many.csv")
		c = &wayRun{
			kind: pick(w, "copy", append(slices.Sorted(maps.Keys(copies)), "doubtful", "doubted", "product")...), rows: wayLists[list],
			authors: []string{pick(w, "author", "wang", "li", "sun"), pick(w, "template author", "chen", "zhang")},
			tier:    pick(w, "tier", scruple.Low, scruple.Low, scruple.Middle, scruple.High),
		}
		w.files[id] = c
		slots := "\n  name: {type: name}"
		if strings.Contains(copies[c.kind], "limit") {
			slots += "\n  limit: {type: number}"
		}
		w.write(id+".liquid", fmt.Sprintf("---\nname: %s\nversion: 1\nchannel: sms\nmarket: cn\nlocale: zh-CN\nauthor: %s\nslots:%s\n---\n%s\n",
			id, c.authors[1], slots, copies[c.kind]))
		w.write(id+".yaml", fmt.Sprintf("id: %s\nauthor: %s\nmarket: cn\nchannel: sms\nproduct: p1\ntier: %s\nsegment: {file: %s}\n"+
			"variants: [{name: a, template: %s.liquid}]\nschedule: {at: 2026-11-23T10:00:00+08:00, latest_start: 30h}\n", id, c.authors[0], c.tier, list, id))
	}
	loaded, err := w.LoadCampaign(ctx, id+".yaml")
	if err != nil {
		w.fault("load: %v", err)
		return
	}
	due := w.now.Truncate(time.Hour).Add(-pick(w, "hours ago", 0, time.Hour, 2*time.Hour))
	run, err := w.Launch(ctx, w.now, marketer, loaded, due)
	if errors.Is(err, port.ErrConflict) { // somebody else was faster
		return
	}
	if err != nil {
		w.expect("launch", err)
		return
	}
	if w.run(run.ID) != nil {
		return
	}
	r := *c
	r.id, r.latest, r.status = run.ID, due.Add(30*time.Hour), Running
	if len(r.rows) > 5 && r.tier == scruple.Low {
		r.tier = scruple.Middle
	}
	run2, err := w.House.Run(ctx, run.ID)
	w.expect("run", err)
	if need, _ := need(run2.Tier); need > 0 {
		r.status = Unsigned
	} else {
		r.low = true
	}
	if order(run2.Tier) < order(r.tier) {
		w.fault("run %s is of tier %s, want at least %s", r.id, run2.Tier, r.tier)
	}
	w.runs = append(w.runs, &r)
}

func order(t scruple.Tier) int {
	return slices.Index([]scruple.Tier{scruple.Low, scruple.Middle, scruple.High}, t)
}

// need says again, in the model's own words, how many officers a tier takes.
func need(t scruple.Tier) (run, card int) {
	return []int{0, 1, 2}[order(t)], []int{1, 1, 2}[order(t)]
}

// tierNow is the tier that a run has with the product as it is.
func (w *world) tierNow(r *wayRun) scruple.Tier {
	if max(w.product.Risk, w.product.SellerRisk) == "R4" {
		return scruple.High
	}
	return r.tier
}

func (w *world) run(id string) *wayRun {
	for _, r := range w.runs {
		if r.id == id {
			return r
		}
	}
	return nil
}

func (w *world) anyRun() *wayRun {
	if len(w.runs) == 0 {
		return nil
	}
	return pick(w, "run", w.runs...)
}

// prepare takes any stored batch, done or not, also one that belongs to another run.
func (w *world) prepare() {
	r := w.anyRun()
	if r == nil {
		return
	}
	run, err := w.House.Run(w.t.Context(), r.id)
	w.expect("run", err)
	batches, err := w.batches(w.t.Context(), run)
	w.expect("batches", err)
	job := pick(w, "batch", batches...)
	if w.chance("foreign", 35) {
		other := w.anyRun()
		job.Run = other.id
		_, err = w.Prepare(w.t.Context(), w.now, job)
		w.releaseRun(other)
		if errors.Is(err, ErrTampered) {
			return
		}
	} else {
		_, err = w.Prepare(w.t.Context(), w.now, job)
	}
	w.expect("prepare", err)
}

func (w *world) drainAll() {
	ctx, cancel := context.WithCancel(w.t.Context())
	defer cancel()
	n := 0
	err := w.Drain(ctx, Crew{Clock: func() time.Time { return w.now }, Progress: func(t Tally) {
		if n++; n == 1000 {
			w.fault("the work does not end: %v", t)
			cancel()
		}
	}})
	if ctx.Err() == nil {
		w.expect("drain", err)
	}
}

func (w *world) release() {
	if r := w.anyRun(); r != nil {
		w.releaseRun(r)
	}
}

func (w *world) releaseRun(r *wayRun) {
	for id, err := range w.Release(w.t.Context(), w.now, r.id) {
		w.expect("release", err)
		_, err = w.Deliver(w.t.Context(), w.now, id)
		w.expect("deliver", err)
	}
}

// proper takes a run some steps along the way it should go: without it little would get far.
func (w *world) proper() {
	r := w.anyRun()
	if r == nil {
		return
	}
	if w.product.Status != "on_sale" {
		w.setProduct(fund)
	}
	far := pick(w, "how far", 1, 2, 3, 3, 4, 4, 4, 4)
	first, second := pick(w, "first", liOfficer, zhang, sun), pick(w, "second", liOfficer, zhang, sun)
	if n, _ := need(w.tierNow(r)); w.standing(r.approvals) < n {
		w.ruleOn(r.id, first, review.Approve, "fine")
		w.ruleOn(r.id, second, review.Approve, "fine")
	}
	if far > 1 {
		w.drainPrepared(r)
	}
	for _, id := range slices.Sorted(maps.Keys(w.look())) {
		if far > 2 && w.cards[id].run == r {
			_, err := w.Follow(w.t.Context(), w.now, Following{Card: id}) // bring it up to now
			w.expect("follow", err)
			w.ruleOn(id, first, review.Approve, "fine")
			w.ruleOn(id, second, review.Approve, "fine")
			_, err = w.Follow(w.t.Context(), w.now, Following{Card: id})
			w.expect("follow", err)
		}
	}
	if far > 2 && w.chance("more rows", 50) { // than those that were approved
		w.drainPrepared(r)
	}
	if far > 3 {
		for w.quiet() {
			w.now = w.now.Add(time.Hour)
		}
		w.releaseRun(r)
	}
}

// drainPrepared prepares some batches of a run, from the first on.
func (w *world) drainPrepared(r *wayRun) {
	run, err := w.House.Run(w.t.Context(), r.id)
	w.expect("run", err)
	batches, err := w.batches(w.t.Context(), run)
	w.expect("batches", err)
	for _, job := range batches[:pick(w, "batches", 1, 2, len(batches), len(batches))] {
		_, err := w.Prepare(w.t.Context(), w.now, job)
		w.expect("prepare", err)
	}
}

// message is any message that there could be.
func (w *world) message() (id string, r *wayRun, row wayRow) {
	r = w.anyRun()
	if r == nil {
		return "", nil, row
	}
	row = pick(w, "customer", wayRows...)
	return MessageID(r.id, row.id, stepOne), r, row
}

func (w *world) deliver() {
	if id, r, _ := w.message(); r != nil {
		_, err := w.Deliver(w.t.Context(), w.now, id)
		w.expect("deliver", err)
	}
}

func (w *world) follow() {
	f := Following{}
	if r := w.anyRun(); r != nil && w.chance("run", 30) {
		f.Run = r.id
	} else if ids := slices.Sorted(maps.Keys(w.look())); len(ids) > 0 {
		f.Card = pick(w, "card", ids...)
	} else {
		return
	}
	_, err := w.Follow(w.t.Context(), w.now, f)
	w.expect("follow", err)
}

func (w *world) resume() {
	alive := w.chance("alive", 50)
	_, err := w.Resume(w.t.Context(), w.now, func(string) bool { return alive })
	w.expect("resume", err)
}

// receive brings a carrier's report about any message, also one that no carrier may make.
func (w *world) receive() {
	id, r, row := w.message()
	if r == nil {
		return
	}
	before, err := w.dossier(w.t.Context(), id)
	w.expect("dossier", err)
	state := pick(w, "report", scruple.Sent, scruple.Delivered, scruple.Bounced, scruple.Refused, scruple.Queued, scruple.Held, scruple.Deferred, scruple.Withdrawn)
	receipt := scruple.Receipt{Message: id, State: state, At: w.now}
	if state == scruple.Bounced {
		receipt.Reason = "550 5.1.1 no such user"
	}
	got, err := w.Receive(w.t.Context(), w.now, receipt)
	if err == nil && got == scruple.Bounced && before.Head.State != scruple.Bounced {
		w.barred[row.id] = true
	}
	if err == nil && got == scruple.Refused { // then it was no contact
		w.at[row.id] = slices.DeleteFunc(w.at[row.id], func(c contact) bool { return c.message == id })
	}
}

func (w *world) control() {
	r := w.anyRun()
	if r == nil {
		return
	}
	who := pick(w, "controller", operator, operator, marketer, liOfficer, ghost, nameless)
	to := pick(w, "to", Paused, Paused, Paused, Running, Running, Running, Running, Stopped, Unsigned, Launching)
	before, err := w.House.Run(w.t.Context(), r.id)
	w.expect("run", err)
	if err := w.Control(w.t.Context(), w.now, who, r.id, to); err != nil {
		return
	}
	if len(who.Roles) == 0 || who.ID == "" {
		w.fault("%q could make run %s %s", who.ID, r.id, to)
	}
	switch was := before.Status; {
	case was == to || to == Stopped || to == Paused && was == Running || to == Running && was == Paused:
	default:
		w.fault("run %s went from %s to %s", r.id, was, to)
	}
	if before.Status != to {
		r.status = to
	}
}

func (w *world) setProduct(p scruple.Product) {
	_, err := w.SetProducts(w.t.Context(), w.now, operator, p)
	if errors.Is(err, port.ErrConflict) {
		return
	}
	w.expect("product", err)
	w.product = p
	w.facts[factsOf(p)] = p
}

func factsOf(p scruple.Product) string {
	data, _ := json.Marshal(p)
	return digest(data)
}

func (w *world) changeProduct() {
	p := w.product
	switch pick(w, "change", "status", "back", "back", "risk") {
	case "status":
		p.Status = pick(w, "status", "suspended", "closed", "on_sale")
	case "risk":
		p.SellerRisk = pick(w, "risk", "R4", "R3")
	case "back":
		p = fund
	}
	w.setProduct(p)
}

// rename changes what the copy of some messages says while they wait, and lets them come to the door.
func (w *world) rename() {
	p := w.product
	p.Name = map[string]string{"云岭一号": "云岭二号", "云岭二号": "云岭一号"}[p.Name]
	w.setProduct(p)
	if w.chance("to the door", 70) {
		w.release()
	}
}

func (w *world) changeBook() {
	w.inForce = pick(w, "book", 0, 0, 1, 2, 3)
	w.House.Book, w.House.BookFiles = w.books[w.inForce].book, w.books[w.inForce].files
}

func (w *world) consent(customer, action string, at, expires time.Time) {
	e := scruple.ConsentEvent{Purpose: "marketing", Action: action, Source: "app", At: at, Expires: expires}
	_, err := w.Permit(w.t.Context(), w.now, operator, Permission{Customer: customer, Consent: &e})
	w.expect("permit", err)
	w.consents[customer] = append(w.consents[customer], e)
}

func (w *world) permit() {
	customer := pick(w, "customer", wayRows[:7]...).id
	if _, row := w.whose(w.claiming); row.id != "" && w.chance("whom it is for", 80) {
		customer = row.id
	}
	switch pick(w, "permission", "grant", "grant", "grant", "grant for an hour", "withdraw", "suppress") {
	case "grant":
		w.consent(customer, "grant", w.now, time.Time{})
	case "grant for an hour":
		w.consent(customer, "grant", w.now, w.now.Add(time.Hour))
	case "withdraw":
		w.consent(customer, "withdraw", w.now, time.Time{})
	case "suppress":
		if w.chance("really", 20) { // it is for good
			_, err := w.Permit(w.t.Context(), w.now, operator, Permission{Customer: customer, Suppression: &scruple.Suppression{
				Reason: "complained", Source: "carrier", At: w.now,
			}})
			w.expect("suppress", err)
			w.barred[customer] = true
		}
	}
}

func (w *world) wait() {
	w.now = w.now.Add(pick(w, "hours", time.Minute, time.Minute, time.Hour, 3*time.Hour, 9*time.Hour, 20*time.Hour))
}

// look reads all cards, so that the model knows what they are about.
func (w *world) look() map[string]*wayCard {
	for _, r := range w.runs {
		cards, err := w.Cards(w.t.Context(), r.id)
		w.expect("cards", err)
		for _, c := range cards {
			if w.cards[c.ID] == nil {
				w.cards[c.ID] = &wayCard{run: r, keys: plainKeys(c.Keys)}
			}
		}
	}
	return w.cards
}

// plainKeys keeps of a finding about copy what was found, and of any other only which rule found it.
func plainKeys(keys []string) string {
	var out []string
	for _, k := range keys {
		if rule, rest, _ := strings.Cut(k, "|"); !strings.HasPrefix(rest, "text|") {
			k = rule
		}
		out = append(out, k)
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), " ")
}

// approve lets two officers approve something, the way it should be: without it little would get through.
func (w *world) approve() {
	subject := w.subject()
	for _, who := range []scruple.Actor{pick(w, "first", liOfficer, zhang, sun), pick(w, "second", liOfficer, zhang, sun)} {
		w.ruleOn(subject, who, review.Approve, "fine")
	}
}

func (w *world) subject() string {
	var waiting []string
	for id := range w.look() {
		waiting = append(waiting, id)
	}
	slices.Sort(waiting)
	for _, r := range w.runs {
		waiting = append(waiting, r.id)
	}
	return pick(w, "subject", append(waiting, "k0@never")...)
}

func (w *world) rule() {
	who := pick(w, "who", liOfficer, zhang, sun, liOfficer, zhang, sun, marketer, scruple.Actor{ID: "chen", Roles: []string{"marketer"}}, operator, ghost, nameless)
	action := pick(w, "action", review.Approve, review.Approve, review.Approve, review.Reject, review.RequestChanges, review.Withdraw, "bless")
	w.ruleOn(w.subject(), who, action, pick(w, "reason", "because", "because", "because", "because", ""))
}

// retract takes back what was approved, and tries the door before anything follows.
func (w *world) retract() {
	var approved []string
	for id, c := range w.cards {
		if len(c.approvals) > 0 {
			approved = append(approved, id)
		}
	}
	slices.Sort(approved)
	for _, r := range w.runs {
		if len(r.approvals) > 0 {
			approved = append(approved, r.id)
		}
	}
	if len(approved) == 0 {
		return
	}
	id := pick(w, "approved", approved...)
	if d, err := w.dossier(w.t.Context(), w.claiming); err == nil && slices.Contains(approved, d.Head.Card) && w.chance("its own card", 80) {
		id = d.Head.Card
	}
	w.ruleOn(id, pick(w, "who", liOfficer, zhang, sun), pick(w, "retraction", review.Withdraw, review.Withdraw, review.RequestChanges, review.Reject), "no")
	if w.claiming != "" {
		return // what is at the door tries it
	}
	if c := w.cards[id]; c != nil {
		w.releaseRun(c.run)
	} else {
		w.releaseRun(w.run(id))
	}
}

func (w *world) ruleOn(subject string, who scruple.Actor, action review.Action, reason string) {
	if len(w.runs) == 0 {
		return
	}
	card, run := w.cards[subject], w.run(subject)
	a := wayApproval{by: who.ID, expires: w.now.Add(5 * time.Hour)}
	if card != nil {
		w.shown(subject, card, &a)
	}
	waiting := w.waitingOn(subject)
	_, err := w.Rule(w.t.Context(), w.now, who, subject, action, reason)
	if err != nil {
		w.expect("rule", err)
		if !errors.Is(err, ErrNoRun) && !errors.Is(err, ErrNoCard) && !errors.Is(err, errDied) {
			w.refused++
			w.ways["refusal"]++
		}
		return
	}
	if !who.Has("officer") || who.ID == "" || reason == "" {
		w.fault("%q could %s %s with the reason %q", who.ID, action, subject, reason)
		return
	}
	a.product, a.book = factsOf(w.product), w.inForce // the product may have been changed meanwhile
	if card != nil {
		w.ruledCard(subject, card, a, action, waiting)
	} else {
		w.ruledRun(run, a, action)
	}
}

func (w *world) ruledCard(id string, c *wayCard, a wayApproval, action review.Action, waiting []string) {
	switch action {
	case review.Approve:
		if slices.Contains(c.run.authors, a.by) {
			w.fault("%s could approve card %s of which %v are authors", a.by, id, c.run.authors)
			return
		}
		w.once(id, c.approvals, a)
		c.approvals = append(c.approvals, a)
		maps.DeleteFunc(w.rejected, func(m, card string) bool { _, shown := a.facts[m]; return card == id || shown })
	default:
		c.approvals = nil
		if action != review.RequestChanges {
			for _, m := range waiting {
				w.rejected[m] = id
			}
		}
	}
}

func (w *world) ruledRun(r *wayRun, a wayApproval, action review.Action) {
	switch action {
	case review.Approve:
		if slices.Contains(r.authors, a.by) {
			w.fault("%s could approve run %s of which %v are authors", a.by, r.id, r.authors)
			return
		}
		w.once(r.id, r.approvals, a)
		r.approvals = append(r.approvals, a)
		if n, _ := need(w.tierNow(r)); r.status == Unsigned && w.standing(r.approvals) >= n {
			r.status = Running
		}
	case review.Reject:
		r.approvals, r.status = nil, Stopped
	default:
		r.approvals = nil
		if r.status != Stopped {
			r.status = Unsigned
		}
	}
}

// once checks that nobody signs a thing that bears their signature.
func (w *world) once(subject string, before []wayApproval, a wayApproval) {
	if w.standing(append(slices.Clone(before), a)) == w.standing(before) {
		w.fault("%s could sign %s twice", a.by, subject)
	}
}

// standing counts the different officers whose approvals hold now.
func (w *world) standing(as []wayApproval) int {
	by := map[string]bool{}
	for _, a := range as {
		if a.product == factsOf(w.product) && a.book == w.inForce && w.now.Before(a.expires) {
			by[a.by] = true
		}
	}
	return len(by)
}

// waitingOn lists the messages that are held on a card or were let through by it and have not left.
func (w *world) waitingOn(card string) (ids []string) {
	for _, r := range w.runs {
		for _, row := range r.rows {
			id := MessageID(r.id, row.id, stepOne)
			d, err := w.dossier(w.t.Context(), id)
			w.expect("dossier", err)
			if d.Revision > 0 && d.Head.Card == card && slices.Contains([]scruple.State{scruple.Held, scruple.Queued, scruple.Deferred}, d.Head.State) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// shown notes what lies before an officer who looks at a card now.
func (w *world) shown(id string, c *wayCard, a *wayApproval) {
	a.facts, a.min, a.max = map[string]string{}, 1<<30, -1
	for _, row := range c.run.rows {
		m := MessageID(c.run.id, row.id, stepOne)
		d, err := w.dossier(w.t.Context(), m)
		w.expect("dossier", err)
		if d.Revision == 0 || d.Head.State != scruple.Held || d.Head.Card != id {
			continue
		}
		last, _, err := lastCase(d)
		w.expect("case", err)
		a.facts[m] = last.Product
		a.names = max(a.names, len([]rune(row.name)))
		a.min, a.max = min(a.min, row.limit), max(a.max, row.limit)
	}
}

func (a *wayApproval) covers(w *world, r *wayRun, row wayRow, message string) bool {
	if len([]rune(row.name)) > a.names {
		return false
	}
	if strings.Contains(copies[r.kind], "limit") && (row.limit < a.min || row.limit > a.max) {
		return false
	}
	was, lay := a.facts[message]
	return !lay || says(r.kind, row, w.facts[was]) == says(r.kind, row, w.product)
}

// says is the copy of a message.
func says(kind string, row wayRow, p scruple.Product) string {
	return strings.NewReplacer("{{ name }}", row.name, "{{ limit | number }}", fmt.Sprint(row.limit), "{{ product.name }}", p.Name).Replace(copies[kind])
}

// holds lists what the book in force finds doubtful in a message.
func (w *world) holds(kind string, row wayRow) string {
	var keys []string
	for _, word := range w.books[w.inForce].holds {
		if strings.Contains(copies[kind], word) {
			keys = append(keys, "cn.t-doubtful|text|"+word)
		}
		if strings.Contains(row.name, word) {
			keys = append(keys, "cn.t-doubtful|text|{name}")
		}
	}
	if row.rating == "" {
		keys = append(keys, "cn.t-suitability")
	}
	slices.Sort(keys)
	return strings.Join(slices.Compact(keys), " ")
}

// whose tells of which run a message is, and for whom.
func (w *world) whose(message string) (*wayRun, wayRow) {
	for _, r := range w.runs {
		for _, row := range wayRows {
			if MessageID(r.id, row.id, stepOne) == message {
				return r, row
			}
		}
	}
	return nil, wayRow{}
}

// carrier is where every envelope arrives.
func (w *world) carrier(e scruple.Envelope) (scruple.Receipt, error) {
	run, row := w.whose(e.Message)
	if run == nil {
		w.fault("an envelope of no known run: %+v", e)
		return scruple.Receipt{}, port.ErrRefused
	}
	w.atDoor(run, row, e)
	switch w.answer {
	case "refused":
		return scruple.Receipt{Message: e.Message, State: scruple.Refused, Reason: "554 no"}, port.ErrRefused
	case "later":
		return scruple.Receipt{Message: e.Message}, port.ErrLater
	}
	w.taken[e.Message]++
	w.at[row.id] = append(w.at[row.id], contact{e.Message, w.now})
	switch w.answer {
	case "lost":
		return scruple.Receipt{}, errors.New("connection lost after the final dot")
	case "died":
		w.hook.set(func([]port.Tx) error { return errDied })
	}
	return scruple.Receipt{Message: e.Message, State: scruple.Sent, At: w.now}, nil
}

// atDoor holds an envelope against everything that the model knows.
func (w *world) atDoor(r *wayRun, row wayRow, e scruple.Envelope) {
	bad := func(format string, args ...any) {
		w.fault("run %s (%s, %s), customer %s: sent %q: %s", r.id, r.kind, r.tier, row.id, e.Text, fmt.Sprintf(format, args...))
	}
	if !slices.Contains(r.rows, row) || e.To != "+86"+row.phone() && e.To != row.phone() {
		bad("to %s, who is not on the list that was frozen", e.To)
	}
	if strings.TrimSpace(e.Text) != says(r.kind, row, w.product) {
		bad("which is not the copy that was frozen: %q", says(r.kind, row, w.product))
	}
	if strings.Contains(e.Text, "稳赚不赔") {
		bad("forbidden")
	}
	if r.status != Running {
		bad("the run is %s", r.status)
	}
	if n, _ := need(w.tierNow(r)); w.standing(r.approvals) < n {
		bad("%d signatures stand, need %d of %+v", w.standing(r.approvals), n, r.approvals)
	}
	if w.rejected[e.Message] != "" {
		bad("it waited on card %s when that was rejected or withdrawn", w.rejected[e.Message])
	}
	w.cardAtDoor(r, row, e, bad)
	w.gatesAtDoor(r, row, e, bad)
	w.ways[string(w.tierNow(r))]++
}

func (w *world) cardAtDoor(r *wayRun, row wayRow, e scruple.Envelope, bad func(string, ...any)) {
	keys := w.holds(r.kind, row)
	changed := w.copyChanged(r, row, e, bad)
	if changed {
		keys = strings.TrimSpace(keys + " review.copy-changed")
	}
	if keys == "" {
		return
	}
	w.look()
	var as []wayApproval
	for _, c := range w.cards {
		if c.run == r && c.keys == keys {
			for _, a := range c.approvals {
				if a.covers(w, r, row, e.Message) {
					as = append(as, a)
				}
			}
		}
	}
	_, n := need(w.tierNow(r))
	if w.standing(as) < n {
		bad("%d approvals stand that cover %q, need %d", w.standing(as), keys, n)
	}
	w.ways["card"]++
	if n == 2 {
		w.ways["two officers"]++
	}
	if changed {
		w.ways["copy changed"]++
	}
}

// copyChanged reports whether the door found that the message's copy had become another one, and it is still that one.
func (w *world) copyChanged(r *wayRun, row wayRow, e scruple.Envelope, bad func(string, ...any)) (changed bool) {
	d, err := w.dossier(w.t.Context(), e.Message)
	w.expect("dossier", err)
	chain, err := d.chain()
	w.expect("chain", err)
	var cases []Case
	for _, entry := range chain {
		if decides(entry.Step) {
			var c Case
			w.expect("entry", json.Unmarshal(entry.Body, &c))
			cases = append(cases, c)
		}
	}
	if len(cases) < 2 {
		bad("it was claimed without a decision before")
		return false
	}
	now, before := cases[len(cases)-1], cases[len(cases)-2]
	if was := says(r.kind, row, w.facts[before.Product]); was != strings.TrimSpace(e.Text) {
		bad("it was last decided on as %q", was)
	}
	for _, c := range cases {
		found := slices.ContainsFunc(c.Findings, func(f scruple.Finding) bool { return f.Rule == "review.copy-changed" })
		changed = c.Copy == now.Copy && (changed || found)
	}
	return changed
}

func (w *world) gatesAtDoor(r *wayRun, row wayRow, e scruple.Envelope, bad func(string, ...any)) {
	switch {
	case !w.agreed(row.id):
		bad("no consent: %+v", w.consents[row.id])
	case w.barred[row.id]:
		bad("suppressed")
	case w.product.Status != "on_sale":
		bad("the product is %s", w.product.Status)
	case row.rating != "" && row.rating[1] < max(w.product.Risk, w.product.SellerRisk)[1]:
		bad("a product of %s", max(w.product.Risk, w.product.SellerRisk))
	case w.now.After(r.latest):
		bad("later than %s", r.latest)
	case w.taken[e.Message] > 0:
		bad("twice")
	}
	if w.quiet() {
		bad("within quiet hours")
	}
	week := 0
	for _, c := range w.at[row.id] {
		if w.now.Sub(c.at) < 7*24*time.Hour {
			week++
		}
	}
	if week >= 3 {
		bad("%d contacts within a week before it", week)
	}
}

// quiet says whether it is an hour at which nobody in Shanghai may be disturbed.
func (w *world) quiet() bool {
	hour := w.now.Add(8 * time.Hour).Hour()
	return hour < 8 || hour >= 21
}

// agreed says whether a customer's consent holds now: the last grant, unless a withdrawal is as late.
func (w *world) agreed(customer string) bool {
	var grant, withdrawal, until time.Time
	for _, e := range w.consents[customer] {
		switch {
		case e.Action != "grant":
			withdrawal = later(withdrawal, e.At)
		case !e.At.Before(grant):
			grant, until = e.At, e.Expires
		}
	}
	return !grant.IsZero() && grant.After(withdrawal) && (until.IsZero() || w.now.Before(until))
}

// refusals checks that everybody who was not allowed to rule is on record, once for each attempt.
func (w *world) refusals() {
	recorded := 0
	for c, err := range w.groupRecords(w.t.Context(), groupRefusals) {
		w.expect("refusals", err)
		entries, err := decodeEntries(c.entries)
		w.expect("refusals", err)
		recorded += len(entries)
	}
	if recorded != w.refused {
		w.rt.Fatalf("%d attempts to rule were refused, and %d are on record", w.refused, recorded)
	}
	for _, f := range w.headFaults(context.WithoutCancel(w.t.Context())) {
		w.rt.Fatalf("%s", f.Error())
	}
}

// What the histories found once, each by itself.

// An officer approves what lies there. What was held before the product changed is shown anew first.
func TestAnApprovalIsForWhatIsShown(t *testing.T) {
	b := newBank(t)
	r := b.launch(b.campaign("c1", b.people("a.csv", 3), strings.Replace(doubtfulText, "稳健收益", "{{ product.name }}稳健收益", 1)))
	cards, err := b.Cards(t.Context(), r.ID)
	b.check(err)
	renamed := fund
	renamed.Name = "云岭二号"
	b.products(renamed)
	if _, err := b.Rule(t.Context(), monday, officer, cards[0].ID, review.Approve, "fine"); !errors.Is(err, ErrStale) {
		t.Fatalf("approved what was held under other facts: %v", err)
	}
	b.drain(monday)
	if len(b.got()) != 0 {
		t.Fatalf("%d envelopes without an approval", len(b.got()))
	}
	_, err = b.Rule(t.Context(), monday, officer, cards[0].ID, review.Approve, "fine now")
	b.check(err)
	b.drain(monday)
	if got := b.states(r); got[scruple.Sent] != 3 {
		t.Errorf("states %v, want 3 sent after they were shown anew", got)
	}
}

// A message that was held at the door, because its copy had changed, is clean by the book. Only an approval lets it go.
func TestWhatIsHeldAtTheDoorNeedsAnApproval(t *testing.T) {
	for action, want := range map[review.Action]scruple.State{
		review.Approve: scruple.Sent, review.Reject: scruple.Withheld, review.RequestChanges: scruple.Held, review.Withdraw: scruple.Held,
	} {
		t.Run(string(action), func(t *testing.T) {
			b := newBank(t)
			night := monday.Add(-10 * time.Hour)
			c := b.campaign("c1", b.people("a.csv", 3), strings.Replace(cleanText, "新产品", "{{ product.name }}", 1))
			r, err := b.Launch(t.Context(), night, Self, c, night)
			b.check(err)
			b.drain(night)
			renamed := fund
			renamed.Name = "云岭二号"
			b.products(renamed)
			b.drain(monday)
			cards, err := b.Cards(t.Context(), r.ID)
			b.check(err)
			if got := b.states(r); got[scruple.Held] != 3 || len(cards) != 1 {
				t.Fatalf("states %v, %d cards; want 3 held on one card", got, len(cards))
			}
			_, err = b.Rule(t.Context(), monday, officer, cards[0].ID, action, "because")
			b.check(err)
			b.drain(monday.Add(time.Minute))
			if got := b.states(r); got[want] != 3 {
				t.Errorf("states %v, want 3 %s", got, want)
			}
		})
	}
}

// A batch is of the list that was frozen for its run, and of no other.
func TestABatchOfAnotherList(t *testing.T) {
	b := newBank(t)
	r := b.launch(b.campaign("c1", b.people("a.csv", 3), cleanText))
	other := b.launch(b.campaign("c2", b.people("b.csv", 3), cleanText))
	batches, err := b.batches(t.Context(), other)
	b.check(err)
	batches[0].Run = r.ID
	if _, err := b.Prepare(t.Context(), monday, batches[0]); !errors.Is(err, ErrTampered) {
		t.Errorf("prepared: %v, want %v", err, ErrTampered)
	}
}

// Who is refused leaves a trace each time, also twice within a moment, and whatever the reason of the refusal is.
func TestEveryRefusalIsRecorded(t *testing.T) {
	b := newBank(t)
	r := b.launch(b.campaign("c1", b.people("a.csv", 3), doubtfulText, "tier: high"))
	low := b.launch(b.campaign("c2", "a.csv", doubtfulText))
	cards, err := b.Cards(t.Context(), low.ID)
	b.check(err)
	author := scruple.Actor{ID: "wang", Roles: []string{"officer"}}
	want := 0
	for _, tc := range []struct {
		who     scruple.Actor
		subject string
		action  review.Action
		reason  string
		refusal error
	}{
		{marketer, r.ID, review.Approve, "mine", review.ErrNotOfficer},
		{marketer, r.ID, review.Approve, "mine", review.ErrNotOfficer},
		{scruple.Actor{Roles: []string{"officer"}}, r.ID, review.Reject, "x", review.ErrNotOfficer},
		{author, r.ID, review.Approve, "mine", review.ErrAuthor},
		{author, cards[0].ID, review.Approve, "mine", review.ErrAuthor},
		{officer, cards[0].ID, review.Approve, "", review.ErrNoReason},
		{officer, cards[0].ID, "bless", "x", review.ErrNothing},
		{officer, r.ID, review.Approve, "fine", nil},
		{officer, r.ID, review.Approve, "fine", review.ErrTwice},
		{officer, low.ID, review.Approve, "there is nothing to sign", review.ErrNothing},
	} {
		if _, err := b.Rule(t.Context(), monday, tc.who, tc.subject, tc.action, tc.reason); !errors.Is(err, tc.refusal) {
			t.Errorf("%s by %q on %s: %v, want %v", tc.action, tc.who.ID, tc.subject, err, tc.refusal)
		}
		if tc.refusal != nil {
			want++
		}
		recorded := 0
		for c, err := range b.groupRecords(t.Context(), groupRefusals) {
			b.check(err)
			entries, err := decodeEntries(c.entries)
			b.check(err)
			b.check(ledger.VerifyChain(c.subject, entries))
			recorded += len(entries)
		}
		if recorded != want {
			t.Fatalf("%s by %q on %s: %d refusals on record, want %d", tc.action, tc.who.ID, tc.subject, recorded, want)
		}
	}
}
