package ledger

import (
	"fmt"
	"iter"
	"math"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Sources gives an audit everything that is stored. A nil field stands for nothing stored. An iterator that yields an error
// is read no further, and the report says so. Groups, Chains and Manifest may be read more than once.
type Sources struct {
	Origin    string         // of the log whose checkpoints these are
	Verifiers note.Verifiers // the public keys
	// Checkpoints are all signed checkpoints in the order in which they were made.
	Checkpoints iter.Seq2[[]byte, error]
	// Kept are signed checkpoints that the auditor got earlier and kept elsewhere; each must still be in the ledger. Without
	// them nobody can see that the newest checkpoints were removed together with all that came after.
	Kept [][]byte
	// Records are all records of the log, by number.
	Records iter.Seq2[StoredRecord, error]
	// Hashes are all stored hashes of the log, by number from 0.
	Hashes iter.Seq2[tlog.Hash, error]
	// Groups are the names of all groups that have chains, in any order.
	Groups iter.Seq2[string, error]
	// Chains are the chains of one group, ascending by the bytes of their subject.
	Chains func(group string) iter.Seq2[StoredChain, error]
	// Manifest are the leaves of one group as a checkpoint recorded them, in the order of the root. It is asked for each
	// record of the log; all manifests of one group are open at the same time.
	Manifest func(group string, checkpoint int) iter.Seq2[Leaf, error]
}

// StoredRecord is a record of the log as it lies in the store.
type StoredRecord struct {
	Index int64 // the number under which it is stored, from 0
	Text  []byte
}

// StoredChain is a chain as it lies in the store.
type StoredChain struct {
	Subject string // under which it is stored
	Entries []Entry
}

// Audit goes through all that is stored and names every culprit it finds. It holds one chain of each group at a time, and
// the checkpoints and the records of the log; so memory does not grow with the number of messages.
//
// What it cannot see is history that was written anew by somebody who holds the signing key, unless Kept has a checkpoint
// of before.
func Audit(in Sources) Report {
	a := &auditor{in: in, times: map[int]time.Time{}, broken: map[string]bool{}}
	points := a.checkpoints()
	records := a.log(points)
	a.judgeCheckpoints(points, records)
	a.kept(points)
	a.groups(records, points)
	return a.report
}

type auditor struct {
	in     Sources
	report Report
	times  map[int]time.Time // of checkpoints, by number, as signed or recorded
	known  []int             // numbers of the checkpoints that are there, good or not
	// numbers are the keys of times, ascending.
	numbers []int
	lost    []span          // records that cannot be trusted
	broken  map[string]bool // sources that failed; what they did not yield is not held to be missing
}

// span bounds the checkpoint of a record that is gone or edited: some group changed then, and nobody knows which.
type span struct{ from, to int }

func (a *auditor) fault(f Fault) { a.report.Faults = append(a.report.Faults, f) }

func (a *auditor) unreadable(what string, err error) {
	a.broken[what] = true
	a.fault(Fault{Kind: Unreadable, Detail: fmt.Sprintf("%s: %v", what, err)})
}

// each reads a source, which may be nil, and reports its failure.
func each[T any](a *auditor, what string, source iter.Seq2[T, error]) iter.Seq[T] {
	return func(yield func(T) bool) {
		if source == nil {
			return
		}
		for v, err := range source {
			if err != nil {
				a.unreadable(what, err)
				return
			}
			if !yield(v) {
				return
			}
		}
	}
}

// groups audits every group that has chains or records, by name.
func (a *auditor) groups(records []logged, points []point) {
	byGroup := map[string][]Record{}
	for _, r := range records {
		if r.good {
			byGroup[r.Group] = append(byGroup[r.Group], r.Record)
			a.times[r.Checkpoint] = r.Time
		}
	}
	a.lost = lost(records, points)
	for _, p := range points {
		if p.good {
			a.times[p.Number] = p.Time
		}
	}
	for number := range a.times {
		a.numbers = append(a.numbers, number)
	}
	slices.Sort(a.numbers)
	var names []string
	for name := range byGroup {
		names = append(names, name)
	}
	names = slices.AppendSeq(names, each(a, "groups", a.in.Groups))
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		newGroupAudit(a, name, byGroup[name]).run()
	}
}

// lost bounds the checkpoints of the records that are not good by the checkpoints around them.
func lost(records []logged, points []point) (spans []span) {
	for i, r := range records {
		if r.good {
			continue
		}
		s := span{1, math.MaxInt}
		for _, p := range points {
			if p.good && p.Size <= int64(i) {
				s.from = p.Number + 1
			} else if p.good {
				s.to = min(s.to, p.Number)
			}
		}
		spans = append(spans, s)
	}
	return spans
}

// missed returns the first checkpoint, of number from or later and before number to, whose time is after at: one that must
// have had what happened then. 0 for none.
func (a *auditor) missed(at time.Time, from, to int) int {
	i, _ := slices.BinarySearch(a.numbers, from)
	for _, number := range a.numbers[i:] {
		if number >= to {
			break
		}
		if at.Before(a.times[number]) {
			return number
		}
	}
	return 0
}
