package ledger

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/tlog"
)

// Record is what the log keeps of one group that changed at a checkpoint.
type Record struct {
	Group      string // a campaign run, the consents, the desk ...
	Checkpoint int    // from 1, without gaps
	// Time is the checkpoint's, with microseconds. It claims that every entry of an earlier time is in: the caller takes it
	// no later than the moment from which it lists the heads, and no writer may add an entry with an earlier time after that.
	// Audit reports such an entry as added.
	Time  time.Time
	Count int64     // leaves in the group
	Root  tlog.Hash // over the leaves
}

const recordTitle = "scruple group root v1"

// Text returns the record's bytes, which are what the log hashes. It fails on a group name that is empty, not UTF-8 or has
// control characters, and on numbers out of range.
func (r Record) Text() ([]byte, error) {
	if err := oneLine(r.Group); err != nil {
		return nil, fmt.Errorf("record: group %q: %w", r.Group, err)
	}
	if r.Checkpoint < 1 || r.Count < 0 || r.Count > maxSize {
		return nil, fmt.Errorf("record of %s: checkpoint %d with %d leaves is out of range", r.Group, r.Checkpoint, r.Count)
	}
	return fmt.Appendf(nil, "%s\ngroup %s\ncheckpoint %d\ntime %s\nleaves %d\nroot %s\n",
		recordTitle, r.Group, r.Checkpoint, r.Time.UTC().Format(moment), r.Count, r.Root), nil
}

// ParseRecord reads what Text wrote, and nothing else: text that is not byte for byte what Text would write is an error.
func ParseRecord(text []byte) (Record, error) {
	f, err := lines(string(text), recordTitle, "group ", "checkpoint ", "time ", "leaves ", "root ")
	if err != nil {
		return Record{}, fmt.Errorf("record: %w", err)
	}
	r := Record{Group: f[1]}
	r.Checkpoint, _ = strconv.Atoi(f[2])
	r.Time, _ = time.Parse(moment, f[3])
	r.Count, _ = strconv.ParseInt(f[4], 10, 64)
	r.Root, _ = tlog.ParseHash(f[5])
	// Whatever could not be read, or could be read in two ways, shows here.
	again, err := r.Text()
	if err != nil {
		return Record{}, err
	}
	if string(again) != string(text) {
		return Record{}, fmt.Errorf("record: its values are not in the form of %q", again)
	}
	return r, nil
}

// lines splits text into one line for each prefix and returns what follows the prefixes.
func lines(text string, prefixes ...string) ([]string, error) {
	got := strings.Split(text, "\n")
	if len(got) != len(prefixes)+1 || got[len(prefixes)] != "" {
		return nil, fmt.Errorf("expected %d lines that each end in a line feed", len(prefixes))
	}
	for i, p := range prefixes {
		rest, ok := strings.CutPrefix(got[i], p)
		if !ok {
			return nil, fmt.Errorf("line %d: expected it to begin with %q", i+1, p)
		}
		got[i] = rest
	}
	return got[:len(prefixes)], nil
}

func oneLine(s string) error {
	if s == "" || !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) {
		return fmt.Errorf("expected text in UTF-8 without control characters")
	}
	return nil
}
