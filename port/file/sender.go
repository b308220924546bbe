package file

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/port"
)

// sender writes each envelope to <dir>/<channel>/<message id>.eml (mail, as it goes over the wire) or .json (all else,
// indented, UTF-8 as it is). An id that is not made of a-z, 0-9, - and _ alone is replaced by "~" and its SHA-256.
//
// A file is written under a name that begins with a dot, closed, and then linked to its own name, so that it is seen whole
// or not at all by every process, a killed writer included. To withstand a loss of power each file would have to be synced,
// which costs more than all the rest of a small message; the option sync=always does it. Without it the directories are
// synced on Close, and what was sent shortly before a power cut may be lost.
//
// The name is the message's, and a file that is there is never written again: sending a message twice leaves one file and
// returns the same receipt, its At being the time of the file.
type sender struct {
	dir  string
	sync bool

	mu     sync.Mutex
	made   map[string]bool // channel directories
	closed bool
}

func openSender(_ context.Context, u *url.URL) (port.Sender, error) {
	dir := u.Path
	if u.Opaque != "" {
		dir = u.Opaque
	}
	if dir == "" || (u.Host != "" && u.Host != "localhost") {
		return nil, errors.New("want file:///absolute/directory or file:relative/directory")
	}
	q, err := url.ParseQuery(u.RawQuery)
	if always := q.Get("sync"); err != nil || len(q) > 1 || len(q) == 1 && always != "always" {
		return nil, errors.New("the one option is sync=always")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	return &sender{dir: dir, sync: q.Has("sync"), made: map[string]bool{}}, nil
}

// Send implements port.Sender. Whatever goes wrong, goes wrong before the message has its name, so every error but a refusal
// is port.ErrLater; a full or read-only disk is port.ErrFull as well.
func (s *sender) Send(ctx context.Context, e scruple.Envelope) (scruple.Receipt, error) {
	name, body, err := content(&e)
	if err != nil {
		r := scruple.Receipt{Message: e.Message, State: scruple.Refused, Reason: err.Error(), At: time.Now().UTC()}
		return r, fmt.Errorf("message %s: %w: %w", e.Message, port.ErrRefused, err)
	}
	at, err := s.write(ctx, string(e.Channel), name, body)
	if err != nil {
		if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EROFS) || errors.Is(err, syscall.EDQUOT) {
			err = fmt.Errorf("%w: %w", port.ErrFull, err)
		}
		return scruple.Receipt{Message: e.Message}, fmt.Errorf("message %s: %w: %w", e.Message, port.ErrLater, err)
	}
	id := string(e.Channel) + "/" + name
	return scruple.Receipt{Message: e.Message, State: scruple.Sent, Reason: "written to " + id, ID: id, At: at.UTC()}, nil
}

func (s *sender) write(ctx context.Context, channel, name string, body []byte) (time.Time, error) {
	if err := ctx.Err(); err != nil {
		return time.Time{}, err
	}
	if err := s.enter(channel); err != nil {
		return time.Time{}, err
	}
	dir := filepath.Join(s.dir, channel)
	final := filepath.Join(dir, name)
	if info, err := os.Lstat(final); err == nil {
		return info.ModTime(), nil
	}
	temp, err := s.temporary(dir, body)
	if err != nil {
		return time.Time{}, err
	}
	err = os.Link(temp, final) // unlike a rename it never replaces
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return time.Time{}, errors.Join(err, os.Remove(temp))
	}
	_ = os.Remove(temp) // left behind, it is a hidden file and harms nobody
	info, err := os.Lstat(final)
	if err != nil {
		return time.Now(), nil // somebody took it away already; it was there
	}
	return info.ModTime(), nil
}

// enter makes the directory of a channel at its first message.
func (s *sender) enter(channel string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return fs.ErrClosed
	}
	if s.made[channel] {
		return nil
	}
	if err := os.MkdirAll(filepath.Join(s.dir, channel), 0o700); err != nil {
		return err
	}
	s.made[channel] = true
	return nil
}

func (s *sender) temporary(dir string, body []byte) (string, error) {
	f, err := os.CreateTemp(dir, ".new-*")
	if err != nil {
		return "", err
	}
	_, err = f.Write(body)
	if err == nil && s.sync {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return "", errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), nil
}

// Close makes the names durable. It may be called more than once.
func (s *sender) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	var errs []error
	for channel := range s.made {
		errs = append(errs, syncDir(filepath.Join(s.dir, channel)))
	}
	return errors.Join(append(errs, syncDir(s.dir))...)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// content returns the name and the bytes of an envelope's file.
func content(e *scruple.Envelope) (name string, body []byte, err error) {
	if e.Message == "" || !slices.Contains(scruple.Channels(), e.Channel) {
		return "", nil, fmt.Errorf("want a message id and a known channel, got channel %q", e.Channel)
	}
	name = e.Message
	if len(name) > 128 || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
		sum := sha256.Sum256([]byte(name))
		name = "~" + hex.EncodeToString(sum[:])
	}
	if e.Channel == scruple.Email {
		if len(e.Raw) == 0 {
			return "", nil, errors.New("the envelope holds no mail")
		}
		return name + ".eml", e.Raw, nil
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err = enc.Encode(e)
	return name + ".json", b.Bytes(), err
}
