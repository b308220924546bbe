package compliance

// percentAfter reads %, ‰, per cent, bps, 个点, 厘 and the like after a number.
func (t *reading) percentAfter(f *quantity) bool {
	i := t.hyphen(f.to)
	if int(i) >= len(t.units) {
		return false
	}
	factor, end := 1.0, i
	switch u := &t.units[i]; u.class {
	case sign:
		if u.r == '‰' {
			factor = 0.1
		}
		if u.r == '%' || u.r == '‰' {
			end = i + 1
		}
	case letter:
		if end = t.anyAt(i, "percentagepoints", "percentagepoint", "percent", "percentage", "pct", "pc"); end > i {
			f.spread = end-i > 10
		} else if end = t.anyAt(i, "bps", "bp", "basispoints", "basispoint"); end > i {
			factor = 0.01
		}
	case han:
		if end = t.anyAt(i, "个百分点", "百分点"); end > i {
			f.spread = true
		} else if end = t.anyAt(i, "个点"); end > i && t.anyAt(end, "击", "心", "评") > end {
			return false
		} else if end == i {
			return t.liOrFen(f)
		}
	}
	if end == i {
		return false
	}
	f.to, f.low, f.high, f.measure = end, round(f.low*factor), round(f.high*factor), percentage
	if int(end) < len(t.units) && t.units[end].class == han && t.slashBefore(end) {
		f.per = spanNamed(t.units[end].r)
	}
	return true
}

func spanNamed(r rune) role {
	switch r {
	case '天', '日':
		return perDay
	case '月':
		return perMonth
	case '年':
		return perYear
	}
	return noRole
}

// hyphen returns the unit after a hyphen that joins a number to its unit, as in 30-year.
func (t *reading) hyphen(i int32) int32 {
	if int(i)+1 < len(t.units) && t.units[i].r == '-' && t.units[i+1].class == letter {
		return i + 1
	}
	return i
}

// liOrFen reads 厘 and 分, which are a tenth or a hundredth by the length of the rate: 年息三厘 is 3%, 月息三厘 0.3%, 月息一分 1%.
// In Hong Kong 厘 is 1% whatever the length.
func (t *reading) liOrFen(f *quantity) bool {
	r := t.units[f.to].r
	month, day := t.anyBefore(f.from, "月息", "月利率", "月利") < f.from, t.anyBefore(f.from, "日息", "日利率") < f.from
	year := t.anyBefore(f.from, "年息", "年利率", "息") < f.from
	factor := 1.0
	switch {
	case r == '厘' && t.wordsAt(f.to, "厘米") == f.to:
		if hk := t.m != nil && t.m.Market == "hk"; month && !hk {
			factor = 0.1
		} else if day && !hk {
			factor = 0.01
		}
	case r == '分' && month:
	case r == '分' && year:
		factor = 10
	default:
		return false
	}
	f.to++
	v := f.low
	if t.wordsAt(f.to, "半") > f.to {
		v += 0.5
		f.to++
	} else if int(f.to) < len(t.units) && t.units[f.to].class == han {
		if d := figureOf(t.units[f.to].r); d > 0 {
			v += d / 10
			f.to++
		}
	}
	f.low, f.high, f.measure = round(v*factor), round(v*factor), percentage
	return true
}

// percentByName makes a percentage of a number with decimals right after the name of a rate: 年化三点二.
func (t *reading) percentByName(f *quantity) {
	decimals := false
	for i := f.from; i < f.to; i++ {
		decimals = decimals || t.units[i].r == '.' || t.units[i].r == '点'
	}
	i := f.from
	for i > 0 && t.units[i-1].class == han {
		n := t.anyBefore(i, "约", "为", "是", "达到", "达", "到", "高", "低", "至", "在", "近")
		if n == i {
			break
		}
		i = n
	}
	if decimals && f.low < 100 && t.anyBefore(i, "年化", "利率", "益率", "费率", "报率", "年息", "月息", "日息") < i {
		f.measure = percentage
	}
}

// moneyAround reads a currency before or after a number.
func (t *reading) moneyAround(f *quantity) bool {
	if from := t.currencyBefore(f.from); from < f.from {
		f.from, f.measure = from, amountOfMoney
		f.to = t.currencyAfter(f.to)
		return true
	}
	if to := t.currencyAfter(f.to); to > f.to {
		f.to, f.measure = to, amountOfMoney
		return true
	}
	// 20万 without a counter is money, 20万人 is not.
	if last := &t.units[f.to-1]; last.r == '万' || last.r == '亿' {
		if int(f.to) < len(t.units) && t.anyAt(f.to, "人", "户", "名", "家", "次", "个", "位", "笔", "件", "张", "份", "点", "步", "里", "倍", "积", "公", "英", "平", "股", "条", "只", "台", "辆", "吨", "字", "粉", "客", "用") > f.to {
			return false
		}
		f.measure = amountOfMoney
		return true
	}
	return false
}

// currencyBefore returns where the currency begins that stands before a unit, or the unit itself.
func (t *reading) currencyBefore(i int32) int32 {
	if i <= 0 || int(i) > len(t.units) {
		return i
	}
	switch u := &t.units[i-1]; u.class {
	case sign:
		if u.r == '%' || u.r == '‰' || u.r == '-' {
			return i
		}
		i--
		if u.flags&gapBefore != 0 {
			return i
		}
		return t.anyBefore(i, "hk", "us", "a", "s", "au", "sg", "rmb", "cn")
	case letter:
		return t.anyBefore(i, "usd", "gbp", "eur", "hkd", "rmb", "cny", "sgd", "jpy")
	case han:
		return t.anyBefore(i, "人民币", "美元", "港币", "港元", "美金", "欧元")
	}
	return i
}

func (t *reading) currencyAfter(i int32) int32 {
	if int(i) >= len(t.units) {
		return i
	}
	switch u := &t.units[i]; u.class {
	case sign:
		if u.r == '€' && (int(i)+1 >= len(t.units) || t.units[i+1].class != digit || t.units[i+1].flags&gapBefore != 0) {
			return i + 1
		}
	case letter:
		return t.anyAt(i, "dollars", "dollar", "pounds", "pound", "euros", "euro", "yuan", "usd", "gbp", "eur", "hkd", "rmb", "cny", "quid")
	case han:
		if t.wordsAt(i, "元旦") == i {
			return t.anyAt(i, "元", "块钱", "块", "人民币", "美元", "港元", "港币", "港纸", "美金", "欧元", "英镑", "日元", "蚊")
		}
	}
	return i
}

// spanAfter reads years, months, weeks and days.
func (t *reading) spanAfter(f *quantity) bool {
	i := t.hyphen(f.to)
	if int(i) >= len(t.units) {
		return false
	}
	days := 0.0
	end := i
	for _, u := range spans {
		if end = t.wordsAt(i, u.word); end > i {
			days = u.days
			break
		}
	}
	if days == 0 {
		return false
	}
	if days == 365 && f.to-f.from == 4 && f.low >= 1900 && f.low < 2100 {
		f.to, f.year, f.measure = end, int16(f.low), dayOfCalendar
		return true
	}
	if t.units[i].class == han && t.wordsAt(end, "半") > end {
		f.low, end = f.low+0.5, end+1
	}
	f.to, f.low, f.measure = end, f.low*days, lengthOfTime
	f.high = f.low
	return true
}

// spans are the words for lengths of time, in days.
var spans = [...]struct {
	word string
	days float64
}{
	{"年", 365},
	{"个月", 30},
	{"月期", 30},
	{"天", 1},
	{"日", 1},
	{"周", 7},
	{"个星期", 7},
	{"星期", 7},
	{"曆年", 365},
	{"历年", 365},
	{"years", 365},
	{"year", 365},
	{"yr", 365},
	{"yrs", 365},
	{"months", 30},
	{"month", 30},
	{"mo", 30},
	{"mos", 30},
	{"mth", 30},
	{"mths", 30},
	{"weeks", 7},
	{"week", 7},
	{"days", 1},
	{"day", 1},
}

func (t *reading) foldsAfter(f *quantity) bool {
	if t.wordsAt(f.to, "折") == f.to || t.anyAt(f.to, "折合", "折算", "折旧") > f.to {
		return false
	}
	if f.low > 10 && f.low < 100 { // 八五折
		f.low, f.high = f.low/10, f.low/10
	}
	f.to, f.measure = f.to+1, foldsOfPrice
	return true
}

// halfYear reads 半年, but for 上半年 and 下半年, which are parts of the calendar.
func (t *reading) halfYear(f *quantity) bool {
	end := t.wordsAt(f.from, "半年")
	if end == f.from || t.anyBefore(f.from, "上", "下", "前", "后") < f.from || t.anyAt(end, "报", "度") > end {
		return false
	}
	f.to, f.low, f.high, f.measure = end, 182.5, 182.5, lengthOfTime
	return true
}
