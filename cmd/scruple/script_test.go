package main

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"
	"github.com/rogpeppe/go-internal/txtar"
	_ "modernc.org/sqlite" // reads stores beside the house
)

// The scenarios of testdata/*.txtar. Each has a small bank of its own, see testdata/house/bank.txtar, and these commands
// beside those of testscript:
//
//	scruple ARG...   runs the program in this process; exit code 0; a last argument <FILE is its standard input
//	finds ARG...     runs it; exit code 1
//	denies ARG...    runs it; exit code 2
//	refuses ARG...   runs it; exit code 2, and store and files are as they were
//	json             standard output is one JSON value
//	grab NAME RE     sets a variable to what the group of RE matches in the output
//	delivered N...   exactly the people whose phone numbers end so got a message
//	sql STATEMENT    changes the store behind the program's back
//	repeat FILE TEXT COUNT TAIL   writes a file: TEXT so many times, then TAIL
func TestScripts(t *testing.T) {
	t.Setenv("LC_ALL", "en_GB.UTF-8")
	bank, err := txtar.ParseFile("testdata/house/bank.txtar")
	if err != nil {
		t.Fatal(err)
	}
	testscript.RunT(inTurn{t}, testscript.Params{
		Dir: "testdata", ContinueOnError: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("SAMPLE", sampleDir(t))
			return furnish(env.WorkDir, bank)
		},
		Condition: func(name string) (bool, error) { return name == "race" && raceDetector, nil },
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"scruple":   exits(exitClean),
			"finds":     exits(exitFindings),
			"denies":    exits(exitFailure),
			"refuses":   refuses,
			"json":      isJSON,
			"grab":      grab,
			"delivered": delivered,
			"sql":       change,
			"repeat":    repeat,
		},
	})
}

// inTurn runs scripts one after the other: they run the program in this process, which has one working directory.
type inTurn struct{ *testing.T }

func (t inTurn) Parallel()     {}
func (t inTurn) Verbose() bool { return testing.Verbose() }
func (t inTurn) Run(name string, do func(testscript.T)) {
	t.T.Run(name, func(t *testing.T) { do(inTurn{t}) })
}

func sampleDir(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../../examples/bank")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// furnish writes the files of a house that are not there yet.
func furnish(dir string, bank *txtar.Archive) error {
	for _, f := range bank.Files {
		name := filepath.Join(dir, f.Name)
		if _, err := os.Stat(name); err == nil {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(name, f.Data, 0o666); err != nil {
			return err
		}
	}
	return nil
}

// exits runs the program and wants this exit code.
func exits(code int) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg {
			ts.Fatalf("say which exit code: scruple (0), finds (1), denies or refuses (2)")
		}
		p := process{args: args}
		if n := len(args) - 1; n >= 0 && strings.HasPrefix(args[n], "<") {
			p.args, p.stdin = args[:n], args[n][1:]
		}
		ts.Check(p.run(ts.MkAbs(".")))
		_, _ = ts.Stdout().Write(p.stdout)
		_, _ = ts.Stderr().Write(p.stderr)
		if p.code != code {
			ts.Fatalf("exit code %d, want %d\n%s%s", p.code, code, p.stdout, p.stderr)
		}
		if code == exitFailure && !bytes.HasPrefix(p.stderr, []byte("scruple: ")) {
			ts.Fatalf("exit code 2 without a word of why: %q", p.stderr)
		}
	}
}

// process is one run of the program within this process.
type process struct {
	args           []string
	stdin          string // a file; empty for none
	stdout, stderr []byte
	code           int
}

func (p *process) run(dir string) (err error) {
	home, err := os.Getwd()
	if err == nil {
		err = os.Chdir(dir)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Chdir(home)) }()
	if p.stdin == "" {
		p.stdin = os.DevNull
	}
	in, err := os.Open(p.stdin)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.CreateTemp("", "stdout")
	if err != nil {
		return err
	}
	defer os.Remove(out.Name())
	defer out.Close()
	bad, err := os.CreateTemp("", "stderr")
	if err != nil {
		return err
	}
	defer os.Remove(bad.Name())
	defer bad.Close()
	stdin, stdout, stderr := os.Stdin, os.Stdout, os.Stderr
	os.Stdin, os.Stdout, os.Stderr = in, out, bad
	p.code = run(p.args)
	os.Stdin, os.Stdout, os.Stderr = stdin, stdout, stderr
	p.stdout, err = os.ReadFile(out.Name())
	if err != nil {
		return err
	}
	p.stderr, err = os.ReadFile(bad.Name())
	return err
}

// refuses is exit code 2 with everything as it was.
func refuses(ts *testscript.TestScript, neg bool, args []string) {
	dir := ts.Getenv("WORK")
	before, err := inventory(dir)
	ts.Check(err)
	exits(exitFailure)(ts, neg, args)
	after, err := inventory(dir)
	ts.Check(err)
	maps.DeleteFunc(after, isLock)
	maps.DeleteFunc(before, isLock)
	if diff := cmp.Diff(before, after); diff != "" {
		ts.Fatalf("refused, but something was changed:\n%s", diff)
	}
}

// isLock: a lock stays behind and tells who was the last to work.
func isLock(name, _ string) bool { return strings.HasSuffix(name, ".lock") }

// inventory describes every file of a house and every record of its store.
func inventory(dir string) (map[string]string, error) {
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.Name() == ".tmp" {
			if err == nil {
				err = fs.SkipDir
			}
			return err
		}
		if d.IsDir() || strings.HasPrefix(d.Name(), "store.db") && !strings.HasSuffix(name, ".lock") {
			return nil
		}
		data, err := os.ReadFile(name)
		rel, _ := filepath.Rel(dir, name)
		all[rel] = digest(data)
		return err
	})
	if err != nil {
		return nil, err
	}
	return all, stored(filepath.Join(dir, "store.db"), all)
}

// stored adds every record and job of a store, read from a copy: looking must not change it.
func stored(name string, all map[string]string) error {
	if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	dir, err := os.MkdirTemp("", "store")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	for _, end := range []string{"", "-wal"} {
		data, err := os.ReadFile(name + end)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, "store.db"+end), data, 0o600)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	db, err := sql.Open("sqlite", filepath.Join(dir, "store.db"))
	if err != nil {
		return err
	}
	defer db.Close()
	rows, err := db.Query("SELECT 'record', k, r, v FROM kv UNION ALL SELECT topic, id, due * 1000 + tries, body FROM job")
	if err != nil { // no store of ours: its bytes stand for it
		data, err := os.ReadFile(name)
		all["store"] = digest(data)
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var kind, key, value []byte
		var revision int64
		if err := rows.Scan(&kind, &key, &revision, &value); err != nil {
			return err
		}
		all[fmt.Sprintf("store: %s %q", kind, key)] = fmt.Sprint(revision, " ", digest(value))
	}
	return rows.Err()
}

func digest(data []byte) string { return fmt.Sprintf("%x", sha256.Sum256(data)) }

func isJSON(ts *testscript.TestScript, _ bool, _ []string) {
	if err := oneValue(ts.ReadFile("stdout")); err != nil {
		ts.Fatalf("standard output is no JSON: %v", err)
	}
}

func oneValue(text string) error {
	d := json.NewDecoder(strings.NewReader(text))
	var v any
	if err := d.Decode(&v); err != nil {
		return err
	}
	if err := d.Decode(&v); !errors.Is(err, io.EOF) {
		return fmt.Errorf("something follows the first value: %v", err)
	}
	return nil
}

func grab(ts *testscript.TestScript, _ bool, args []string) {
	m := regexp.MustCompile("(?m)" + args[1]).FindStringSubmatch(ts.ReadFile("stdout"))
	if m == nil {
		ts.Fatalf("nothing in the output matches %s", args[1])
	}
	ts.Setenv(args[0], m[1])
}

func delivered(ts *testscript.TestScript, _ bool, want []string) {
	got, err := recipients(ts.MkAbs("out"))
	ts.Check(err)
	ends := map[string]int{}
	for _, to := range got {
		ends[to[len(to)-1:]]++
	}
	slices.Sort(want)
	if list := slices.Sorted(maps.Keys(ends)); !slices.Equal(list, want) || len(list) != len(got) {
		ts.Fatalf("delivered to %v, want people whose numbers end in %v, each once", got, want)
	}
}

// recipients lists to whom the messages in a carrier's folder went.
func recipients(dir string) ([]string, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*", "*.json"))
	if err != nil {
		return nil, err
	}
	var to []string
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		var m struct{ To string }
		if err := json.Unmarshal(data, &m); err != nil {
			return nil, err
		}
		to = append(to, m.To)
	}
	return to, nil
}

func change(ts *testscript.TestScript, _ bool, args []string) {
	db, err := sql.Open("sqlite", ts.MkAbs("store.db"))
	ts.Check(err)
	defer db.Close()
	_, err = db.Exec(args[0])
	ts.Check(err)
}

func repeat(ts *testscript.TestScript, _ bool, args []string) {
	var n int
	_, err := fmt.Sscan(args[2], &n)
	ts.Check(err)
	unquote := strings.NewReplacer(`\n`, "\n", `\xff`, "\xff").Replace
	data := append(bytes.Repeat([]byte(unquote(args[1])), n), unquote(args[3])...)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), data, 0o666))
}
