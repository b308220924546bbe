package compliance

import (
	"bytes"
	"flag"
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/scruple/scruple/internal/strictyaml"
)

var (
	update  = flag.Bool("update", false, "write rules.jsonl anew")
	current = flag.Bool("current", false, "fail when rules.jsonl is stale")
)

// yamlRules are the rules that ship, as a book of which nothing is known: they come second.
func yamlRules(t testing.TB) *Book {
	t.Helper()
	b, err := Load(fstest.MapFS{}, Rules)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The rules that ship hold their examples, whether they were parsed before or not.
func TestRulesHoldTheirExamples(t *testing.T) { yamlRules(t) }

// What is kept of the rules in their parsed form is what they are. While rules are edited it may be stale; go generate ./compliance
// brings it up to date.
func TestParsedRulesAreCurrent(t *testing.T) {
	want := yamlRules(t)
	l := &loader{}
	files := l.read(Rules)
	l.parse(files)
	for _, f := range files {
		for i := range f.parsed.Rules {
			readExamples(t, &f.parsed.Rules[i])
		}
	}
	var out bytes.Buffer
	if err := writeParsed(&out, files, want.Digest()); err != nil {
		t.Fatal(err)
	}
	switch {
	case *update:
		if err := os.WriteFile("rules.jsonl", out.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
		parsedRules = out.Bytes()
	case bytes.Equal(out.Bytes(), parsedRules):
	case *current:
		t.Fatal("rules.jsonl is stale; run go generate ./compliance")
	default:
		parsed := parsedRules // what follows is about what would be written
		parsedRules = out.Bytes()
		defer func() { parsedRules = parsed }()
	}
	if again := (&loader{}); !again.known(again.read(Rules), want.Digest()) {
		t.Fatal("the parsed rules are not taken")
	}
	got, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	if got.Digest() != want.Digest() || len(got.Rules()) != len(want.Rules()) {
		t.Fatalf("%d rules of digest %s, want %d of %s", len(got.Rules()), got.Digest(), len(want.Rules()), want.Digest())
	}
	for i, r := range want.Rules() {
		if diff := cmp.Diff(r, got.Rules()[i], cmpopts.IgnoreUnexported(Rule{}, Example{})); diff != "" {
			t.Errorf("%s (-yaml +parsed):\n%s", r.ID, diff)
		}
	}
	same := &loader{}
	known := same.read(Rules)
	same.known(known, want.Digest())
	for i, f := range files {
		if diff := cmp.Diff(f.parsed, known[i].parsed, cmpopts.IgnoreUnexported(Example{})); diff != "" {
			t.Errorf("%s (-yaml +parsed):\n%s", f.name, diff)
		}
	}
}

// readExamples reads the examples of a rule that are mappings about copy.
func readExamples(t *testing.T, s *ruleSource) {
	for _, list := range [][]exampleNode{s.Flag, s.Pass} {
		for i := range list {
			if s.Kind == kindGate || list[i].YAML == nil {
				continue
			}
			list[i].Read = &Example{}
			if err := strictyaml.Decode("", list[i].YAML, list[i].Read); err != nil {
				t.Fatal(err)
			}
			list[i].YAML = nil
		}
	}
}

// A book with one letter changed is not taken for the one that ships: its fault is found, and its place is right.
func TestChangedRulesAreReadAndProven(t *testing.T) {
	changed := fstest.MapFS{}
	err := fs.WalkDir(Rules, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || path.Ext(name) != ".yaml" {
			return err
		}
		src, err := fs.ReadFile(Rules, name)
		changed[name] = &fstest.MapFile{Data: src}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, file := range changed {
		if !bytes.Contains(file.Data, []byte("kind: claim")) {
			continue
		}
		file.Data = bytes.Replace(file.Data, []byte("  flag:\n"), []byte("  flag:\n  - Good morning\n"), 1)
		if _, err = Load(changed); err == nil || !strings.Contains(err.Error(), "finds nothing in an example") || !strings.Contains(err.Error(), name) {
			t.Errorf("got %v", err)
		}
		return
	}
}
