package functions

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/compliance/review"
	"github.com/scruple/scruple/port"
)

// The topics of the queue.
const (
	TopicPrepare = "prepare" // a Batch
	TopicFollow  = "follow"  // a Following: messages follow a ruling
)

// Following is the body of a follow job.
type Following struct {
	Card string `json:"card,omitempty"`
	Run  string `json:"run,omitempty"`
}

// The refusals of Rule beside those of review.MayRule.
var (
	ErrUnsigned = errors.New("not signed by enough officers")
	ErrStale    = errors.New("the product or the rules have changed since these messages were held; they are checked anew, look at them again then")
	ErrAlone    = errors.New("these messages could not be rendered; mend the data or the template and run again, or reject them")
)

// Rule records what an officer says about a card, or about a run that needs signatures, in one write. The messages follow.
func (h *House) Rule(ctx context.Context, now time.Time, who scruple.Actor, subject string, action review.Action, reason string) (review.Standing, error) {
	for {
		s, err := h.ruleOnce(ctx, now, who, subject, action, reason)
		if !errors.Is(err, port.ErrConflict) {
			return s, err
		}
	}
}

func (h *House) ruleOnce(ctx context.Context, now time.Time, who scruple.Actor, subject string, action review.Action, reason string) (review.Standing, error) {
	r := review.Ruling{Action: action, By: who.ID, At: now, Reason: reason}
	if h.Policy.ApprovalsExpire > 0 && action == review.Approve {
		r.Expires = now.Add(h.Policy.ApprovalsExpire)
	}
	if _, ok := parseCardID(subject); ok {
		return h.ruleCard(ctx, now, who, subject, r)
	}
	return h.ruleRun(ctx, now, who, subject, r)
}

func (h *House) ruleCard(ctx context.Context, now time.Time, who scruple.Actor, id string, r review.Ruling) (review.Standing, error) {
	c, cid, err := h.loadCard(ctx, id)
	if err != nil {
		return review.Standing{}, err
	}
	run, err := h.loadRun(ctx, c.Head.Run)
	if err != nil {
		return review.Standing{}, err
	}
	b, err := h.bench(ctx, run)
	if err != nil {
		return review.Standing{}, err
	}
	r.Seal = b.seal
	if err := review.MayRule(who, c.Head.Authors, c.Head.Rulings, r); err != nil {
		return review.Standing{}, h.refused(ctx, now, who, id, r, err)
	}
	if r.Action == review.Approve {
		if c.Head.Alone {
			return review.Standing{}, h.refused(ctx, now, who, id, r, ErrAlone)
		}
		held, err := h.Held(ctx, &c.Head)
		if err != nil {
			return review.Standing{}, err
		}
		if held.Count == 0 {
			return review.Standing{}, h.refused(ctx, now, who, id, r, fmt.Errorf("no message waits on card %s: %w", id, review.ErrNothing))
		}
		if held.Seals[b.seal] != held.Count {
			err := h.refused(ctx, now, who, id, r, ErrStale)
			return review.Standing{}, errors.Join(err, h.enqueue(ctx, TopicFollow, Following{Card: id}))
		}
		r.Covers = &held.Coverage
	}
	c.Head.Rulings = append(c.Head.Rulings, r)
	if err := h.saveRuling(ctx, c, "card/"+id, cardKey(cid), now, who, r, Following{Card: id}, b.conds); err != nil {
		return review.Standing{}, err
	}
	_, officers := run.Head.signatures()
	return review.Stand(c.Head.Rulings, officers, b.seal, now), nil
}

func (h *House) ruleRun(ctx context.Context, now time.Time, who scruple.Actor, id string, r review.Ruling) (review.Standing, error) {
	run, err := h.loadRun(ctx, id)
	if err != nil {
		return review.Standing{}, err
	}
	b, err := h.bench(ctx, run) // it may raise the run's tier
	if err != nil {
		return review.Standing{}, err
	}
	need, _ := run.Head.signatures()
	if need == 0 && r.Action != review.Withdraw || run.Head.Status == Stopped || run.Head.Status == Launching {
		err := fmt.Errorf("run %s is %s and of tier %s: %w", id, run.Head.Status, run.Head.Tier, review.ErrNothing)
		return review.Standing{}, h.refused(ctx, now, who, "run/"+id, r, err)
	}
	r.Seal = b.seal
	if err := review.MayRule(who, run.Head.Authors, run.Head.Rulings, r); err != nil {
		return review.Standing{}, h.refused(ctx, now, who, "run/"+id, r, err)
	}
	run.Head.Rulings = append(run.Head.Rulings, r)
	s := review.Stand(run.Head.Rulings, need, b.seal, now)
	run.Head.Status = statusAfter(run.Head.Status, s.Status, r.Action)
	return s, h.saveRuling(ctx, run, "run/"+id, runKey(id), now, who, r, Following{Run: id}, b.conds[1:])
}

// statusAfter is how a run stands after a ruling: enough signatures start it, and anything but an approval stops it until it
// is signed anew.
func statusAfter(status RunStatus, s review.Status, a review.Action) RunStatus {
	switch {
	case a == review.Approve && s == review.Approved && status == Unsigned:
		return Running
	case a == review.Reject:
		return Stopped
	case a != review.Approve && status != Stopped:
		return Unsigned
	}
	return status
}

// saveRuling writes the subject with its ruling; the facts that the officer saw are conditions. The job that lets the
// messages follow is sent after it, and again whenever the process starts, see Resume.
func (h *House) saveRuling(ctx context.Context, rec encoder, subject string, key port.Key, now time.Time, who scruple.Actor, r review.Ruling, follow Following, conds port.Tx) error {
	body, err := json.Marshal(r)
	if err != nil {
		return err
	}
	rec.add(subject, h.stamp(now), who.ID, string(r.Action), body)
	put, err := rec.put(key)
	if err != nil {
		return err
	}
	if err := commit(ctx, h.Table, append(port.Tx{put}, conds...)); err != nil {
		return fmt.Errorf("%s: %s: %w", subject, r.Action, err)
	}
	return h.enqueue(ctx, TopicFollow, follow)
}

// refused records that somebody was not allowed to rule: auditors look for those who tried. One who tries more often on one
// subject within a microsecond leaves that many entries.
func (h *House) refused(ctx context.Context, now time.Time, who scruple.Actor, subject string, r review.Ruling, cause error) error {
	key := port.Key{Partition: "refusal", Sort: fmt.Sprintf("%016x/%q/%s", now.UnixMicro(), who.ID, subject)}
	body, err := json.Marshal(map[string]string{"subject": subject, "action": string(r.Action), "refused": cause.Error()})
	if err != nil {
		return errors.Join(cause, err)
	}
	for {
		rec, err := load[string](ctx, h.Table, key)
		if err != nil {
			return errors.Join(cause, err)
		}
		rec.Head = subject
		rec.add("refusal/"+key.Sort, h.stamp(now), who.ID, "refused", body)
		put, err := rec.put(key)
		if err != nil {
			return errors.Join(cause, err)
		}
		if err := commit(ctx, h.Table, port.Tx{put}); !errors.Is(err, port.ErrConflict) {
			return errors.Join(cause, err)
		}
	}
}

func (h *House) enqueue(ctx context.Context, topic string, bodies ...any) error {
	data := make([][]byte, len(bodies))
	for i, b := range bodies {
		var err error
		if data[i], err = json.Marshal(b); err != nil {
			return err
		}
	}
	if err := h.Queue.Send(ctx, topic, data...); err != nil {
		return fmt.Errorf("queue %s: %w", topic, err)
	}
	return nil
}
