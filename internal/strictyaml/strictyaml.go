// Package strictyaml reads YAML files that people write: rules, campaigns, front matter, configuration. A key that nobody
// knows is an error, and every error names file, line and column, shows the place, and says what was expected.
package strictyaml

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Error is a fault at one place of a YAML file.
type Error struct {
	File         string
	Line, Column int // from 1; 0 when the file as a whole is meant
	Message      string
	Excerpt      string // the lines around the place, with line numbers; may be empty
}

// Error gives "file:line:column: message" and the excerpt below it.
func (e *Error) Error() string {
	place := e.File
	if e.Line > 0 {
		place = fmt.Sprintf("%s:%d:%d", e.File, e.Line, e.Column)
	}
	if e.Excerpt == "" {
		return place + ": " + e.Message
	}
	return place + ": " + e.Message + "\n" + e.Excerpt
}

// Decode reads one YAML document into v, a pointer to a struct with yaml tags. Unknown and repeated keys, wrong types and
// an empty file are errors of type *Error.
func Decode(file string, src []byte, v any) error {
	if err := checkUTF8(file, src); err != nil {
		return err
	}
	err := yaml.NewDecoder(bytes.NewReader(src), yaml.Strict()).Decode(v)
	if err == nil {
		return nil
	}
	if errors.Is(err, io.EOF) {
		return &Error{File: file, Message: "the file is empty; expected a YAML mapping"}
	}
	var ye yaml.Error
	if !errors.As(err, &ye) {
		return &Error{File: file, Message: err.Error()}
	}
	e := at(file, src, ye.GetToken(), ye.GetMessage())
	var unknown *yaml.UnknownFieldError
	if errors.As(err, &unknown) {
		e.Message = unknownKey(unknown.Token.Value, reflect.TypeOf(v))
	}
	return e
}

// Errorf makes an error about the place that a YAML path such as $.rules[3].match names. A path that the file lacks makes
// an error about the nearest part of the path that is there.
func Errorf(file string, src []byte, path, format string, args ...any) error {
	message := fmt.Sprintf(format, args...)
	tree, err := parser.ParseBytes(src, 0)
	if err != nil {
		return &Error{File: file, Message: message}
	}
	for p := path; p != "" && p != "$"; p = parent(p) {
		yp, err := yaml.PathString(p)
		if err != nil {
			continue
		}
		if node, err := yp.FilterFile(tree); err == nil && node != nil {
			return at(file, src, first(node), message)
		}
	}
	return &Error{File: file, Message: message}
}

func checkUTF8(file string, src []byte) error {
	for i, line := range bytes.Split(src, []byte("\n")) {
		if valid := bytes.ToValidUTF8(line, nil); len(valid) != len(line) {
			return &Error{File: file, Line: i + 1, Column: 1, Message: "not valid UTF-8; save the file as UTF-8"}
		}
	}
	return nil
}

func parent(path string) string {
	return path[:max(strings.LastIndexByte(path, '.'), strings.LastIndexByte(path, '['), 0)]
}

func first(n ast.Node) *token.Token {
	switch n := n.(type) {
	case *ast.MappingNode:
		if len(n.Values) > 0 {
			return first(n.Values[0].Key)
		}
	case *ast.MappingValueNode:
		return first(n.Key)
	}
	return n.GetToken()
}

func at(file string, src []byte, tk *token.Token, message string) *Error {
	e := &Error{File: file, Message: message}
	if tk != nil && tk.Position != nil {
		e.Line, e.Column = tk.Position.Line, tk.Position.Column
		e.Excerpt = excerpt(src, e.Line, e.Column)
	}
	return e
}

func excerpt(src []byte, line, column int) string {
	lines := strings.Split(string(src), "\n")
	var b strings.Builder
	for n := max(line-2, 1); n <= min(line+1, len(lines)); n++ {
		mark := " "
		if n == line {
			mark = ">"
		}
		fmt.Fprintf(&b, "%s %4d | %s\n", mark, n, lines[n-1])
		if n == line {
			fmt.Fprintf(&b, "       | %s^\n", strings.Repeat(" ", max(column-1, 0)))
		}
	}
	return strings.TrimRight(b.String(), "\n")
}
