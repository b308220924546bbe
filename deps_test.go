package scruple_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
)

// This file is policy: who may import whom (see docs/design.md), which libraries there are and why. When it fails, the code
// is wrong; whoever finds the policy itself wrong changes the picture in docs/design.md in the same commit.

const module = "github.com/scruple/scruple"

// room is a folder and what its code may import: other folders of ours, and libraries. Tests may import more.
type room struct {
	folder string
	ours   []string
	libs   []string
	// pure: it is given everything. No os, network, database or log, no clock, no randomness.
	pure bool
}

var rooms = []room{
	{folder: ".", pure: true},
	{folder: "audience", ours: []string{".", "internal/strictyaml"}, libs: []string{"cel.dev/cel-go", "github.com/parquet-go/parquet-go", "golang.org/x/text"}, pure: true},
	{folder: "templates", ours: []string{".", "internal/strictyaml"}, libs: []string{
		"github.com/osteele/liquid", "github.com/osteele/tuesday", "github.com/microcosm-cc/bluemonday", "github.com/rivo/uniseg", "golang.org/x/net", "golang.org/x/text",
	}, pure: true},
	{folder: "compliance", ours: []string{".", "internal/strictyaml"}, libs: []string{"github.com/goccy/go-yaml", "github.com/xeipuuv/gojsonschema", "golang.org/x/net", "golang.org/x/text"}, pure: true},
	{folder: "compliance/exam", ours: []string{"."}, pure: true},
	{folder: "compliance/review", ours: []string{"."}, pure: true},
	{folder: "compliance/ledger", ours: []string{"."}, libs: []string{"golang.org/x/mod"}, pure: true},
	{folder: "delivery", ours: []string{"."}, libs: []string{"github.com/emersion/go-message", "golang.org/x/net"}, pure: true},
	{folder: "internal/strictyaml", libs: []string{"github.com/goccy/go-yaml"}, pure: true},
	// The way of a message knows every pure room and the ports. It reads the world through them alone, so it is as pure.
	{folder: "functions", ours: []string{
		".", "audience", "templates", "compliance", "compliance/review", "compliance/ledger", "delivery", "internal/strictyaml", "port",
	}, libs: []string{"golang.org/x/mod", "golang.org/x/sync"}, pure: true},
	{folder: "port", ours: []string{"."}},
	{folder: "port/porttest", ours: []string{".", "port"}},
	{folder: "port/memory", ours: []string{".", "port"}},
	{folder: "port/file", ours: []string{".", "port"}},
	{folder: "port/sqlite", ours: []string{".", "port"}, libs: []string{"modernc.org/sqlite", "modernc.org/libc", "golang.org/x/sys"}},
	{folder: "port/smtp", ours: []string{".", "port"}, libs: []string{"github.com/emersion/go-smtp", "github.com/emersion/go-sasl"}},
	{folder: "port/webhook", ours: []string{".", "port"}},
	{folder: "port/smtp/smtptest", libs: []string{"github.com/emersion/go-smtp", "github.com/emersion/go-sasl"}},
	// Beside functions, the ports and compliance the command sees four more: ledger makes the key, review has the words of a
	// ruling, templates reads the files that check is given, strictyaml finds the nearest rule id.
	{folder: "cmd/scruple", ours: []string{
		".", "functions", "compliance", "compliance/exam", "port", "port/memory", "port/file", "port/sqlite", "port/smtp", "port/webhook",
		"compliance/ledger", "compliance/review", "templates", "internal/strictyaml",
	}, libs: []string{"github.com/spf13/cobra", "github.com/emersion/go-message", "github.com/netresearch/go-cron", "github.com/owenrumney/go-sarif/v3", "github.com/schollz/progressbar/v3", "golang.org/x/mod", "golang.org/x/term"}},
	// The bench is a program beside the house: it only runs the others.
	{folder: "internal/bench"},
	{folder: "examples/generate", libs: []string{"golang.org/x/text"}},
}

// libraries are all direct dependencies, each with why it is there; docs/design.md shows this list.
var libraries = []struct{ module, why string }{
	{"cel.dev/cel-go", "audience filters: a known expression language, type-checked before a run and bounded in cost"},
	{"github.com/emersion/go-message", "writes and reads mail (MIME, RFC 5322) with its header folding and encodings"},
	{"github.com/emersion/go-sasl", "the login of the mail driver, PLAIN and LOGIN"},
	{"github.com/emersion/go-smtp", "speaks SMTP in the mail driver, and is the server in its tests"},
	{"github.com/goccy/go-yaml", "reads YAML with line and column, so that errors can show the place"},
	{"github.com/google/go-cmp", "tests: differences that a person can read"},
	{"github.com/microcosm-cc/bluemonday", "lets through only the HTML that e-mail may hold"},
	{"github.com/netresearch/go-cron", "cron expressions with time zones, for serve"},
	{"github.com/osteele/liquid", "parses Liquid and defines what a template means"},
	{"github.com/osteele/tuesday", "date formats (strftime) as Liquid has them"},
	{"github.com/owenrumney/go-sarif/v3", "writes findings as SARIF, and knows its schema"},
	{"github.com/parquet-go/parquet-go", "reads segment lists in Parquet"},
	{"github.com/rivo/uniseg", "counts and cuts text by characters as readers see them"},
	{"github.com/rogpeppe/go-internal", "tests: scenarios of the whole program as scripts in one file (testscript)"},
	{"github.com/schollz/progressbar/v3", "the progress line on a terminal"},
	{"github.com/spf13/cobra", "commands, flags and help"},
	{"github.com/xeipuuv/gojsonschema", "tests: holds rule files against their schema; go-sarif brings it along"},
	{"golang.org/x/mod", "signed notes and Merkle trees, as the Go checksum database uses them; reads go.mod in tests"},
	{"golang.org/x/net", "HTML tokens in checker and templates, international domain names in addresses"},
	{"golang.org/x/sync", "groups of workers that stop at the first error"},
	{"golang.org/x/sys", "file locks and write permission for sqlite"},
	{"golang.org/x/term", "whether somebody is looking: colours and progress only then"},
	{"golang.org/x/text", "GB18030, Unicode normal forms, numbers and money by locale"},
	{"modernc.org/libc", "the C library that modernc.org/sqlite runs on; its version belongs to it"},
	{"modernc.org/sqlite", "the default store, without cgo"},
	{"pgregory.net/rapid", "tests: properties over random cases that shrink to the smallest"},
}

// impure are the parts of the standard library that reach into the world. A name that ends in / stands for all below it.
var impure = []string{
	"os", "os/", "net", "net/", "database/", "syscall", "plugin", "unsafe", "log", "log/", "crypto/rand", "math/rand", "math/rand/", "runtime/", "testing", "testing/",
}

// harmless are those below impure that only compute.
var harmless = []string{"net/mail", "net/netip", "net/url"}

// clocks are the functions that know what time it is.
var clocks = map[string][]string{
	"time":    {"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"},
	"context": {"WithTimeout", "WithTimeoutCause", "WithDeadline", "WithDeadlineCause"},
}

func TestImports(t *testing.T) {
	seen := map[string]bool{}
	used := map[string]bool{}
	for _, f := range sources(t) {
		i := slices.IndexFunc(rooms, func(r room) bool { return r.folder == f.folder })
		if i < 0 {
			t.Errorf("%s: folder %s has no line in the policy", f.name, f.folder)
			continue
		}
		seen[f.folder] = true
		for _, spec := range f.tree.Imports {
			imported, _ := strconv.Unquote(spec.Path.Value)
			if lib := libraryOf(imported); lib != "" {
				used[lib] = true
			}
			if fault := rooms[i].objects(imported); fault != "" && !f.test {
				t.Errorf("%s: %s", f.at(spec), fault)
			}
		}
	}
	for _, r := range rooms {
		if !seen[r.folder] {
			t.Errorf("folder %s stands in the policy and holds no Go file", r.folder)
		}
	}
	for _, l := range libraries {
		if !used[l.module] {
			t.Errorf("%s stands in the policy and nothing imports it", l.module)
		}
	}
}

// objects says why a room may not import a path, or "".
func (r *room) objects(imported string) string {
	if ours, ok := strings.CutPrefix(imported+"/", module+"/"); ok {
		if folder := path.Clean(ours); !slices.Contains(r.ours, folder) {
			return r.folder + " may not import " + folder
		}
		return ""
	}
	if first, _, _ := strings.Cut(imported, "/"); strings.Contains(first, ".") {
		switch lib := libraryOf(imported); {
		case lib == "":
			return imported + " is of no library in the policy"
		case !slices.Contains(r.libs, lib):
			return r.folder + " may not import " + imported
		}
		return ""
	}
	if r.pure && within(imported, impure) && !slices.Contains(harmless, imported) {
		return r.folder + " is pure and may not import " + imported
	}
	return ""
}

func within(imported string, list []string) bool {
	return slices.ContainsFunc(list, func(p string) bool {
		return imported == p || strings.HasSuffix(p, "/") && strings.HasPrefix(imported, p)
	})
}

func libraryOf(imported string) string {
	for _, l := range libraries {
		if imported == l.module || strings.HasPrefix(imported, l.module+"/") {
			return l.module
		}
	}
	return ""
}

// Pure code is told what time it is.
func TestNoClockInPureRooms(t *testing.T) {
	pure := map[string]bool{}
	for _, r := range rooms {
		pure[r.folder] = r.pure
	}
	for _, f := range sources(t) {
		if f.test || !pure[f.folder] {
			continue
		}
		packages := map[string]string{} // by the name that the file gives them
		for _, spec := range f.tree.Imports {
			imported, _ := strconv.Unquote(spec.Path.Value)
			name := path.Base(imported)
			if spec.Name != nil {
				name = spec.Name.Name
			}
			packages[name] = imported
		}
		ast.Inspect(f.tree, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := sel.X.(*ast.Ident); ok && slices.Contains(clocks[packages[x.Name]], sel.Sel.Name) {
					t.Errorf("%s: %s is pure and may not use %s.%s; take the time as an argument", f.at(sel), f.folder, x.Name, sel.Sel.Name)
				}
			}
			return true
		})
	}
}

// go.mod and docs/design.md show the same libraries as the policy.
func TestLibrariesAreListed(t *testing.T) {
	src, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	mod, err := modfile.Parse("go.mod", src, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range mod.Require {
		if !r.Indirect && libraryOf(r.Mod.Path) != r.Mod.Path {
			t.Errorf("go.mod:%d: %s has no line in the policy that says why it is there", r.Syntax.Start.Line, r.Mod.Path)
		}
	}
	design, err := os.ReadFile("docs/design.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range libraries {
		if line := "| `" + l.module + "` | " + l.why + " |"; !strings.Contains(string(design), line+"\n") {
			t.Errorf("docs/design.md does not have this line:\n%s", line)
		}
	}
}

// source is one Go file of ours.
type source struct {
	name, folder string
	test         bool
	tree         *ast.File
	files        *token.FileSet
}

func (s *source) at(n ast.Node) token.Position { return s.files.Position(n.Pos()) }

// sources parses every Go file of the module.
func sources(t *testing.T) []source {
	t.Helper()
	var out []source
	files := token.NewFileSet()
	err := fs.WalkDir(os.DirFS("."), ".", func(name string, d fs.DirEntry, err error) error {
		switch base := path.Base(name); {
		case err != nil:
			return err
		case d.IsDir() && name != "." && (strings.HasPrefix(base, ".") || base == "testdata" || name == "tools"):
			return fs.SkipDir
		case d.IsDir() || path.Ext(name) != ".go":
			return nil
		}
		tree, err := parser.ParseFile(files, name, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		out = append(out, source{name, path.Dir(name), strings.HasSuffix(name, "_test.go"), tree, files})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
