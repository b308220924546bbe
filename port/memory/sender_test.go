package memory

import (
	"errors"
	"net/url"
	"testing"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/port"
	"github.com/scruple/scruple/port/porttest"
)

func TestSenderConformance(t *testing.T) {
	porttest.Sender(t, func(t *testing.T) (port.Sender, func() []string) {
		s, err := openSender(t.Context(), &url.URL{Scheme: "memory"})
		if err != nil {
			t.Fatal(err)
		}
		return s, func() []string {
			var all []string
			for _, e := range s.(*Sender).Envelopes() {
				all = append(all, string(e.Raw))
			}
			return all
		}
	})
}

func TestSenderShowsRepetitions(t *testing.T) {
	s := NewSender()
	for range 2 {
		if _, err := s.Send(t.Context(), scruple.Envelope{Message: "m"}); err != nil {
			t.Fatal(err)
		}
	}
	if got := len(s.Envelopes()); got != 2 {
		t.Errorf("%d envelopes, want both", got)
	}
}

func TestSenderAnswers(t *testing.T) {
	lost := errors.New("the line broke")
	for _, c := range []struct {
		err  error
		want int
	}{{nil, 1}, {port.ErrRefused, 0}, {port.ErrLater, 0}, {lost, 1}} {
		s := NewSender()
		s.Answer = func(e scruple.Envelope) (scruple.Receipt, error) { return scruple.Receipt{Message: e.Message}, c.err }
		if _, err := s.Send(t.Context(), scruple.Envelope{Message: "m"}); !errors.Is(err, c.err) {
			t.Errorf("error %v, want %v", err, c.err)
		}
		if got := len(s.Envelopes()); got != c.want {
			t.Errorf("after %v: %d envelopes, want %d", c.err, got, c.want)
		}
	}
}

func TestSenderURL(t *testing.T) {
	if _, err := openSender(t.Context(), &url.URL{Scheme: "memory", RawQuery: "x=1"}); err == nil {
		t.Error("an unknown option: no error")
	}
}
