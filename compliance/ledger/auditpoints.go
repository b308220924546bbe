package ledger

import (
	"fmt"
	"slices"
)

// point is a checkpoint whose signature is good and that stands in its place.
type point struct {
	Checkpoint
	good  bool // its root is the log's, and its records agree
	timed bool // a record confirms its time
}

// checkpoints reads the signed checkpoints and reports those that are forged, missing or out of place.
func (a *auditor) checkpoints() []point {
	var read []Checkpoint // Number 0: forged
	var why []error
	for signed := range each(a, "checkpoints", a.in.Checkpoints) {
		c, err := a.open(signed)
		read, why = append(read, c), append(why, err)
	}
	a.report.Checkpoints = len(read)
	var points []point
	want := 1
	for i, c := range read {
		next := 0
		if i+1 < len(read) {
			next = read[i+1].Number
		}
		switch {
		case why[i] != nil:
			a.fault(Fault{Kind: CheckpointForged, Checkpoint: want, Detail: why[i].Error()})
		case c.Number == want:
			points = append(points, point{Checkpoint: c})
		case c.Number > want && next != want && next != want+1:
			a.missing(want, c.Number)
			want = c.Number
			points = append(points, point{Checkpoint: c})
		case c.Number < want && next == want:
			a.swapped(c.Number, "checkpoint %d is there once more", c.Number)
			continue
		default:
			a.swapped(want, "checkpoint %d stands in its place", c.Number)
		}
		a.known = append(a.known, want)
		want++
	}
	return points
}

func (a *auditor) open(signed []byte) (Checkpoint, error) {
	c, err := Open(signed, a.in.Verifiers)
	if err == nil && c.Origin != a.in.Origin {
		return Checkpoint{}, fmt.Errorf("it is of the log %s, expected %s", c.Origin, a.in.Origin)
	}
	return c, err
}

func (a *auditor) swapped(number int, format string, args ...any) {
	a.fault(Fault{Kind: CheckpointSwapped, Checkpoint: number, Detail: fmt.Sprintf(format, args...)})
}

// missing reports the checkpoints from one number up to, and without, another.
func (a *auditor) missing(from, to int) {
	detail := "the checkpoint is not there"
	if to > from+1 {
		detail = fmt.Sprintf("checkpoints %d to %d are not there", from, to-1)
	}
	a.fault(Fault{Kind: CheckpointMissing, Checkpoint: from, Detail: detail})
}

// judgeCheckpoints compares the checkpoints with the records that they seal, and with each other. It clears good on those
// that it reports.
func (a *auditor) judgeCheckpoints(points []point, records []logged) {
	var before *point
	for i := range points {
		p := &points[i]
		if !p.good {
			continue
		}
		if detail := disagrees(p, records); detail != "" {
			p.good = false
			a.swapped(p.Number, "%s", detail)
			continue
		}
		if before != nil && !before.Time.Before(p.Time) {
			before = a.untimely(before, p)
			continue
		}
		before = p
	}
	a.unsigned(records)
}

// untimely blames one of two checkpoints whose times do not ascend, and returns the other.
func (a *auditor) untimely(p, q *point) *point {
	if q.timed && !p.timed {
		p.good = false
		a.swapped(p.Number, "its time is not before that of checkpoint %d", q.Number)
		return q
	}
	q.good = false
	a.swapped(q.Number, "its time is not after that of checkpoint %d", p.Number)
	return p
}

// unsigned reports checkpoints after the last one that are known from their records only.
func (a *auditor) unsigned(records []logged) {
	if a.broken["checkpoints"] {
		return
	}
	end := 0
	for _, r := range records {
		if r.good && r.Checkpoint > end {
			end = r.Checkpoint
			if !slices.Contains(a.known, end) && !a.gap(end) {
				a.missing(end, end+1)
			}
		}
	}
}

// gap reports whether a checkpoint lies before the last one, so that its absence is told already.
func (a *auditor) gap(number int) bool { return len(a.known) > 0 && number < a.known[len(a.known)-1] }

// disagrees says how a checkpoint contradicts the records next to its end, "" if it does not.
func disagrees(p *point, records []logged) string {
	if i := p.Size - 1; i >= 0 && records[i].good {
		last := records[i]
		if last.Checkpoint > p.Number {
			return fmt.Sprintf("it covers record %d, which is of checkpoint %d", i, last.Checkpoint)
		}
		if last.Checkpoint == p.Number && !last.Time.Equal(p.Time) {
			return "its time is not that of its records, " + last.Time.Format(moment)
		}
		p.timed = last.Checkpoint == p.Number
	}
	if p.Size < int64(len(records)) && records[p.Size].good && records[p.Size].Checkpoint <= p.Number {
		return fmt.Sprintf("it does not cover record %d, which is of checkpoint %d", p.Size, records[p.Size].Checkpoint)
	}
	return ""
}

// kept compares the checkpoints that the auditor brought with those that are stored.
func (a *auditor) kept(points []point) {
	for i, signed := range a.in.Kept {
		c, err := a.open(signed)
		if err != nil {
			a.unreadable(fmt.Sprintf("kept checkpoint %d of the list", i+1), err)
			continue
		}
		at := slices.IndexFunc(points, func(p point) bool { return p.Number == c.Number })
		switch {
		case at >= 0 && (points[at].Root != c.Root || points[at].Size != c.Size || !points[at].Time.Equal(c.Time)):
			a.swapped(c.Number, "it is not the one that the auditor kept")
		case at < 0 && !a.broken["checkpoints"] && !slices.Contains(a.known, c.Number) && !a.gap(c.Number):
			a.missing(c.Number, c.Number+1)
		}
	}
}
