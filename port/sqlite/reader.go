package sqlite

import (
	"context"

	"github.com/scruple/scruple/port"
)

// reader is a connection that only reads, and so never waits for the writer.
type reader struct {
	c                     *conn
	begin, end, get, list *stmt
	depth, due            *stmt
}

func newReader(path string) (*reader, error) {
	c, err := dial(path)
	if err != nil {
		return nil, err
	}
	r := &reader{c: c}
	err = c.exec("PRAGMA query_only=ON; PRAGMA cache_size=-4000; PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY")
	if err == nil {
		err = c.prepareAll(map[**stmt]string{
			&r.begin: "BEGIN",
			&r.end:   "ROLLBACK",
			&r.get:   "SELECT r,v FROM kv WHERE k=?1",
			&r.list:  "SELECT k,r,v FROM kv WHERE k>?1 AND k<?2 ORDER BY k LIMIT ?3",
			&r.depth: "SELECT count(*) FROM job WHERE topic=?1",
			&r.due:   "SELECT 1 FROM job WHERE topic=?1 AND due<=?2 LIMIT 1",
		})
	}
	if err != nil {
		c.close()
		return nil, err
	}
	return r, nil
}

// records fetches all keys from one state of the store.
func (r *reader) records(ctx context.Context, keys []port.Key) ([]port.Record, error) {
	if _, err := r.begin.run(); err != nil {
		return nil, err
	}
	defer r.leave()
	recs := make([]port.Record, len(keys))
	for i, k := range keys {
		if i%256 == 255 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		var err error
		if recs[i], err = r.record(k); err != nil {
			return nil, err
		}
	}
	return recs, nil
}

// leave ends the read transaction. An error of the disk may have ended it already, and then there is nothing to do.
func (r *reader) leave() {
	if r.c.inTransaction() {
		_, _ = r.end.run()
	}
}

func (r *reader) record(k port.Key) (port.Record, error) {
	s := r.get.args(keySize(k)).bindKey(1, k, 0)
	defer s.reset()
	rec := port.Record{Key: k}
	row, err := s.step()
	if row {
		rec.Revision, rec.Value = s.int(0), s.bytes(1)
	}
	return rec, err
}

// page lists records of one partition. The byte after the zero that ends a partition's name bounds it from above.
func (r *reader) page(ctx context.Context, partition, after string, limit int) ([]port.Record, error) {
	from := port.Key{Partition: partition, Sort: after}
	s := r.list.args(2*keySize(from)).bindKey(1, from, 0).bindKey(2, port.Key{Partition: partition}, 1).bindInt(3, int64(limit))
	defer s.reset()
	var recs []port.Record
	for {
		row, err := s.step()
		if err != nil || !row {
			return recs, err
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		k := port.Key{Partition: partition, Sort: string(s.view(0)[len(partition)+1:])}
		recs = append(recs, port.Record{Key: k, Revision: s.int(1), Value: s.bytes(2)})
	}
}

func (r *reader) jobs(topic string) (int, error) {
	s := r.depth.args(len(topic)).bindBytes(1, []byte(topic))
	defer s.reset()
	_, err := s.step()
	return int(s.int(0)), err
}

// anyDue reports whether a topic has a job to receive, without asking for the write lock.
func (r *reader) anyDue(topic string, now int64) (bool, error) {
	s := r.due.args(len(topic)).bindBytes(1, []byte(topic)).bindInt(2, now)
	defer s.reset()
	return s.step()
}
