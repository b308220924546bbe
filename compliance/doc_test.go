package compliance

import (
	"os"
	"reflect"
	"strings"
	"testing"
)

// The package comment names every key that a rule file may hold.
func TestDocNamesEveryKey(t *testing.T) {
	src, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	words := map[string]bool{}
	for _, w := range strings.FieldsFunc(string(src), func(r rune) bool { return r != '_' && (r < 'a' || r > 'z') }) {
		words[w] = true
	}
	for _, v := range []any{
		fileSource{},
		ruleSource{},
		Basis{},
		Waiver{},
		WaiverScope{},
		Scope{},
		claimSource{},
		impressionSource{},
		signSource{},
		whenSource{},
		unitSource{},
		numberSource{},
		renderSource{},
		prominenceSource{},
		firstSource{},
		ageGate{},
		consentGate{},
		contactLimitGate{},
		contactLimit{},
		productStatusGate{},
		quietHoursGate{},
		studentGate{},
		suitabilityGate{},
		suppressionGate{},
	} {
		typ := reflect.TypeOf(v)
		for i := range typ.NumField() {
			if key := typ.Field(i).Tag.Get("yaml"); key != "" && key != "-" && !words[key] {
				t.Errorf("%s: key %q is not in the package comment", typ.Name(), key)
			}
		}
	}
	for name := range gateMakers() {
		if !words[name] {
			t.Errorf("gate %q is not in the package comment", name)
		}
	}
}
