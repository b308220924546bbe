package templates

import (
	"strings"

	"github.com/scruple/scruple/internal/strictyaml"
)

// field is one slot that the copy uses, and where its raw value is found.
type field struct {
	spec *SlotSpec
	from source
	key  string // column, term, campaign key
	rate string // the kind of rate, for product.rate.KIND
}

type source uint8

const (
	fromRecipient source = iota
	fromTerm
	fromCampaign
	fromProductName
	fromProductRisk
	fromRate
)

// scope knows the slots of one template and gathers the fields and expressions that its copy uses.
type scope struct {
	declared map[string]*SlotSpec
	used     map[string]int // slot name -> index into fields
	fields   []field
	exprs    []expr
	exprAt   map[string]int // name and filters -> index into exprs
	choiceAt map[string]int // conditions -> choice id
	locale   *locale
}

func newScope(h *front, loc *locale) *scope {
	s := &scope{declared: map[string]*SlotSpec{}, used: map[string]int{}, exprAt: map[string]int{}, choiceAt: map[string]int{}, locale: loc}
	for name, f := range h.Slots {
		s.declared[name] = f.spec(name)
	}
	return s
}

// field returns the index of the field of a slot, or an error that names the nearest slot.
func (s *scope) field(name token) (int, error) {
	if i, ok := s.used[name.text]; ok {
		return i, nil
	}
	spec := s.declared[name.text]
	if spec == nil {
		spec = fixedSpec(name.text)
	}
	if spec == nil {
		return 0, wrong(name.off, "unknown slot %q%s", name.text, s.hint(name.text))
	}
	s.used[name.text] = len(s.fields)
	s.fields = append(s.fields, newField(spec))
	return len(s.fields) - 1, nil
}

func (s *scope) hint(name string) string {
	known := append(sortedKeys(s.declared), "product.name", "product.issuer", "product.distributor", "product.risk", "product.rate.KIND", "product.term.KEY", "campaign.KEY")
	if near := strictyaml.Nearest(name, known); near != "" {
		return "; did you mean " + near + "?"
	}
	if strings.HasPrefix(name, "product.") {
		return "; of the product there are name, issuer, distributor, risk, rate.KIND and term.KEY"
	}
	return "; declare it under slots:"
}

func newField(spec *SlotSpec) field {
	f := field{spec: spec, key: spec.Name}
	rest, fixed := strings.CutPrefix(spec.Name, "product.")
	switch {
	case strings.HasPrefix(spec.Name, "campaign."):
		f.from, f.key = fromCampaign, strings.TrimPrefix(spec.Name, "campaign.")
	case !fixed && spec.From == "product":
		f.from = fromTerm
	case !fixed:
		f.from = fromRecipient
	case rest == "name":
		f.from = fromProductName
	case rest == "risk":
		f.from = fromProductRisk
	case strings.HasPrefix(rest, "rate."):
		f.from, f.rate = fromRate, strings.TrimPrefix(rest, "rate.")
	default:
		f.from, f.key = fromTerm, strings.TrimPrefix(rest, "term.")
	}
	return f
}

// expr is one way in which the copy shows a slot: the slot and its filters.
type expr struct {
	field int
	code  string // as it goes into the shape: name | filter: "argument"
	steps []step
}

// output compiles {{ name | filters }} and returns the index of its expression.
func (s *scope) output(src string, base int) (int, error) {
	name, calls, err := readOutput(src, base)
	if err != nil {
		return 0, err
	}
	i, err := s.field(name)
	if err != nil {
		return 0, err
	}
	code := codeOf(name, calls)
	if at, ok := s.exprAt[code]; ok {
		return at, nil
	}
	steps, err := s.compileFilters(i, name, calls)
	if err != nil {
		return 0, err
	}
	s.exprAt[code] = len(s.exprs)
	s.exprs = append(s.exprs, expr{field: i, code: code, steps: steps})
	return len(s.exprs) - 1, nil
}

func codeOf(name token, calls []call) string {
	var b strings.Builder
	b.WriteString(name.text)
	for _, c := range calls {
		b.WriteString(" | " + c.text)
		for i, a := range c.args {
			b.WriteString([]string{": ", ", "}[min(i, 1)])
			if a.kind == stringToken {
				b.WriteString(`"` + a.text + `"`)
			} else {
				b.WriteString(a.text)
			}
		}
	}
	return b.String()
}
