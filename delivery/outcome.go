package delivery

import (
	"errors"
	"fmt"
	"time"

	"github.com/scruple/scruple"
)

// The bounds of trying again.
const (
	// MaxTries is how often a message is offered to a carrier that keeps asking to try later; with Backoff that takes two
	// hours on average, four and a half at most. After the last one the message counts as refused.
	MaxTries = 14
	// MinWait and MaxWait bound every wait between two tries.
	MinWait = time.Second
	MaxWait = time.Hour
	// firstWindow is the longest wait after the first try; each further try doubles it.
	firstWindow = 5 * time.Second
)

// Signs are the two errors by which a carrier's driver says for certain that it did not take a message. They are passed in
// because this room does not know the drivers.
type Signs struct{ Refused, Later error }

// Next is what becomes of a message after a carrier was called.
type Next struct {
	// State is one that Allowed lets follow Claimed.
	State scruple.State
	// Wait is the time until the next try; it is zero unless State is Queued.
	Wait time.Duration
	// Bounce says what a refusal or bounce means for the address; empty otherwise.
	Bounce Bounce
	// Reason is the carrier's own words, as the receipt gives them, or those of the error.
	Reason string
}

// Outcome reads a carrier's answer: the receipt and the error of one Send. tries counts the calls for this message, this
// one included, from 1; jitter is a random number from 0 to 1.
//
// A message goes back to the queue only when the error is Signs.Later. An answer that is not understood, an unknown error,
// or a receipt that names no proper state leaves it in doubt: it may have been taken.
func (s Signs) Outcome(r scruple.Receipt, err error, tries int, jitter float64) Next {
	n := Next{State: scruple.InDoubt, Reason: r.Reason}
	if n.Reason == "" && err != nil {
		n.Reason = err.Error()
	}
	switch {
	case err == nil && taken(r.State):
		n.State = r.State
	case err == nil:
		n.Reason = fmt.Sprintf("receipt with state %q: %s", r.State, n.Reason)
	case is(err, s.Refused):
		n.State = scruple.Refused
	case is(err, s.Later) && tries >= MaxTries:
		n.State, n.Reason = scruple.Refused, fmt.Sprintf("%s (given up after %d tries)", n.Reason, tries)
	case is(err, s.Later):
		n.State, n.Wait = scruple.Queued, Backoff(tries, jitter)
	}
	if n.State == scruple.Refused || n.State == scruple.Bounced {
		n.Bounce = Classify(r.Reason)
	}
	return n
}

func taken(s scruple.State) bool {
	return s == scruple.Sent || s == scruple.Delivered || s == scruple.Bounced || s == scruple.Refused
}

// is differs from errors.Is for a sign that was not set: a nil sign matches no error.
func is(err, sign error) bool { return sign != nil && errors.Is(err, sign) }

// Backoff returns how long to wait after the given try (from 1): full jitter over a window of 5 s that doubles with every
// try up to MaxWait, never less than MinWait. jitter is a random number from 0 to 1; what lies outside counts as the
// nearer bound. Full jitter spreads a herd of messages best (Brooker, Exponential Backoff and Jitter, 2015).
func Backoff(tries int, jitter float64) time.Duration {
	window := MaxWait
	if shift := max(tries, 1) - 1; shift < 10 {
		window = min(firstWindow<<shift, MaxWait)
	}
	if !(jitter > 0) { // also when it is not a number
		return MinWait
	}
	return max(MinWait, time.Duration(min(jitter, 1)*float64(window)))
}
