package templates

import (
	"strings"
	"testing"

	"github.com/scruple/scruple"
)

func mustParse(t testing.TB, src string) *Template {
	t.Helper()
	tp, err := Parse("x.liquid", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return tp
}

const benchSMS = `---
name: bench
version: 1
channel: sms
market: cn
locale: zh-CN
author: a
slots:
  name: {type: name, default: 客户}
  due: {type: date}
  sum: {type: amount}
---
【示例银行】尊敬的{{ name }}，您的定期存款{{ sum | money }}将于{{ due | date: "long" }}到期，{% if name %}现行{% endif %}年利率{{ product.rate.deposit_rate }}。存款依照《存款保险条例》受到保护。拒收请回复R
`

func benchValues() Values {
	return Values{
		Recipient: &scruple.Recipient{ID: "1", Columns: scruple.NewColumns([]string{"id", "name", "sum", "due"}), Values: []string{"1", "欧阳明月", "12345.50", "2026-11-22"}},
		Product:   &scruple.Product{Rates: []scruple.Rate{{Kind: "deposit_rate", Low: 1.55, High: 1.55, Unit: "% p.a."}}},
	}
}

func benchMail() string {
	row := `<tr><td style="padding: 8px">Dear {{ name }}, your balance of {{ sum | money }} will mature.</td><td><a href="https://bank.example/offer?who={{ name }}">Read the terms &amp; conditions</a></td></tr>` + "\n"
	return strings.NewReplacer("channel: sms", "channel: email\nformat: html\nsubject: 'For {{ name }}'", "zh-CN", "en-GB", "market: cn", "market: uk").
		Replace(benchSMS[:strings.Index(benchSMS, "---\n【")]) +
		"---\n<table>\n" + row + row + row + "<tr><td>" + strings.Repeat("<p>Every figure here comes from the product master, and every claim has been read by somebody.</p>\n", 36) +
		"Due {{ due | date: \"long\" }}</td></tr>\n</table>\n"
}

func BenchmarkFillSMS(b *testing.B) {
	tp, v := mustParse(b, benchSMS), benchValues()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := tp.Fill(v); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFillMail(b *testing.B) {
	tp, v := mustParse(b, benchMail()), benchValues()
	m, err := tp.Fill(v)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(len(m.HTML)), "html-bytes")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := tp.Fill(v); err != nil {
			b.Fatal(err)
		}
	}
}
