package ledger

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// golden is a chain whose hashes were computed in another language from the package comment alone.
func golden() []Entry {
	at := func(s string) time.Time { t, _ := time.Parse(time.RFC3339Nano, s); return t }
	var chain []Entry
	add := func(t, actor, step, body string) {
		chain = append(chain, Append(chain, "message/3f9a", at(t), actor, step, []byte(body)))
	}
	add("2026-03-01T17:30:00+08:00", "house", "decided", `{"verdict":"hold","rule":"cn.benchmark-as-return"}`)
	add("2026-03-01T10:00:00.120000999Z", "officer/王芳", "ruled", `{"verdict":"pass","why":"存款"}`)
	add("2026-03-02T00:00:00.000001Z", "", "sent", "")
	return chain
}

func TestGoldenHashes(t *testing.T) {
	want := []string{
		"9bc1fa3cfc198c4e6c7be9eb72958c921629626908d22fa134fa32cecf6c54cd",
		"af1e042e6130b49fe0b8b9a5564a48dc4994a3f1cd5ec494956627fff39c9457",
		"1877d100be70f0e34ed017b69f5e93c7e13df756b4473d90cb8f100c93c2780c",
	}
	chain := golden()
	for i, e := range chain {
		if e.Hash != want[i] || e.Seq != i+1 {
			t.Errorf("entry %d: seq %d, hash %s, want %s", i+1, e.Seq, e.Hash, want[i])
		}
	}
	first := "scruple-entry-v1\n1:1\n12:message/3f9a\n27:2026-03-01T09:30:00.000000Z\n5:house\n7:decided\n0:\n" +
		"50:{\"verdict\":\"hold\",\"rule\":\"cn.benchmark-as-return\"}\n"
	if got := string(chain[0].Canonical(nil)); got != first {
		t.Errorf("canonical bytes:\n%s\nwant:\n%s", got, first)
	}
	if err := VerifyChain("message/3f9a", chain); err != nil {
		t.Error(err)
	}
}

func TestAppendNeedsTheLastEntryOnly(t *testing.T) {
	chain := golden()
	at := time.Date(2026, 3, 3, 0, 0, 0, 0, time.UTC)
	a := Append(chain, "message/3f9a", at, "x", "y", []byte("{}"))
	b := Append(chain[2:], "message/3f9a", at, "x", "y", []byte("{}"))
	if a.Hash != b.Hash || a.Seq != 4 || a.Prev != chain[2].Hash {
		t.Errorf("from the chain %+v, from its last entry %+v", a, b)
	}
}

func TestEntriesSurviveJSON(t *testing.T) {
	body, err := json.Marshal(map[string]string{"text": "a <b> & 'c' \u2028 存款"})
	if err != nil {
		t.Fatal(err)
	}
	chain := []Entry{Append(nil, "person/1", time.Date(2026, 3, 1, 0, 0, 0, 500_000_000, time.UTC), "x", "consent", body)}
	stored, err := json.Marshal(chain)
	if err != nil {
		t.Fatal(err)
	}
	var back []Entry
	if err := json.Unmarshal(stored, &back); err != nil {
		t.Fatal(err)
	}
	if err := VerifyChain("person/1", back); err != nil {
		t.Error(err)
	}
}

// The encoding is unambiguous: two entries with other fields have other bytes, whatever the fields hold.
func TestCanonicalTellsFieldsApart(t *testing.T) {
	text := rapid.StringOfN(rapid.SampledFrom([]rune("1:\n ab")), 0, 6, -1)
	entry := func(t *rapid.T) Entry {
		return Entry{
			Seq: rapid.IntRange(0, 2).Draw(t, "seq"), Subject: text.Draw(t, "subject"), Actor: text.Draw(t, "actor"), Step: text.Draw(t, "step"),
			Prev: text.Draw(t, "prev"), Body: []byte(text.Draw(t, "body")),
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := entry(t), entry(t)
		same := a.Seq == b.Seq && a.Subject == b.Subject && a.Actor == b.Actor && a.Step == b.Step && a.Prev == b.Prev && bytes.Equal(a.Body, b.Body)
		if same != bytes.Equal(a.Canonical(nil), b.Canonical(nil)) {
			t.Fatalf("%+v and %+v", a, b)
		}
	})
}

func TestVerifyChainNamesTheFault(t *testing.T) {
	const subject = "message/3f9a"
	forged := func(seq int, prev string) Entry {
		return Append([]Entry{{Seq: seq - 1, Hash: prev}}, subject, start, "mallory", "sent", nil)
	}
	tests := []struct {
		name  string
		spoil func([]Entry) []Entry
		want  string
	}{
		{"body", func(c []Entry) []Entry { c[1].Body = []byte("{}"); return c }, "entry 2: its fields do not give its hash af1e042e6130"},
		{"number", func(c []Entry) []Entry { c[1].Seq = 9; return c }, "entry 2: its number was changed to 9"},
		{"subject", func(c []Entry) []Entry { c[1].Subject = "message/1"; return c }, "entry 2: its subject was changed to message/1"},
		{"prev", func(c []Entry) []Entry { c[2].Prev = ""; return c }, "entry 3: the hash of the entry before it was changed"},
		{"hash", func(c []Entry) []Entry { c[0].Hash = "00"; return c }, "entry 1: its hash was changed"},
		{"upper case", func(c []Entry) []Entry { c[0].Hash = strings.ToUpper(c[0].Hash); return c }, "entry 1: its hash was changed"},
		{"zone", func(c []Entry) []Entry { c[1].At = c[1].At.In(time.FixedZone("", 3600)); return c }, "entry 2: its time is not in UTC"},
		{"middle", func(c []Entry) []Entry { return slices.Delete(c, 1, 2) }, "entry removed: message/3f9a, entry 2: the entry is not there"},
		{"first two", func(c []Entry) []Entry { return c[2:] }, "entries 1 to 2 are not there"},
		{"swap", func(c []Entry) []Entry { c[0], c[2] = c[2], c[0]; return c }, "entries 1 and 3 changed places"},
		{"rotate", func(c []Entry) []Entry { return []Entry{c[2], c[0], c[1]} }, "entries 1 to 3 are not in order"},
		{"twice", func(c []Entry) []Entry { return append(c, c[2]) }, "entry duplicated: message/3f9a, entry 3"},
		{"beside", func(c []Entry) []Entry { return append(c, forged(2, c[0].Hash)) }, "entry added: message/3f9a, entry 2"},
		{"zero", func(c []Entry) []Entry { return append(c, forged(0, "")) }, "bears the number 0"},
		{"first with prev", func([]Entry) []Entry { return []Entry{forged(1, "00")} }, "entry 1: it does not hold on"},
		{"other subject", func(c []Entry) []Entry { return append(c, Append(c, "message/1", start, "x", "y", nil)) }, "entry 4: the entry is of message/1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := VerifyChain(subject, tt.spoil(golden()))
			if f := (*Fault)(nil); !errors.As(err, &f) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
	if err := VerifyChain(subject, nil); err != nil {
		t.Errorf("an empty chain has no fault: %v", err)
	}
}

func FuzzVerifyChain(f *testing.F) {
	seed, _ := json.Marshal(golden())
	f.Add(seed)
	f.Add([]byte(`[{"seq":-9223372036854775808},{"seq":9223372036854775807,"hash":"x"},{"seq":0}]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var chain []Entry
		if json.Unmarshal(data, &chain) != nil {
			return
		}
		if VerifyChain("message/3f9a", chain) == nil && !whole("message/3f9a", chain) {
			t.Error("a chain that is not whole passed")
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	body := bytes.Repeat([]byte(`{"a":1}`), 86)[:600]
	chain := golden()
	b.ReportAllocs()
	for b.Loop() {
		Append(chain, "message/3f9a6c1b77d04e52", start, "house", "decided", body)
	}
}
