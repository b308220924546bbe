package sqlite

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/scruple/scruple/port"
)

// Lock makes the caller the one worker on the store at path, until unlock or the end of the process, however it ends. It
// holds a lock on the file path.lock, which stays behind; the process id of the holder stands in it. When another holds it,
// the error is port.ErrBusy and names that process. Tables and queues may be opened with or without it.
func Lock(path string) (unlock func(), err error) {
	name := path + ".lock"
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		if errors.Is(err, os.ErrPermission) || errors.Is(err, unix.EROFS) {
			return nil, readOnly(name)
		}
		return nil, fmt.Errorf("lock the store: %w", err)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		defer f.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, fmt.Errorf("%w: %s holds %s; stop it first", port.ErrBusy, holder(name), name)
		}
		return nil, fmt.Errorf("lock %s: %w", name, err)
	}
	if err := sign(f); err != nil {
		f.Close()
		return nil, fmt.Errorf("lock %s: %w", name, err)
	}
	return func() { f.Close() }, nil
}

func sign(f *os.File) error {
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err := f.WriteAt(fmt.Appendf(nil, "%d\n", os.Getpid()), 0)
	return err
}

func holder(name string) string {
	b, err := os.ReadFile(name)
	if pid := strings.TrimSpace(string(b)); err == nil && pid != "" {
		return "process " + pid
	}
	return "a process that is starting"
}
