package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
	_ "time/tzdata" // zones are known on machines without zone files too

	"golang.org/x/mod/sumdb/note"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/compliance/ledger"
	"github.com/scruple/scruple/functions"
	"github.com/scruple/scruple/port"
	"github.com/scruple/scruple/port/file"
	"github.com/scruple/scruple/port/memory"
	"github.com/scruple/scruple/port/smtp"
	"github.com/scruple/scruple/port/sqlite"
	"github.com/scruple/scruple/port/webhook"
)

// house is an opened house with what only a process has: its key, its lock and its folder.
type house struct {
	*functions.House
	config *functions.Config
	dir    string
	unlock func()
}

func drivers() *port.Drivers {
	d := &port.Drivers{}
	memory.Register(d)
	sqlite.Register(d)
	file.Register(d)
	smtp.Register(d)
	webhook.Register(d)
	return d
}

// open opens the house. A command that does the work of the house (worker) takes the store for itself; others may run beside
// it.
func (g *globals) open(ctx context.Context, worker bool) (*house, error) {
	name := filepath.Join(g.house, "scruple.yaml")
	src, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no %s; name the folder of your house with --house, or try --house examples/bank", name)
	}
	if err != nil {
		return nil, err
	}
	config, err := functions.LoadConfig(name, src)
	if err != nil {
		return nil, err
	}
	hs := &house{config: config, dir: g.house, unlock: func() {}}
	hs.localURLs()
	if worker {
		if err := hs.lock(); err != nil {
			return nil, err
		}
	}
	if err := hs.openPorts(ctx); err != nil {
		hs.unlock()
		return nil, err
	}
	return hs, nil
}

func (hs *house) openPorts(ctx context.Context) error {
	assets, err := file.OpenFiles(hs.dir)
	if err != nil {
		return err
	}
	var books []fs.FS
	for _, dir := range hs.config.Rules {
		books = append(books, os.DirFS(filepath.Join(hs.dir, dir)))
	}
	if hs.House, err = functions.Open(ctx, hs.config, drivers(), assets, books...); err != nil {
		return err
	}
	var id [8]byte
	if _, err := rand.Read(id[:]); err != nil {
		return err
	}
	host, _ := os.Hostname()
	hs.Worker = fmt.Sprintf("%s-%d-%s", host, os.Getpid(), hex.EncodeToString(id[:]))
	hs.Recorded = func() time.Time { return time.Now().UTC() }
	return nil
}

// deliverers is how many messages are at carriers' doors at a time. It is small on purpose:
// a message is claimed before it waits for one, and what waits there is in doubt when the process is killed.
const deliverers = 8

// localURLs makes relative paths in URLs relative to the house.
func (hs *house) localURLs() {
	local := func(u string) string {
		scheme, path, ok := strings.Cut(u, ":")
		if !ok || scheme != "sqlite" && scheme != "file" || strings.HasPrefix(path, "//") || filepath.IsAbs(path) {
			return u
		}
		return scheme + ":" + filepath.Join(hs.dir, path)
	}
	c := hs.config
	c.Store, c.Queue, c.Files = local(c.Store), local(c.Queue), local(c.Files)
	for ch, cc := range c.Carriers {
		cc.URL = local(cc.URL)
		c.Carriers[ch] = cc
	}
}

func (hs *house) lock() error {
	u, err := url.Parse(hs.config.Store)
	if err != nil || u.Scheme != "sqlite" {
		return err
	}
	path := u.Path
	if u.Opaque != "" {
		if path, err = url.PathUnescape(u.Opaque); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("store %s: %w", path, err)
	}
	unlock, err := sqlite.Lock(path)
	if err == nil {
		hs.unlock = unlock
	}
	return err
}

// Close closes the ports and gives up the store.
func (hs *house) Close() error {
	err := hs.House.Close()
	hs.unlock()
	return err
}

// signer returns the key that signs checkpoints; the first time it is made.
func (hs *house) signer() (note.Signer, error) {
	name := filepath.Join(hs.dir, hs.config.Key)
	secret, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		key, public, err := ledger.GenerateKey(rand.Reader, hs.config.Origin)
		if err != nil {
			return nil, err
		}
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			return nil, err
		}
		if err := os.WriteFile(name+".pub", []byte(public+"\n"), 0o644); err != nil {
			return nil, err
		}
		// Whole or not at all: a process that is killed here must not leave half a key.
		if err := os.WriteFile(name+".new", []byte(key+"\n"), 0o600); err != nil {
			return nil, err
		}
		if err := os.Rename(name+".new", name); err != nil {
			return nil, err
		}
		secret = []byte(key)
	} else if err != nil {
		return nil, err
	}
	s, err := note.NewSigner(strings.TrimSpace(string(secret)))
	if err != nil {
		return nil, fmt.Errorf("key %s: %w", name, err)
	}
	return s, nil
}

// actor returns who acts: one of the people of the house.
func (g *globals) actor(hs *house) (scruple.Actor, error) {
	if g.as == "" {
		return scruple.Actor{}, errors.New("who acts? name one of people in scruple.yaml with --as, or set SCRUPLE_AS")
	}
	who, ok := hs.People[g.as]
	if !ok {
		return who, fmt.Errorf("--as %s: nobody of that id among people in scruple.yaml", g.as)
	}
	return who, nil
}

// clockFrom returns the clock that shows a moment now and goes on from there; the machine's for "".
func clockFrom(moment string) (func() time.Time, error) {
	if moment == "" {
		return time.Now, nil
	}
	t, err := time.Parse(time.RFC3339, moment)
	if err != nil {
		return nil, fmt.Errorf("--now %q: expected a moment such as 2026-11-23T10:00:00+08:00", moment)
	}
	return shifted(t), nil
}

// shifted is a clock that shows t now and goes on from there.
func shifted(t time.Time) func() time.Time {
	offset := time.Until(t)
	return func() time.Time { return time.Now().Add(offset) }
}
