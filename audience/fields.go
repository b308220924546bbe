package audience

import (
	"strings"
	"time"
)

// day reads YYYY-MM-DD, YYYYMMDD or YYYY/M/D and returns YYYY-MM-DD.
func day(v string) (string, problem) {
	iso := v
	switch {
	case len(v) == 8 && strings.IndexByte(v, '/') < 0:
		iso = v[:4] + "-" + v[4:6] + "-" + v[6:]
	case len(v) >= 8 && len(v) <= 10 && v[4] == '/':
		iso = slashed(v)
	}
	if !calendarDay(iso) {
		return "", problem{BadDate, "no calendar day as YYYY-MM-DD, YYYYMMDD or YYYY/M/D"}
	}
	return iso, problem{}
}

// birthDate is a day on which a living person can have been born.
func birthDate(v string) (string, problem) {
	iso, p := day(v)
	if p.code == "" && iso < "1900" {
		return "", problem{BadDate, "a birth date before 1900"}
	}
	return iso, p
}

func slashed(v string) string {
	y, md, _ := strings.Cut(v, "/")
	m, d, _ := strings.Cut(md, "/")
	return y + "-" + twoDigits(m) + "-" + twoDigits(d)
}

func twoDigits(v string) string {
	if len(v) == 1 {
		return "0" + v
	}
	return v
}

// calendarDay reports whether v is a real day in ISO form; it does what time.Parse does, without its price per row.
func calendarDay(v string) bool {
	if len(v) != 10 || v[4] != '-' || v[7] != '-' {
		return false
	}
	y, ok1 := number(v[:4])
	m, ok2 := number(v[5:7])
	d, ok3 := number(v[8:])
	if !ok1 || !ok2 || !ok3 || m < 1 || m > 12 || d < 1 || d > 31 {
		return false
	}
	return d <= 28 || time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC).Day() == d
}

// number reads a few decimal digits.
func number(v string) (n int, ok bool) {
	for i := range len(v) {
		if v[i] < '0' || v[i] > '9' {
			return 0, false
		}
		n = 10*n + int(v[i]-'0')
	}
	return n, true
}

func rating(v string) (string, problem) {
	if len(v) != 2 || v[0]|0x20 != 'c' || v[1] < '1' || v[1] > '5' {
		return "", problem{BadRating, "no risk rating C1 to C5"}
	}
	if v[0] == 'c' {
		v = "C" + v[1:]
	}
	return v, problem{}
}

func flag(v string) (string, problem) {
	switch strings.ToLower(v) {
	case "true", "1", "yes", "是":
		return "true", problem{}
	case "false", "0", "no", "否":
		return "false", problem{}
	}
	return "", problem{BadFlag, "none of true, false, 1, 0, yes, no, 是, 否"}
}
