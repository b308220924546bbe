package porttest

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"sync"
	"testing"

	"github.com/scruple/scruple/port"
)

// Files holds a driver to the contract of port.Files. open gives a new, empty store of files (see Reopen).
func Files(t *testing.T, open func(t *testing.T) port.Files, opts ...Option) {
	o := apply(opts)
	for name, f := range map[string]func(*testing.T, port.Files){
		"write and read":    filesBasic,
		"offset and length": filesRanges,
		"unseen until done": filesUnseen,
		"never overwritten": filesExists,
		"abort":             filesAbort,
		"list":              filesList,
		"remove":            filesRemove,
		"refused names":     filesNames,
		"good names":        filesGoodNames,
		"one wins":          filesRace,
		"cancelled":         filesCancelled,
		"closed":            filesClosed,
	} {
		t.Run(name, func(t *testing.T) { f(t, closing(t, open(t))) })
	}
	if o.reopen {
		t.Run("reopen", func(t *testing.T) { filesReopen(t, open) })
	}
}

func store(t *testing.T, fs port.Files, name, content string) {
	t.Helper()
	w, err := fs.Create(bg, name)
	must(t, err)
	_, err = io.WriteString(w, content)
	must(t, err)
	must(t, w.Commit())
}

func fetch(t *testing.T, fs port.Files, name string, offset, length int64) string {
	t.Helper()
	r, err := fs.Open(bg, name, offset, length)
	must(t, err)
	b, err := io.ReadAll(r)
	must(t, err)
	must(t, r.Close())
	return string(b)
}

func wantContent(t *testing.T, fs port.Files, name, want string) {
	t.Helper()
	if got := fetch(t, fs, name, 0, -1); got != want {
		t.Fatalf("%s holds %.60q, want %.60q", name, got, want)
	}
}

func wantNames(t *testing.T, fs port.Files, prefix string, want ...string) {
	t.Helper()
	infos, err := fs.List(bg, prefix)
	must(t, err)
	var got []string
	for _, i := range infos {
		got = append(got, i.Name)
	}
	if !slices.Equal(got, want) {
		t.Fatalf("List(%q) = %q, want %q", prefix, got, want)
	}
}

func filesBasic(t *testing.T, fs port.Files) {
	_, err := fs.Open(bg, "none", 0, -1)
	mustBe(t, err, port.ErrNotFound)
	_, err = fs.Open(bg, "none/below", 0, -1)
	mustBe(t, err, port.ErrNotFound)
	wantNames(t, fs, "")
	store(t, fs, "a.txt", "hello")
	store(t, fs, "empty", "")
	store(t, fs, "deep/er/file", "below")
	wantContent(t, fs, "a.txt", "hello")
	wantContent(t, fs, "empty", "")
	wantContent(t, fs, "deep/er/file", "below")
	_, err = fs.Open(bg, "deep", 0, -1) // a directory is no file
	mustBe(t, err, port.ErrNotFound)
	_, err = fs.Open(bg, "a.txt/below", 0, -1)
	mustBe(t, err, port.ErrNotFound)
	w, err := fs.Create(bg, "big")
	must(t, err)
	var all bytes.Buffer
	for i := range 300 {
		part := bytes.Repeat(fmt.Append(nil, i, "|"), 1000)
		all.Write(part)
		n, err := w.Write(part)
		if must(t, err); n != len(part) {
			t.Fatalf("wrote %d of %d bytes", n, len(part))
		}
		clear(part) // the writer must not keep it
	}
	must(t, w.Commit())
	wantContent(t, fs, "big", all.String())
}

func filesRanges(t *testing.T, fs port.Files) {
	store(t, fs, "f", "0123456789")
	for _, c := range []struct {
		offset, length int64
		want           string
	}{
		{0, -1, "0123456789"},
		{0, 10, "0123456789"},
		{0, 99, "0123456789"},
		{0, 3, "012"},
		{4, 3, "456"},
		{4, -1, "456789"},
		{9, 5, "9"},
		{10, -1, ""},
		{11, 5, ""},
		{3, 0, ""},
	} {
		if got := fetch(t, fs, "f", c.offset, c.length); got != c.want {
			t.Errorf("offset %d, length %d: %q, want %q", c.offset, c.length, got, c.want)
		}
	}
	for _, bad := range [][2]int64{{-1, 5}, {0, -2}} {
		_, err := fs.Open(bg, "f", bad[0], bad[1])
		mustFail(t, err, fmt.Sprint("Open with offset and length ", bad))
	}
}

func filesUnseen(t *testing.T, fs port.Files) {
	w, err := fs.Create(bg, "dir/f")
	must(t, err)
	_, err = io.WriteString(w, "half")
	must(t, err)
	_, err = fs.Open(bg, "dir/f", 0, -1)
	mustBe(t, err, port.ErrNotFound)
	wantNames(t, fs, "")
	wantNames(t, fs, "dir/")
	_, err = io.WriteString(w, " and half")
	must(t, err)
	must(t, w.Commit())
	wantContent(t, fs, "dir/f", "half and half")
	wantNames(t, fs, "", "dir/f")
	_, err = io.WriteString(w, "more")
	mustFail(t, err, "Write after Commit")
	mustFail(t, w.Commit(), "a second Commit")
	must(t, w.Abort())
	must(t, w.Abort())
	wantContent(t, fs, "dir/f", "half and half")
}

func filesExists(t *testing.T, fs port.Files) {
	store(t, fs, "f", "first")
	w, err := fs.Create(bg, "f")
	if err == nil { // a driver may also find out only at the end
		_, err = io.WriteString(w, "second")
		must(t, err)
		err = w.Commit()
		must(t, w.Abort())
	}
	mustBe(t, err, port.ErrExists)
	wantContent(t, fs, "f", "first")
	wantNames(t, fs, "", "f")
}

func filesAbort(t *testing.T, fs port.Files) {
	w, err := fs.Create(bg, "f")
	must(t, err)
	_, err = io.WriteString(w, "x")
	must(t, err)
	must(t, w.Abort())
	must(t, w.Abort())
	mustFail(t, w.Commit(), "Commit after Abort")
	_, err = fs.Open(bg, "f", 0, -1)
	mustBe(t, err, port.ErrNotFound)
	wantNames(t, fs, "")
	store(t, fs, "f", "y") // the name is free
	wantContent(t, fs, "f", "y")
}

func filesList(t *testing.T, fs port.Files) {
	want := []string{"a-b", "a.txt", "a/b", "a0", "b/1", "b/10", "b/2", "b/c/d", "z", "中/文"}
	if !slices.IsSorted(want) {
		t.Fatal("the expectation is not in byte order")
	}
	for i := len(want) - 1; i >= 0; i-- {
		store(t, fs, want[i], want[i])
	}
	wantNames(t, fs, "", want...)
	wantNames(t, fs, "a", "a-b", "a.txt", "a/b", "a0")
	wantNames(t, fs, "a/", "a/b")
	wantNames(t, fs, "b/1", "b/1", "b/10")
	wantNames(t, fs, "b/c/", "b/c/d")
	wantNames(t, fs, "b/c/d", "b/c/d")
	wantNames(t, fs, "b/c/d/")
	wantNames(t, fs, "none/at/all")
	wantNames(t, fs, "中", "中/文")
	infos, err := fs.List(bg, "b/10")
	must(t, err)
	if infos[0].Size != 4 {
		t.Fatalf("size %d, want 4", infos[0].Size)
	}
}

func filesRemove(t *testing.T, fs port.Files) {
	must(t, fs.Remove(bg, "none"))
	must(t, fs.Remove(bg, "none/below"))
	store(t, fs, "d/a", "1")
	store(t, fs, "d/b", "2")
	must(t, fs.Remove(bg, "d/a"))
	must(t, fs.Remove(bg, "d/a"))
	wantNames(t, fs, "", "d/b")
	_, err := fs.Open(bg, "d/a", 0, -1)
	mustBe(t, err, port.ErrNotFound)
	store(t, fs, "d/a", "again")
	wantContent(t, fs, "d/a", "again")
}

func filesNames(t *testing.T, fs port.Files) {
	store(t, fs, "in/f", "x")
	for _, name := range []string{
		"", ".", "..", "/", "/etc/passwd", "../f", "in/../f", "in/../../f", "in/..", "./f", "in//f", "in/", "in/./f", "f\x00g", "in/\xff",
	} {
		if w, err := fs.Create(bg, name); err == nil {
			err := w.Commit()
			if err == nil {
				t.Errorf("Create(%q) was allowed", name)
			}
		}
		if _, err := fs.Open(bg, name, 0, -1); err == nil {
			t.Errorf("Open(%q) was allowed", name)
		}
		if err := fs.Remove(bg, name); err == nil {
			t.Errorf("Remove(%q) was allowed", name)
		}
	}
	for _, prefix := range []string{"..", "../", "in/../", "/"} {
		if infos, err := fs.List(bg, prefix); err == nil && len(infos) > 0 {
			t.Errorf("List(%q) gave %v", prefix, infos)
		}
	}
	wantNames(t, fs, "", "in/f")
}

func filesGoodNames(t *testing.T, fs port.Files) {
	names := []string{"..a/b", ".hidden", "a b", "a..b", "a:b", `a\b`, "c/客户 名单.csv", "d..", "e%2e"}
	for _, n := range names {
		store(t, fs, n, n)
		wantContent(t, fs, n, n)
	}
	wantNames(t, fs, "", names...)
}

func filesRace(t *testing.T, fs port.Files) {
	var wg sync.WaitGroup
	var mu sync.Mutex
	var winners []string
	for i := range 8 {
		wg.Go(func() {
			w, err := fs.Create(bg, "d/f")
			if err != nil {
				t.Error(err)
				return
			}
			content := fmt.Sprint("content ", i)
			if _, err := io.WriteString(w, content); err != nil {
				t.Error(err)
			}
			if err := w.Commit(); err == nil {
				mu.Lock()
				winners = append(winners, content)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if len(winners) != 1 {
		t.Fatalf("%d writers made the one file", len(winners))
	}
	wantContent(t, fs, "d/f", winners[0])
	wantNames(t, fs, "", "d/f")
}

func filesCancelled(t *testing.T, fs port.Files) {
	store(t, fs, "f", "x")
	ctx := canceled()
	_, err := fs.Open(ctx, "f", 0, -1)
	mustBe(t, err, ctx.Err())
	_, err = fs.Create(ctx, "g")
	mustBe(t, err, ctx.Err())
	_, err = fs.List(ctx, "")
	mustBe(t, err, ctx.Err())
	mustBe(t, fs.Remove(ctx, "f"), ctx.Err())
	wantNames(t, fs, "", "f")
}

func filesClosed(t *testing.T, fs port.Files) {
	store(t, fs, "f", "x")
	must(t, fs.Close())
	must(t, fs.Close())
	_, err := fs.Open(bg, "f", 0, -1)
	mustFail(t, err, "Open after Close")
	_, err = fs.Create(bg, "g")
	mustFail(t, err, "Create after Close")
	_, err = fs.List(bg, "")
	mustFail(t, err, "List after Close")
	mustFail(t, fs.Remove(bg, "f"), "Remove after Close")
}

func filesReopen(t *testing.T, open func(t *testing.T) port.Files) {
	fs := open(t)
	store(t, fs, "d/f", "kept")
	w, err := fs.Create(bg, "d/half")
	must(t, err)
	_, err = io.WriteString(w, "lost")
	must(t, err)
	must(t, fs.Close()) // as if the process had died: neither Commit nor Abort
	fs = closing(t, open(t))
	wantContent(t, fs, "d/f", "kept")
	wantNames(t, fs, "", "d/f")
}
