package review

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/scruple/scruple"
)

// Action is what an officer does to a card or a run.
type Action string

// The actions. Approve lets through, Reject withholds, RequestChanges keeps it waiting for a new version, and Withdraw takes
// back an approval.
const (
	Approve        Action = "approve"
	Reject         Action = "reject"
	RequestChanges Action = "request-changes"
	Withdraw       Action = "withdraw"
)

// Ruling is what one officer said about one subject, and exactly what it covers.
type Ruling struct {
	Action Action    `json:"action"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
	// Seal is the seal of what the officer saw. An approval under another seal is void.
	Seal string `json:"seal"`
	// Covers is what an approval of a card lets through; nil for a run.
	Covers *Coverage `json:"covers,omitempty"`
	// Expires ends an approval; zero means never.
	Expires time.Time `json:"expires,omitzero"`
}

// The refusals of MayRule and of rulings that cannot be.
var (
	ErrNotOfficer = errors.New("only a compliance officer may rule")
	ErrAuthor     = errors.New("the author of a thing may not approve it")
	ErrTwice      = errors.New("the same officer may not sign twice: another one must")
	ErrNoReason   = errors.New("a ruling needs a reason")
	ErrNothing    = errors.New("there is nothing of that kind to rule on")
)

// MayRule is the one function that decides who may rule: an officer, with a reason; for an approval not an author of what is
// approved, and not one whose standing approval counts already. Every way to a ruling asks it.
func MayRule(who scruple.Actor, authors []string, earlier []Ruling, r Ruling) error {
	switch {
	case who.ID == "" || !who.Has("officer") || r.By != who.ID:
		return fmt.Errorf("%q may not %s: %w", who.ID, r.Action, ErrNotOfficer)
	case r.Reason == "":
		return ErrNoReason
	case !slices.Contains([]Action{Approve, Reject, RequestChanges, Withdraw}, r.Action):
		return fmt.Errorf("%q: %w", r.Action, ErrNothing)
	case r.Action != Approve:
		return nil
	case slices.Contains(authors, who.ID):
		return fmt.Errorf("%s: %w", who.ID, ErrAuthor)
	case slices.ContainsFunc(standing(earlier, r.Seal, r.At), func(e Ruling) bool { return e.By == who.ID }):
		return fmt.Errorf("%s: %w", who.ID, ErrTwice)
	}
	return nil
}

// Status is how a subject stands after all rulings on it.
type Status string

// The statuses.
const (
	Waiting          Status = "waiting"
	Approved         Status = "approved"
	Rejected         Status = "rejected"
	ChangesRequested Status = "changes requested"
	Taken            Status = "withdrawn"
)

// Standing is the result of all rulings on a subject.
type Standing struct {
	Status Status
	// By lists who has approved what is there now, in order; Missing is how many more must.
	By      []string
	Missing int
	// Until is when the first of the approvals that count expires; zero when none does.
	Until time.Time

	rulings []Ruling
}

// Stand says how a subject stands at a moment when it has this seal and needs this many officers. An approval counts when it
// is bound to the seal, has not expired and no later ruling undid it.
func Stand(rulings []Ruling, officers int, seal string, now time.Time) Standing {
	s := Standing{Status: Waiting, rulings: standing(rulings, seal, now)}
	for _, r := range s.rulings {
		s.By = append(s.By, r.By)
		if !r.Expires.IsZero() && (s.Until.IsZero() || r.Expires.Before(s.Until)) {
			s.Until = r.Expires
		}
	}
	s.Missing = max(officers-len(s.By), 0)
	if len(rulings) > 0 {
		switch rulings[len(rulings)-1].Action {
		case Reject:
			s.Status = Rejected
		case RequestChanges:
			s.Status = ChangesRequested
		case Withdraw:
			s.Status = Taken
		}
	}
	if len(s.By) > 0 && s.Missing == 0 {
		s.Status = Approved
	}
	return s
}

// standing returns the approvals that count, one for each officer: those after the last ruling that was none.
func standing(rulings []Ruling, seal string, now time.Time) []Ruling {
	var out []Ruling
	for _, r := range rulings {
		switch {
		case r.Action != Approve:
			out = out[:0]
		case r.Seal != seal || !r.Expires.IsZero() && !now.Before(r.Expires):
		case !slices.ContainsFunc(out, func(e Ruling) bool { return e.By == r.By }):
			out = append(out, r)
		}
	}
	return out
}

// covers reports whether every approval that counts covers the message and its findings.
func (s Standing) covers(m *scruple.Message, fs scruple.Findings) bool {
	for _, r := range s.rulings {
		if r.Covers == nil || !r.Covers.Includes(m, fs) {
			return false
		}
	}
	return len(s.rulings) > 0
}

// Signatures is how many officers must approve: on a run before it may start (a low one needs none), and on a held card.
func Signatures(t scruple.Tier) (run, card int) {
	switch t {
	case scruple.Low:
		return 0, 1
	case scruple.Middle:
		return 1, 1
	default:
		return 2, 2
	}
}
