package sqlite

import "github.com/scruple/scruple/port"

// apply carries out one transaction inside the group's SQL transaction and reports whether its conditions held. When they
// did not, nothing of it remains.
//
// It trusts that conditions mostly hold: records that must be absent are inserted first, which a plain delete undoes
// exactly, and a lone change of an existing record comes last, where its failure leaves only inserts to undo. Only with
// several changes are their revisions looked up beforehand. A savepoint for each transaction would copy every page it
// touches.
func (w *writer) apply(tx port.Tx) (bool, error) {
	ok, err := w.holds(tx)
	if !ok || err != nil {
		return false, err
	}
	for i := range tx {
		if !inserts(&tx[i]) {
			continue
		}
		if ok, err = w.put(&tx[i]); err != nil {
			return false, err
		}
		if !ok {
			return false, w.undo(tx[:i])
		}
	}
	for i := range tx {
		if !changes(&tx[i]) {
			continue
		}
		if ok, err = w.change(&tx[i]); err != nil {
			return false, err
		}
		if !ok {
			return false, w.undo(tx)
		}
	}
	return true, nil
}

// inserts: the write puts a record that must be absent.
func inserts(x *port.Write) bool { return x.Op == port.Put && x.Revision == 0 }

// changes: the write touches a record that may be there. Deleting one that must be absent is no more than a check.
func changes(x *port.Write) bool { return x.Op != port.Check && x.Revision != 0 }

// holds looks up the conditions that the writes themselves cannot see to.
func (w *writer) holds(tx port.Tx) (bool, error) {
	several := 0
	for i := range tx {
		if changes(&tx[i]) {
			several++
		}
	}
	for i := range tx {
		x := &tx[i]
		if x.Revision == port.Any || inserts(x) || changes(x) && several < 2 {
			continue
		}
		r, err := w.revisionOf(x.Key)
		if err != nil || r != x.Revision {
			return false, err
		}
	}
	return true, nil
}

// revisionOf looks a record up once for each group: many transactions of a group check the same few records.
func (w *writer) revisionOf(k port.Key) (int64, error) {
	if r, ok := w.seen[k]; ok {
		return r, nil
	}
	s := w.revision.args(keySize(k)).bindKey(1, k, 0)
	row, err := s.step()
	var r int64
	if row {
		r = s.int(0)
	}
	s.reset()
	if err != nil {
		return 0, err
	}
	w.seen[k] = r
	return r, nil
}

func (w *writer) put(x *port.Write) (bool, error) {
	delete(w.seen, x.Key)
	n, err := w.insert.args(keySize(x.Key)+len(x.Value)).bindKey(1, x.Key, 0).bindBytes(2, x.Value).run()
	return n == 1, err
}

// change reports false when the record has another revision.
func (w *writer) change(x *port.Write) (bool, error) {
	delete(w.seen, x.Key)
	size := keySize(x.Key) + len(x.Value)
	var n int
	var err error
	switch {
	case x.Op == port.Put && x.Revision == port.Any:
		n, err = w.upsert.args(size).bindKey(1, x.Key, 0).bindBytes(2, x.Value).run()
	case x.Op == port.Put:
		n, err = w.update.args(size).bindKey(1, x.Key, 0).bindBytes(2, x.Value).bindInt(3, x.Revision).run()
	case x.Revision == port.Any:
		_, err = w.removeAny.args(size).bindKey(1, x.Key, 0).run()
		n = 1
	default:
		n, err = w.remove.args(size).bindKey(1, x.Key, 0).bindInt(2, x.Revision).run()
	}
	return n == 1, err
}

// undo takes the inserts among the writes back.
func (w *writer) undo(done port.Tx) error {
	for i := range done {
		if !inserts(&done[i]) {
			continue
		}
		k := done[i].Key
		if _, err := w.removeAny.args(keySize(k)).bindKey(1, k, 0).run(); err != nil {
			return err
		}
	}
	return nil
}

func keySize(k port.Key) int { return len(k.Partition) + 1 + len(k.Sort) }
