package compliance

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/scruple/scruple"
)

// Schema returns the JSON Schema (draft 7) of a rule file, for editors. It is made from the types that read the file, so it knows
// every key; what a key means is told in the package comment and in docs/writing-rules.md. Loading a file judges more than a schema
// can: terms, lexicons, dates and examples.
func Schema() ([]byte, error) {
	file := schemaOf(reflect.TypeFor[fileSource](), "")
	file["$schema"] = "http://json-schema.org/draft-07/schema#"
	file["title"] = "Scruple rule file"
	out, err := json.MarshalIndent(file, "", "  ")
	return append(out, '\n'), err
}

// required are the keys that a mapping has to have, by its path.
var required = map[string][]string{
	"rules":       {"id", "kind", "verdict", "basis", "title", "why", "fix", "flag", "pass"},
	"rules.basis": {"law", "source"},
	"rules.units": {"name"},
	"waivers":     {"id", "rule", "reason", "scope", "by", "approved", "from", "to"},
}

// choices are the words that a key may have, by its path.
func choices() map[string][]string {
	return map[string][]string{
		"market":                         texts(scruple.Markets()),
		"rules.kind":                     {kindClaim, kindImpression, kindDisclosure, kindNumber, kindRender, kindGate},
		"rules.verdict":                  {string(scruple.Hold), string(scruple.Block)},
		"rules.basis.source":             {Read, Secondary, Unverified, Policy},
		"rules.applies.products":         productTypes(),
		"rules.applies.except_products":  productTypes(),
		"rules.applies.channels":         texts(scruple.Channels()),
		"rules.applies.classes":          {string(scruple.Marketing), string(scruple.Service)},
		"rules.match.within":             {"clause", "sentence", "message"},
		"rules.match.unless_within":      {"clause", "sentence", "message"},
		"rules.impression.within":        {"clause", "sentence", "message"},
		"rules.impression.signs.negated": {"required", "forbidden"},
		"rules.units.negated":            {"required", "forbidden"},
		"rules.gate":                     gateNames(),
		"waivers.scope.channels":         texts(scruple.Channels()),
	}
}

func gateNames() []string {
	var out []string
	for name := range gateMakers() {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

func schemaOf(t reflect.Type, path string) map[string]any {
	switch {
	case t == reflect.TypeFor[exampleNode]():
		return map[string]any{"type": []string{"string", "object"}}
	case t == reflect.TypeFor[yaml.RawMessage]():
		return map[string]any{"type": "object"}
	case t == reflect.TypeFor[scruple.Date]():
		return map[string]any{"type": "string", "pattern": `^\d{4}-\d{2}-\d{2}$`}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return schemaOf(t.Elem(), path)
	case reflect.Struct:
		return structSchema(t, path)
	case reflect.Slice:
		return map[string]any{"type": "array", "items": schemaOf(t.Elem(), path)}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": schemaOf(t.Elem(), path)}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int:
		return map[string]any{"type": "integer"}
	case reflect.Float64:
		return map[string]any{"type": "number"}
	}
	return stringSchema(path)
}

func stringSchema(path string) map[string]any {
	out := map[string]any{"type": "string"}
	if strings.HasSuffix(path, ".article") { // people write 43 as well as "43(2)"
		out["type"] = []string{"string", "number"}
	}
	if words := choices()[path]; words != nil {
		out["enum"] = words
	}
	return out
}

func structSchema(t reflect.Type, path string) map[string]any {
	keys := map[string]any{}
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if name == "" || name == "-" {
			continue
		}
		keys[name] = schemaOf(f.Type, strings.TrimPrefix(path+"."+name, "."))
	}
	out := map[string]any{"type": "object", "properties": keys, "additionalProperties": false}
	if r := required[path]; r != nil {
		out["required"] = r
	}
	return out
}
