package strictyaml

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Nearest returns the known word that needs the fewest edits to become word, or "" when none is near.
func Nearest(word string, known []string) string {
	best, least := "", 1+len(word)/2
	for _, k := range known {
		if d := edits(strings.ToLower(word), strings.ToLower(k)); d < least {
			best, least = k, d
		}
	}
	return best
}

// edits is the Levenshtein distance in bytes.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}

func unknownKey(key string, t reflect.Type) string {
	known := keys(t, map[reflect.Type]bool{})
	slices.Sort(known)
	if near := Nearest(key, slices.Compact(known)); near != "" {
		return fmt.Sprintf("unknown key %q; did you mean %q?", key, near)
	}
	return fmt.Sprintf("unknown key %q", key)
}

// keys lists the yaml keys of a type and of all it holds: the parser does not say in which mapping a key was unknown.
func keys(t reflect.Type, seen map[reflect.Type]bool) []string {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || seen[t] {
		return nil
	}
	seen[t] = true
	var out []string
	for f := range t.Fields() {
		if name, _, _ := strings.Cut(f.Tag.Get("yaml"), ","); name != "" && name != "-" {
			out = append(out, name)
		}
		out = append(out, keys(f.Type, seen)...)
	}
	return out
}
