package functions

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/scruple/scruple"
)

// Permissions reads a CSV file (UTF-8) of consents or suppressions, told apart by its columns: one with the column action
// holds consents, one with reason suppressions. Errors name file, line and remedy, and end the sequence. To bring in all of
// a file or nothing, go through it once before anything is recorded.
func Permissions(file string, r io.Reader) iter.Seq2[Permission, error] {
	return func(yield func(Permission, error) bool) {
		in := csv.NewReader(&boundedLines{r: r})
		in.ReuseRecord = true
		header, err := in.Read()
		if errors.Is(err, io.EOF) {
			err = fmt.Errorf("%s: the file is empty; expected a header row such as customer_id,channel,action,at,source", file)
		} else if err != nil {
			err = csvFault(file, err)
		}
		if err != nil {
			yield(Permission{}, err)
			return
		}
		cols, err := permissionColumns(file, slices.Clone(header))
		if err != nil {
			yield(Permission{}, err)
			return
		}
		for {
			row, err := in.Read()
			if errors.Is(err, io.EOF) {
				return
			}
			var p Permission
			if err == nil {
				line, _ := in.FieldPos(0)
				if p, err = cols.permission(row); err != nil {
					err = fmt.Errorf("%s:%d: %w", file, line, err)
				}
			} else {
				err = csvFault(file, err)
			}
			if !yield(p, err) || err != nil {
				return
			}
		}
	}
}

// csvFault puts a fault of the CSV itself in the form that all other faults of a file have.
func csvFault(file string, err error) error {
	var bad *csv.ParseError
	switch {
	case !errors.As(err, &bad):
		return fmt.Errorf("%s: %w", file, err)
	case errors.Is(err, csv.ErrFieldCount):
		return fmt.Errorf("%s:%d: the row has more or fewer fields than the header", file, bad.Line)
	}
	return fmt.Errorf("%s:%d: %w; mend the quotes of the row that begins on line %d", file, bad.Line, bad.Err, bad.StartLine)
}

// longestLine bounds a line of evidence in bytes; no honest one comes near it, and it keeps memory small on any file.
const longestLine = 64 << 10

// boundedLines fails on a line that is too long before it is read whole.
type boundedLines struct {
	r       io.Reader
	line, n int // line ends so far, and bytes since the last
}

func (b *boundedLines) Read(p []byte) (int, error) {
	got, err := b.r.Read(p[:min(len(p), longestLine)])
	b.line += bytes.Count(p[:got], []byte{'\n'})
	if i := bytes.LastIndexByte(p[:got], '\n'); i >= 0 {
		b.n = got - i - 1
	} else {
		b.n += got
	}
	if b.n > longestLine {
		return 0, fmt.Errorf("line %d is longer than 64 KiB; is it the right file?", b.line+1)
	}
	return got, err
}

type permissionHeader map[string]int

func permissionColumns(file string, header []string) (permissionHeader, error) {
	known := []string{"customer_id", "purpose", "channel", "action", "source", "wording", "at", "expires", "reason"}
	cols := permissionHeader{}
	for i, name := range header {
		name = strings.TrimSpace(strings.TrimPrefix(name, "\ufeff"))
		if !utf8.ValidString(name) {
			return nil, fmt.Errorf("%s:1: the header is not valid UTF-8; save the file as UTF-8", file)
		}
		if !slices.Contains(known, name) {
			return nil, fmt.Errorf("%s:1: %s", file, unknownWord("column", name, known))
		}
		cols[name] = i
	}
	_, action := cols["action"]
	_, reason := cols["reason"]
	for _, name := range []string{"customer_id", "at", "source"} {
		if _, ok := cols[name]; !ok {
			return nil, fmt.Errorf("%s:1: the column %s is missing", file, name)
		}
	}
	if action == reason {
		return nil, fmt.Errorf("%s:1: expected either a column action (a file of consents) or a column reason (a file of suppressions)", file)
	}
	return cols, nil
}

func (c permissionHeader) get(row []string, name string) string {
	if i, ok := c[name]; ok && i < len(row) {
		return strings.Clone(strings.TrimSpace(row[i]))
	}
	return ""
}

func (c permissionHeader) permission(row []string) (Permission, error) {
	p := Permission{Customer: c.get(row, "customer_id")}
	at, err := time.Parse(time.RFC3339, c.get(row, "at"))
	channel := scruple.Channel(c.get(row, "channel"))
	switch {
	case slices.ContainsFunc(row, func(v string) bool { return !utf8.ValidString(v) }):
		return p, errors.New("the row is not valid UTF-8; save the file as UTF-8")
	case p.Customer == "":
		return p, errors.New("customer_id is empty")
	case err != nil:
		return p, fmt.Errorf("at is %q; expected a moment such as 2026-01-31T09:00:00+08:00", c.get(row, "at"))
	case channel != "" && !slices.Contains(scruple.Channels(), channel):
		return p, errors.New(unknownWord("channel", string(channel), scruple.Channels()))
	}
	if _, ok := c["reason"]; ok {
		p.Suppression = &scruple.Suppression{Channel: channel, Reason: c.get(row, "reason"), Source: c.get(row, "source"), At: at}
		if p.Suppression.Reason == "" {
			return p, errors.New("reason is empty")
		}
		return p, nil
	}
	e := &scruple.ConsentEvent{
		Purpose: c.get(row, "purpose"), Channel: channel, Action: c.get(row, "action"), Source: c.get(row, "source"),
		Wording: c.get(row, "wording"), At: at,
	}
	if e.Purpose == "" {
		e.Purpose = "marketing"
	}
	if e.Action != "grant" && e.Action != "withdraw" {
		return p, errors.New(unknownWord("action", e.Action, []string{"grant", "withdraw"}))
	}
	if s := c.get(row, "expires"); s != "" {
		if e.Expires, err = time.Parse(time.RFC3339, s); err != nil {
			return p, fmt.Errorf("expires is %q; expected a moment such as 2028-01-31T09:00:00+08:00", s)
		}
	}
	p.Consent = e
	return p, nil
}
