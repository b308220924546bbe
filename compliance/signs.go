package compliance

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// class says how a sign of the text is read.
type class uint8

const (
	skip   class = iota // dropped; what follows begins after a gap
	drop                // dropped without trace: default-ignorable signs, accents
	letter              // Latin
	han
	digit
	sign  // %, ‰ and currency signs
	list  // 、 joins the items of a list and does not end a clause
	comma // ends a clause
	stop  // ends a sentence
	dot   // full stop: decimal point, end of sentence or part of a name, by what stands around it
	dash
	mark // apostrophe
	quote
	space
	line
)

// glyph is what one code point means to the reading. rest holds further letters of a ligature or composed sign.
type glyph struct {
	r     rune
	class class
	odd   uint16 // flags of a unit that it makes
	rest  string
}

// hanPairs lists a traditional or variant character and its simplified form, by turns: the character table of OpenCC 1.1.6
// (Apache License 2.0), and a few look-alikes.
//
//go:embed han.txt
var hanPairs string

// lookalikes are letters of other scripts that pass for Latin ones (Unicode Technical Standard 39).
const lookalikes = "аaеeоoрpсcуyхxіiјjѕsԁdһhӏlвbнhкkмmтtгrпnиuɡgαaεeοoρpτtυuνvκkιiχxβbηnωwɑaıiⅼlօoքpѵvԛqԝw" +
	"ЅsІiЈjҮyүyґrєeҽeԍgԚqԜwкkьbβbγyζzσoςcμuΜmΖzΙiϲcհhոnսuցgզqաwԱuՕoՏsլlıiɩiɪiʏyʀrɴnʙbɢgʜhʟlᴀaᴄcᴅdᴇeꜰfᴊjᴋkᴍmᴏoᴘpꜱsᴛtᴜuᴠvᴡwᴢz" +
	"ᎪaᏴbᏟcᎠdᎬeᏀgᎻhᏆiᎫjᏦkᏞlᎷmᏢpᎡrᏚsᎢtᏙvᎳwᏃzⲞoⲟoⲁaⲈeꓐbꓔtꓖgꓗkꓟmꓠnꓢsꓣrꓮaꓰeꓲiꓳoꓴuᗅaᗪdᗷbᑌuᒪlᖴfᏒrᏁnᎶgƚlłlđdħhŧtƒfɛeʋvɾrʂs"

// hanLookalikes are rare or foreign signs that pass for common Chinese letters: variants, Japanese forms, radicals, Kana.
const hanLookalikes = "夲本穏稳険险収收証证賍赃畨番刄刃觧解増增価价変变戻戾読读売卖円圆発发気气実实対对拝拜検检団团囲围図图塩盐仮假画画巻卷栄荣駅驿徳德顕显県县権权済济剤剂雑杂賛赞歯齿釈释縦纵従从処处称称" +
	"⻛风⻋车⻚页⻅见⻉贝⻰龙⻢马⻥鱼⻔门⻓长⻩黄⻬齐⻮齿⺠民⺟母⻄西⻘青⻝食⻨麦⻦鸟⺫目⺼月㆒一㆓二㆔三㆖上㆗中㆘下㆟人ニ二カ力ロ口エ工ハ八タ夕ト卜ミ三チ千朩木朰本泍本奀不伓不兂无旡无囗口"

// hanSigns are strokes: Chinese letters by their code points, put between letters as points are.
const hanSigns = "丶丨丿亅乀乁"

// glyphs maps code points below 0x10000, by page.
type glyphs [256]*[256]glyph

// glyphTable is built once and never changed.
var glyphTable = sync.OnceValue(func() *glyphs {
	var t glyphs
	for p := range t {
		t[p] = new([256]glyph)
		for i := range 256 {
			t[p][i] = glyphOf(rune(p<<8 | i))
		}
	}
	each(hanPairs, func(from, to rune) { t[from>>8][from&255] = glyph{r: to, class: han} })
	each(hanLookalikes, func(from, to rune) { t[from>>8][from&255] = glyph{r: to, class: han} })
	each(hanSigns, func(a, b rune) { t[a>>8][a&255], t[b>>8][b&255] = glyph{}, glyph{} })
	each(lookalikes, func(from, to rune) {
		g := glyph{r: to, class: letter, odd: styled}
		if !unicode.Is(unicode.Latin, from) {
			g.odd = foreign
		}
		t[from>>8][from&255] = g
		if up := unicode.ToUpper(from); up < 0x10000 && up > 127 {
			t[up>>8][up&255] = g
		}
	})
	return &t
})

// at returns the meaning of a code point. Callers must not change it.
func (t *glyphs) at(r rune) *glyph {
	if r < 0x10000 {
		return &t[r>>8][r&255]
	}
	g := beyond(r)
	return &g
}

func each(pairs string, do func(from, to rune)) {
	for pairs != "" {
		from, n := utf8.DecodeRuneInString(pairs)
		to, m := utf8.DecodeRuneInString(pairs[n:])
		do(from, to)
		pairs = pairs[n+m:]
	}
}

// glyphOf classifies one code point. Characters outside the table's exceptions are decomposed (Unicode NFKD), so that
// width, ligatures and accents fall away.
func glyphOf(r rune) glyph {
	if isHan(r) && (r < 0xF900 || r > 0xFAFF) {
		return glyph{r: r, class: han}
	}
	if r < 0x80 {
		return simple(unicode.ToLower(r))
	}
	if g, ok := punctuation(r); ok {
		return g
	}
	if ignorable(r) {
		return hidden(r)
	}
	if n, ok := figure(r); ok {
		return glyph{r: n, class: digit}
	}
	if r >= 0xAC00 && r < 0xE000 {
		return glyph{class: skip}
	}
	return composed(r)
}

func composed(r rune) glyph {
	var out []rune
	for _, d := range norm.NFKD.String(string(r)) {
		if !unicode.Is(unicode.Mn, d) {
			out = append(out, unicode.ToLower(d))
		}
	}
	if len(out) == 0 {
		return glyph{class: drop}
	}
	if len(out) > 1 && out[0] == '(' { // ⑴ and the like
		if len(out) != 3 || out[1] < 'a' || out[1] > 'z' {
			return glyph{class: skip}
		}
		return glyph{r: out[1], class: letter, odd: styled}
	}
	g := simple(out[0])
	if r >= 0x1D00 && r <= 0x1DBF || r >= 0x2070 && r <= 0x209F || r >= 0x2100 && r <= 0x214F || r >= 0x2460 && r <= 0x24FF || r >= 0x1D400 {
		g.odd = styled
	}
	if isHan(out[0]) {
		g = glyph{r: out[0], class: han}
	}
	if g.class == letter || g.class == digit || g.class == han {
		g.rest = string(out[1:])
	}
	return g
}

func isHan(r rune) bool {
	return r >= 0x4E00 && r <= 0x9FFF || r >= 0x3400 && r <= 0x4DBF || r >= 0xF900 && r <= 0xFAFF
}

// ignorable reports signs that are never seen (zero width, direction, variation selectors, tags), and marks over letters.
func ignorable(r rune) bool {
	return unwanted(r) || r == 0xAD || r >= 0xFE00 && r <= 0xFE0F || r >= 0xE0000 && r <= 0xE0FFF || unicode.In(r, unicode.Mn, unicode.Me)
}

// unwanted reports the unseen signs that no writer of Latin or Chinese letters puts between two of them. A soft hyphen and a
// variation selector may stand there.
func unwanted(r rune) bool {
	return r == 0x34F || r == 0x61C || r == 0x180E || r >= 0x200B && r <= 0x200F || r >= 0x202A && r <= 0x202E || r >= 0x2060 && r <= 0x206F ||
		r == 0xFEFF || r == 0x115F || r == 0x1160 || r == 0x3164 || r == 0xFFA0 || r >= 0xE0000 && r <= 0xE007F
}

// override makes what follows show from right to left.
const override rune = 0x202E

func hidden(r rune) glyph {
	g := glyph{class: drop}
	if unwanted(r) {
		g.odd = unseen
	}
	if r == override {
		g.r = r
	}
	return g
}

// figure returns the digit that a decimal digit of another script stands for. Each script has its ten in a row.
func figure(r rune) (rune, bool) {
	if !unicode.Is(unicode.Nd, r) {
		return 0, false
	}
	for _, s := range unicode.Nd.R16 {
		if rune(s.Lo) <= r && r <= rune(s.Hi) {
			return '0' + (r-rune(s.Lo))%10, true
		}
	}
	for _, s := range unicode.Nd.R32 {
		if rune(s.Lo) <= r && r <= rune(s.Hi) {
			return '0' + (r-rune(s.Lo))%10, true
		}
	}
	return 0, false
}

// simple classifies the sign of a decomposed, lower-case code point.
func simple(r rune) glyph {
	switch {
	case r >= 'a' && r <= 'z':
		return glyph{r: r, class: letter}
	case r >= '0' && r <= '9':
		return glyph{r: r, class: digit}
	case strings.ContainsRune("%‰$£€¥", r):
		return glyph{r: r, class: sign}
	case strings.ContainsRune(",:()[]|<>", r):
		return glyph{r: ',', class: comma}
	case strings.ContainsRune("!?;", r):
		return glyph{r: r, class: stop}
	case r == '.':
		return glyph{r: r, class: dot}
	case r == '-' || r == '~':
		return glyph{r: '-', class: dash}
	case r == '"':
		return glyph{r: r, class: quote}
	case r == '\'' || r == '`':
		return glyph{r: r, class: mark}
	case r == '\n':
		return glyph{r: r, class: line}
	case r == ' ' || r == '\t' || r == '\r':
		return glyph{r: ' ', class: space}
	case r == 'ß':
		return glyph{r: 's', class: letter, rest: "s"}
	case r == 'ø' || r == 'ö':
		return glyph{r: 'o', class: letter}
	case r == 'ł':
		return glyph{r: 'l', class: letter}
	case r == 'æ':
		return glyph{r: 'a', class: letter, rest: "e"}
	}
	return glyph{class: skip}
}

// punctuation gives the meaning of signs whose decomposition would mislead.
func punctuation(r rune) (glyph, bool) {
	switch r {
	case '，', '：', '（', '）', '—', '｜', '【', '】', '〔', '〕', '︰', '﹐':
		return glyph{r: ',', class: comma}, true
	case '。', '！', '？', '；', '｡', '…':
		if r == '？' {
			return glyph{r: '?', class: stop}, true
		}
		return glyph{r: '.', class: stop}, true
	case '、':
		return glyph{r: '、', class: list}, true
	case '–', '～', '〜', '−', '‐', '‑':
		return glyph{r: '-', class: dash}, true
	case '’', '‘', 'ʼ':
		return glyph{r: '\'', class: mark}, true
	case '“', '„', '«', '「', '『', '〝':
		return glyph{r: '“', class: quote}, true
	case '”', '»', '」', '』', '〞', '〟':
		return glyph{r: '”', class: quote}, true
	case '．':
		return glyph{r: '.', class: dot}, true
	case 0x2028, 0x2029, 0x85:
		return glyph{r: '\n', class: line}, true
	case 0xA0, 0x3000, 0x2002, 0x2003, 0x2009, 0x202F:
		return glyph{r: ' ', class: space}, true
	}
	return glyph{}, false
}
