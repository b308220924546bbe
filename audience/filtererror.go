package audience

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"

	"github.com/scruple/scruple/internal/strictyaml"
)

var undeclared = regexp.MustCompile(`undeclared reference to '([^']*)'`)

// filterErrors puts the issues of a filter in words, the first three of them: more are mostly echoes.
func filterErrors(expr string, issues []*cel.Error, fields map[string]string) error {
	var all []error
	for _, i := range issues[:min(3, len(issues))] {
		message := i.Message
		if m := undeclared.FindStringSubmatch(message); m != nil {
			message = unknownName(m[1], fields)
		}
		all = append(all, filterError(expr, i.Location.Line(), i.Location.Column(), message))
	}
	return errors.Join(all...)
}

func unknownName(name string, fields map[string]string) string {
	known := slices.Sorted(maps.Keys(fields))
	if near := strictyaml.Nearest(name, known); near != "" {
		return fmt.Sprintf("unknown name %q; did you mean %q?", name, near)
	}
	return fmt.Sprintf("unknown name %q; the list has %s", name, strings.Join(known, ", "))
}

// filterError shows the line of the filter and points at a column, counted in characters from 0.
func filterError(expr string, line, column int, message string) error {
	lines := strings.Split(expr, "\n")
	excerpt := lines[min(max(line, 1), len(lines))-1]
	return fmt.Errorf("filter:%d:%d: %s\n  | %s\n  | %s^", line, column+1, message, excerpt, strings.Repeat(" ", max(column, 0)))
}
