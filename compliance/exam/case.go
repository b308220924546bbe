// Package exam measures a checker: it reads messages that people have labelled, lets the checker judge each, and counts what it
// missed and where it cried wolf. It is pure, and knows a checker only as a function.
package exam

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/scruple/scruple"
)

// Case is one line of a cases file: a message with the facts that it is judged against and, in an exam, how it should be
// judged. The format is stable: further keys of a line are ignored.
type Case struct {
	ID      string          `json:"id"`
	Market  scruple.Market  `json:"market"`
	Lang    string          `json:"lang"` // zh or en
	Channel scruple.Channel `json:"channel"`
	Product Product         `json:"product"`
	Subject string          `json:"subject"`
	Text    string          `json:"text"` // plain text, or HTML when it begins with a tag
	// Whole: false marks an excerpt, of which only what it says is judged. Left out: true.
	Whole bool `json:"whole"`
	// SendDate is the day on which the message is meant to leave; empty: the day of the exam.
	SendDate scruple.Date `json:"send_date"`

	Label   string   `json:"label"` // Violating, Compliant, or empty in a file that is no exam
	Kinds   []string `json:"kinds"`
	Trap    string   `json:"trap"`
	Hard    bool     `json:"hard"`
	Because string   `json:"because"`
	Pair    string   `json:"pair"` // the same for the two messages of a minimal pair

	File string `json:"-"`
	Line int    `json:"-"` // from 1
}

// The labels of a case. A checker is right when it holds or blocks what is violating, and passes what is compliant.
const (
	Violating = "violating"
	Compliant = "compliant"
)

// Product is an entry of a product master as far as a message needs it. Terms may hold numbers and truth values beside text.
type Product struct {
	Type   string         `json:"type"`
	Name   string         `json:"name"`
	Risk   string         `json:"risk"`
	Rates  []scruple.Rate `json:"rates"`
	Terms  map[string]any `json:"terms"`
	Status string         `json:"status"`
	From   scruple.Date   `json:"from"`
	To     scruple.Date   `json:"to"`
}

// maxLine bounds a line of a cases file, in bytes: a long mail with its markup.
const maxLine = 4 << 20

// Read reads a cases file: one JSON object on each line; empty lines are skipped. The error joins the faults of all lines, each
// with file, line and remedy.
func Read(file string, src io.Reader) ([]Case, error) {
	var out []Case
	var faults []error
	lines := bufio.NewScanner(src)
	lines.Buffer(nil, maxLine)
	for n := 1; lines.Scan(); n++ {
		raw := bytes.TrimSpace(lines.Bytes())
		if n == 1 {
			raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
		}
		if len(raw) == 0 {
			continue
		}
		c := Case{Whole: true, File: file, Line: n}
		err := json.Unmarshal(raw, &c)
		if err == nil {
			err = c.sound()
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("%s:%d: %w", file, n, err))
			continue
		}
		out = append(out, c)
	}
	if err := lines.Err(); err != nil {
		faults = append(faults, fmt.Errorf("%s: after line %d: %w; a line may have %d bytes", file, len(out), err, maxLine))
	}
	return out, errors.Join(faults...)
}

func (c *Case) sound() error {
	switch {
	case c.ID == "":
		return errors.New("the case has no id; give it one")
	case !slices.Contains(scruple.Markets(), c.Market):
		return fmt.Errorf("case %s: market %q: expected one of %v", c.ID, c.Market, scruple.Markets())
	case !slices.Contains(scruple.Channels(), c.Channel):
		return fmt.Errorf("case %s: channel %q: expected one of %v", c.ID, c.Channel, scruple.Channels())
	case c.Text == "" && c.Subject == "":
		return fmt.Errorf("case %s: neither text nor subject; give it a text", c.ID)
	case c.Label != "" && c.Label != Violating && c.Label != Compliant:
		return fmt.Errorf("case %s: label %q: expected %s or %s", c.ID, c.Label, Violating, Compliant)
	case c.SendDate != "" && !c.SendDate.Valid():
		return fmt.Errorf("case %s: send_date %q: expected a day such as 2026-11-22", c.ID, c.SendDate)
	}
	return nil
}

// Message returns the message of a case. Text that begins with a tag is HTML.
func (c *Case) Message() scruple.Message {
	m := scruple.Message{ID: c.ID, Market: c.Market, Channel: c.Channel, Locale: c.Lang, Subject: c.Subject, Excerpt: !c.Whole}
	if isHTML(c.Text) {
		m.HTML = c.Text
	} else {
		m.Text = c.Text
	}
	return m
}

func isHTML(text string) bool {
	s := strings.TrimSpace(text)
	return len(s) > 2 && s[0] == '<' && (s[1] == '!' || s[1]|0x20 >= 'a' && s[1]|0x20 <= 'z') && strings.Contains(s, ">")
}

// Facts returns what the checker is told beside the message: the product, and the day, which is the case's own send date (or its
// product's term send_date), else now.
func (c *Case) Facts(now time.Time) scruple.Facts {
	p := &scruple.Product{
		Market: c.Market, Type: c.Product.Type, Name: c.Product.Name, Risk: c.Product.Risk, Rates: c.Product.Rates,
		Status: c.Product.Status, From: c.Product.From, To: c.Product.To,
	}
	for k, v := range c.Product.Terms {
		if p.Terms == nil {
			p.Terms = make(map[string]string, len(c.Product.Terms))
		}
		p.Terms[k] = termText(v)
	}
	f := scruple.Facts{Now: now, Product: p}
	if p.Type == "" {
		f.Product = nil
	}
	day := string(c.SendDate)
	if day == "" {
		day = p.Terms["send_date"]
	}
	if due, err := time.Parse(time.DateOnly, day); err == nil {
		f.Due = due
	}
	return f
}

func termText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case nil:
		return ""
	case bool, float64:
		return fmt.Sprint(v)
	}
	b, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(b)
}
