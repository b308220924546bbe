package review

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/scruple/scruple"
)

// Coverage is what an approval lets through: one shape, the objections that the officer saw, and the values of the slots
// that lay before them. Anything else is held alone.
type Coverage struct {
	Shape    string           `json:"shape"`
	Findings []string         `json:"findings"` // see FindingKey; sorted
	Slots    map[string]Range `json:"slots,omitempty"`
}

// Range bounds the values of one slot: numbers by size, other text by length in characters. All bounds are included.
type Range struct {
	Number  bool    `json:"number,omitempty"`
	Min     float64 `json:"min,omitempty"`
	Max     float64 `json:"max,omitempty"`
	Longest int     `json:"longest"`
}

// Includes reports whether a message and what was found in it lie within the coverage.
func (c *Coverage) Includes(m *scruple.Message, fs scruple.Findings) bool {
	if m.Shape != c.Shape {
		return false
	}
	for i := range fs {
		if fs[i].Verdict != scruple.Pass && !slices.Contains(c.Findings, FindingKey(m, &fs[i])) {
			return false
		}
	}
	for _, s := range m.Slots {
		if sealed(s) {
			continue
		}
		if r, ok := c.Slots[s.Name]; !ok || !r.includes(s) {
			return false
		}
	}
	return true
}

// sealed: values of the product and of the campaign are the same for everyone, and the seal covers them.
func sealed(s scruple.Slot) bool {
	return strings.HasPrefix(s.Name, "product.") || strings.HasPrefix(s.Name, "campaign.")
}

// Widen makes the coverage include the slot values of one more message that the officer is shown.
func (c *Coverage) Widen(slots []scruple.Slot) {
	if c.Slots == nil {
		c.Slots = map[string]Range{}
	}
	for _, s := range slots {
		if sealed(s) {
			continue
		}
		n, number := numeric(s)
		r, seen := c.Slots[s.Name]
		if !seen {
			r = Range{Number: number, Min: n, Max: n}
		}
		r.Number = r.Number && number
		r.Min, r.Max = min(r.Min, n), max(r.Max, n)
		r.Longest = max(r.Longest, utf8.RuneCountInString(s.Value))
		c.Slots[s.Name] = r
	}
}

func (r Range) includes(s scruple.Slot) bool {
	n, number := numeric(s)
	if r.Number {
		return number && n >= r.Min && n <= r.Max
	}
	return utf8.RuneCountInString(s.Value) <= r.Longest
}

// numeric reads the number in a slot that holds one, whatever signs and separators its locale put around it.
func numeric(s scruple.Slot) (float64, bool) {
	switch s.Type {
	case "amount", "percent", "number":
	default:
		return 0, false
	}
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '.' || r == ',' || r == '-' {
			return r
		}
		return -1
	}, s.Value)
	// The last separator parts off the decimals, unless it stands more than once or three digits follow it alone.
	if last := strings.LastIndexAny(digits, ".,"); last >= 0 {
		sep := digits[last : last+1]
		other := strings.ContainsAny(digits[:last], ".,")
		group := strings.Count(digits, sep) > 1 || !other && len(digits)-last == 4
		whole := strings.NewReplacer(".", "", ",", "").Replace(digits[:last])
		if group {
			digits = whole + digits[last+1:]
		} else {
			digits = whole + "." + digits[last+1:]
		}
	}
	n, err := strconv.ParseFloat(digits, 64)
	if strings.Contains(s.Value, "万") || strings.Contains(s.Value, "萬") {
		n *= 10_000
	}
	return n, err == nil
}

// FindingKey names a finding independently of the recipient: the rule and the words it points at with the slots open, or
// for a finding about a person the rule and its detail with the figures left out.
func FindingKey(m *scruple.Message, f *scruple.Finding) string {
	if f.Part == "" {
		return f.Rule + "|" + withoutFigures(f.Detail)
	}
	return f.Rule + "|" + f.Part + "|" + openQuote(m, f)
}

func openQuote(m *scruple.Message, f *scruple.Finding) string {
	text := part(m, f.Part)
	if f.Start < 0 || f.End > len(text) || f.Start > f.End {
		return f.Quote
	}
	var b strings.Builder
	at := f.Start
	for _, s := range m.Spans {
		if s.Part != f.Part || s.End <= f.Start || s.Start >= f.End {
			continue
		}
		if s.Start > at {
			b.WriteString(text[at:s.Start])
		}
		b.WriteString("{" + m.Slots[s.Slot].Name + "}")
		at = max(at, s.End)
	}
	if at < f.End {
		b.WriteString(text[at:f.End])
	}
	return b.String()
}

func part(m *scruple.Message, name string) string {
	switch name {
	case "subject":
		return m.Subject
	case "html":
		return m.HTML
	default:
		return m.Text
	}
}

func withoutFigures(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return '#'
		}
		return r
	}, s)
}

// Card names the group of held messages that an officer rules on at once: one shape, held for the same reasons. It returns
// the card's id (16 hex digits) and the sorted keys of its findings.
func Card(m *scruple.Message, fs scruple.Findings) (id string, keys []string) {
	for i := range fs {
		if fs[i].Verdict != scruple.Pass {
			keys = append(keys, FindingKey(m, &fs[i]))
		}
	}
	slices.Sort(keys)
	keys = slices.Compact(keys)
	sum := sha256.Sum256([]byte(m.Shape + "\x00" + strings.Join(keys, "\x00")))
	return hex.EncodeToString(sum[:8]), keys
}
