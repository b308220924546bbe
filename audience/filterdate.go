package audience

import (
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// dateFunction adds date("2006-01-02"), the day's midnight in UTC, and has days that are written out checked when the
// filter is compiled rather than on the first row.
func dateFunction() cel.EnvOption {
	function := cel.Function("date", cel.Overload("date_string", []*cel.Type{cel.StringType}, cel.TimestampType,
		cel.UnaryBinding(func(v ref.Val) ref.Val {
			t, err := time.Parse(time.DateOnly, string(v.(types.String)))
			if err != nil {
				return types.NewErr("date: no day as YYYY-MM-DD")
			}
			return types.Timestamp{Time: t}
		})))
	checks := cel.ASTValidators(dateLiterals{}, cel.ValidateTimestampLiterals(), cel.ValidateDurationLiterals(), cel.ValidateRegexLiterals())
	return func(e *cel.Env) (*cel.Env, error) {
		e, err := function(e)
		if err != nil {
			return nil, err
		}
		return checks(e)
	}
}

type dateLiterals struct{}

// Name tells this validator from others.
func (dateLiterals) Name() string { return "scruple.date" }

// Validate reports every date("...") that is no day.
func (dateLiterals) Validate(_ *cel.Env, _ cel.ValidatorConfig, a *ast.AST, issues *cel.Issues) {
	for _, call := range ast.MatchDescendants(ast.NavigateAST(a), ast.FunctionMatcher("date")) {
		args := call.AsCall().Args()
		if len(args) != 1 || args[0].Kind() != ast.LiteralKind {
			continue
		}
		if v, ok := args[0].AsLiteral().(types.String); ok && !calendarDay(string(v)) {
			issues.ReportErrorAtID(args[0].ID(), "%q is no day as YYYY-MM-DD", string(v))
		}
	}
}
