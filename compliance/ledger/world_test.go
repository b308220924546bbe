package ledger

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"iter"
	"maps"
	"slices"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"
)

const origin = "bank.example/ledger"

var start = time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)

// world is a store in memory, with what a test may break.
type world struct {
	signer      note.Signer
	key         string
	now         time.Time
	chains      map[string]map[string][]Entry // by group and subject
	manifests   map[string]map[int][]Leaf     // by group and checkpoint
	records     []StoredRecord
	hashes      []tlog.Hash
	checkpoints [][]byte
	opened      []Checkpoint
	changed     map[string]bool // groups since the last checkpoint
}

func newWorld(t testing.TB) *world {
	t.Helper()
	secret, public, err := GenerateKey(bytes.NewReader(bytes.Repeat([]byte{7}, 64)), origin)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(secret)
	if err != nil {
		t.Fatal(err)
	}
	return &world{
		signer: signer, key: public, now: start, chains: map[string]map[string][]Entry{},
		manifests: map[string]map[int][]Leaf{}, changed: map[string]bool{},
	}
}

func (w *world) tick() time.Time { w.now = w.now.Add(1500 * time.Microsecond); return w.now }

func (w *world) add(group, subject, step string) {
	if w.chains[group] == nil {
		w.chains[group] = map[string][]Entry{}
	}
	chain := w.chains[group][subject]
	body := fmt.Appendf(nil, `{"verdict":"pass","n":%d,"text":"存款 \u003cb\u003e"}`, len(chain))
	w.chains[group][subject] = append(chain, Append(chain, subject, w.tick(), "house", step, body))
	w.changed[group] = true
}

func (w *world) log() Log {
	return Log{Size: int64(len(w.records)), Hashes: tlog.HashReaderFunc(func(numbers []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(numbers))
		for i, n := range numbers {
			out[i] = w.hashes[n]
		}
		return out, nil
	})}
}

// checkpoint seals every group that changed.
func (w *world) checkpoint(t testing.TB) {
	t.Helper()
	number, at := len(w.checkpoints)+1, w.tick()
	var texts [][]byte
	for _, group := range slices.Sorted(maps.Keys(w.changed)) {
		texts = append(texts, w.seal(t, group, number, at))
	}
	fresh, err := w.log().Append(texts...)
	if err != nil {
		t.Fatal(err)
	}
	w.hashes = append(w.hashes, fresh...)
	for _, text := range texts {
		w.records = append(w.records, StoredRecord{int64(len(w.records)), text})
	}
	root, err := w.log().Root(int64(len(w.records)))
	if err != nil {
		t.Fatal(err)
	}
	w.changed = map[string]bool{}
	c := Checkpoint{Origin: origin, Number: number, Time: at, Size: int64(len(w.records)), Root: root}
	w.opened, w.checkpoints = append(w.opened, c), append(w.checkpoints, w.sign(t, c))
}

func (w *world) seal(t testing.TB, group string, number int, at time.Time) []byte {
	t.Helper()
	var tree RootBuilder
	var leaves []Leaf
	for _, subject := range slices.Sorted(maps.Keys(w.chains[group])) {
		leaves = append(leaves, Head(w.chains[group][subject]))
		tree.Add(leaves[len(leaves)-1])
	}
	if w.manifests[group] == nil {
		w.manifests[group] = map[int][]Leaf{}
	}
	w.manifests[group][number] = leaves
	text, err := Record{Group: group, Checkpoint: number, Time: at, Count: tree.Count(), Root: tree.Root()}.Text()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func (w *world) sign(t testing.TB, c Checkpoint) []byte {
	t.Helper()
	signed, err := Sign(c, w.signer)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

func list[T any](values []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, v := range values {
			if !yield(v, nil) {
				return
			}
		}
	}
}

func (w *world) sources() Sources {
	verifier, err := note.NewVerifier(w.key)
	if err != nil {
		panic(err)
	}
	return Sources{
		Origin: origin, Verifiers: note.VerifierList(verifier), Checkpoints: list(w.checkpoints), Records: list(w.records),
		Hashes: list(w.hashes), Groups: list(slices.Collect(maps.Keys(w.chains))),
		Chains: func(group string) iter.Seq2[StoredChain, error] {
			var all []StoredChain
			for _, subject := range slices.Sorted(maps.Keys(w.chains[group])) {
				all = append(all, StoredChain{subject, w.chains[group][subject]})
			}
			return list(all)
		},
		Manifest: func(group string, number int) iter.Seq2[Leaf, error] { return list(w.manifests[group][number]) },
	}
}

// history draws a world of several groups, chains and checkpoints, with entries after the last one.
func history(t *rapid.T) *world {
	w := newWorld(panics{})
	groups := []string{"run/1", "run/2", "consents"}
	for range rapid.IntRange(2, 6).Draw(t, "checkpoints") {
		for range rapid.IntRange(0, 12).Draw(t, "entries") {
			w.draw(t, rapid.SampledFrom(groups).Draw(t, "group"))
		}
		w.draw(t, groups[0])
		w.checkpoint(panics{})
		if rapid.IntRange(0, 3).Draw(t, "idle") == 0 {
			w.checkpoint(panics{})
		}
	}
	for range rapid.IntRange(0, 4).Draw(t, "unsealed") {
		w.draw(t, rapid.SampledFrom(groups).Draw(t, "group"))
	}
	return w
}

func (w *world) draw(t *rapid.T, group string) {
	w.add(group, fmt.Sprintf("%s/%d", group, rapid.IntRange(1, 5).Draw(t, "subject")), rapid.SampledFrom([]string{"decided", "sent"}).Draw(t, "step"))
}

// panics is a testing.TB for what cannot fail in a history.
type panics struct{ testing.TB }

func (panics) Helper()           {}
func (panics) Fatal(args ...any) { panic(fmt.Sprint(args...)) }

// chain draws a chain of at least n entries, and how many of its entries the last manifest has.
func (w *world) chain(t *rapid.T, n int) (group, subject string, chain []Entry, sealed int) {
	type key struct{ group, subject string }
	var keys []key
	for group, chains := range w.chains {
		for subject, chain := range chains {
			if len(chain) >= n {
				keys = append(keys, key{group, subject})
			}
		}
	}
	if len(keys) == 0 {
		t.Skip("no chain is long enough")
	}
	slices.SortFunc(keys, func(a, b key) int { return bytes.Compare([]byte(a.group+a.subject), []byte(b.group+b.subject)) })
	k := rapid.SampledFrom(keys).Draw(t, "chain")
	for _, leaves := range w.manifests[k.group] {
		for _, l := range leaves {
			if l.Subject == k.subject {
				sealed = max(sealed, l.Seq)
			}
		}
	}
	return k.group, k.subject, w.chains[k.group][k.subject], sealed
}

// manifest draws a manifest.
func (w *world) manifest(t *rapid.T) (group string, number int, leaves []Leaf) {
	group = rapid.SampledFrom(slices.Sorted(maps.Keys(w.manifests))).Draw(t, "group")
	number = rapid.SampledFrom(slices.Sorted(maps.Keys(w.manifests[group]))).Draw(t, "checkpoint")
	return group, number, w.manifests[group][number]
}

func hashOf(s string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(s))) }
