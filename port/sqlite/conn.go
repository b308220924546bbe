package sqlite

import (
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"

	"github.com/scruple/scruple/port"
)

// conn is one SQLite connection, for one goroutine at a time. It calls the C interface of the library directly: database/sql
// and the driver above it spend more on boxing arguments and copying keys than SQLite does on storing a small record.
type conn struct {
	tls   *libc.TLS
	db    uintptr
	path  string
	out   uintptr // eight bytes in which SQLite leaves a pointer
	arena uintptr // memory outside of Go's heap for the arguments of the statement that runs next
	size  int
	used  int
	stmts []*stmt
}

// stmt is a prepared statement, kept until its connection closes.
type stmt struct {
	c *conn
	p uintptr
}

// arenaKept is how much argument memory a connection keeps; a larger argument borrows more for one statement.
const arenaKept = 1 << 20

func dial(path string) (*conn, error) {
	c := &conn{tls: libc.NewTLS(), path: path}
	c.out = libc.Xcalloc(c.tls, 1, 8)
	name, err := libc.CString(path)
	if err != nil {
		return nil, err
	}
	defer libc.Xfree(c.tls, name)
	const flags = lib.SQLITE_OPEN_READWRITE | lib.SQLITE_OPEN_CREATE | lib.SQLITE_OPEN_NOMUTEX
	rc := lib.Xsqlite3_open_v2(c.tls, name, c.out, flags, 0)
	c.db = *(*uintptr)(at(c.out))
	if rc != lib.SQLITE_OK {
		err := c.fail(rc)
		c.close()
		return nil, err
	}
	lib.Xsqlite3_extended_result_codes(c.tls, c.db, 1)
	lib.Xsqlite3_busy_timeout(c.tls, c.db, int32(busyTimeout.Milliseconds()))
	return c, nil
}

// close is for connections without a running statement; it never fails then.
func (c *conn) close() {
	for _, s := range c.stmts {
		lib.Xsqlite3_finalize(c.tls, s.p)
	}
	lib.Xsqlite3_close_v2(c.tls, c.db)
	libc.Xfree(c.tls, c.arena)
	libc.Xfree(c.tls, c.out)
	c.tls.Close()
}

// keepLog sets whether closing the last connection leaves the write-ahead log as it is. With it set a connection that only
// looked changes nothing on disk.
func (c *conn) keepLog(on bool) {
	v := int32(0)
	if on {
		v = 1
	}
	args := libc.NewVaList(v, uintptr(0))
	defer libc.Xfree(c.tls, args)
	lib.Xsqlite3_db_config(c.tls, c.db, lib.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, args)
}

// exec runs one or more statements without arguments and results.
func (c *conn) exec(sql string) error {
	p, err := libc.CString(sql)
	if err != nil {
		return err
	}
	defer libc.Xfree(c.tls, p)
	if rc := lib.Xsqlite3_exec(c.tls, c.db, p, 0, 0, 0); rc != lib.SQLITE_OK {
		return c.fail(rc)
	}
	return nil
}

// prepare makes a statement ready; it lives as long as the connection.
func (c *conn) prepare(sql string) (*stmt, error) {
	p, err := libc.CString(sql)
	if err != nil {
		return nil, err
	}
	defer libc.Xfree(c.tls, p)
	rc := lib.Xsqlite3_prepare_v3(c.tls, c.db, p, -1, lib.SQLITE_PREPARE_PERSISTENT, c.out, 0)
	if rc != lib.SQLITE_OK {
		return nil, c.fail(rc)
	}
	s := &stmt{c: c, p: *(*uintptr)(at(c.out))}
	c.stmts = append(c.stmts, s)
	return s, nil
}

// prepareAll fills each target with its statement.
func (c *conn) prepareAll(stmts map[**stmt]string) error {
	for target, sql := range stmts {
		s, err := c.prepare(sql)
		if err != nil {
			return err
		}
		*target = s
	}
	return nil
}

// inTransaction reports whether a transaction is open: some errors end it, others leave it.
func (c *conn) inTransaction() bool { return lib.Xsqlite3_get_autocommit(c.tls, c.db) == 0 }

// readOnly reports whether the file could only be opened for reading.
func (c *conn) readOnly() bool { return lib.Xsqlite3_db_readonly(c.tls, c.db, 0) == 1 }

// args readies the connection for a statement whose arguments have n bytes together. What an earlier statement was bound to
// is gone then.
func (s *stmt) args(n int) *stmt {
	c := s.c
	c.used = 0
	n += 64 // each of up to four arguments is rounded up to eight bytes
	if n <= c.size && c.size <= arenaKept {
		return s
	}
	libc.Xfree(c.tls, c.arena)
	c.size = max(n, arenaKept)
	c.arena = libc.Xmalloc(c.tls, libc.Tsize_t(c.size))
	return s
}

func (s *stmt) take(n int) (uintptr, []byte) {
	c := s.c
	p := c.arena + uintptr(c.used)
	c.used += (n + 7) &^ 7
	return p, bytesAt(p, n)
}

func (s *stmt) bindBytes(i int32, b []byte) *stmt {
	p, mem := s.take(len(b))
	copy(mem, b)
	lib.Xsqlite3_bind_blob(s.c.tls, s.p, i, p, int32(len(b)), lib.SQLITE_STATIC)
	return s
}

// bindKey binds the two halves of a key with end between them: zero for the key itself.
func (s *stmt) bindKey(i int32, k port.Key, end byte) *stmt {
	n := len(k.Partition)
	p, mem := s.take(n + 1 + len(k.Sort))
	copy(mem, k.Partition)
	mem[n] = end
	copy(mem[n+1:], k.Sort)
	lib.Xsqlite3_bind_blob(s.c.tls, s.p, i, p, int32(len(mem)), lib.SQLITE_STATIC)
	return s
}

func (s *stmt) bindInt(i int32, v int64) *stmt {
	lib.Xsqlite3_bind_int64(s.c.tls, s.p, i, v)
	return s
}

// step reports whether there is a row.
func (s *stmt) step() (bool, error) {
	switch rc := lib.Xsqlite3_step(s.c.tls, s.p); rc {
	case lib.SQLITE_ROW:
		return true, nil
	case lib.SQLITE_DONE:
		return false, nil
	default:
		return false, s.c.fail(rc)
	}
}

func (s *stmt) reset() { lib.Xsqlite3_reset(s.c.tls, s.p) }

// run carries the statement out and returns how many rows it changed.
func (s *stmt) run() (int, error) {
	_, err := s.step()
	s.reset()
	if err != nil {
		return 0, err
	}
	return int(lib.Xsqlite3_changes(s.c.tls, s.c.db)), nil
}

func (s *stmt) int(col int32) int64 { return lib.Xsqlite3_column_int64(s.c.tls, s.p, col) }

// bytes returns a copy of a column.
func (s *stmt) bytes(col int32) []byte { return append([]byte{}, s.view(col)...) }

// view returns a column that is valid until the next step or reset.
func (s *stmt) view(col int32) []byte {
	p := lib.Xsqlite3_column_blob(s.c.tls, s.p, col)
	if p == 0 {
		return nil
	}
	return bytesAt(p, int(lib.Xsqlite3_column_bytes(s.c.tls, s.p, col)))
}

// at turns an address of the library's own memory, which Go's collector neither moves nor frees, into a pointer.
func at(p uintptr) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&p)) }

func bytesAt(p uintptr, n int) []byte { return unsafe.Slice((*byte)(at(p)), n) }
