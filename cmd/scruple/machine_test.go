package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// newHouse lays down the small bank of the scenarios in a folder that every user may enter.
func newHouse(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "house")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	bank, err := txtar.ParseFile("testdata/house/bank.txtar")
	if err == nil {
		err = errors.Join(os.Chmod(dir, 0o755), furnish(dir, bank))
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func writeFile(t *testing.T, name, text string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, []byte(text), 0o644)); err != nil {
		t.Fatal(err)
	}
}

// program is the program as a process of its own, in a house.
func program(t *testing.T, dir string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute) // nothing may hang
	t.Cleanup(cancel)
	c := exec.CommandContext(ctx, self, args...)
	c.Dir, c.Env = dir, append(os.Environ(), childRole+"=scruple", "LC_ALL=en_GB.UTF-8")
	return c
}

// served is a process of serve with its log.
type served struct {
	*exec.Cmd
	t     *testing.T
	log   chan map[string]any
	heard []map[string]any // and not asked for yet
}

func serve(t *testing.T, dir, now string) *served {
	t.Helper()
	s := &served{Cmd: program(t, dir, "serve", "--listen", "127.0.0.1:0", "--every", "20ms", "--now", now), t: t, log: make(chan map[string]any, 100)}
	stderr, err := s.StderrPipe()
	if err == nil {
		err = s.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(s.log)
		for lines := bufio.NewScanner(stderr); lines.Scan(); {
			var line map[string]any
			if json.Unmarshal(lines.Bytes(), &line) != nil {
				line = map[string]any{"msg": lines.Text()}
			}
			s.log <- line
		}
	}()
	t.Cleanup(func() { _ = s.Process.Kill() }) // it may have ended
	return s
}

// says waits for a line of the log that was not asked for yet.
func (s *served) says(msg string) map[string]any {
	s.t.Helper()
	is := func(line map[string]any) bool { return line["msg"] == msg }
	if i := slices.IndexFunc(s.heard, is); i >= 0 {
		line := s.heard[i]
		s.heard = slices.Delete(s.heard, i, i+1)
		return line
	}
	for line := range s.log {
		if is(line) {
			return line
		}
		s.heard = append(s.heard, line)
	}
	s.t.Fatalf("serve ended without saying %q: %v", msg, s.heard)
	return nil
}

// until watches for a condition.
func until(t *testing.T, what string, reached func() bool) {
	t.Helper()
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for deadline := time.Now().Add(time.Minute); !reached(); <-look.C {
		if time.Now().After(deadline) {
			t.Fatalf("waited a minute for %s", what)
		}
	}
}

const morning = `id: morning
author: wang.marketing
market: cn
channel: sms
product: deposit-1y
segment: {file: segments/morning.csv}
variants: [{name: main, template: templates/deposit.liquid}]
schedule: {cron: "0 10 * * 1", zone: Asia/Shanghai, missed: skip}
values: {sender: 云岭示范银行}
`

// Two seconds before a campaign's moment, and before the occurrence of another by cron in its own zone, serve starts. Both
// leave in time; a third, at the same hour in another zone, does not. Beside it one can look, and nobody else may work.
func TestServe(t *testing.T) {
	dir := newHouse(t)
	writeFile(t, filepath.Join(dir, "campaigns/morning.yaml"), morning)
	writeFile(t, filepath.Join(dir, "campaigns/london.yaml"), strings.NewReplacer("id: morning", "id: london", "Asia/Shanghai", "Europe/London").Replace(morning))
	writeFile(t, filepath.Join(dir, "segments/morning.csv"), "customer_id,name,phone,time_zone,tier\nC8,吴敏,13800000008,Asia/Shanghai,plain\n")
	writeFile(t, filepath.Join(dir, "consents.csv"), "customer_id,channel,action,at,source\nC1,sms,grant,2026-01-06T09:52:00Z,app\nC8,sms,grant,2026-01-06T09:52:00Z,app\n")
	s := serve(t, dir, "2026-11-23T09:59:58+08:00")
	address := s.says("serving")["listen"].(string)

	state := func() map[string]any {
		resp, err := http.Get("http://" + address + "/healthz")
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var v map[string]any
		if err := json.NewDecoder(resp.Body).Decode(&v); err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("health: %s, %v, %v", resp.Status, v, err)
		}
		return v
	}
	if v := state(); v["status"] != "ok" {
		t.Errorf("health: %v", v)
	}

	launched := map[any]bool{s.says("launched")["run"]: true, s.says("launched")["run"]: true}
	if want := map[any]bool{"deposit@20261123T020000Z": true, "morning@20261123T020000Z": true}; !maps.Equal(launched, want) {
		t.Errorf("launched %v, want %v", launched, want)
	}
	until(t, "the messages", func() bool {
		to, err := recipients(filepath.Join(dir, "out"))
		return err == nil && len(to) == 2
	})

	if out, err := program(t, dir, "desk", "list").CombinedOutput(); err != nil {
		t.Errorf("desk list beside serve: %v\n%s", err, out)
	}
	for _, second := range [][]string{{"run", "--now", "2026-11-23T10:00:00+08:00"}, {"serve", "--listen", "127.0.0.1:0"}} {
		out, err := program(t, dir, second...).CombinedOutput()
		if code := exitCode(t, err); code != exitFailure {
			t.Errorf("a second %s: exit code %d\n%s", second[0], code, out)
		}
		for _, want := range []string{"another process works on this store", fmt.Sprintf("process %d holds", s.Process.Pid), filepath.Join("store.db.lock"), "stop it first"} {
			if !strings.Contains(string(out), want) {
				t.Errorf("a second %s does not say %q: %s", second[0], want, out)
			}
		}
	}

	if err := s.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	s.says("stopped")
	if err := s.Wait(); err != nil {
		t.Errorf("SIGTERM: %v", err)
	}
	out, err := program(t, dir, "ledger", "verify").CombinedOutput()
	if err != nil || !strings.Contains(string(out), " 1 checkpoints, 0 entries since the last one") {
		t.Errorf("no checkpoint covers all: %v\n%s", err, out)
	}
	runs, err := program(t, dir, "campaign", "list").CombinedOutput()
	if err != nil || strings.Contains(string(runs), "london@") {
		t.Errorf("a campaign ran outside of its hour: %v\n%s", err, runs)
	}

	// One occurrence is one run: whoever starts again within the day sends nothing again.
	s = serve(t, dir, "2026-11-23T10:30:00+08:00")
	s.says("serving")
	if err := s.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	s.says("stopped")
	if err := s.Wait(); err != nil {
		t.Error(err)
	}
	if to, err := recipients(filepath.Join(dir, "out")); err != nil || len(to) != 2 {
		t.Errorf("after another start: %v, %v", to, err)
	}
}

// What passed while nothing ran is caught up with, under the name of its own moment.
func TestMissedOccurrence(t *testing.T) {
	dir := newHouse(t)
	writeFile(t, filepath.Join(dir, "campaigns/deposit.yaml"), strings.NewReplacer("id: morning", "id: weekly", "missed: skip", "missed: run", "morning.csv", "deposit.csv").Replace(morning))
	out, err := program(t, dir, "run", "--now", "2026-11-25T10:00:00+08:00").CombinedOutput()
	if err != nil || !strings.Contains(string(out), "weekly@20261123T020000Z") {
		t.Errorf("run: %v\n%s", err, out)
	}
	s := serve(t, dir, "2026-11-30T10:20:00+08:00")
	if run := s.says("launched")["run"]; run != "weekly@20261130T020000Z" {
		t.Errorf("launched %v", run)
	}
}

func exitCode(t *testing.T, err error) int {
	t.Helper()
	failed := (*exec.ExitError)(nil)
	if err != nil && !errors.As(err, &failed) {
		t.Fatal(err)
	}
	if err == nil {
		return 0
	}
	return failed.ExitCode()
}

// A house in a folder that cannot be written is refused, and what it says is what one has to do.
func TestReadOnlyFolder(t *testing.T) {
	dir, exe := newHouse(t), filepath.Join(newHouse(t), "scruple")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(self)
	if err == nil {
		err = os.WriteFile(exe, data, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	attempt := func(args ...string) {
		t.Helper()
		before, err := inventory(dir)
		if err != nil {
			t.Fatal(err)
		}
		c := program(t, dir, args...)
		c.Path = exe
		if os.Geteuid() == 0 {
			c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		}
		out, err := c.CombinedOutput()
		if code := exitCode(t, err); code != exitFailure || !strings.Contains(string(out), "cannot be written") || !strings.Contains(string(out), "store.db") {
			t.Errorf("%v: exit code %d: %s", args, code, out)
		}
		after, err := inventory(dir)
		if diff := cmp.Diff(before, after); err != nil || diff != "" {
			t.Errorf("%v: %v, changed:\n%s", args, err, diff)
		}
	}
	modes := func(mode fs.FileMode) {
		err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() {
				return os.Chmod(name, mode|0o111)
			}
			return os.Chmod(name, mode)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	modes(0o444)
	defer modes(0o644)
	attempt("run", "--now", "2026-11-23T10:00:00+08:00")
	attempt("desk", "list")
	modes(0o644)
	if out, err := program(t, dir, "run", "--now", "2026-11-23T10:00:00+08:00").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	modes(0o444)
	attempt("run", "--now", "2026-11-23T10:00:00+08:00")
	attempt("desk", "list")
	attempt("import", "consents", "consents.csv", "--as", "zhao.ops")
}

// A list of a gigabyte takes time, not memory: once a file without any line end, once honest rows among hundreds of thousands
// that have no address, packed so that they need no room on the disk.
func TestHugeList(t *testing.T) {
	if testing.Short() {
		t.Skip("reads two gigabytes")
	}
	const size = 1 << 30
	dir := newHouse(t)
	list := filepath.Join(dir, "segments/deposit.csv")
	header := "customer_id,name,phone,tier,note\n"

	writeFile(t, list, header)
	if err := os.Truncate(list, size); err != nil {
		t.Fatal(err)
	}
	out, err := hungry(t, program(t, dir, "run", "--now", "2026-11-23T10:00:00+08:00"))
	if code := exitCode(t, err); code != exitFailure || !strings.Contains(out, "none of the 1 rows of segments/deposit.csv can be used") || !strings.Contains(out, "longer than 64 KiB") {
		t.Errorf("exit code %d: %s", code, out)
	}

	note := strings.Repeat("x", 8<<10)
	var good, bad bytes.Buffer
	for i := range 8 << 10 { // 64 MiB of duplicates of four people: they are sorted outside of memory
		fmt.Fprintf(&good, "C%d,王芳,1380000000%d,plain,%s\n", i%4, i%4, note)
	}
	for i := range 128 {
		fmt.Fprintf(&bad, "N%d,李伟,,plain,%s\n", i, note)
	}
	file := packed(t, []byte(header))
	file = append(file, packed(t, good.Bytes())...)
	file = append(file, bytes.Repeat(packed(t, bad.Bytes()), (size-good.Len())/bad.Len())...)
	writeFile(t, list, string(file))
	out, err = hungry(t, program(t, dir, "run", "--now", "2026-11-23T10:00:00+08:00"))
	if code := exitCode(t, err); code != exitClean {
		t.Errorf("exit code %d: %s", code, out)
	}
	rejected := fmt.Sprint("rejected  no_address ", 128*((size-good.Len())/bad.Len()))
	for _, want := range []string{rejected, "merged (same customer) 8188", "recipients 4"} {
		if !strings.Contains(strings.Join(strings.Fields(out), " "), strings.Join(strings.Fields(want), " ")) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

func packed(t *testing.T, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write(data)
	if err := errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// hungry runs a process and fails when it takes more memory than a house may.
func hungry(t *testing.T, c *exec.Cmd) (string, error) {
	t.Helper()
	const bound = 200 << 10 // KiB
	c.Env = append(c.Env, "GOMEMLIMIT=100MiB")
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	most := 0
	for {
		select {
		case err := <-ended:
			t.Logf("at most %d MiB", most>>10)
			if most > bound && !raceDetector {
				t.Errorf("it took %d MiB, more than %d", most>>10, bound>>10)
			}
			return out.String(), err
		case <-look.C:
			most = max(most, highWater(c.Process.Pid))
		}
	}
}

// highWater is the most memory that a process has had so far, in KiB; 0 where there is no /proc, or no process any more.
func highWater(pid int) (kib int) {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	_, _ = fmt.Sscan(rest, &kib)
	return kib
}
