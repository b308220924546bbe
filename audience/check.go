package audience

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/scruple/scruple"
)

var none scruple.Recipient

// checker makes recipients of a list's rows: it picks the columns, checks the known ones and makes them canonical.
type checker struct {
	*table
	file   string
	id     int // position of customer_id
	checks []check
	zones  map[string]bool // what time.LoadLocation said
	slab   []string        // room for the values of the next rows
}

// check is what one column must pass. fix gets the value without surrounding space and returns it in canonical form.
type check struct {
	column   int
	optional bool // an empty value is fine
	fix      func(string) (string, problem)
}

func newChecker(file string, header []string, l Layout) (*checker, error) {
	t, err := newTable(header, l)
	if err != nil {
		return nil, err
	}
	c := &checker{table: t, file: file, id: t.columns.Index("customer_id"), zones: map[string]bool{}}
	address := addressColumn(l.Channel)
	for i, name := range t.columns.Names() {
		switch fix := c.fixer(name); {
		case name == "customer_id":
			c.checks = append(c.checks, check{column: i, fix: customerID})
		case name == address:
			c.checks = append(c.checks, check{column: i, fix: addressFixer(l)})
		case fix != nil:
			c.checks = append(c.checks, check{column: i, optional: true, fix: fix})
		}
	}
	return c, nil
}

// fixer returns the check of an optional known column, nil for a free one.
func (c *checker) fixer(name string) func(string) (string, problem) {
	switch name {
	case "name", "locale", "region":
		return func(v string) (string, problem) { return v, problem{} }
	case "time_zone":
		return c.zone
	case "birth_date":
		return birthDate
	case "rated_until":
		return day
	case "risk_rating":
		return rating
	case "qualified", "student":
		return flag
	}
	return nil
}

// row makes a recipient of a row's fields, which it does not keep.
func (c *checker) row(line int, fields []string) (scruple.Recipient, *RowError) {
	if len(fields) != c.width {
		p := problem{BadRow, fmt.Sprintf("%d fields instead of %d", len(fields), c.width)}
		return none, p.at(c.file, line, "")
	}
	values := c.room()
	for i, f := range c.from {
		values[i] = fields[f]
	}
	for i := range c.checks {
		k := &c.checks[i]
		v := trim(values[k.column])
		if v != "" || !k.optional {
			var p problem
			if v, p = k.fix(v); p.code != "" {
				return none, p.at(c.file, line, c.listed[k.column])
			}
		}
		values[k.column] = v
	}
	c.slab = c.slab[len(values):]
	return scruple.Recipient{ID: values[c.id], Line: line, Columns: c.columns, Values: values}, nil
}

// room returns space for one row. Rows share allocations of 32, which is cheap to make and little to hold on to.
func (c *checker) room() []string {
	n := len(c.from)
	if len(c.slab) < n {
		c.slab = make([]string, 32*n)
	}
	return c.slab[:n:n]
}

// trim cuts surrounding space, the ideographic one too; nearly always there is none to cut.
func trim(v string) string {
	if v == "" || v[0] > ' ' && v[0] < 0x80 && v[len(v)-1] > ' ' && v[len(v)-1] < 0x80 {
		return v
	}
	return strings.TrimSpace(v)
}

func customerID(v string) (string, problem) {
	switch {
	case v == "":
		return "", problem{NoCustomerID, "no customer id"}
	case len(v) > 200 || !printable(v):
		return "", problem{BadRow, "a customer id is at most 200 bytes of printable text"}
	}
	return v, problem{}
}

func printable(v string) bool {
	for _, r := range v {
		if r < ' ' || r > '~' && !unicode.IsPrint(r) {
			return false
		}
	}
	return true
}

// zone checks a time zone. What it learns is kept: a list has few zones and many rows. The bound holds for lists of noise.
func (c *checker) zone(v string) (string, problem) {
	known, seen := c.zones[v]
	if !seen {
		_, err := time.LoadLocation(v)
		known = err == nil && v != "Local"
		if len(c.zones) < 4096 {
			c.zones[strings.Clone(v)] = known
		}
	}
	if !known {
		return "", problem{BadZone, "no IANA time zone such as Asia/Shanghai"}
	}
	return v, problem{}
}
