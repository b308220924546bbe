package compliance

import (
	"fmt"
	"slices"
	"strings"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/internal/strictyaml"
)

// productTypes are the types of the product master, in the order in which an example without product takes its own.
func productTypes() []string {
	return []string{
		"fund", "deposit", "structured_deposit", "wealth", "money_fund", "pension", "insurance", "loan", "mortgage",
		"credit_card", "brokerage", "crypto", "none",
	}
}

// scoped checks that a scope names only what exists.
func (s *ruleSource) scoped() *specError {
	if e := among(".applies.products", s.Applies.Products, productTypes()); e != nil {
		return e
	}
	if e := among(".applies.except_products", s.Applies.ExceptProducts, productTypes()); e != nil {
		return e
	}
	if e := among(".applies.channels", texts(s.Applies.Channels), texts(scruple.Channels())); e != nil {
		return e
	}
	return among(".applies.classes", texts(s.Applies.Classes), []string{string(scruple.Marketing), string(scruple.Service)})
}

func among(path string, got, known []string) *specError {
	for i, g := range got {
		if slices.Contains(known, g) {
			continue
		}
		hint := ""
		if near := strictyaml.Nearest(g, known); near != "" {
			hint = fmt.Sprintf("; did you mean %q?", near)
		}
		return &specError{fmt.Sprintf("%s[%d]", path, i), fmt.Sprintf("%q is none of %s%s", g, strings.Join(known, ", "), hint)}
	}
	return nil
}

func texts[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}
