package compliance

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/scruple/scruple"
)

// renderSource is the render key of a rule about how a message looks, and where it leads.
type renderSource struct {
	// Check is signature (an SMS begins or ends with the sender in 【】), segments (an SMS has at most Max segments), subject
	// (the subject line has at most Max characters and is not empty), reply (the subject line does not pose as an answer or as
	// passed on), hidden (no text that readers cannot see), images (a body is more than pictures without text), prominence (words
	// of Any, where markup holds them, show as Size and Contrast ask), early (words of Any are over where First says), links or disguise (How: no words made hard to read for programs).
	Check string `yaml:"check"`
	Max   int    `yaml:"max"`

	// How and Words belong to check disguise; see disguiseRule.
	How   string   `yaml:"how"`
	Words []string `yaml:"words"`

	Any      []string `yaml:"any"`
	Size     float64  `yaml:"size"`
	Contrast float64  `yaml:"contrast"`

	// First says where the words of Any have to be over, for check early.
	First *firstSource `yaml:"first"`

	// Find lists mismatch (the text of a link names one site and leads to another), disguise (a name written to be taken for another
	// one, a machine by its number, or something before the host) and insecure (http). Allow are the domains that messages may lead
	// to, with all below them; empty: any. Deny are domains that they may not lead to, such as those of shorteners. Both may hold
	// lexicons by name.
	Find  []string `yaml:"find"`
	Allow []string `yaml:"allow"`
	Deny  []string `yaml:"deny"`
}

type renderRule struct {
	check string
	limit int
	any   termList
	looks *prominenceSource
	first *firstSource
	links *linkRule
}

// renderChecks are the values of check, with the keys that each uses.
func renderChecks() map[string]string {
	return map[string]string{
		"signature": "", "segments": "max", "subject": "max", "reply": "", "hidden": "", "images": "", "prominence": "any size contrast",
		"early": "any first", "links": "find allow deny", "disguise": "how words",
	}
}

func compileRender(c *compiler, _ *Rule, s *ruleSource) (evaluator, error) {
	names := slices.Sorted(maps.Keys(renderChecks()))
	if s.Render == nil {
		return nil, &specError{"", "a render rule needs render: {check: one of " + strings.Join(names, ", ") + "}"}
	}
	if e := among(".render.check", []string{s.Render.Check}, names); e != nil {
		return nil, e
	}
	if e := s.Render.fitting(); e != nil {
		return nil, e
	}
	if s.Render.Check == "disguise" {
		return compileDisguise(c, s.Render)
	}
	k := &renderRule{check: s.Render.Check, limit: s.Render.Max, first: s.Render.First}
	var err *specError
	if k.any, err = c.terms(".render.any", s.Render.Any); err != nil {
		return nil, err
	}
	switch k.check {
	case "prominence":
		k.looks = &prominenceSource{s.Render.Size, s.Render.Contrast}
		if err = k.looks.valid(".render"); err != nil {
			return nil, err
		}
	case "links":
		if k.links, err = c.compileLinks(s.Render); err != nil {
			return nil, err
		}
	}
	return k, nil
}

// fitting checks that a rule has the keys of its check, and no others.
func (s *renderSource) fitting() *specError {
	takes := renderChecks()[s.Check]
	for _, k := range []struct {
		name string
		set  bool
	}{
		{"max", s.Max > 0},
		{"any", s.Any != nil},
		{"size", s.Size != 0},
		{"contrast", s.Contrast != 0},
		{"how", s.How != ""},
		{"words", s.Words != nil},
		{"first", s.First != nil},
		{"find", s.Find != nil},
		{"allow", s.Allow != nil},
		{"deny", s.Deny != nil},
	} {
		if k.set && !strings.Contains(takes, k.name) {
			return &specError{".render." + k.name, fmt.Sprintf("check %s takes no %s", s.Check, k.name)}
		}
		if !k.set && (k.name == "max" || k.name == "any" || k.name == "first") && strings.Contains(takes, k.name) {
			return &specError{".render", fmt.Sprintf("check %s needs %s", s.Check, k.name)}
		}
	}
	return nil
}

func (k *renderRule) eval(x *exam, r *Rule) {
	switch k.check {
	case "signature":
		if !x.m.Excerpt && x.m.Channel == scruple.SMS && !signed(x.m.Text) {
			x.missing(r, "no sender in 【】 at the start or end")
		}
	case "segments":
		if n := segments(x.m.Text); x.m.Channel == scruple.SMS && n > k.limit {
			x.missing(r, fmt.Sprintf("%d segments, at most %d", n, k.limit))
		}
	case "subject":
		n := utf8.RuneCountInString(x.m.Subject)
		if x.m.Channel == scruple.Email && !x.m.Excerpt && (n == 0 || n > k.limit) {
			x.missing(r, fmt.Sprintf("subject of %d characters, expected 1 to %d", n, k.limit))
		}
	case "reply":
		if n := replyMark(x.m.Subject); n > 0 {
			x.out = append(x.out, scruple.Finding{Rule: r.ID, Kind: r.Kind, Verdict: r.Verdict, Part: "subject", End: n, Quote: x.m.Subject[:n]})
		}
	case "hidden":
		k.hidden(x, r)
	case "images":
		k.pictures(x, r)
	case "prominence":
		k.prominent(x, r, func(p *piece, h hit) string { return k.looks.faint(x, p, h.start, h.end) })
	case "early":
		k.prominent(x, r, func(p *piece, h hit) string { return k.first.late(x, p, h.end) })
	case "links":
		k.links.eval(x, r)
	}
}

// pictures finds a body that is nothing but pictures without text in their place.
func (k *renderRule) pictures(x *exam, r *Rule) {
	if x.m.HTML == "" || x.m.Excerpt || x.t.page.bare == 0 {
		return
	}
	for i := range x.t.pieces {
		p := &x.t.pieces[i]
		if p.name != "html" || p.hidden {
			continue
		}
		letters := 0
		for u := p.from; u < p.to; u++ {
			if compared(&x.t.units[u]) {
				letters++
			}
		}
		if letters < fewLetters {
			x.missing(r, fmt.Sprintf("%d pictures, %d of them without text in their place, and %d letters", x.t.page.images, x.t.page.bare, letters))
		}
	}
}

// fewLetters is less than a sentence.
const fewLetters = 20

// prominent finds words that a body holds and that are at fault in all of their places.
func (k *renderRule) prominent(x *exam, r *Rule, fault func(*piece, hit) string) {
	for i := range x.t.pieces {
		p := &x.t.pieces[i]
		if p.hidden || p.name == "subject" {
			continue
		}
		worst, at, fine := "", hit{}, false
		for _, id := range k.any {
			for _, h := range x.t.of(id) {
				if h.start < p.from || h.end > p.to || fine {
					continue
				}
				f := fault(p, h)
				fine = f == ""
				if worst == "" {
					worst, at = f, h
				}
			}
		}
		if !fine && worst != "" {
			x.found(r, at.start, at.end, worst)
		}
	}
}

// replyMark returns the length of the mark with which mail programs begin the subject of an answer or of passed-on mail.
func replyMark(subject string) int {
	n := strings.IndexAny(subject, ":：")
	if n < 0 {
		return 0
	}
	switch strings.ToLower(strings.TrimSpace(subject[:n])) {
	case "re", "fw", "fwd", "aw", "wg", "sv", "回复", "答复", "转发", "回覆", "轉寄":
		return n + 1
	}
	return 0
}

// hidden finds text that was made invisible. Preheaders are hidden too, so only what goes on past one line counts.
func (k *renderRule) hidden(x *exam, r *Rule) {
	for i := range x.t.pieces {
		p := &x.t.pieces[i]
		if !p.hidden || p.instead {
			continue
		}
		from := p.from
		for from < p.to && x.t.units[from].class >= list {
			from++
		}
		if _, to := x.t.sentence(min(from, p.to-1)); p.to-from > preheader {
			x.found(r, from, min(to, p.to), fmt.Sprintf("%d signs of hidden text", p.to-from))
		}
	}
}

// preheader is how much hidden text the line of an inbox list may need, in units: such a line holds some 150 characters.
const preheader = 150

// signed reports whether a text begins or ends with a name in 【】.
func signed(s string) bool {
	s = strings.TrimSpace(s)
	if strings.HasPrefix(s, "【") {
		return strings.Index(s, "】") > len("【")
	}
	return strings.HasSuffix(s, "】") && strings.LastIndex(s, "【") >= 0 && !strings.HasSuffix(s, "【】")
}
