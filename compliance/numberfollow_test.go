package compliance

import (
	"testing"
	"time"

	"github.com/scruple/scruple"
)

// ofNumbers returns the rules about figures that object to an excerpt.
func ofNumbers(t testing.TB, market scruple.Market, p *scruple.Product, text string) []string {
	t.Helper()
	m := &scruple.Message{Market: market, Channel: scruple.Push, Text: text, Excerpt: true}
	var out []string
	for _, f := range book(t).Check(m, &scruple.Facts{Now: time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC), Product: p}) {
		if f.Kind == kindNumber {
			out = append(out, f.Rule)
		}
	}
	return out
}

func rateOf(kind string, v float64, period string) scruple.Rate {
	return scruple.Rate{Kind: kind, Low: v, High: v, Unit: "% p.a.", Period: period}
}

// What follows from the figures of a product, or is one of them by another honest name, is no other figure.
func TestFiguresThatFollowAreHonest(t *testing.T) {
	policy := &scruple.Product{Type: "insurance", Name: "长安两全", Terms: map[string]string{"premium": "年交2400元，交10年"}}
	account := &scruple.Product{Type: "insurance", Name: "长安万能", Rates: []scruple.Rate{rateOf("benchmark", 1.5, "最低保证利率")}}
	card := &scruple.Product{Type: "credit_card", Name: "月白卡", Rates: []scruple.Rate{rateOf("apr", 14.4, "单利")}}
	fund := &scruple.Product{Type: "fund", Name: "青石债券", Rates: []scruple.Rate{rateOf("fee", 0.6, "管理费")}}
	linked := &scruple.Product{Type: "structured_deposit", Name: "挂钩美元90天", Terms: map[string]string{"min_amount": "5万元"}}
	for _, tc := range []struct {
		product *scruple.Product
		text    string
		wrong   bool
	}{
		{policy, "每月200元", false},
		{policy, "年交2400元，十年累计24000元", false},
		{policy, "每月180元", true},
		{account, "最低保证利率1.5%", false},
		{account, "年利率1.5%", true},
		{card, "手续费折算年化14.4%", false},
		{card, "手续费折算年化12.4%", true},
		{fund, "管理费由0.8%下调为0.6%", false},
		{fund, "管理费为0.8%", true},
		{linked, "挂钩美元90天5万元起存", false},
		{linked, "挂钩美元90天1万元起存", true},
	} {
		if got := ofNumbers(t, scruple.CN, tc.product, tc.text); (len(got) > 0) != tc.wrong {
			t.Errorf("%s: %v, wrong %v", tc.text, got, tc.wrong)
		}
	}
}

// What the terms bind is not free, unless the copy says how it is bound.
func TestTermsInWords(t *testing.T) {
	locked := &scruple.Product{Type: "wealth", Name: "安和180天", Risk: "R2", Terms: map[string]string{"lockup": "180天，期间不可赎回"}}
	bond := &scruple.Product{Type: "deposit", Name: "Two Year Bond", Terms: map[string]string{"withdrawals": "none before maturity, no access"}}
	fee := &scruple.Product{Type: "mortgage", Name: "Tracker", Rates: []scruple.Rate{{Kind: "fee", Low: 749, High: 749, Unit: "GBP", Period: "booking"}}}
	advice := &scruple.Product{Type: "wealth", Rates: []scruple.Rate{rateOf("fee", 0.6, "advisory")}}
	target := &scruple.Product{Type: "fund", Rates: []scruple.Rate{rateOf("benchmark", 6.5, "objective")}}
	term := &scruple.Product{Type: "deposit", Rates: []scruple.Rate{rateOf("deposit_rate", 2.7, "18 months")}}
	shut := &scruple.Product{Type: "fund", Terms: map[string]string{"status": "closed to new money"}}
	pets := &scruple.Product{Type: "insurance", Terms: map[string]string{"excess": "£75"}}
	for _, tc := range []struct {
		market  scruple.Market
		product *scruple.Product
		text    string
		wrong   bool
	}{
		{scruple.CN, locked, "安和180天随时可以赎回", true},
		{scruple.CN, locked, "持有满30天可赎回", true},
		{scruple.CN, locked, "持有满180天可赎回", false},
		{scruple.CN, locked, "封闭180天，到期后每个工作日都能赎回", false},
		{scruple.CN, locked, "风险等级R3", true},
		{scruple.CN, locked, "风险等级R2", false},
		{scruple.UK, fee, "No booking fee", true},
		{scruple.UK, fee, "No exit fee", false},
		{scruple.UK, fee, "One call, and it's free", true},
		{scruple.UK, fee, "One call, and it's free; the booking fee for a loan is £749", false},
		{scruple.UK, fee, "No booking fee for first-time buyers", false},
		{scruple.US, fee, "Our booking fee was raised from $700 to $749", false},
		{scruple.EU, advice, "We raised the advisory fee from 0.50% to 0.60%", false},
		{scruple.EU, advice, "The advisory fee is 0.50% to 0.55%", true},
		{scruple.EU, target, "6.5%, month after month", true},
		{scruple.EU, target, "Our objective is a target of 6.5%", false},
		{scruple.EU, term, "2.70% for 12 months", true},
		{scruple.EU, term, "2.70% for 18 months", false},
		{scruple.EU, shut, "Invest today", true},
		{scruple.EU, shut, "It is closed to new money; you cannot invest", false},
		{scruple.UK, pets, "No excess to pay", true},
		{scruple.UK, pets, "A £75 excess", false},
		{scruple.UK, bond, "You cannot withdraw at any time before maturity", false},
	} {
		if got := ofNumbers(t, tc.market, tc.product, tc.text); (len(got) > 0) != tc.wrong {
			t.Errorf("%s: %v, wrong %v", tc.text, got, tc.wrong)
		}
	}
}
