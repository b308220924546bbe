// Package delivery turns a message into an envelope, a carrier's answer into the message's next state, and says when to try
// again. It is pure: the date, the jitter and the carrier's answer are passed in.
package delivery

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/scruple/scruple"
)

// The errors of Envelope that callers tell apart with errors.Is. Their text never repeats an address or a piece of copy.
var (
	// ErrAddress: an address is missing, malformed, or of a kind that cannot be reached. The message cannot be sent as it is.
	ErrAddress = errors.New("no usable address")
	// ErrHeader: a value meant for a header holds CR, LF, NUL or bytes that are not UTF-8.
	ErrHeader = errors.New("not fit for a header")
	// ErrBody: there is no body, or it is not UTF-8.
	ErrBody = errors.New("no usable body")
)

// Sender is who a message comes from. It is the house's own setting, the same for all messages of a campaign.
type Sender struct {
	// From is a bare mail address for e-mail; a number, sender name or account on other channels.
	From string
	// Name is shown beside From, in any script; empty shows the address alone. E-mail only.
	Name string
	// ReplyTo is a bare mail address; empty means From. E-mail only.
	ReplyTo string
	// Organization names the house (RFC 5322, section 3.6.8, as an optional field). E-mail only.
	Organization string
	// UnsubscribeMail is a bare mail address that takes opt-outs (RFC 2369, section 3.2); the token goes into the subject.
	UnsubscribeMail string
	// UnsubscribeURL is an https address that takes opt-outs by POST with one click (RFC 8058). "{token}" in it is replaced
	// by Token of the message.
	UnsubscribeURL string
}

// Envelope makes a message ready for a carrier. Equal arguments give equal bytes.
//
// For e-mail, Raw is the whole message in 7-bit RFC 5322 form, and From and To are bare addresses with the domain in
// ASCII, as SMTP wants them; date becomes the Date header and must not be zero. Mailbox names outside ASCII (RFC 6531)
// are an ErrAddress: too few servers take them.
//
// On every other channel the envelope is its fields, and its JSON form is what a carrier receives:
//
//	{"message":"…","channel":"sms","from":"…","to":"…","subject":"…","text":"…","html":"…","headers":{"unsubscribe":"https://…"}}
//
// with subject, html and headers left out when empty.
func Envelope(m *scruple.Message, s Sender, date time.Time) (scruple.Envelope, error) {
	e := scruple.Envelope{
		Message: m.ID, Channel: m.Channel, From: s.From, To: m.To, Subject: m.Subject, Text: m.Text, HTML: m.HTML,
	}
	err := checkContent(m)
	if err == nil && m.Channel == scruple.Email {
		err = fillMail(&e, s, date)
	} else if err == nil {
		err = fillFields(&e, s)
	}
	if err != nil {
		return scruple.Envelope{}, fmt.Errorf("envelope for message %s: %w", m.ID, err)
	}
	return e, nil
}

func checkContent(m *scruple.Message) error {
	switch {
	case m.ID == "":
		return errors.New("a message without an id cannot be sent: a carrier must be able to tell it from others")
	case m.Text == "" && m.HTML == "":
		return fmt.Errorf("%w: text and html are both empty", ErrBody)
	case !utf8.ValidString(m.Text) || !utf8.ValidString(m.HTML):
		return fmt.Errorf("%w: it is not UTF-8", ErrBody)
	}
	return nil
}

func fillFields(e *scruple.Envelope, s Sender) error {
	if e.To == "" {
		return fmt.Errorf("%w: the recipient has none on channel %s", ErrAddress, e.Channel)
	}
	err := errors.Join(plain("from", e.From), plain("to", e.To), plain("subject", e.Subject))
	if err != nil || s.UnsubscribeURL == "" {
		return err
	}
	link, err := unsubscribeURL(s.UnsubscribeURL, Token(e.Message))
	if err != nil {
		return err
	}
	e.Headers = map[string]string{"unsubscribe": link}
	return nil
}

// plain refuses what could end a header line and begin another, or reach a reader as broken characters.
func plain(field, value string) error {
	switch {
	case strings.ContainsAny(value, "\r\n\x00"):
		return fmt.Errorf("%s: %w: it holds a line break or a zero byte", field, ErrHeader)
	case !utf8.ValidString(value):
		return fmt.Errorf("%s: %w: it is not UTF-8", field, ErrHeader)
	}
	return nil
}
