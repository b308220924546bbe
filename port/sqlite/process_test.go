package sqlite_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/scruple/scruple/port"
	"github.com/scruple/scruple/port/porttest"
	"github.com/scruple/scruple/port/sqlite"
)

func itoa(n int) string { return strconv.Itoa(n) }

// TestMain lets the test program play other processes.
func TestMain(m *testing.M) {
	roles := map[string]func(path string){
		"open-as-nobody": openAsNobody,
		"commit-forever": commitForever,
		"increment":      increment,
		"hold-lock":      holdLock,
	}
	if role := roles[os.Getenv("SQLITE_TEST_ROLE")]; role != nil {
		role(os.Getenv("SQLITE_TEST_PATH"))
		return
	}
	os.Exit(m.Run())
}

type process struct {
	t   *testing.T
	cmd *exec.Cmd
	out *bufio.Scanner
}

func child(t *testing.T, role, path string) *process {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "SQLITE_TEST_ROLE="+role, "SQLITE_TEST_PATH="+path)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return &process{t: t, cmd: cmd, out: bufio.NewScanner(out)}
}

func (p *process) line() string {
	p.t.Helper()
	if !p.out.Scan() {
		p.t.Fatal("the process ended: ", p.out.Err())
	}
	return p.out.Text()
}

func (p *process) all() string {
	var lines []string
	for p.out.Scan() {
		lines = append(lines, p.out.Text())
	}
	return strings.Join(lines, "\n")
}

// kill ends the process as kill -9 does and returns what it had still said.
func (p *process) kill() string {
	_ = p.cmd.Process.Kill()
	rest := p.all()
	_ = p.cmd.Wait()
	return rest
}

// commitForever writes numbered pairs, four goroutines at once, and says each number once it is acknowledged.
func commitForever(path string) {
	tb, err := drivers().OpenTable(bg, urlOf(path))
	if err != nil {
		fmt.Println(err)
		return
	}
	acknowledged := make(chan string)
	for g := range 4 {
		go func() {
			for i := 0; ; i++ {
				id := fmt.Sprintf("%d-%d-%d", os.Getpid(), g, i)
				errs, err := tb.Commit(bg, pair(id), port.Tx{{Key: port.Key{Partition: "count"}, Revision: port.Any}})
				if err = errors.Join(append(errs, err)...); err != nil {
					panic(err)
				}
				acknowledged <- id
			}
		}()
	}
	for id := range acknowledged {
		fmt.Println(id)
	}
}

func pair(id string) port.Tx {
	return port.Tx{
		{Key: port.Key{Partition: "left", Sort: id}, Value: []byte(id)},
		{Key: port.Key{Partition: "right", Sort: id}, Value: make([]byte, 900)},
	}
}

// Processes are killed in the middle of their commits; nothing that was acknowledged may be missing, nothing be half done.
func TestKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.db")
	rnd := rand.New(rand.NewPCG(3, 5))
	var said []string
	for range 6 {
		p := child(t, "commit-forever", path)
		for range 20 + rnd.IntN(300) {
			said = append(said, p.line())
		}
		if rest := p.kill(); rest != "" {
			said = append(said, strings.Split(rest, "\n")...)
		}
	}
	tb := openTable(t, urlOf(path))
	defer tb.Close()
	left, err := tb.List(bg, "left", "", 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	right, err := tb.List(bg, "right", "", 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{}
	for i := range left {
		there[left[i].Key.Sort] = true
		if len(left) != len(right) || left[i].Key.Sort != right[i].Key.Sort {
			t.Fatalf("%s stands alone: %d on the left, %d on the right", left[i].Key.Sort, len(left), len(right))
		}
	}
	for _, id := range said {
		if !there[id] {
			t.Errorf("%q was acknowledged and is gone", id)
		}
	}
	if len(said) < 120 || len(there) < len(said) {
		t.Errorf("%d acknowledged, %d there", len(said), len(there))
	}
}

const increments = 60

func increment(path string) {
	tb, err := drivers().OpenTable(bg, urlOf(path))
	for i := 0; i < increments && err == nil; i++ {
		err = porttest.Increment(tb, port.Key{Partition: "counter"})
	}
	if err == nil {
		err = tb.Close()
	}
	fmt.Println("end:", err)
}

// Four processes, which also race to make the new file, lose no increment.
func TestProcesses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.db")
	var ps []*process
	for range 4 {
		ps = append(ps, child(t, "increment", path))
	}
	for _, p := range ps {
		if out := p.all(); out != "end: <nil>" {
			t.Error(out)
		}
	}
	tb := openTable(t, urlOf(path))
	defer tb.Close()
	recs, err := tb.Get(bg, port.Key{Partition: "counter"})
	if err != nil || string(recs[0].Value) != itoa(len(ps)*increments) || recs[0].Revision != int64(len(ps)*increments) {
		t.Errorf("%s at revision %d, %v; want %d", recs[0].Value, recs[0].Revision, err, len(ps)*increments)
	}
}

func holdLock(path string) {
	_, err := sqlite.Lock(path)
	fmt.Println(os.Getpid(), err)
	_, _ = io.Copy(io.Discard, os.Stdin)
	select {}
}

func TestLockOfKilledProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.db")
	p := child(t, "hold-lock", path)
	pid, said, _ := strings.Cut(p.line(), " ")
	if said != "<nil>" {
		t.Fatal(said)
	}
	if _, err := sqlite.Lock(path); !errors.Is(err, port.ErrBusy) || !strings.Contains(err.Error(), "process "+pid+" ") {
		t.Errorf("got %v, want ErrBusy with process %s", err, pid)
	}
	p.kill()
	unlock, err := sqlite.Lock(path)
	if err != nil {
		t.Fatal(err)
	}
	unlock()
}
