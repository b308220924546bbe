package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/compliance"
)

func builtin(t *testing.T) *compliance.Book {
	t.Helper()
	book, err := compliance.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return book
}

// What is written passes the schema of the standard, and its places are those of the words.
func TestSarif(t *testing.T) {
	book := builtin(t)
	text := "【示范银行】您好\n本产品🎉保本，随时可取"
	m := scruple.Message{Market: scruple.CN, Channel: scruple.SMS, Text: text}
	found := book.Check(&m, &scruple.Facts{})
	g := &globals{lang: "zh"}
	report := g.sarif(book, []checked{
		{File: "a b/一.txt", Verdict: found.Verdict(), Findings: found, message: m, mapped: true},
		{File: "campaigns/x.yaml variant a", Verdict: found.Verdict(), Findings: found, message: m},
		{File: "clean.txt", Verdict: scruple.Pass},
	})
	var out bytes.Buffer
	if err := report.PrettyWrite(&out); err != nil {
		t.Fatal(err)
	}
	read, err := sarif.FromBytes(out.Bytes(), sarif.WithStrictValidation())
	if err != nil {
		t.Fatal(err)
	}
	if err := read.Validate(); err != nil {
		t.Fatal(err)
	}
	exact := false
	for _, r := range read.Runs[0].Results {
		at := r.Locations[0].PhysicalLocation.Region
		if at.Snippet == nil || *at.Snippet.Text != "保本" || at.EndColumn == nil {
			continue
		}
		exact = true
		if *at.StartLine != 2 || *at.StartColumn != 5 || *at.EndLine != 2 || *at.EndColumn != 7 || text[at.ByteOffset:at.ByteOffset+*at.ByteLength] != "保本" {
			t.Errorf("the words stand at 2:5-2:7, reported %d:%d-%d:%d", *at.StartLine, *at.StartColumn, *at.EndLine, *at.EndColumn)
		}
		if rule, ok := book.Rule(*r.RuleID); ok && r.Level != level(rule.Verdict) {
			t.Errorf("%s: level %s for a verdict of %s", rule.ID, r.Level, rule.Verdict)
		}
	}
	if !exact {
		t.Errorf("no result with a place:\n%s", out.String())
	}
}

func TestCheckEndpoint(t *testing.T) {
	clock := func() time.Time { return time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC) }
	server := httptest.NewServer(checkHandler(builtin(t), clock))
	defer server.Close()
	ask := func(body string) (int, string) {
		r, err := http.Post(server.URL, "application/x-ndjson", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		return r.StatusCode, string(b)
	}
	code, body := ask(`{"id":"a","market":"cn","lang":"en","channel":"sms","product":{"type":"wealth"},"text":"保本","whole":false}` + "\n" +
		`{"id":"b","market":"cn","lang":"en","channel":"sms","product":{"type":"wealth"},"text":"不保本","whole":false}`)
	lines := strings.Split(strings.TrimSpace(body), "\n")
	if code != http.StatusOK || len(lines) != 2 {
		t.Fatalf("%d: %s", code, body)
	}
	for i, want := range []scruple.Verdict{scruple.Block, scruple.Pass} {
		var got judged
		if err := json.Unmarshal([]byte(lines[i]), &got); err != nil {
			t.Fatal(err)
		}
		if got.Verdict != want {
			t.Errorf("%s: %s, want %s", got.ID, got.Verdict, want)
		}
		for _, f := range got.Findings {
			if f.Quote != "保本"[f.Start:f.End] || f.Why == "" {
				t.Errorf("finding %+v", f)
			}
		}
	}
	if code, body := ask("{"); code != http.StatusBadRequest || !strings.Contains(body, "request:1:") {
		t.Errorf("a broken line: %d %s", code, body)
	}
	if code, _ := ask(strings.Repeat(" ", maxCases+1)); code != http.StatusBadRequest {
		t.Errorf("too much: %d", code)
	}
}

// The hook of docs/ refuses a commit with bad copy and lets a clean one through. What is not staged does not count.
func TestPreCommitHook(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program")
	}
	dir := t.TempDir()
	bin := filepath.Join(dir, "bin")
	build := exec.Command("go", "build", "-o", filepath.Join(bin, "scruple"), ".")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	hook, err := filepath.Abs("../../docs/pre-commit")
	if err != nil {
		t.Fatal(err)
	}
	repo := filepath.Join(dir, "repo")
	git := func(args ...string) (string, error) {
		c := exec.Command("git", append([]string{"-C", repo, "-c", "user.name=a", "-c", "user.email=a@b.example", "-c", "core.hooksPath=" + filepath.Dir(hook)}, args...)...)
		c.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "SCRUPLE_MARKET=cn", "SCRUPLE_CHANNEL=push", "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_SYSTEM="+os.DevNull)
		out, err := c.CombinedOutput()
		return string(out), err
	}
	write := func(text string) {
		if err := os.MkdirAll(filepath.Join(repo, "copy"), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(repo, "copy/a.txt"), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write("周末网点照常营业")
	for _, args := range [][]string{{"init", "-q"}, {"add", "copy"}, {"commit", "-q", "-m", "clean"}} {
		if out, err := git(args...); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	write("本产品保本保息")
	if out, err := git("commit", "-q", "--allow-empty", "-m", "nothing staged"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if out, err := git("commit", "-q", "-a", "-m", "bad"); err == nil || !strings.Contains(out, "cn.guarantee") {
		t.Fatalf("a promise was committed: %v\n%s", err, out)
	}
}
