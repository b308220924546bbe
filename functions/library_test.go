package functions

import (
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/compliance"
	"github.com/scruple/scruple/templates"
)

// starterProducts holds a sound product for every template of the starter library, by the template's name.
func starterProducts() map[string]scruple.Product {
	rate := func(kind string, low, high float64, unit string) []scruple.Rate {
		return []scruple.Rate{{Kind: kind, Low: low, High: high, Unit: unit}}
	}
	return map[string]scruple.Product{
		"cn-deposit-sms": {Type: "deposit", Name: "整存整取定期存款", Rates: rate("deposit_rate", 1.1, 1.1, "% p.a."), Terms: map[string]string{
			"tenor": "一年", "min_amount": "50元", "rate_source": "本行2026年10月20日公告", "early_withdrawal": "支取日活期利率",
		}},
		"cn-wealth-sms": {Type: "wealth", Name: "云岭稳享半年定开", Risk: "R2", Terms: map[string]string{
			"registration_code": "Z7009926000123", "offer_until": "2026-12-15", "tenor": "182天", "min_amount": "1元", "issuer": "云岭理财", "distributor": "云岭银行",
		}},
		"cn-wealth-wechat": {Type: "wealth", Name: "云岭稳享半年定开", Risk: "R2", Rates: rate("benchmark", 2.2, 2.8, "% p.a."), Terms: map[string]string{
			"registration_code": "Z7009926000123", "offer_until": "2026-12-15", "tenor": "182天", "min_amount": "1元", "issuer": "云岭理财", "distributor": "云岭银行",
			"fees": "固定管理费0.20%/年，托管费0.03%/年", "benchmark_basis": "拟投资的存单和中短期债券的收益率区间，扣除费用后确定",
		}},
		"cn-structured-deposit-sms": {Type: "structured_deposit", Name: "云岭结构性存款第12期", Risk: "R1", Terms: map[string]string{
			"offer_until": "2026-12-15", "issuer": "云岭银行", "tenor": "90天", "min_amount": "1万元", "underlying": "欧元兑美元汇率",
		}},
		"cn-fund-email": {Type: "fund", Name: "远山成长混合A", Risk: "R3", Rates: rate("fee", 1.2, 1.2, "%"), Terms: map[string]string{
			"issuer": "远山基金管理有限公司", "distributor": "云岭银行", "investment_scope": "股票资产占基金资产的60%至95%", "fees": "管理费1.20%/年，申购费率最高1.50%",
		}},
		"cn-loan-sms": {Type: "loan", Name: "云岭消费贷", Rates: rate("apr", 3.6, 14.4, "% p.a."), Terms: map[string]string{
			"issuer": "云岭银行", "rate_method": "单利", "fees": "不收取其他费用", "tenor": "12至36个月",
		}},
		"cn-credit-card-wechat": {Type: "credit_card", Name: "账单分期", Rates: rate("apr", 11.2, 15.6, "% p.a."), Terms: map[string]string{
			"issuer": "云岭银行", "tenor": "3、6、12期", "rate_method": "单利", "fees": "除上述费用外无其他费用", "early_settlement": "剩余期数的手续费不再收取",
		}},
		"cn-insurance-wechat": {Type: "insurance", Name: "安衡百岁两全保险（分红型）", Terms: map[string]string{
			"issuer": "安衡人寿保险股份有限公司", "distributor": "云岭银行", "cover": "身故保险金、满期保险金", "exclusions": "投保人故意行为等，详见条款第二章",
			"waiting_period": "90天", "cooling_off": "15天", "premium_terms": "年交，5年交清", "participating": "是",
		}},
		"hk-deposit-email": {Type: "deposit", Name: "港元定期存款", Rates: rate("deposit_rate", 2.4, 2.4, "% p.a."), Terms: map[string]string{
			"issuer": "雲嶺銀行（香港）", "offer_until": "2026-12-15", "tenor": "六個月", "min_amount": "港幣10,000元", "conditions": "須以全新資金開立", "early_withdrawal": "不可提早提取",
		}},
		"uk-savings-email": {Type: "deposit", Name: "Fixed Saver", Rates: rate("deposit_rate", 4.1, 4.1, "% AER"), Terms: map[string]string{
			"issuer": "Larkhill Bank plc", "rate_type": "fixed", "interest_paid": "yearly", "min_amount": "£500", "withdrawals": "none before the end of the term",
			"renewal": "your money moves to an instant access account", "offer_until": "2026-12-15", "fscs": "Eligible deposits are protected up to £120,000 by the FSCS.", "frn": "123456",
		}},
		"uk-fund-email": {Type: "fund", Name: "Larkhill Global Equity Fund", Risk: "R4", Terms: map[string]string{
			"issuer": "Larkhill Fund Managers", "objective": "grow over five years or more", "main_risks": "share prices and exchange rates", "fees": "ongoing charge 0.75% a year",
			"holding_period": "at least five years", "frn": "123457",
		}},
		"uk-life-insurance-email": {Type: "insurance", Name: "Larkhill Term Life", Terms: map[string]string{
			"issuer": "Larkhill Life", "cover": "a lump sum if you die during the term", "exclusions": "death by suicide in the first year", "premium_terms": "from £9 a month, fixed for the term",
			"eligibility": "UK residents aged 18 to 64", "cash_in_value": "none at any time", "frn": "123459",
		}},
		"uk-wealth-email": {Type: "wealth", Name: "Larkhill Managed Portfolio", Risk: "R3", Terms: map[string]string{
			"issuer": "Larkhill Wealth", "objective": "spread your money over shares and bonds", "main_risks": "share prices, interest rates and exchange rates", "fees": "0.60% a year for managing, and about 0.20% a year in fund charges",
			"holding_period": "at least five years", "min_amount": "£1,000", "frn": "123460",
		}},
		"uk-personal-loan-email": {Type: "loan", Name: "Larkhill Personal Loan", Rates: rate("apr", 6.9, 6.9, "% APR"), Terms: map[string]string{
			"issuer": "Larkhill Bank plc", "amount_range": "£1,000 to £25,000", "term_range": "1 to 5 years", "example_amount": "£7,500", "example_duration": "48 months", "example_rate": "6.69%",
			"rate_type": "fixed", "fees": "no fees", "example_repayments": "48 monthly repayments of £178.54", "example_charge": "£1,069.92", "example_total": "£8,569.92", "frn": "123458",
		}},
		"us-cd-email": {Type: "deposit", Name: "12-Month CD", Rates: rate("apy", 4.1, 4.1, "% APY"), Terms: map[string]string{
			"issuer": "Harbor Bank", "rate_as_of": "2026-11-20", "tenor": "12 months", "min_to_open": "$500", "min_balance": "$500", "rate_type": "fixed", "early_withdrawal": "90 days of interest",
			"renewal": "the CD renews for the same term unless you tell us otherwise",
		}},
		"us-personal-loan-email": {Type: "loan", Name: "Personal Loan", Rates: rate("apr", 9.2, 24.9, "% APR"), Terms: map[string]string{
			"issuer": "Harbor Bank", "rate_as_of": "2026-11-20", "rate_type": "fixed", "example_amount": "$10,000", "example_down_payment": "none", "example_apr": "11.9%",
			"example_payments": "48 monthly payments of $262.84", "example_total": "$12,616.32", "fees": "origination fee of 2%, taken from the loan", "nmls_id": "1234567",
		}},
		"us-credit-card-email": {Type: "credit_card", Name: "Harbor Card", Rates: rate("apr", 18.49, 27.49, "% APR"), Terms: map[string]string{
			"issuer": "Harbor Bank", "rate_as_of": "2026-11-20", "variable_rate": "The APR varies with the market based on the Prime Rate.", "introductory_apr": "0%", "introductory_period": "the first 15 billing cycles",
			"annual_fee": "$0", "fees": "3% of each transfer, at least $5",
		}},
		"eu-fund-email": {Type: "fund", Name: "Nordhaven Global Bond Fund", Risk: "R2", Terms: map[string]string{
			"issuer": "Nordhaven Asset Management", "objective": "preserve purchasing power over three years", "main_risks": "interest rates and the default of issuers", "fees": "ongoing costs of 0.45% a year",
			"holding_period": "three years", "authority": "the Central Bank of Ireland",
		}},
	}
}

// starterValues fills what a template asks of the list and the campaign.
func starterValues(tp *templates.Template, p *scruple.Product) templates.Values {
	campaign := map[string]string{
		"sender": "云岭银行", "phone": "95599", "postal_address": "云南省昆明市云岭路1号",
		"details_url": "https://bank.example/details", "open_url": "https://bank.example/open", "kid_url": "https://bank.example/kid", "unsubscribe_url": "https://bank.example/u",
	}
	if tp.Market != scruple.CN && tp.Market != scruple.HK {
		campaign["sender"], campaign["postal_address"] = "Harbor Bank", "220 Water St, Salem, MA 01970"
	}
	row := map[string]string{
		"customer_name": "王小明", "first_name": "Ann", "matures_on": "2026-12-01", "card_number": "6222000011112222", "bill_amount": "1250.00", "due_on": "2026-12-05",
	}
	v := templates.Values{Product: p, Campaign: campaign, Recipient: &scruple.Recipient{ID: "C1"}}
	var columns []string
	for _, s := range tp.Slots {
		if s.From == "recipient" {
			columns = append(columns, s.Name)
			v.Recipient.Values = append(v.Recipient.Values, row[s.Name])
		}
	}
	v.Recipient.Columns = scruple.NewColumns(columns)
	return v
}

// starterFacts are those of a customer to whom everything may be sent, at an hour that is day in every market.
func starterFacts(p *scruple.Product) *scruple.Facts {
	now := time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)
	zone := map[scruple.Market]string{scruple.CN: "Asia/Shanghai", scruple.HK: "Asia/Hong_Kong", scruple.UK: "Europe/London", scruple.US: "America/New_York", scruple.EU: "Europe/Dublin"}
	if p.Market == scruple.CN || p.Market == scruple.HK {
		now = time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)
	}
	return &scruple.Facts{
		Now: now, Product: p,
		Recipient: &scruple.Profile{Birth: "1985-05-05", Rating: "C5", RatedUntil: "2027-06-30", Zone: zone[p.Market]},
		Person: scruple.Person{ID: "C1", Consents: []scruple.ConsentEvent{{
			Purpose: "marketing", Action: "grant", Source: "double_opt_in", Wording: "v3", At: now.AddDate(0, -1, 0),
		}}},
	}
}

// Every starter template, filled with sound values and sent to a customer who may have it, passes the whole book that ships.
func TestStarterLibraryPassesTheBook(t *testing.T) {
	book, err := compliance.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	products, seen := starterProducts(), map[string]bool{}
	err = fs.WalkDir(templates.Library, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, ".liquid") {
			return err
		}
		tp, err := templates.Load(templates.Library, name)
		if err != nil {
			return err
		}
		t.Run(tp.Name, func(t *testing.T) {
			p, ok := products[tp.Name]
			if !ok {
				t.Fatal("no product for this template; add one to starterProducts")
			}
			seen[p.Type+" "+tp.Locale[:2]] = true
			p.Market, p.Status = tp.Market, "on_sale"
			m, err := tp.Fill(starterValues(tp, &p))
			if err != nil {
				t.Fatal(err)
			}
			m.ID, m.To = "m1", "ann@mail.example"
			for _, f := range book.Check(&m, starterFacts(&p)) {
				t.Errorf("%s %s %q %s\n%s", f.Rule, f.Part, f.Quote, f.Detail, m.Text)
			}
			preview := tp.Preview()
			for _, f := range book.Check(&preview, &scruple.Facts{Product: &p}) {
				t.Errorf("preview: %s %s %q %s\n%s", f.Rule, f.Part, f.Quote, f.Detail, preview.Text)
			}
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"deposit", "wealth", "fund", "loan", "credit_card", "insurance"} {
		for _, lang := range []string{"zh", "en"} {
			if !seen[want+" "+lang] {
				t.Errorf("no %s template for %s", lang, want)
			}
		}
	}
}
