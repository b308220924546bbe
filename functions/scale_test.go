package functions

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/audience"
)

// scaled is what a process reports that has decided about a whole list.
type scaled struct {
	Seconds float64
	First   float64 // seconds from the start of the launch to the first decision
	MiB     float64 // the most memory it ever held
}

// BenchmarkScale runs a list of a hundred thousand and of a million rows, each in a process of its own, and reports the most
// memory that the process ever held and whether time grows with the list.
func BenchmarkScale(b *testing.B) {
	for _, n := range []int{100_000, 1_000_000} {
		b.Run(fmt.Sprintf("rows=%d", n), func(b *testing.B) {
			dir := b.TempDir()
			func() {
				bk := newBank(b, onDisk(dir), shipped)
				bk.bigList(dir, "list.csv", n)
				bk.Assets, bk.assets = bk.Files, bk.Files
				bk.campaign("c1", "list.csv", benchSMS)
				_ = bk.Queue.Close()
				_ = bk.Table.Close()
			}()
			child := exec.Command(os.Args[0], "-test.run", "^TestScaleChild$", "-test.v")
			child.Env = append(os.Environ(), "SCRUPLE_SCALE="+dir)
			out, err := child.Output()
			if err != nil {
				b.Fatalf("%v\n%s", err, out)
			}
			_, line, _ := strings.Cut(string(out), "SCALED ")
			line, _, _ = strings.Cut(line, "\n")
			var s scaled
			if err := json.Unmarshal([]byte(line), &s); err != nil {
				b.Fatalf("%v in %q", err, out)
			}
			b.ReportMetric(float64(n)/s.Seconds, "messages/s")
			b.ReportMetric(s.MiB, "MiB-most")
			b.ReportMetric(s.First, "s-to-first-decision")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// TestScaleChild is the process that BenchmarkScale measures; as a test it has nothing to do.
func TestScaleChild(t *testing.T) {
	dir := os.Getenv("SCRUPLE_SCALE")
	if dir == "" {
		return
	}
	b := &bank{t: t}
	b.House = &House{Worker: "w1"}
	onDisk(dir)(b)
	shipped(b)
	b.Assets = b.Files
	b.Carrier = map[scruple.Channel]Carrier{}
	c, err := b.LoadCampaign(t.Context(), "c1.yaml")
	b.check(err)
	var first time.Time
	begun := time.Now()
	_, err = b.Launch(t.Context(), monday, Self, c, monday)
	b.check(err)
	_, err = b.drainPrepare(t.Context(), Crew{
		Clock: func() time.Time { return monday }, Preparers: 2,
		Progress: func(Tally) {
			if first.IsZero() {
				first = time.Now()
			}
		},
	})
	b.check(err)
	line, err := json.Marshal(scaled{time.Since(begun).Seconds(), first.Sub(begun).Seconds(), mostMemory(t)})
	b.check(err)
	fmt.Printf("SCALED %s\n", line)
}

// mostMemory reads the high-water mark of this process. (What the kernel reports of a child counts its parent's memory too.)
func mostMemory(t *testing.T) float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, line, _ := strings.Cut(string(status), "VmHWM:")
	var kib float64
	if _, err := fmt.Sscan(line, &kib); err != nil {
		t.Fatal(err)
	}
	return kib / 1024
}

// inKeyOrder sorts permissions as the store orders people, so that a million of them are brought in quickly.
func inKeyOrder(ps []Permission) {
	keys := make(map[string]string, len(ps))
	for i := range ps {
		keys[ps[i].Customer] = audience.Key(ps[i].Customer)
	}
	slices.SortFunc(ps, func(a, b Permission) int { return strings.Compare(keys[a.Customer], keys[b.Customer]) })
}
