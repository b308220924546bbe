package delivery

import (
	"slices"

	"github.com/scruple/scruple"
)

// Allowed reports whether a message may go from one state to another; "" is the state before the first. To stay is no
// change and not allowed. Whoever writes a message's state asks here.
//
// Two rules carry the rest. What was claimed is either known not to have been taken (and may be queued again) or never
// returns to the queue. And a held message reaches a carrier only by way of the queue.
func Allowed(from, to scruple.State) bool { return slices.Contains(next(from), to) }

func next(from scruple.State) []scruple.State {
	switch from {
	case "":
		return []scruple.State{scruple.Queued, scruple.Deferred, scruple.Held, scruple.Withheld, scruple.Expired}
	case scruple.Queued:
		// Facts change while a message waits, so the check at the door may defer, hold or withhold it.
		return []scruple.State{
			scruple.Claimed, scruple.Deferred, scruple.Held, scruple.Withheld, scruple.Withdrawn, scruple.Expired,
		}
	case scruple.Deferred:
		return []scruple.State{
			scruple.Queued, scruple.Claimed, scruple.Held, scruple.Withheld, scruple.Withdrawn, scruple.Expired,
		}
	case scruple.Held:
		return []scruple.State{scruple.Queued, scruple.Deferred, scruple.Withheld, scruple.Withdrawn, scruple.Expired}
	case scruple.Claimed:
		return []scruple.State{
			scruple.Sent, scruple.Delivered, scruple.Bounced, scruple.Refused, scruple.Queued, scruple.InDoubt,
		}
	case scruple.InDoubt:
		return []scruple.State{scruple.Sent, scruple.Delivered, scruple.Bounced, scruple.Complained, scruple.Refused}
	case scruple.Sent:
		return []scruple.State{scruple.Delivered, scruple.Bounced, scruple.Complained}
	case scruple.Delivered:
		// A carrier calls a mail delivered when the next server took it, and that server may still return it.
		return []scruple.State{scruple.Bounced, scruple.Complained}
	}
	return nil // bounced, complained, refused, withheld, withdrawn and expired are ends
}
