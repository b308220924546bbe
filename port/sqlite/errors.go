package sqlite

import (
	"errors"
	"fmt"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"
	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"

	"github.com/scruple/scruple/port"
)

// errClosed is what a Table or Queue answers after Close.
var errClosed = errors.New("the store is closed")

// fail turns a result code of the connection's last call into an error that names the file and says what to do.
func (c *conn) fail(rc int32) error {
	said := libc.GoString(lib.Xsqlite3_errstr(c.tls, rc))
	var errno syscall.Errno
	if c.db != 0 {
		said = libc.GoString(lib.Xsqlite3_errmsg(c.tls, c.db))
		errno = syscall.Errno(lib.Xsqlite3_system_errno(c.tls, c.db))
	}
	return explain(c.path, rc, errno, said)
}

func explain(path string, rc int32, errno syscall.Errno, said string) error {
	switch rc & 0xff {
	case lib.SQLITE_BUSY:
		return fmt.Errorf("%s: %w: it has held the write lock for more than %v; find it with fuser or lsof", path, port.ErrBusy, busyTimeout)
	case lib.SQLITE_FULL:
		return fmt.Errorf("%s: %w: the disk is full, or the store has reached its max_pages; free space or raise max_pages, then try again", path, port.ErrFull)
	case lib.SQLITE_READONLY:
		return readOnly(path)
	case lib.SQLITE_NOTADB:
		return fmt.Errorf("%s is not a store: it is no SQLite file; name another path, or move the file away to start a new store", path)
	case lib.SQLITE_CORRUPT:
		return fmt.Errorf("%s is damaged (%s); restore it from a backup", path, said)
	case lib.SQLITE_CANTOPEN:
		// The errno is of SQLite's last attempt, to open for reading, and hides why it could not create.
		if unix.Access(filepath.Dir(path), unix.W_OK) != nil {
			return readOnly(path)
		}
		return outside(path, errno, said)
	case lib.SQLITE_IOERR:
		return outside(path, errno, said)
	default:
		return fmt.Errorf("%s: SQLite says: %s (code %d)", path, said, rc)
	}
}

// outside explains a failure of the operating system.
func outside(path string, errno syscall.Errno, said string) error {
	switch errno {
	case syscall.ENOSPC, syscall.EDQUOT:
		return fmt.Errorf("%s: %w: %v; free space, then try again", path, port.ErrFull, errno)
	case syscall.EROFS, syscall.EACCES, syscall.EPERM:
		return readOnly(path)
	case 0:
		return fmt.Errorf("%s cannot be read or written: %s", path, said)
	default:
		return fmt.Errorf("%s cannot be read or written: %w (%s)", path, errno, said)
	}
}

func readOnly(path string) error {
	return fmt.Errorf("%s: %w: the file or its directory is read-only for this user; the store needs to write both", path, port.ErrFull)
}
