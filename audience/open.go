package audience

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/transform"
)

// text is an opened list as UTF-8 without byte order mark.
type text struct {
	io.Reader
	file io.Closer
}

func (t *text) Close() error { return t.file.Close() }

func openText(src Source) (*text, error) {
	gb, err := src.gb18030()
	if err != nil {
		return nil, err
	}
	file, err := src.Open(0, -1)
	if err != nil {
		return nil, err
	}
	r, err := unpack(file)
	if err == nil {
		r, err = decode(r, gb)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &text{Reader: r, file: file}, nil
}

func (s Source) gb18030() (bool, error) {
	switch strings.ToLower(s.Encoding) {
	case "", "utf-8", "utf8":
		return false, nil
	case "gb18030", "gbk", "gb2312":
		return true, nil
	}
	return false, fmt.Errorf("unknown encoding %q: utf-8 and gb18030 are read", s.Encoding)
}

// unpack undoes gzip, which it knows by its first two bytes (RFC 1952, 2.3.1), whatever the file is called.
func unpack(file io.Reader) (*bufio.Reader, error) {
	r := bufio.NewReaderSize(file, maxRow)
	if head, _ := r.Peek(2); !bytes.Equal(head, []byte{0x1f, 0x8b}) {
		return r, nil
	}
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, fmt.Errorf("gzip: %w", err)
	}
	return bufio.NewReaderSize(z, maxRow), nil
}

// decode looks at the byte order mark (Unicode 16, 23.8) and returns the text that follows it as UTF-8.
func decode(r *bufio.Reader, gb bool) (*bufio.Reader, error) {
	head, _ := r.Peek(4)
	switch {
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}), bytes.HasPrefix(head, []byte{0xfe, 0xff}), bytes.HasPrefix(head, []byte{0, 0, 0xfe, 0xff}):
		return nil, errors.New("the file is UTF-16 or UTF-32 (its byte order mark says so); save it as UTF-8 or GB18030")
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		if gb {
			return nil, errors.New("the file is declared as GB18030, but its byte order mark says UTF-8; declare utf-8")
		}
		_, err := r.Discard(3)
		return r, err
	case !gb:
		return r, nil
	}
	if bytes.Equal(head, []byte{0x84, 0x31, 0x95, 0x33}) {
		if _, err := r.Discard(4); err != nil {
			return nil, err
		}
	}
	return bufio.NewReaderSize(transform.NewReader(r, simplifiedchinese.GB18030.NewDecoder()), maxRow), nil
}
