package porttest

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/scruple/scruple/port"
)

func tableGet(t *testing.T, tb port.Table) {
	recs, err := tb.Get(bg)
	if must(t, err); len(recs) != 0 {
		t.Fatalf("records for no keys: %v", recs)
	}
	must(t, commit(t, tb, put("a", 0, "A"), put("c", 0, "C"),
		port.Write{Key: port.Key{Partition: "q", Sort: "a"}, Value: []byte("other")}))
	keys := []port.Key{key("c"), key("b"), {Partition: "q", Sort: "a"}, key("a"), key("c"), {Partition: "q", Sort: "c"}}
	recs, err = tb.Get(bg, keys...)
	must(t, err)
	for i, v := range []string{"C", "", "other", "A", "C", ""} {
		if recs[i].Key != keys[i] || string(recs[i].Value) != v || (recs[i].Revision == 1) != (v != "") {
			t.Errorf("record %d is %v, want %q", i, recs[i], v)
		}
	}
	var all []port.Key
	for i := range 1000 {
		all = append(all, key(fmt.Sprintf("%04d", i)))
		if i%2 == 0 {
			must(t, commit(t, tb, put(fmt.Sprintf("%04d", i), 0, fmt.Sprint(i))))
		}
	}
	recs, err = tb.Get(bg, all...)
	must(t, err)
	for i, r := range recs {
		if r.Key != all[i] || r.Revision != int64(1-i%2) || i%2 == 0 && string(r.Value) != fmt.Sprint(i) {
			t.Fatalf("record %d of 1000 is %v", i, r)
		}
	}
}

func tableKeys(t *testing.T, tb port.Table) {
	var every [255]byte
	for i := range every {
		every[i] = byte(i + 1)
	}
	keys := []port.Key{
		{Partition: "p", Sort: ""},
		{Partition: string(every[:]), Sort: string(every[:])},
		{Partition: "p\x01", Sort: "a"},
		{Partition: "p\x01a", Sort: "a"},
		{Partition: "p", Sort: "\x01a"},
		{Partition: "p\xff", Sort: "\xff\xff"},
		{Partition: "客户", Sort: "王小明/1"},
		{Partition: "a/b", Sort: "c"},
		{Partition: "a", Sort: "b/c"},
		{Partition: "A", Sort: "B/C"}, // case counts
		{Partition: "e\u0301", Sort: "x"},
		{Partition: "\u00e9", Sort: "x"}, // no normalisation
	}
	for i, k := range keys {
		must(t, commitAll(t, tb, port.Tx{{Key: k, Value: fmt.Append(nil, i)}})[0])
	}
	recs, err := tb.Get(bg, keys...)
	must(t, err)
	for i, r := range recs {
		if r.Key != keys[i] || r.Revision != 1 || string(r.Value) != fmt.Sprint(i) {
			t.Errorf("key %q: %v", keys[i], r)
		}
	}
	recs, err = tb.List(bg, "p", "", 10)
	must(t, err)
	for _, r := range recs {
		if r.Key.Partition != "p" {
			t.Errorf("the list of p has %q", r.Key)
		}
	}
}

func tableValues(t *testing.T, tb port.Table) {
	big := bytes.Repeat([]byte("0123456789abcdef\x00\xff"), 300<<10/18)
	values := [][]byte{{}, nil, {0}, big, []byte("small"), append(big, big...), big[:1]}
	for i, v := range values {
		w := put(fmt.Sprint(i), 0, "")
		w.Value = v
		must(t, commit(t, tb, w))
	}
	slices.Reverse(big) // the driver must have its own copy by now
	slices.Reverse(big)
	for round := range 2 {
		for i, v := range values {
			r := load(t, tb, fmt.Sprint(i))
			if r.Revision != int64(1+round) || !bytes.Equal(r.Value, v) {
				t.Fatalf("value %d of %d bytes came back with revision %d and %d bytes", i, len(v), r.Revision, len(r.Value))
			}
		}
		if round == 0 { // each gets another size
			slices.Reverse(values)
			for i, v := range values {
				must(t, commit(t, tb, port.Write{Key: key(fmt.Sprint(i)), Revision: 1, Value: v}))
			}
		}
	}
}

func tableOwned(t *testing.T, tb port.Table) {
	v := []byte("value")
	must(t, commit(t, tb, port.Write{Key: key("a"), Value: v}))
	if string(v) != "value" {
		t.Fatal("Commit changed the caller's slice")
	}
	copy(v, "XXXXX")
	want(t, tb, "a", 1, "value")
	copy(load(t, tb, "a").Value, "YYYYY")
	want(t, tb, "a", 1, "value")
	recs, err := tb.List(bg, "p", "", 1)
	must(t, err)
	copy(recs[0].Value, "ZZZZZ")
	_ = append(recs[0].Value, "and more"...)
	want(t, tb, "a", 1, "value")
}

func sorts(recs []port.Record) []string {
	var s []string
	for _, r := range recs {
		s = append(s, r.Key.Sort)
	}
	return s
}

func list(t *testing.T, tb port.Table, after string, limit int) []string {
	t.Helper()
	recs, err := tb.List(bg, "p", after, limit)
	must(t, err)
	return sorts(recs)
}

func wantList(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Fatalf("got %q, want %q", got, want)
	}
}

func tableListPages(t *testing.T, tb port.Table) {
	wantList(t, list(t, tb, "", 10))
	for _, s := range []string{"d", "b", "a", "e", "c"} {
		must(t, commit(t, tb, put(s, 0, "value of "+s)))
	}
	// Neighbours on both sides must not show.
	for _, p := range []string{"o", "p\x01", "p/", "pp", "q"} {
		must(t, commit(t, tb, port.Write{Key: port.Key{Partition: p, Sort: "x"}}))
	}
	wantList(t, list(t, tb, "", 10), "a", "b", "c", "d", "e")
	wantList(t, list(t, tb, "", 5), "a", "b", "c", "d", "e")
	wantList(t, list(t, tb, "", 2), "a", "b")
	wantList(t, list(t, tb, "b", 2), "c", "d")
	wantList(t, list(t, tb, "d", 2), "e")
	wantList(t, list(t, tb, "e", 2))
	wantList(t, list(t, tb, "bb", 1), "c") // after need not be there
	wantList(t, list(t, tb, "", 0))
	recs, err := tb.List(bg, "p", "c", 1)
	must(t, err)
	if r := recs[0]; r.Key != key("d") || r.Revision != 1 || string(r.Value) != "value of d" {
		t.Fatalf("got %v", r)
	}
}

func tableListOrder(t *testing.T, tb port.Table) {
	want := []string{"\x01", " ", "1", "10", "2", "A", "Z", "a", "a\x01", "a!", "aa", "z", "\x7f", "é", "Ω", "中", "中文", "文", "\U0001F600", "\xff", "\xff\xff"}
	if !slices.IsSorted(want) {
		t.Fatal("the expectation is not in byte order")
	}
	for _, i := range rand.New(rand.NewPCG(1, 2)).Perm(len(want)) {
		must(t, commit(t, tb, put(want[i], 0, "")))
	}
	wantList(t, list(t, tb, "", 100), want...)
	var paged []string
	for after := ""; ; {
		page := list(t, tb, after, 4)
		paged = append(paged, page...)
		if len(page) < 4 {
			break
		}
		after = page[3]
	}
	wantList(t, paged, want...)
}

func tableListDeletes(t *testing.T, tb port.Table) {
	for i := range 20 {
		must(t, commit(t, tb, put(fmt.Sprintf("%02d", i), 0, "")))
	}
	for i := range 20 {
		if i%5 != 0 {
			must(t, commit(t, tb, del(fmt.Sprintf("%02d", i), 1)))
		}
		if i == 10 {
			wantList(t, list(t, tb, "", 4), "00", "05", "10", "11")
			must(t, commit(t, tb, put("03", 0, "")))
		}
	}
	wantList(t, list(t, tb, "", 10), "00", "03", "05", "10", "15")
	wantList(t, list(t, tb, "05", 10), "10", "15")
	must(t, commit(t, tb, put("01", 0, ""), del("00", 1)))
	wantList(t, list(t, tb, "", 3), "01", "03", "05")
}
