package ledger

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
)

// bundled makes a world and a bundle for one subject of it, sealed at checkpoint 2 and proved by checkpoint 3.
func bundled(t testing.TB) (*world, Bundle) {
	t.Helper()
	w := newWorld(t)
	for range 3 {
		for _, s := range []string{"message/a", "message/b", "message/c"} {
			w.add("run/1", s, "decided")
			w.add("consents", "person/王芳", "consent")
		}
		w.checkpoint(t)
	}
	b := Bundle{Entries: w.chains["run/1"]["message/b"][:2], RecordIndex: 3, Record: w.records[3].Text, Checkpoint: w.checkpoints[2]}
	var err error
	if _, b.Proof, err = Prove(list(w.manifests["run/1"][2]), "message/b"); err != nil {
		t.Fatal(err)
	}
	if b.RecordProof, err = w.log().ProveRecord(w.opened[2].Size, b.RecordIndex); err != nil {
		t.Fatal(err)
	}
	return w, b
}

func marshal(t testing.TB, b Bundle) []byte {
	t.Helper()
	data, err := b.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// spoiled are bundles that must not verify.
func spoiled(t testing.TB, w *world, b Bundle) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	add := func(name string, change func(*Bundle)) {
		c := b
		c.Entries, c.RecordProof = slices.Clone(b.Entries), slices.Clone(b.RecordProof)
		c.Proof.Path = slices.Clone(b.Proof.Path)
		change(&c)
		out[name] = marshal(t, c)
	}
	add("edited entry", func(c *Bundle) { c.Entries[0].Actor = "mallory" })
	add("entry too many", func(c *Bundle) { c.Entries = w.chains["run/1"]["message/b"] })
	add("entry too few", func(c *Bundle) { c.Entries = c.Entries[:1] })
	add("no entries", func(c *Bundle) { c.Entries = nil })
	add("rewritten chain", func(c *Bundle) {
		c.Entries[1] = Append(c.Entries[:1], "message/b", c.Entries[1].At, "mallory", "sent", []byte(`{}`))
	})
	add("group proof", func(c *Bundle) { c.Proof.Path[0][0] ^= 1 })
	add("group index", func(c *Bundle) { c.Proof.Index++ })
	add("group count", func(c *Bundle) { c.Proof.Count++ })
	add("other record", func(c *Bundle) { c.Record = w.records[2].Text })
	add("record proof", func(c *Bundle) { c.RecordProof[0][0] ^= 1 })
	add("record index", func(c *Bundle) { c.RecordIndex++ })
	add("older checkpoint", func(c *Bundle) { c.Checkpoint = w.checkpoints[0] })
	add("edited checkpoint", func(c *Bundle) {
		c.Checkpoint = bytes.Replace(c.Checkpoint, []byte("checkpoint 3"), []byte("checkpoint 4"), 1)
	})
	add("edited signature", func(c *Bundle) {
		c.Checkpoint = slices.Clone(c.Checkpoint)
		i := len(c.Checkpoint) - 20
		c.Checkpoint[i] = map[bool]byte{true: 'A', false: 'B'}[c.Checkpoint[i] != 'A']
	})
	add("checkpoint before the record", func(c *Bundle) {
		back := w.opened[2]
		back.Number, back.Time = 1, w.opened[0].Time
		c.Checkpoint = w.sign(t, back)
	})
	add("number before the record's", func(c *Bundle) {
		back := w.opened[2]
		back.Number = 1
		c.Checkpoint = w.sign(t, back)
	})
	add("time not the record's", func(c *Bundle) {
		back := w.opened[2]
		back.Number = 2
		c.Checkpoint = w.sign(t, back)
	})
	add("another origin", func(c *Bundle) {
		text, err := Checkpoint{Origin: "other.example", Number: 3, Time: w.now, Size: w.opened[2].Size, Root: w.opened[2].Root}.Text()
		if err != nil {
			t.Fatal(err)
		}
		if c.Checkpoint, err = note.Sign(&note.Note{Text: text}, w.signer); err != nil {
			t.Fatal(err)
		}
	})
	good := marshal(t, b)
	out["format"] = bytes.Replace(good, []byte("bundle-v1"), []byte("bundle-v2"), 1)
	out["time without microseconds"] = bytes.Replace(good, []byte("00Z\",\n"), []byte("Z\",\n"), 1)
	out["unfinished"] = good[:len(good)/2]
	out["not an object"] = []byte(`[1]`)
	return out
}

func TestBundle(t *testing.T) {
	w, b := bundled(t)
	if err := VerifyBundle(marshal(t, b), w.key); err != nil {
		t.Error(err)
	}
	for name, data := range spoiled(t, w, b) {
		if VerifyBundle(data, w.key) == nil {
			t.Errorf("%s: the bundle verifies", name)
		}
	}
	_, other, err := GenerateKey(bytes.NewReader(bytes.Repeat([]byte{8}, 32)), origin)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{other, "", w.key + "A"} {
		if VerifyBundle(marshal(t, b), key) == nil {
			t.Errorf("the bundle verifies with the key %q", key)
		}
	}
	if VerifyBundle(append(marshal(t, b), "{}"...), w.key) == nil {
		t.Error("text after the document passes")
	}
	b.Entries = slices.Clone(b.Entries)
	b.Entries[0].Actor = "\xff"
	if _, err := b.Marshal(); err == nil {
		t.Error("text that is not UTF-8 was written")
	}
}

func TestPythonVerifier(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("no python3 on PATH; docs/verify_bundle.py was not tried")
	}
	w, b := bundled(t)
	ask := func(name string, data []byte, key string) (string, error) {
		file := filepath.Join(t.TempDir(), "bundle.json")
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(python, filepath.Join("..", "..", "docs", "verify_bundle.py"), file, key).CombinedOutput()
		if strings.Contains(string(out), "Traceback") {
			t.Errorf("%s: %s", name, out)
		}
		return string(out), err
	}
	out, err := ask("good", marshal(t, b), w.key)
	if want := "proved: 2 entries of message/b in group run/1, sealed at 2026-03-01T09:30:00.021000Z by checkpoint 2\n"; err != nil || out != want {
		t.Errorf("got %q, %v; want %q", out, err, want)
	}
	for name, data := range spoiled(t, w, b) {
		if out, err := ask(name, data, w.key); err == nil || !strings.HasPrefix(out, "NOT PROVED") {
			t.Errorf("%s: %q, %v", name, out, err)
		}
	}
	_, other, err := GenerateKey(bytes.NewReader(bytes.Repeat([]byte{8}, 32)), origin)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{other, "", w.key + "A"} {
		if out, err := ask("key", marshal(t, b), key); err == nil {
			t.Errorf("key %q: %q", key, out)
		}
	}
}

func FuzzVerifyBundle(f *testing.F) {
	w, b := bundled(f)
	good := marshal(f, b)
	f.Add(good)
	for _, data := range spoiled(f, w, b) {
		f.Add(data)
	}
	f.Add([]byte(`{"format":"scruple-bundle-v1","entries":[{}],"group":{"count":9223372036854775807}}`))
	chain, err := json.Marshal(b.Entries)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if VerifyBundle(data, w.key) != nil {
			return
		}
		// Whatever verifies says the same as the only bundle that was made.
		_, got, err := parseBundle(data)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := json.Marshal(got); err != nil || !bytes.Equal(again, chain) {
			t.Errorf("forged: %s", data)
		}
	})
}
