package file_test

import (
	"context"
	"errors"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/scruple/scruple/port"
	"github.com/scruple/scruple/port/file"
	"github.com/scruple/scruple/port/porttest"
)

var bg = context.Background()

func TestFiles(t *testing.T) {
	dir := t.TempDir()
	porttest.Files(t, func(t *testing.T) port.Files {
		var d port.Drivers
		file.Register(&d)
		u := url.URL{Scheme: "file", Path: filepath.Join(dir, strings.ReplaceAll(t.Name(), "/", "-")), RawQuery: "create_dir=true"}
		fs, err := d.OpenFiles(bg, u.String())
		if err != nil {
			t.Fatal(err)
		}
		return fs
	}, porttest.Reopen())
}

func TestFilesURLs(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, tc := range []struct{ raw, want string }{ // in this order: one makes the directory that the next ones open
		{"file:none", "does not exist; create it first"},
		{"file://host/dir", "expected file:///absolute"},
		{"file:", "expected file:///absolute"},
		{"file:x?create=1", `unknown parameter "create"`},
		{"file:x?create_dir=perhaps", "expected true or false"},
		{"file:sub/dir?create_dir=1", ""},
		{"file:sub/dir", ""},
		{"file:./sub?create_dir=false", ""},
	} {
		raw, want := tc.raw, tc.want
		u, err := url.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		fs, err := file.OpenFilesURL(bg, u)
		if err == nil && want == "" {
			err = fs.Close()
		}
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: error %v, want %q", raw, err, want)
		}
	}
}

func openFiles(t *testing.T, dir string) port.Files {
	t.Helper()
	fs, err := file.OpenFiles(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = fs.Close() })
	return fs
}

// A link that leads out of the directory is not followed, neither for reading nor for writing.
func TestLinksOutside(t *testing.T) {
	outside, dir := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "secret"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, target := range map[string]string{"abs": outside, "rel": "../" + filepath.Base(outside)} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	fs := openFiles(t, dir)
	for _, link := range []string{"abs", "rel"} {
		if _, err := fs.Open(bg, link+"/secret", 0, -1); err == nil {
			t.Errorf("%s/secret was opened", link)
		}
		if _, err := fs.Create(bg, link+"/new"); err == nil {
			t.Errorf("%s/new was created", link)
		}
		if err := fs.Remove(bg, link+"/secret"); err == nil {
			t.Errorf("%s/secret was removed", link)
		}
	}
	if infos, err := fs.List(bg, ""); err != nil || len(infos) != 0 {
		t.Errorf("List: %v %v", infos, err)
	}
	if entries, err := os.ReadDir(outside); err != nil || len(entries) != 1 {
		t.Errorf("outside: %v %v", entries, err)
	}
}

// Nothing of a file in the making stays on disk after Commit, Abort or a lost race.
func TestNoLeftovers(t *testing.T) {
	dir := t.TempDir()
	fs := openFiles(t, dir)
	for _, end := range []func(port.Writer) error{port.Writer.Commit, port.Writer.Abort, port.Writer.Commit} {
		w, err := fs.Create(bg, "d/f")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, "x"); err != nil {
			t.Fatal(err)
		}
		if err := end(w); err != nil && !errors.Is(err, port.ErrExists) {
			t.Fatal(err)
		}
	}
	entries, err := os.ReadDir(filepath.Join(dir, "d"))
	if err != nil || len(entries) != 1 || entries[0].Name() != "f" {
		t.Errorf("%v %v", entries, err)
	}
	if _, err := fs.Create(bg, "d/.unfinished-1-1"); err == nil {
		t.Error("a name for files in the making was taken")
	}
	if _, err := fs.Create(bg, "d/f/below"); err == nil {
		t.Error("a file was taken for a directory")
	}
}
