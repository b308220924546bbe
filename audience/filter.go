package audience

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/scruple/scruple"
)

// costLimit bounds one evaluation in CEL's cost units, about one for each step: a filter on a handful of fields takes a few
// dozen, and a regular expression one for each ten characters or so.
const costLimit = 100_000

// Filter is a compiled audience filter. It is safe for concurrent use.
type Filter struct {
	program cel.Program
	fields  map[string]string // type by name
}

// CompileFilter compiles a CEL expression (cel.dev) over the columns of a list. fields holds every column under our name
// with its type: string, int, double, bool or date. An empty type means date for birth_date and rated_until, bool for
// qualified and student, string for the rest.
//
// A date is a CEL timestamp at midnight UTC; date("2026-01-01") writes one: birth_date < date("1961-01-01"). There is no
// current time. Names that are no CEL identifier ([A-Za-z_][A-Za-z0-9_]*) cannot be used; Layout.Columns renames them.
//
// The expression is type-checked and must be a bool. Errors give line, column, an excerpt, and the nearest name for an
// unknown one.
func CompileFilter(expr string, fields map[string]string) (*Filter, error) {
	f := &Filter{fields: map[string]string{}}
	opts := []cel.EnvOption{dateFunction()}
	for name, kind := range fields {
		if !identifier.MatchString(name) {
			continue
		}
		kind = fieldKind(name, kind)
		t, ok := celType(kind)
		if !ok {
			return nil, fmt.Errorf("filter field %s: unknown type %q; string, int, double, bool and date are known", name, kind)
		}
		f.fields[name] = kind
		opts = append(opts, cel.Variable(name, t))
	}
	env, err := cel.NewEnv(opts...)
	if err != nil {
		return nil, fmt.Errorf("prepare filter: %w", err)
	}
	ast, issues := env.Compile(expr)
	if issues.Err() != nil {
		return nil, filterErrors(expr, issues.Errors(), f.fields)
	}
	if !ast.OutputType().IsExactType(cel.BoolType) {
		return nil, filterError(expr, 1, 0, fmt.Sprintf("the filter is a %s and must be a bool, such as region == \"cn-bj\"", ast.OutputType()))
	}
	f.program, err = env.Program(ast, cel.EvalOptions(cel.OptOptimize), cel.CostLimit(costLimit))
	if err != nil {
		return nil, filterError(expr, 1, 0, err.Error())
	}
	return f, nil
}

var identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func fieldKind(name, kind string) string {
	if kind != "" {
		return kind
	}
	switch name {
	case "birth_date", "rated_until":
		return "date"
	case "qualified", "student":
		return "bool"
	}
	return "string"
}

func celType(kind string) (*cel.Type, bool) {
	t, ok := map[string]*cel.Type{
		"string": cel.StringType, "int": cel.IntType, "double": cel.DoubleType, "bool": cel.BoolType, "date": cel.TimestampType,
	}[kind]
	return t, ok
}

// Match reports whether a recipient is in the audience. An error means that nobody knows: a field that the filter looked at
// is empty or not of its type, even where the rest of the expression would have decided, or the filter cost too much.
// Fields behind && or || that the left side has settled are not looked at.
func (f *Filter) Match(r *scruple.Recipient) (bool, error) {
	row := rowValues{filter: f, r: r}
	out, _, err := f.program.Eval(&row)
	switch in := false; {
	case row.err != nil:
		return false, row.err
	case err != nil:
		return false, fmt.Errorf("filter: %w", err)
	default:
		in, _ = out.Value().(bool)
		return in, nil
	}
}

// fieldProblem is a value that the filter cannot take.
type fieldProblem struct{ column, reason string }

func (e *fieldProblem) Error() string { return "filter: column " + e.column + ": " + e.reason }

func fieldError(err error, file string, line int) *RowError {
	if p := (*fieldProblem)(nil); errors.As(err, &p) {
		return problem{BadField, p.reason}.at(file, line, p.column)
	}
	reason := "the filter fails on this row's values" // not CEL's words, which quote them
	if strings.Contains(err.Error(), "cost limit") {
		reason = "the filter takes too many steps on this row"
	}
	return problem{BadField, reason}.at(file, line, "")
}

// rowValues gives a program the fields of one recipient. It remembers the first value that did not convert: CEL alone would
// let "bad || true" pass.
type rowValues struct {
	filter *Filter
	r      *scruple.Recipient
	err    error
}

// Parent returns nil: there is nothing behind the row.
func (v *rowValues) Parent() cel.Activation { return nil }

// ResolveName returns the value of a column in its declared type.
func (v *rowValues) ResolveName(name string) (any, bool) {
	kind, ok := v.filter.fields[name]
	if !ok {
		return nil, false
	}
	text, ok := v.r.Field(name)
	val, reason := ref.Val(nil), "the list has no such column"
	if ok {
		val, reason = convert(kind, text)
	}
	if reason == "" {
		return val, true
	}
	bad := &fieldProblem{name, reason}
	if v.err == nil {
		v.err = bad
	}
	return types.WrapErr(bad), true
}

func convert(kind, text string) (ref.Val, string) {
	if kind == "string" {
		return types.String(text), ""
	}
	text = strings.TrimSpace(text)
	if text == "" {
		return nil, "empty, and the filter needs a " + kind
	}
	switch kind {
	case "int":
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return types.Int(n), ""
		}
	case "double":
		if x, err := strconv.ParseFloat(text, 64); err == nil && x-x == 0 { // neither infinite nor NaN
			return types.Double(x), ""
		}
	case "bool":
		if b, p := flag(text); p.code == "" {
			return types.Bool(b == "true"), ""
		}
	case "date":
		if d, p := day(text); p.code == "" {
			t, err := time.Parse(time.DateOnly, d)
			if err == nil {
				return types.Timestamp{Time: t}, ""
			}
		}
	}
	return nil, "not a " + kind
}
