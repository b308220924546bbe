package ledger

import (
	"slices"
	"time"

	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"
)

// breaks are the ways to tamper: each breaks one random thing and returns the faults that an audit must name, without group
// and detail.
var breaks = map[string]func(*rapid.T, *world) []Fault{
	"edited entry": func(t *rapid.T, w *world) []Fault {
		_, subject, chain, _ := w.chain(t, 1)
		i := rapid.IntRange(0, len(chain)-1).Draw(t, "entry")
		edit(t, &chain[i])
		return []Fault{{Kind: EntryEdited, Subject: subject, Seq: i + 1}}
	},
	"entry written anew in the middle": func(t *rapid.T, w *world) []Fault {
		_, subject, chain, _ := w.chain(t, 2)
		i := rapid.IntRange(0, len(chain)-2).Draw(t, "entry")
		chain[i] = Append(chain[:i], subject, chain[i].At, "mallory", chain[i].Step, chain[i].Body)
		return []Fault{{Kind: EntryEdited, Subject: subject, Seq: i + 1}}
	},
	"chain written anew from an entry on": func(t *rapid.T, w *world) []Fault {
		group, subject, chain, sealed := w.chain(t, 1)
		if sealed == 0 {
			t.Skip("nothing is sealed")
		}
		from := rapid.IntRange(0, sealed-1).Draw(t, "from")
		for i := from; i < len(chain); i++ {
			chain[i] = Append(chain[:i], subject, chain[i].At, "mallory", chain[i].Step, chain[i].Body)
		}
		seq, number := w.firstSealed(group, subject, from+1)
		return []Fault{{Kind: EntryEdited, Subject: subject, Seq: seq, Checkpoint: number}}
	},
	"removed entry in the middle": func(t *rapid.T, w *world) []Fault {
		group, subject, chain, _ := w.chain(t, 2)
		i := rapid.IntRange(0, len(chain)-2).Draw(t, "entry")
		w.chains[group][subject] = slices.Delete(chain, i, i+1)
		return []Fault{{Kind: EntryRemoved, Subject: subject, Seq: i + 1}}
	},
	"removed entries at the end": func(t *rapid.T, w *world) []Fault {
		group, subject, chain, sealed := w.chain(t, 2)
		if sealed < 2 {
			t.Skip("nothing sealed can be cut off")
		}
		n := rapid.IntRange(1, sealed-1).Draw(t, "rest")
		w.chains[group][subject] = chain[:n]
		_, number := w.firstSealed(group, subject, n+1)
		return []Fault{{Kind: EntryRemoved, Subject: subject, Seq: n + 1, Checkpoint: number}}
	},
	"removed chain": func(t *rapid.T, w *world) []Fault {
		group, subject, _, sealed := w.chain(t, 1)
		if sealed == 0 {
			t.Skip("nothing is sealed")
		}
		delete(w.chains[group], subject)
		return []Fault{{Kind: ChainRemoved, Subject: subject, Checkpoint: w.lastSealed(group, subject)}}
	},
	"added entry at the end": func(t *rapid.T, w *world) []Fault {
		group, subject, chain, sealed := w.chain(t, 1)
		if sealed != len(chain) {
			t.Skip("the end is not sealed")
		}
		number := w.sealedAt(group, subject, sealed)
		at := w.opened[number-1].Time.Add(-time.Microsecond)
		w.chains[group][subject] = append(chain, Append(chain, subject, at, "mallory", "sent", []byte(`{}`)))
		return []Fault{{Kind: EntryAdded, Subject: subject, Seq: sealed + 1, Checkpoint: number}}
	},
	"added entry before a checkpoint that did not change its group": func(t *rapid.T, w *world) []Fault {
		w.checkpoint(panics{})
		w.add("other", "other/1", "decided")
		w.checkpoint(panics{})
		group, subject, chain, sealed := w.chain(t, 1)
		if group == "other" {
			t.Skip("the group changed")
		}
		number := len(w.opened)
		w.chains[group][subject] = append(chain, Append(chain, subject, w.opened[number-1].Time.Add(-time.Microsecond), "mallory", "sent", []byte(`{}`)))
		return []Fault{{Kind: EntryAdded, Subject: subject, Seq: sealed + 1, Checkpoint: number}}
	},
	"added entry beside a true one": func(t *rapid.T, w *world) []Fault {
		group, subject, chain, _ := w.chain(t, 2)
		i := rapid.IntRange(0, len(chain)-2).Draw(t, "entry")
		forged := Append(chain[:i], subject, chain[i].At, "mallory", "sent", []byte(`{}`))
		w.chains[group][subject] = slices.Insert(chain, i+rapid.IntRange(0, 1).Draw(t, "side"), forged)
		return []Fault{{Kind: EntryAdded, Subject: subject, Seq: i + 1}}
	},
	"added chain": func(t *rapid.T, w *world) []Fault {
		i := rapid.IntRange(0, len(w.opened)-1).Draw(t, "checkpoint")
		at := w.opened[i].Time.Add(-time.Microsecond)
		group, subject := rapid.SampledFrom([]string{"run/1", "new"}).Draw(t, "group"), "run/1/forged"
		if w.chains[group] == nil {
			w.chains[group] = map[string][]Entry{}
		}
		w.chains[group][subject] = []Entry{Append(nil, subject, at, "mallory", "sent", []byte(`{}`))}
		return []Fault{{Kind: ChainAdded, Subject: subject, Checkpoint: i + 1}}
	},
	"reordered pair": func(t *rapid.T, w *world) []Fault {
		_, subject, chain, _ := w.chain(t, 2)
		i := rapid.IntRange(0, len(chain)-2).Draw(t, "first")
		j := rapid.IntRange(i+1, len(chain)-1).Draw(t, "second")
		chain[i], chain[j] = chain[j], chain[i]
		return []Fault{{Kind: EntryReordered, Subject: subject, Seq: i + 1}}
	},
	"duplicated entry": func(t *rapid.T, w *world) []Fault {
		group, subject, chain, _ := w.chain(t, 1)
		i := rapid.IntRange(0, len(chain)-1).Draw(t, "entry")
		w.chains[group][subject] = slices.Insert(chain, rapid.IntRange(0, len(chain)).Draw(t, "at"), chain[i])
		return []Fault{{Kind: EntryDuplicated, Subject: subject, Seq: i + 1}}
	},
	"edited copy beside an entry": func(t *rapid.T, w *world) []Fault {
		group, subject, chain, _ := w.chain(t, 1)
		i := rapid.IntRange(0, len(chain)-1).Draw(t, "entry")
		forged := chain[i]
		forged.Body = []byte(`{}`)
		w.chains[group][subject] = slices.Insert(chain, i+rapid.IntRange(0, 1).Draw(t, "side"), forged)
		return []Fault{{Kind: EntryEdited, Subject: subject, Seq: i + 1}}
	},
	"unsealed entry that does not follow the sealed one": func(t *rapid.T, w *world) []Fault {
		group, subject, chain, sealed := w.chain(t, 1)
		if sealed != len(chain) {
			t.Skip("the end is not sealed")
		}
		before := []Entry{{Seq: sealed, Hash: hashOf("mallory")}}
		w.chains[group][subject] = append(chain, Append(before, subject, w.tick(), "mallory", "sent", []byte(`{}`)))
		return []Fault{{Kind: EntryEdited, Subject: subject, Seq: sealed + 1}}
	},
	"edited leaf": func(t *rapid.T, w *world) []Fault {
		_, number, leaves := w.manifest(t)
		l := &leaves[rapid.IntRange(0, len(leaves)-1).Draw(t, "leaf")]
		if rapid.Bool().Draw(t, "hash") {
			l.Hash = hashOf("mallory")
		} else {
			l.Seq++
		}
		return []Fault{{Kind: LeafEdited, Subject: l.Subject, Seq: l.Seq, Checkpoint: number}}
	},
	"leaf set back to an earlier entry": func(t *rapid.T, w *world) []Fault {
		group, number, leaves := w.manifest(t)
		l := &leaves[rapid.IntRange(0, len(leaves)-1).Draw(t, "leaf")]
		if l.Seq < 2 {
			t.Skip("there is no earlier entry")
		}
		l.Seq--
		l.Hash = w.chains[group][l.Subject][l.Seq-1].Hash
		return []Fault{{Kind: LeafEdited, Subject: l.Subject, Seq: l.Seq, Checkpoint: number}}
	},
	"removed leaf": func(t *rapid.T, w *world) []Fault {
		group, number, leaves := w.manifest(t)
		if len(leaves) < 2 {
			t.Skip("that would be all of the manifest")
		}
		i := rapid.IntRange(0, len(leaves)-1).Draw(t, "leaf")
		subject := leaves[i].Subject
		w.manifests[group][number] = slices.Delete(leaves, i, i+1)
		return []Fault{{Kind: LeafEdited, Subject: subject, Checkpoint: number}}
	},
	"added leaf": func(t *rapid.T, w *world) []Fault {
		group, number, leaves := w.manifest(t)
		w.manifests[group][number] = append(leaves, Leaf{"z", 3, hashOf("mallory")})
		return []Fault{{Kind: LeafEdited, Subject: "z", Seq: 3, Checkpoint: number}}
	},
	"leaves out of order": func(t *rapid.T, w *world) []Fault {
		_, number, leaves := w.manifest(t)
		if len(leaves) < 2 {
			t.Skip("one leaf is always in order")
		}
		i := rapid.IntRange(0, len(leaves)-2).Draw(t, "leaf")
		leaves[i], leaves[i+1] = leaves[i+1], leaves[i]
		return []Fault{{Kind: LeafEdited, Subject: leaves[i].Subject, Seq: leaves[i].Seq, Checkpoint: number}}
	},
	"removed manifest": func(t *rapid.T, w *world) []Fault {
		group, number, _ := w.manifest(t)
		delete(w.manifests[group], number)
		return []Fault{{Kind: ManifestMissing, Checkpoint: number}}
	},
	"edited record": func(t *rapid.T, w *world) []Fault {
		r := &w.records[rapid.IntRange(0, len(w.records)-1).Draw(t, "record")]
		value, err := ParseRecord(r.Text)
		if err != nil {
			t.Fatal(err)
		}
		switch rapid.IntRange(0, 3).Draw(t, "field") {
		case 0:
			value.Root[3] ^= 1
		case 1:
			value.Checkpoint++
		case 2:
			value.Group += "x"
		default:
			value.Time = value.Time.Add(-time.Hour)
		}
		if r.Text, err = value.Text(); err != nil {
			t.Fatal(err)
		}
		if rapid.Bool().Draw(t, "unreadable") {
			r.Text = r.Text[1:]
		}
		return []Fault{{Kind: RecordEdited, Index: r.Index}}
	},
	"removed record": func(t *rapid.T, w *world) []Fault {
		i := rapid.IntRange(0, len(w.records)-1).Draw(t, "record")
		w.records = slices.Delete(w.records, i, i+1)
		return []Fault{{Kind: RecordRemoved, Index: int64(i)}}
	},
	"edited stored hash": func(t *rapid.T, w *world) []Fault {
		i := rapid.IntRange(0, len(w.hashes)-1).Draw(t, "hash")
		w.hashes[i][5] ^= 1
		return []Fault{{Kind: HashEdited, Index: int64(i)}}
	},
	"record written anew with its hashes": func(t *rapid.T, w *world) []Fault {
		i := rapid.IntRange(0, len(w.records)-1).Draw(t, "record")
		value, err := ParseRecord(w.records[i].Text)
		if err != nil {
			t.Fatal(err)
		}
		number := value.Checkpoint
		value.Time = value.Time.Add(-time.Microsecond)
		if w.records[i].Text, err = value.Text(); err != nil {
			t.Fatal(err)
		}
		w.rehash(t)
		return []Fault{{Kind: RootMismatch, Checkpoint: number}}
	},
	"edited checkpoint": func(t *rapid.T, w *world) []Fault {
		i := rapid.IntRange(0, len(w.checkpoints)-1).Draw(t, "checkpoint")
		text := slices.Clone(w.checkpoints[i])
		text[rapid.IntRange(0, len(text)-1).Draw(t, "byte")] ^= 2
		w.checkpoints[i] = text
		return []Fault{{Kind: CheckpointForged, Checkpoint: i + 1}}
	},
	"older checkpoint in place of a newer": func(t *rapid.T, w *world) []Fault {
		i := rapid.IntRange(1, len(w.checkpoints)-1).Draw(t, "newer")
		w.checkpoints[i] = w.checkpoints[rapid.IntRange(0, i-1).Draw(t, "older")]
		return []Fault{{Kind: CheckpointSwapped, Checkpoint: i + 1}}
	},
	"newer checkpoint in place of an older": func(t *rapid.T, w *world) []Fault {
		i := rapid.IntRange(0, len(w.checkpoints)-2).Draw(t, "older")
		w.checkpoints[i] = w.checkpoints[rapid.IntRange(i+1, len(w.checkpoints)-1).Draw(t, "newer")]
		return []Fault{{Kind: CheckpointSwapped, Checkpoint: i + 1}}
	},
	"two checkpoints changed places": func(t *rapid.T, w *world) []Fault {
		i := rapid.IntRange(0, len(w.checkpoints)-2).Draw(t, "first")
		j := rapid.IntRange(i+1, len(w.checkpoints)-1).Draw(t, "second")
		w.checkpoints[i], w.checkpoints[j] = w.checkpoints[j], w.checkpoints[i]
		return []Fault{{Kind: CheckpointSwapped, Checkpoint: i + 1}, {Kind: CheckpointSwapped, Checkpoint: j + 1}}
	},
	"repeated checkpoint": func(t *rapid.T, w *world) []Fault {
		i := rapid.IntRange(0, len(w.checkpoints)-2).Draw(t, "checkpoint")
		w.checkpoints = slices.Insert(w.checkpoints, i+1, w.checkpoints[i])
		return []Fault{{Kind: CheckpointSwapped, Checkpoint: i + 1}}
	},
	"removed checkpoint": func(t *rapid.T, w *world) []Fault {
		i := rapid.IntRange(0, len(w.checkpoints)-1).Draw(t, "checkpoint")
		if i == len(w.checkpoints)-1 && w.idle(i) {
			t.Skip("only a kept checkpoint tells")
		}
		w.checkpoints = slices.Delete(w.checkpoints, i, i+1)
		return []Fault{{Kind: CheckpointMissing, Checkpoint: i + 1}}
	},
	"checkpoint signed anew with another time": func(t *rapid.T, w *world) []Fault {
		return w.signAnew(t, func(c *Checkpoint, _ []Checkpoint) {
			c.Time = c.Time.Add(time.Duration(rapid.SampledFrom([]int{-2, -1, 1, 2}).Draw(t, "hours")) * time.Hour)
		})
	},
	"checkpoint signed anew with another root": func(t *rapid.T, w *world) []Fault {
		want := w.signAnew(t, func(c *Checkpoint, _ []Checkpoint) { c.Root[0] ^= 1 })
		if want[0].Checkpoint == len(w.checkpoints) {
			want[0].Kind = RootMismatch // nothing later tells whether the log or the checkpoint is true
		}
		return want
	},
	"checkpoint signed anew over an older log": func(t *rapid.T, w *world) []Fault {
		return w.signAnew(t, func(c *Checkpoint, all []Checkpoint) {
			if c.Number == 1 {
				t.Skip("there is no older log")
			}
			older := all[rapid.IntRange(0, c.Number-2).Draw(t, "older")]
			c.Size, c.Root = older.Size, older.Root
		})
	},
	"checkpoint signed anew over a newer log": func(t *rapid.T, w *world) []Fault {
		return w.signAnew(t, func(c *Checkpoint, all []Checkpoint) {
			if c.Number == len(all) {
				t.Skip("there is no newer log")
			}
			newer := all[rapid.IntRange(c.Number, len(all)-1).Draw(t, "newer")]
			if newer.Size == c.Size {
				t.Skip("the log did not grow")
			}
			c.Size, c.Root = newer.Size, newer.Root
		})
	},
	"log cut off behind its hashes": func(t *rapid.T, w *world) []Fault {
		if w.idle(len(w.opened) - 1) {
			t.Skip("the log did not grow")
		}
		n := w.opened[len(w.opened)-2].Size
		w.records, w.hashes = w.records[:n], w.hashes[:tlog.StoredHashCount(n)]
		return []Fault{{Kind: RecordRemoved, Index: n, Checkpoint: len(w.opened)}}
	},
}

// edit changes one field of an entry.
func edit(t *rapid.T, e *Entry) {
	switch rapid.IntRange(0, 7).Draw(t, "field") {
	case 0:
		e.Seq += 7
	case 1:
		e.Subject += "x"
	case 2:
		e.At = e.At.Add(-time.Hour)
	case 3:
		e.At = e.At.Add(time.Nanosecond)
	case 4:
		e.Actor, e.Step = e.Actor+e.Step, ""
	case 5:
		e.Prev = hashOf("mallory")
	case 6:
		e.Body = []byte(`{"verdict":"block"}`)
	default:
		e.Hash = hashOf("mallory")
	}
}

// firstSealed returns the first recorded number of a subject from seq on, and its checkpoint.
func (w *world) firstSealed(group, subject string, seq int) (int, int) {
	for number := 1; number <= len(w.opened); number++ {
		for _, l := range w.manifests[group][number] {
			if l.Subject == subject && l.Seq >= seq {
				return l.Seq, number
			}
		}
	}
	panic("not sealed")
}

// sealedAt returns the first checkpoint that has a number of a subject as its head or beyond.
func (w *world) sealedAt(group, subject string, seq int) int {
	_, number := w.firstSealed(group, subject, seq)
	return number
}

func (w *world) lastSealed(group, subject string) (number int) {
	for n, leaves := range w.manifests[group] {
		if slices.ContainsFunc(leaves, func(l Leaf) bool { return l.Subject == subject }) {
			number = max(number, n)
		}
	}
	return number
}

func (w *world) rehash(t *rapid.T) {
	var texts [][]byte
	for _, r := range w.records {
		texts = append(texts, r.Text)
	}
	var err error
	if w.hashes, err = (Log{}).Append(texts...); err != nil {
		t.Fatal(err)
	}
}

func (w *world) signAnew(t *rapid.T, change func(*Checkpoint, []Checkpoint)) []Fault {
	i := rapid.IntRange(0, len(w.opened)-1).Draw(t, "checkpoint")
	if w.idle(i) {
		t.Skip("nothing but the signature speaks of the checkpoint")
	}
	c := w.opened[i]
	change(&c, w.opened)
	w.checkpoints[i] = w.sign(panics{}, c)
	return []Fault{{Kind: CheckpointSwapped, Checkpoint: i + 1}}
}

// idle reports whether nothing had changed at a checkpoint.
func (w *world) idle(i int) bool { return i > 0 && w.opened[i].Size == w.opened[i-1].Size }
