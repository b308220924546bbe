package sqlite_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"

	"github.com/scruple/scruple/port"
)

// sql runs statements on a file as another program would.
func sql(t *testing.T, path, statements string) {
	t.Helper()
	tls := libc.NewTLS()
	defer tls.Close()
	name, _ := libc.CString(path)
	text, _ := libc.CString(statements)
	out := libc.NewVaListN(1)
	defer func() { libc.Xfree(tls, name); libc.Xfree(tls, text); libc.Xfree(tls, out) }()
	if rc := lib.Xsqlite3_open_v2(tls, name, out, lib.SQLITE_OPEN_READWRITE|lib.SQLITE_OPEN_CREATE, 0); rc != 0 {
		t.Fatal("open: ", rc)
	}
	list := out
	db := libc.VaUintptr(&list)
	defer lib.Xsqlite3_close_v2(tls, db)
	if rc := lib.Xsqlite3_exec(tls, db, text, 0, 0, 0); rc != 0 {
		t.Fatal(libc.GoString(lib.Xsqlite3_errmsg(tls, db)))
	}
}

// refused expects that a file is refused with words in the message, and stays as it is.
func refused(t *testing.T, path string, is error, words ...string) {
	t.Helper()
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = drivers().OpenTable(bg, urlOf(path))
	if err == nil {
		t.Fatal("it was opened")
	}
	if is != nil && !errors.Is(err, is) {
		t.Errorf("error %v, want %v", err, is)
	}
	for _, w := range append(words, path) {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("error %q, want %q in it", err, w)
		}
	}
	after, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the file changed (%v)", err)
	}
}

func newStore(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "s.db")
	tb := openTable(t, urlOf(path))
	if err := fill(tb, 200); err != nil {
		t.Fatal(err)
	}
	if err := tb.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func fill(tb port.Table, n int) error {
	for i := range n {
		errs, err := tb.Commit(bg, port.Tx{{Key: port.Key{Partition: "p", Sort: fmt.Sprintf("%06d", i)}, Value: make([]byte, 1000)}})
		if err = errors.Join(append(errs, err)...); err != nil {
			return err
		}
	}
	return nil
}

func TestNewerVersion(t *testing.T) {
	path := newStore(t)
	sql(t, path, "PRAGMA user_version=7")
	refused(t, path, port.ErrNewer, "version 7", "version 1", "install")
}

// A newer program died and left its log: that too must stay as it is.
func TestNewerVersionWithLog(t *testing.T) {
	path := newStore(t)
	tb := openTable(t, urlOf(path))
	if err := fill2(tb); err != nil {
		t.Fatal(err)
	}
	copyTo := filepath.Join(t.TempDir(), "s.db")
	for _, suffix := range []string{"", "-wal"} { // what a killed process leaves
		b, err := os.ReadFile(path + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if suffix == "" { // the version lies at offset 60, big-endian
			b[63] = 9
		}
		if err := os.WriteFile(copyTo+suffix, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := tb.Close(); err != nil {
		t.Fatal(err)
	}
	log, err := os.ReadFile(copyTo + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	refused(t, copyTo, port.ErrNewer, "version 9")
	if after, err := os.ReadFile(copyTo + "-wal"); err != nil || !bytes.Equal(log, after) {
		t.Errorf("the log changed (%v)", err)
	}
}

func fill2(tb port.Table) error {
	errs, err := tb.Commit(bg, port.Tx{{Key: port.Key{Partition: "q", Sort: "1"}}})
	return errors.Join(append(errs, err)...)
}

func TestForeignFiles(t *testing.T) {
	dir := t.TempDir()
	other := filepath.Join(dir, "other.db")
	sql(t, other, "CREATE TABLE kv(k, v)")
	refused(t, other, nil, "another program")
	text := filepath.Join(dir, "list.csv")
	if err := os.WriteFile(text, bytes.Repeat([]byte("id,name\n"), 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	refused(t, text, nil, "no SQLite file")
}

func TestDamagedFile(t *testing.T) {
	path := newStore(t)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := 4 * 16384; i < len(b); i++ {
		b[i] ^= 0xa5
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	tb := openTable(t, urlOf(path)) // the damage lies deeper than a quick look goes
	defer tb.Close()
	_, err = tb.List(bg, "p", "", 1000)
	if err == nil || !strings.Contains(err.Error(), path+" is damaged") || !strings.Contains(err.Error(), "backup") {
		t.Errorf("List: %v", err)
	}
	if err := fill(tb, 300); err == nil {
		t.Error("writing into a damaged file gave no error")
	}
	cut := newStore(t)
	if err := os.Truncate(cut, 16384+100); err != nil {
		t.Fatal(err)
	}
	refused(t, cut, nil, "damaged", "backup")
}

func TestFull(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.db")
	tb := openTable(t, urlOf(path)+"?max_pages=20")
	defer tb.Close()
	err := fill(tb, 1000)
	if !errors.Is(err, port.ErrFull) || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "max_pages") {
		t.Fatalf("error %v, want ErrFull", err)
	}
	recs, err := tb.List(bg, "p", "", 2000)
	if err != nil || len(recs) < 100 || len(recs) > 400 {
		t.Fatalf("%d records, %v", len(recs), err)
	}
	n := len(recs)
	// A transaction that does not fit leaves nothing; small ones in the same call of another goroutine still fit.
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			tx := port.Tx{{Key: port.Key{Partition: "a"}, Revision: port.Any}, {Key: port.Key{Partition: "big"}, Value: make([]byte, 1<<20)}}
			if _, err := tb.Commit(bg, tx); !errors.Is(err, port.ErrFull) {
				t.Errorf("error %v, want ErrFull", err)
			}
		})
		wg.Go(func() {
			tx := port.Tx{{Key: recs[0].Key, Revision: port.Any, Value: []byte("x")}}
			if _, err := tb.Commit(bg, tx); err != nil {
				t.Errorf("a record that shrinks: %v", err)
			}
		})
	}
	wg.Wait()
	recs, err = tb.Get(bg, port.Key{Partition: "a"}, recs[0].Key)
	if err != nil || recs[0].Revision != 0 || recs[1].Revision != 5 {
		t.Fatalf("%v %v", recs, err)
	}
	// With room made the store takes writes again.
	for i := range 50 {
		if _, err := tb.Commit(bg, port.Tx{{Op: port.Delete, Key: port.Key{Partition: "p", Sort: fmt.Sprintf("%06d", i)}, Revision: port.Any}}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := tb.Commit(bg, port.Tx{{Key: port.Key{Partition: "again"}, Value: make([]byte, 10000)}}); err != nil {
		t.Fatal(err)
	}
	if recs, err = tb.List(bg, "p", "", 2000); err != nil || len(recs) != n-50 {
		t.Fatalf("%d records, want %d, %v", len(recs), n-50, err)
	}
}

func TestReadOnly(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := drivers().OpenTable(bg, urlOf(file+"/s.db"))
	if err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("below a file: %v", err)
	}
	store, lone := newStore(t), newStore(t)
	dir := filepath.Dir(store)
	chmod(t, 0o444, store, lone)
	chmod(t, 0o555, dir, filepath.Dir(dir))
	chmod(t, 0o777, filepath.Dir(lone))
	for _, path := range []string{store, filepath.Join(dir, "new.db"), lone} {
		got := strings.TrimSpace(child(t, "open-as-nobody", path).all())
		if strings.HasPrefix(got, "skip") {
			t.Skip(got)
		}
		if !strings.HasPrefix(got, "ErrFull") || !strings.Contains(got, "read-only") || !strings.Contains(got, path) {
			t.Errorf("%s: %q", path, got)
		}
	}
}

func chmod(t *testing.T, mode os.FileMode, paths ...string) {
	t.Helper()
	for _, p := range paths {
		if err := os.Chmod(p, mode); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.Chmod(p, 0o755) })
	}
}

// openAsNobody runs in a process of its own: root may write anywhere, so it becomes someone else first.
func openAsNobody(path string) {
	if os.Getuid() == 0 {
		if err := syscall.Setuid(65534); err != nil {
			fmt.Println("skip: cannot become another user:", err)
			return
		}
	}
	_, err := drivers().OpenTable(bg, urlOf(path))
	if errors.Is(err, port.ErrFull) {
		fmt.Print("ErrFull ")
	}
	fmt.Println(err)
}
