// Package review turns findings into a decision, and decides who may rule on what was held.
//
// It is pure: it reads no clock and no store. Everything that must hold on every path to a recipient is one function here:
// MayRule (four eyes), Standing (whether enough officers signed what is there now) and Decide (what becomes of a message).
package review

import (
	"time"

	"github.com/scruple/scruple"
)

// Input is all that a decision about one message rests on.
type Input struct {
	Message  *scruple.Message
	Findings scruple.Findings
	// Rulings are those on the card that this message belongs to, oldest first; Seal is what their approval must be bound to.
	Rulings []Ruling
	Seal    string
	// Officers is how many must have approved a held card; see Signatures.
	Officers int
	Now      time.Time
	// Due is when the campaign wants the message to leave; LatestStart, if not zero, is the last moment for it.
	Due, LatestStart time.Time
}

// Decision is what becomes of a message now.
type Decision struct {
	// State is Queued, Deferred, Held, Withheld or Expired.
	State scruple.State `json:"state"`
	// Due is when it may leave; set for Queued and Deferred.
	Due time.Time `json:"due,omitzero"`
	// Reasons are the rules that decided, or one of the words below.
	Reasons []string `json:"reasons,omitempty"`
	// Approved tells that officers' approval, and not the absence of findings, let it through.
	Approved bool `json:"approved,omitempty"`
}

// The reasons that are no rule's.
const (
	ReasonRejected = "review.rejected"     // an officer rejected the card
	ReasonTaken    = "review.withdrawn"    // an officer took back an approval, or asked for changes
	ReasonTooLate  = "review.latest-start" // it could not leave before its latest start
)

// Decide says what becomes of a message. What is forbidden is withheld whoever approved it; what is doubtful is held until
// enough officers approved exactly this, under this seal; the rest is queued for the time at which it may leave.
func Decide(in Input) Decision {
	switch in.Findings.Verdict() {
	case scruple.Block:
		return Decision{State: scruple.Withheld, Reasons: rules(in.Findings, scruple.Block)}
	case scruple.Pass:
		return timed(in, false)
	}
	held := Decision{State: scruple.Held, Reasons: rules(in.Findings, scruple.Hold)}
	standing := Stand(in.Rulings, in.Officers, in.Seal, in.Now)
	switch {
	case standing.Status == Rejected:
		return Decision{State: scruple.Withheld, Reasons: append([]string{ReasonRejected}, held.Reasons...)}
	case standing.Status != Approved || !standing.covers(in.Message, in.Findings):
		return held
	}
	return timed(in, true)
}

func timed(in Input, approved bool) Decision {
	due := in.Due
	if due.Before(in.Now) {
		due = in.Now
	}
	state := scruple.Queued
	if nb := in.Findings.NotBefore(); nb.After(due) {
		due, state = nb, scruple.Deferred
	}
	if !in.LatestStart.IsZero() && due.After(in.LatestStart) {
		return Decision{State: scruple.Expired, Reasons: []string{ReasonTooLate}}
	}
	d := Decision{State: state, Due: due, Approved: approved}
	if state == scruple.Deferred {
		d.Reasons = timeRules(in.Findings)
	}
	return d
}

func rules(fs scruple.Findings, v scruple.Verdict) []string {
	var out []string
	for i := range fs {
		worse := fs[i].Verdict.Worse(v) == fs[i].Verdict && fs[i].Verdict != scruple.Pass
		if worse && (len(out) == 0 || out[len(out)-1] != fs[i].Rule) {
			out = append(out, fs[i].Rule)
		}
	}
	return out
}

func timeRules(fs scruple.Findings) []string {
	var out []string
	for i := range fs {
		if !fs[i].NotBefore.IsZero() {
			out = append(out, fs[i].Rule)
		}
	}
	return out
}
