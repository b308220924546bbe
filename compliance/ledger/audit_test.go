package ledger

import (
	"errors"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"
)

func TestAuditOfUntouchedHistory(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := history(t)
		kept := w.checkpoints[rapid.IntRange(0, len(w.checkpoints)-1).Draw(t, "kept")]
		in := w.sources()
		in.Kept = [][]byte{kept}
		got := Audit(in)
		want := Report{Checkpoints: len(w.checkpoints)}
		last := w.opened[len(w.opened)-1].Time
		for _, chains := range w.chains {
			want.Chains += len(chains)
			for _, chain := range chains {
				want.Entries += len(chain)
				for _, e := range chain {
					if e.At.After(last) {
						want.Unsealed++
					}
				}
			}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatal(d)
		}
	})
}

func TestAuditNamesTheCulprit(t *testing.T) {
	for name, tamper := range breaks {
		t.Run(strings.ReplaceAll(name, " ", "-"), func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				w := history(t)
				want := tamper(t, w)
				got := Audit(w.sources()).Faults
				for i := range got {
					if got[i].Error() == "" || got[i].Detail == "" {
						t.Fatalf("fault without words: %+v", got[i])
					}
				}
				if d := cmp.Diff(want, bare(got)); d != "" {
					t.Fatalf("want -, got +:\n%s\n%v", d, got)
				}
			})
		})
	}
}

func bare(faults []Fault) (out []Fault) {
	for _, f := range faults {
		f.Group, f.Detail = "", ""
		out = append(out, f)
	}
	return out
}

func small(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	for range 3 {
		w.add("run/1", "message/a", "decided")
		w.add("run/1", "message/b", "decided")
		w.checkpoint(t)
	}
	return w
}

func TestAuditFindsWhatKeptCheckpointsTell(t *testing.T) {
	w := small(t)
	kept := w.checkpoints[2]
	n := w.opened[1].Size
	w.checkpoints, w.records, w.hashes = w.checkpoints[:2], w.records[:n], w.hashes[:tlog.StoredHashCount(n)]
	w.chains["run/1"]["message/a"] = w.chains["run/1"]["message/a"][:2]
	if got := Audit(w.sources()).Faults; len(got) > 0 {
		t.Fatalf("history that was cut off cleanly cannot be seen without a kept checkpoint, yet: %v", got)
	}
	in := w.sources()
	in.Kept = [][]byte{kept}
	if d := cmp.Diff([]Fault{{Kind: CheckpointMissing, Checkpoint: 3}}, bare(Audit(in).Faults)); d != "" {
		t.Error(d)
	}
	other := w.opened[1]
	other.Root[0] ^= 1
	in.Kept = [][]byte{w.sign(t, other)}
	if d := cmp.Diff([]Fault{{Kind: CheckpointSwapped, Checkpoint: 2}}, bare(Audit(in).Faults)); d != "" {
		t.Error(d)
	}
}

func TestAuditSaysWhatItCouldNotRead(t *testing.T) {
	broken := errors.New("disk on fire")
	for name, spoil := range map[string]func(*Sources){
		"checkpoints": func(in *Sources) { in.Checkpoints = failing(in.Checkpoints, broken) },
		"records":     func(in *Sources) { in.Records = failing(in.Records, broken) },
		"hashes":      func(in *Sources) { in.Hashes = failing(in.Hashes, broken) },
		"groups":      func(in *Sources) { in.Groups = failing(in.Groups, broken) },
		"chains": func(in *Sources) {
			chains := in.Chains
			in.Chains = func(g string) iter.Seq2[StoredChain, error] { return failing(chains(g), broken) }
		},
		"manifest": func(in *Sources) {
			leaves := in.Manifest
			in.Manifest = func(g string, n int) iter.Seq2[Leaf, error] {
				if n == 2 {
					return failing(leaves(g, n), broken)
				}
				return leaves(g, n)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			in := small(t).sources()
			spoil(&in)
			got := Audit(in).Faults
			if len(got) != 1 || got[0].Kind != Unreadable || !strings.Contains(got[0].Error(), "disk on fire") {
				t.Errorf("got %v", got)
			}
		})
	}
}

// failing yields the first value of a source and then an error.
func failing[T any](source iter.Seq2[T, error], err error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for v := range source {
			if !yield(v, nil) {
				return
			}
			break
		}
		var none T
		yield(none, err)
	}
}

func TestAuditOfEntryAtTheTimeOfACheckpoint(t *testing.T) {
	w := small(t)
	chain := w.chains["run/1"]["message/a"]
	w.chains["run/1"]["message/a"] = append(chain, Append(chain, "message/a", w.opened[2].Time, "house", "sent", []byte("{}")))
	if got := Audit(w.sources()); len(got.Faults) > 0 || got.Unsealed != 1 {
		t.Errorf("an entry at the very time of a checkpoint may come after it: %+v", got)
	}
}

func TestAuditOfIdleCheckpointFromTheFuture(t *testing.T) {
	w := small(t)
	w.checkpoint(t) // nothing changed
	w.add("run/1", "message/a", "sent")
	w.checkpoint(t)
	c := w.opened[3]
	c.Time = c.Time.Add(time.Hour)
	w.checkpoints[3] = w.sign(t, c)
	if d := cmp.Diff([]Fault{{Kind: CheckpointSwapped, Checkpoint: 4}}, bare(Audit(w.sources()).Faults)); d != "" {
		t.Error(d)
	}
}

func TestAuditOfNothing(t *testing.T) {
	if d := cmp.Diff(Report{}, Audit(Sources{})); d != "" {
		t.Error(d)
	}
}

func TestAuditRefusesChainsOutOfOrder(t *testing.T) {
	w := small(t)
	in := w.sources()
	in.Chains = func(string) iter.Seq2[StoredChain, error] {
		return list([]StoredChain{{"message/b", w.chains["run/1"]["message/b"]}, {"message/a", w.chains["run/1"]["message/a"]}})
	}
	got := Audit(in).Faults
	if !slices.ContainsFunc(got, func(f Fault) bool { return f.Kind == Unreadable && strings.Contains(f.Detail, "ascending") }) {
		t.Errorf("got %v", got)
	}
}
