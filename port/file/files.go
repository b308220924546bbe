package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"

	"github.com/scruple/scruple/port"
)

// tempPrefix begins the names of files in the making. A killed process may leave some behind; they show in no list and may
// be deleted.
const tempPrefix = ".unfinished-"

// files is a directory. Symbolic links below it are followed as long as they do not lead out of it.
type files struct {
	root *os.Root
	made atomic.Int64 // numbers the files in the making
}

// OpenFiles opens the files in a directory, which must be there. Close frees it; files that were opened before may still be
// read.
func OpenFiles(dir string) (port.Files, error) {
	root, err := os.OpenRoot(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("the directory %s does not exist; create it first", dir)
	}
	if err != nil {
		return nil, err
	}
	return &files{root: root}, nil
}

// checkName refuses what is no plain path below the root, and the names of files in the making.
func checkName(name string) error {
	if !fs.ValidPath(name) || name == "." || strings.IndexByte(name, 0) >= 0 {
		return fmt.Errorf(`file name %q: expected parts in UTF-8 joined by slashes; no part may be empty, "." or ".."`, name)
	}
	if strings.HasPrefix(path.Base(name), tempPrefix) {
		return fmt.Errorf("file name %q: names that begin with %s are kept for files in the making", name, tempPrefix)
	}
	return nil
}

func (f *files) Open(ctx context.Context, name string, offset, length int64) (io.ReadCloser, error) {
	if err := errors.Join(ctx.Err(), checkName(name)); err != nil {
		return nil, err
	}
	if offset < 0 || length < -1 {
		return nil, fmt.Errorf("open %s: offset %d and length %d: expected at least 0 and -1", name, offset, length)
	}
	r, err := f.root.Open(name)
	if err != nil {
		return nil, explain(name, err)
	}
	info, err := r.Stat()
	if err == nil && info.IsDir() {
		err = fmt.Errorf("file %s: %w: it is a directory", name, port.ErrNotFound)
	}
	if err == nil {
		_, err = r.Seek(offset, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	if length < 0 {
		return r, nil
	}
	return struct {
		io.Reader
		io.Closer
	}{io.LimitReader(r, length), r}, nil
}

// explain turns an error of the operating system into one of the port.
func explain(name string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return fmt.Errorf("file %s: %w", name, port.ErrNotFound)
	case errors.Is(err, fs.ErrExist):
		return fmt.Errorf("file %s: %w", name, port.ErrExists)
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("file %s: %w: %w; free space, then try again", name, port.ErrFull, err)
	case errors.Is(err, syscall.EROFS), errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("file %s: %w: %w; give this user the right to write there", name, port.ErrFull, err)
	}
	return fmt.Errorf("file %s: %w", name, err)
}

func (f *files) List(ctx context.Context, prefix string) ([]port.Info, error) {
	// Nothing outside of the directory that the prefix names can begin with it.
	start := path.Dir(prefix + "x")
	if !fs.ValidPath(start) {
		return nil, ctx.Err()
	}
	var infos []port.Info
	err := fs.WalkDir(f.root.FS(), start, func(name string, d fs.DirEntry, err error) error {
		if err == nil {
			err = ctx.Err()
		}
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
			return nil // it went away meanwhile, or never was
		}
		if err != nil || d.IsDir() || !strings.HasPrefix(name, prefix) || checkName(name) != nil {
			return err
		}
		info, err := f.root.Stat(name)
		if err == nil && info.Mode().IsRegular() {
			infos = append(infos, port.Info{Name: name, Size: info.Size()})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(infos, func(a, b port.Info) int { return strings.Compare(a.Name, b.Name) })
	return infos, nil
}

func (f *files) Remove(ctx context.Context, name string) error {
	if err := errors.Join(ctx.Err(), checkName(name)); err != nil {
		return err
	}
	err := f.root.Remove(name)
	if err == nil {
		return f.sync(path.Dir(name))
	}
	if err = explain(name, err); errors.Is(err, port.ErrNotFound) {
		return nil
	}
	return err
}

func (f *files) Close() error { return f.root.Close() }

// sync makes the names in a directory durable.
func (f *files) sync(dir string) error {
	d, err := f.root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
