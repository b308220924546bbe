package audience

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/scruple/scruple"
)

func freeze(t *testing.T, list string, plan Plan, spill Spill) (Snapshot, string, []string) {
	t.Helper()
	var out bytes.Buffer
	var rejects []string
	s, err := Freeze(t.Context(), Read(textSource("l.csv", list), Layout{}), plan, 3, spill, &out, func(e *RowError) { rejects = append(rejects, e.Code) })
	if err != nil {
		t.Fatal(err)
	}
	return s, out.String(), rejects
}

// disk counts the spill files it makes. They lie in memory; TestSpillToRealFiles has real ones.
type disk struct{ made, open int }

type diskFile struct {
	d    *disk
	data []byte
	pos  int
}

func (d *disk) spill() (SpillFile, error) {
	d.made, d.open = d.made+1, d.open+1
	return &diskFile{d: d}, nil
}

func (f *diskFile) Write(p []byte) (int, error) { f.data = append(f.data, p...); return len(p), nil }

func (f *diskFile) Read(p []byte) (int, error) {
	if f.pos == len(f.data) {
		return 0, io.EOF
	}
	n := copy(p, f.data[f.pos:])
	f.pos += n
	return n, nil
}

func (f *diskFile) Seek(int64, int) (int64, error) { f.pos = 0; return 0, nil }

func (f *diskFile) Close() error { f.d.open--; return nil }

func TestFreezeWritesWhatReadBatchReads(t *testing.T) {
	list := "x,customer_id,risk_rating\n"
	for i := range 10 {
		list += fmt.Sprintf("\"a,\"\"%d\"\"\r\nb\",C%d,C1\n", i, i)
	}
	s, file, _ := freeze(t, list, Plan{Variants: []Variant{{"only, one", 1}}}, nil)
	sum := sha256.Sum256([]byte(file))
	if s.Hash != hex.EncodeToString(sum[:]) || s.Rows != 10 || len(s.Batches) != 4 {
		t.Errorf("%+v", s)
	}
	cols, err := ReadHeader(strings.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"customer_id", "_line", "_variant", "x", "risk_rating"}, cols.Names()); d != "" {
		t.Error(d)
	}
	next, last, n := s.Batches[0].Offset, "", 0
	for _, b := range s.Batches {
		if b.Offset != next {
			t.Errorf("a batch at %d, want %d", b.Offset, next)
		}
		next += b.Length
		rows := 0
		for r, err := range ReadBatch(strings.NewReader(file[b.Offset:b.Offset+b.Length]), cols) {
			if err != nil {
				t.Fatal(err)
			}
			x, _ := r.Field("x")
			if want := fmt.Sprintf("a,\"%s\"\r\nb", r.ID[1:]); x != want || VariantOf(&r) != "only, one" || Key(r.ID) <= last {
				t.Errorf("%+v: x %q, want %q; key after %s", r, x, want, last)
			}
			if want := 2 + 2*int(r.ID[1]-'0'); r.Line != want {
				t.Errorf("%s at line %d, want %d", r.ID, r.Line, want)
			}
			last = Key(r.ID)
			rows++
		}
		if rows != b.Rows {
			t.Errorf("%d rows, want %d", rows, b.Rows)
		}
		n += rows
	}
	if int(next) != len(file) || n != 10 {
		t.Errorf("batches end at %d of %d with %d rows", next, len(file), n)
	}
}

func TestReadBatchRefusesDamage(t *testing.T) {
	cols := scruple.NewColumns([]string{"customer_id", "_line", "_variant", "x"})
	for _, bad := range []string{"1,2,,\n2,3,\n", "1,2,,\n2,x,,\n", "1,2,,\n,3,,\n", "1,2,,\n2,3,,\"\n", "1,2,,\n2,3,,\x00\n"} {
		n, last := 0, error(nil)
		for _, err := range ReadBatch(strings.NewReader(bad), cols) {
			n, last = n+1, err
		}
		if n != 2 || last == nil || !strings.Contains(last.Error(), "line 2") {
			t.Errorf("%q: %d items, the last %v", bad, n, last)
		}
	}
	for _, bad := range []string{"", "customer_id,x\n1,2\n", "customer_id,_line,_variant,\xff\n"} {
		if _, err := ReadHeader(strings.NewReader(bad)); err == nil || err == io.EOF {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestMergeIsCautious(t *testing.T) {
	const header = "customer_id,name,birth_date,risk_rating,rated_until,qualified,student,free\n"
	for name, c := range map[string]struct{ rows, want string }{
		"later wins":              {"1,A,,,,,,x\n1,B,,,,,,y\n", "1,3,,B,,,,,,y"},
		"empty never overwrites":  {"1,A,1990-01-01,C2,2026-01-01,yes,no,x\n1,,,,,,,\n", "1,3,,A,1990-01-01,C2,2026-01-01,true,false,x"},
		"empty is filled":         {"1,,,,,,,\n1,A,1990-01-01,C2,2026-01-01,yes,no,x\n", "1,3,,A,1990-01-01,C2,2026-01-01,true,false,x"},
		"cautious, cautious last": {"1,,,C5,2028-01-01,yes,no,\n1,,,C2,2026-01-01,no,yes,\n", "1,3,,,,C2,2026-01-01,false,true,"},
		"cautious, cautious 1st":  {"1,,,C2,2026-01-01,no,yes,\n1,,,C5,2028-01-01,yes,no,\n", "1,3,,,,C2,2026-01-01,false,true,"},
		"two birth dates":         {"1,,1990-01-01,,,,,\n1,,2012-01-01,,,,,\n", "1,3,,,,,,,,"},
		"two birth dates stick":   {"1,,1990-01-01,,,,,\n1,,2012-01-01,,,,,\n1,,1990-01-01,,,,,\n", "1,4,,,,,,,,"},
		"one birth date twice":    {"1,,1990-01-01,,,,,\n1,,19900101,,,,,\n", "1,3,,,1990-01-01,,,,,"},
		"rejected rows are out":   {"1,A,,C2,,,,\n1,B,,C9,,,,\n", "1,2,,A,,C2,,,,"},
	} {
		t.Run(name, func(t *testing.T) {
			s, file, _ := freeze(t, header+c.rows, Plan{}, nil)
			if _, body, _ := strings.Cut(file, "\n"); body != c.want+"\n" {
				t.Errorf("got %q, want %q", body, c.want)
			}
			checkFunnel(t, s)
		})
	}
}

func checkFunnel(t interface{ Errorf(string, ...any) }, s Snapshot) {
	sum := s.Funnel.Merged + s.Funnel.Filtered + s.Funnel.HeldOut + s.Funnel.Rows
	for _, n := range s.Funnel.Rejected {
		sum += n
	}
	if s.Funnel.Read != sum || s.Rows != s.Funnel.Rows {
		t.Errorf("the funnel does not add up: %+v", s.Funnel)
	}
}

// The snapshot must not depend on how much memory there was, on the order of the rows, or on where duplicates fell.
func TestSpillAndRowOrderDoNotShow(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 150).Draw(rt, "rows")
		rows := make([]string, n)
		for i := range rows { // rows of one customer agree, or leave fields empty
			id := rapid.IntRange(0, n/2).Draw(rt, "id")
			rows[i] = fmt.Sprintf("K%d,%s,C%d\n", id, rapid.SampledFrom([]string{"", fmt.Sprintf("\"v,%d\"", id)}).Draw(rt, "x"), 1+rapid.IntRange(0, 4).Draw(rt, "rating"))
		}
		plan := Plan{HoldOut: 0.2, Seed: "s", Variants: []Variant{{"a", 1}, {"b", 2}}}
		whole := frozen(rt, rows, plan)
		plan.Memory = rapid.IntRange(1, 2000).Draw(rt, "memory")
		if tight := frozen(rt, rows, plan); cmp.Diff(whole, tight) != "" {
			rt.Fatal(cmp.Diff(whole, tight))
		}
		other := frozen(rt, rapid.Permutation(rows).Draw(rt, "order"), plan)
		if whole.Audience != other.Audience || whole.Rows != other.Rows {
			rt.Fatalf("another order, another audience: %+v, %+v", whole, other)
		}
	})
}

func frozen(t *rapid.T, rows []string, plan Plan) Snapshot {
	d := &disk{}
	list := "customer_id,x,risk_rating\n" + strings.Join(rows, "")
	var out bytes.Buffer
	s, err := Freeze(context.Background(), Read(textSource("l.csv", list), Layout{}), plan, 7, d.spill, &out, nil)
	if err != nil {
		t.Fatal(err)
	}
	checkFunnel(t, s)
	if d.open != 0 {
		t.Fatalf("%d spill files left open", d.open)
	}
	if plan.Memory > 0 && plan.Memory < 20 && d.made < len(rows) {
		t.Fatalf("%d spills for %d rows", d.made, len(rows))
	}
	return s
}

// A later row wins also when the two are spilled apart.
func TestLaterWinsAcrossSpills(t *testing.T) {
	list := "customer_id,x\n"
	for round := range 3 {
		for i := range 100 {
			list += fmt.Sprintf("K%d,%d\n", i, round)
		}
	}
	d := &disk{}
	s, file, _ := freeze(t, list, Plan{Memory: 1}, d.spill)
	if d.made < 2*fanIn || s.Funnel.Merged != 200 || s.Rows != 100 || strings.Count(file, ",2\n") != 100 {
		t.Errorf("%d spills, %+v", d.made, s.Funnel)
	}
}

func TestSpillToRealFiles(t *testing.T) {
	list := string(bankList(20_000))
	want, file, _ := freeze(t, list, Plan{}, nil)
	dir, made := t.TempDir(), 0
	got, spilledFile, _ := freeze(t, list, Plan{Memory: 256 << 10}, func() (SpillFile, error) {
		made++
		f, err := os.CreateTemp(dir, "run")
		if err != nil {
			return nil, err
		}
		return f, os.Remove(f.Name()) // gone when it is closed
	})
	if d := cmp.Diff(want, got); d != "" || file != spilledFile || made < 5 {
		t.Errorf("%d spills: %s", made, d)
	}
	if want.Rows != 19_600 || want.Funnel.Merged != 400 {
		t.Errorf("%+v", want.Funnel)
	}
}

func TestFreezeErrors(t *testing.T) {
	good := func() iter.Seq2[scruple.Recipient, error] {
		return Read(textSource("l.csv", "customer_id,x\n1,a\n2,b\n3,c\n"), Layout{})
	}
	other := func(yield func(scruple.Recipient, error) bool) {
		for r, err := range good() {
			if !yield(r, err) {
				return
			}
		}
		r := scruple.Recipient{ID: "4", Columns: scruple.NewColumns([]string{"customer_id"}), Values: []string{"4"}}
		yield(r, nil)
	}
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	full := errors.New("no space left")
	d := &disk{}
	for name, c := range map[string]struct {
		ctx   context.Context
		rows  iter.Seq2[scruple.Recipient, error]
		plan  Plan
		batch int
		spill Spill
		out   io.Writer
		is    error
		says  string
	}{
		"too many, spilled": {plan: Plan{Memory: 1, Limit: 2}, spill: d.spill, is: ErrTooMany},
		"empty list":        {rows: Read(textSource("l.csv", ""), Layout{}), is: ErrEmpty},
		"canceled":          {ctx: canceled, is: context.Canceled},
		"too many":          {plan: Plan{Limit: 2}, is: ErrTooMany, says: "over 2"},
		"no spill":          {plan: Plan{Memory: 1}, says: "no room to spill"},
		"spill fails":       {plan: Plan{Memory: 1}, spill: func() (SpillFile, error) { return nil, full }, is: full},
		"spill disk full":   {plan: Plan{Memory: 1}, spill: func() (SpillFile, error) { return brokenSpill{full}, nil }, is: full},
		"spill lost":        {plan: Plan{Memory: 1}, spill: func() (SpillFile, error) { return brokenSpill{}, nil }, is: errRecord},
		"out fails":         {out: brokenSpill{full}, is: full},
		"two lists":         {rows: other, says: "columns of the first row"},
		"no batch":          {batch: -1, says: "batches"},
		"hold-out of all":   {plan: Plan{HoldOut: 1}, says: "hold-out"},
		"hold-out NaN":      {plan: Plan{HoldOut: math.NaN()}, says: "hold-out"},
		"variant twice":     {plan: Plan{Variants: []Variant{{"a", 1}, {"a", 1}}}, says: `"a"`},
		"variant of none":   {plan: Plan{Variants: []Variant{{"a", 0}}}, says: "share"},
		"negative memory":   {plan: Plan{Memory: -1}, says: "memory"},
		"seed of two line":  {plan: Plan{Seed: "a\nb"}, says: "line feed"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.ctx == nil {
				c.ctx = t.Context()
			}
			if c.rows == nil {
				c.rows = good()
			}
			if c.batch == 0 {
				c.batch = 10
			}
			if c.out == nil {
				c.out = io.Discard
			}
			s, err := Freeze(c.ctx, c.rows, c.plan, c.batch, c.spill, c.out, nil)
			if err == nil || c.is != nil && !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want %v saying %q", err, c.is, c.says)
			}
			if s.Hash != "" {
				t.Errorf("a snapshot came with the error: %+v", s)
			}
		})
	}
	if d.open != 0 {
		t.Errorf("%d spill files left open", d.open)
	}
}

// brokenSpill fails to write, or forgets what was written.
type brokenSpill struct{ err error }

func (b brokenSpill) Write(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	return len(p), nil
}
func (b brokenSpill) Read([]byte) (int, error)       { return 0, io.EOF }
func (b brokenSpill) Seek(int64, int) (int64, error) { return 0, nil }
func (b brokenSpill) Close() error                   { return nil }

func TestNobodyLeftIsASnapshotToo(t *testing.T) {
	s, file, rejects := freeze(t, "customer_id,x\n,a\n,b\n", Plan{}, nil)
	if s.Rows != 0 || s.Batches != nil || file != "customer_id,_line,_variant\n" || len(rejects) != 2 || s.Funnel.Rejected[NoCustomerID] != 2 {
		t.Errorf("%+v %q %v", s, file, rejects)
	}
	checkFunnel(t, s)
}

func TestFreezeFilters(t *testing.T) {
	f, err := CompileFilter(`balance > 10`, map[string]string{"balance": "int"})
	if err != nil {
		t.Fatal(err)
	}
	// The filter sees the merged row, and what it cannot read is rejected, not let in.
	s, file, rejects := freeze(t, "customer_id,balance\n1,5\n2,50\n1,11\n3,x\n4,\n5,10\n", Plan{Filter: f, List: "l.csv"}, nil)
	want := Funnel{Read: 6, Rejected: map[string]int{BadField: 2}, Merged: 1, Filtered: 1, Rows: 2}
	if d := cmp.Diff(want, s.Funnel); d != "" {
		t.Error(d)
	}
	if !strings.Contains(file, "1,4,,11\n") || !strings.Contains(file, "2,3,,50\n") || !slices.Equal(rejects, []string{BadField, BadField}) {
		t.Errorf("%q %v", file, rejects)
	}
}

// A merged row can be longer than any row that was read.
func TestMergedRowKeepsTheBound(t *testing.T) {
	half := strings.Repeat("x", maxRow*2/3)
	s, _, _ := freeze(t, "customer_id,x,y\n1,"+half+",\n1,,"+half+"\n2,"+half+",\n", Plan{}, nil)
	if s.Rows != 1 || s.Funnel.Rejected[RowTooLong] != 1 || s.Funnel.Merged != 1 {
		t.Errorf("%+v", s.Funnel)
	}
}

// The longest row that Freeze takes must come back out of the snapshot, though each of its bytes may be a doubled quote.
func TestLongestRowRoundTrip(t *testing.T) {
	quotes := strings.Repeat(`"`, maxRow-1)
	row := scruple.Recipient{ID: "1", Columns: scruple.NewColumns([]string{"customer_id", "x"}), Values: []string{"1", quotes}}
	var out bytes.Buffer
	s, err := Freeze(t.Context(), func(yield func(scruple.Recipient, error) bool) { yield(row, nil) }, Plan{}, 1, nil, &out, nil)
	if err != nil || s.Rows != 1 {
		t.Fatal(s, err)
	}
	cols, err := ReadHeader(bytes.NewReader(out.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	for r, err := range ReadBatch(bytes.NewReader(out.Bytes()[s.Batches[0].Offset:]), cols) {
		if x, _ := r.Field("x"); err != nil || x != quotes {
			t.Fatal(len(x), err)
		}
	}
}

func TestKey(t *testing.T) {
	if got := Key("C00000001"); got != fmt.Sprintf("%x", sha256.Sum256([]byte("C00000001")))[:32] {
		t.Error(got)
	}
	long := strings.Repeat("x", 1000)
	if got := Key(long); got != fmt.Sprintf("%x", sha256.Sum256([]byte(long)))[:32] {
		t.Error(got)
	}
}

func TestShareIsStableAndEven(t *testing.T) {
	// Written down: these numbers decide who is held out of campaigns that run.
	for id, want := range map[string]float64{"C1": 0.9002624835598245, "客户": 0.08028288405286621} {
		if got := Share("spring", id); got != want || got != share("spring\n"+id) {
			t.Errorf("%s: %v, want %v", id, got, want)
		}
	}
	const n = 100_000
	var held, both int
	variants := map[string]int{}
	plan := Plan{Seed: "spring", HoldOut: 0.1, Variants: []Variant{{"a", 70}, {"b", 20}, {"c", 10}}}
	other := Plan{Seed: "summer", HoldOut: 0.1}
	for i := range n {
		id := fmt.Sprintf("C%08d", i)
		if plan.heldOut(id) {
			held++
			if other.heldOut(id) {
				both++
			}
			continue
		}
		variants[plan.variant(id)]++
	}
	near := func(what string, got int, share, of float64) {
		if sd := math.Sqrt(of * share * (1 - share)); math.Abs(float64(got)-of*share) > 4*sd {
			t.Errorf("%s: %d of %v, want about %v", what, got, of, of*share)
		}
	}
	near("held out", held, 0.1, n)
	near("held out by two seeds", both, 0.1, float64(held))
	for _, v := range plan.Variants { // independent of the hold-out
		near("variant "+v.Name, variants[v.Name], v.Share/100, float64(n-held))
	}
}

// share is the documented formula, written a second time: the first 53 bits of SHA-256 as a binary fraction.
func share(text string) float64 {
	sum, x := sha256.Sum256([]byte(text)), 0.0
	for i := range 53 {
		if sum[i/8]&(0x80>>(i%8)) != 0 {
			x += math.Ldexp(1, -1-i)
		}
	}
	return x
}

func TestProfileAndAddress(t *testing.T) {
	src := textSource("l.csv", "customer_id,email,phone,birth_date,risk_rating,rated_until,time_zone,region,qualified,student\n"+
		"7,A@B.COM,x,1990/1/2,c3,20270101,Europe/London,gb-eng,1,否\n8,a@b.com,,,,,,,,\n")
	var got []scruple.Profile
	var r scruple.Recipient
	for row, err := range Read(src, Layout{Channel: scruple.Email}) {
		if err != nil {
			t.Fatal(err)
		}
		r = row
		got = append(got, Profile(&row))
		if a := Address(&row, scruple.Email); strings.ToLower(a[2:]) != a[2:] {
			t.Error(a)
		}
	}
	want := []scruple.Profile{{Birth: "1990-01-02", Rating: "C3", RatedUntil: "2027-01-01", Zone: "Europe/London", Region: "gb-eng", Qualified: true}, {}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if Address(&r, scruple.Web) != "8" || Address(&r, scruple.WeChat) != "" || VariantOf(&r) != "" {
		t.Error(r)
	}
}
