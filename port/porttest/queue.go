package porttest

import (
	"bytes"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/scruple/scruple/port"
)

// Queue holds a driver to the contract of port.Queue. open gives a new, empty queue (see Reopen).
func Queue(t *testing.T, open func(t *testing.T) port.Queue, opts ...Option) {
	o := apply(opts)
	for name, f := range map[string]func(*testing.T, port.Queue){
		"send and receive":     queueBasic,
		"lease":                queueLease,
		"done after the lease": queueDone,
		"topics":               queueTopics,
		"limits":               queueLimits,
		"bodies":               queueBodies,
		"concurrent receivers": queueConcurrent,
		"cancelled":            queueCancelled,
		"closed":               queueClosed,
	} {
		t.Run(name, func(t *testing.T) { f(t, closing(t, open(t))) })
	}
	if o.reopen {
		t.Run("reopen", func(t *testing.T) { queueReopen(t, open) })
	}
}

const lease = time.Minute

func receive(t *testing.T, q port.Queue, topic string, limit int, now time.Time) []port.Job {
	t.Helper()
	jobs, err := q.Receive(bg, topic, limit, lease, now)
	must(t, err)
	if len(jobs) > max(limit, 0) {
		t.Fatalf("%d jobs, the limit is %d", len(jobs), limit)
	}
	return jobs
}

// wantJobs compares bodies in any order, and the count of tries.
func wantJobs(t *testing.T, jobs []port.Job, tries int, bodies ...string) {
	t.Helper()
	var got []string
	ids := map[string]bool{}
	for _, j := range jobs {
		if j.ID == "" || ids[j.ID] {
			t.Fatalf("the id %q is empty or comes twice", j.ID)
		}
		if ids[j.ID] = true; j.Tries != tries {
			t.Fatalf("job %q: %d tries, want %d", j.Body, j.Tries, tries)
		}
		got = append(got, string(j.Body))
	}
	slices.Sort(got)
	slices.Sort(bodies)
	if !slices.Equal(got, bodies) {
		t.Fatalf("got jobs %q, want %q", got, bodies)
	}
}

func wantDepth(t *testing.T, q port.Queue, topic string, want int) {
	t.Helper()
	n, err := q.Depth(bg, topic)
	if must(t, err); n != want {
		t.Fatalf("depth of %s is %d, want %d", topic, n, want)
	}
}

func queueBasic(t *testing.T, q port.Queue) {
	wantJobs(t, receive(t, q, "a", 10, moment), 1)
	wantDepth(t, q, "a", 0)
	must(t, q.Send(bg, "a"))
	must(t, q.Send(bg, "a", []byte("1"), []byte("2")))
	must(t, q.Send(bg, "a", []byte("2"))) // the same body is another job
	wantDepth(t, q, "a", 3)
	jobs := receive(t, q, "a", 10, moment)
	wantJobs(t, jobs, 1, "1", "2", "2")
	wantDepth(t, q, "a", 3)
	for i, j := range jobs {
		must(t, q.Done(bg, "a", j.ID))
		wantDepth(t, q, "a", 2-i)
	}
	must(t, q.Done(bg, "a", jobs[0].ID, jobs[1].ID))
	must(t, q.Done(bg, "a"))
	must(t, q.Done(bg, "a", "never-seen", "999999999", ""))
	wantJobs(t, receive(t, q, "a", 10, moment.Add(time.Hour)), 1)
	must(t, q.Send(bg, "a", []byte("new")))
	must(t, q.Done(bg, "a", jobs[0].ID, jobs[1].ID, jobs[2].ID)) // ids are not used again, though the queue was empty
	wantJobs(t, receive(t, q, "a", 10, moment), 1, "new")
}

func queueLease(t *testing.T, q port.Queue) {
	must(t, q.Send(bg, "a", []byte("1"), []byte("2")))
	first := receive(t, q, "a", 1, moment)
	second := receive(t, q, "a", 1, moment.Add(30*time.Second))
	wantJobs(t, slices.Concat(first, second), 1, "1", "2")
	wantJobs(t, receive(t, q, "a", 10, moment.Add(lease-time.Nanosecond)), 1)
	again := receive(t, q, "a", 10, moment.Add(lease+time.Second))
	wantJobs(t, again, 2, string(first[0].Body))
	if again[0].ID != first[0].ID {
		t.Fatal("a job changed its id")
	}
	third := receive(t, q, "a", 10, moment.Add(3*lease))
	if len(third) != 2 {
		t.Fatalf("%d jobs, want both", len(third))
	}
	for _, j := range third {
		want := 2
		if j.ID == first[0].ID {
			want = 3
		}
		if j.Tries != want {
			t.Errorf("job %q has %d tries, want %d", j.Body, j.Tries, want)
		}
	}
	// Each Receive sets its own lease.
	jobs, err := q.Receive(bg, "a", 10, time.Hour, moment.Add(5*lease))
	must(t, err)
	if len(jobs) != 2 {
		t.Fatalf("%d jobs, want both", len(jobs))
	}
	wantJobs(t, receive(t, q, "a", 10, moment.Add(20*lease)), 1)
}

func queueDone(t *testing.T, q port.Queue) {
	must(t, q.Send(bg, "a", []byte("late"), []byte("taken"), []byte("other")))
	jobs := receive(t, q, "a", 3, moment)
	id := map[string]string{}
	for _, j := range jobs {
		id[string(j.Body)] = j.ID
	}
	later := moment.Add(2 * lease)
	must(t, q.Done(bg, "a", id["late"])) // its lease has ended, nobody else has it
	wantJobs(t, receive(t, q, "a", 3, later), 2, "taken", "other")
	must(t, q.Done(bg, "a", id["taken"])) // by the first receiver, while the second holds it
	wantDepth(t, q, "a", 1)
	must(t, q.Send(bg, "a", []byte("new")))
	must(t, q.Done(bg, "a", id["late"], id["taken"])) // ids are not used again
	wantDepth(t, q, "a", 2)
	for _, j := range receive(t, q, "a", 3, later.Add(2*lease)) {
		if string(j.Body) == "new" && j.Tries != 1 || string(j.Body) == "other" && j.Tries != 3 {
			t.Errorf("%q has %d tries", j.Body, j.Tries)
		}
	}
}

func queueTopics(t *testing.T, q port.Queue) {
	must(t, q.Send(bg, "a", []byte("1")))
	must(t, q.Send(bg, "b", []byte("2")))
	must(t, q.Send(bg, "部", []byte("3")))
	wantJobs(t, receive(t, q, "A", 10, moment), 1)
	b := receive(t, q, "b", 10, moment)
	wantJobs(t, b, 1, "2")
	must(t, q.Done(bg, "a", b[0].ID)) // another topic's job stays
	wantDepth(t, q, "b", 1)
	must(t, q.Done(bg, "b", b[0].ID))
	wantDepth(t, q, "b", 0)
	wantJobs(t, receive(t, q, "a", 10, moment), 1, "1")
	wantJobs(t, receive(t, q, "部", 10, moment), 1, "3")
}

func queueLimits(t *testing.T, q port.Queue) {
	for i := range 20 {
		must(t, q.Send(bg, "a", fmt.Append(nil, i)))
	}
	wantJobs(t, receive(t, q, "a", 0, moment), 1)
	seen := map[string]bool{}
	for _, limit := range []int{1, 7, 1, 8, 3, 100, 5} {
		jobs := receive(t, q, "a", limit, moment)
		if want := min(limit, 20-len(seen)); len(jobs) != want {
			t.Fatalf("%d jobs, want %d", len(jobs), want)
		}
		for _, j := range jobs {
			if seen[j.ID] {
				t.Fatalf("job %s was given out twice", j.ID)
			}
			seen[j.ID] = true
		}
	}
	if len(seen) != 20 {
		t.Fatalf("%d of 20 jobs were given out", len(seen))
	}
}

func queueBodies(t *testing.T, q port.Queue) {
	bodies := [][]byte{{}, {0, 255, 10}, bytes.Repeat([]byte("x\x00"), 120<<10), []byte("客户")}
	must(t, q.Send(bg, "a", bodies...))
	jobs := receive(t, q, "a", 10, moment)
	for _, b := range bodies {
		if !slices.ContainsFunc(jobs, func(j port.Job) bool { return bytes.Equal(j.Body, b) }) {
			t.Errorf("the body of %d bytes did not come back", len(b))
		}
	}
	clear(jobs[0].Body) // the receiver owns it
	clear(bodies[3])    // and the sender its own
	var found bool
	for _, j := range receive(t, q, "a", 10, moment.Add(2*lease)) {
		found = found || string(j.Body) == "客户"
	}
	if !found {
		t.Error("a body changed with the sender's slice")
	}
}

// queueConcurrent has several receivers empty a queue that is being filled: with the time standing still each job is given
// to exactly one of them.
func queueConcurrent(t *testing.T, q port.Queue) {
	const senders, each, receivers = 4, 50, 8
	var sending, receiving sync.WaitGroup
	for s := range senders {
		sending.Go(func() {
			for i := range each {
				if err := q.Send(bg, "a", fmt.Appendf(nil, "%d/%d", s, i)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	var mu sync.Mutex
	got := map[string]int{}
	take := func() int {
		jobs, err := q.Receive(bg, "a", 3, lease, moment)
		if err != nil {
			t.Error(err)
		}
		for _, j := range jobs {
			mu.Lock()
			got[string(j.Body)]++
			mu.Unlock()
			if err := q.Done(bg, "a", j.ID); err != nil {
				t.Error(err)
			}
		}
		return len(jobs)
	}
	for range receivers {
		receiving.Go(func() {
			for range 5 {
				take()
			}
		})
	}
	sending.Wait()
	receiving.Wait()
	for take() > 0 {
	}
	for b, n := range got {
		if n != 1 {
			t.Errorf("job %s was given out %d times", b, n)
		}
	}
	if len(got) != senders*each {
		t.Errorf("%d jobs came, want %d", len(got), senders*each)
	}
	wantDepth(t, q, "a", 0)
}

func queueCancelled(t *testing.T, q port.Queue) {
	ctx := canceled()
	mustBe(t, q.Send(ctx, "a", []byte("x")), ctx.Err())
	_, err := q.Receive(ctx, "a", 1, lease, moment)
	mustBe(t, err, ctx.Err())
	mustBe(t, q.Done(ctx, "a", "1"), ctx.Err())
	_, err = q.Depth(ctx, "a")
	mustBe(t, err, ctx.Err())
	wantDepth(t, q, "a", 0)
}

func queueClosed(t *testing.T, q port.Queue) {
	must(t, q.Close())
	must(t, q.Close())
	mustFail(t, q.Send(bg, "a", []byte("x")), "Send after Close")
	_, err := q.Receive(bg, "a", 1, lease, moment)
	mustFail(t, err, "Receive after Close")
	mustFail(t, q.Done(bg, "a", "1"), "Done after Close")
	_, err = q.Depth(bg, "a")
	mustFail(t, err, "Depth after Close")
}

func queueReopen(t *testing.T, open func(t *testing.T) port.Queue) {
	q := open(t)
	must(t, q.Send(bg, "a", []byte("1"), []byte("2"), []byte("3")))
	jobs := receive(t, q, "a", 2, moment)
	must(t, q.Done(bg, "a", jobs[0].ID))
	must(t, q.Close())
	q = closing(t, open(t))
	wantDepth(t, q, "a", 2)
	if rest := receive(t, q, "a", 10, moment); len(rest) != 1 || rest[0].Tries != 1 {
		t.Fatalf("got %v; the lease did not outlive the process", rest)
	}
	for _, j := range receive(t, q, "a", 10, moment.Add(2*lease)) {
		if j.Tries != 2 {
			t.Errorf("%q has %d tries, want 2", j.Body, j.Tries)
		}
	}
}
