package functions

import (
	"slices"
	"strings"
	"time"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/internal/strictyaml"
)

// check refuses a campaign that could not run, at the place in its file that is wrong.
func (c *Campaign) check() error {
	for _, step := range []func() error{c.checkNames, c.checkWords, c.checkVariants, c.checkSchedule} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (c *Campaign) checkNames() error {
	switch {
	case c.ID == "":
		return c.fault("$.id", "a campaign needs an id")
	case strings.ContainsFunc(c.ID, func(r rune) bool { return r <= ' ' || r == '@' || r == '/' || r == 0x7f }):
		return c.fault("$.id", "campaign id %q: no blanks, @ or / please; it becomes part of names", c.ID)
	case c.Author == "":
		return c.fault("$.author", "a campaign needs an author: whoever that is may not approve it")
	case c.Segment.File == "":
		return c.fault("$.segment", "a campaign needs segment.file: the list of recipients")
	case c.HoldOut < 0 || c.HoldOut >= 1:
		return c.fault("$.hold_out", "hold_out is %v; expected a share of 0 or more and below 1", c.HoldOut)
	}
	return nil
}

func (c *Campaign) checkWords() error {
	if !slices.Contains(scruple.Markets(), c.Market) {
		return c.fault("$.market", "%s", unknownWord("market", string(c.Market), scruple.Markets()))
	}
	if !slices.Contains(scruple.Channels(), c.Channel) {
		return c.fault("$.channel", "%s", unknownWord("channel", string(c.Channel), scruple.Channels()))
	}
	if tiers := []scruple.Tier{scruple.Low, scruple.Middle, scruple.High}; !slices.Contains(tiers, c.Tier) {
		return c.fault("$.tier", "%s", unknownWord("tier", string(c.Tier), tiers))
	}
	if classes := []scruple.Class{scruple.Marketing, scruple.Service}; !slices.Contains(classes, c.Class) {
		return c.fault("$.class", "%s", unknownWord("class", string(c.Class), classes))
	}
	return nil
}

func unknownWord[T ~string](what, word string, known []T) string {
	words := make([]string, len(known))
	for i, k := range known {
		words[i] = string(k)
	}
	message := "unknown " + what + " \"" + word + "\"; expected one of " + strings.Join(words, ", ")
	if near := strictyaml.Nearest(word, words); near != "" {
		message += "; did you mean \"" + near + "\"?"
	}
	return message
}

func (c *Campaign) checkVariants() error {
	if len(c.Variant) == 0 {
		return c.fault("$.variants", "a campaign needs at least one variant with a template")
	}
	total := 0.0
	names := map[string]bool{}
	for _, v := range c.Variant {
		switch {
		case v.Name == "" || names[v.Name]:
			return c.fault("$.variants", "each variant needs a name of its own; %q is empty or there twice", v.Name)
		case v.Template == "":
			return c.fault("$.variants", "variant %q needs a template file", v.Name)
		case v.Share < 0:
			return c.fault("$.variants", "variant %q has a share below 0", v.Name)
		}
		names[v.Name] = true
		total += v.Share
	}
	if len(c.Variant) == 1 && total == 0 {
		c.Variant[0].Share, total = 1, 1
	}
	if total < 0.9999 || total > 1.0001 {
		return c.fault("$.variants", "the shares of the variants add up to %v; expected 1", total)
	}
	return nil
}

func (c *Campaign) checkSchedule() error {
	s := c.When
	if (s.At == "") == (s.Cron == "") {
		return c.fault("$.schedule", "a schedule needs either at (a moment, RFC 3339) or cron (with zone)")
	}
	if _, err := s.Due(); err != nil {
		return c.fault("$.schedule.at", "%q is no moment; expected something like 2026-11-23T10:00:00+08:00", s.At)
	}
	if _, err := time.LoadLocation(s.Zone); err != nil || s.Cron != "" && s.Zone == "" {
		return c.fault("$.schedule", "zone %q: expected an IANA time zone such as Asia/Shanghai", s.Zone)
	}
	if d, err := time.ParseDuration(s.LatestStart); s.LatestStart != "" && (err != nil || d <= 0) {
		return c.fault("$.schedule.latest_start", "%q is no length of time; expected something like 48h", s.LatestStart)
	}
	if s.Missed != "" && s.Missed != "run" && s.Missed != "skip" {
		return c.fault("$.schedule.missed", "%s", unknownWord("policy for missed runs", s.Missed, []string{"run", "skip"}))
	}
	return nil
}
