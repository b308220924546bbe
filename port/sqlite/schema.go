package sqlite

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/scruple/scruple/port"
)

const (
	// schemaVersion is the version of the tables below, kept in the file's user_version.
	schemaVersion = 1
	// applicationID marks the file as a store of ours ("Scrp"), so that no other program's database is written into.
	applicationID = 0x53637270
	// busyTimeout is how long a write waits for another process that writes.
	busyTimeout = 30 * time.Second
	// pageSize fits a dozen records in a page. Records come in ascending order, so that larger pages mean fewer writes and
	// fewer levels; beyond 16 KiB nothing was gained.
	pageSize = 16 << 10
)

// A record's key is partition, zero byte, sort. A job's due is the moment, in Unix nanoseconds, from which it may be
// received; AUTOINCREMENT keeps the id of a removed job from being used again.
const tables = `
CREATE TABLE kv(k BLOB PRIMARY KEY, r INTEGER NOT NULL, v BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE job(id INTEGER PRIMARY KEY AUTOINCREMENT, topic BLOB NOT NULL, due INTEGER NOT NULL, tries INTEGER NOT NULL, body BLOB NOT NULL);
CREATE INDEX job_due ON job(topic, due);
`

// settings: each commit is synced; checkpoints come at 16 MiB of log, for each costs two syncs more; the caches keep the
// process small.
const settings = `PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=1000; PRAGMA journal_size_limit=67108864;
PRAGMA cache_size=-16000; PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY`

// dialStore opens the file, makes it a store when it is new, and refuses it unchanged when it is none of ours.
func dialStore(path string, maxPages int) (*conn, error) {
	if err := placeable(path); err != nil {
		return nil, err
	}
	// A new file is for this user alone, which SQLite would not see to; its log follows the file.
	if f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600); err == nil {
		f.Close()
	}
	_, noLog := os.Stat(path + "-wal")
	c, err := dial(path)
	if err != nil {
		return nil, err
	}
	c.keepLog(noLog == nil)
	if err := c.ready(maxPages); err != nil {
		c.close()
		return nil, err
	}
	c.keepLog(false)
	return c, nil
}

// placeable tells the usual mistakes about a path apart better than SQLite does.
func placeable(path string) error {
	dir := filepath.Dir(path)
	switch info, err := os.Stat(dir); {
	case errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("the directory %s of the store does not exist; create it first", dir)
	case err != nil:
		return fmt.Errorf("the directory of the store: %w", err)
	case !info.IsDir():
		return fmt.Errorf("%s: %w: %s is a file, not a directory", path, port.ErrFull, dir)
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s is not a regular file; name a file for the store", path)
	}
	return nil
}

func (c *conn) ready(maxPages int) error {
	isNew, err := c.inspect()
	if err != nil {
		return err
	}
	if c.readOnly() {
		return readOnly(c.path)
	}
	if isNew {
		if err := c.exec(fmt.Sprintf("PRAGMA page_size=%d", pageSize)); err != nil {
			return err
		}
	}
	if err := c.useLog(); err != nil {
		return err
	}
	if maxPages > 0 {
		if err := c.exec(fmt.Sprintf("PRAGMA max_page_count=%d", maxPages)); err != nil {
			return err
		}
	}
	if isNew {
		return c.create()
	}
	return nil
}

// inspect reads who wrote the file and reports whether nobody did yet.
func (c *conn) inspect() (isNew bool, err error) {
	// One statement sees one state of the file, whatever another process is making of it.
	s, err := c.prepare("SELECT (SELECT count(*) FROM sqlite_schema), application_id, user_version FROM pragma_application_id, pragma_user_version")
	if err != nil {
		return false, err
	}
	defer s.reset()
	if _, err := s.step(); err != nil {
		return false, err
	}
	objects, app, version := s.int(0), s.int(1), s.int(2)
	switch {
	case objects == 0 && app == 0 && version == 0:
		return true, nil
	case app != applicationID:
		return false, fmt.Errorf("%s is a database of another program; name another path", c.path)
	case version > schemaVersion:
		return false, fmt.Errorf("%s: %w: it has version %d, this program knows version %d; install the newer program", c.path, port.ErrNewer, version, schemaVersion)
	}
	return false, nil
}

// useLog switches to the write-ahead log. While another process does the same for a new file, SQLite may answer busy without
// waiting; asking for the write lock does wait.
func (c *conn) useLog() error {
	var err error
	for range 10 {
		if err = c.exec("PRAGMA journal_mode=WAL"); err == nil || !errors.Is(err, port.ErrBusy) {
			break
		}
		if err = c.exec("BEGIN IMMEDIATE; ROLLBACK"); err != nil {
			return err
		}
	}
	if err != nil {
		return err
	}
	return c.exec(settings)
}

// create makes the tables, unless another process was quicker.
func (c *conn) create() error {
	if err := c.exec("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	isNew, err := c.inspect()
	if err == nil && isNew {
		err = c.exec(tables + fmt.Sprintf("PRAGMA application_id=%d; PRAGMA user_version=%d", applicationID, schemaVersion))
	}
	if err == nil {
		err = c.exec("COMMIT")
	}
	if err != nil && c.inTransaction() {
		return errors.Join(err, c.exec("ROLLBACK"))
	}
	return err
}
