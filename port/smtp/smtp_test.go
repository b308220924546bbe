package smtp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	smtplib "github.com/emersion/go-smtp"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/port"
	"github.com/scruple/scruple/port/porttest"
	"github.com/scruple/scruple/port/smtp/smtptest"
)

func start(t *testing.T, o smtptest.Options) *smtptest.Server {
	t.Helper()
	s, err := smtptest.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func openURL(t *testing.T, rawURL string) port.Sender {
	t.Helper()
	var d port.Drivers
	Register(&d)
	s, err := d.OpenSender(t.Context(), rawURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func envelope(id string) scruple.Envelope {
	raw := "From: <bank@example.com>\r\nTo: <you@example.net>\r\nMessage-ID: <" + id + "@example.com>\r\n\r\nhello\r\n.\r\n"
	return scruple.Envelope{
		Message: id, Channel: scruple.Email, From: "bank@example.com", To: "you@example.net", Raw: []byte(raw),
	}
}

// is names the kind of an error: taken, refused, later or in doubt.
func kind(err error) string {
	switch {
	case err == nil:
		return "taken"
	case errors.Is(err, port.ErrRefused) && errors.Is(err, port.ErrLater):
		return "contradictory"
	case errors.Is(err, port.ErrRefused):
		return "refused"
	case errors.Is(err, port.ErrLater):
		return "later"
	}
	return "in doubt"
}

func TestConformance(t *testing.T) {
	porttest.Sender(t, func(t *testing.T) (port.Sender, func() []string) {
		server := start(t, smtptest.Options{})
		return openURL(t, "smtp://"+server.Addr()), func() []string {
			var all []string
			for _, m := range server.Mails() {
				all = append(all, string(m.Data))
			}
			return all
		}
	})
}

func TestWhatArrives(t *testing.T) {
	server := start(t, smtptest.Options{})
	e := envelope("m1")
	r, err := openURL(t, "smtp://"+server.Addr()).Send(t.Context(), e)
	if err != nil || r.Message != "m1" || r.State != scruple.Sent || !strings.HasPrefix(r.Reason, "250 2.0.0 ") {
		t.Fatalf("receipt %+v, error %v", r, err)
	}
	m := server.Mails()[0]
	if m.From != e.From || m.To[0] != e.To || string(m.Data) != string(e.Raw) || m.MessageID != "<m1@example.com>" {
		t.Errorf("arrived %+v", m)
	}
}

func answer(code, a, b, c int, words string) error {
	return &smtplib.SMTPError{Code: code, EnhancedCode: smtplib.EnhancedCode{a, b, c}, Message: words}
}

// TestAnswersAtEveryStage lets the server refuse, defer or hang up at each step.
func TestAnswersAtEveryStage(t *testing.T) {
	no, busy, bye := answer(550, 5, 1, 1, "no such user you@example.net"), answer(451, 4, 3, 0, "busy"), answer(421, 4, 3, 2, "shutting down")
	for _, c := range []struct {
		stage  smtptest.Stage
		err    error
		want   string
		reason string
		kept   int
	}{
		{smtptest.Connect, answer(554, 5, 7, 1, "blocked"), "later", "554", 0},
		{smtptest.Connect, busy, "later", "451", 0},
		{smtptest.Connect, smtptest.ErrHangUp, "later", "", 0},
		{smtptest.From, no, "refused", "550 5.1.1 no such user recipient", 0},
		{smtptest.From, busy, "later", "451 4.3.0 busy", 0},
		{smtptest.From, bye, "later", "421 4.3.2 shutting down", 0},
		{smtptest.From, answer(530, 5, 7, 0, "log in"), "later", "530 5.7.0 log in", 0},
		{smtptest.From, smtptest.ErrHangUp, "later", "", 0},
		{smtptest.To, no, "refused", "550 5.1.1 no such user recipient", 0},
		{smtptest.To, busy, "later", "451 4.3.0 busy", 0},
		{smtptest.To, smtptest.ErrHangUp, "later", "", 0},
		{smtptest.Body, no, "refused", "550 5.1.1 no such user recipient", 0},
		{smtptest.Body, busy, "later", "451 4.3.0 busy", 0},
		{smtptest.Body, smtptest.ErrHangUp, "in doubt", "", 0},
		{smtptest.Received, no, "refused", "550 5.1.1 no such user recipient", 0},
		{smtptest.Received, busy, "later", "451 4.3.0 busy", 0},
		{smtptest.Received, bye, "later", "421 4.3.2 shutting down", 0},
		{smtptest.Received, answer(251, 2, 1, 5, "will forward"), "taken", "251 2.1.5 will forward", 0},
		{smtptest.Received, answer(354, 3, 0, 0, "go on"), "in doubt", "", 0},
		{smtptest.Received, smtptest.ErrHangUp, "in doubt", "", 0},
		{smtptest.Kept, smtptest.ErrHangUp, "in doubt", "", 1},
	} {
		t.Run(fmt.Sprintf("%s %v", c.stage, c.err), func(t *testing.T) {
			var healthy atomic.Bool
			server := start(t, smtptest.Options{Hook: func(s smtptest.Stage, _ smtptest.Mail) error {
				if s == c.stage && !healthy.Load() {
					return c.err
				}
				return nil
			}})
			s := openURL(t, "smtp://"+server.Addr())
			r, err := s.Send(t.Context(), envelope("m1"))
			if kind(err) != c.want || !strings.Contains(r.Reason, c.reason) {
				t.Errorf("%s (%v), reason %q; want %s, %q", kind(err), err, r.Reason, c.want, c.reason)
			}
			if (r.State == scruple.Refused) != (c.want == "refused") || (r.State == scruple.Sent) != (c.want == "taken") {
				t.Errorf("receipt in state %q", r.State)
			}
			if strings.Contains(fmt.Sprint(err, r), "you@example.net") {
				t.Errorf("the address is repeated: %v, %+v", err, r)
			}
			healthy.Store(true)
			if _, err := s.Send(t.Context(), envelope("m2")); err != nil {
				t.Errorf("the next message: %v", err)
			}
			mails := server.Mails()
			if len(mails) != c.kept+1 {
				t.Fatalf("the server has %d mails, want %d", len(mails), c.kept+1)
			}
			if last := mails[c.kept]; len(last.To) != 1 || last.MessageID != "<m2@example.com>" {
				t.Errorf("the next message has remains of this one: %s to %q", last.MessageID, last.To)
			}
		})
	}
}

func TestConnectionsAreUsedAgain(t *testing.T) {
	server := start(t, smtptest.Options{})
	s := openURL(t, "smtp://"+server.Addr())
	for n := range 20 {
		if _, err := s.Send(t.Context(), envelope(fmt.Sprint(n))); err != nil {
			t.Fatal(err)
		}
	}
	if got := server.Sessions(); got != 1 {
		t.Errorf("%d connections for 20 messages, want 1", got)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestConnectionsAreBounded(t *testing.T) {
	server := start(t, smtptest.Options{})
	s := openURL(t, "smtp://"+server.Addr()+"?conns=3")
	var wg sync.WaitGroup
	for n := range 16 {
		wg.Go(func() {
			for i := range 10 {
				if _, err := s.Send(t.Context(), envelope(fmt.Sprint(n, "-", i))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if got := server.Sessions(); got > 3 || len(server.Mails()) != 160 {
		t.Errorf("%d connections, %d mails; want at most 3, and 160", got, len(server.Mails()))
	}
}

// TestServerRestarts has kept connections die between two messages: that must cost neither a message nor a doubt.
func TestServerRestarts(t *testing.T) {
	first, err := smtptest.Start(smtptest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	addr := first.Addr()
	s := openURL(t, "smtp://"+addr)
	sendAtOnce(t, s, 4)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Send(t.Context(), envelope("nobody")); kind(err) != "later" {
		t.Errorf("without a server: %v, want later", err)
	}
	second := start(t, smtptest.Options{Addr: addr})
	sendAtOnce(t, s, 4)
	if got := len(second.Mails()); got != 4 {
		t.Errorf("%d mails after the restart, want 4", got)
	}
}

func sendAtOnce(t *testing.T, s port.Sender, n int) {
	t.Helper()
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			if _, err := s.Send(t.Context(), envelope(fmt.Sprint(i))); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

// TestIdleTimeout is a server that says 421 to a connection it kept too long, before the next command.
func TestIdleTimeout(t *testing.T) {
	var mails atomic.Int32
	server := start(t, smtptest.Options{Hook: func(at smtptest.Stage, _ smtptest.Mail) error {
		if at == smtptest.From && mails.Add(1) == 2 {
			return answer(421, 4, 4, 2, "idle too long")
		}
		return nil
	}})
	s := openURL(t, "smtp://"+server.Addr())
	for _, id := range []string{"a", "b"} {
		if _, err := s.Send(t.Context(), envelope(id)); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
}

// TestLostBeforeTheEnd breaks the connection while a body is under way that no socket buffer holds whole.
func TestLostBeforeTheEnd(t *testing.T) {
	server := start(t, smtptest.Options{Hook: func(at smtptest.Stage, _ smtptest.Mail) error {
		if at == smtptest.Body {
			return smtptest.ErrHangUp
		}
		return nil
	}})
	e := envelope("big")
	e.Raw = append(e.Raw, strings.Repeat(strings.Repeat("x", 70)+"\r\n", 1<<19)...)
	if _, err := openURL(t, "smtp://"+server.Addr()).Send(t.Context(), e); kind(err) != "later" {
		t.Errorf("%s: %v, want later", kind(err), err)
	}
}

// TestNoAnswer is a server that takes the message and says nothing.
func TestNoAnswer(t *testing.T) {
	free := make(chan struct{})
	server := start(t, smtptest.Options{Hook: func(at smtptest.Stage, _ smtptest.Mail) error {
		if at == smtptest.Kept {
			<-free
		}
		return nil
	}})
	defer close(free)
	_, err := openURL(t, "smtp://"+server.Addr()+"?answer=50ms").Send(t.Context(), envelope("m1"))
	if kind(err) != "in doubt" || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%s: %v, want in doubt by time", kind(err), err)
	}
}

// TestNoGreeting is a server that accepts and says nothing.
func TestNoGreeting(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, err = openURL(t, "smtp://"+l.Addr().String()+"?timeout=50ms").Send(t.Context(), envelope("m1"))
	if kind(err) != "later" {
		t.Errorf("%s: %v, want later", kind(err), err)
	}
}

// TestCancelledMidway cancels before and after the message is handed over.
func TestCancelledMidway(t *testing.T) {
	for stage, want := range map[smtptest.Stage]string{
		smtptest.From: "later", smtptest.To: "later", smtptest.Received: "taken",
	} {
		t.Run(string(stage), func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			free := make(chan struct{})
			server := start(t, smtptest.Options{Hook: func(at smtptest.Stage, _ smtptest.Mail) error {
				if at == stage {
					cancel()
					if want == "later" {
						<-free // no answer: only the cancelled context can end the wait
					}
				}
				return nil
			}})
			s := openURL(t, "smtp://"+server.Addr())
			_, err := s.Send(ctx, envelope("m1"))
			close(free)
			if kind(err) != want {
				t.Errorf("%s: %v, want %s", kind(err), err, want)
			}
			if got := len(server.Mails()); (got == 1) != (want == "taken") {
				t.Errorf("%d mails", got)
			}
		})
	}
}

func TestCloseWaits(t *testing.T) {
	reached, free := make(chan struct{}), make(chan struct{})
	server := start(t, smtptest.Options{Hook: func(at smtptest.Stage, _ smtptest.Mail) error {
		if at == smtptest.Received {
			close(reached)
			<-free
		}
		return nil
	}})
	s := openURL(t, "smtp://"+server.Addr())
	sent, closed := make(chan error, 1), make(chan error, 1)
	go func() { _, err := s.Send(t.Context(), envelope("m1")); sent <- err }()
	<-reached
	go func() { closed <- s.Close() }()
	close(free)
	if err := errors.Join(<-sent, <-closed); err != nil || len(server.Mails()) != 1 {
		t.Errorf("error %v, %d mails", err, len(server.Mails()))
	}
}

func TestUnfitEnvelopes(t *testing.T) {
	server := start(t, smtptest.Options{})
	s := openURL(t, "smtp://"+server.Addr())
	for name, change := range map[string]func(*scruple.Envelope){
		"no mail":         func(e *scruple.Envelope) { e.Raw = nil },
		"no recipient":    func(e *scruple.Envelope) { e.To = "" },
		"second argument": func(e *scruple.Envelope) { e.To = "a@b.example> NOTIFY=NEVER" },
		"second command":  func(e *scruple.Envelope) { e.From = "a@b.example>\r\nRCPT TO:<c@d.example" },
		"foreign mailbox": func(e *scruple.Envelope) { e.To = "用户@b.example" },
		"lone CR":         func(e *scruple.Envelope) { e.Raw = append(e.Raw, "x\r.\r\nMAIL FROM:<x@y.example>\r\n"...) },
		"zero byte":       func(e *scruple.Envelope) { e.Raw = append(e.Raw, 0) },
	} {
		e := envelope("m1")
		change(&e)
		if r, err := s.Send(t.Context(), e); kind(err) != "refused" || r.State != scruple.Refused || r.Reason == "" {
			t.Errorf("%s: receipt %+v, error %v; want refused", name, r, err)
		}
	}
	if len(server.Mails()) != 0 || server.Sessions() != 0 {
		t.Error("an unfit envelope reached the server")
	}
}

func TestCleanWords(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "250 ok": "250 ok", "a\x00b\r\nc": "a b c", "\xff\xfe": "", "no A@B.example": "no recipient", strings.Repeat("语", 400): strings.Repeat("语", 166),
	} {
		if got := clean(in, "A@B.example"); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestRecordIsWrittenBeforeTheAnswer(t *testing.T) {
	file, err := os.OpenFile(filepath.Join(t.TempDir(), "record"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	server := start(t, smtptest.Options{Record: file})
	s := openURL(t, "smtp://"+server.Addr())
	want := ""
	for n := range 5 {
		id := fmt.Sprint("m", n)
		if _, err := s.Send(t.Context(), envelope(id)); err != nil {
			t.Fatal(err)
		}
		want += "<" + id + "@example.com>\tyou@example.net\n"
		if got, err := os.ReadFile(file.Name()); err != nil || string(got) != want {
			t.Fatalf("record %q, %v; want %q", got, err, want)
		}
	}
}

func TestBadURLs(t *testing.T) {
	for rawURL, want := range map[string]string{
		"smtp:///": "want smtp://", "smtp://mail.example/path": "want smtp://", "smtp://mail.example?startls=no": "startls",
		"smtp://mail.example?starttls=maybe": "require, opportunistic, no", "smtp://mail.example?conns=0": "1 to 256",
		"smtp://mail.example?timeout=5": "30s", "smtp://mail.example?auth=cram": "plain, login", "smtp://mail.example?insecure=cert": "this machine",
		"smtp://u:geheim@mail.example?starttls=no": "unencrypted", "smtp://mail.example?helo=a%20b": "host name",
		"smtp://mail.example?ca=/does/not/exist": "ca", "smtps://mail.example?starttls=require": "smtps",
		"smtp://mail.example?conns=1&conns=2": "at most once", "smtp://mail.example?a=%zz": "malformed", "smtp://mail.example?timeout=-1s": "30s",
	} {
		var d port.Drivers
		Register(&d)
		_, err := d.OpenSender(t.Context(), rawURL)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%s: %v, want an error with %q", rawURL, err, want)
		}
	}
}

func TestDefaults(t *testing.T) {
	for rawURL, want := range map[string]config{
		"smtp://mail.example":             {address: "mail.example:587", starttls: "require"},
		"smtps://mail.example":            {address: "mail.example:465", starttls: "no", implicit: true},
		"smtp://localhost:25":             {address: "localhost:25", starttls: "no"},
		"smtp://u:p@127.0.0.1:25":         {address: "127.0.0.1:25", starttls: "require", user: "u", password: "p"},
		"smtp://[::1]?conns=9&auth=login": {address: "[::1]:587", starttls: "no", conns: 9, auth: "login"},
	} {
		u, err := url.Parse(rawURL)
		if err != nil {
			t.Fatal(err)
		}
		c, err := parse(u)
		if err != nil {
			t.Errorf("%s: %v", rawURL, err)
			continue
		}
		if want.conns == 0 {
			want.conns = 4
		}
		want.step, want.answer, want.helo = 30*time.Second, 2*time.Minute, c.helo
		got := *c
		got.tls = nil
		if got != want {
			t.Errorf("%s: %+v, want %+v", rawURL, got, want)
		}
	}
}

func BenchmarkSend(b *testing.B) {
	server, err := smtptest.Start(smtptest.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer server.Close()
	u, _ := url.Parse("smtp://" + server.Addr())
	s, err := open(b.Context(), u)
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	e := envelope("m1")
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := s.Send(b.Context(), e); err != nil {
				b.Fatal(err)
			}
		}
	})
}
