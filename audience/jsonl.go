package audience

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// maxColumns bounds what a list of JSON objects can make us remember.
const maxColumns = 1000

// readJSONL reads one flat object a line. Exporters leave out empty fields, so the columns are known only at the end: a
// first pass collects the names, in alphabetical order, and a second one reads.
func readJSONL(src Source, l Layout, out emit) error {
	header, err := jsonColumns(src)
	if err != nil {
		return err
	}
	ck, err := newChecker(src.Name, header, l)
	if err != nil {
		return err
	}
	fields := make([]string, len(header))
	return eachObject(src, func(line int, object map[string]json.RawMessage, p problem) error {
		column := ""
		if p.code == "" {
			column, p = flat(object, header, fields)
		}
		if p.code != "" {
			return out(none, p.at(src.Name, line, column))
		}
		return out(ck.row(line, fields))
	})
}

func jsonColumns(src Source) ([]string, error) {
	seen, lines := map[string]bool{}, 0
	err := eachObject(src, func(line int, object map[string]json.RawMessage, p problem) error {
		lines++
		for name := range object {
			seen[name] = true
		}
		if len(seen) > maxColumns {
			return fmt.Errorf("line %d: more than %d different fields", line, maxColumns)
		}
		return nil
	})
	names := make([]string, 0, len(seen))
	for n := range seen {
		names = append(names, n)
	}
	slices.Sort(names)
	if err == nil && lines == 0 {
		err = fmt.Errorf("%w: it has no row", ErrEmpty)
	}
	if err == nil && len(names) == 0 {
		err = errors.New("no line holds a JSON object with fields; one object a line is expected")
	}
	return names, err
}

// eachObject calls f for every line that is not blank, with its object or with what is wrong with it. The object is
// reused.
func eachObject(src Source, f func(line int, object map[string]json.RawMessage, p problem) error) (err error) {
	t, err := openText(src)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	s, object := newScanner(t, maxRow), map[string]json.RawMessage{}
	for {
		text, size, err := s.peek()
		line, p := s.line, problem{}
		clear(object)
		switch {
		case errors.Is(err, errTooLong):
			s.skip()
			p = tooLong
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("line %d: %w", line, err)
		default:
			p = parseObject(text, &object)
			s.advance(size, 1)
			if len(bytes.TrimSpace(text)) == 0 {
				continue
			}
		}
		if err := f(line, object, p); err != nil {
			return err
		}
	}
}

func parseObject(text []byte, object *map[string]json.RawMessage) problem {
	if p := readable(text); p.code != "" {
		return p
	}
	err := json.Unmarshal(text, object)
	if err == nil && *object != nil {
		return problem{}
	}
	*object = map[string]json.RawMessage{}
	if bad := (*json.SyntaxError)(nil); errors.As(err, &bad) {
		return problem{BadRow, fmt.Sprintf("no JSON: byte %d: %v", bad.Offset, bad)}
	}
	return problem{BadRow, "no JSON object"}
}

// flat puts an object's fields in the order of the header.
func flat(object map[string]json.RawMessage, header, fields []string) (column string, _ problem) {
	for i, name := range header {
		v, p := jsonValue(object[name])
		if p.code != "" {
			return name, p
		}
		fields[i] = v
		delete(object, name)
	}
	for name := range object {
		return name, problem{BadRow, "a field that was not there when the list was first read"}
	}
	return "", problem{}
}

// jsonValue returns a string's text, a number or truth value as written, and "" for null and for a missing field.
func jsonValue(raw json.RawMessage) (string, problem) {
	switch {
	case len(raw) == 0 || raw[0] == 'n':
		return "", problem{}
	case raw[0] == '{' || raw[0] == '[':
		return "", problem{BadRow, "a nested value; fields hold text, numbers, true, false or null"}
	case raw[0] != '"':
		return string(raw), problem{}
	case bytes.IndexByte(raw, '\\') < 0:
		return string(raw[1 : len(raw)-1]), problem{}
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return "", problem{BadRow, "no JSON string"}
	}
	return s, readable([]byte(s))
}
