package compliance

import (
	"testing"

	"github.com/scruple/scruple"
)

func TestSuitability(t *testing.T) {
	const with = "zone: Asia/Shanghai\nratings: [C1, C2, C3, C4, C5]\nneeds: {R1: C1, R2: C2, R3: C3, R4: C4, R5: C5}\nexempt: [deposit, none]"
	const now = "now: 2026-11-02T10:00:00+08:00\n"
	testGate(t, "suitability", with, []gateCase{
		{"fits", "", now + "product: {type: fund, risk: R3}\nrecipient: {rating: C3, rated_until: 2026-12-31}", "", ""},
		{"too risky", "", now + "product: {type: fund, risk: R4}\nrecipient: {rating: C2, rated_until: 2026-12-31}", scruple.Block, "R4 product, C2 customer"},
		{"seller's grade is higher", "", now + "product: {type: fund, risk: R2, seller_risk: R4}\nrecipient: {rating: C3, rated_until: 2026-12-31}", scruple.Block, "R4 product, C3 customer"},
		{"seller's grade alone", "", now + "product: {type: fund, seller_risk: R2}\nrecipient: {rating: C3, rated_until: 2026-12-31}", "", ""},
		{"graded deposit counts", "", now + "product: {type: deposit, risk: R2}\nrecipient: {rating: C1, rated_until: 2026-12-31}", scruple.Block, "R2 product"},
		{"deposit", "", now + "product: {type: deposit}", "", ""},
		{"ungraded", "", now + "product: {type: wealth}\nrecipient: {rating: C5, rated_until: 2026-12-31}", scruple.Hold, "ungraded"},
		{"ungraded, type unknown", "", now + "product: {type: note}\nrecipient: {rating: C5, rated_until: 2026-12-31}", scruple.Hold, "ungraded"},
		{"strange grade", "", now + "product: {type: fund, risk: high}\nrecipient: {rating: C5, rated_until: 2026-12-31}", scruple.Hold, "not in the table"},
		{"one strange grade", "", now + "product: {type: fund, risk: R2, seller_risk: '5'}\nrecipient: {rating: C5, rated_until: 2026-12-31}", scruple.Hold, "not in the table"},
		{"no product", "", now + "recipient: {rating: C5, rated_until: 2026-12-31}", scruple.Hold, "product unknown"},
		{"not rated", "", now + "product: {type: fund, risk: R1}", scruple.Hold, "not rated"},
		{"strange rating", "", now + "product: {type: fund, risk: R1}\nrecipient: {rating: c5, rated_until: 2026-12-31}", scruple.Hold, "customer rating"},
		{"last day", "", "now: 2026-11-02T23:59:59+08:00\nproduct: {type: fund, risk: R1}\nrecipient: {rating: C1, rated_until: 2026-11-02}", "", ""},
		{"day after, in the market's zone", "", "now: 2026-11-02T16:00:00Z\nproduct: {type: fund, risk: R1}\nrecipient: {rating: C1, rated_until: 2026-11-02}", scruple.Block, "expired"},
		{"expires while it waits", "", now + "due: 2026-11-05T10:00:00+08:00\nproduct: {type: fund, risk: R1}\nrecipient: {rating: C1, rated_until: 2026-11-04}", scruple.Block, "expired"},
		{"no last day", "", now + "product: {type: fund, risk: R1}\nrecipient: {rating: C1}", scruple.Hold, "how long"},
		{"no such day", "", now + "product: {type: fund, risk: R1}\nrecipient: {rating: C1, rated_until: 2026-02-30}", scruple.Hold, "calendar"},
		{"time unknown", "", "product: {type: fund, risk: R1}\nrecipient: {rating: C1, rated_until: 2026-12-31}", scruple.Hold, "time unknown"},
	})
}

func TestProductStatus(t *testing.T) {
	const now = "now: 2026-11-02T10:00:00+08:00\n"
	testGate(t, "product_status", "zone: Asia/Shanghai", []gateCase{
		{"on sale", "", now + "product: {type: fund, status: on_sale}", "", ""},
		{"suspended", "", now + "product: {type: fund, status: suspended}", scruple.Block, "not on sale"},
		{"strange status", "", now + "product: {type: fund, status: selling}", scruple.Block, "not on sale"},
		{"no status", "", now + "product: {type: fund}", scruple.Hold, "status unknown"},
		{"no product", "", now, scruple.Hold, "product unknown"},
		{"about no product", "", now + "product: {type: none}", "", ""},
		{"other market", "", now + "message: {market: cn}\nproduct: {type: insurance, status: on_sale, market: hk}", scruple.Block, "market hk"},
		{"own market", "", now + "message: {market: hk}\nproduct: {type: insurance, status: on_sale, market: hk}", "", ""},
		{"first day", "", "now: 2026-10-31T16:00:00Z\nproduct: {type: fund, status: on_sale, from: 2026-11-01, to: 2026-11-30}", "", ""},
		{"day before", "", "now: 2026-10-31T15:59:59Z\nproduct: {type: fund, status: on_sale, from: 2026-11-01}", scruple.Block, "begins on 2026-11-01"},
		{"last day", "", "now: 2026-11-30T15:59:59Z\nproduct: {type: fund, status: on_sale, to: 2026-11-30}", "", ""},
		{"day after", "", "now: 2026-11-30T16:00:00Z\nproduct: {type: fund, status: on_sale, to: 2026-11-30}", scruple.Block, "ended on 2026-11-30"},
		{"over when it is due", "", now + "due: 2026-12-01T10:00:00+08:00\nproduct: {type: fund, status: on_sale, to: 2026-11-30}", scruple.Block, "ended"},
		{"due in the past counts as now", "", now + "due: 2026-01-01T10:00:00+08:00\nproduct: {type: fund, status: on_sale, to: 2026-01-31}", scruple.Block, "ended"},
		{"first day wrong", "", now + "product: {type: fund, status: on_sale, from: 1 Nov}", scruple.Hold, "first day"},
		{"last day wrong", "", now + "product: {type: fund, status: on_sale, to: 2026-11-31}", scruple.Hold, "last day"},
		{"time unknown", "", "product: {type: fund, status: on_sale, to: 2026-11-30}", scruple.Hold, "time unknown"},
		{"in the region", "", now + "product: {type: fund, status: on_sale, regions: [Shanghai]}\nrecipient: {region: Shanghai}", "", ""},
		{"elsewhere", "", now + "product: {type: fund, status: on_sale, regions: [Shanghai]}\nrecipient: {region: Beijing}", scruple.Block, "region"},
		{"region unknown", "", now + "product: {type: fund, status: on_sale, regions: [Shanghai]}", scruple.Hold, "region unknown"},
	})
}

func TestPrivatePlacement(t *testing.T) {
	testGate(t, "private_placement", "", []gateCase{
		{"public", "", "product: {type: fund}", "", ""},
		{"qualified", "", "product: {type: fund, private: true}\nrecipient: {qualified: true}", "", ""},
		{"not qualified", "", "product: {type: fund, private: true}", scruple.Block, "not proven qualified"},
		{"no product", "", "{}", scruple.Hold, "product unknown"},
	})
}

func TestStudent(t *testing.T) {
	testGate(t, "student", "types: [loan]", []gateCase{
		{"no student", "", "product: {type: loan}", "", ""},
		{"student", "", "product: {type: loan}\nrecipient: {student: true}", scruple.Block, "student, loan"},
		{"student saves", "", "product: {type: deposit}\nrecipient: {student: true}", "", ""},
		{"no product", "", "recipient: {student: true}", scruple.Hold, "product unknown"},
	})
}

func TestAge(t *testing.T) {
	const with = "zone: Asia/Shanghai\nadult: 18\noldest: 120\nreview_from: 65\nrisk_from: R3\nbirth_optional: [deposit, none]"
	const now = "now: 2026-11-02T10:00:00+08:00\n"
	testGate(t, "age", with, []gateCase{
		{"grown up", "", now + "product: {type: loan}\nrecipient: {birth: 1990-05-01}", "", ""},
		{"minor", "", now + "product: {type: none}\nrecipient: {birth: 2010-05-01}", scruple.Block, "under 18"},
		{"minor, no product", "", now + "recipient: {birth: 2010-05-01}", scruple.Block, "under 18"},
		{"eighteenth birthday", "", "now: 2026-11-01T16:00:00Z\nproduct: {type: none}\nrecipient: {birth: 2008-11-02}", "", ""},
		{"the evening before", "", "now: 2026-11-01T15:59:59Z\nproduct: {type: none}\nrecipient: {birth: 2008-11-02}", scruple.Block, "under 18"},
		{"grown up when it is due", "", "now: 2026-11-01T10:00:00+08:00\ndue: 2026-11-03T10:00:00+08:00\nproduct: {type: none}\nrecipient: {birth: 2008-11-02}", "", ""},
		{"leap day, 28 February", "", "now: 2026-02-28T10:00:00+08:00\nproduct: {type: none}\nrecipient: {birth: 2008-02-29}", scruple.Block, "under 18"},
		{"leap day, 1 March", "", "now: 2026-03-01T10:00:00+08:00\nproduct: {type: none}\nrecipient: {birth: 2008-02-29}", "", ""},
		{"below the product's age", "", now + "product: {type: loan, min_age: 25}\nrecipient: {birth: 2005-01-01}", scruple.Block, "from 25"},
		{"at the product's age", "", now + "product: {type: loan, min_age: 25, max_age: 25}\nrecipient: {birth: 2001-11-02}", "", ""},
		{"above the product's age", "", now + "product: {type: insurance, max_age: 60}\nrecipient: {birth: 1960-01-01}", scruple.Block, "up to 60"},
		{"old and risky", "", now + "product: {type: fund, risk: R2, seller_risk: R3}\nrecipient: {birth: 1961-11-02}", scruple.Hold, "R3 product, age 65 or over"},
		{"old and careful", "", now + "product: {type: fund, risk: R2}\nrecipient: {birth: 1950-01-01}", "", ""},
		{"not yet old", "", now + "product: {type: fund, risk: R5}\nrecipient: {birth: 1961-11-03}", "", ""},
		{"old, strange grade", "", now + "product: {type: fund, risk: low}\nrecipient: {birth: 1950-01-01}", scruple.Hold, "65 or over"},
		{"old, no product", "", now + "recipient: {birth: 1950-01-01}", scruple.Hold, "product unknown"},
		{"grown up, no product", "", now + "recipient: {birth: 1990-01-01}", "", ""},
		{"unknown, needed", "", now + "product: {type: loan}", scruple.Hold, "birth date unknown"},
		{"unknown, deposit", "", now + "product: {type: deposit}", "", ""},
		{"unknown, deposit for the old", "", now + "product: {type: deposit, min_age: 60}", scruple.Hold, "birth date unknown"},
		{"unknown, risky", "", now + "product: {type: deposit, risk: R4}", scruple.Hold, "birth date unknown"},
		{"unknown, no product", "", now, scruple.Hold, "birth date and product unknown"},
		{"no such day", "", now + "product: {type: deposit}\nrecipient: {birth: 1990-02-30}", scruple.Hold, "calendar"},
		{"not born yet", "", now + "product: {type: deposit}\nrecipient: {birth: 2026-11-03}", scruple.Hold, "not plausible"},
		{"placeholder", "", now + "product: {type: deposit}\nrecipient: {birth: 1900-01-01}", scruple.Hold, "not plausible"},
		{"time unknown", "", "product: {type: deposit}\nrecipient: {birth: 1990-01-01}", scruple.Hold, "time unknown"},
		{"no review asked", "zone: UTC\nadult: 18", now + "product: {type: fund, risk: R5}\nrecipient: {birth: 1950-01-01}", "", ""},
	})
}
