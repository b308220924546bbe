package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The committed lists are what the generator writes. A .gz is compared by its content: how it is packed may change with Go.
func TestCommittedListsAreCurrent(t *testing.T) {
	dir := t.TempDir()
	if err := write(dir, files()); err != nil {
		t.Fatal(err)
	}
	for name := range files() {
		made, committed := read(t, dir, name), read(t, "../bank", name)
		if !bytes.Equal(made, committed) {
			t.Errorf("%s is not what the generator writes; run: go run ./examples/generate -out examples/bank", name)
		}
	}
}

// Git keeps no list that the generator has forgotten.
func TestNoOtherLists(t *testing.T) {
	made := files()
	lists, err := os.ReadDir("../bank/segments")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range lists {
		if made["segments/"+f.Name()] == nil {
			t.Errorf("segments/%s is not generated", f.Name())
		}
	}
}

func TestDealKeepsItsQuotas(t *testing.T) {
	lots := deal(newDraw(7), 50, []quota{{minor, 3}, {elder, 9}}, nil)
	count := map[trouble]int{}
	for _, l := range lots {
		count[l]++
	}
	if len(lots) != 50 || count[minor] != 3 || count[elder] != 9 || count[none] != 38 {
		t.Errorf("%d people, %v", len(lots), count)
	}
}

func read(t *testing.T, dir, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(name, ".gz") {
		return data
	}
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if data, err = io.ReadAll(r); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return data
}
