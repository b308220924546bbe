package smtp

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode"

	smtplib "github.com/emersion/go-smtp"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/port"
)

// session is one connection that was greeted, secured and authenticated.
type session struct {
	client *smtplib.Client
	conn   *timedConn
	dirty  bool // a transaction was begun and not completed: RSET before the next
	broken bool // not to be used again
}

// mail opens a transaction. Its error is a *smtplib.SMTPError when the server answered no.
func (c *session) mail(ctx context.Context, e *scruple.Envelope) error {
	defer c.closeOn(ctx)()
	if c.dirty {
		if err := c.noted(c.client.Reset()); err != nil {
			c.broken = true
			return err
		}
	}
	c.dirty = true
	return c.noted(c.client.Mail(e.From, &smtplib.MailOptions{Size: int64(len(e.Raw))}))
}

// deliver takes an open transaction to its end.
func (c *session) deliver(ctx context.Context, e *scruple.Envelope) (scruple.Receipt, error) {
	stop := c.closeOn(ctx)
	defer stop()
	if err := c.noted(c.client.Rcpt(e.To, nil)); err != nil {
		return answered(e, err)
	}
	data, err := c.client.Data()
	if c.noted(err) != nil {
		return answered(e, err)
	}
	if _, err := data.Write(e.Raw); err != nil {
		c.broken = true // without the final dot: the server drops what it got
		return answered(e, err)
	}
	if !stop() {
		c.broken = true
		return answered(e, ctx.Err())
	}
	return c.finish(e, data)
}

// finish writes the final dot. From here on only the server's whole answer says what became of the message.
func (c *session) finish(e *scruple.Envelope, data *smtplib.DataCommand) (scruple.Receipt, error) {
	c.conn.handedOver = true
	answer, err := data.CloseWithResponse()
	c.conn.handedOver = false
	var said *smtplib.SMTPError
	switch {
	case err == nil:
		c.dirty = false
		return scruple.Receipt{State: scruple.Sent, Reason: clean("250 "+answer.StatusText, e.To)}, nil
	case c.noted(err) != nil && errors.As(err, &said) && said.Code >= 400 && said.Code <= 599:
		return answered(e, err)
	case said != nil && said.Code/100 == 2:
		return scruple.Receipt{State: scruple.Sent, Reason: words(said, e.To)}, nil
	}
	c.broken = true
	return scruple.Receipt{}, fmt.Errorf("handed over, but the answer is missing: %w", err)
}

// closeOn closes the connection when the context ends, which is the one way to wake a read or write. The returned function
// ends the watch and reports whether that came first; it may be called again.
func (c *session) closeOn(ctx context.Context) func() bool {
	stop := context.AfterFunc(ctx, func() { _ = c.conn.Close() })
	ended := false
	return func() bool {
		ended = ended || stop()
		return ended
	}
}

// noted remembers when an error ends the usefulness of the connection: anything but a server's plain no. 421 announces
// that the server closes it.
func (c *session) noted(err error) error {
	var said *smtplib.SMTPError
	if err != nil && (!errors.As(err, &said) || said.Code == 421 || said.Code < 400 || said.Code > 599) {
		c.broken = true
	}
	return err
}

// answered makes the receipt and error for a message that the server certainly did not take.
func answered(e *scruple.Envelope, err error) (scruple.Receipt, error) {
	var said *smtplib.SMTPError
	switch {
	case errors.Is(err, port.ErrLater): // no connection, whatever the server said to that
		return scruple.Receipt{Reason: clean(err.Error(), e.To)}, err
	case !errors.As(err, &said):
		return scruple.Receipt{Reason: clean(err.Error(), e.To)}, later(err)
	}
	reason := words(said, e.To)
	if said.Code >= 500 && said.Code <= 599 && !aboutUs(said.Code) {
		return scruple.Receipt{State: scruple.Refused, Reason: reason}, fmt.Errorf("%w: %s", port.ErrRefused, reason)
	}
	return scruple.Receipt{Reason: reason}, fmt.Errorf("%w: %s", port.ErrLater, reason)
}

// aboutUs reports the codes of RFC 4954, section 6, that concern our account: a campaign must not be lost to an expired
// password.
func aboutUs(code int) bool { return code == 530 || code == 534 || code == 535 || code == 538 }

func words(said *smtplib.SMTPError, to string) string {
	status := ""
	if said.EnhancedCode != (smtplib.EnhancedCode{}) {
		status = fmt.Sprintf("%d.%d.%d ", said.EnhancedCode[0], said.EnhancedCode[1], said.EnhancedCode[2])
	}
	return clean(fmt.Sprintf("%03d %s%s", said.Code, status, said.Message), to)
}

// clean makes a server's words fit for a record: one line, printable, of bounded length, and without the address.
func clean(s, to string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, " "))
	for _, form := range []string{to, strings.ToLower(to)} {
		s = strings.ReplaceAll(s, form, "recipient")
	}
	s = strings.Join(strings.Fields(s), " ")
	const most = 500
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "")
	}
	return s
}
