package functions

import (
	"bufio"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/audience"
	"github.com/scruple/scruple/compliance"
	"github.com/scruple/scruple/port"
	"github.com/scruple/scruple/port/file"
	"github.com/scruple/scruple/port/sqlite"
)

// onDisk gives a bank a real store and real files, and the whole book that ships.
func onDisk(dir string) func(*bank) {
	return func(b *bank) {
		d := &port.Drivers{}
		sqlite.Register(d)
		var err error
		store := "sqlite://" + (&url.URL{Path: filepath.Join(dir, "store.db")}).EscapedPath()
		b.Table, err = d.OpenTable(b.t.Context(), store)
		b.check(err)
		b.Queue, err = d.OpenQueue(b.t.Context(), store)
		b.check(err)
		b.Files, err = file.OpenFiles(dir)
		b.check(err)
		b.t.Cleanup(func() { _ = b.Queue.Close(); _ = b.Table.Close(); _ = b.Files.Close() })
	}
}

func shipped(b *bank) {
	book, err := compliance.Builtin()
	b.check(err)
	b.Book, b.BookFiles = book, b.BookFiles[:0]
	b.BookFiles = append(b.BookFiles, compliance.Rules)
}

// bigList writes a list of n people straight into the files that the bank reads, and consents of all of them.
func (b *bank) bigList(dir, name string, n int) {
	f, err := os.Create(filepath.Join(dir, name))
	b.check(err)
	w := bufio.NewWriterSize(f, 1<<20)
	fmt.Fprintln(w, "customer_id,phone,email,name,risk_rating,rated_until,time_zone,birth_date,region,city,balance,segment")
	for i := range n {
		fmt.Fprintf(w, "C%08d,138%08d,c%d@mail.example,王小%d,C3,2027-06-30,Asia/Shanghai,1980-03-0%d,CN-31,上海,%d.50,gold\n", i, i, i, i%1000, 1+i%9, 1000+i)
	}
	b.check(w.Flush())
	b.check(f.Close())
	consent := &scruple.ConsentEvent{
		Purpose: "marketing", Action: "grant", Source: "app", Wording: "v3", At: monday.Add(-30 * 24 * time.Hour),
	}
	ps := make([]Permission, n)
	for i := range ps {
		ps[i] = Permission{Customer: fmt.Sprintf("C%08d", i), Consent: consent}
	}
	inKeyOrder(ps)
	for some := range slices.Chunk(ps, 1000) {
		_, err := b.Permit(b.t.Context(), monday.Add(-24*time.Hour), operator, some...)
		b.check(err)
	}
}

const benchSMS = "【云岭银行】{{ name }}您好，{{ product.name }}（风险等级{{ product.risk }}）正在发行，由云岭理财发行与管理，本行为代销机构，不承担产品的投资、兑付和风险管理责任。理财非存款，产品有风险，投资须谨慎。详询网点。拒收请回复R"

// BenchmarkDecide measures segment row to durable decision and outbox, with the full check of every book on each message.
func BenchmarkDecide(b *testing.B) {
	for _, cores := range []int{1, 2} {
		b.Run(fmt.Sprintf("cores=%d", cores), func(b *testing.B) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
			const n = 100_000
			var cpu time.Duration
			for range b.N {
				b.StopTimer()
				dir := b.TempDir()
				bk := newBank(b, onDisk(dir), shipped)
				bk.bigList(dir, "list.csv", n)
				bk.Policy.BatchRows = 1000
				bk.Policy.BatchRows = 500
				bk.Policy.BatchRows = 250
				bk.Policy.BatchRows = 0 // as it ships
				bk.Assets = bk.Files
				bk.assets = bk.Files
				c := bk.campaign("c1", "list.csv", benchSMS)
				before := cpuTime()
				b.StartTimer()
				r, err := bk.Launch(b.Context(), monday, Self, c, monday)
				bk.check(err)
				crew := Crew{Clock: func() time.Time { return monday }, Preparers: 2 * cores}
				_, err = bk.drainPrepare(b.Context(), crew)
				bk.check(err)
				b.StopTimer()
				cpu += cpuTime() - before
				if got := bk.states(r); got[scruple.Queued] != n {
					b.Fatalf("states %v, want %d queued", got, n)
				}
			}
			b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "messages/s")
			b.ReportMetric(float64(cpu.Microseconds())/float64(n*b.N), "us-cpu/message")
		})
	}
}

// cpuTime is what this process has used of all cores.
func cpuTime() time.Duration {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkImport measures reading, validation, merging and freezing of a segment of twelve columns.
func BenchmarkImport(b *testing.B) {
	const n = 300_000
	dir := b.TempDir()
	bk := newBank(b, onDisk(dir))
	name := filepath.Join(dir, "list.csv")
	f, err := os.Create(name)
	bk.check(err)
	w := bufio.NewWriterSize(f, 1<<20)
	fmt.Fprintln(w, "customer_id,phone,email,name,risk_rating,rated_until,time_zone,birth_date,region,city,balance,segment")
	for i := range n {
		fmt.Fprintf(w, "C%08d,138%08d,c%d@mail.example,王小%d,C3,2027-06-30,Asia/Shanghai,1980-03-0%d,CN-31,上海,%d.50,gold\n", i-i/50, i, i, i%1000, 1+i%9, 1000+i)
	}
	bk.check(w.Flush())
	bk.check(f.Close())
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for b.Loop() {
		src := audience.Source{Name: name, Open: func(offset, length int64) (io.ReadCloser, error) { return os.Open(name) }}
		rows := audience.Read(src, audience.Layout{Market: scruple.CN, Channel: scruple.SMS})
		s, err := audience.Freeze(b.Context(), rows, audience.Plan{Seed: "x"}, 250, spillTo(b.Context(), bk.Files, "spill-"), io.Discard, func(*audience.RowError) {})
		bk.check(err)
		if s.Funnel.Read != n {
			b.Fatalf("%+v", s.Funnel)
		}
	}
	b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "rows/s")
}
