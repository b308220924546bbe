// Package scruple holds the words of the house: every noun that two rooms hand to each other, and nothing that acts.
//
// The rooms (audience, templates, compliance, review, ledger, delivery) and the ports import this package alone and know
// nothing of each other; package functions walks one message through them. See docs/design.md.
package scruple

import (
	"slices"
	"time"
)

// Market is the jurisdiction whose rules judge a message.
type Market string

// The markets that have a rule book.
const (
	CN Market = "cn" // mainland China
	HK Market = "hk" // Hong Kong
	US Market = "us"
	UK Market = "uk"
	EU Market = "eu"
)

// Markets lists every market, in the order in which lists show them.
func Markets() []Market { return []Market{CN, HK, US, UK, EU} }

// Channel is the way by which a message reaches a person.
type Channel string

// The channels.
const (
	SMS    Channel = "sms"
	Email  Channel = "email"
	Push   Channel = "push"
	WeChat Channel = "wechat"
	Web    Channel = "web"
)

// Channels lists every channel.
func Channels() []Channel { return []Channel{SMS, Email, Push, WeChat, Web} }

// Class tells marketing from messages that a contract or a law requires.
type Class string

// The classes. A message without a class is judged as marketing.
const (
	Marketing Class = "marketing"
	Service   Class = "service"
)

// Verdict is what a finding, or all findings of a message together, demand.
type Verdict string

// The verdicts, mildest first.
const (
	Pass  Verdict = "pass"  // may go
	Hold  Verdict = "hold"  // waits for a compliance officer
	Block Verdict = "block" // is withheld
)

// Worse returns the stricter of two verdicts. An unknown verdict counts as Hold, so that nothing passes by a typing error.
func (v Verdict) Worse(o Verdict) Verdict {
	if v.rank() >= o.rank() {
		return v
	}
	return o
}

func (v Verdict) rank() int {
	switch v {
	case Pass:
		return 0
	case Block:
		return 2
	default:
		return 1
	}
}

// Date is a calendar day in ISO 8601 form (2006-01-02), so that two dates compare as strings. Empty means not known, or
// no bound, as the field says.
type Date string

// DateOf returns the calendar day of a moment in that moment's own location.
func DateOf(t time.Time) Date { return Date(t.Format(time.DateOnly)) }

// Valid reports whether the date is a real day of the calendar.
func (d Date) Valid() bool { _, err := time.Parse(time.DateOnly, string(d)); return err == nil }

// Rate is one figure of a product that copy may state.
type Rate struct {
	// Kind is the figure's label: deposit_rate, apr, apr_max, apy, benchmark, past_return, fee or bonus.
	Kind string `json:"kind" yaml:"kind"`
	// Low and High bound the figure, both included; they are equal for a single figure.
	Low  float64 `json:"low" yaml:"low"`
	High float64 `json:"high" yaml:"high"`
	// Unit is "% p.a.", "%", "CNY" and the like; Period says what span or tier the figure belongs to.
	Unit   string `json:"unit" yaml:"unit"`
	Period string `json:"period,omitempty" yaml:"period,omitempty"`
}

// Product is one entry of the product master: the facts that copy and audience are judged against.
type Product struct {
	ID     string `json:"id" yaml:"id"`
	Market Market `json:"market,omitempty" yaml:"market,omitempty"`
	// Type is deposit, structured_deposit, wealth, money_fund, fund, pension, insurance, loan, mortgage, credit_card,
	// brokerage, crypto or none.
	Type string `json:"type" yaml:"type"`
	Name string `json:"name" yaml:"name"`
	// Risk is the manufacturer's grade R1 to R5, SellerRisk the seller's; the higher of the two counts. Both empty: ungraded.
	Risk       string `json:"risk,omitempty" yaml:"risk,omitempty"`
	SellerRisk string `json:"seller_risk,omitempty" yaml:"seller_risk,omitempty"`
	// Status is on_sale, suspended or closed; anything else counts as not on sale.
	Status string `json:"status,omitempty" yaml:"status,omitempty"`
	// From and To bound the offer window in the product's market, both days included; empty leaves that side open.
	From Date `json:"from,omitempty" yaml:"from,omitempty"`
	To   Date `json:"to,omitempty" yaml:"to,omitempty"`
	// Regions lists where it may be offered; empty means the whole market.
	Regions []string `json:"regions,omitempty" yaml:"regions,omitempty"`
	// Private marks a private placement: to qualified people only.
	Private bool `json:"private,omitempty" yaml:"private,omitempty"`
	// MinAge and MaxAge bound the customer's age in years, both included; 0 leaves that side open.
	MinAge int               `json:"min_age,omitempty" yaml:"min_age,omitempty"`
	MaxAge int               `json:"max_age,omitempty" yaml:"max_age,omitempty"`
	Rates  []Rate            `json:"rates,omitempty" yaml:"rates,omitempty"`
	Terms  map[string]string `json:"terms,omitempty" yaml:"terms,omitempty"` // issuer, distributor, fees, minimum amount ...
}

// Grade returns the higher of the manufacturer's and the seller's risk grade, or "" when neither is known.
func (p *Product) Grade() string { return max(p.Risk, p.SellerRisk) }

// Columns names the values of every recipient of one list. It is shared by its recipients and never changed.
type Columns struct {
	names []string
	index map[string]int
}

// NewColumns returns the columns with these names, in order.
func NewColumns(names []string) *Columns {
	c := &Columns{names: slices.Clone(names), index: make(map[string]int, len(names))}
	for i, n := range names {
		c.index[n] = i
	}
	return c
}

// Names returns the column names in order; callers must not change the slice.
func (c *Columns) Names() []string { return c.names }

// Index returns the position of a column, or -1.
func (c *Columns) Index(name string) int {
	if i, ok := c.index[name]; ok {
		return i
	}
	return -1
}

// Recipient is one person of a segment list, as that list describes them.
type Recipient struct {
	ID      string // customer id, never empty
	Line    int    // where in its list the row stood, from 1
	Columns *Columns
	Values  []string // one for each column
}

// Field returns the value of a column, and whether the list has that column. An empty value of a known column is "", true.
func (r *Recipient) Field(name string) (string, bool) {
	if r.Columns == nil {
		return "", false
	}
	i := r.Columns.Index(name)
	if i < 0 || i >= len(r.Values) {
		return "", false
	}
	return r.Values[i], true
}

// Profile is what the gates need to know of a recipient. Empty means unknown, and unknown is never read as permission.
type Profile struct {
	Birth      Date   `json:"birth,omitempty"`
	Rating     string `json:"rating,omitempty"`      // risk tolerance C1 to C5
	RatedUntil Date   `json:"rated_until,omitempty"` // last day on which the rating is valid
	Zone       string `json:"zone,omitempty"`        // IANA time zone
	Region     string `json:"region,omitempty"`
	Qualified  bool   `json:"qualified,omitempty"` // proven qualified or professional investor
	Student    bool   `json:"student,omitempty"`
}

// ConsentEvent is one piece of evidence for or against a permission. Events are never changed, only added.
type ConsentEvent struct {
	Purpose string  `json:"purpose"` // marketing, profiling ...
	Channel Channel `json:"channel"` // "" means every channel
	// Action is grant or withdraw; anything else counts as withdraw.
	Action  string    `json:"action"`
	Source  string    `json:"source"`            // where it was given: branch form, app screen, import file
	Wording string    `json:"wording,omitempty"` // version of the text that was agreed to
	At      time.Time `json:"at"`
	Expires time.Time `json:"expires,omitzero"` // zero means never
}

// Suppression forbids contact, whatever consent says.
type Suppression struct {
	Channel Channel   `json:"channel"` // "" means every channel
	Reason  string    `json:"reason"`  // unsubscribed, complained, bounced, deceased, do_not_call ...
	Source  string    `json:"source"`
	At      time.Time `json:"at"`
}

// Touch is one contact that was made or is planned; it uses up the person's touch budget.
type Touch struct {
	Message   string    `json:"message"`
	Campaign  string    `json:"campaign"`
	Channel   Channel   `json:"channel"`
	Class     Class     `json:"class"`
	At        time.Time `json:"at"`
	Committed bool      `json:"committed,omitempty"` // false: reserved for a message that has not left yet
}

// Person is what the house remembers of a customer across campaigns.
type Person struct {
	ID           string         `json:"id"`
	Consents     []ConsentEvent `json:"consents,omitempty"` // oldest first
	Suppressions []Suppression  `json:"suppressions,omitempty"`
	Touches      []Touch        `json:"touches,omitempty"`
}

// Slot is one merge field as it was filled in one message.
type Slot struct {
	Name  string `json:"name"`
	Type  string `json:"type"`  // name, amount, date, percent, number, text or url
	Value string `json:"value"` // as rendered, before escaping
}

// Span marks where a slot's value lies in one part of a message, in byte offsets, and which slot it is.
type Span struct {
	Part       string `json:"part"` // subject, text or html
	Start, End int
	Slot       int // index into the message's slots
}

// Message is one rendered piece of copy for one recipient.
type Message struct {
	ID       string  `json:"id"`
	Campaign string  `json:"campaign,omitempty"`
	Template string  `json:"template,omitempty"` // name@version
	Shape    string  `json:"shape,omitempty"`    // hash of the copy with its slots open
	Variant  string  `json:"variant,omitempty"`
	Market   Market  `json:"market"`
	Channel  Channel `json:"channel"`
	Locale   string  `json:"locale"` // BCP 47: zh-CN, en-GB ...
	Class    Class   `json:"class,omitempty"`
	Purpose  string  `json:"purpose,omitempty"` // the consent it needs; empty means marketing
	To       string  `json:"to,omitempty"`      // address on the channel
	Subject  string  `json:"subject,omitempty"`
	Text     string  `json:"text"`
	HTML     string  `json:"html,omitempty"`
	Slots    []Slot  `json:"slots,omitempty"`
	Spans    []Span  `json:"-"`
	// Excerpt marks text that is not a whole message: it is judged by what it says, and nothing is found missing.
	Excerpt bool `json:"excerpt,omitempty"`
}

// Facts is everything beside the copy that a check may look at. The checker reads no clock and no store.
type Facts struct {
	Now     time.Time
	Product *Product // nil: no product is known
	// Recipient is nil where only copy is judged (an upload, the check command); then no gate on a person runs.
	Recipient *Profile
	Person    Person
	// Due is when the message is meant to leave, not before Now; zero means Now. Contact limits and quiet hours look at Due.
	Due time.Time
	// LatestStart is the last moment at which the message may leave; zero means no bound.
	LatestStart time.Time
	// Authors wrote the copy: no waiver that one of them approved lets go of anything in it.
	Authors []string
	// Opinions are what a second reader objected to; nil without one. Unread says why it could not be asked: that holds the
	// message.
	Opinions []Opinion
	Unread   string
}

// Opinion is what a second reader, such as a firm's own classifier, objects to in a piece of copy. It counts only if Rule is a rule
// of the book and Quote stands in the copy word for word, and it can only add to what the checker finds.
type Opinion struct {
	Reader string `json:"reader"` // who says so, with its version
	Rule   string `json:"rule"`
	Quote  string `json:"quote"`
	Why    string `json:"why"`
}

// Finding is one objection of one rule to one message.
type Finding struct {
	Rule    string  `json:"rule"`
	Kind    string  `json:"kind"` // claim, impression, disclosure, number, gate or render
	Verdict Verdict `json:"verdict"`
	// Part is subject, text or html, and Start and End are byte offsets in that part of the message as it was given. A
	// finding about something missing, or about a person, has an empty Part.
	Part  string `json:"part,omitempty"`
	Start int    `json:"start"`
	End   int    `json:"end"`
	Quote string `json:"quote,omitempty"`
	// Detail says what was seen and what was expected, in a few words that name no person.
	Detail string `json:"detail,omitempty"`
	// NotBefore is set by rules about time: the message may go, but not before that moment. Its verdict is then Pass.
	NotBefore time.Time `json:"not_before,omitzero"`
	// Waiver is the id of the firm's waiver that let the finding go. Its verdict is then Pass.
	Waiver string `json:"waiver,omitempty"`
}

// Findings are all objections to one message, sorted by part, start and rule.
type Findings []Finding

// Verdict returns the strictest verdict of all findings, Pass when there is none.
func (fs Findings) Verdict() Verdict {
	v := Pass
	for i := range fs {
		v = v.Worse(fs[i].Verdict)
	}
	return v
}

// NotBefore returns the latest time before which the message may not go, or zero.
func (fs Findings) NotBefore() time.Time {
	var t time.Time
	for i := range fs {
		if fs[i].NotBefore.After(t) {
			t = fs[i].NotBefore
		}
	}
	return t
}

// State is where a message stands.
type State string

// The states of a message. Queued, Deferred and Held wait; Claimed is at the carrier's door; the others are ends.
const (
	Queued     State = "queued"
	Deferred   State = "deferred" // queued for later, because of the hour
	Held       State = "held"     // waits for an officer
	Withheld   State = "withheld" // will not be sent: forbidden
	Claimed    State = "claimed"  // about to be handed to a carrier
	InDoubt    State = "in_doubt" // claimed, and nobody knows whether the carrier took it
	Sent       State = "sent"     // the carrier took it
	Delivered  State = "delivered"
	Bounced    State = "bounced"
	Complained State = "complained" // it arrived, and its recipient called it spam
	Refused    State = "refused"    // the carrier would not take it
	Withdrawn  State = "withdrawn"  // taken out of the queue by an officer or operator
	Expired    State = "expired"    // not sent before its latest start
)

// Tier is how much a campaign can harm, and so how many officers must sign it before it runs.
type Tier string

// The tiers. Low needs no signature, Middle one officer, High two.
const (
	Low    Tier = "low"
	Middle Tier = "middle"
	High   Tier = "high"
)

// Actor is who does something: a person or the house itself.
type Actor struct {
	ID    string   `json:"id"`
	Roles []string `json:"roles,omitempty"` // marketer, officer, operator, auditor
}

// Has reports whether the actor holds a role.
func (a Actor) Has(role string) bool { return slices.Contains(a.Roles, role) }

// Envelope is a message ready for a carrier.
type Envelope struct {
	Message string  `json:"message"` // the message id: the carrier's idempotency key
	Channel Channel `json:"channel"`
	From    string  `json:"from"`
	To      string  `json:"to"`
	Subject string  `json:"subject,omitempty"`
	Text    string  `json:"text"`
	HTML    string  `json:"html,omitempty"`
	// Raw is the whole message as it goes over the wire (RFC 5322) for mail; nil on channels that take fields.
	Raw []byte `json:"-"`
	// Headers are further facts for carriers that take them, such as the opt-out address.
	Headers map[string]string `json:"headers,omitempty"`
}

// Receipt is what a carrier said.
type Receipt struct {
	Message string `json:"message"`
	// State is Sent, Delivered, Bounced, Complained or Refused. A carrier that does not know returns an error instead.
	State  State     `json:"state"`
	Reason string    `json:"reason,omitempty"` // the carrier's own words, with its code
	ID     string    `json:"id,omitempty"`     // the carrier's id
	At     time.Time `json:"at"`
}
