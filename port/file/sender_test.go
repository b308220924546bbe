package file

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/port"
	"github.com/scruple/scruple/port/porttest"
)

func newSender(t testing.TB, dir, query string) port.Sender {
	t.Helper()
	s, err := openSender(t.Context(), &url.URL{Scheme: "file", Path: dir, RawQuery: query})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// written returns every file below dir by its name, hidden ones included.
func written(t testing.TB, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		files[filepath.ToSlash(name)] = string(body)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestSenderConformance(t *testing.T) {
	for _, query := range []string{"", "sync=always"} {
		t.Run(query, func(t *testing.T) {
			porttest.Sender(t, func(t *testing.T) (port.Sender, func() []string) {
				dir := t.TempDir()
				return newSender(t, dir, query), func() []string {
					var all []string
					for _, body := range written(t, dir) {
						all = append(all, body)
					}
					return all
				}
			})
		})
	}
}

func TestSenderFiles(t *testing.T) {
	dir := t.TempDir()
	s := newSender(t, dir, "")
	sms := scruple.Envelope{Message: "b-2", Channel: scruple.SMS, From: "95500", To: "+86138", Text: "【示例银行】3% <b> & 您好"}
	mail := scruple.Envelope{Message: "a_1", Channel: scruple.Email, Raw: []byte("Subject: x\r\n\r\nhello\r\n")}
	foreign := scruple.Envelope{Message: "../../ETC", Channel: scruple.Push, To: "t", Text: "x"}
	for _, e := range []scruple.Envelope{sms, mail, foreign} {
		r, err := s.Send(t.Context(), e)
		if err != nil || r.State != scruple.Sent {
			t.Fatalf("receipt %+v, error %v", r, err)
		}
		if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(r.ID))); err != nil {
			t.Errorf("the receipt's id is no file: %v", err)
		}
	}
	got := written(t, dir)
	var back scruple.Envelope
	if err := json.Unmarshal([]byte(got["sms/b-2.json"]), &back); err != nil || !cmp.Equal(back, sms) {
		t.Errorf("%v: %s", err, cmp.Diff(back, sms))
	}
	if !strings.Contains(got["sms/b-2.json"], "\n  \"text\": \"【示例银行】3% <b> & 您好\"") {
		t.Errorf("not readable: %s", got["sms/b-2.json"])
	}
	if got["email/a_1.eml"] != string(mail.Raw) || len(got) != 3 {
		t.Errorf("files %q", got)
	}
}

// TestSenderTwice sends a message again, by another process and at the same moment: one file, one receipt.
func TestSenderTwice(t *testing.T) {
	dir := t.TempDir()
	e := scruple.Envelope{Message: "m", Channel: scruple.SMS, Text: "first"}
	first, err := newSender(t, dir, "").Send(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	before := written(t, dir)
	again := newSender(t, dir, "")
	e.Text = "changed"
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if r, err := again.Send(t.Context(), e); err != nil || r != first {
				t.Errorf("receipt %+v, error %v; want %+v", r, err, first)
			}
		})
	}
	wg.Wait()
	if diff := cmp.Diff(before, written(t, dir)); diff != "" {
		t.Errorf("files changed: %s", diff)
	}
}

func TestSenderRace(t *testing.T) {
	dir := t.TempDir()
	s := newSender(t, dir, "")
	var wg sync.WaitGroup
	for n := range 16 {
		wg.Go(func() {
			e := scruple.Envelope{Message: "m", Channel: scruple.SMS, Text: fmt.Sprint(n)}
			if r, err := s.Send(t.Context(), e); err != nil || r.State != scruple.Sent {
				t.Errorf("receipt %+v, error %v", r, err)
			}
		})
	}
	wg.Wait()
	if got := written(t, dir); len(got) != 1 {
		t.Errorf("files %v, want one and nothing hidden", got)
	}
}

func TestSenderRefuses(t *testing.T) {
	s := newSender(t, t.TempDir(), "")
	for name, e := range map[string]scruple.Envelope{
		"unknown channel": {Message: "m", Channel: "../x", Text: "x"},
		"mail without":    {Message: "m", Channel: scruple.Email, Text: "x"},
	} {
		if r, err := s.Send(t.Context(), e); !errors.Is(err, port.ErrRefused) || r.State != scruple.Refused {
			t.Errorf("%s: receipt %+v, error %v", name, r, err)
		}
	}
}

// TestSenderCannotWrite has a file where the directory of a channel should be.
func TestSenderCannotWrite(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "sms"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s := newSender(t, dir, "")
	if _, err := s.Send(t.Context(), scruple.Envelope{Message: "m", Channel: scruple.SMS, Text: "x"}); !errors.Is(err, port.ErrLater) {
		t.Errorf("error %v, want ErrLater", err)
	}
}

func TestSenderURLs(t *testing.T) {
	for _, bad := range []url.URL{
		{Scheme: "file"},
		{Scheme: "file", Host: "server", Path: "/x"},
		{Scheme: "file", Path: t.TempDir(), RawQuery: "sync=never"},
		{Scheme: "file", Path: t.TempDir(), RawQuery: "fsync=always"},
		{Scheme: "file", Path: "/dev/null/x"},
	} {
		if _, err := openSender(t.Context(), &bad); err == nil {
			t.Errorf("%s: no error", &bad)
		}
	}
}

func BenchmarkSender(b *testing.B) {
	for _, query := range []string{"", "sync=always"} {
		b.Run(query, func(b *testing.B) {
			s := newSender(b, b.TempDir(), query)
			raw := []byte(strings.Repeat("line of a mail\r\n", 250))
			for n := 0; b.Loop(); n++ {
				e := scruple.Envelope{Message: fmt.Sprintf("m%d", n), Channel: scruple.Email, Raw: raw}
				if _, err := s.Send(b.Context(), e); err != nil {
					b.Fatal(err)
				}
			}
			if err := s.Close(); err != nil {
				b.Fatal(err)
			}
		})
	}
}
