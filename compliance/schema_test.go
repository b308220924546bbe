package compliance

import (
	"bytes"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/xeipuuv/gojsonschema"
)

// The schema that editors get is the one that the types give: scruple rules schema >docs/rules.schema.json
func TestSchemaIsCurrent(t *testing.T) {
	want, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../docs/rules.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("docs/rules.schema.json is not current; run: go run ./cmd/scruple rules schema >docs/rules.schema.json")
	}
}

// Every file that ships passes the schema, and what loading refuses for its keys and words the schema refuses too.
func TestSchema(t *testing.T) {
	src, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	schema, err := gojsonschema.NewSchema(gojsonschema.NewBytesLoader(src))
	if err != nil {
		t.Fatal(err)
	}
	faults := func(rules []byte) []gojsonschema.ResultError {
		t.Helper()
		asJSON, err := yaml.YAMLToJSON(rules)
		if err != nil {
			t.Fatal(err)
		}
		result, err := schema.Validate(gojsonschema.NewBytesLoader(asJSON))
		if err != nil {
			t.Fatal(err)
		}
		return result.Errors()
	}
	n := 0
	err = fs.WalkDir(Rules, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".yaml") {
			return err
		}
		n++
		rules, err := fs.ReadFile(Rules, name)
		if f := faults(rules); len(f) > 0 {
			t.Errorf("%s: %v", name, f)
		}
		return err
	})
	if err != nil || n < 10 {
		t.Errorf("%d files: %v", n, err)
	}
	for name, c := range map[string][2]string{
		"an unknown key":    {"verdict:", "verdct:"},
		"an unknown kind":   {"kind: claim", "kind: boast"},
		"an unknown source": {"source: read", "source: heard"},
		"no examples":       {"  pass: [没有坏词, 好词]\n", ""},
		"no date":           {"2020-01-01", "last-year"},
	} {
		if len(faults([]byte(strings.Replace(sound, c[0], c[1], 1)))) == 0 {
			t.Errorf("%s passes the schema", name)
		}
	}
}
