package compliance

import (
	"strings"
	"testing"

	"github.com/scruple/scruple"
)

func BenchmarkCheck(b *testing.B) {
	en := "Dear customer, our Saturday hours change next month. The branch on Market Street opens at nine and shuts at one. " +
		"You can book a talk with an adviser online or by phone, and bring your questions about savings and pensions. "
	page := strings.Repeat("<tr><td style=\"color:#333;padding:4px\"><p>"+en+"</p></td></tr>\n", 20)
	for name, m := range map[string]*scruple.Message{
		"SMS zh":    {Market: scruple.CN, Channel: scruple.SMS, Text: "【青禾银行】尊敬的客户，网点本周起延长营业时间至晚八点，周六照常营业，欢迎携带身份证件前来咨询。拒收请回复R"},
		"SMS en":    {Market: scruple.UK, Channel: scruple.SMS, Text: "Larkhill Bank: our branch on Market Street is open on Saturdays from 9 to 1, and you can book a talk in the app. Opt out: STOP to 60123"},
		"text 5KiB": {Market: scruple.US, Channel: scruple.Push, Text: strings.Repeat(en, 23)},
		"HTML 5KiB": {Market: scruple.US, Channel: scruple.Web, HTML: page[:5<<10]},
	} {
		b.Run(name, func(b *testing.B) {
			book := book(b)
			f := &scruple.Facts{Now: noon, Product: &scruple.Product{Type: "deposit"}}
			b.ReportAllocs()
			for b.Loop() {
				book.Check(m, f)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "checks/s")
		})
	}
}

func BenchmarkBuiltin(b *testing.B) {
	for b.Loop() {
		if _, err := Builtin(); err != nil {
			b.Fatal(err)
		}
	}
}
