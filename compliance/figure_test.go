package compliance

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scruple/scruple"
)

// figuresOf reads the figures of a text and describes each by its quote, value, role and the time it belongs to.
func figuresOf(t testing.TB, market scruple.Market, text string) []string {
	t.Helper()
	var out []string
	withFigures(t, market, text, func(x *exam) {
		for i := range x.figures() {
			f := &x.t.figures[i]
			part, start, end := x.t.locate(f.from, f.to)
			words := []string{x.t.quote(part, start, end) + " = " + f.String()}
			for _, r := range []role{f.role, f.per} {
				if r != noRole {
					words = append(words, roleTable[r].name)
				}
			}
			out = append(out, strings.Join(words, " "))
		}
	})
	return out
}

func withFigures(t testing.TB, market scruple.Market, text string, do func(x *exam)) {
	t.Helper()
	e := book(t).engines[market].get()
	x := e.begin(&scruple.Message{Market: market, Text: text}, &scruple.Facts{})
	defer e.end(x)
	if fault := x.read(e); fault != "" {
		t.Fatal(fault)
	}
	do(x)
}

func TestFiguresAreRead(t *testing.T) {
	for _, tc := range []struct {
		market scruple.Market
		text   string
		want   []string
	}{
		{scruple.CN, "3.5%、３.５％、百分之三点五、3.5个点", []string{"3.5% = 3.5%", "３.５％ = 3.5%", "百分之三点五 = 3.5%", "3.5个点 = 3.5%"}},
		{scruple.CN, "万分之三和千分之五，0.35‰", []string{"万分之三 = 0.03%", "千分之五 = 0.5%", "0.35‰ = 0.035%"}},
		{scruple.CN, "上调1.5个百分点", []string{"1.5个百分点 = 1.5%"}},
		{scruple.CN, "2.2%-2.8%；2.2至2.8%；3%～5%", []string{"2.2%-2.8% = 2.2%-2.8%", "2.2至2.8% = 2.2%-2.8%", "3%～5% = 3%-5%"}},
		{scruple.CN, "1.2万、50万元、五十万、2千元、3-5万元", []string{"1.2万 = 12000", "50万元 = 500000", "五十万 = 500000", "2千元 = 2000", "3-5万元 = 30000-50000"}},
		{scruple.CN, "一站式百万医疗，两全其美，R2，千万别错过", nil},
		{scruple.CN, "12月5日；2026年12月1日；2026-12-05", []string{"12月5日 = 12-05", "2026年12月1日 = 2026-12-01", "2026-12-05 = 2026-12-05"}},
		{scruple.CN, "三个月，1年半，90天", []string{"三个月 = 90 days", "1年半 = 547.5 days", "90天 = 90 days"}},
		{scruple.CN, "八五折，1折", []string{"八五折 = 8.5折", "1折 = 1折"}},
		{scruple.UK, "four and a half per cent, four point five percent, 5 pc", []string{"four and a half per cent = 4.5%", "four point five percent = 4.5%", "5 pc = 5%"}},
		{scruple.UK, "350 bps, 4½%, twenty-five per cent", []string{"350 bps = 3.5%", "4½% = 4.5%", "twenty-five per cent = 25%"}},
		{scruple.UK, "between 3 and 4 per cent; 9.20% to 24.90%", []string{"3 and 4 per cent = 3%-4%", "9.20% to 24.90% = 9.2%-24.9%"}},
		{scruple.UK, "£120k, HK$500, RMB 300, USD 5,000, $2.5 million", []string{"£120k = 120000", "HK$500 = 500", "RMB 300 = 300", "USD 5,000 = 5000", "$2.5 million = 2500000"}},
		{scruple.UK, "a hundred and twenty thousand pounds", []string{"hundred and twenty thousand pounds = 120000"}},
		{scruple.UK, "5 December 2026; 31st Dec; 5/12/26", []string{"5 December 2026 = 2026-12-05", "31st Dec = 12-31", "5/12/26 = 2026-12-05"}},
		{scruple.US, "December 5, 2026; 12/5/2026", []string{"December 5, 2026 = 2026-12-05", "12/5/2026 = 2026-12-05"}},
		{scruple.EU, "3,5 % and 10,50 €", []string{"3,5 % = 3.5%", "10,50 € = 10.5"}},
		{scruple.UK, "No one may try. I may point at a half-open door, you and I.", nil},
	} {
		got := figuresOf(t, tc.market, tc.text)
		for i := range got { // values only
			if n := strings.LastIndex(got[i], "% "); n > 0 && !strings.Contains(got[i][n:], "=") {
				got[i] = got[i][:n+1]
			}
		}
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s\n%s", tc.text, diff)
		}
	}
}

func TestFiguresKnowTheirRole(t *testing.T) {
	for _, tc := range []struct {
		market scruple.Market
		text   string
		want   []string
	}{
		{scruple.CN, "年化三点二", []string{"三点二 = 3.2% rate per_year"}},
		{scruple.CN, "日息万分之五，每天0.02%", []string{"万分之五 = 0.05% rate per_day", "0.02% = 0.02% rate per_day"}},
		{scruple.CN, "月息三厘五", []string{"三厘五 = 0.35% rate per_month"}},
		{scruple.HK, "年息2.8厘", []string{"2.8厘 = 2.8% rate per_year"}},
		{scruple.CN, "业绩比较基准（年化）：2.1%-2.5%", []string{"2.1%-2.5% = 2.1%-2.5% benchmark"}},
		{scruple.CN, "管理费0.20%/年、托管费0.02%/年", []string{"0.20% = 0.2% fee per_year", "0.02% = 0.02% fee per_year"}},
		{scruple.CN, "近一年收益率\n3.1%", []string{"一年 = 365 days", "3.1% = 3.1% return"}},
		{scruple.CN, "到期利率1.00%、2.15%或2.45%", []string{"1.00% = 1% deposit_rate", "2.15% = 2.15% deposit_rate", "2.45% = 2.45% deposit_rate"}},
		{scruple.UK, "The charge is 0.5%; we lend at 24.9% APR and own 12% of the fund", []string{"0.5% = 0.5% fee", "24.9% = 24.9% apr per_year", "12% = 12% other"}},
		{scruple.US, "Base rate was held at 4%", []string{"4% = 4% other"}},
		{scruple.UK, "71% of retail investor accounts lose money", []string{"71% = 71% loss"}},
		{scruple.US, "$500 minimum, annual fee of $95, a $300 bonus", []string{"$500 = 500 minimum", "$95 = 95 fee", "$300 = 300 bonus"}},
		{scruple.CN, "12月5日前支用有效", []string{"12月5日 = 12-05 deadline"}},
	} {
		if diff := cmp.Diff(tc.want, figuresOf(t, tc.market, tc.text)); diff != "" {
			t.Errorf("%s\n%s", tc.text, diff)
		}
	}
}

// A figure reads back as itself, in whatever form it is written.
func TestFigureReadsBackAsItself(t *testing.T) {
	hanDigits := []rune("零一二三四五六七八九")
	forms := map[string]func(v float64) string{
		"%s":   func(v float64) string { return plainNumber(v) + "%" },
		"wide": func(v float64) string { return fullWidth(plainNumber(v)) + "％" },
		"han": func(v float64) string {
			return fmt.Sprintf("百分之%s点%s", spell(int(v), hanDigits), digits(v, hanDigits))
		},
		"points":   func(v float64) string { return plainNumber(v) + "个点" },
		"per cent": func(v float64) string { return plainNumber(v) + " per cent" },
		"pc":       func(v float64) string { return plainNumber(v) + " pc" },
		"bps":      func(v float64) string { return plainNumber(math.Round(v*1e4)/100) + " bps" },
		"‰":        func(v float64) string { return plainNumber(math.Round(v*1e4)/1e3) + "‰" },
		"words": func(v float64) string {
			return smallNumbers[int(v)%20] + " point " + digits(v, nil) + " per cent"
		},
	}
	random := rand.New(rand.NewPCG(3, 4))
	for range 60 {
		v := float64(random.IntN(1999)+1) / 100
		for name, form := range forms {
			text := form(v)
			withFigures(t, scruple.CN, "现在"+text+"。", func(x *exam) {
				if fs := x.figures(); len(fs) != 1 || math.Abs(fs[0].low-v) > 1e-6 || fs[0].measure != percentage {
					t.Errorf("%s: %g as %q reads %+v", name, v, text, fs)
				}
			})
		}
	}
}

func fullWidth(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r - '0' + '０'
		}
		return r
	}, s)
}

// spell writes a number below 20 in Chinese numerals.
func spell(n int, han []rune) string {
	switch {
	case n < 10:
		return string(han[n])
	case n == 10:
		return "十"
	}
	return "十" + string(han[n-10])
}

// digits writes the two decimals of a value, in Chinese numerals or English words.
func digits(v float64, han []rune) string {
	n := int(math.Round(v*100)) % 100
	if han != nil {
		return string([]rune{han[n/10], han[n%10]})
	}
	return smallNumbers[n/10] + " " + smallNumbers[n%10]
}

func FuzzFigures(f *testing.F) {
	for _, s := range []string{
		"年化3.5%-4%", "百分之百", "万分之", "1/2/3/4", "31st of", "between and 4 per cent", "half a", "月息三厘", "$", "HK$", "1,2,3,4.5.6%", "½⁄", "12月", "2026-13-45",
		"99999999999999999999999999%", "two hundred and", "八折八", "５０万元至", "1e9 %", "one point", "12期×", "\xff3%",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, m := range []scruple.Market{scruple.CN, scruple.HK, scruple.US} {
			withFigures(t, m, s, func(x *exam) {
				end := int32(0)
				for _, q := range x.figures() {
					if q.from < end || q.to <= q.from || int(q.to) > len(x.t.units) || q.low > q.high || math.IsNaN(q.low) {
						t.Errorf("%q: %+v after %d of %d units", s, q, end, len(x.t.units))
					}
					end = q.to
				}
			})
		}
	})
}
