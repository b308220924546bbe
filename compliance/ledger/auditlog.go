package ledger

import (
	"cmp"
	"fmt"
	"iter"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

// logged is one record of the log. It is good when it is there, can be read and nothing says that it was edited.
type logged struct {
	Record
	good bool
	why  error // it cannot be read
}

// doubt is a stored hash that agrees with only one of the two trees, or with none.
type doubt struct {
	number    int64 // of the stored hash
	record    int64 // whose leaf it is, -1 for an inner node
	byRecords bool  // agrees with the tree over the records
	byLeaves  bool  // agrees with the tree over the stored leaf hashes
}

// logAudit grows two trees side by side, one from the records and one from the stored leaf hashes. At each checkpoint the
// signed root tells which of them is true, and so which of the two was edited.
type logAudit struct {
	*auditor
	byRecords, byLeaves RootBuilder
	records             []logged
	doubts              []doubt  // since the last checkpoint whose root agreed
	failed              []*point // checkpoints since then
	number              int64    // of the next stored hash
	short               bool     // stored hashes ended too early
	next                func() (tlog.Hash, bool)
}

// log reads records and stored hashes against the checkpoints. It returns one element for each record that should be there.
func (a *auditor) log(points []point) []logged {
	l := &logAudit{auditor: a}
	hashes, stop := iter.Pull(each(a, "stored hashes", a.in.Hashes))
	defer stop()
	l.next = hashes
	bySize := make([]*point, len(points))
	for i := range points {
		bySize[i] = &points[i]
	}
	slices.SortStableFunc(bySize, func(p, q *point) int { return cmp.Compare(p.Size, q.Size) })
	bySize = l.arrive(bySize)
	for r := range each(a, "records", a.in.Records) {
		if r.Index < int64(len(l.records)) {
			a.fault(Fault{Kind: RecordEdited, Index: r.Index, Detail: "a record of that number is there more than once, or not in order"})
			continue
		}
		for r.Index > int64(len(l.records)) && !l.short {
			l.lost()
			bySize = l.arrive(bySize)
		}
		l.add(r.Text)
		bySize = l.arrive(bySize)
	}
	if a.broken["records"] || a.broken["stored hashes"] {
		l.end()
		return l.records
	}
	// Records may be missing at the end, where only their hashes and the checkpoints tell.
	for h, ok := l.next(); ok; h, ok = l.next() {
		l.lostHash(h)
		bySize = l.arrive(bySize)
	}
	if len(bySize) > 0 {
		p := bySize[0]
		a.fault(Fault{
			Kind: RecordRemoved, Index: int64(len(l.records)), Checkpoint: p.Number,
			Detail: fmt.Sprintf("the log ends here, and the checkpoint covers %d records", p.Size),
		})
	}
	l.end()
	return l.records
}

// add takes the next record together with the hashes that are stored for it.
func (l *logAudit) add(text []byte) {
	h := tlog.RecordHash(text)
	r, err := ParseRecord(text)
	l.records = append(l.records, logged{r, err == nil, err})
	leaf, ok := l.next()
	if !ok {
		l.tooShort()
		leaf = h
	}
	l.grow(h, leaf, ok)
}

// lost stands in for a record that is not there.
func (l *logAudit) lost() {
	leaf, ok := l.next()
	if !ok {
		l.tooShort()
		return
	}
	l.lostHash(leaf)
}

func (l *logAudit) lostHash(leaf tlog.Hash) {
	l.fault(Fault{Kind: RecordRemoved, Index: int64(len(l.records)), Detail: "the record is not there"})
	l.records = append(l.records, logged{})
	l.grow(leaf, leaf, true)
}

func (l *logAudit) tooShort() {
	if !l.short && !l.broken["stored hashes"] {
		l.fault(Fault{Kind: HashEdited, Index: l.number, Detail: "the stored hashes end here, and there are more records"})
	}
	l.short = true
}

// grow adds one leaf to both trees and compares every node that it completes with the stored hash.
func (l *logAudit) grow(byRecord, byLeaf tlog.Hash, stored bool) {
	var r, s []tlog.Hash
	index := l.byRecords.Count()
	l.byRecords.push(byRecord, func(h tlog.Hash) { r = append(r, h) })
	l.byLeaves.push(byLeaf, func(h tlog.Hash) { s = append(s, h) })
	for i := range r {
		have := byLeaf
		if i > 0 && stored {
			if have, stored = l.next(); !stored {
				l.tooShort()
			}
		}
		if !stored {
			return
		}
		if d := (doubt{l.number, -1, have == r[i], have == s[i]}); !d.byRecords || !d.byLeaves {
			if i == 0 {
				d.record = index
			}
			l.doubts = append(l.doubts, d)
		}
		l.number++
	}
}

// arrive lets the checkpoints speak that cover just the records so far, and returns the others.
func (l *logAudit) arrive(bySize []*point) []*point {
	for len(bySize) > 0 && bySize[0].Size <= l.byRecords.Count() {
		p := bySize[0]
		bySize = bySize[1:]
		switch p.Root {
		case l.byRecords.Root():
			l.settle(true)
			p.good = true
		case l.byLeaves.Root():
			l.settle(false)
			p.good = true
		default:
			l.failed = append(l.failed, p)
			continue
		}
		for _, f := range l.failed {
			l.swapped(f.Number, "its root is not that of the first %d records, which checkpoint %d confirms", f.Size, p.Number)
		}
		l.failed = nil
	}
	return bySize
}

// settle reports what was edited, now that one of the trees is known to be the true one, and goes on from that tree.
func (l *logAudit) settle(records bool) {
	for _, d := range l.doubts {
		switch {
		case records && !d.byRecords, !records && !d.byLeaves:
			l.fault(Fault{Kind: HashEdited, Index: d.number, Detail: "it is not the hash that the records give"})
		case !records && d.record >= 0:
			l.edited(d.record, "it does not give the hash that was signed")
		}
	}
	l.doubts = nil
	if records {
		l.byLeaves = l.byRecords.clone()
	} else {
		l.byRecords = l.byLeaves.clone()
	}
}

func (l *logAudit) edited(index int64, detail string) {
	l.records[index].good, l.records[index].why = false, nil // told once
	l.fault(Fault{Kind: RecordEdited, Index: index, Detail: detail})
}

// end judges what no checkpoint confirmed.
func (l *logAudit) end() {
	for _, d := range l.doubts {
		if d.record >= 0 {
			l.edited(d.record, "it does not give the stored hash, and no checkpoint tells which of the two is true")
		} else if !d.byLeaves && !d.byRecords {
			l.fault(Fault{Kind: HashEdited, Index: d.number, Detail: "it is not the hash that the records give"})
		}
	}
	if len(l.failed) > 0 {
		p := l.failed[0]
		l.fault(Fault{
			Kind: RootMismatch, Checkpoint: p.Number,
			Detail: fmt.Sprintf("its signed root is not that of the first %d records: the checkpoint or records before it were replaced", p.Size),
		})
	}
	for i, r := range l.records {
		if r.why != nil {
			l.edited(int64(i), r.why.Error())
		}
	}
}
