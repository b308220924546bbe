package main

import (
	"fmt"
	"strings"
)

// person is a customer as the bank knows them; what a list says may differ.
type person struct {
	id, name       string
	phone, wechat  string
	email          string
	birth          string
	rating, until  string
	region, zone   string
	level, segment string
	balance        string
	years          string
}

// The day on which the lists are sent; ages and terms are laid out around it.
const sendYear = 2026

func (d *draw) day(from, to int) string {
	return fmt.Sprintf("%d-%02d-%02d", d.between(from, to), d.between(1, 12), d.between(1, 28))
}

// moment returns a time of working hours between two years, in UTC.
func (d *draw) moment(from, to int) string {
	return fmt.Sprintf("%sT%02d:%02d:00Z", d.day(from, to), d.between(1, 9), d.n(60))
}

var (
	surnames = strings.Fields("王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙 胡 朱 高 林 何 郭 马 罗 梁 宋 郑 谢 韩 唐 冯 于 董 萧 程 曹 袁 邓 许 傅 沈 曾 彭 吕 欧阳 司马 诸葛")
	given    = strings.Fields("伟 芳 娜 敏 静 丽 强 磊 军 洋 勇 艳 杰 涛 明 超 秀英 霞 平 刚 桂英 文博 子涵 雨桐 思远 晓岚 浩然 欣怡 梓萱 俊杰 雅琴 建国 海燕 志强 玉兰 嘉怡 宇轩 一诺 若曦 䶮")
	regions  = strings.Fields("上海 江苏 浙江 广东 北京 四川 湖北 山东 福建 云南 新疆")
	cities   = strings.Fields("England England England England Scotland Wales NorthernIreland")
	firsts   = strings.Fields("Amelia Oliver Isla George Ava Noah Mia Arthur Ivy Muhammad Lily Leo Priya Harriet Callum Niamh Rhys Aoife Tomasz Grace Samuel Zara Ewan Chloe Daniel Fatima Hugh Imogen Kwame Siân")
	lasts    = strings.Fields("Smith Jones Taylor Brown Williams Wilson Johnson Davies Patel Wright Walker Thompson Evans O'Neill Khan MacLeod Roberts Kowalski Okafor Murray Ahmed Fraser Hughes Bennett Clarke Singh")
	usFirsts = strings.Fields("James Maria Robert Linda Michael Jennifer David Patricia José Angela William Keisha Richard Nguyen Thomas Lakshmi Carlos Emily Andre Sofía Kevin Hannah Malia Brian Aiyana Megan Tyrone Wei Rachel Dmitri")
	usLasts  = strings.Fields("Smith Garcia Johnson Williams Brown Martinez Jones Davis Rodriguez Nguyen Miller Wilson Lee Anderson Thomas Kim Jackson White Harris Clark Lewis Robinson Walker Kealoha Peterson Cohen")
)

// chinese returns customer number i of the Chinese book. Those below 1600 are the broader half: some of them are rated C2.
func chinese(d *draw, i int) person {
	rating := pick(d, []string{"C3", "C3", "C3", "C4", "C4", "C5"})
	if i < 1600 && d.chance(30) {
		rating = "C2"
	}
	return person{
		id: fmt.Sprintf("C%d", 100000+i), name: pick(d, surnames) + pick(d, given),
		phone: cnPhone(d, i), wechat: fmt.Sprintf("wx_%06x", 0x5a0000+i*7919%0xfffff),
		birth: d.day(sendYear-64, sendYear-20), rating: rating, until: d.day(sendYear+1, sendYear+2),
		region: pick(d, regions), zone: "Asia/Shanghai",
		level: pick(d, []string{"金卡", "金卡", "金卡", "白金", "私行"}),
	}
}

// cnPhone writes one number in the ways in which branches type it.
func cnPhone(d *draw, i int) string {
	tail := fmt.Sprintf("%04d", i)
	switch d.n(12) {
	case 0:
		return "+861660000" + tail
	case 1:
		return "166 0000 " + tail
	case 2:
		return "166-0000-" + tail
	}
	return "1660000" + tail
}

func british(d *draw, i int) person {
	first, last := pick(d, firsts), pick(d, lasts)
	return person{
		id: fmt.Sprintf("K%d", 200000+i), name: first + " " + last, email: mailbox(first, last, i, "post.example"),
		birth: d.day(sendYear-64, sendYear-21), rating: pick(d, []string{"C3", "C3", "C4", "C4", "C5"}), until: d.day(sendYear+1, sendYear+2),
		region: pick(d, cities), zone: "Europe/London",
		balance: fmt.Sprintf("%d.%02d", d.between(2000, 90000), d.n(100)), segment: pick(d, []string{"retail", "retail", "premier"}),
	}
}

// states holds where customers in the United States live, with the time zone of most of the state.
var states = []struct{ state, zone string }{
	{"NY", "America/New_York"},
	{"MA", "America/New_York"},
	{"RI", "America/New_York"},
	{"FL", "America/New_York"},
	{"GA", "America/New_York"},
	{"IL", "America/Chicago"},
	{"TX", "America/Chicago"},
	{"MN", "America/Chicago"},
	{"CO", "America/Denver"},
	{"AZ", "America/Phoenix"},
	{"CA", "America/Los_Angeles"},
	{"WA", "America/Los_Angeles"},
	{"PR", "America/Puerto_Rico"},
}

func american(d *draw, i int) person {
	first, last := pick(d, usFirsts), pick(d, usLasts)
	home := pick(d, states)
	return person{
		id: fmt.Sprintf("A%d", 300000+i), name: first + " " + last, email: mailbox(first, last, i, "inbox.example"),
		birth: d.day(sendYear-88, sendYear-20), region: home.state, zone: home.zone, years: fmt.Sprint(d.between(1, 24)),
	}
}

func mailbox(first, last string, i int, domain string) string {
	local := strings.NewReplacer("é", "e", "í", "i", "â", "a", "'", "").Replace(strings.ToLower(first + "." + last))
	return fmt.Sprintf("%s.%d@%s", local, i, domain)
}
