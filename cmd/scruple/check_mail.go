package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // mail in GB18030, Big5, Latin-1 ...
	"github.com/emersion/go-message/mail"

	"github.com/scruple/scruple"
)

// readMail reads a mail (RFC 5322, MIME) as its recipient sees it: the subject, and the first plain and HTML body. Offsets of
// findings count from the decoded part, not from the file.
func readMail(name string, src []byte, m *scruple.Message) error {
	r, err := mail.CreateReader(bytes.NewReader(src))
	if err != nil && !message.IsUnknownCharset(err) {
		return fmt.Errorf("%s: %w; expected a mail as mail programs save it (.eml)", name, err)
	}
	m.Channel = scruple.Email
	if m.Subject, err = r.Header.Subject(); err != nil {
		return fmt.Errorf("%s: the subject cannot be read: %w", name, err)
	}
	for {
		part, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := mailPart(part, m); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	if m.Text == "" && m.HTML == "" {
		return fmt.Errorf("%s: the mail has no text and no HTML to check", name)
	}
	return nil
}

func mailPart(part *mail.Part, m *scruple.Message) error {
	h, ok := part.Header.(*mail.InlineHeader)
	if !ok { // an attachment
		return nil
	}
	kind, _, err := h.ContentType()
	if err != nil {
		return fmt.Errorf("a part without a content type that can be read: %w", err)
	}
	to := &m.Text
	switch strings.ToLower(kind) {
	case "text/html":
		to = &m.HTML
	case "text/plain", "":
	default:
		return nil
	}
	body, err := io.ReadAll(part.Body)
	if err == nil && *to == "" {
		*to = string(body)
	}
	return err
}
