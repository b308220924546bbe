// Package functions is the way of a message, one step a function: Launch, Prepare, Release, Deliver, Receive, Rule and what
// operators do beside it. Every step loads, asks the pure rooms, and saves in one conditional write. No step asks back to an
// earlier one, and none reads a clock: who acts and what time it is are arguments.
package functions

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"sync"
	"time"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/compliance"
	"github.com/scruple/scruple/delivery"
	"github.com/scruple/scruple/port"
	"github.com/scruple/scruple/templates"
)

// House is one bank's Scruple: its rules, its people and its ports. All its methods are safe for concurrent use, by several
// processes too.
type House struct {
	Table port.Table
	Queue port.Queue
	Files port.Files // what the house writes: snapshots, archived versions
	// Assets holds what people bring: campaigns, templates, segment lists. The house only reads it.
	Assets  port.Files
	Carrier map[scruple.Channel]Carrier
	Book    *compliance.Book
	// BookFiles are the rule files that Book was loaded from; they are archived with the first decision made by them.
	BookFiles []fs.FS
	People    map[string]scruple.Actor
	Policy    Policy
	// Recorded, when not nil, is the clock by which ledger entries are dated: when a thing was truly written, also where a
	// run is rehearsed at another time. Without it an entry bears the time of its step.
	Recorded func() time.Time
	// Reader, when not nil, reads the copy of a campaign a second time before it runs; it may object and never clear.
	Reader port.Reader
	// Worker names this process among those that share the store; a claim carries it.
	Worker string

	templates sync.Map // digest -> *templates.Template
	archived  sync.Map // digests that are known to be in Files
	columns   sync.Map // snapshot file -> *scruple.Columns
	senders   []port.Sender
}

// Carrier is what sends on one channel, and how the house signs there.
type Carrier struct {
	Sender  port.Sender
	Profile delivery.Sender
}

// Policy holds the house's own limits.
type Policy struct {
	// ApprovalsExpire is how long an officer's approval counts; zero means for ever.
	ApprovalsExpire time.Duration
	// MaxRecipients is how many recipients a campaign of each tier may have before it counts as of the next one; 0: no bound.
	MaxRecipients map[scruple.Tier]int
	// Grades and Types say which tier a product of that risk grade or type asks for at least.
	Grades map[string]scruple.Tier
	Types  map[string]scruple.Tier
	// BatchRows is how many rows one prepare job holds; 0 means 250.
	BatchRows int
}

// The errors of steps that callers tell apart.
var (
	ErrNoRun      = errors.New("no such run")
	ErrNoMessage  = errors.New("no such message")
	ErrNoCard     = errors.New("no such card")
	ErrNoProduct  = errors.New("no such product")
	ErrNotRunning = errors.New("the run is not running")
	ErrTampered   = errors.New("the stored record does not match its ledger")
)

// Self is the actor for what the house does by itself.
var Self = scruple.Actor{ID: "scruple"}

func (h *House) stamp(now time.Time) time.Time {
	if h.Recorded != nil {
		return h.Recorded()
	}
	return now
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// template returns a template by the digest of its source, from memory or from the archive.
func (h *House) template(load func() (*templates.Template, error), digest string) (*templates.Template, error) {
	if t, ok := h.templates.Load(digest); ok {
		return t.(*templates.Template), nil
	}
	t, err := load()
	if err != nil {
		return nil, err
	}
	h.templates.Store(digest, t)
	return t, nil
}
