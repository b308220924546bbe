package porttest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/port"
)

// Sender holds a driver to the contract of port.Sender. open returns a carrier of its own for each test, and a function
// that returns everything that has arrived there, one string for each message, in any order and in whatever form.
func Sender(t *testing.T, open func(t *testing.T) (s port.Sender, arrived func() []string)) {
	t.Run("takes", func(t *testing.T) { senderTakes(t, open) })
	t.Run("concurrent", func(t *testing.T) { senderConcurrent(t, open) })
	t.Run("cancelled", func(t *testing.T) { senderCancelled(t, open) })
	t.Run("nameless", func(t *testing.T) { senderNameless(t, open) })
	t.Run("closed", func(t *testing.T) { senderClosed(t, open) })
}

type openSender = func(t *testing.T) (port.Sender, func() []string)

// senderMail returns an envelope whose every form holds the mark of n.
func senderMail(n int) scruple.Envelope {
	m := senderMark(n)
	raw := "From: <bank@example.com>\r\nTo: <you@example.net>\r\nSubject: " + m + "\r\nMessage-ID: <" + m +
		"@example.com>\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" +
		"稳健理财 " + m + "\r\n.\r\n..\r\nend\r\n"
	return scruple.Envelope{
		Message: m, Channel: scruple.Email, From: "bank@example.com", To: "you@example.net",
		Subject: m, Text: "稳健理财 " + m, Raw: []byte(raw),
	}
}

func senderMark(n int) string { return fmt.Sprintf("mark-%04d-end", n) }

// countArrivals fails unless message n arrived want times.
func countArrivals(t *testing.T, arrived []string, n, want int) {
	t.Helper()
	got := 0
	for _, a := range arrived {
		if strings.Contains(a, senderMark(n)) {
			got++
		}
	}
	if got != want {
		t.Errorf("message %d arrived %d times, want %d", n, got, want)
	}
}

func senderTakes(t *testing.T, open openSender) {
	s, arrived := open(t)
	for n := range 5 {
		e := senderMail(n)
		before := bytes.Clone(e.Raw)
		r, err := s.Send(t.Context(), e)
		if err != nil {
			t.Fatalf("Send: %v", err)
		}
		if r.Message != e.Message || r.State != scruple.Sent {
			t.Errorf("receipt %+v: want message %s, state sent", r, e.Message)
		}
		if r.At.IsZero() || r.At.Location() != time.UTC {
			t.Errorf("receipt at %v: want a time in UTC", r.At)
		}
		if !bytes.Equal(e.Raw, before) {
			t.Error("Send changed the envelope's bytes")
		}
	}
	if err := s.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
	for n := range 5 {
		countArrivals(t, arrived(), n, 1)
	}
	for _, a := range arrived() {
		if !strings.Contains(a, "稳健理财") || !strings.Contains(a, "..") {
			t.Errorf("arrived changed: %q", a)
		}
	}
}

func senderConcurrent(t *testing.T, open openSender) {
	const workers, each = 16, 8
	s, arrived := open(t)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := range each {
				e := senderMail(w*each + i)
				if r, err := s.Send(t.Context(), e); err != nil || r.Message != e.Message {
					t.Errorf("Send: receipt for %q, error %v", r.Message, err)
				}
			}
		})
	}
	wg.Wait()
	if err := s.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
	all := arrived()
	for n := range workers * each {
		countArrivals(t, all, n, 1)
	}
}

func senderCancelled(t *testing.T, open openSender) {
	s, arrived := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r, err := s.Send(ctx, senderMail(1))
	if !errors.Is(err, port.ErrLater) || !errors.Is(err, context.Canceled) {
		t.Errorf("error %v: want one that is both ErrLater and context.Canceled", err)
	}
	if r.State == scruple.Sent {
		t.Errorf("receipt %+v for a message that was not sent", r)
	}
	if r, err = s.Send(t.Context(), senderMail(2)); err != nil || r.State != scruple.Sent {
		t.Errorf("after a cancelled one: receipt %+v, error %v", r, err)
	}
	if err := s.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
	countArrivals(t, arrived(), 1, 0)
	countArrivals(t, arrived(), 2, 1)
}

func senderNameless(t *testing.T, open openSender) {
	s, arrived := open(t)
	e := senderMail(1)
	e.Message = ""
	if r, err := s.Send(t.Context(), e); !errors.Is(err, port.ErrRefused) || r.State != scruple.Refused {
		t.Errorf("an envelope without message id: receipt %+v, error %v; want refused", r, err)
	}
	if err := s.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
	if got := arrived(); len(got) != 0 {
		t.Errorf("%d messages arrived, want none", len(got))
	}
}

func senderClosed(t *testing.T, open openSender) {
	s, arrived := open(t)
	for range 2 {
		if err := s.Close(); err != nil {
			t.Fatalf("Close: %v", err)
		}
	}
	if _, err := s.Send(t.Context(), senderMail(1)); !errors.Is(err, port.ErrLater) {
		t.Errorf("Send after Close: %v, want ErrLater", err)
	}
	countArrivals(t, arrived(), 1, 0)
}
