package compliance

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/scruple/scruple"
)

// renderSource is the render key of a rule about how a message looks.
type renderSource struct {
	// Check is signature (an SMS begins or ends with the sender in 【】), segments (an SMS has at most Max segments), subject
	// (the subject line has at most Max characters and is not empty), reply (the subject line does not pose as an answer or as
	// passed on), hidden (no text that readers cannot see) or disguise (How: no words made hard to read for programs).
	Check string `yaml:"check"`
	Max   int    `yaml:"max"`
	// How and Words belong to check disguise; see disguiseRule.
	How   string   `yaml:"how"`
	Words []string `yaml:"words"`
}

type renderRule struct {
	check string
	limit int
}

func compileRender(c *compiler, _ *Rule, s *ruleSource) (evaluator, error) {
	if s.Render == nil {
		return nil, &specError{"", "a render rule needs render: {check: signature, segments, subject, reply, hidden or disguise}"}
	}
	if e := among(".render.check", []string{s.Render.Check}, []string{"signature", "segments", "subject", "reply", "hidden", "disguise"}); e != nil {
		return nil, e
	}
	if s.Render.Check == "disguise" {
		return compileDisguise(c, s.Render)
	}
	counts := s.Render.Check == "segments" || s.Render.Check == "subject"
	if counts != (s.Render.Max > 0) {
		return nil, &specError{".render", fmt.Sprintf("check %s: max is for segments and subject, above 0", s.Render.Check)}
	}
	return &renderRule{s.Render.Check, s.Render.Max}, nil
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
