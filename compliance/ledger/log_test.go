package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func TestLogProofsOfEverySize(t *testing.T) {
	var stored []tlog.Hash
	l := Log{Hashes: tlog.HashReaderFunc(func(numbers []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(numbers))
		for i, n := range numbers {
			out[i] = stored[n]
		}
		return out, nil
	})}
	var texts [][]byte
	var roots []tlog.Hash
	for n := int64(1); n <= 70; {
		// One record at a time at first, then several in one go.
		var batch [][]byte
		for range 1 + n/20 {
			batch = append(batch, fmt.Appendf(nil, "record %d\n", n))
			n++
		}
		fresh, err := l.Append(batch...)
		if err != nil {
			t.Fatal(err)
		}
		stored, texts = append(stored, fresh...), append(texts, batch...)
		l.Size += int64(len(batch))
		if int64(len(stored)) != tlog.StoredHashCount(l.Size) {
			t.Fatalf("%d hashes at size %d", len(stored), l.Size)
		}
	}
	for n := range l.Size + 1 {
		root, err := l.Root(n)
		if err != nil {
			t.Fatal(err)
		}
		roots = append(roots, root)
		for i := range n {
			p, err := l.ProveRecord(n, i)
			if err != nil {
				t.Fatal(err)
			}
			if err := tlog.CheckRecord(p, n, root, i, tlog.RecordHash(texts[i])); err != nil {
				t.Fatalf("record %d at size %d: %v", i, n, err)
			}
		}
		for old := int64(1); old <= n; old++ {
			p, err := l.ProveTree(n, old)
			if err != nil {
				t.Fatal(err)
			}
			if err := tlog.CheckTree(p, n, root, old, roots[old]); err != nil {
				t.Fatalf("size %d within %d: %v", old, n, err)
			}
		}
	}
}

func TestLogErrors(t *testing.T) {
	broken := errors.New("disk on fire")
	l := Log{Size: 3, Hashes: tlog.HashReaderFunc(func([]int64) ([]tlog.Hash, error) { return nil, broken })}
	short := Log{Size: 3, Hashes: tlog.HashReaderFunc(func([]int64) ([]tlog.Hash, error) { return nil, nil })}
	if _, err := l.Append([]byte("x")); !errors.Is(err, broken) {
		t.Errorf("append: %v", err)
	}
	if _, err := short.Append([]byte("x")); err == nil {
		t.Error("append over a reader that gives too few")
	}
	if _, err := l.Root(2); !errors.Is(err, broken) {
		t.Errorf("root: %v", err)
	}
	for _, size := range []int64{-1, 4} {
		_, err1 := l.Root(size)
		_, err2 := l.ProveRecord(size, 0)
		_, err3 := l.ProveTree(size, 1)
		if err1 == nil || err2 == nil || err3 == nil {
			t.Errorf("size %d: %v, %v, %v", size, err1, err2, err3)
		}
	}
	if _, err := l.ProveRecord(3, 3); err == nil {
		t.Error("proof of a record behind the end")
	}
	if _, err := l.ProveTree(3, 0); err == nil {
		t.Error("proof of size 0")
	}
}

func TestRecordRefusesWhatTextWouldNotWrite(t *testing.T) {
	good, err := Record{Group: "run/1", Checkpoint: 1, Time: start, Count: 1}.Text()
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range [][2]string{
		{"scruple", "Scruple"},
		{"group run/1", "group "},
		{"group run/1", "group a\x00"},
		{"checkpoint 1", "checkpoint 01"},
		{"checkpoint 1", "checkpoint 0"},
		{"checkpoint 1", "checkpoint +1"},
		{".000000Z", "Z"},
		{"09:30:00", "25:30:00"},
		{"leaves 1", "leaves -1"},
		{"leaves 1", "leaves 9000000000000000000"},
		{"AAA=", "AAB="},
		{"root ", "root\t"},
		{"AAA=\n", "AAA=\n\n"},
		{"AAA=\n", "AAA="},
	} {
		bad := strings.Replace(string(good), change[0], change[1], 1)
		if r, err := ParseRecord([]byte(bad)); err == nil || bad == string(good) {
			t.Errorf("%q was read as %+v", bad, r)
		}
	}
	if _, err := (Record{Group: "a\nb", Checkpoint: 1}).Text(); err == nil {
		t.Error("a group with a line feed was written")
	}
}

func FuzzParseRecord(f *testing.F) {
	good, _ := Record{Group: "run/1", Checkpoint: 1, Time: start, Count: 1}.Text()
	f.Add(good)
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := ParseRecord(data)
		if err != nil {
			return
		}
		if again, err := r.Text(); err != nil || !bytes.Equal(again, data) {
			t.Errorf("%q became %q, %v", data, again, err)
		}
	})
}

func TestCheckpointForm(t *testing.T) {
	w := newWorld(t)
	c := Checkpoint{Origin: origin, Number: 3, Time: start.Add(1234 * time.Microsecond), Size: 12}
	signed := w.sign(t, c)
	want := origin + "\n12\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\ncheckpoint 3\ntime 2026-03-01T09:30:00.001234Z\n\n\u2014 " + origin + " "
	if !strings.HasPrefix(string(signed), want) {
		t.Errorf("got\n%s\nwant\n%s", signed, want)
	}
	verifier, err := note.NewVerifier(w.key)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Open(signed, note.VerifierList(verifier))
	if err != nil || got != c {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestOpenAndSignRefuse(t *testing.T) {
	w := newWorld(t)
	good := Checkpoint{Origin: origin, Number: 3, Time: start, Size: 12}
	verifier, err := note.NewVerifier(w.key)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []Checkpoint{
		{Origin: "other.example", Number: 1, Time: start},
		{Origin: origin + "\n", Number: 1, Time: start},
		{Origin: origin, Time: start},
		{Origin: origin, Number: 1, Time: start, Size: -1},
	} {
		if _, err := Sign(c, w.signer); err == nil {
			t.Errorf("signed %+v", c)
		}
	}
	if _, err := Sign(good); err == nil {
		t.Error("signed without a key")
	}
	text, err := good.Text()
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range [][2]string{{"12", "012"}, {"checkpoint 3", "checkpoint 0"}, {"checkpoint", "number"}, {".000000Z", "Z"}, {origin, "other.example"}, {"\ntime", "\nmore\ntime"}} {
		signed, err := note.Sign(&note.Note{Text: strings.Replace(text, change[0], change[1], 1)}, w.signer)
		if err != nil {
			t.Fatal(err)
		}
		if c, err := Open(signed, note.VerifierList(verifier)); err == nil {
			t.Errorf("%q: opened %+v", signed, c)
		}
	}
	// The last letter of 68 bytes in base64 has two bits that say nothing.
	signed := w.sign(t, good)
	last := len(signed) - len("=\n") - 1
	signed[last]++
	if _, err := Open(signed, note.VerifierList(verifier)); err == nil {
		t.Error("two different notes are the same checkpoint")
	}
	if _, err := Open(w.sign(t, good), nil); err == nil {
		t.Error("opened without a key")
	}
}

func TestGenerateKey(t *testing.T) {
	seed := bytes.Repeat([]byte{7}, 32)
	a, b, err := GenerateKey(bytes.NewReader(seed), origin)
	if err != nil {
		t.Fatal(err)
	}
	c, d, err := GenerateKey(bytes.NewReader(seed), origin)
	if err != nil || a != c || b != d {
		t.Errorf("the same randomness gave other keys: %v", err)
	}
	for _, name := range []string{"", "a b", "a+b"} {
		if _, _, err := GenerateKey(bytes.NewReader(seed), name); err == nil {
			t.Errorf("key named %q", name)
		}
	}
	if _, _, err := GenerateKey(bytes.NewReader(nil), origin); err == nil {
		t.Error("key without randomness")
	}
}
