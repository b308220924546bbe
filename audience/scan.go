package audience

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf8"
)

// errTooLong says that the next line is longer than a scanner's bound; skip passes over it.
var errTooLong = errors.New("line too long")

// scanner cuts a stream into physical lines from one buffer of bounded size, so that a line without end costs nothing.
type scanner struct {
	r        io.Reader
	max      int // longest line, in bytes
	buf      []byte
	pos, end int
	err      error // of the reader, once met; what was read before it is still given out
	line     int   // number of the next line, from 1
}

func newScanner(r io.Reader, bound int) scanner {
	return scanner{r: r, max: bound, buf: make([]byte, min(bound, maxRow)), line: 1}
}

// more makes the window longer. The buffer fills up first and then doubles, never beyond what a row of max bytes needs.
func (s *scanner) more() {
	if s.pos == 0 && s.end == len(s.buf) {
		s.buf = append(s.buf, make([]byte, len(s.buf))...)
	}
	s.end = copy(s.buf, s.buf[s.pos:s.end])
	s.pos = 0
	for idle := 0; s.end < len(s.buf) && s.err == nil; idle++ {
		n, err := s.r.Read(s.buf[s.end:])
		s.end, s.err = s.end+n, err
		if n > 0 {
			idle = 0
		} else if err == nil && idle > 100 {
			s.err = io.ErrNoProgress
		}
	}
}

// window returns what is buffered, and whether more of it can be had and would be of use.
func (s *scanner) window() (w []byte, growing bool) {
	w = s.buf[s.pos:s.end]
	return w, len(w) <= s.max && s.err == nil
}

// peek returns the next line without its end (LF or CRLF) and the bytes it takes with it. Its errors are errTooLong,
// io.EOF and those of the reader; a last line that the reader broke off is not given out.
func (s *scanner) peek() (line []byte, size int, err error) {
	w, growing := s.window()
	i := bytes.IndexByte(w, '\n')
	for i < 0 && growing {
		s.more()
		w, growing = s.window()
		i = bytes.IndexByte(w, '\n')
	}
	switch {
	case i > s.max || i < 0 && len(w) > s.max:
		return nil, 0, errTooLong
	case i >= 0:
		line, size = w[:i], i+1
	case len(w) == 0 || !errors.Is(s.err, io.EOF):
		return nil, 0, s.err
	default:
		line, size = w, len(w)
	}
	return bytes.TrimSuffix(line, []byte{'\r'}), size, nil
}

// advance passes over bytes of the window that hold so many line ends.
func (s *scanner) advance(size, lines int) { s.pos, s.line = s.pos+size, s.line+lines }

// skip passes over the rest of the line without keeping it.
func (s *scanner) skip() {
	for {
		w := s.buf[s.pos:s.end]
		if i := bytes.IndexByte(w, '\n'); i >= 0 {
			s.advance(i+1, 1)
			return
		}
		s.pos = s.end
		if s.err != nil {
			return
		}
		s.more()
	}
}

// readable tells text from bytes that are none.
func readable(b []byte) problem {
	switch {
	case bytes.IndexByte(b, 0) >= 0:
		return zeroByte
	case !utf8.Valid(b):
		return notText
	case bytes.Contains(b, []byte("\uFFFD")):
		return lostText
	}
	return problem{}
}
