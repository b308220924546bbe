package sqlite

import (
	"errors"

	"github.com/scruple/scruple/port"
)

// writer is the one connection of a process that writes. It carries out requests in groups, each group in one SQL
// transaction and so with one sync of the disk.
type writer struct {
	c    *conn
	seen map[port.Key]int64 // revisions of checked records, right for the group under way

	begin, commit, rollback              *stmt
	revision, insert, update, upsert     *stmt
	remove, removeAny                    *stmt
	jobAdd, jobsDue, jobLease, jobDelete *stmt
}

func newWriter(c *conn) (*writer, error) {
	w := &writer{c: c, seen: map[port.Key]int64{}}
	return w, c.prepareAll(map[**stmt]string{
		&w.begin:     "BEGIN IMMEDIATE",
		&w.commit:    "COMMIT",
		&w.rollback:  "ROLLBACK",
		&w.revision:  "SELECT r FROM kv WHERE k=?1",
		&w.insert:    "INSERT INTO kv(k,r,v) VALUES(?1,1,?2) ON CONFLICT DO NOTHING",
		&w.update:    "UPDATE kv SET r=r+1,v=?2 WHERE k=?1 AND r=?3",
		&w.upsert:    "INSERT INTO kv(k,r,v) VALUES(?1,1,?2) ON CONFLICT(k) DO UPDATE SET r=r+1,v=excluded.v",
		&w.remove:    "DELETE FROM kv WHERE k=?1 AND r=?2",
		&w.removeAny: "DELETE FROM kv WHERE k=?1",
		&w.jobAdd:    "INSERT INTO job(topic,due,tries,body) VALUES(?1,?2,0,?3)",
		&w.jobsDue:   "SELECT id,tries,body FROM job WHERE topic=?1 AND due<=?2 ORDER BY due,id LIMIT ?3",
		&w.jobLease:  "UPDATE job SET due=?2,tries=tries+1 WHERE id=?1",
		&w.jobDelete: "DELETE FROM job WHERE id=?1 AND topic=?2",
	})
}

// serve carries out a group and answers each request.
func (w *writer) serve(group []*request) {
	ended, err := w.transact(group)
	if err == nil || ended || len(group) == 1 {
		for _, r := range group {
			r.done <- err
		}
		return
	}
	// One of them cannot be carried out; the others need not suffer for it.
	for i := range group {
		w.serve(group[i : i+1])
	}
}

// transact runs a group in one SQL transaction. ended says that the transaction came as far as its COMMIT, after which it is
// not tried again.
func (w *writer) transact(group []*request) (ended bool, err error) {
	clear(w.seen)
	if _, err := w.begin.run(); err != nil {
		return true, err
	}
	for _, r := range group {
		if err := r.run(w); err != nil {
			return false, w.abandon(err)
		}
	}
	if _, err := w.commit.run(); err != nil {
		return true, w.abandon(err)
	}
	return true, nil
}

func (w *writer) abandon(err error) error {
	if !w.c.inTransaction() {
		return err
	}
	_, more := w.rollback.run()
	return errors.Join(err, more)
}
