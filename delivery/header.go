package delivery

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/emersion/go-message"

	"github.com/scruple/scruple"
)

// mailHeader returns the header without what describes the body. e.From and e.To are checked bare addresses already.
func mailHeader(e *scruple.Envelope, s Sender, date time.Time) (message.Header, error) {
	var h message.Header
	err := errors.Join(plain("subject", e.Subject), plain("sender name", s.Name), plain("organization", s.Organization))
	if err != nil {
		return h, err
	}
	// Add puts each field before the earlier ones, hence last things first.
	if err := addUnsubscribe(&h, s, Token(e.Message)); err != nil {
		return h, err
	}
	add(&h, "Organization", text("Organization", s.Organization))
	if s.ReplyTo != "" {
		reply, err := address("reply-to", s.ReplyTo)
		if err != nil {
			return h, err
		}
		add(&h, "Reply-To", "<"+reply+">")
	}
	_, domain, _ := strings.Cut(e.From, "@")
	h.Add("Message-ID", MessageID(e.Message, domain))
	h.Add("Date", date.Format(mailDate))
	add(&h, "Subject", text("Subject", e.Subject))
	h.Add("To", "<"+e.To+">")
	h.Add("From", mailbox("From", s.Name, e.From))
	return h, nil
}

func add(h *message.Header, key, value string) {
	if value != "" {
		h.Add(key, value)
	}
}

// mailbox is a display name and address as RFC 5322, section 3.4 writes them.
func mailbox(key, name, addr string) string {
	switch {
	case name == "":
		return "<" + addr + ">"
	case simple(name):
		return (&mail.Address{Name: name, Address: addr}).String()
	default:
		return encoded(key, name) + " <" + addr + ">"
	}
}

// text is free text in a header: as it is when every mail program reads it so, otherwise in encoded words.
func text(key, s string) string {
	if s == "" || simple(s) {
		return s
	}
	return encoded(key, s)
}

// simple reports whether a value survives folding unencoded: printable ASCII in words of moderate length, single spaces
// between them, and nothing that looks like an encoded word.
func simple(s string) bool {
	word := 0
	for i := range len(s) {
		switch c := s[i]; {
		case c == ' ':
			if word == 0 {
				return false
			}
			word = 0
		case c < ' ' || c > '~' || word == 60:
			return false
		default:
			word++
		}
	}
	return word > 0 && !strings.Contains(s, "=?")
}

// encoded writes s in encoded words of RFC 2047, none longer than 75 bytes and no character cut in two. The first word is
// short enough to stand on one line of 76 with its key, which mime.WordEncoder does not take into account.
func encoded(key, s string) string {
	const before, after = "=?utf-8?b?", "?="
	room := 75 - len(key) - len(": ")
	var b strings.Builder
	for s != "" {
		n, most := 0, (room-len(before)-len(after))/4*3
		for n < len(s) {
			_, size := utf8.DecodeRuneInString(s[n:])
			if n+size > most {
				break
			}
			n += size
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(before + base64.StdEncoding.EncodeToString([]byte(s[:n])) + after)
		s, room = s[n:], 75
	}
	return b.String()
}

// addUnsubscribe adds the opt-out headers of RFC 2369 and, for an https address, the one-click promise of RFC 8058.
// The latter holds only once a DKIM signature covers both headers, which is the mail relay's part.
func addUnsubscribe(h *message.Header, s Sender, token string) error {
	var ways []string
	if s.UnsubscribeURL != "" {
		link, err := unsubscribeURL(s.UnsubscribeURL, token)
		if err != nil {
			return err
		}
		h.Add("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
		ways = append(ways, "<"+link+">")
	}
	if s.UnsubscribeMail != "" {
		addr, err := address("unsubscribe address", s.UnsubscribeMail)
		if err != nil {
			return err
		}
		to := url.URL{Scheme: "mailto", Opaque: url.PathEscape(addr), RawQuery: "subject=" + token}
		ways = append(ways, "<"+to.String()+">")
	}
	add(h, "List-Unsubscribe", strings.Join(ways, ", "))
	return nil
}

func unsubscribeURL(pattern, token string) (string, error) {
	if err := plain("unsubscribe URL", pattern); err != nil {
		return "", err
	}
	u, err := url.Parse(strings.ReplaceAll(pattern, "{token}", token))
	if err != nil || u.Scheme != "https" || u.Host == "" {
		return "", fmt.Errorf("unsubscribe URL: %w: want https://host/path, which one-click opt-out requires (RFC 8058)", ErrHeader)
	}
	link := u.String()
	if len(link) > plainLine || strings.ContainsAny(link, "<> ") || !ascii(link) {
		return "", fmt.Errorf("unsubscribe URL: %w: want at most %d ASCII characters, none of them a space or angle bracket",
			ErrHeader, plainLine)
	}
	return link, nil
}
