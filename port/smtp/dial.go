package smtp

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/emersion/go-sasl"
	smtplib "github.com/emersion/go-smtp"
)

// timedConn bounds each read and write by itself. The library sets deadlines for commands but none while a message's body
// is written, so its own are ignored.
type timedConn struct {
	net.Conn
	step, answer time.Duration
	handedOver   bool // the final dot is out: wait for the answer
}

func (c *timedConn) Read(b []byte) (int, error) {
	limit := c.step
	if c.handedOver {
		limit = c.answer
	}
	if err := c.SetReadDeadline(time.Now().Add(limit)); err != nil {
		return 0, err
	}
	return c.Conn.Read(b)
}

func (c *timedConn) Write(b []byte) (int, error) {
	if err := c.SetWriteDeadline(time.Now().Add(c.step)); err != nil {
		return 0, err
	}
	return c.Conn.Write(b)
}

// SetDeadline does nothing; see timedConn.
func (c *timedConn) SetDeadline(time.Time) error { return nil }

// dial returns a session that is ready for mail, or an error after which no connection is left.
func (s *sender) dial(ctx context.Context) (*session, error) {
	starttls := s.starttls == "require"
	if s.starttls == "opportunistic" {
		// The library decides about STARTTLS before it shows what the server offers, so a first connection asks.
		c, err := s.connect(ctx, false)
		if err != nil {
			return nil, err
		}
		if starttls, _ = c.client.Extension("STARTTLS"); !starttls {
			return s.authenticate(ctx, c)
		}
		_ = c.client.Close()
	}
	c, err := s.connect(ctx, starttls)
	if err != nil {
		return nil, err
	}
	return s.authenticate(ctx, c)
}

func (s *sender) connect(ctx context.Context, starttls bool) (*session, error) {
	raw, err := (&net.Dialer{Timeout: s.step}).DialContext(ctx, "tcp", s.address)
	if err != nil {
		return nil, err
	}
	c := &session{conn: &timedConn{Conn: raw, step: s.step, answer: s.answer}}
	defer c.closeOn(ctx)()
	switch {
	case s.implicit:
		c.client = smtplib.NewClient(tls.Client(c.conn, s.tls))
	case starttls:
		if c.client, err = smtplib.NewClientStartTLS(c.conn, s.tls); err != nil {
			return nil, err
		}
	default:
		c.client = smtplib.NewClient(c.conn)
	}
	if err := c.client.Hello(s.helo); err != nil {
		_ = c.client.Close()
		return nil, err
	}
	return c, nil
}

func (s *sender) authenticate(ctx context.Context, c *session) (*session, error) {
	if s.user == "" {
		return c, nil
	}
	defer c.closeOn(ctx)()
	if err := s.logIn(c.client); err != nil {
		_ = c.client.Close()
		return nil, err
	}
	return c, nil
}

func (s *sender) logIn(c *smtplib.Client) error {
	if _, secure := c.TLSConnectionState(); !secure && !s.openAuth {
		return errors.New("the connection is not encrypted, so the password was not sent")
	}
	var err error
	switch {
	case s.auth != "login" && c.SupportsAuth(sasl.Plain):
		err = c.Auth(sasl.NewPlainClient("", s.user, s.password))
	case s.auth != "plain" && c.SupportsAuth(sasl.Login):
		err = c.Auth(sasl.NewLoginClient(s.user, s.password))
	default:
		return errors.New("the server offers no authentication that we may use (PLAIN or LOGIN)")
	}
	if err != nil {
		return fmt.Errorf("authentication: %w", err)
	}
	return nil
}
