package functions

import (
	"context"
	"fmt"
	"time"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/delivery"
)

// Receive takes in what a carrier reports later: sent, delivered, bounced, refused or complained. It also clears a doubt. Any
// other report, and what the message's state does not allow, is left alone and told as an error: no report puts a message
// into the queue. The same report twice changes nothing.
func (h *House) Receive(ctx context.Context, now time.Time, receipt scruple.Receipt) (scruple.State, error) {
	r, err := h.dossier(ctx, receipt.Message)
	if err != nil {
		return "", err
	}
	if r.Revision == 0 {
		return "", fmt.Errorf("%s: %w", receipt.Message, ErrNoMessage)
	}
	if r.Head.State == receipt.State {
		return r.Head.State, nil
	}
	switch receipt.State {
	case scruple.Sent, scruple.Delivered, scruple.Bounced, scruple.Refused, scruple.Complained:
	default:
		return r.Head.State, fmt.Errorf("message %s: no carrier reports %q; expected sent, delivered, bounced, refused or complained", receipt.Message, receipt.State)
	}
	bounce := delivery.Bounce("")
	if receipt.State == scruple.Bounced || receipt.State == scruple.Refused {
		bounce = delivery.Classify(receipt.Reason)
	}
	a := Answer{Reason: receipt.Reason, Receipt: &receipt}
	a.Decision.State = receipt.State
	return h.turn(ctx, now, receipt.Message, Self, StepReceipt, r.Head.State, a, bounce)
}
