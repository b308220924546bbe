package audience

import (
	"strings"
	"sync"
	"testing"

	"github.com/scruple/scruple"
)

var filterFields = map[string]string{
	"customer_id": "", "name": "", "region": "", "birth_date": "", "rated_until": "", "qualified": "", "balance": "double",
	"visits": "int", "vip": "bool", "opened": "date", "余额": "double",
}

func person1(fields map[string]string) *scruple.Recipient {
	r := &scruple.Recipient{ID: "1", Line: 2}
	var names []string
	for n := range filterFields {
		names, r.Values = append(names, n), append(r.Values, fields[n])
	}
	r.Columns = scruple.NewColumns(names)
	return r
}

func TestFilterMatches(t *testing.T) {
	r := person1(map[string]string{
		"name": "王小明", "region": "cn-sh", "birth_date": "1990-01-02", "balance": "1000.5", "visits": "3", "vip": "是", "qualified": "true", "opened": "2020/1/2",
	})
	for expr, want := range map[string]bool{
		`region == "cn-sh"`:                                        true,
		`region in ["cn-bj", "cn-gd"]`:                             false,
		`balance >= 1000.5 && visits < 4`:                          true,
		`vip && qualified`:                                         true,
		`birth_date < date("1990-01-02")`:                          false,
		`birth_date <= date("1990-01-02")`:                         true,
		`opened > birth_date`:                                      true,
		`birth_date.getFullYear() == 1990`:                         true,
		`name.startsWith("王") && name.matches("^王.明$")`:            true,
		`vip || balance > 10000.0`:                                 true,
		`["cn-bj", "cn-sh"].exists(x, x == region)`:                true,
		"region == \"cn-sh\" &&\n  balance > 5.0 // a comment":     true,
		`rated_until == date("2026-01-01") && !vip || true == vip`: false, // rated_until is empty: unknown
	} {
		f, err := CompileFilter(expr, filterFields)
		if err != nil {
			t.Errorf("%s: %v", expr, err)
			continue
		}
		if got, err := f.Match(r); got != want || (err != nil) != strings.HasPrefix(expr, "rated_until") {
			t.Errorf("%s: %v %v, want %v", expr, got, err, want)
		}
	}
}

func TestFilterRefusesValues(t *testing.T) {
	for _, c := range []struct{ expr, column, value, says string }{
		{`visits > 1`, "visits", "", "empty"},
		{`visits > 1`, "visits", "1.5", "not a int"},
		{`visits > 1`, "visits", "99999999999999999999", "not a int"},
		{`balance > 1.0`, "balance", "1,000", "not a double"},
		{`balance > 1.0`, "balance", "inf", "not a double"},
		{`balance > 1.0`, "balance", "NaN", "not a double"},
		{`vip`, "vip", "perhaps", "not a bool"},
		{`opened > date("2020-01-01")`, "opened", "2020-13-01", "not a date"},
		// CEL would let these pass on the right side alone.
		{`visits > 1 || true`, "visits", "many", "not a int"},
		{`visits > 1 || region == "cn-sh"`, "visits", "", "empty"},
		{`!(visits > 1 && false)`, "visits", "", "empty"},
	} {
		f, err := CompileFilter(c.expr, filterFields)
		if err != nil {
			t.Errorf("%s: %v", c.expr, err)
			continue
		}
		in, err := f.Match(person1(map[string]string{c.column: c.value, "region": "cn-sh"}))
		if in || err == nil || !strings.Contains(err.Error(), c.column+": "+c.says) {
			t.Errorf("%s of %q: %v %v", c.expr, c.value, in, err)
			continue
		}
		bad := fieldError(err, "l.csv", 2)
		if bad.Code != BadField || bad.Column != c.column || bad.Line != 2 {
			t.Errorf("%+v", bad)
		}
	}
	f, _ := CompileFilter(`vip || visits > 1`, filterFields)
	if in, err := f.Match(person1(map[string]string{"vip": "1"})); !in || err != nil {
		t.Errorf("a field behind a settled || was looked at: %v", err)
	}
}

func TestFilterErrorsNameThePlace(t *testing.T) {
	for expr, says := range map[string][]string{
		`region == "x" && balnce > 1.0`: {"filter:1:18", `"balnce"`, `did you mean "balance"`, "\n  | region ==", "\n  | " + strings.Repeat(" ", 17) + "^"},
		"vip &&\n  zzzzzzzzz":           {"filter:2:3", `"zzzzzzzzz"`, "the list has balance, birth_date", "\n  |   zzzzzzzzz\n  |   ^"},
		`balance > "5"`:                 {"filter:1:9", "no matching overload"},
		`birth_date < "1990-01-01"`:     {"filter:1:12", "no matching overload"},
		`visits`:                        {"filter:1:1", "int", "must be a bool"},
		`vip &&`:                        {"filter:1:7"},
		``:                              {"filter:1:"},
		`余额 > 1.0`:                      {"filter:1:1"},
		`name.matches("(")`:             {"filter:1:14", "invalid matches argument"},
		`birth_date < date("1990-1-1")`: {"filter:1:19", `"1990-1-1"`, "YYYY-MM-DD"},
	} {
		_, err := CompileFilter(expr, filterFields)
		if err == nil {
			t.Errorf("%s compiles", expr)
			continue
		}
		for _, s := range says {
			if !strings.Contains(err.Error(), s) {
				t.Errorf("%s: %v\ndoes not say %q", expr, err, s)
			}
		}
	}
	if _, err := CompileFilter("true", map[string]string{"x": "money"}); err == nil || !strings.Contains(err.Error(), `"money"`) {
		t.Error(err)
	}
}

func TestFilterCostIsBounded(t *testing.T) {
	list := "[" + strings.Repeat("1,", 99) + "1]"
	f, err := CompileFilter(list+".all(a, "+list+".all(b, "+list+".all(c, a + b + c + visits > 0)))", filterFields)
	if err != nil {
		t.Fatal(err)
	}
	in, err := f.Match(person1(map[string]string{"visits": "1"}))
	if in || err == nil {
		t.Fatal(in, err)
	}
	if bad := fieldError(err, "l.csv", 2); !strings.Contains(bad.Reason, "too many steps") {
		t.Error(bad)
	}
}

func TestFilterErrorsShowNoValue(t *testing.T) {
	f, err := CompileFilter(`date(name) > birth_date`, filterFields)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.Match(person1(map[string]string{"name": "secret", "birth_date": "1990-01-01"}))
	if bad := fieldError(err, "l.csv", 2); strings.Contains(bad.Error(), "secret") {
		t.Error(bad)
	}
}

func TestFilterFromManySides(t *testing.T) {
	f, err := CompileFilter(`visits == 1`, filterFields)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for _, v := range []string{"1", "2", "x", ""} {
		wg.Go(func() {
			r := person1(map[string]string{"visits": v})
			for range 200 {
				if in, err := f.Match(r); in != (v == "1") || (err != nil) != (v == "x" || v == "") {
					t.Errorf("%q: %v %v", v, in, err)
				}
			}
		})
	}
	wg.Wait()
}
