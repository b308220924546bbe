package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/compliance/ledger"
	"github.com/scruple/scruple/delivery"
	"github.com/scruple/scruple/functions"
	"github.com/scruple/scruple/port/smtp/smtptest"
)

// childRole, in the environment of a process that a test started, says what this binary is there.
const childRole = "SCRUPLE_TEST_CHILD"

func TestMain(m *testing.M) {
	switch os.Getenv(childRole) {
	case "scruple":
		os.Exit(run(os.Args[1:]))
	case "smtp":
		os.Exit(serveMail(os.Args[1], os.Args[2], os.Args[3]))
	}
	os.Exit(m.Run())
}

// serveMail is a mail server that appends what it takes to a record, says where it listens, and ends with its standard input;
// or, when last is not 0, by its own hand after it took that many mails and before it said so of the last.
func serveMail(addr, record, last string) int {
	file, err := os.OpenFile(record, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitFailure
	}
	var taken atomic.Int64
	s, err := smtptest.Start(smtptest.Options{Addr: addr, Record: file, Forget: true, Hook: func(at smtptest.Stage, _ smtptest.Mail) error {
		if at == smtptest.Kept && fmt.Sprint(taken.Add(1)) == last {
			return syscall.Kill(os.Getpid(), syscall.SIGKILL)
		}
		return nil
	}})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitFailure
	}
	fmt.Println(s.Addr())
	_, _ = io.Copy(io.Discard, os.Stdin) // until the test is gone
	return exitClean
}

// Invariants 3 and 5 where it counts: the process is killed at 20 random moments, from its first write to its last, and
// started again each time. Nobody may be left out, nobody may get a second mail, and who may or may not have got one is
// listed.
func TestKilledAtTwentyMoments(t *testing.T) {
	const kills, earlyKills = 20, 8
	x := newTorture(t, 2000)
	x.startMail("127.0.0.1:0", 0)
	for x.kills < kills {
		p := x.start("run", "--now", x.now())
		var reached bool
		if x.kills < earlyKills { // while consents, list and decisions are written
			reached = p.until(x.stored(1 + x.rand.IntN(40)))
		} else {
			reached = p.until(x.arrived(x.share(kills, 16*(x.kills-earlyKills))))
		}
		if !reached {
			t.Fatalf("after %d kills the run ended by itself: %v\n%s", x.kills, p.err, p.out)
		}
		p.kill()
		x.kills++
	}
	p := x.start("run", "--now", x.now())
	if p.until(func() bool { _, err := os.Stat(filepath.Join(x.dir, ".scruple", "ledger.key")); return err == nil }) {
		p.kill() // while it signs
		t.Log("killed once more, while it signed")
	}
	x.finish()
	x.verdict()
}

// The same when the mail server dies under the process, at any moment or between taking a mail and saying so, and comes back
// at once or only after the process gave up for now.
func TestMailServerKilled(t *testing.T) {
	const kills, mostRuns = 8, 40
	x := newTorture(t, 200)
	addr := x.startMail("127.0.0.1:0", 0)
	dead := x.arrived(1 + x.rand.IntN(10))
	for runs := 0; x.kills < kills; runs++ {
		if runs == mostRuns {
			t.Fatalf("only %d kills in %d runs", x.kills, runs)
		}
		p := x.start("run", "--now", x.now())
		for x.kills < kills && p.until(dead) {
			x.mail.kill()
			x.kills++
			if x.rand.IntN(2) == 0 {
				p.wait()
			}
			if n := 1 + x.rand.IntN(10); x.kills < kills && x.rand.IntN(2) == 0 {
				x.startMail(addr, n)
				dead = x.mail.hasEnded
			} else {
				x.startMail(addr, 0)
				dead = x.arrived(n)
			}
		}
		if x.ends(p) != exitClean {
			t.Fatalf("after %d kills: %v\n%s", x.kills, p.err, p.out)
		}
		x.ahead += 10 * time.Minute // most of what waits for another try is due by then
	}
	x.ahead += 2 * time.Hour // and all of it
	x.finish()
	x.verdict()
}

// torture is a house whose processes are killed, and the mail server that tells what left it.
type torture struct {
	t      *testing.T
	dir    string
	people int
	rand   *rand.Rand
	began  time.Time
	ahead  time.Duration // of the campaign's day over the test's
	mail   *child
	kills  int
	tail   *os.File // the server's record, read as it grows
	lines  int      // read so far
}

// monday is when the campaign is to run: at ten in the morning in New York.
var monday = time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)

const runID = "branch-news@20261123T150000Z"

func newTorture(t *testing.T, people int) *torture {
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv("SCRUPLE_TEST_SEED"); s != "" {
		if _, err := fmt.Sscan(s, &seed); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("seed %d (set SCRUPLE_TEST_SEED to draw the same numbers again)", seed)
	x := &torture{t: t, dir: t.TempDir(), people: people, rand: rand.New(rand.NewPCG(seed, 0)), began: time.Now()}
	tail, err := os.OpenFile(x.record(), os.O_CREATE|os.O_RDONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tail.Close() })
	x.tail = tail
	return x
}

func (x *torture) record() string { return filepath.Join(x.dir, "record") }

// now is the campaign's day, which goes on as the test does.
func (x *torture) now() string {
	return monday.Add(time.Since(x.began) + x.ahead).Format(time.RFC3339Nano)
}

// share draws how many mails are to arrive before the next of so many kills, so that some are left for each. doubts is how
// many may never arrive.
func (x *torture) share(kills, doubts int) int {
	return 1 + x.rand.IntN(max(1, (x.people-x.delivered()-doubts)/(kills-x.kills)-1))
}

func customer(i int) string { return fmt.Sprintf("C%05d", i) }
func address(i int) string  { return fmt.Sprintf("c%05d@inbox.example", i) }

// startMail starts the mail server, and the first time lays down the house that sends through it. last is as for serveMail.
func (x *torture) startMail(addr string, last int) string {
	x.t.Helper()
	first := x.mail == nil
	x.mail = x.spawn("smtp", addr, x.record(), fmt.Sprint(last))
	line, err := bufio.NewReader(x.mail.stdout).ReadString('\n')
	if err != nil {
		x.t.Fatalf("the mail server does not start: %v\n%s", err, x.mail.out)
	}
	addr = strings.TrimSpace(line)
	if first {
		x.layDown(addr)
	}
	return addr
}

func (x *torture) layDown(addr string) {
	x.write("scruple.yaml", `name: Calder Bank
origin: calder.example/ledger
store: sqlite:.scruple/store.db
files: file:.scruple/files?create_dir=true
key: .scruple/ledger.key
carriers:
  email: {url: "smtp://`+addr+`?starttls=no", from: news@mail.calder.example, name: Calder Bank}
products: [products.yaml]
consents: [consents.csv]
`)
	x.write("products.yaml", "products:\n- {id: saver, market: us, type: deposit, name: Everyday Saver, status: on_sale}\n")
	x.write("branch-news.liquid", `---
name: branch-news
version: 1
channel: email
market: us
locale: en-US
author: smith
subject: "Your new saver account, {{ name }}"
slots:
  name: {type: name}
---
Dear {{ name }},

our everyday saver account is open to new customers. Come to any branch and ask for it.

Calder Bank, N.A., Member FDIC
2200 Foundry Street, Suite 400, Providence, RI 02900
If you no longer want marketing e-mail from us, unsubscribe here: https://www.calder.example/unsubscribe
`)
	x.write("campaigns/branch-news.yaml", `id: branch-news
author: jones
market: us
channel: email
product: saver
segment: {file: people.csv}
variants: [{name: main, template: branch-news.liquid}]
schedule: {at: 2026-11-23T10:00:00-05:00, latest_start: 48h}
`)
	var list, consents strings.Builder
	list.WriteString("customer_id,email,name,birth_date,time_zone\n")
	consents.WriteString("customer_id,channel,action,at,source\n")
	for i := range x.people {
		fmt.Fprintf(&list, "%s,%s,Robin %c%c,1980-01-01,America/New_York\n", customer(i), address(i), 'A'+i/26%26, 'a'+i%26)
		fmt.Fprintf(&consents, "%s,email,grant,2026-06-01T09:00:00Z,app\n", customer(i))
	}
	x.write("people.csv", list.String())
	x.write("consents.csv", consents.String())
}

func (x *torture) write(name, text string) {
	x.t.Helper()
	name = filepath.Join(x.dir, name)
	err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o700), os.WriteFile(name, []byte(text), 0o600))
	if err != nil {
		x.t.Fatal(err)
	}
}

// delivered counts what the server has taken so far.
func (x *torture) delivered() int {
	x.t.Helper()
	more, err := io.ReadAll(x.tail)
	if err != nil {
		x.t.Fatal(err)
	}
	x.lines += bytes.Count(more, []byte("\n"))
	return x.lines
}

// arrived is true once the server has taken n more mails.
func (x *torture) arrived(n int) func() bool {
	goal := x.delivered() + n
	return func() bool { return x.delivered() >= goal }
}

// stored is true once the store's files were seen to change n times.
func (x *torture) stored(n int) func() bool {
	see := func() string {
		state := ""
		for _, name := range []string{"store.db", "store.db-wal"} {
			if info, err := os.Stat(filepath.Join(x.dir, ".scruple", name)); err == nil {
				state += fmt.Sprint(info.Size(), info.ModTime().UnixNano(), " ")
			}
		}
		return state
	}
	last, changes := see(), 0
	return func() bool {
		if now := see(); now != last {
			last, changes = now, changes+1
		}
		return changes >= n
	}
}

// child is a process that a test started.
type child struct {
	cmd    *exec.Cmd
	stdout io.ReadCloser // of a mail server alone
	out    *bytes.Buffer // errors, and the standard output of anything else
	ended  chan struct{}
	err    error // once it has ended
}

// start starts a command of scruple on the house.
func (x *torture) start(args ...string) *child {
	x.t.Helper()
	return x.spawn("scruple", append(args, "--house", x.dir)...)
}

func (x *torture) spawn(role string, args ...string) *child {
	x.t.Helper()
	self, err := os.Executable()
	if err != nil {
		x.t.Fatal(err)
	}
	c := &child{cmd: exec.Command(self, args...), out: &bytes.Buffer{}, ended: make(chan struct{})}
	c.cmd.Env = append(os.Environ(), childRole+"="+role)
	c.cmd.Stderr, c.cmd.Stdout = c.out, c.out
	var in io.Closer
	if role == "smtp" {
		c.cmd.Stdout = nil
		var inErr, outErr error
		in, inErr = c.cmd.StdinPipe()
		c.stdout, outErr = c.cmd.StdoutPipe()
		if err := errors.Join(inErr, outErr); err != nil {
			x.t.Fatal(err)
		}
	}
	if err := c.cmd.Start(); err != nil {
		x.t.Fatal(err)
	}
	go func() {
		if in != nil {
			_, _ = c.cmd.Process.Wait() // cmd.Wait would close what is still read
			close(c.ended)
			return
		}
		c.err = c.cmd.Wait()
		close(c.ended)
	}()
	x.t.Cleanup(func() {
		if in != nil {
			in.Close()
		}
		c.kill()
	})
	return c
}

// until watches for a condition and reports whether it came true before the process ended.
func (c *child) until(reached func() bool) bool {
	look := time.NewTicker(100 * time.Microsecond)
	defer look.Stop()
	for {
		select {
		case <-c.ended:
			return false
		case <-look.C:
			if reached() {
				return true
			}
		}
	}
}

// kill is kill -9.
func (c *child) kill() {
	_ = c.cmd.Process.Kill() // it may have ended
	<-c.ended
}

func (c *child) wait() { <-c.ended }

func (c *child) hasEnded() bool {
	select {
	case <-c.ended:
		return true
	default:
		return false
	}
}

// finish lets the run come to its end.
func (x *torture) finish() {
	x.t.Helper()
	if p := x.start("run", "--now", x.now()); x.ends(p) != exitClean {
		x.t.Fatalf("the last run: %v\n%s", p.err, p.out)
	}
}

func (x *torture) ends(c *child) int {
	c.wait()
	return c.cmd.ProcessState.ExitCode()
}

// verdict holds what the store says against what the server got.
func (x *torture) verdict() {
	t := x.t
	t.Helper()
	mails, people := x.recorded()
	listed := x.listed()
	var sent, doubt, doubtGot, lost, twice int
	hs, err := (&globals{house: x.dir}).open(context.Background(), false)
	if err != nil {
		t.Fatal(err)
	}
	defer hs.Close()
	for i := range x.people {
		id := functions.MessageID(runID, customer(i), "1")
		got := mails[delivery.MessageID(id, "mail.calder.example")]
		w, err := hs.WhyMessage(t.Context(), id)
		if err != nil {
			lost++
			t.Errorf("%s, message %s: %v; the server got it %d times", customer(i), id, err, got)
			continue
		}
		if got > 1 || people[address(i)] != got {
			twice++
			t.Errorf("%s, message %s, %s: the server got it %d times, and %d mails for that address", customer(i), id, w.State, got, people[address(i)])
		}
		switch {
		case w.State == scruple.Sent && got > 0:
			sent++
		case w.State == scruple.InDoubt && listed[id]:
			doubt++
			doubtGot += got
		default:
			lost++
			t.Errorf("%s, message %s: %s, listed as in doubt: %v; the server got it %d times: %s", customer(i), id, w.State, listed[id], got, steps(w.Entries))
		}
		delete(listed, id)
		delete(people, address(i))
	}
	if len(listed)+len(people) > 0 {
		t.Errorf("in doubt without being a message of the run: %v; mails to strangers: %v", listed, people)
	}
	t.Logf("\n%9s %8s %6s %9s %17s %5s %6s\n%9d %8d %6d %9d %17d %5d %6d",
		"messages", "kills", "sent", "in doubt", "of these arrived", "lost", "twice", x.people, x.kills, sent, doubt, doubtGot, lost, twice)
	if p := x.start("ledger", "verify"); x.ends(p) != exitClean {
		t.Errorf("ledger verify: %v\n%s", p.err, p.out)
	}
}

func steps(entries []ledger.Entry) string {
	out := ""
	for _, e := range entries {
		out += e.Step + "; "
	}
	return out
}

// recorded counts the server's mails by Message-ID and by address.
func (x *torture) recorded() (mails, people map[string]int) {
	x.t.Helper()
	data, err := os.ReadFile(x.record())
	if err != nil {
		x.t.Fatal(err)
	}
	mails, people = map[string]int{}, map[string]int{}
	for line := range strings.Lines(string(data)) {
		id, to, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if !ok {
			x.t.Fatalf("line %q in the server's record", line)
		}
		mails[id]++
		people[to]++
	}
	return mails, people
}

// listed is what "campaign show" says is in doubt.
func (x *torture) listed() map[string]bool {
	x.t.Helper()
	p := x.start("campaign", "show", runID, "--format", "json")
	if x.ends(p) != exitClean {
		x.t.Fatalf("campaign show: %v\n%s", p.err, p.out)
	}
	var r report
	if err := json.Unmarshal(p.out.Bytes(), &r); err != nil {
		x.t.Fatalf("campaign show: %v\n%s", err, p.out)
	}
	out := map[string]bool{}
	for _, d := range r.Doubts {
		out[d.Message] = true
	}
	return out
}
