package main

var (
	ukAway = []place{{"", "America/New_York"}, {"", "America/Toronto"}, {"", "America/Los_Angeles"}}
	usAway = []place{{"HI", "Pacific/Honolulu"}, {"HI", "Pacific/Honolulu"}, {"AK", "America/Anchorage"}}
)

func ukFund(e *evidence) []byte {
	d := newDraw(44)
	l := &list{channel: "email", address: 2, name: 1, garbage: "Si\xe2n Hughes", columns: []string{
		"customer_id", "name", "email", "birth_date", "risk_rating", "rated_until", "region", "time_zone", "balance", "segment",
	}, row: func(p person) []string {
		return []string{p.id, p.name, p.email, p.birth, p.rating, p.until, p.region, p.zone, p.balance, p.segment}
	}}
	lots := deal(d, 2300, []quota{
		{twice, 30},
		{twiceOther, 12},
		{brokenQuote, 8},
		{brokenBytes, 6},
		{noID, 3},
		{noAddress, 20},
		{badAddress, 25},
		{badDate, 10},
		{badRating, 5},
		{badZone, 5},
		{badField, 12},
		{left, 60},
		{emojiName, 3},
		{longName, 2},
		{urlName, 1},
		{mergeName, 1},
		{noName, 10},
		{expiredRating, 35},
		{noRating, 15},
		{lowRating, 40},
		{minor, 10},
		{elder, 80},
		{abroad, 45},
		{noZone, 25},
		{noConsent, 50},
		{withdrawn, 35},
		{oldConsent, 20},
		{lapsedConsent, 12},
		{suppressed, 20},
		{deceased, 3},
	}, map[int]trouble{1000: none, 2000: elder})
	for i, t := range lots {
		p := british(d, i)
		at := desk{"web_form", "uk-2025-1"}
		if d.chance(8) {
			at = desk{"soft_opt_in", "uk-account-2025"}
		}
		channel := "email"
		if d.chance(10) {
			channel = "" // all channels at once
		}
		e.permit(d, p.id, channel, t, at, true)
		l.add(d, p.with(d, t, people{low: "C2", abroad: ukAway}), t, l.jsonRow)
	}
	return zipped(l.lines(nil, "\n"))
}

func usDeposit(e *evidence) []byte {
	d := newDraw(1)
	l := &list{channel: "email", address: 2, name: 1, garbage: "Jos\xe9 Garcia", columns: []string{
		"cust_no", "full_name", "email", "dob", "region", "time_zone", "relationship_years",
	}, row: func(p person) []string {
		return []string{p.id, p.name, p.email, p.birth, p.region, p.zone, p.years}
	}}
	lots := deal(d, 2800, []quota{
		{twice, 60},
		{twiceOther, 25},
		{shortRow, 15},
		{brokenQuote, 10},
		{brokenBytes, 12},
		{noID, 5},
		{noAddress, 40},
		{badAddress, 35},
		{badDate, 20},
		{badZone, 15},
		{badField, 20},
		{left, 120},
		{emojiName, 3},
		{longName, 2},
		{urlName, 2},
		{mergeName, 1},
		{noName, 25},
		{minor, 20},
		{abroad, 150},
		{noZone, 90},
		{withdrawn, 70},
		{suppressed, 60},
		{deceased, 6},
	}, map[int]trouble{1000: abroad, 2000: suppressed})
	for i, t := range lots {
		p := american(d, i)
		e.permit(d, p.id, "email", t, desk{"account_opening", "us-2024-2"}, false)
		l.add(d, p.with(d, t, people{abroad: usAway}), t, csvRow)
	}
	return l.lines(csvRow(l.columns), "\n")
}
