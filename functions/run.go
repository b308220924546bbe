package functions

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/audience"
	"github.com/scruple/scruple/compliance/review"
	"github.com/scruple/scruple/port"
)

// RunStatus is where a run stands.
type RunStatus string

// The statuses of a run.
const (
	Launching RunStatus = "launching" // its list is being frozen
	Unsigned  RunStatus = "unsigned"  // waits for officers' signatures
	Running   RunStatus = "running"
	Paused    RunStatus = "paused"
	Stopped   RunStatus = "stopped" // for good
)

// Run is one occurrence of a campaign, frozen when it was launched.
type Run struct {
	ID       string          `json:"id"`
	Tag      string          `json:"tag"`
	Campaign Campaign        `json:"campaign"`
	Digest   string          `json:"digest"` // of the campaign's file
	Tier     scruple.Tier    `json:"tier"`   // the effective one
	Due      time.Time       `json:"due"`
	Latest   time.Time       `json:"latest,omitzero"`
	Status   RunStatus       `json:"status"`
	List     string          `json:"list,omitempty"`     // snapshot file
	Hash     string          `json:"hash,omitempty"`     // of the snapshot file
	Audience string          `json:"audience,omitempty"` // the same, whatever the order of the list was
	Funnel   audience.Funnel `json:"funnel"`
	// Queued tells that every prepare job was sent.
	Queued    bool              `json:"queued,omitempty"`
	Templates map[string]string `json:"templates"` // variant -> digest of the template
	Authors   []string          `json:"authors"`   // of campaign and templates: none of them may approve
	// Opinions are what the second reader objected to, by shape of the copy, and Unread why it could not be asked.
	Opinions map[string][]scruple.Opinion `json:"opinions,omitempty"`
	Unread   string                       `json:"unread,omitempty"`
	Product  string                       `json:"product,omitempty"`
	Book     string                       `json:"book"`
	Seal     string                       `json:"seal,omitempty"`
	Rulings  []review.Ruling              `json:"rulings,omitempty"`
}

// signatures returns how many officers must sign the run, and a held card of it.
func (r *Run) signatures() (run, card int) { return review.Signatures(r.Tier) }

// sealNow is the seal that the run has with these product facts and this book.
func (r *Run) sealNow(product, book string) string {
	s := review.Sealed{
		Snapshot: r.Audience, Channel: string(r.Campaign.Channel), Product: product, Book: book, Campaign: r.Digest,
		Schedule: r.Due.UTC().Format(time.RFC3339) + "/" + r.Latest.UTC().Format(time.RFC3339),
	}
	for _, digest := range r.Templates {
		s.Templates = append(s.Templates, digest)
	}
	return review.Seal(s)
}

// mayGo reports whether messages of the run may be decided and sent at a moment: it runs, and enough signatures stand under
// the seal as it is now.
func (r *Run) mayGo(seal string, now time.Time) error {
	if r.Status != Running {
		return fmt.Errorf("run %s is %s: %w", r.ID, r.Status, ErrNotRunning)
	}
	need, _ := r.signatures()
	if need == 0 {
		return nil
	}
	if s := review.Stand(r.Rulings, need, seal, now); s.Status != review.Approved {
		return fmt.Errorf("run %s: %d signatures missing under its present seal: %w", r.ID, s.Missing, ErrUnsigned)
	}
	return nil
}

// Signed tells how the signatures of a run stand at a moment, under the facts and rules of that moment.
func (h *House) Signed(ctx context.Context, id string, now time.Time) (review.Standing, error) {
	r, err := h.loadRun(ctx, id)
	if err != nil {
		return review.Standing{}, err
	}
	b, err := h.bench(ctx, r)
	if err != nil {
		return review.Standing{}, err
	}
	need, _ := r.Head.signatures()
	return review.Stand(r.Head.Rulings, need, b.seal, now), nil
}

// Run returns a run by its id.
func (h *House) Run(ctx context.Context, id string) (*Run, error) {
	r, err := h.loadRun(ctx, id)
	if err != nil {
		return nil, err
	}
	return &r.Head, nil
}

func (h *House) loadRun(ctx context.Context, id string) (*record[Run], error) {
	r, err := load[Run](ctx, h.Table, runKey(id))
	if err == nil && r.Revision == 0 {
		return nil, fmt.Errorf("%q: %w", id, ErrNoRun)
	}
	return r, err
}

// runOf returns the run that a message belongs to.
func (h *House) runOf(ctx context.Context, messageID string) (*record[Run], error) {
	recs, err := h.Table.Get(ctx, runTagKey(messageID[:tagLen]))
	if err != nil {
		return nil, err
	}
	if recs[0].Revision == 0 {
		return nil, fmt.Errorf("message %s: %w", messageID, ErrNoRun)
	}
	return h.loadRun(ctx, string(recs[0].Value))
}

// Runs lists all runs, by id.
func (h *House) Runs(ctx context.Context) ([]Run, error) {
	var out []Run
	for rec, err := range list(ctx, h.Table, "run") {
		if err != nil {
			return nil, err
		}
		r, err := decodeRecord[Run](rec.Value, rec.Revision)
		if err != nil {
			return nil, fmt.Errorf("run %s: %w", rec.Key.Sort, err)
		}
		out = append(out, r.Head)
	}
	return out, nil
}

// saveRun writes a run with a new entry; body is what the entry says. Other writes may go with it.
func (h *House) saveRun(ctx context.Context, r *record[Run], now time.Time, actor scruple.Actor, step string, body any, more ...port.Write) error {
	data, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("run %s: %w", r.Head.ID, err)
	}
	r.add("run/"+r.Head.ID, h.stamp(now), actor.ID, step, data)
	value, err := r.encode()
	if err != nil {
		return err
	}
	put := port.Write{Op: port.Put, Key: runKey(r.Head.ID), Revision: r.Revision, Value: value}
	if err := commit(ctx, h.Table, append(port.Tx{put}, more...)); err != nil {
		return fmt.Errorf("run %s: %s: %w", r.Head.ID, step, err)
	}
	r.Revision++
	return nil
}
