// Package sqlite keeps tables and queues in one SQLite file: the default store, for which nothing needs to be installed.
//
// Writes of all callers are gathered into groups, each made durable with one sync of the disk; reads never wait for writes.
// Several processes may use one file at a time. The file is safe against kill -9 and power loss: what was acknowledged is
// there, and nothing is half done (write-ahead log, synchronous=FULL).
//
// URLs: sqlite:///var/lib/scruple/store.db for an absolute path, sqlite:data/store.db for one relative to the working
// directory. The parameter max_pages bounds the store to that many pages of 16 KiB, after which writes fail with
// port.ErrFull: ?max_pages=65536 is one GiB. The first opener of a path in a process sets the bound.
package sqlite

import (
	"context"
	"fmt"
	"net/url"
	"path/filepath"
	"strconv"
	"sync"

	"github.com/scruple/scruple/port"
)

// Register adds the driver for tables and queues under the scheme sqlite. Whatever is opened through d on one path shares
// one writer.
func Register(d *port.Drivers) {
	o := &opened{stores: map[string]*shared{}}
	d.Table("sqlite", func(_ context.Context, u *url.URL) (port.Table, error) {
		t := &table{}
		return t, o.open(u, &t.handle)
	})
	d.Queue("sqlite", func(_ context.Context, u *url.URL) (port.Queue, error) {
		q := &queue{}
		return q, o.open(u, &q.handle)
	})
}

// opened is the stores in use, by path.
type opened struct {
	mu     sync.Mutex
	stores map[string]*shared
}

type shared struct {
	store *store
	users int
}

func (o *opened) open(u *url.URL, h *handle) error {
	path, maxPages, err := parse(u)
	if err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	s := o.stores[path]
	if s == nil {
		st, err := openStore(path, maxPages)
		if err != nil {
			return err
		}
		s = &shared{store: st}
		o.stores[path] = s
	}
	s.users++
	h.store, h.release = s.store, func() { o.leave(path) }
	return nil
}

func (o *opened) leave(path string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	s := o.stores[path]
	if s.users--; s.users == 0 {
		delete(o.stores, path)
		s.store.close()
	}
}

// parse returns the absolute path without symbolic links, so that one file has one name, and the bound in pages or 0.
func parse(u *url.URL) (path string, maxPages int, err error) {
	if path, err = pathOf(u); err != nil {
		return "", 0, err
	}
	if path, err = filepath.Abs(path); err != nil {
		return "", 0, err
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	} else if dir, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
		path = filepath.Join(dir, filepath.Base(path))
	}
	for name, values := range u.Query() {
		if name != "max_pages" {
			return "", 0, fmt.Errorf("unknown parameter %q; known: max_pages", name)
		}
		if maxPages, err = strconv.Atoi(values[0]); err != nil || maxPages < 1 || maxPages > 1<<31-2 {
			return "", 0, fmt.Errorf("max_pages=%s: expected a number of pages of 16 KiB, from 1 to 2147483646", values[0])
		}
	}
	return path, maxPages, nil
}

func pathOf(u *url.URL) (string, error) {
	if u.Host != "" {
		return "", fmt.Errorf("%q stands where a host would; write sqlite:///absolute/path or sqlite:relative/path", u.Host)
	}
	path := u.Path
	if u.Opaque != "" {
		var err error
		if path, err = url.PathUnescape(u.Opaque); err != nil {
			return "", err
		}
	}
	if path == "" || path == ":memory:" {
		return "", fmt.Errorf("no file is named; write sqlite:///absolute/path or sqlite:relative/path (for a store in memory: memory:)")
	}
	return path, nil
}
