package ledger

import (
	"fmt"
	"slices"
	"sort"
)

// VerifyChain checks that a chain is whole and unchanged from its first entry on: every hash, every link, every number, and
// that all entries are of the subject. The error is a *Fault that names the first culprit. It cannot see that entries at
// the end are missing, or that all of a chain was written anew: a checkpoint can, see Audit.
func VerifyChain(subject string, chain []Entry) error {
	in := inspect(subject, chain, nil)
	if len(in.faults) == 0 {
		return nil
	}
	return &in.faults[0]
}

// inspection is what is left of a chain after every entry was looked at.
type inspection struct {
	subject string
	faults  []Fault
	entries []Entry        // one for each number, ascending; what does not belong here is left out
	blamed  map[int]bool   // numbers of entries that a fault names
	sealed  map[int]string // hashes that checkpoints recorded, by number
}

// inspect judges a chain. sealed gives the hashes that checkpoints recorded, by number; it tells which side of a broken
// link is true.
func inspect(subject string, chain []Entry, sealed map[int]string) inspection {
	if whole(subject, chain) {
		return inspection{subject: subject, entries: chain}
	}
	in := inspection{subject: subject, blamed: map[int]bool{}, sealed: sealed}
	placed := in.place(chain)
	placed = in.dropCopies(placed)
	in.checkOrder(placed)
	slices.SortStableFunc(placed, func(a, b spot) int { return a.seq - b.seq })
	in.checkLinks(placed)
	for _, s := range placed {
		e := *s.entry
		e.Seq = s.seq
		in.entries = append(in.entries, e)
	}
	slices.SortStableFunc(in.faults, func(a, b Fault) int { return a.Seq - b.Seq })
	return in
}

// whole reports whether a chain is without any fault; almost all are.
func whole(subject string, chain []Entry) bool {
	prev := ""
	for i := range chain {
		e := &chain[i]
		if e.Seq != i+1 || e.Prev != prev || e.Subject != subject || !e.Intact() {
			return false
		}
		prev = e.Hash
	}
	return true
}

// spot is an entry with the number it must have had, which an edit may have hidden.
type spot struct {
	entry  *Entry
	seq    int
	intact bool
	digest string // the hash that its fields give
}

func (in *inspection) fault(kind Kind, seq int, format string, args ...any) {
	in.faults = append(in.faults, Fault{Kind: kind, Subject: in.subject, Seq: seq, Detail: fmt.Sprintf(format, args...)})
	in.blamed[seq] = true
}

// place finds the number of each entry and reports those that are not intact or of another subject.
func (in *inspection) place(chain []Entry) []spot {
	placed := make([]spot, 0, len(chain))
	before := &Entry{}
	for i := range chain {
		e := &chain[i]
		digest := e.digest()
		s := spot{entry: e, seq: e.Seq, intact: e.Intact(), digest: string(digest[:])}
		if s.intact && e.Subject != in.subject {
			in.fault(EntryAdded, e.Seq, "the entry is of %s", e.Subject)
			continue
		}
		if s.intact && e.Seq < 1 {
			in.fault(EntryAdded, e.Seq, "the entry bears the number %d, and numbers begin at 1", e.Seq)
			continue
		}
		if !s.intact {
			var detail string
			s.seq, detail = in.restore(e, before, chain[i+1:], s.digest)
			in.fault(EntryEdited, s.seq, "%s", detail)
		}
		placed = append(placed, s)
		before = &Entry{Seq: s.seq, Hash: e.Hash}
	}
	return placed
}

// restore looks for the field that was edited, by putting the value that its place demands into one field after the other,
// and returns the entry's true number.
func (in *inspection) restore(e, before *Entry, rest []Entry, digest string) (seq int, detail string) {
	if digest == e.Hash {
		return max(e.Seq, 1), "its time is not in UTC with whole microseconds"
	}
	was := *e
	if was.Seq = before.Seq + 1; was.Intact() {
		return was.Seq, fmt.Sprintf("its number was changed to %d", e.Seq)
	}
	was = *e
	if was.Prev = before.Hash; was.Intact() {
		return e.Seq, "the hash of the entry before it was changed"
	}
	was = *e
	if was.Subject = in.subject; was.Intact() {
		return e.Seq, fmt.Sprintf("its subject was changed to %s", e.Subject)
	}
	if len(rest) > 0 && rest[0].Prev == digest || in.sealed[e.Seq] == digest {
		return e.Seq, "its hash was changed"
	}
	return max(e.Seq, 1), "its fields do not give its hash " + short(e.Hash)
}

// dropCopies reports entries that share their number with another one, and keeps the true one.
func (in *inspection) dropCopies(placed []spot) []spot {
	byNumber := map[int][]int{}
	for i, s := range placed {
		byNumber[s.seq] = append(byNumber[s.seq], i)
	}
	kept := placed[:0:0]
	for i, s := range placed {
		same := byNumber[s.seq]
		if len(same) == 1 {
			kept = append(kept, s)
			continue
		}
		keep := truest(placed, same)
		switch {
		case i == keep:
			kept = append(kept, s)
		case !s.intact: // reported already
		case s.entry.Hash == placed[keep].entry.Hash:
			in.fault(EntryDuplicated, s.seq, "the entry is there more than once")
		default:
			in.fault(EntryAdded, s.seq, "there are two different entries %d", s.seq)
		}
	}
	return kept
}

// truest picks, among entries with one number, an intact one, and among those the one that stands in its place. Which of
// two intact ones is true does not matter: the number is blamed, and so both are.
func truest(placed []spot, same []int) int {
	best, most := same[0], -1
	for _, i := range same {
		s, score := placed[i], 0
		if s.intact {
			score += 2
		}
		if (i == 0 && s.seq == 1) || (i > 0 && placed[i-1].seq == s.seq-1) {
			score++
		}
		if score > most {
			best, most = i, score
		}
	}
	return best
}

// checkOrder reports entries that do not stand in the order of their numbers.
func (in *inspection) checkOrder(placed []spot) {
	sorted := slices.Clone(placed)
	slices.SortStableFunc(sorted, func(a, b spot) int { return a.seq - b.seq })
	var wrong []int
	for i := range placed {
		if placed[i].seq != sorted[i].seq {
			wrong = append(wrong, sorted[i].seq)
		}
	}
	switch len(wrong) {
	case 0:
	case 2:
		in.fault(EntryReordered, wrong[0], "entries %d and %d changed places", wrong[0], wrong[1])
	default:
		in.fault(EntryReordered, wrong[0], "entries %d to %d are not in order", wrong[0], wrong[len(wrong)-1])
	}
}

// checkLinks goes through the entries by number and reports gaps and entries that were replaced together with their hash.
func (in *inspection) checkLinks(placed []spot) {
	before := spot{entry: &Entry{}, intact: true}
	for _, s := range placed {
		switch {
		case s.seq == before.seq+2:
			in.fault(EntryRemoved, before.seq+1, "the entry is not there")
		case s.seq > before.seq+2:
			in.fault(EntryRemoved, before.seq+1, "entries %d to %d are not there", before.seq+1, s.seq-1)
		case !s.intact || s.entry.Prev == before.entry.Hash || s.entry.Prev == before.digest || in.blamed[before.seq]:
		case before.seq < 1 || in.sealed[before.seq] == before.entry.Hash:
			in.fault(EntryEdited, s.seq, "it does not hold on to the entry before it")
		default:
			in.fault(EntryEdited, before.seq, "it was written anew: entry %d holds on to another hash, %s", s.seq, short(s.entry.Prev))
		}
		before = s
	}
}

// at returns the entry with a number, or nil.
func (in *inspection) at(seq int) *Entry {
	if i := in.after(seq - 1); i < len(in.entries) && in.entries[i].Seq == seq {
		return &in.entries[i]
	}
	return nil
}

// after returns the position of the first entry with a greater number.
func (in *inspection) after(seq int) int {
	return sort.Search(len(in.entries), func(i int) bool { return in.entries[i].Seq > seq })
}

// last returns the greatest number, 0 for no entries.
func (in *inspection) last() int {
	if len(in.entries) == 0 {
		return 0
	}
	return in.entries[len(in.entries)-1].Seq
}

func short(hash string) string { return hash[:min(len(hash), 12)] }
