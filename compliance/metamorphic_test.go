package compliance

import (
	"strings"
	"testing"
	"unicode"

	"github.com/scruple/scruple"
)

// changes are those that leave the meaning of a message as it is.
var changes = map[string]func(string) string{
	"upper case":      strings.ToUpper,
	"lower case":      strings.ToLower,
	"full width":      func(s string) string { return wide(s, 0) },
	"spaces around":   func(s string) string { return "  \t" + s + "  \n" },
	"double spaces":   func(s string) string { return strings.ReplaceAll(s, " ", "  ") },
	"no-break spaces": func(s string) string { return strings.ReplaceAll(s, " ", "\u00a0") },
	"wrapped lines":   wrapped,
	"spaces after commas": func(s string) string {
		return strings.ReplaceAll(strings.ReplaceAll(s, "，", "， "), "。", "。 ")
	},
	"before, in English":  func(s string) string { return "Our branch on Mill Lane opens at nine. " + s },
	"after, in English":   func(s string) string { return closed(s) + " The lifts are being repaired this week." },
	"before, in Chinese":  func(s string) string { return "尊敬的客户，您好。网点周六照常营业。" + s },
	"after, in Chinese":   func(s string) string { return closed(s) + "电梯本周检修，请走楼梯。" },
	"a greeting line":     func(s string) string { return "Dear Ms Lin\n\n" + s },
	"a line of thanks":    func(s string) string { return s + "\n\n感谢您的关注\n" },
	"first paragraph":     func(s string) string { return s + "\n\n" + paragraphs[0] + "\n\n" + paragraphs[1] },
	"middle paragraph":    func(s string) string { return paragraphs[0] + "\n\n" + s + "\n\n" + paragraphs[1] },
	"last paragraph":      func(s string) string { return paragraphs[1] + "\n\n" + paragraphs[0] + "\n\n" + s },
	"carriage returns":    func(s string) string { return paragraphs[0] + "\r\n\r\n" + s + "\r\n" },
	"a decomposed accent": func(s string) string { return "Cafe\u0301 Zu\u0308rich is at the corner.\n" + s },
}

var paragraphs = []string{"The car park behind the branch is closed on Friday.", "本周五停车场暂停使用，敬请谅解。"}

// closed ends a text with a full stop, if it has no end.
func closed(s string) string {
	if r := []rune(s); unicode.IsPunct(r[len(r)-1]) {
		return s
	}
	return s + "。"
}

// wrapped breaks lines between words in small letters, as mail programs do.
func wrapped(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if s[i] == ' ' && i > 0 && i+1 < len(s) && s[i-1] < 0x80 && s[i+1] >= 'a' && s[i+1] <= 'z' {
			b.WriteByte('\n')
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// What does not change the meaning of a message does not change the verdict.
func TestVerdictStaysWithTheMeaning(t *testing.T) {
	for _, file := range []string{"disguised.txt", "harmless.txt"} {
		for _, s := range samples(t, file) {
			want := s.check(t, s.message(s.text, false)).Verdict()
			if (want == scruple.Pass) != (file == "harmless.txt") {
				t.Errorf("%s: %s", s.text, want)
			}
			for name, change := range changes {
				text := change(s.text)
				m := s.message(text, false)
				fs := s.check(t, m)
				if got := fs.Verdict(); got != want {
					t.Errorf("%s: %q: %s, want %s %+v", name, text, got, want, fs)
				}
				for i := range fs {
					spanInside(t, m, &fs[i])
				}
			}
		}
	}
}

// Ordinary writing is no disguise.
func TestOrdinaryWritingIsNoDisguise(t *testing.T) {
	for _, text := range []string{
		"Happy New Year 👨‍👩‍👧‍👦 from all of us ❤️ 1️⃣ 2️⃣ 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
		"【重 要 提 示】网点本周六照常营业", "S A L E at the market on Saturday", "Ｗｉ－Ｆｉ　密码：２０２６", "请使用App扫码，VIP客户走3号窗口，WiFi已恢复",
		"H&R, 401k, B2B, 3M, 7-Eleven, Web3, MP3 and 5G", "The beta (β) is 1.2, σ = 0.3, ΔP = 4 kPa, 5 μm, 10 kΩ, π r", "Дмитрий Иванов, ваша карта готова", "Ελένη Παπαδοπούλου",
		"Café, naïve, Zürich, José, Łódź, Ångström, façade, Müller, Noël, señor", "Cafe\u0301 and Zu\u0308rich in decomposed letters", "*** NOTICE *** ------ ====== ~~~~",
		"See https://larkhill.example/a_b-c?d=1&e=2 or mail desk@larkhill.example", "Call \u202a+44 20 7946 0000\u202c or \u202d020 7946 0001\u202c", "a.m. and p.m., e.g. U.S. and U.K., i.e. J. P. Smith",
		"•\u00a0one\n•\u00a0two\n1) three\n2) four", "价格：￥1,000.00（含税）／人", "①开户 ②存款 ③签字", "温馨提示：①携带身份证；②工作日9:00—17:00", "您，好", "Option A, B, C or D", "x² + y³ = z₁, m², 50°C, ½, ™ and ®",
		"Straße, Fußgänger, œuvre, cœur, Æsir", "T+0、T+1到账说明", "A股、B股、H股账户", "R1、R2、R3三档", "KYC/AML", "a\u00adb", "Larkhill\u00a0Bank", "上 海\u3000分 行", "Q&A: 1. Who? 2. When?", "It’s ‘fine’ and “good”",
	} {
		for _, market := range scruple.Markets() {
			for _, f := range check(t, market, "fund", text) {
				if f.Kind == kindRender || f.Kind == kindClaim {
					t.Errorf("%s: %s %q in %q", market, f.Rule, f.Quote, text)
				}
			}
		}
	}
	page := `<div style="display:none">Our news for May&#847;&zwnj;&nbsp;&#8199;&shy;&#847;&zwnj;&nbsp;&#8199;&shy;</div><p>The Donau&shy;dampf&shy;schiff opens<wbr>today</p>`
	for _, f := range book(t).Check(sample{market: scruple.UK}.message(page, true), &scruple.Facts{Now: noon, Product: &scruple.Product{Type: "fund"}}) {
		t.Errorf("%s %q", f.Rule, f.Quote)
	}
}

// Bytes that are no UTF-8 hold a message, wherever they stand, and what else it says is judged as well.
func TestBytesThatAreNoTextHold(t *testing.T) {
	for _, text := range []string{"\xff", "网点\xe7照常营业", "Our branch\x80 is open", "fine\xc3"} {
		fs := check(t, scruple.CN, "fund", text)
		if fs.Verdict() != scruple.Hold || fs[0].Rule != "compliance.unreadable" || text[fs[0].Start] < 0x80 {
			t.Errorf("%q: %+v", text, fs)
		}
	}
	if fs := check(t, scruple.CN, "fund", "保\xff本"); len(fs) < 2 || fs.Verdict() == scruple.Pass {
		t.Errorf("%+v", fs)
	}
}
