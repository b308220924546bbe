package memory

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/scruple/scruple/port"
)

// files is a map of whole files, which never change once they are there.
type files struct {
	mu     sync.Mutex
	byName map[string][]byte
	closed bool
}

// NewFiles returns an empty store of files.
func NewFiles() port.Files { return &files{byName: map[string][]byte{}} }

func (f *files) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	f.mu.Lock()
	if f.closed {
		f.mu.Unlock()
		return errClosed
	}
	return nil
}

// checkName refuses what is no plain path below the root.
func checkName(name string) error {
	if !fs.ValidPath(name) || name == "." || strings.IndexByte(name, 0) >= 0 {
		return fmt.Errorf(`file name %q: expected parts in UTF-8 joined by slashes; no part may be empty, "." or ".."`, name)
	}
	return nil
}

func (f *files) Open(ctx context.Context, name string, offset, length int64) (io.ReadCloser, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	if offset < 0 || length < -1 {
		return nil, fmt.Errorf("open %s: offset %d and length %d: expected at least 0 and -1", name, offset, length)
	}
	if err := f.enter(ctx); err != nil {
		return nil, err
	}
	defer f.mu.Unlock()
	b, there := f.byName[name]
	if !there {
		return nil, fmt.Errorf("file %s: %w", name, port.ErrNotFound)
	}
	b = b[min(offset, int64(len(b))):]
	if length >= 0 {
		b = b[:min(length, int64(len(b)))]
	}
	return io.NopCloser(bytes.NewReader(b)), nil
}

func (f *files) Create(ctx context.Context, name string) (port.Writer, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	if err := f.enter(ctx); err != nil {
		return nil, err
	}
	defer f.mu.Unlock()
	return &writer{files: f, name: name}, nil
}

func (f *files) List(ctx context.Context, prefix string) ([]port.Info, error) {
	if err := f.enter(ctx); err != nil {
		return nil, err
	}
	defer f.mu.Unlock()
	var infos []port.Info
	for name, b := range f.byName {
		if strings.HasPrefix(name, prefix) {
			infos = append(infos, port.Info{Name: name, Size: int64(len(b))})
		}
	}
	slices.SortFunc(infos, func(a, b port.Info) int { return strings.Compare(a.Name, b.Name) })
	return infos, nil
}

func (f *files) Remove(ctx context.Context, name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	if err := f.enter(ctx); err != nil {
		return err
	}
	defer f.mu.Unlock()
	delete(f.byName, name)
	return nil
}

// Close drops all files.
func (f *files) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed, f.byName = true, nil
	return nil
}

var errEnded = errors.New("the file was committed or aborted already")

// writer is a file in the making, for one goroutine.
type writer struct {
	files *files
	name  string
	buf   bytes.Buffer
	ended bool
}

func (w *writer) Write(p []byte) (int, error) {
	if w.ended {
		return 0, errEnded
	}
	return w.buf.Write(p)
}

func (w *writer) Commit() error {
	if w.ended {
		return errEnded
	}
	w.ended = true
	if err := w.files.enter(context.Background()); err != nil {
		return err
	}
	defer w.files.mu.Unlock()
	if _, there := w.files.byName[w.name]; there {
		return fmt.Errorf("file %s: %w", w.name, port.ErrExists)
	}
	w.files.byName[w.name] = w.buf.Bytes()
	return nil
}

func (w *writer) Abort() error {
	w.ended = true
	return nil
}
