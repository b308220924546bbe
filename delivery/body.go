package delivery

import (
	"io"
	"strings"

	"github.com/emersion/go-message"
)

// plainLine is the longest line that is sent unencoded. RFC 5322 allows 998 bytes; relays that add a prefix need some room.
const plainLine = 900

// part is one body of a mail, its line ends already in the form of RFC 2045: CR LF.
type part struct {
	mediaType string
	encoding  string
	body      string
}

func newPart(mediaType, body string) part {
	body = canonical(body)
	return part{mediaType: mediaType, encoding: encodingFor(body), body: body}
}

func (p part) describe(h *message.Header) {
	h.Add("Content-Transfer-Encoding", p.encoding)
	h.SetContentType(p.mediaType, map[string]string{"charset": "utf-8"})
}

func (p part) write(w io.WriteCloser) error {
	if _, err := io.WriteString(w, p.body); err != nil {
		return err
	}
	return w.Close()
}

func canonical(s string) string {
	if strings.IndexByte(s, '\r') >= 0 {
		s = strings.ReplaceAll(s, "\r\n", "\n")
		s = strings.ReplaceAll(s, "\r", "\n")
	}
	return strings.ReplaceAll(s, "\n", "\r\n")
}

// encodingFor picks the encoding that keeps the body readable in transit at the least size: plain ASCII goes as it is,
// text with some foreign letters as quoted-printable, and text that is mostly foreign as base64. All three keep to 7 bits.
func encodingFor(body string) string {
	foreign, line, long := 0, 0, false
	for i := range len(body) {
		c := body[i]
		line++
		switch {
		case c == '\n':
			line = 0
		case c >= 0x7f, c < ' ' && c != '\t' && c != '\r':
			foreign++
		}
		long = long || line > plainLine
	}
	switch {
	case foreign == 0 && !long:
		return "7bit"
	case foreign*6 <= len(body):
		return "quoted-printable"
	default:
		return "base64"
	}
}
