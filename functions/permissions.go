package functions

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/scruple/scruple"
)

// Permissions reads a CSV file of consents or suppressions, told apart by its columns: one with the column action holds
// consents, one with reason suppressions. Errors name file, line and remedy, and end the sequence: evidence is brought in
// whole, up to the line that is wrong, and importing the mended file again adds the rest.
func Permissions(file string, r io.Reader) iter.Seq2[Permission, error] {
	return func(yield func(Permission, error) bool) {
		in := csv.NewReader(r)
		in.ReuseRecord = true
		header, err := in.Read()
		if err != nil {
			yield(Permission{}, fmt.Errorf("%s: no header row: %w", file, err))
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
				err = fmt.Errorf("%s: %w", file, err)
			}
			if !yield(p, err) || err != nil {
				return
			}
		}
	}
}

type permissionHeader map[string]int

func permissionColumns(file string, header []string) (permissionHeader, error) {
	known := []string{"customer_id", "purpose", "channel", "action", "source", "wording", "at", "expires", "reason"}
	cols := permissionHeader{}
	for i, name := range header {
		name = strings.TrimSpace(strings.TrimPrefix(name, "\ufeff"))
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
		return nil, fmt.Errorf("%s:1: expected a column action (a file of consents) or a column reason (a file of suppressions)", file)
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
