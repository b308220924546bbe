package templates

import (
	"errors"
	"strings"
	"testing"

	"github.com/scruple/scruple"
)

func TestValuesAreHeldToTheirType(t *testing.T) {
	for _, tc := range []struct{ kind, value, reason string }{
		{"name", "王小明", ""},
		{"name", "Ann-Sofie O'Neill Jr.", ""},
		{"name", "J.P. Morgan", ""},
		{"name", "Mr.De Vries", ""},
		{"name", "नेहा क्\u200dषत्रिय", ""},
		{"name", "阿卜杜拉·买买提", ""},
		{"name", "12345", "nothing but digits"},
		{"name", "１２３", "nothing but digits"},
		{"name", strings.Repeat("长", 65), "longer than 64"},
		{"name", strings.Repeat("长", 64), ""},
		{"name", "Ann http://evil.example", "web address"},
		{"name", "Ann evil.com", "web address"},
		{"name", "www.evil", "web address"},
		{"name", "ＥＶＩＬ．ＣＯＭ", "web address"},
		{"name", "点evil。com领奖", "web address"},
		{"name", "t.cn/x", "web address"},
		{"name", "{{ first_name }}", "merge syntax"},
		{"name", "{% if x %}", "merge syntax"},
		{"name", "Ann\nBcc: x", "line break"},
		{"name", "Ann\r", "line break"},
		{"name", "Ann\u2028", "line break"},
		{"name", "Ann\x00", "control character"},
		{"name", "Ann\u202egnp", "invisible or direction"},
		{"name", "保\u200b本", "invisible"},
		{"name", "Ann\u200d", "invisible"},
		{"name", "Ann\xff", "broken character"},
		{"name", "<b>", ""}, // escaped where it stands
		{"text", "12345", ""},
		{"text", strings.Repeat("x", 201), "longer than 200"},
		{"text", "See. It. Now.", ""},
		{"text", "see bank.example.com now", "web address"},
		{"amount", "1234.50", ""},
		{"amount", "-0.01", ""},
		{"amount", "1,234.50", "plain decimal"},
		{"amount", "¥100", "plain decimal"},
		{"amount", "1e9", "plain decimal"},
		{"amount", "NaN", "plain decimal"},
		{"amount", "1.", "plain decimal"},
		{"amount", ".5", "plain decimal"},
		{"amount", "-", "plain decimal"},
		{"amount", "1.2.3", "plain decimal"},
		{"amount", "1234567890123456", "plain decimal"},
		{"percent", "3.125", ""},
		{"percent", "3%", "plain decimal"},
		{"number", "12 ", "plain decimal"},
		{"date", "2024-02-29", ""},
		{"date", "2026-02-29", "not a day"},
		{"date", "22/11/2026", "not a day"},
		{"date", "2026-11-22T00:00", "not a day"},
		{"date", "0000-01-01", "not a day"},
		{"url", "https://bank.example/a?b=c&d=e#f", ""},
		{"url", "http://bank.example/", "https"},
		{"url", "https:///path", "https"},
		{"url", "javascript:alert(1)", "https"},
		{"url", "https://bank.example@evil.example/", "https"},
		{"url", "https://bank.example/a b", "spaces"},
		{"url", "https://bank.example/\nx", "spaces"},
		{"url", "https://bank.example/{{x}}", "merge syntax"},
	} {
		spec := frontSlot{Type: tc.kind}.spec("x")
		got := spec.check(tc.value)
		if (got == "") != (tc.reason == "") || !strings.Contains(got, tc.reason) {
			t.Errorf("%s %q: %q, want %q", tc.kind, tc.value, got, tc.reason)
		}
	}
}

func recipient(pairs ...string) *scruple.Recipient {
	var names, values []string
	for i := 0; i < len(pairs); i += 2 {
		names, values = append(names, pairs[i]), append(values, pairs[i+1])
	}
	return &scruple.Recipient{ID: "1", Columns: scruple.NewColumns(names), Values: values}
}

func TestABadValueHoldsThatMessageAlone(t *testing.T) {
	tp := mustParse(t, smsHead)
	for name, tc := range map[string]struct {
		r     *scruple.Recipient
		slot  string
		empty bool
	}{
		"a missing column": {recipient("sum", "1", "due", "2026-11-22"), "first_name", true},
		"an empty value":   {recipient("first_name", "", "sum", "1", "due", "2026-11-22"), "first_name", true},
		"a blank":          {recipient("first_name", " \u00a0", "sum", "1", "due", "2026-11-22"), "first_name", true},
		"no recipient":     {nil, "first_name", true},
		"an address":       {recipient("first_name", "evil.com", "sum", "1", "due", "2026-11-22"), "first_name", false},
		"a third decimal":  {recipient("first_name", "Ann", "sum", "1.005", "due", "2026-11-22"), "sum", false},
	} {
		_, err := tp.Fill(Values{Recipient: tc.r})
		var se *SlotError
		if !errors.As(err, &se) || se.Slot != tc.slot || se.Empty != tc.empty || se.Template != "broken@1" {
			t.Errorf("%s: got %#v", name, err)
		}
		if err != nil && strings.Contains(err.Error(), "evil") {
			t.Errorf("%s: the error quotes the value: %v", name, err)
		}
	}
	m, err := tp.Fill(Values{Recipient: recipient("first_name", "Ann", "sum", "1", "due", "2026-11-22")})
	if err != nil || m.Text != "Ann$1.002026-11-22" {
		t.Errorf("the next message: %q, %v", m.Text, err)
	}
}

func TestFiguresAndDaysByLocale(t *testing.T) {
	for _, tc := range []struct{ locale, market, code, value, want string }{
		{"en-US", "us", "{{ sum | money }}", "1234.50", "$1,234.50"},
		{"en-US", "us", "{{ sum | money }}", "-1234567.5", "-$1,234,567.50"},
		{"en-US", "us", `{{ sum | money: "CNY" }}`, "1234.50", "CN¥1,234.50"},
		{"en-US", "us", `{{ sum | money: "CHF" }}`, "1", "CHF\u00a01.00"},
		{"en-GB", "uk", "{{ sum | money }}", "1234.50", "£1,234.50"},
		{"en-GB", "uk", `{{ sum | money: "USD" }}`, "0", "US$0.00"},
		{"en-IE", "eu", "{{ sum | money }}", "1234.50", "€1,234.50"},
		{"de-DE", "eu", "{{ sum | money }}", "1234.50", "1.234,50\u00a0€"},
		{"de-DE", "eu", "{{ sum | money }}", "-1234.50", "-1.234,50\u00a0€"},
		{"nl-NL", "eu", "{{ sum | money }}", "1234.50", "€\u00a01.234,50"},
		{"zh-CN", "cn", "{{ sum | money }}", "1234.50", "¥1,234.50"},
		{"zh-CN", "cn", `{{ sum | money: "JPY" }}`, "1234.00", "JP¥1,234"},
		{"zh-CN", "cn", `{{ sum | money: "JPY" }}`, "1234.50", ""},
		{"zh-HK", "hk", "{{ sum | money }}", "1234.50", "HK$1,234.50"},
		{"zh-CN", "cn", "{{ sum | wan }}", "500000", "50万"},
		{"zh-CN", "cn", "{{ sum | wan }}", "12500", "1.25万"},
		{"zh-CN", "cn", "{{ sum | wan }}", "-12500", "-1.25万"},
		{"zh-CN", "cn", "{{ sum | wan }}", "9999.50", "9,999.5"},
		{"en-US", "us", "{{ sum | number }}", "0012345.60", "12,345.6"},
		{"en-US", "us", "{{ sum | number }}", "000", "0"},
		{"en-US", "us", "{{ sum | number: 2 }}", "12345.6", "12,345.60"},
		{"en-US", "us", "{{ sum | number: 0 }}", "12345.00", "12,345"},
		{"en-US", "us", "{{ sum | number: 0 }}", "12345.60", ""},
		{"en-US", "us", "{{ rate | percent }}", "3", "3.00%"},
		{"en-US", "us", "{{ rate | percent }}", "3.10", "3.10%"},
		{"en-US", "us", "{{ rate | percent }}", "3.125", "3.125%"},
		{"de-DE", "eu", "{{ rate | percent }}", "3.1", "3,10\u00a0%"},
		{"zh-CN", "cn", `{{ due | date: "long" }}`, "2026-11-22", "2026年11月22日"},
		{"zh-HK", "hk", `{{ due | date: "long" }}`, "2026-01-02", "2026年1月2日"},
		{"en-GB", "uk", `{{ due | date: "long" }}`, "2026-11-22", "22 November 2026"},
		{"en-US", "us", `{{ due | date: "long" }}`, "2026-11-22", "November 22, 2026"},
		{"de-DE", "eu", `{{ due | date: "long" }}`, "2026-03-01", "1. März 2026"},
		{"fr-FR", "eu", `{{ due | date: "long" }}`, "2026-08-01", "1er août 2026"},
		{"es-ES", "eu", `{{ due | date: "long" }}`, "2026-01-22", "22 de enero de 2026"},
		{"it-IT", "eu", `{{ due | date: "long" }}`, "2026-01-22", "22 gennaio 2026"},
		{"en-GB", "uk", `{{ due | date: "%d/%m/%Y" }}`, "2026-01-02", "02/01/2026"},
		{"en-US", "us", `{{ due | date: "%b %-d, %y" }}`, "2026-01-02", "Jan 2, 26"},
		{"zh-CN", "cn", `{{ due | date: "%Y年%-m月" }}`, "2026-01-02", "2026年1月"},
		{"en-US", "us", "{{ who | mask }}", "6222021234567890", "****7890"},
		{"en-US", "us", "{{ who | mask }}", "1234567", ""},
		{"en-US", "us", "{{ who | truncate: 4 }}", "ab👩\u200d👩cd", ""}, // joined emoji are invisible characters to the type
		{"en-US", "us", `{{ who | truncate: 4, "…" }}`, "ae\u0301e\u0301e\u0301e\u0301", "ae\u0301e\u0301…"},
		{"en-US", "us", "{{ who | capitalize }}", "ängström", "Ängström"},
		{"en-US", "us", "{{ who | upcase }}", "straße", "STRAßE"},
	} {
		slots := map[string]string{"sum": "  sum: {type: amount}\n", "rate": "  rate: {type: percent}\n", "due": "  due: {type: date}\n", "who": "  who: {type: text}\n"}
		name := strings.Fields(tc.code)[1]
		tp, err := Parse("x", []byte("---\nname: x\nversion: 1\nchannel: sms\nmarket: "+tc.market+"\nlocale: "+tc.locale+"\nauthor: a\nslots:\n"+slots[name]+"---\n"+tc.code))
		if err != nil {
			t.Errorf("%s %s: %v", tc.locale, tc.code, err)
			continue
		}
		m, err := tp.Fill(Values{Recipient: recipient(name, tc.value)})
		if m.Text != tc.want || (err == nil) != (tc.want != "") {
			t.Errorf("%s %s of %s: %q, %v; want %q", tc.locale, tc.code, tc.value, m.Text, err, tc.want)
		}
	}
}

func TestRatesAreShownFromLowToHigh(t *testing.T) {
	head := "---\nname: x\nversion: 1\nchannel: sms\nmarket: us\nlocale: LOCALE\nauthor: a\n---\n{{ product.rate.apy }}"
	rate := func(low, high float64, unit string) scruple.Rate {
		return scruple.Rate{Kind: "apy", Low: low, High: high, Unit: unit}
	}
	for _, tc := range []struct {
		locale string
		rates  []scruple.Rate
		want   string
	}{
		{"en-US", []scruple.Rate{rate(4.1, 4.1, "% p.a.")}, "4.10%"},
		{"en-US", []scruple.Rate{rate(4.1, 4.255, "%")}, "4.10% to 4.255%"},
		{"zh-CN", []scruple.Rate{rate(2.6, 3, "%"), rate(2.1, 2.1, "%")}, "2.10%至3.00%"},
		{"en-US", []scruple.Rate{rate(25, 25, "USD")}, "$25.00"},
		{"en-US", []scruple.Rate{rate(25, 25, "USD"), rate(1, 1, "%")}, ""},
		{"en-US", []scruple.Rate{rate(25, 25, "points")}, ""},
		{"en-US", []scruple.Rate{{Kind: "fee", Low: 1, High: 1, Unit: "%"}}, ""},
	} {
		tp := mustParse(t, strings.Replace(head, "LOCALE", tc.locale, 1))
		for range 2 { // the second time from what was shown before
			m, err := tp.Fill(Values{Product: &scruple.Product{Rates: tc.rates}})
			if m.Text != tc.want || (err == nil) != (tc.want != "") {
				t.Errorf("%+v: %q, %v; want %q", tc.rates, m.Text, err, tc.want)
			}
		}
	}
	tp := mustParse(t, strings.Replace(head, "LOCALE", "en-US", 1))
	for _, n := range []float64{1, 2} {
		if m, _ := tp.Fill(Values{Product: &scruple.Product{Rates: []scruple.Rate{rate(n, n, "%")}}}); !strings.HasPrefix(m.Text, string(rune('0'+int(n)))) {
			t.Errorf("a product of %v shows %q", n, m.Text)
		}
	}
	if _, err := tp.Fill(Values{}); err == nil {
		t.Error("a message without a product shows the rate of the message before it")
	}
}

func TestNoValueStaysOnTheDesk(t *testing.T) {
	tp := mustParse(t, smsHead)
	w := tp.newDesk().(*desk)
	v := Values{Recipient: recipient("first_name", "Ann", "sum", "1", "due", "2026-11-22")}
	if err := tp.gather(v, w); err != nil {
		t.Fatal(err)
	}
	if _, err := tp.show(tp.root.shapeFor(w.raw), w); err != nil || len(w.shown) == 0 {
		t.Fatal(err, len(w.shown))
	}
	tp.clear(w)
	if strings.Join(w.raw, "") != "" || strings.Trim(string(w.shown[:cap(w.shown)]), "\x00") != "" {
		t.Errorf("left: %q %q", w.raw, w.shown[:cap(w.shown)])
	}
}
