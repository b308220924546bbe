package functions

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"time"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/compliance"
	"github.com/scruple/scruple/delivery"
	"github.com/scruple/scruple/internal/strictyaml"
	"github.com/scruple/scruple/port"
)

// Config is a bank's scruple.yaml.
type Config struct {
	Name string `yaml:"name"`
	// Origin names the ledger's log and key: a name like bank.example/ledger.
	Origin string `yaml:"origin"`
	// Store, Queue and Files are URLs, see port.Drivers. Queue defaults to Store.
	Store string `yaml:"store"`
	Queue string `yaml:"queue"`
	Files string `yaml:"files"`
	// Key is the file of the ledger's secret key; it is made when it is missing.
	Key      string                            `yaml:"key"`
	Carriers map[scruple.Channel]CarrierConfig `yaml:"carriers"`
	People   []Someone                         `yaml:"people"`
	Rules    []string                          `yaml:"rules"` // folders with the house's own books
	Products []string                          `yaml:"products"`
	Consents []string                          `yaml:"consents"`
	// SecondReader is the URL of a second reader of copy; empty: there is none.
	SecondReader string                      `yaml:"second_reader"`
	Tiers        map[scruple.Tier]TierConfig `yaml:"tiers"`
	Approval     struct {
		Expire string `yaml:"expire"` // how long an approval counts, such as 72h
	} `yaml:"approvals"`
}

// CarrierConfig says what sends on a channel, and how the house signs there.
type CarrierConfig struct {
	URL            string `yaml:"url"`
	From           string `yaml:"from"`
	Name           string `yaml:"name"`
	ReplyTo        string `yaml:"reply_to"`
	UnsubscribeURL string `yaml:"unsubscribe_url"`
}

// Someone is a person who works with the house.
type Someone struct {
	ID    string   `yaml:"id"`
	Name  string   `yaml:"name"`
	Roles []string `yaml:"roles"`
}

// TierConfig says what makes a campaign of a tier.
type TierConfig struct {
	MaxRecipients int      `yaml:"max_recipients"`
	Grades        []string `yaml:"grades"` // products of these risk grades are at least of this tier
	Types         []string `yaml:"types"`  // so are products of these types
}

// LoadConfig reads scruple.yaml; its errors name file, line and remedy.
func LoadConfig(file string, src []byte) (*Config, error) {
	c := &Config{}
	if err := strictyaml.Decode(file, src, c); err != nil {
		return nil, err
	}
	if c.Queue == "" {
		c.Queue = c.Store
	}
	fault := func(path, format string, args ...any) error {
		return strictyaml.Errorf(file, src, path, format, args...)
	}
	switch {
	case c.Store == "":
		return nil, fault("$.store", "a house needs a store, such as: store: sqlite:.scruple/store.db")
	case c.Files == "":
		return nil, fault("$.files", "a house needs files, such as: files: file:.scruple/files")
	case c.Origin == "" || c.Key == "":
		return nil, fault("$.origin", "a house needs an origin for its ledger (bank.example/ledger) and a key file for it")
	}
	for ch := range c.Carriers {
		if !slices.Contains(scruple.Channels(), ch) {
			return nil, fault("$.carriers", "%s", unknownWord("channel", string(ch), scruple.Channels()))
		}
	}
	if d, err := time.ParseDuration(c.Approval.Expire); c.Approval.Expire != "" && (err != nil || d <= 0) {
		return nil, fault("$.approvals.expire", "%q is no length of time; expected something like 72h", c.Approval.Expire)
	}
	for i, p := range c.People {
		for _, role := range p.Roles {
			if roles := []string{"marketer", "officer", "operator", "auditor"}; !slices.Contains(roles, role) {
				return nil, fault(fmt.Sprintf("$.people[%d].roles", i), "%s", unknownWord("role", role, roles))
			}
		}
	}
	return c, nil
}

func (c *Config) policy() Policy {
	p := Policy{MaxRecipients: map[scruple.Tier]int{}, Grades: map[string]scruple.Tier{}, Types: map[string]scruple.Tier{}}
	p.ApprovalsExpire, _ = time.ParseDuration(c.Approval.Expire) // checked when loaded
	for _, tier := range slices.Sorted(maps.Keys(c.Tiers)) {
		t := c.Tiers[tier]
		p.MaxRecipients[tier] = t.MaxRecipients
		for _, g := range t.Grades {
			p.Grades[g] = tier
		}
		for _, typ := range t.Types {
			p.Types[typ] = tier
		}
	}
	return p
}

// Open opens a house with its ports. assets is where the bank's own files lie; rules are its own books. The caller closes
// the house.
func Open(ctx context.Context, c *Config, drivers *port.Drivers, assets port.Files, rules ...fs.FS) (*House, error) {
	h := &House{Assets: assets, BookFiles: append([]fs.FS{compliance.Rules}, rules...), Policy: c.policy(), Carrier: map[scruple.Channel]Carrier{}}
	h.People = map[string]scruple.Actor{}
	for _, p := range c.People {
		h.People[p.ID] = scruple.Actor{ID: p.ID, Roles: p.Roles}
	}
	var err error
	if h.Book, err = book(h.BookFiles); err != nil {
		return nil, err
	}
	if err := h.knowsWaivers(); err != nil {
		return nil, err
	}
	if err := h.open(ctx, c, drivers); err != nil {
		return nil, errors.Join(err, h.Close())
	}
	return h, nil
}

// knowsWaivers checks that the people who answer for waivers are the house's, and that an officer approved each.
func (h *House) knowsWaivers() error {
	var faults []error
	for _, w := range h.Book.Waivers() {
		if _, ok := h.People[w.By]; !ok {
			faults = append(faults, fmt.Errorf("%s:%d: waiver %s: %q, who asked for it, is none of people in scruple.yaml", w.File, w.Line, w.ID, w.By))
		}
		if !h.People[w.Approved].Has("officer") {
			faults = append(faults, fmt.Errorf("%s:%d: waiver %s: %q, who approved it, is no officer among people in scruple.yaml", w.File, w.Line, w.ID, w.Approved))
		}
	}
	return errors.Join(faults...)
}

func book(files []fs.FS) (*compliance.Book, error) {
	if len(files) == 1 {
		return compliance.Builtin()
	}
	return compliance.Load(files...)
}

func (h *House) open(ctx context.Context, c *Config, drivers *port.Drivers) (err error) {
	if h.Table, err = drivers.OpenTable(ctx, c.Store); err != nil {
		return err
	}
	if h.Queue, err = drivers.OpenQueue(ctx, c.Queue); err != nil {
		return err
	}
	if h.Files, err = drivers.OpenFiles(ctx, c.Files); err != nil {
		return err
	}
	if c.SecondReader != "" {
		if h.Reader, err = drivers.OpenReader(ctx, c.SecondReader); err != nil {
			return err
		}
	}
	opened := map[string]port.Sender{}
	for _, ch := range slices.Sorted(maps.Keys(c.Carriers)) {
		cc := c.Carriers[ch]
		if opened[cc.URL] == nil {
			if opened[cc.URL], err = drivers.OpenSender(ctx, cc.URL); err != nil {
				return fmt.Errorf("carrier for %s: %w", ch, err)
			}
			h.senders = append(h.senders, opened[cc.URL])
		}
		h.Carrier[ch] = Carrier{opened[cc.URL], delivery.Sender{
			From: cc.From, Name: cc.Name, ReplyTo: cc.ReplyTo, Organization: c.Name, UnsubscribeURL: cc.UnsubscribeURL,
		}}
	}
	return nil
}

// Close closes every port that Open opened.
func (h *House) Close() error {
	var faults []error
	for _, s := range h.senders {
		faults = append(faults, s.Close())
	}
	if h.Reader != nil {
		faults = append(faults, h.Reader.Close())
	}
	if h.Queue != nil {
		faults = append(faults, h.Queue.Close())
	}
	if h.Table != nil {
		faults = append(faults, h.Table.Close())
	}
	if h.Files != nil {
		faults = append(faults, h.Files.Close())
	}
	return errors.Join(faults...)
}
