package strictyaml

import (
	"errors"
	"strings"
	"testing"
)

type doc struct {
	Name  string `yaml:"name"`
	Rules []struct {
		ID      string `yaml:"id"`
		Verdict string `yaml:"verdict"`
	} `yaml:"rules"`
}

func TestDecodeNamesThePlace(t *testing.T) {
	for name, tc := range map[string]struct {
		src          string
		line, column int
		message      string
	}{
		"unknown key":  {"name: a\nrules:\n- id: x\n  verdct: hold\n", 4, 3, `did you mean "verdict"`},
		"wrong type":   {"name: a\nrules: 3\n", 2, 8, ""},
		"repeated key": {"name: a\nname: b\n", 2, 1, ""},
		"syntax":       {"name: [a\nrules: {\n", 0, 0, ""},
		"empty":        {"", 0, 0, "empty"},
		"not UTF-8":    {"name: a\nrules: \xff\n", 2, 1, "UTF-8"},
	} {
		t.Run(name, func(t *testing.T) {
			var d doc
			err := Decode("x.yaml", []byte(tc.src), &d)
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v, want *Error", err)
			}
			if tc.line > 0 && (e.Line != tc.line || e.Column != tc.column) {
				t.Errorf("at %d:%d, want %d:%d\n%v", e.Line, e.Column, tc.line, tc.column, e)
			}
			if !strings.Contains(e.Message, tc.message) || !strings.HasPrefix(e.Error(), "x.yaml") {
				t.Errorf("message %q, want %q", e.Error(), tc.message)
			}
		})
	}
}

func TestErrorfFallsBackToTheNearestPart(t *testing.T) {
	src := []byte("name: a\nrules:\n- id: x\n- id: y\n")
	for path, want := range map[string]string{
		"$.rules[1].id":    "x.yaml:4:7: no",
		"$.rules[1].basis": "x.yaml:4:3: no",
		"$.name":           "x.yaml:1:7: no",
		"$.nothing":        "x.yaml: no",
	} {
		if got := Errorf("x.yaml", src, path, "no").Error(); !strings.HasPrefix(got, want) {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
}

func TestNearest(t *testing.T) {
	known := []string{"verdict", "basis", "applies"}
	for word, want := range map[string]string{"verdct": "verdict", "Basis": "basis", "zzzzzzz": ""} {
		if got := Nearest(word, known); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", word, got, want)
		}
	}
}
