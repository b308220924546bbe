// Package smtp is the driver that hands mail to a relay by SMTP (RFC 5321), through emersion/go-smtp.
package smtp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"sync"
	"time"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/port"
)

// Register adds the schemes smtp (port 587, or as given) and smtps (TLS from the first byte, port 465):
//
//	smtp://user:password@host:587?starttls=require&timeout=30s
//
// Options, each at most once; an unknown one is an error:
//
//	starttls  require (the default), opportunistic (TLS when offered; a wrong certificate is still an error), or no (the
//	          default for a loopback host without user)
//	auth      plain or login; by default the better one that the server offers. Never over an unencrypted connection.
//	timeout   longest wait for each step until a message is handed over, 30s
//	answer    longest wait for the answer to a message handed over, 2m; past it the message is in doubt
//	conns     most connections at a time, 4; they are kept and used again
//	helo      the name by which we greet, by default that of this machine
//	ca        file of PEM certificates trusted beside those of the system
//	insecure  loopback hosts only: cert (trust any certificate) or auth (password over an unencrypted connection)
func Register(d *port.Drivers) {
	d.Sender("smtp", open)
	d.Sender("smtps", open)
}

// sender keeps at most cap(slots) connections. It connects when there is something to send, not before.
type sender struct {
	*config
	slots  chan struct{} // one token for each Send at work
	idle   chan *session // connections at rest
	closed chan struct{} // closed by Close
	leave  func()        // what Close does, once
}

func open(_ context.Context, u *url.URL) (port.Sender, error) {
	c, err := parse(u)
	if err != nil {
		return nil, err
	}
	s := &sender{
		config: c, slots: make(chan struct{}, c.conns), idle: make(chan *session, c.conns), closed: make(chan struct{}),
	}
	s.leave = sync.OnceFunc(s.shutDown)
	return s, nil
}

// Send implements port.Sender for envelopes that carry Raw. An answer of class 5 to MAIL, RCPT, DATA or the message is
// ErrRefused, one of class 4 ErrLater, and the receipt's Reason quotes it with the recipient's address left out. All that
// goes wrong before the end of the message is written is ErrLater: connection, TLS, authentication, the answers of RFC
// 4954 about our account, a cancelled context. What goes wrong after, and before a whole answer is read, is any other error.
//
// Cancelling the context ends a Send only while the message was not handed over; from then on Send waits for the answer,
// because giving up there would leave the message in doubt.
func (s *sender) Send(ctx context.Context, e scruple.Envelope) (scruple.Receipt, error) {
	r, err := s.send(ctx, &e)
	r.Message, r.At = e.Message, time.Now().UTC()
	if err != nil {
		return r, fmt.Errorf("smtp %s, message %s: %w", s.address, e.Message, err)
	}
	return r, nil
}

func (s *sender) send(ctx context.Context, e *scruple.Envelope) (scruple.Receipt, error) {
	if err := check(e); err != nil {
		return scruple.Receipt{State: scruple.Refused, Reason: err.Error()}, fmt.Errorf("%w: %w", port.ErrRefused, err)
	}
	if err := s.acquire(ctx); err != nil {
		return scruple.Receipt{}, later(err)
	}
	defer func() { <-s.slots }()
	c, err := s.begin(ctx, e)
	if err != nil {
		return answered(e, err)
	}
	r, err := c.deliver(ctx, e)
	s.keep(c)
	return r, err
}

func (s *sender) acquire(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case <-s.closed:
		return net.ErrClosed
	default:
	}
	select {
	case <-s.closed:
		return net.ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	case s.slots <- struct{}{}:
		return nil
	}
}

// begin returns a connection on which the server took the MAIL command. A kept connection that the server has closed
// meanwhile shows here, while nothing is at stake, and another takes its place.
func (s *sender) begin(ctx context.Context, e *scruple.Envelope) (*session, error) {
	for {
		select {
		case c := <-s.idle:
			err := c.mail(ctx, e)
			if err == nil {
				return c, nil
			}
			s.keep(c)
			if !c.broken {
				return nil, err
			}
			continue
		default:
		}
		c, err := s.dial(ctx)
		if err != nil {
			return nil, later(err)
		}
		if err := c.mail(ctx, e); err != nil {
			s.keep(c)
			return nil, err
		}
		return c, nil
	}
}

// keep puts a connection to rest, or closes it when it is of no more use.
func (s *sender) keep(c *session) {
	if c.broken {
		_ = c.client.Close()
		return
	}
	s.idle <- c // never full: there are no more connections than slots
}

// Close waits for the messages under way and then takes leave of the server. A Send after it is ErrLater. It may be called
// more than once and returns no error.
func (s *sender) Close() error {
	s.leave()
	return nil
}

// shutDown keeps the slots that it takes, so that no Send begins any more.
func (s *sender) shutDown() {
	close(s.closed)
	for range cap(s.slots) {
		s.slots <- struct{}{}
	}
	close(s.idle)
	for c := range s.idle {
		c.conn.step = min(c.conn.step, time.Second) // a courtesy to the server, not worth a long wait
		if c.client.Quit() != nil {
			_ = c.client.Close()
		}
	}
}

// check refuses what no server should see: an address that could smuggle a second argument into a command, or line ends
// that some server might read as the end of the message (a lone CR before a dot).
func check(e *scruple.Envelope) error {
	switch {
	case e.Message == "":
		return errors.New("the envelope names no message")
	case len(e.Raw) == 0:
		return fmt.Errorf("the envelope for channel %q holds no mail", e.Channel)
	case !word(e.From) || !word(e.To):
		return errors.New("want bare addresses in ASCII for from and to")
	case bytes.IndexByte(e.Raw, 0) >= 0 || bytes.Count(e.Raw, []byte("\r")) != bytes.Count(e.Raw, []byte("\r\n")):
		return errors.New("the mail holds a zero byte or a CR without LF")
	}
	return nil
}

// later marks an error of which it is certain that the server did not take the message.
func later(err error) error { return fmt.Errorf("%w: %w", port.ErrLater, err) }
