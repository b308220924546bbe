package compliance

import (
	"fmt"
	"slices"
	"strings"
)

// disguise is a way to write words that people read and programs do not.
type disguise struct {
	name   string
	put    func(words string, n int) string // n makes it another way for each message
	html   bool
	itself string // the rule for which it is a fault by itself, "" for none
}

var disguises = []disguise{
	{name: "width", put: wide},
	{name: "case and characters", put: otherCase},
	{name: "zero width", put: interleaved("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u034f", "\u2063"), itself: "unseen-signs"},
	{name: "direction", put: turned, itself: "unseen-signs"},
	{name: "look-alikes", put: swapped(lookAlike), itself: "look-alike-letters"},
	{name: "spaces", put: spacedOut},
	{name: "punctuation", put: interleaved("*", ".", "-", "_", "|", "/", "·", "~", "^", "•")},
	{name: "digits and signs", put: swapped(leet)},
	{name: "emoji", put: interleaved("💰", "🔒", "✨", "❤️", "👍🏽")},
	{name: "markup", put: markup, html: true},
	{name: "slips", put: slipped},
	{name: "marks and styles", put: fancy},
}

func hasHan(s string) bool { return strings.ContainsFunc(s, isHan) }

func isLatin(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

// wide writes letters and digits in full width, and Chinese letters as compatibility forms or radicals where there are any.
func wide(s string, _ int) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '风':
			return '⻛'
		case r > ' ' && r < 0x7F:
			return r + 0xFEE0
		}
		return r
	}, s)
}

// otherCase writes every second letter large, and Chinese letters in the other form.
func otherCase(s string, n int) string {
	pairs := map[rune]rune{}
	for _, p := range strings.Fields("稳穩 赚賺 赔賠 证證 险險 风風 无無 亏虧 报報 资資 损損 诺諾 实實 银銀 财財 钱錢 营營 业業 产產 对對 会會 还還 让讓 开開 关關 购購 买買 卖賣 额額 费費 贷貸 约約 级級 约約 净淨 动動 随隨 时時 应應 须須 说說") {
		rs := []rune(p)
		pairs[rs[0]] = rs[1]
		pairs[rs[1]] = rs[0]
	}
	i := n
	return strings.Map(func(r rune) rune {
		if o, ok := pairs[r]; ok {
			return o
		}
		i++
		if isLatin(r) && i%2 == 0 {
			return r &^ 0x20
		}
		return r
	}, s)
}

// interleaved puts a sign between all letters of each word.
func interleaved(signs ...string) func(string, int) string {
	return func(s string, n int) string {
		var b strings.Builder
		last := rune(0)
		for _, r := range s {
			if last != 0 && (isHan(r) || isLatin(r)) && (isHan(last) || isLatin(last)) {
				b.WriteString(signs[n%len(signs)])
			}
			b.WriteRune(r)
			last = r
		}
		return b.String()
	}
}

// turned puts marks of direction between letters.
func turned(s string, n int) string {
	return interleaved("\u200e", "\u200f", "\u2066", "\u202d", "\u061c", "\u202b")(s, n)
}

var lookAlike = []map[rune]string{
	{'a': "а", 'e': "е", 'o': "о", 'p': "р", 'c': "с", 'y': "у", 'x': "х", 'i': "і", 's': "ѕ", '本': "夲", '险': "険", '稳': "穏", '收': "収", '证': "証", '无': "旡", '风': "⻛", '口': "囗"},
	{'a': "α", 'o': "ο", 'p': "ρ", 'i': "ι", 'u': "υ", 'v': "ν", 'k': "κ", 't': "τ", 'e': "е", '本': "夲", '险': "険", '稳': "穏", '收': "収", '证': "証", '一': "⼀", '高': "⾼", '金': "⾦", '风': "⻛", '无': "⽆"},
}

var leet = []map[rune]string{
	{'a': "4", 'e': "3", 'i': "1", 'o': "0", 's': "5", '保': "保丶", '稳': "稳丨", '必': "必丶", '零': "零丶", '无': "无丶", '承': "承丶", '包': "包丿", '赚': "赚丶"},
	{'a': "@", 'e': "3", 'i': "!", 's': "$", '保': "保丨", '稳': "稳丶", '必': "必丨", '零': "零丨", '无': "无丨", '承': "承丿", '包': "包丨", '赚': "赚丨"},
}

// swapped puts others in place of letters, by one of several tables.
func swapped(tables []map[rune]string) func(string, int) string {
	return func(s string, n int) string {
		table := tables[n%len(tables)]
		var b strings.Builder
		rs := []rune(s)
		for i, r := range rs {
			o, ok := table[r]
			inner := i > 0 && i+1 < len(rs) && isLatin(rs[i-1])
			if !ok || o == "!" && !inner || isHan(r) && i+1 == len(rs) && len(o) > 3 {
				o = string(r)
			}
			b.WriteString(o)
		}
		return b.String()
	}
}

// spacedOut puts a space between all letters; words stand two spaces apart, or one.
func spacedOut(s string, n int) string {
	gap := "  "
	if n%2 == 1 {
		gap = " "
	}
	return interleaved(" ")(strings.ReplaceAll(s, " ", gap), n)
}

// markup splits words by tags, comments, entities and soft hyphens.
func markup(s string, n int) string {
	if n%6 == 3 {
		var b strings.Builder
		for _, r := range s {
			fmt.Fprintf(&b, "&#%d;", r)
		}
		return b.String()
	}
	return interleaved("<b></b>", "<!-- x -->", "&shy;", "", "<span><span></span></span>", "<wbr>")(s, n)
}

// slipped writes one long word with one letter wrong, or one Chinese letter in Pinyin.
func slipped(s string, n int) string {
	pinyin := map[rune]string{'本': "ben", '赚': "zhuan", '险': "xian", '息': "xi", '保': "bao", '稳': "wen", '必': "bi", '益': "yi", '亏': "kui", '赔': "pei", '賺': "zhuan", '險': "xian", '穩': "wen", '证': "zheng", '證': "zheng", '赢': "ying"}
	if hasHan(s) {
		rs := []rune(s)
		for k := range rs {
			if p, ok := pinyin[rs[(k+n)%len(rs)]]; ok {
				return string(rs[:(k+n)%len(rs)]) + p + string(rs[(k+n)%len(rs)+1:])
			}
		}
		return s
	}
	fields := strings.FieldsFunc(s, func(r rune) bool { return !isLatin(r) && r != '-' })
	slices.SortStableFunc(fields, func(a, b string) int { return len(b) - len(a) })
	if len(fields) == 0 || len(fields[0]) < 7 {
		return s
	}
	w, at := fields[0], 2+n%(len(fields[0])-4)
	if strings.Contains(w, "-") {
		at = 1
	}
	var wrong string
	switch n % 4 {
	case 0: // dropped
		wrong = w[:at] + w[at+1:]
	case 1: // doubled
		wrong = w[:at] + w[at:at+1] + w[at:]
	case 2: // swapped
		wrong = w[:at] + w[at+1:at+2] + w[at:at+1] + w[at+2:]
	default: // replaced
		wrong = w[:at] + "x" + w[at+1:]
	}
	return strings.Replace(s, w, wrong, 1)
}

// fancy writes letters with marks over them, in circles, in mathematical alphabets, or one below the other.
func fancy(s string, n int) string {
	switch n % 4 {
	case 0:
		return interleaved("\u0301", "\u0336", "\u20dd")(s, n)
	case 1:
		return interleaved("\n")(s, n)
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case !isLatin(r):
			b.WriteRune(r)
			if isHan(r) {
				b.WriteRune('\u0336')
			}
		case n%4 == 2:
			b.WriteRune('ⓐ' + (r | 0x20 - 'a'))
		default:
			b.WriteRune(0x1D5BA + (r | 0x20 - 'a'))
		}
	}
	return b.String()
}
