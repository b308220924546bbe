package audience

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/scruple/scruple"
)

// Funnel counts what became of a list's rows: Read is the sum of all the others.
type Funnel struct {
	Read     int            `json:"read"`
	Rejected map[string]int `json:"rejected,omitempty"` // by RowError.Code
	Merged   int            `json:"merged"`             // rows folded into another row of the same customer
	Filtered int            `json:"filtered"`           // people that the filter does not match
	HeldOut  int            `json:"held_out"`           // people kept out for comparison
	Rows     int            `json:"rows"`               // people in the snapshot
}

// Freeze writes the snapshot of an audience: the rows, one for each customer, in Key order. It keeps within plan.Memory,
// spilling rows through spill, which may be nil for lists that fit. Rows of one customer are merged: the later row wins
// field by field, an empty field never overwrites, and risk_rating, rated_until, qualified, student and birth_date take
// the more cautious value (two different birth dates leave it empty). Then come filter, hold-out and variants.
//
// rejected, which may be nil, is told of every row left out for a fault: those that rows yields as *RowError and those
// whose values the filter cannot take (bad_field). Any other error of rows ends Freeze, as do a context that is done,
// ErrTooMany, and failures of spill and out; what out got is then no snapshot. All rows must share their columns.
func Freeze(ctx context.Context, rows iter.Seq2[scruple.Recipient, error], plan Plan, batch int, spill Spill, out io.Writer, rejected func(*RowError)) (_ Snapshot, err error) {
	if err := plan.check(); err != nil {
		return Snapshot{}, fmt.Errorf("audience plan: %w", err)
	}
	if batch <= 0 {
		return Snapshot{}, fmt.Errorf("batches of %d rows: at least 1 is needed", batch)
	}
	f := &freezer{ctx: ctx, plan: plan, reject: rejected, funnel: Funnel{Rejected: map[string]int{}}}
	f.sorter = sorter{limit: plan.Memory, spill: spill}
	if plan.Memory == 0 {
		f.sorter.limit = 16 << 20
	}
	defer func() { err = errors.Join(err, f.sorter.close()) }()
	if err := f.collect(rows); err != nil {
		return Snapshot{}, err
	}
	f.out = newSnapshotWriter(out, f.columns, batch)
	if err := f.people(); err != nil {
		return Snapshot{}, err
	}
	s, err := f.out.finish()
	f.funnel.Rows = s.Rows
	s.Funnel = f.funnel
	return s, err
}

type freezer struct {
	ctx     context.Context
	plan    Plan
	reject  func(*RowError)
	funnel  Funnel
	sorter  sorter
	columns *scruple.Columns
	id      int // position of customer_id
	out     *snapshotWriter
	steps   int
}

// alive looks at the context now and then.
func (f *freezer) alive() error {
	if f.steps++; f.steps%1024 == 0 {
		return f.ctx.Err()
	}
	return nil
}

func (f *freezer) left(bad *RowError) {
	f.funnel.Rejected[bad.Code]++
	if f.reject != nil {
		f.reject(bad)
	}
}

// collect takes all rows into the sort.
func (f *freezer) collect(rows iter.Seq2[scruple.Recipient, error]) error {
	for r, err := range rows {
		if err == nil {
			err = f.take(&r)
		} else if bad := (*RowError)(nil); errors.As(err, &bad) {
			f.left(bad)
			err = nil
		}
		f.funnel.Read++
		if err = errors.Join(err, f.alive()); err != nil {
			return err
		}
	}
	if f.columns == nil { // every row was rejected: a snapshot of nobody still has its header
		f.columns = scruple.NewColumns([]string{"customer_id"})
	}
	return f.ctx.Err()
}

func (f *freezer) take(r *scruple.Recipient) error {
	if f.columns == nil {
		f.columns, f.id = r.Columns, r.Columns.Index("customer_id")
	}
	if r.Columns != f.columns || f.id < 0 || len(r.Values) != len(f.columns.Names()) || r.Values[f.id] != r.ID {
		return fmt.Errorf("freeze line %d: the row does not have the columns of the first row", r.Line)
	}
	return f.sorter.add(r)
}

// people walks the sorted rows, folds those of one customer, and passes each person on.
func (f *freezer) people() error {
	var r scruple.Recipient
	merge, seen := newMerger(f.columns), 0
	for rec, err := range f.sorter.all() {
		if err != nil {
			return err
		}
		seen++
		next, err := readRecord(rec, f.columns, f.id)
		switch {
		case err != nil:
			return err
		case next.ID == r.ID:
			merge.add(&r, &next)
			f.funnel.Merged++
			continue
		}
		if err := f.person(&r); err != nil {
			return err
		}
		r, merge.torn = next, false
	}
	if want := f.sorter.count; seen != want {
		return fmt.Errorf("%w: %d of %d rows came back", errRecord, seen, want)
	}
	return f.person(&r)
}

// person decides on one person and writes those who stay.
func (f *freezer) person(r *scruple.Recipient) error {
	if r.ID == "" { // before the first
		return nil
	}
	if err := f.alive(); err != nil {
		return err
	}
	if size(r) > maxRow {
		f.left(tooLong.at(f.plan.List, r.Line, ""))
		return nil
	}
	if f.plan.Filter != nil {
		in, err := f.plan.Filter.Match(r)
		if err != nil {
			f.left(fieldError(err, f.plan.List, r.Line))
			return nil
		}
		if !in {
			f.funnel.Filtered++
			return nil
		}
	}
	if f.plan.heldOut(r.ID) {
		f.funnel.HeldOut++
		return nil
	}
	if f.plan.Limit > 0 && f.out.rows == f.plan.Limit {
		return fmt.Errorf("%w: over %d; narrow the filter, or raise the limit if the list is right", ErrTooMany, f.plan.Limit)
	}
	return f.out.write(r, f.id, f.plan.variant(r.ID))
}

func size(r *scruple.Recipient) (n int) {
	for _, v := range r.Values {
		n += len(v)
	}
	return n
}
