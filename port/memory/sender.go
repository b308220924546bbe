package memory

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/port"
)

// Sender is a carrier that keeps every envelope in memory. It does not hide repetitions: what is sent twice is there twice,
// so that a test can tell. The zero value is ready for use.
type Sender struct {
	// Answer, when set before the first Send, decides what the carrier says. An envelope counts as taken unless the error is
	// port.ErrRefused or port.ErrLater: a carrier whose answer got lost has the message. It is called from many goroutines.
	Answer func(scruple.Envelope) (scruple.Receipt, error)

	mu     sync.Mutex
	taken  []scruple.Envelope
	closed bool
}

// NewSender returns a carrier that takes everything.
func NewSender() *Sender { return &Sender{} }

func openSender(_ context.Context, u *url.URL) (port.Sender, error) {
	if u.Host != "" || u.RawQuery != "" || u.Opaque+u.Path != "" {
		return nil, errors.New("want memory: and nothing more")
	}
	return NewSender(), nil
}

// Send implements port.Sender.
func (s *Sender) Send(ctx context.Context, e scruple.Envelope) (scruple.Receipt, error) {
	r := scruple.Receipt{Message: e.Message, At: time.Now().UTC()}
	if e.Message == "" {
		r.State, r.Reason = scruple.Refused, "the envelope names no message"
		return r, fmt.Errorf("%w: %s", port.ErrRefused, r.Reason)
	}
	if err := ctx.Err(); err != nil {
		return r, fmt.Errorf("message %s: %w: %w", e.Message, port.ErrLater, err)
	}
	r.State, r.Reason = scruple.Sent, "kept in memory"
	var err error
	if s.Answer != nil {
		r, err = s.Answer(e)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return scruple.Receipt{Message: e.Message}, fmt.Errorf("message %s: %w: %w", e.Message, port.ErrLater, net.ErrClosed)
	}
	if !errors.Is(err, port.ErrRefused) && !errors.Is(err, port.ErrLater) {
		e.Raw = slices.Clone(e.Raw)
		s.taken = append(s.taken, e)
	}
	return r, err
}

// Envelopes returns what was taken so far, in order.
func (s *Sender) Envelopes() []scruple.Envelope {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.taken)
}

// Close implements port.Sender; what was taken stays to be looked at.
func (s *Sender) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	return nil
}
