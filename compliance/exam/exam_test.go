package exam

import (
	"strings"
	"testing"
	"time"

	"github.com/scruple/scruple"
)

const rows = `{"id":"a1","market":"cn","lang":"zh","channel":"sms","product":{"type":"fund","name":"甲","risk":null,"rates":[],"terms":{"cap":5,"gift":true}},"text":"稳赚","whole":false,"label":"violating","kinds":["guarantee","evasion"],"trap":"implied","extra":{"x":1}}

{"id":"a2","market":"cn","lang":"zh","channel":"sms","text":"不保证收益","label":"compliant","trap":"negation"}
{"id":"a3","market":"uk","lang":"en","channel":"email","subject":"Hello","text":"<p>Sure gains</p>","label":"violating","kinds":["guarantee"],"trap":"implied"}
{"id":"a4","market":"uk","lang":"en","channel":"email","subject":"Hello","text":"< 5 minutes","send_date":"2026-12-01","label":"compliant","trap":"none"}
`

func read(t *testing.T) []Case {
	t.Helper()
	cases, err := Read("rows.jsonl", strings.NewReader(rows))
	if err != nil {
		t.Fatal(err)
	}
	return cases
}

func TestRead(t *testing.T) {
	c := read(t)
	now := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	if len(c) != 4 || c[1].Line != 3 || !c[1].Whole || c[0].Whole {
		t.Fatalf("read %+v", c)
	}
	f := c[0].Facts(now)
	if f.Product.Terms["cap"] != "5" || f.Product.Terms["gift"] != "true" || !f.Due.IsZero() {
		t.Errorf("facts of a1: %+v", f)
	}
	if f := c[1].Facts(now); f.Product != nil {
		t.Errorf("a2 has no product, and got %+v", f.Product)
	}
	if m := c[2].Message(); m.HTML == "" || m.Text != "" {
		t.Errorf("a3 is HTML: %+v", m)
	}
	if m := c[3].Message(); m.Text == "" || m.HTML != "" {
		t.Errorf("a4 is text: %+v", m)
	}
	if f := c[3].Facts(now); scruple.DateOf(f.Due) != "2026-12-01" {
		t.Errorf("a4 leaves on %v", f.Due)
	}
}

func TestReadNamesEveryFault(t *testing.T) {
	_, err := Read("bad.jsonl", strings.NewReader(`{"id":"x","market":"mars","channel":"sms","text":"a"}
{"id":"y","market":"cn","channel":"fax","text":"a"}
{"market":"cn","channel":"sms","text":"a"}
{"id":"z","market":"cn","channel":"sms"}
{"id":"w","market":"cn","channel":"sms","text":"a","label":"bad"}
{"id":"v","market":"cn","channel":"sms","text":"a","send_date":"soon"}
not json
`))
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"bad.jsonl:1: case x: market", "bad.jsonl:2: case y: channel", "bad.jsonl:3: the case has no id", "bad.jsonl:4:", "bad.jsonl:5:", "bad.jsonl:6:", "bad.jsonl:7:"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error lacks %q:\n%v", want, err)
		}
	}
}

func TestScores(t *testing.T) {
	check := func(m *scruple.Message, _ *scruple.Facts) scruple.Findings {
		if strings.Contains(m.Text, "稳赚") || strings.Contains(m.Text, "不保证") {
			return scruple.Findings{{Rule: "r", Verdict: scruple.Hold}}
		}
		return nil
	}
	results := Judge(read(t), check, time.Time{})
	got := map[string]Score{}
	var order []string
	for _, s := range Scores(results) {
		got[s.Group] = s
		order = append(order, s.Group)
	}
	if all := got["all"]; all.Found != 1 || all.Missed != 1 || all.FalseAlarms != 1 || all.Passed != 1 || all.Precision() != 0.5 || all.Recall() != 0.5 {
		t.Errorf("all: %+v", all)
	}
	if zh := got["language: zh"]; zh.Recall() != 1 || zh.Precision() != 0.5 {
		t.Errorf("zh: %+v", zh)
	}
	if k := got["kind: guarantee"]; k.Found != 1 || k.Missed != 1 {
		t.Errorf("kind: %+v", k)
	}
	if order[0] != "all" || order[1] != "language: en" || order[3] != "market: cn" {
		t.Errorf("order: %v", order)
	}
	if empty := (&Score{}); empty.Precision() != 1 || empty.Recall() != 1 {
		t.Error("nothing to find is found in full")
	}
}
