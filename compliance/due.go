package compliance

import (
	"fmt"
	"slices"
	"strings"

	"github.com/scruple/scruple"
)

// whenSource says when a disclosure is due. Without it, always. All keys that are set have to hold.
type whenSource struct {
	Any []string `yaml:"any"` // only when one of these is said,
	// with a term of Near Within one clause, sentence (the default) or message.
	Near   []string `yaml:"near"`
	Within string   `yaml:"within"`
	// Affirmed says that a word of Any that is denied, or warned of, does not count.
	Affirmed bool `yaml:"affirmed"`
	// Only when the message sells: it says a word of Sold in a sentence without a word of Notice (what has been bought, dates,
	// reports), and none of Informs (frames of notices and lessons); or a word of Urged in a clause without a word of Notice.
	Sold    []string `yaml:"sold"`
	Urged   []string `yaml:"urged"`
	Notice  []string `yaml:"notice"`
	Informs []string `yaml:"informs"`
	Unless  []string `yaml:"unless"` // never when one of these is said
	// Terms: only for products that have all of these terms, and no two of them alike.
	Terms []string `yaml:"terms"`
	// Has: only for products that have each of these terms with one of the values given for it, or with any for an empty list.
	Has   map[string][]string `yaml:"has"`
	Rates []string            `yaml:"rates"` // only for products with a rate of one of these kinds other than zero
	Risk  []string            `yaml:"risk"`  // only for products of one of these grades
}

type whenRule struct {
	any, near, unless  termList
	sold, urged        termList
	notice, informs    termList
	within             stretch
	affirmed           bool
	terms, rates, risk []string
	has                map[string][]string
}

// compileWhen returns an error, not a *specError: a nil one in an interface is not nil.
func (w *whenRule) compile(c *compiler, s *whenSource) error {
	if s == nil {
		return nil
	}
	*w = whenRule{affirmed: s.Affirmed, terms: s.Terms, rates: s.Rates, risk: s.Risk, has: s.Has}
	for _, l := range []struct {
		to    *termList
		path  string
		terms []string
	}{
		{&w.any, ".when.any", s.Any},
		{&w.near, ".when.near", s.Near},
		{&w.unless, ".when.unless", s.Unless},
		{&w.sold, ".when.sold", s.Sold},
		{&w.urged, ".when.urged", s.Urged},
		{&w.notice, ".when.notice", s.Notice},
		{&w.informs, ".when.informs", s.Informs},
	} {
		lists, err := c.terms(l.path, l.terms)
		if err != nil {
			return err
		}
		*l.to = lists
	}
	if len(s.Any) == 0 && (len(s.Near) > 0 || s.Affirmed || s.Within != "") {
		return &specError{".when", "near, within and affirmed say more about the words of any, which are missing"}
	}
	if e := among(".when.risk", s.Risk, []string{"", "R1", "R2", "R3", "R4", "R5"}); e != nil {
		return e
	}
	var err *specError
	if w.within, err = stretchOf(".when.within", s.Within, inSentence); err != nil {
		return err
	}
	return nil
}

// holds reports whether a disclosure is due in a message.
func (w *whenRule) holds(x *exam) bool {
	if w.unless.hit(x.t) || w.any != nil && !w.said(x) || !w.concerns(x) {
		return false
	}
	return w.sold == nil && w.urged == nil || !w.informs.hit(x.t) && w.sells(x, w.sold, inSentence) || w.sells(x, w.urged, inClause)
}

// sells reports whether a word of a list is said, not denied, in a stretch without a word of notice.
func (w *whenRule) sells(x *exam, words termList, s stretch) bool {
	for _, id := range words {
		for _, h := range x.t.of(id) {
			from, to := x.t.around(s, h.start)
			if !w.notice.has(x.t, from, to) && !x.t.denied(&x.e.grammar, h) {
				return true
			}
		}
	}
	return false
}

func (w *whenRule) said(x *exam) bool {
	if w.near == nil && !w.affirmed {
		return w.any.hit(x.t)
	}
	for _, id := range w.any {
		for _, h := range x.t.of(id) {
			if from, to := x.t.around(w.within, h.start); w.near != nil && !w.near.has(x.t, from, to) {
				continue
			}
			if !w.affirmed || !x.t.denied(&x.e.grammar, h) && !x.t.warned(&x.e.grammar, h) {
				return true
			}
		}
	}
	return false
}

// concerns reports whether the product is one of those that the disclosure is about.
func (w *whenRule) concerns(x *exam) bool {
	p := x.f.Product
	if p == nil {
		return len(w.terms)+len(w.has)+len(w.rates)+len(w.risk) == 0
	}
	if len(w.risk) > 0 && !slices.Contains(w.risk, p.Grade()) || len(w.rates) > 0 && !hasRate(p, w.rates) {
		return false
	}
	for name, values := range w.has {
		if v := p.Terms[name]; v == "" || len(values) > 0 && !slices.Contains(values, v) {
			return false
		}
	}
	seen := make([]string, 0, 4)
	for _, name := range w.terms {
		v := x.term(name)
		if v == "" || slices.Contains(seen, v) {
			return false
		}
		seen = append(seen, v)
	}
	return true
}

func hasRate(p *scruple.Product, kinds []string) bool {
	return slices.ContainsFunc(p.Rates, func(r scruple.Rate) bool { return r.High != 0 && slices.Contains(kinds, r.Kind) })
}

// term returns the value of a term of the product up to its first comma or bracket: what follows there explains the name.
func (x *exam) term(name string) string {
	if x.f.Product == nil {
		return ""
	}
	v := x.f.Product.Terms[name]
	if i := strings.IndexAny(v, ",(;，（；"); i >= 0 {
		v = v[:i]
	}
	return strings.TrimSpace(v)
}

// firstSource says how early a disclosure has to be over.
type firstSource struct {
	SMS    int `yaml:"sms"`  // segments of a text message
	Push   int `yaml:"push"` // characters, for all others
	WeChat int `yaml:"wechat"`
	Email  int `yaml:"email"`
	Web    int `yaml:"web"`
}

func (s *firstSource) limit(ch scruple.Channel) int {
	switch ch {
	case scruple.SMS:
		return s.SMS
	case scruple.Push:
		return s.Push
	case scruple.WeChat:
		return s.WeChat
	case scruple.Email:
		return s.Email
	case scruple.Web:
		return s.Web
	}
	return 0
}

// late says how far behind its place a disclosure that ends before unit to is over, or "".
func (s *firstSource) late(x *exam, p *piece, to int32) string {
	if s == nil {
		return ""
	}
	limit, last := s.limit(x.m.Channel), &x.t.units[to-1]
	if limit == 0 {
		return ""
	}
	before := p.src[:int(last.start)+int(last.size)]
	if x.m.Channel == scruple.SMS {
		if n := segmentOf(p.src, before); n > limit {
			return fmt.Sprintf("it ends in segment %d of the text message, and has to end by segment %d", n, limit)
		}
		return ""
	}
	if n := characters(before); n > limit {
		return fmt.Sprintf("it ends at character %d, and a phone may show no more than the first %d", n, limit)
	}
	return ""
}

// characters counts code points; spaces in a row count once.
func characters(s string) int {
	n, space := 0, false
	for _, r := range s {
		is := r == ' ' || r == '\n' || r == '\r' || r == '\t' || r == 0xA0
		if !is || !space {
			n++
		}
		space = is
	}
	return n
}
