package audience

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

// csvScanner splits RFC 4180 rows. It stands in for encoding/csv, which neither bounds a row nor finds back after a quote
// that is never closed: it would take the rest of the file for one field. Here such a quote costs the line it is on, and
// reading resumes at the next one; a quoted field over several lines is legal as long as the row keeps its bound.
type csvScanner struct {
	scanner
	delim byte
	text  []byte // the row's fields, unquoted; valid until the next row
	spans []span // where the fields lie in text
	quote []byte // room for text of rows with quotes
}

type span struct{ from, to int }

// next finds the next row and returns the line on which it starts. A *RowError (without a file) means that this row is
// lost; any other error ends the list, io.EOF at its end. Blank lines are passed over.
func (c *csvScanner) next() (int, error) {
	for {
		line, size, err := c.peek()
		start := c.line
		switch {
		case errors.Is(err, errTooLong):
			c.skip()
			return start, tooLong.at("", start, "")
		case err != nil:
			return start, err
		case len(line) == 0:
			c.advance(size, 1)
			continue
		case bytes.IndexByte(line, '"') < 0:
			c.split(line)
			c.advance(size, 1)
		default:
			if reason := c.unquote(); reason != "" {
				c.advance(size, 1)
				return start, problem{BadRow, reason}.at("", start, "")
			}
		}
		if p := readable(c.text); p.code != "" {
			return start, p.at("", start, "")
		}
		return start, nil
	}
}

// split parts a line that has no quote.
func (c *csvScanner) split(line []byte) {
	c.text, c.spans = line, c.spans[:0]
	from := 0
	for {
		i := bytes.IndexByte(line[from:], c.delim)
		if i < 0 {
			c.spans = append(c.spans, span{from, len(line)})
			return
		}
		c.spans = append(c.spans, span{from, from + i})
		from += i + 1
	}
}

// unquote parts a row that has quotes and passes over it. It returns a reason, and stays where it is, when it cannot.
func (c *csvScanner) unquote() (reason string) {
	w, size, growing := []byte(nil), 0, true
	for growing && size == len(w) {
		if w != nil {
			c.more()
		}
		w, growing = c.window()
		size, reason = c.parse(w)
	}
	if len(bytes.TrimSuffix(w[:size], []byte{'\n'})) > c.max {
		return "a quote is not closed within 64 KiB"
	}
	if reason == "" {
		c.text = c.quote
		c.advance(size, max(1, bytes.Count(w[:size], []byte{'\n'})))
	}
	return reason
}

// parse unquotes the row at the start of w and returns how much of w it looked at: the row with its line end if there is no
// reason against it. All of w means that a longer w can tell something else.
func (c *csvScanner) parse(w []byte) (size int, reason string) {
	c.quote, c.spans = c.quote[:0], c.spans[:0]
	for i := 0; ; i++ {
		from := len(c.quote)
		if i, reason = c.field(w, i); reason != "" {
			return i, reason
		}
		c.spans = append(c.spans, span{from, len(c.quote)})
		if i < len(w) && w[i] == c.delim {
			continue
		}
		size, ok := lineEnd(w, i)
		if !ok {
			return size, "text follows a closing quote"
		}
		return size, ""
	}
}

// lineEnd returns the position behind the line end at i, which may be the end of the input.
func lineEnd(w []byte, i int) (int, bool) {
	if i < len(w) && w[i] == '\r' {
		i++
		if i < len(w) && w[i] != '\n' {
			return i, false
		}
	}
	if i >= len(w) {
		return len(w), true
	}
	return i + 1, w[i] == '\n'
}

// field unquotes the field that starts at i and returns the position behind it.
func (c *csvScanner) field(w []byte, i int) (int, string) {
	if i < len(w) && w[i] == '"' {
		return c.quoted(w, i+1)
	}
	end := i
	for end < len(w) && w[end] != c.delim && w[end] != '\n' {
		if w[end] == '"' {
			return end, "a quote inside a field that does not begin with one"
		}
		end++
	}
	if (end == len(w) || w[end] == '\n') && end > i && w[end-1] == '\r' {
		end--
	}
	c.quote = append(c.quote, w[i:end]...)
	return end, ""
}

func (c *csvScanner) quoted(w []byte, i int) (int, string) {
	for {
		n := bytes.IndexByte(w[i:], '"')
		if n < 0 {
			return len(w), "a quote is not closed"
		}
		c.quote = append(c.quote, w[i:i+n]...)
		i += n + 1
		if i == len(w) || w[i] != '"' {
			return i, ""
		}
		c.quote = append(c.quote, '"')
		i++
	}
}

// values appends the row's fields to dst. They share one string.
func (c *csvScanner) values(dst []string) []string {
	s := string(c.text)
	for _, sp := range c.spans {
		dst = append(dst, s[sp.from:sp.to])
	}
	return dst
}

func readCSV(src Source, l Layout, out emit) (err error) {
	delim, err := src.delimiter()
	if err != nil {
		return err
	}
	t, err := openText(src)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	c := csvScanner{scanner: newScanner(t, maxRow), delim: delim}
	header, err := c.header()
	if err != nil {
		return err
	}
	ck, err := newChecker(src.Name, header, l)
	if err != nil {
		return err
	}
	return c.rows(ck, out)
}

func (c *csvScanner) header() ([]string, error) {
	line, err := c.next()
	switch bad := (*RowError)(nil); {
	case errors.Is(err, io.EOF):
		return nil, fmt.Errorf("%w: it has no header", ErrEmpty)
	case errors.As(err, &bad) && bad.Code == BadEncoding:
		return nil, fmt.Errorf("line %d: the header holds %s; if the file is GB18030, declare it", line, bad.Reason)
	case errors.As(err, &bad):
		return nil, fmt.Errorf("line %d: the header cannot be read: %s", line, bad.Reason)
	}
	return c.values(nil), err
}

func (c *csvScanner) rows(ck *checker, out emit) error {
	var fields []string
	for {
		line, err := c.next()
		bad, isBad := err.(*RowError) // never wrapped: it comes straight from next
		switch {
		case err == io.EOF:
			return nil
		case isBad:
			bad.File = ck.file
			err = out(none, bad)
		case err != nil:
			return fmt.Errorf("line %d: %w", line, err)
		default:
			fields = c.values(fields[:0])
			err = out(ck.row(line, fields))
		}
		if err != nil {
			return err
		}
	}
}

func (s Source) delimiter() (byte, error) {
	d := s.Delimiter
	if d == 0 && strings.HasSuffix(strings.TrimSuffix(strings.ToLower(s.Name), ".gz"), ".tsv") {
		return '\t', nil
	}
	switch {
	case d == 0:
		return ',', nil
	case d > 0x7e || d == '"' || d < ' ' && d != '\t':
		return 0, fmt.Errorf("delimiter %q: it must be one ASCII character, and no quote or line end", d)
	}
	return byte(d), nil
}
