package porttest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/scruple/scruple/port"
)

// Table holds a driver to the contract of port.Table. open gives a new, empty table (see Reopen).
func Table(t *testing.T, open func(t *testing.T) port.Table, opts ...Option) {
	o := apply(opts)
	for name, f := range map[string]func(*testing.T, port.Table){
		"revisions":           tableRevisions,
		"any revision":        tableAny,
		"checks":              tableChecks,
		"deletes":             tableDeletes,
		"conflict is alone":   tableConflictAlone,
		"all or nothing":      tableAllOrNothing,
		"order in one call":   tableOrder,
		"check after write":   tableCheckAfterWrite,
		"refused":             tableRefused,
		"limits":              tableLimits,
		"get":                 tableGet,
		"keys of any byte":    tableKeys,
		"values of any size":  tableValues,
		"values are owned":    tableOwned,
		"list pages":          tableListPages,
		"list order":          tableListOrder,
		"list after deletes":  tableListDeletes,
		"concurrent counters": tableCounters,
		"concurrent creation": tableCreation,
		"read your writes":    tableReadYourWrites,
		"random against map":  tableModel,
		"cancelled":           tableCancelled,
		"closed":              tableClosed,
	} {
		t.Run(name, func(t *testing.T) { f(t, closing(t, open(t))) })
	}
	if o.reopen {
		t.Run("reopen", func(t *testing.T) { tableReopen(t, open) })
	}
}

var bg = context.Background()

func key(sort string) port.Key { return port.Key{Partition: "p", Sort: sort} }

func put(sort string, revision int64, value string) port.Write {
	return port.Write{Op: port.Put, Key: key(sort), Revision: revision, Value: []byte(value)}
}

func del(sort string, revision int64) port.Write {
	return port.Write{Op: port.Delete, Key: key(sort), Revision: revision}
}

func check(sort string, revision int64) port.Write {
	return port.Write{Op: port.Check, Key: key(sort), Revision: revision}
}

// commit carries out one transaction.
func commit(t *testing.T, tb port.Table, writes ...port.Write) error {
	t.Helper()
	return commitAll(t, tb, writes)[0]
}

func commitAll(t *testing.T, tb port.Table, txs ...port.Tx) []error {
	t.Helper()
	errs, err := tb.Commit(bg, txs...)
	must(t, err)
	if len(errs) != len(txs) {
		t.Fatalf("%d results for %d transactions", len(errs), len(txs))
	}
	for _, err := range errs {
		if err != nil && !errors.Is(err, port.ErrConflict) {
			t.Fatalf("a transaction gave %v; only nil and ErrConflict are allowed", err)
		}
	}
	return errs
}

func load(t *testing.T, tb port.Table, sort string) port.Record {
	t.Helper()
	recs, err := tb.Get(bg, key(sort))
	must(t, err)
	if len(recs) != 1 || recs[0].Key != key(sort) {
		t.Fatalf("Get(%q) = %v", sort, recs)
	}
	return recs[0]
}

// want checks a record; revision 0 means that it is absent.
func want(t *testing.T, tb port.Table, sort string, revision int64, value string) {
	t.Helper()
	r := load(t, tb, sort)
	if r.Revision != revision || string(r.Value) != value {
		t.Fatalf("%q: revision %d, value %.40q; want revision %d, value %.40q", sort, r.Revision, r.Value, revision, value)
	}
}

func tableRefused(t *testing.T, tb port.Table) {
	bad := map[string]port.Tx{
		"duplicate key":         {put("a", 0, "x"), put("b", 0, "x"), put("a", 0, "y")},
		"put and check of one":  {check("a", 0), put("a", 0, "x")},
		"zero byte in sort":     {put("a", 0, "x"), put("b\x00c", 0, "x")},
		"zero byte in part":     {put("a", 0, "x"), {Key: port.Key{Partition: "p\x00", Sort: "b"}}},
		"no partition":          {put("a", 0, "x"), {Key: port.Key{Sort: "b"}}},
		"impossible revision":   {put("a", 0, "x"), put("b", -2, "x")},
		"no operation":          {put("a", 0, "x"), {Op: 9, Key: key("b")}},
		"a hundred and one":     many(101),
		"a thousand and twenty": many(1020),
	}
	for name, tx := range bad {
		errs, err := tb.Commit(bg, tx)
		if err == nil || errs != nil {
			t.Errorf("%s: results %v, error %v; want an error of the call", name, errs, err)
		}
		if errors.Is(err, port.ErrConflict) {
			t.Errorf("%s is no conflict: trying again would not help", name)
		}
	}
	want(t, tb, "a", 0, "")
	_, err := tb.Get(bg, port.Key{Sort: "a"})
	mustFail(t, err, "Get without partition")
	_, err = tb.List(bg, "", "", 10)
	mustFail(t, err, "List without partition")
}

func many(n int) port.Tx {
	var tx port.Tx
	for i := range n {
		tx = append(tx, put(fmt.Sprintf("many%04d", i), port.Any, "x"))
	}
	return tx
}

func tableLimits(t *testing.T, tb port.Table) {
	must(t, commit(t, tb, many(100)...))
	want(t, tb, "many0099", 1, "x")
	must(t, commit(t, tb)) // a transaction without writes always holds
	errs, err := tb.Commit(bg)
	if must(t, err); len(errs) != 0 {
		t.Fatalf("results for nothing: %v", errs)
	}
	var txs []port.Tx
	for i := range 3000 {
		txs = append(txs, port.Tx{put(fmt.Sprintf("bulk%04d", i), 0, "x"), check("many0000", 1)})
	}
	for _, err := range commitAll(t, tb, txs...) {
		must(t, err)
	}
	recs, err := tb.List(bg, "p", "bulk", 5000)
	if must(t, err); len(recs) != 3100 {
		t.Fatalf("%d records, want 3100", len(recs))
	}
}

func tableCancelled(t *testing.T, tb port.Table) {
	ctx := canceled()
	_, err := tb.Commit(ctx, port.Tx{put("a", 0, "x")})
	mustBe(t, err, ctx.Err())
	_, err = tb.Get(ctx, key("a"))
	mustBe(t, err, ctx.Err())
	_, err = tb.List(ctx, "p", "", 1)
	mustBe(t, err, ctx.Err())
	want(t, tb, "a", 0, "")
}

func tableClosed(t *testing.T, tb port.Table) {
	must(t, commit(t, tb, put("a", 0, "x")))
	must(t, tb.Close())
	must(t, tb.Close()) // closing twice is harmless
	_, err := tb.Commit(bg, port.Tx{put("b", 0, "x")})
	mustFail(t, err, "Commit after Close")
	_, err = tb.Get(bg, key("a"))
	mustFail(t, err, "Get after Close")
	_, err = tb.List(bg, "p", "", 1)
	mustFail(t, err, "List after Close")
}

func tableReopen(t *testing.T, open func(t *testing.T) port.Table) {
	tb := open(t)
	must(t, commit(t, tb, put("a", 0, "1"), put("b", 0, "1")))
	must(t, commit(t, tb, put("a", 1, "2"), del("b", 1)))
	must(t, tb.Close())
	for range 2 {
		tb = open(t)
		want(t, tb, "a", 2, "2")
		want(t, tb, "b", 0, "")
		mustBe(t, commit(t, tb, put("a", 1, "x")), port.ErrConflict)
		must(t, tb.Close())
	}
}
