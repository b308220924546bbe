package compliance

// grammar holds the list ids of the words that turn the meaning of others. They belong to the language, not to a rule.
type grammar struct {
	negator, seeming, after, contrast, warning, joins, denies int32
}

// Words that deny what follows in their clause.
var negators = []string{
	"不", "非", "未", "无", "没", "没有", "勿", "别", "莫", "拒绝", "杜绝", "避免", "严禁", "禁止", "无法", "谈不上", "远离", "冇", "唔",
	"no", "not", "never", "cannot", "can't", "don't", "doesn't", "didn't", "isn't", "aren't", "wasn't", "won't", "wouldn't", "neither",
	"nor", "none", "nothing", "nobody", "without", "non", "hardly", "n't", "couldn't", "shouldn't", "haven't", "hasn't", "nowhere", "instead of", "rather than",
	"refus(e|es) to", "far from", "free of", "stop short of", "rarely", "unlikely to be", "less than",
}

// Words that look like a negator and are none, and pairs of negators that affirm.
var seemings = []string{
	"非常", "非凡", "未来", "不断", "无论", "不论", "不管", "不仅", "不但", "不只", "不光", "不单", "不止", "不错", "不妨", "不得不", "不愧", "特别", "分别", "级别", "类别", "别人",
	"区别", "识别", "差别", "个别", "性别", "并非不", "不是不", "没有不", "不会不", "不可能不", "不能不", "无不", "莫不", "非但", "无忧", "没错", "不用犹豫", "无须犹豫", "不必犹豫", "不用怀疑", "毫无疑问", "无疑",
	"无需操心", "不用操心", "不用盯盘", "不用打理", "没空", "不二", "莫过于", "别犹豫", "别担心", "别再", "别错过", "不要错过", "不容错过", "不要犹豫", "别等", "不用等", "不限", "不低于", "不少于", "不小于", "不亏", "不赔", "不变", "不动", "不用担心", "无需担心", "不必担心",
	"not only", "not just", "not merely", "not simply", "no doubt", "no wonder", "without doubt", "without a doubt", "no question", "never miss",
	"don't miss", "don't wait", "no matter", "why not", "no need to worry", "don't worry", "nothing less than", "nothing beats", "nothing like", "none other than", "no less than",
	"not to mention", "no longer wait", "never been easier", "cannot wait", "can't wait", "no fewer than", "not until", "no strings", "no hassle", "no fuss", "not a myth", "no sooner",
	"no stress", "no minimum", "no fees",
}

// Words that deny what stands before them in their clause.
var afterwards = []string{
	"(是|均为|都是|多是|全是|属|属于|就是|都为|均属)...(骗局|诈骗|骗子|陷阱|谎言|误导|违规|违法|不实|假的|虚假|不可能)", "不可能", "不存在", "不可信", "并不成立", "不等于", "都不", "都没有",
	"(is|are|was|were|be) (not|never)", "isn't", "aren't", "(do|does) not", "don't", "doesn't", "cannot be", "can't be", "is impossible", "are impossible", "not exist",
	"not guaranteed", "is a (scam|lie|myth|fraud|thief|red flag)", "are (scams|lies|myths|frauds|red flags)", "a warning sign",
}

// Words that end the reach of a negator or a warning.
var contrasts = []string{
	"但", "但是", "然而", "而是", "而我们", "而我行", "却", "实际上", "其实", "反而", "我们不一样", "不同的是",
	"but", "however", "yet", "instead", "in fact", "whereas", "unlike", "we do", "ours",
}

// Words of a sentence that warns of others, or quotes the law.
var warnings = []string{
	"警惕", "谨防", "当心", "小心", "切勿", "勿信", "(不要|别|不|勿|切莫|莫)(轻信|相信|听信|信)", "骗局", "诈骗", "骗子", "骗术", "凡(是|声称|承诺|以)", "声称", "宣称", "号称", "自称", "谎称", "所谓", "以...为由", "为(诱饵|幌子|名)",
	"假冒", "冒充", "陷阱", "远离", "防范", "识破", "擦亮", "不得", "禁止", "严禁", "违法", "违规", "非法", "举报", "骗", "套路", "话术", "多个心眼", "多留", "忽悠", "先别", "挂断", "请核实", "不要碰", "许诺", "若...承诺", "如...承诺", "如遇",
	"第...条", "本法", "不应", "曾被", "处罚", "广告语", "典型",
	"beware", "scam*", "fraud*", "wary", "watch out", "anyone (who|promising|offering|telling|asking|claiming|selling)", "someone (who|promising|offering|telling|asking|claiming)",
	"if (a|an|someone|anyone|somebody)...(promise*|offer*|guarantee*|tell*|call*|claim*|say*)", "red flag*", "warning sign*", "too good to be true", "criminal*", "thief", "thieves", "con artist*", "impersonat*", "report (it|them)",
	"may not", "must not", "prohibit*", "shall not", "be suspicious", "sceptical", "skeptical", "is lying", "hang up", "phish*", "bogus", "ads that", "adverts that", "crooks", "caller*", "claims like", "phrases like", "words like", "promises of", "walk away", "ignore", "never trust", "don't trust", "be careful", "question any*",
}

// Words that carry a negator on over a comma.
var joining = []string{"或", "或者", "和", "及", "以及", "也", "亦", "更", "or", "nor", "and"}

// Words with which an answer denies the question before it.
var denials = []string{"不", "不是", "不能", "没有", "否", "并非", "不会", "都不", "no", "not", "never", "nope", "it isn't", "it is not", "it can't"}

// compileGrammar adds the words of the language to an engine.
func (c *compiler) compileGrammar() {
	for _, g := range []struct {
		id    *int32
		terms []string
	}{
		{&c.e.grammar.negator, negators},
		{&c.e.grammar.seeming, seemings},
		{&c.e.grammar.after, afterwards},
		{&c.e.grammar.contrast, contrasts},
		{&c.e.grammar.warning, warnings},
		{&c.e.grammar.joins, joining},
		{&c.e.grammar.denies, denials},
	} {
		*g.id = c.newList()
		for _, t := range g.terms {
			if err := c.add(*g.id, t); err != nil {
				panic(err) // the words above are fixed; a test loads them
			}
		}
	}
}
