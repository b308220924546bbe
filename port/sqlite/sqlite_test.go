package sqlite_test

import (
	"context"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/scruple/scruple/port"
	"github.com/scruple/scruple/port/porttest"
	"github.com/scruple/scruple/port/sqlite"
)

var bg = context.Background()

func drivers() *port.Drivers {
	var d port.Drivers
	sqlite.Register(&d)
	return &d
}

func urlOf(path string) string { return (&url.URL{Scheme: "sqlite", Path: path}).String() }

func openTable(t testing.TB, rawURL string) port.Table {
	t.Helper()
	tb, err := drivers().OpenTable(bg, rawURL)
	if err != nil {
		t.Fatal(err)
	}
	return tb
}

// perTest gives each test a file of its own, the same one each time.
func perTest(dir string, t *testing.T) string {
	return urlOf(filepath.Join(dir, strings.ReplaceAll(t.Name(), "/", "-")+".db"))
}

func TestTable(t *testing.T) {
	dir := t.TempDir()
	porttest.Table(t, func(t *testing.T) port.Table { return openTable(t, perTest(dir, t)) }, porttest.Reopen())
}

func TestQueue(t *testing.T) {
	dir := t.TempDir()
	porttest.Queue(t, func(t *testing.T) port.Queue {
		q, err := drivers().OpenQueue(bg, perTest(dir, t))
		if err != nil {
			t.Fatal(err)
		}
		return q
	}, porttest.Reopen())
}

func TestURLs(t *testing.T) {
	t.Chdir(t.TempDir())
	cwd, _ := os.Getwd()
	for raw, file := range map[string]string{
		"sqlite:rel.db":                  "rel.db",
		"sqlite:with%20space.db":         "with space.db",
		"sqlite://" + cwd + "/abs.db":    "abs.db",
		"sqlite:" + cwd + "/abs2.db":     "abs2.db",
		"sqlite:q%3Fmark.db?max_pages=9": "q?mark.db",
	} {
		if err := openTable(t, raw).Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(file); err != nil {
			t.Errorf("%s: %v", raw, err)
		}
	}
	for raw, want := range map[string]string{
		"sqlite://rel/path.db":           "stands where a host would",
		"sqlite:":                        "no file is named",
		"sqlite::memory:":                "memory:",
		"sqlite:x.db?max_page=5":         `unknown parameter "max_page"; known: max_pages`,
		"sqlite:x.db?max_pages=0":        "expected a number of pages",
		"sqlite:none/x.db":               "does not exist; create it first",
		"sqlite://" + cwd:                "not a regular file",
		"sqlite:x.db?max_pages=1048577x": "expected a number of pages",
	} {
		_, err := drivers().OpenTable(bg, raw)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one with %q", raw, err, want)
		}
	}
	if _, err := os.Stat("x.db"); err == nil {
		t.Error("a refused URL left a file behind")
	}
}

// A table and a queue on one path share the file; each is closed for itself.
func TestShared(t *testing.T) {
	dir := t.TempDir()
	if err := os.Symlink(dir, dir+"-link"); err != nil {
		t.Fatal(err)
	}
	d := drivers()
	tb, err := d.OpenTable(bg, urlOf(dir+"/s.db"))
	if err != nil {
		t.Fatal(err)
	}
	q, err := d.OpenQueue(bg, urlOf(dir+"-link/s.db"))
	if err != nil {
		t.Fatal(err)
	}
	if err := q.Send(bg, "a", []byte("1")); err != nil {
		t.Fatal(err)
	}
	if err := q.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := q.Depth(bg, "a"); err == nil {
		t.Error("a closed queue answers")
	}
	if errs, err := tb.Commit(bg, port.Tx{{Key: port.Key{Partition: "p"}}}); err != nil || errs[0] != nil {
		t.Errorf("the table went down with the queue: %v %v", errs, err)
	}
	if err := tb.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir + "/s.db-wal"); !errors.Is(err, os.ErrNotExist) {
		t.Error("the last Close left the log behind")
	}
}

func TestLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.db")
	unlock, err := sqlite.Lock(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = sqlite.Lock(path)
	if !errors.Is(err, port.ErrBusy) || !strings.Contains(err.Error(), "process "+itoa(os.Getpid())) || !strings.Contains(err.Error(), path+".lock") {
		t.Errorf("second lock: %v", err)
	}
	unlock()
	unlock2, err := sqlite.Lock(path)
	if err != nil {
		t.Fatal(err)
	}
	unlock2()
	if _, err := sqlite.Lock(filepath.Join(path, "none", "s.db")); err == nil {
		t.Error("no error for a path that cannot be")
	}
}
