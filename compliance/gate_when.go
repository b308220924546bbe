package compliance

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/scruple/scruple"
)

// dueOf returns when the message is meant to leave: Due, but never before Now. It reports false when no time is known.
func dueOf(f *scruple.Facts) (time.Time, bool) {
	due := f.Due
	if due.Before(f.Now) {
		due = f.Now
	}
	return due, !due.IsZero()
}

// day is a calendar day as yyyymmdd, so that days compare as numbers and nothing is formatted on the way.
type day int

// calendarDay returns the day of a moment in that moment's own location.
func calendarDay(t time.Time) day {
	y, m, d := t.Date()
	return day(y*10000 + int(m)*100 + d)
}

// parseDay reads a date of the form 2006-01-02; it reports false for anything that is no day of the calendar.
func parseDay(s scruple.Date) (day, bool) {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return 0, false
	}
	n := 0
	for i := range len(s) {
		if i == 4 || i == 7 {
			continue
		}
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	y, m, d := n/10000, time.Month(n/100%100), n%100
	if m < 1 || m > 12 || d < 1 || d > time.Date(y, m+1, 0, 0, 0, 0, 0, time.UTC).Day() {
		return 0, false
	}
	return day(n), true
}

// years returns the full years from the day of birth to d; who was born on 29 February is a year older on 1 March.
func (d day) years(birth day) int { return int(d-birth) / 10000 }

// parseSpan reads a length of time: a Go duration such as 168h, or whole days of 24 hours such as 730d.
func parseSpan(s string) (time.Duration, error) {
	if n, ok := strings.CutSuffix(s, "d"); ok {
		days, err := strconv.Atoi(n)
		if err != nil || days < 1 || days > 36500 {
			return 0, fmt.Errorf("%q is no number of days from 1d to 36500d", s)
		}
		return time.Duration(days) * 24 * time.Hour, nil
	}
	span, err := time.ParseDuration(s)
	if err != nil || span <= 0 {
		return 0, fmt.Errorf("%q is no length of time; expected one such as 168h or 30d", s)
	}
	return span, nil
}

// parseClock reads a time of day from 00:00 to 24:00 as the time since midnight.
func parseClock(s string) (time.Duration, error) {
	h, m, ok := strings.Cut(s, ":")
	hours, err1 := strconv.ParseUint(h, 10, 8)
	minutes, err2 := strconv.ParseUint(m, 10, 8)
	at := time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
	if !ok || len(s) != 5 || err1 != nil || err2 != nil || minutes > 59 || at > 24*time.Hour {
		return 0, fmt.Errorf("%q is no time of day; expected one from \"00:00\" to \"24:00\", in quotes", s)
	}
	return at, nil
}
