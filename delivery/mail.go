package delivery

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"time"

	"github.com/emersion/go-message"

	"github.com/scruple/scruple"
)

// mailDate is the date of RFC 5322, section 3.3.
const mailDate = "Mon, 02 Jan 2006 15:04:05 -0700"

// Token is the name by which the outside world knows a message: 32 hexadecimal digits of a hash of its id. The id cannot
// be computed from it; who knows an id can compute its token, so a token proves nothing about who presents it.
func Token(id string) string {
	sum := sha256.Sum256([]byte("scruple message token\x00" + id))
	return hex.EncodeToString(sum[:16])
}

// MessageID returns the Message-ID header (RFC 5322, section 3.6.4) of a message, with its angle brackets. The same
// message has the same one however often it is built, so that a mailbox can tell a repetition.
func MessageID(id, domain string) string { return "<" + Token(id) + "@" + domain + ">" }

func fillMail(e *scruple.Envelope, s Sender, date time.Time) error {
	if date.IsZero() {
		return errors.New("the date is missing")
	}
	var err error
	if e.From, err = address("from", s.From); err != nil {
		return err
	}
	if e.To, err = address("to", e.To); err != nil {
		return err
	}
	header, err := mailHeader(e, s, date)
	if err != nil {
		return err
	}
	e.Raw, err = mailBody(header, e)
	return err
}

// mailBody writes text and HTML as alternatives (RFC 2046, section 5.1.4), the preferred one last; one alone stands by itself.
func mailBody(header message.Header, e *scruple.Envelope) ([]byte, error) {
	var b bytes.Buffer
	b.Grow(1024 + 2*len(e.Text) + 2*len(e.HTML))
	var err error
	switch {
	case e.HTML == "":
		err = writeSingle(&b, header, newPart("text/plain", e.Text))
	case e.Text == "":
		err = writeSingle(&b, header, newPart("text/html", e.HTML))
	default:
		header.SetContentType("multipart/alternative", map[string]string{"boundary": boundary(e)})
		err = writeAll(&b, header, newPart("text/plain", e.Text), newPart("text/html", e.HTML))
	}
	return b.Bytes(), err
}

func writeSingle(to io.Writer, header message.Header, p part) error {
	p.describe(&header)
	w, err := message.CreateWriter(to, header)
	if err != nil {
		return err
	}
	return p.write(w)
}

func writeAll(to io.Writer, header message.Header, parts ...part) error {
	w, err := message.CreateWriter(to, header)
	if err != nil {
		return err
	}
	for _, p := range parts {
		var h message.Header
		p.describe(&h)
		pw, err := w.CreatePart(h)
		if err != nil {
			return err
		}
		if err := p.write(pw); err != nil {
			return err
		}
	}
	return w.Close()
}

// boundary depends on the bodies, so that no body can hold it and the same message is always the same bytes.
func boundary(e *scruple.Envelope) string {
	h := sha256.New()
	for _, s := range []string{e.Message, e.Text, e.HTML} {
		_, _ = io.WriteString(h, s)
		_, _ = h.Write([]byte{0})
	}
	return "=_" + hex.EncodeToString(h.Sum(nil)[:16])
}
