package file

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"

	"github.com/scruple/scruple/port"
)

var errEnded = errors.New("the file was committed or aborted already")

// writer is a file in the making, for one goroutine. It lies beside its final place under a temporary name.
type writer struct {
	files *files
	f     *os.File
	name  string
	temp  string
	ended bool
}

func (f *files) Create(ctx context.Context, name string) (port.Writer, error) {
	if err := errors.Join(ctx.Err(), checkName(name)); err != nil {
		return nil, err
	}
	dir := path.Dir(name)
	if err := f.makeDir(dir); err != nil {
		return nil, explain(name, err)
	}
	for {
		temp := path.Join(dir, fmt.Sprintf("%s%d-%d", tempPrefix, os.Getpid(), f.made.Add(1)))
		file, err := f.root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, fs.ErrExist) {
			continue // left by an earlier process of this number, or another opener's
		}
		if err != nil {
			return nil, explain(name, err)
		}
		return &writer{files: f, f: file, name: name, temp: temp}, nil
	}
}

// makeDir makes a directory and its parents durably, for this user alone.
func (f *files) makeDir(dir string) error {
	if _, err := f.root.Stat(dir); err == nil || dir == "." {
		return err
	}
	if err := f.makeDir(path.Dir(dir)); err != nil {
		return err
	}
	if err := f.root.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return f.sync(path.Dir(dir))
}

func (w *writer) Write(p []byte) (int, error) {
	if w.ended {
		return 0, errEnded
	}
	n, err := w.f.Write(p)
	if err != nil {
		return n, explain(w.name, err)
	}
	return n, nil
}

// Commit makes the bytes durable before the name, so that no crash shows a half file. A link, other than a rename, never
// replaces a file.
func (w *writer) Commit() error {
	if w.ended {
		return errEnded
	}
	w.ended = true
	err := errors.Join(w.f.Sync(), w.f.Close())
	if err == nil {
		err = w.files.root.Link(w.temp, w.name)
	}
	gone := w.files.root.Remove(w.temp)
	if err == nil {
		err = w.files.sync(path.Dir(w.name))
	}
	if err = errors.Join(err, gone); err != nil {
		return explain(w.name, err)
	}
	return nil
}

func (w *writer) Abort() error {
	if w.ended {
		return nil
	}
	w.ended = true
	return errors.Join(w.f.Close(), w.files.root.Remove(w.temp))
}
