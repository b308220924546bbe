package templates

import (
	"strconv"
	"strings"
)

// test is one compiled condition over the raw values of the template's fields; an empty value is nil.
type test func(values []string) bool

func always([]string) bool { return true }

// readCondition compiles comparisons joined by and and or, which bind equally and from the left, as Liquid has it.
func (s *scope) readCondition(p *part, src string, base int) (test, error) {
	r := &reader{tokens: lex(src, base)}
	left, err := s.comparison(p, r)
	if err != nil {
		return nil, err
	}
	for {
		word := r.next()
		if word.kind == endToken {
			return left, nil
		}
		if word.kind != nameToken || word.text != "and" && word.text != "or" {
			return nil, wrong(word.off, "expected and, or, or the end of the condition%s", found(word))
		}
		right, err := s.comparison(p, r)
		if err != nil {
			return nil, err
		}
		left = join(left, word.text, right)
	}
}

func join(a test, word string, b test) test {
	if word == "and" {
		return func(v []string) bool { return a(v) && b(v) }
	}
	return func(v []string) bool { return a(v) || b(v) }
}

// comparison reads slot, or slot operator operand.
func (s *scope) comparison(p *part, r *reader) (test, error) {
	name, err := r.slotName()
	if err != nil {
		return nil, err
	}
	i, err := s.field(name)
	if err != nil {
		return nil, err
	}
	op := r.peek()
	if op.kind == endToken || op.kind == nameToken && op.text != "contains" {
		return func(v []string) bool { return v[i] != "" }, nil
	}
	r.next()
	if !strings.Contains(" == != < > <= >= contains ", " "+op.text+" ") {
		return nil, wrong(op.off, "expected ==, !=, <, >, <=, >= or contains%s; a condition takes no filters", found(op))
	}
	return s.compare(i, op, r.next())
}

func (s *scope) compare(i int, op, operand token) (test, error) {
	spec := s.fields[i].spec
	equality := op.text == "==" || op.text == "!="
	if operand.kind == nameToken && operand.text == "nil" && equality {
		want := op.text == "=="
		return func(v []string) bool { return (v[i] == "") == want }, nil
	}
	if s.fields[i].rate != "" {
		return nil, wrong(op.off, "a rate of the product is not compared; write {%% if %s %%} to ask whether there is one", spec.Name)
	}
	if numeric(spec.Type) && op.text != "contains" {
		return s.compareNumber(i, op, operand)
	}
	if operand.kind != stringToken {
		return nil, wrong(operand.off, "%s is a %s; compare it with text in quotes%s", spec.Name, spec.Type, found(operand))
	}
	if operand.text == "" {
		return nil, wrong(operand.off, `an empty value is nil in Liquid, not ""; write {%% if %s %%} or {%% unless %s %%}`, spec.Name, spec.Name)
	}
	if op.text == "contains" && (numeric(spec.Type) || spec.Type == "date") || !equality && op.text != "contains" && spec.Type != "date" {
		return nil, wrong(op.off, "%s is a %s and cannot be compared with %s", spec.Name, spec.Type, op.text)
	}
	if spec.Type == "date" && !isDate(operand.text) {
		return nil, wrong(operand.off, "%s is a date; compare it with a day such as \"2026-11-22\"", spec.Name)
	}
	return textTest(i, op.text, operand.text), nil
}

// textTest compares as Liquid does: nil equals nothing and is neither less nor greater.
func textTest(i int, op, want string) test {
	switch op {
	case "==":
		return func(v []string) bool { return v[i] == want }
	case "!=":
		return func(v []string) bool { return v[i] != want }
	case "<":
		return func(v []string) bool { return v[i] != "" && v[i] < want }
	case ">":
		return func(v []string) bool { return v[i] > want }
	case "<=":
		return func(v []string) bool { return v[i] != "" && v[i] <= want }
	case ">=":
		return func(v []string) bool { return v[i] >= want }
	default:
		return func(v []string) bool { return strings.Contains(v[i], want) }
	}
}

func (s *scope) compareNumber(i int, op, operand token) (test, error) {
	spec := s.fields[i].spec
	left := func(v []string) (float64, bool) { return figure(v[i]) }
	if operand.kind == numberToken && isDecimal(operand.text) {
		n, _ := figure(operand.text)
		return numberTest(left, op.text, func([]string) (float64, bool) { return n, true }), nil
	}
	if operand.kind != nameToken {
		return nil, wrong(operand.off, "%s is a %s; compare it with a number or another figure%s", spec.Name, spec.Type, found(operand))
	}
	j, err := s.field(operand)
	if err != nil {
		return nil, err
	}
	if other := s.fields[j]; !numeric(other.spec.Type) || other.rate != "" {
		return nil, wrong(operand.off, "%s is a %s and cannot be compared with the %s %s", spec.Name, spec.Type, other.spec.Type, other.spec.Name)
	}
	return numberTest(left, op.text, func(v []string) (float64, bool) { return figure(v[j]) }), nil
}

func figure(s string) (float64, bool) {
	if s == "" {
		return 0, false
	}
	n, err := strconv.ParseFloat(s, 64)
	return n, err == nil
}

func numberTest(left func([]string) (float64, bool), op string, right func([]string) (float64, bool)) test {
	return func(v []string) bool {
		a, okA := left(v)
		b, okB := right(v)
		if !okA || !okB {
			return nilTest(op, okA == okB)
		}
		switch op {
		case "==":
			return a == b
		case "!=":
			return a != b
		case "<":
			return a < b
		case ">":
			return a > b
		case "<=":
			return a <= b
		default:
			return a >= b
		}
	}
}

// nilTest compares where one side, or both, are nil.
func nilTest(op string, both bool) bool {
	switch op {
	case "==", "<=", ">=":
		return both
	case "!=":
		return !both
	}
	return false
}

func numeric(kind string) bool { return kind == "amount" || kind == "number" || kind == "percent" }
