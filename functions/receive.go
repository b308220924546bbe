package functions

import (
	"context"
	"fmt"
	"time"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/delivery"
)

// Receive takes in what a carrier reports later: delivered, bounced or refused. It also clears a doubt. What the message's
// state does not allow is left alone and told as an error; the same report twice changes nothing.
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
	bounce := delivery.Bounce("")
	if receipt.State == scruple.Bounced || receipt.State == scruple.Refused {
		bounce = delivery.Classify(receipt.Reason)
	}
	a := Answer{Reason: receipt.Reason, Receipt: &receipt}
	a.Decision.State = receipt.State
	return h.turn(ctx, now, receipt.Message, Self, StepReceipt, r.Head.State, a, bounce)
}
