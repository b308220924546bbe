package main

const bom = "\ufeff"

// The book of customers in China: the text message list takes its first 2600, the WeChat list those from 1600 to 3999, and
// the last 240 are on the list for the growth fund.
const (
	cnPeople   = 4240
	smsEnd     = 2600
	wechatFrom = 1600
	wechatEnd  = 4000
)

var (
	cnDesk = desk{"mobile_app", "cn-2025-1"}
	cnAway = []place{{"", "Europe/London"}, {"", "Europe/Paris"}, {"", "Europe/Berlin"}}
)

func cnBook() []person {
	d := newDraw(86)
	out := make([]person, cnPeople)
	for i := range out {
		out[i] = chinese(d, i)
	}
	return out
}

func cnSMS(book []person, e *evidence) []byte {
	d := newDraw(8601)
	l := &list{channel: "sms", address: 2, name: 1, garbage: "\xff\xfe\xff", columns: []string{
		"客户号", "姓名", "手机号", "出生日期", "风险等级", "评级到期日", "所在地区", "时区", "客户等级",
	}, row: func(p person) []string {
		return []string{p.id, p.name, p.phone, p.birth, p.rating, p.until, p.region, p.zone, p.level}
	}}
	lots := deal(d, smsEnd, []quota{
		{twice, 40},
		{twiceOther, 20},
		{shortRow, 10},
		{brokenQuote, 6},
		{brokenBytes, 8},
		{noID, 4},
		{noAddress, 25},
		{badAddress, 25},
		{badDate, 15},
		{badRating, 6},
		{badZone, 5},
		{left, 140},
		{emojiName, 4},
		{longName, 2},
		{urlName, 2},
		{mergeName, 2},
		{noName, 12},
		{expiredRating, 40},
		{noRating, 15},
		{lowRating, 30},
		{minor, 12},
		{elder, 80},
		{abroad, 45},
		{noZone, 20},
		{noConsent, 50},
		{withdrawn, 35},
		{oldConsent, 20},
		{lapsedConsent, 15},
		{suppressed, 25},
		{deceased, 3},
	}, map[int]trouble{1000: none, 1300: none, 2000: none, 2100: none})
	for i, t := range lots {
		p := book[i]
		e.permit(d, p.id, "sms", t, cnDesk, true)
		l.add(d, p.with(d, t, people{low: "C1", abroad: cnAway}), t, gb18030Row)
	}
	return l.lines(gb18030Row(l.columns), "\r\n")
}

func wechatList(row func(person) []string) *list {
	return &list{channel: "wechat", address: 2, name: 1, garbage: "\xd5\xc5\xff", columns: []string{
		"customer_id", "name", "wechat_id", "birth_date", "risk_rating", "rated_until", "region", "time_zone",
	}, row: row}
}

func wechatRow(p person) []string {
	return []string{p.id, p.name, p.wechat, p.birth, p.rating, p.until, p.region, p.zone}
}

func cnWeChat(book []person, e *evidence) []byte {
	d := newDraw(8602)
	l := wechatList(wechatRow)
	lots := deal(d, wechatEnd-wechatFrom, []quota{
		{twice, 35},
		{twiceOther, 20},
		{shortRow, 8},
		{brokenQuote, 5},
		{brokenBytes, 10},
		{noID, 3},
		{noAddress, 30},
		{badAddress, 10},
		{badDate, 12},
		{badRating, 8},
		{badZone, 4},
		{emojiName, 6},
		{longName, 1},
		{urlName, 1},
		{mergeName, 1},
		{noName, 15},
		{expiredRating, 60},
		{noRating, 25},
		{lowRating, 180},
		{minor, 10},
		{elder, 110},
		{abroad, 40},
		{noZone, 20},
		{noConsent, 40},
		{withdrawn, 30},
		{oldConsent, 15},
		{lapsedConsent, 10},
		{suppressed, 20},
		{deceased, 2},
	}, map[int]trouble{2000 - wechatFrom: lowRating, 2100 - wechatFrom: none})
	for i, t := range lots {
		p := book[wechatFrom+i]
		e.permit(d, p.id, "wechat", t, cnDesk, true)
		l.add(d, p.with(d, t, people{low: "C2", abroad: cnAway}), t, csvRow)
	}
	return append([]byte(bom), l.lines(csvRow(l.columns), "\r\n")...)
}

// cnPremier takes people who are on both lists: with two messages in the days before, they reach their contact limit.
func cnPremier(book []person) []byte {
	d := newDraw(8603)
	l := wechatList(func(p person) []string { return append(wechatRow(p), p.phone) })
	l.columns = append(l.columns, "phone")
	for i := wechatFrom + 4; i < smsEnd; i += 8 {
		l.add(d, book[i], none, csvRow)
	}
	return l.lines(csvRow(l.columns), "\n")
}

// cnGrowth is the list for a fund of grade R4; some of its people are rated C2.
func cnGrowth(book []person, e *evidence) []byte {
	d := newDraw(8604)
	l := wechatList(wechatRow)
	lots := deal(d, cnPeople-wechatEnd, []quota{
		{lowRating, 40}, {elder, 20}, {expiredRating, 10}, {noZone, 5}, {noConsent, 6}, {withdrawn, 4},
	}, map[int]trouble{0: lowRating})
	for i, t := range lots {
		p := book[wechatEnd+i]
		p.rating = pick(d, []string{"C4", "C4", "C5"})
		e.permit(d, p.id, "wechat", t, cnDesk, true)
		l.add(d, p.with(d, t, people{low: "C2"}), t, csvRow)
	}
	return l.lines(csvRow(l.columns), "\n")
}
