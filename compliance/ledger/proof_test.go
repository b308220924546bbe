package ledger

import (
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
)

func leaves(n int) []Leaf {
	out := make([]Leaf, n)
	for i := range out {
		out[i] = Leaf{fmt.Sprintf("message/%06d", i), i + 1, hashOf(fmt.Sprint(i))}
	}
	return out
}

// reference is the root as RFC 6962, section 2.1, defines it, by recursion.
func reference(l []Leaf) tlog.Hash {
	if len(l) == 1 {
		return l[0].Sum()
	}
	k := 1
	for k*2 < len(l) {
		k *= 2
	}
	return tlog.NodeHash(reference(l[:k]), reference(l[k:]))
}

func TestGoldenRootAndRecord(t *testing.T) {
	all := []Leaf{Head(golden()), {"message/4", 1, strings.Repeat("0", 64)}, {"message/5", 2, strings.Repeat("f", 64)}}
	if sum := all[0].Sum(); hex.EncodeToString(sum[:]) != "9ff454cf4dabedd2323bccf5e5a6692cc8cce2272379236b9cce6261a6d967cf" {
		t.Errorf("leaf hash %x", sum)
	}
	var b RootBuilder
	for _, l := range all {
		b.Add(l)
	}
	if got := b.Root().String(); got != "6NT3vluHclJDMUVHoaRVExteLO2nxkSiXKWckHTopjs=" {
		t.Errorf("root %s", got)
	}
	text, err := Record{Group: "run/2026-03", Checkpoint: 7, Time: golden()[2].At.Add(999_999_000), Count: 3, Root: b.Root()}.Text()
	want := "scruple group root v1\ngroup run/2026-03\ncheckpoint 7\ntime 2026-03-02T00:00:01.000000Z\nleaves 3\n" +
		"root 6NT3vluHclJDMUVHoaRVExteLO2nxkSiXKWckHTopjs=\n"
	if err != nil || string(text) != want {
		t.Errorf("record %v:\n%s", err, text)
	}
	if h := tlog.RecordHash(text); hex.EncodeToString(h[:]) != "0fcd55c4f8a2261205f0b53933b038a398bc4b52d655cc9dfaacb2f25ce55d69" {
		t.Errorf("record hash %x", h)
	}
}

func TestRootAndProofsOfEverySize(t *testing.T) {
	all := leaves(70)
	var b RootBuilder
	if b.Root() != (tlog.Hash{0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55}) {
		t.Error("the root of nothing is not the SHA-256 of nothing")
	}
	for n := 1; n <= len(all); n++ {
		b.Add(all[n-1])
		root := b.Root()
		if root != reference(all[:n]) {
			t.Fatalf("root of %d leaves differs from the definition", n)
		}
		for i := range n {
			leaf, p, err := Prove(list(all[:n]), all[i].Subject)
			if err != nil {
				t.Fatal(err)
			}
			if err := p.Verify(leaf, root); err != nil || leaf != all[i] || p.Index != int64(i) || p.Count != int64(n) {
				t.Fatalf("leaf %d of %d: %v, %+v", i, n, err, p)
			}
			refuse(t, p, leaf, root)
		}
	}
}

// refuse checks that no proof holds after a change.
func refuse(t *testing.T, p Proof, l Leaf, root tlog.Hash) {
	t.Helper()
	other := l
	other.Seq++
	if p.Verify(other, root) == nil {
		t.Fatalf("proof %+v holds for another leaf", p)
	}
	for i := range p.Path {
		bad := p
		bad.Path = slices.Clone(p.Path)
		bad.Path[i][0] ^= 1
		if bad.Verify(l, root) == nil {
			t.Fatalf("proof %+v holds with hash %d changed", p, i)
		}
	}
	longer := p
	longer.Path = append(slices.Clone(p.Path), root)
	if longer.Verify(l, root) == nil {
		t.Fatalf("proof %+v holds with a hash added", p)
	}
}

func TestProveErrors(t *testing.T) {
	if _, _, err := Prove(list(leaves(3)), "message/9"); !errors.Is(err, ErrNoLeaf) {
		t.Errorf("got %v", err)
	}
	broken := errors.New("disk on fire")
	if _, _, err := Prove(failing(iter.Seq2[Leaf, error](list(leaves(3))), broken), "message/000000"); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	for _, p := range []Proof{{Count: -1}, {Index: -1, Count: 1}, {Index: 1, Count: 1}, {Count: math.MaxInt64, Index: 3, Path: make(tlog.RecordProof, 63)}} {
		if p.Verify(leaves(1)[0], tlog.Hash{}) == nil {
			t.Errorf("%+v holds", p)
		}
	}
}

func BenchmarkRootBuilder(b *testing.B) {
	all := leaves(1000)
	var tree RootBuilder
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		tree.Add(all[i%len(all)])
		i++
	}
}
