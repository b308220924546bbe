package main

import "strings"

// people says what a list makes of the troubles that concern the person, where markets differ.
type people struct {
	low    string // a rating below what the product asks for
	abroad []place
}

type place struct{ region, zone string }

// with returns the person as a list with this trouble shows them.
func (p person) with(d *draw, t trouble, in people) person {
	switch t {
	case noID:
		p.id = ""
	case badRating:
		p.rating = pick(d, []string{"C6", "稳健型", "3"})
	case badZone:
		p.zone = pick(d, []string{"Pacific Time", "GMT+25", "Asia/Shangai"})
	case badDate:
		p.birth = pick(d, []string{"1985-02-30", "00/00/0000", "1979-13-01", "31.12.1980", "0001-01-01"})
	case badField:
		p.balance, p.years = "n/a", ""
	case left:
		p.level, p.segment, p.years = "普通", "closing", "0"
	case expiredRating:
		p.until = d.day(sendYear-2, sendYear-1)
	case noRating:
		p.rating, p.until = "", ""
	case lowRating:
		p.rating = in.low
	case minor:
		p.birth = d.day(sendYear-16, sendYear-11)
	case elder:
		p.birth = d.day(sendYear-86, sendYear-66)
	case abroad:
		at := pick(d, in.abroad)
		p.region, p.zone = at.region, at.zone
	case noZone:
		p.zone = ""
	default:
		p.name = named(d, t, p.name)
	}
	return p
}

func named(d *draw, t trouble, name string) string {
	switch t {
	case emojiName:
		return name + pick(d, []string{"🌸", "😀", "🐉"})
	case longName:
		return cut(strings.Repeat(name, 200), 200)
	case urlName:
		return "www.prize-draw.example.com/win"
	case mergeName:
		return "{{first_name}}"
	case noName:
		return ""
	}
	return name
}

// cut returns the first n characters.
func cut(s string, n int) string { return string([]rune(s)[:n]) }

// badAddresses are addresses as people mistype them.
func badAddresses(channel string) []string {
	switch channel {
	case "sms":
		return []string{"1660000", "12345678901", "座机 0871-6600", "166O0001234", "26600001234"}
	case "wechat":
		return []string{"wx 12 34", "未 绑定"}
	}
	return []string{"none", "a@b", "jo..hn@post.example", "ann@post", "sam @post.example", "x@@inbox.example"}
}
