package porttest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/scruple/scruple/port"
)

func tableRevisions(t *testing.T, tb port.Table) {
	want(t, tb, "a", 0, "")
	mustBe(t, commit(t, tb, put("a", 1, "x")), port.ErrConflict)
	must(t, commit(t, tb, put("a", 0, "one")))
	want(t, tb, "a", 1, "one")
	mustBe(t, commit(t, tb, put("a", 0, "x")), port.ErrConflict)
	must(t, commit(t, tb, put("a", 1, "two")))
	must(t, commit(t, tb, put("a", 2, "two"))) // the same value counts as a write
	want(t, tb, "a", 3, "two")
	for _, r := range []int64{0, 1, 2, 4} {
		mustBe(t, commit(t, tb, put("a", r, "x")), port.ErrConflict)
		mustBe(t, commit(t, tb, del("a", r)), port.ErrConflict)
	}
	want(t, tb, "a", 3, "two")
	must(t, commit(t, tb, del("a", 3)))
	want(t, tb, "a", 0, "")
	must(t, commit(t, tb, put("a", 0, "again")))
	want(t, tb, "a", 1, "again")
}

func tableAny(t *testing.T, tb port.Table) {
	must(t, commit(t, tb, put("a", port.Any, "one")))
	want(t, tb, "a", 1, "one")
	must(t, commit(t, tb, put("a", port.Any, "two")))
	want(t, tb, "a", 2, "two")
	must(t, commit(t, tb, del("a", port.Any)))
	must(t, commit(t, tb, del("a", port.Any))) // absent is no error
	must(t, commit(t, tb, put("a", port.Any, "new")))
	want(t, tb, "a", 1, "new")
	// A condition that fails after an unconditional write takes that write back, wherever the two stand.
	mustBe(t, commit(t, tb, put("a", port.Any, "lost"), put("b", port.Any, "lost"), put("c", 7, "lost")), port.ErrConflict)
	mustBe(t, commit(t, tb, put("c", 7, "lost"), del("a", port.Any)), port.ErrConflict)
	want(t, tb, "a", 1, "new")
	want(t, tb, "b", 0, "")
}

func tableChecks(t *testing.T, tb port.Table) {
	must(t, commit(t, tb, check("a", 0)))
	mustBe(t, commit(t, tb, check("a", 1)), port.ErrConflict)
	must(t, commit(t, tb, put("a", 0, "x")))
	must(t, commit(t, tb, check("a", 1)))
	mustBe(t, commit(t, tb, check("a", 0)), port.ErrConflict)
	must(t, commit(t, tb, check("a", 1), put("b", 0, "y")))
	mustBe(t, commit(t, tb, check("a", 2), put("c", 0, "y")), port.ErrConflict)
	mustBe(t, commit(t, tb, put("c", 0, "y"), check("a", 0)), port.ErrConflict)
	want(t, tb, "a", 1, "x") // a check writes nothing
	want(t, tb, "c", 0, "")
}

func tableDeletes(t *testing.T, tb port.Table) {
	must(t, commit(t, tb, del("a", 0))) // absent, as expected
	mustBe(t, commit(t, tb, del("a", 1)), port.ErrConflict)
	must(t, commit(t, tb, put("a", 0, "x"), put("b", 0, "x")))
	mustBe(t, commit(t, tb, del("a", 0)), port.ErrConflict)
	mustBe(t, commit(t, tb, del("a", 1), del("b", 2)), port.ErrConflict)
	mustBe(t, commit(t, tb, del("b", 1), put("c", 0, "x"), del("a", 0)), port.ErrConflict)
	want(t, tb, "a", 1, "x")
	want(t, tb, "b", 1, "x")
	want(t, tb, "c", 0, "")
	must(t, commit(t, tb, del("a", 1), del("b", 1)))
	want(t, tb, "a", 0, "")
	want(t, tb, "b", 0, "")
}

func tableConflictAlone(t *testing.T, tb port.Table) {
	must(t, commit(t, tb, put("old", 0, "x")))
	var txs []port.Tx
	for i := range 50 {
		tx := port.Tx{put(fmt.Sprintf("new%02d", i), 0, "n"), put(fmt.Sprintf("more%02d", i), 0, "m")}
		if i%3 == 1 {
			tx = append(tx, put("old", 9, "x"))
		}
		txs = append(txs, tx)
	}
	for i, err := range commitAll(t, tb, txs...) {
		n := int64(1)
		if i%3 == 1 {
			n = 0
			mustBe(t, err, port.ErrConflict)
		} else {
			must(t, err)
		}
		if r := load(t, tb, fmt.Sprintf("new%02d", i)).Revision; r != n {
			t.Fatalf("transaction %d: revision %d, want %d", i, r, n)
		}
		if r := load(t, tb, fmt.Sprintf("more%02d", i)).Revision; r != n {
			t.Fatalf("transaction %d: revision %d, want %d", i, r, n)
		}
	}
	want(t, tb, "old", 1, "x")
}

// tableAllOrNothing puts the one failing condition at every place of a transaction of every kind of write.
func tableAllOrNothing(t *testing.T, tb port.Table) {
	good := func(i int) port.Tx {
		return port.Tx{
			put(fmt.Sprintf("upd%d", i), 1, "changed"), put(fmt.Sprintf("new%d", i), 0, "new"), del(fmt.Sprintf("del%d", i), 1),
			put(fmt.Sprintf("any%d", i), port.Any, "changed"), del(fmt.Sprintf("gone%d", i), port.Any), put(fmt.Sprintf("upd%d'", i), 1, "changed"),
			check(fmt.Sprintf("chk%d", i), 1), del(fmt.Sprintf("none%d", i), 0),
		}
	}
	seed := func(i int) port.Tx {
		var tx port.Tx
		for _, n := range []string{"upd%d", "del%d", "any%d", "gone%d", "upd%d'", "chk%d"} {
			tx = append(tx, put(fmt.Sprintf(n, i), 0, "before"))
		}
		return tx
	}
	for i := range good(0) {
		must(t, commit(t, tb, seed(i)...))
		tx := good(i)
		switch tx[i].Revision {
		case port.Any:
			tx[i].Revision = 5
		case 0:
			tx[i].Revision = 1
		default:
			tx[i].Revision = 0
		}
		// Neighbours in the same call must not hide or hinder the undoing.
		before, after := fmt.Sprintf("before%d", i), fmt.Sprintf("after%d", i)
		errs := commitAll(t, tb, port.Tx{put(before, 0, "x")}, tx, port.Tx{put(after, 0, "x"), check(fmt.Sprintf("new%d", i), 0)})
		must(t, errs[0])
		mustBe(t, errs[1], port.ErrConflict)
		must(t, errs[2])
		for _, n := range []string{"upd%d", "del%d", "any%d", "gone%d", "upd%d'", "chk%d"} {
			want(t, tb, fmt.Sprintf(n, i), 1, "before")
		}
		want(t, tb, fmt.Sprintf("new%d", i), 0, "")
		want(t, tb, fmt.Sprintf("none%d", i), 0, "")
		must(t, commit(t, tb, good(i)...))
		want(t, tb, fmt.Sprintf("upd%d", i), 2, "changed")
		want(t, tb, fmt.Sprintf("any%d", i), 2, "changed")
		want(t, tb, fmt.Sprintf("gone%d", i), 0, "")
	}
}

func tableOrder(t *testing.T, tb port.Table) {
	errs := commitAll(t, tb,
		port.Tx{put("a", 0, "1")},
		port.Tx{put("a", 1, "2")},
		port.Tx{put("a", 1, "x")}, // the one before was quicker
		port.Tx{put("a", 2, "3"), put("b", 0, "b")},
		port.Tx{del("b", 1)},
		port.Tx{put("b", 0, "b again")},
		port.Tx{check("a", 3), check("b", 1), put("c", 0, "c")})
	for i, err := range errs {
		if (err != nil) != (i == 2) {
			t.Errorf("transaction %d: %v", i, err)
		}
	}
	want(t, tb, "a", 3, "3")
	want(t, tb, "b", 1, "b again")
	want(t, tb, "c", 1, "c")
}

// tableCheckAfterWrite mixes checks of a few records with writes of them in one call: a driver that remembers what it
// looked up must forget it when it is written.
func tableCheckAfterWrite(t *testing.T, tb port.Table) {
	must(t, commit(t, tb, put("run", 0, "x")))
	errs := commitAll(t, tb,
		port.Tx{check("run", 1), put("m1", 0, "")},
		port.Tx{check("run", 1), put("m2", 0, "")},
		port.Tx{put("run", 1, "paused")},
		port.Tx{check("run", 1), put("m3", 0, "")},
		port.Tx{check("run", 2), put("m4", 0, "")},
		port.Tx{put("run", port.Any, "on"), put("other", 5, "")}, // fails and leaves run at 2
		port.Tx{check("run", 2), check("gone", 0), put("m5", 0, "")},
		port.Tx{put("gone", 0, ""), put("other", 5, "")}, // fails and leaves gone absent
		port.Tx{check("gone", 0), put("m6", 0, "")},
		port.Tx{del("run", 2)},
		port.Tx{check("run", 2), put("m7", 0, "")},
		port.Tx{check("run", 0), put("m8", 0, "")})
	wantConflict := []int{3, 5, 7, 10}
	for i, err := range errs {
		if (err != nil) != slices.Contains(wantConflict, i) {
			t.Errorf("transaction %d: %v", i, err)
		}
	}
	for i, n := range []int64{1, 1, 0, 1, 1, 1, 0, 1} {
		want(t, tb, fmt.Sprintf("m%d", i+1), n, "")
	}
}
