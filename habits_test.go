package scruple_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/scruple/scruple/compliance"
)

// The habits of the house, as far as a program can see them.

// A package is called after what it is about.
var vagueNames = []string{"util", "utils", "common", "types", "models", "helpers"}

const (
	longFile     = 250 // lines; nine files in ten are shorter
	longFunction = 35  // lines; nine functions in ten are shorter
	tooLong      = 400 // lines; no file is longer, unless its head has a comment that begins with "Long:" and says why
)

func TestSizes(t *testing.T) {
	var files, functions []string
	var nFiles, nFunctions int
	for _, f := range sources(t) {
		if f.test {
			continue
		}
		lines := f.files.File(f.tree.Pos()).LineCount()
		nFiles++
		if lines >= longFile {
			files = append(files, fmt.Sprintf("%s: %d lines", f.name, lines))
		}
		if lines > tooLong && !saysWhyLong(f.tree) {
			t.Errorf("%s has %d lines; split it, or say why in its head (// Long: ...)", f.name, lines)
		}
		for _, d := range f.tree.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			nFunctions++
			from, to := f.at(fn), f.files.Position(fn.End())
			if n := to.Line - from.Line + 1; n >= longFunction {
				functions = append(functions, fmt.Sprintf("%s:%d: %s has %d lines", f.name, from.Line, fn.Name.Name, n))
			}
		}
	}
	t.Logf("%d of %d files have %d lines or more, %d of %d functions %d or more", len(files), nFiles, longFile, len(functions), nFunctions, longFunction)
	if len(files)*10 > nFiles {
		t.Errorf("more than one file in ten is long:\n%s", strings.Join(files, "\n"))
	}
	if len(functions)*10 > nFunctions {
		t.Errorf("more than one function in ten is long:\n%s", strings.Join(functions, "\n"))
	}
}

func saysWhyLong(tree *ast.File) bool {
	for _, group := range tree.Comments {
		if len(tree.Decls) > 0 && group.Pos() > tree.Decls[0].Pos() {
			break
		}
		if strings.HasPrefix(group.Text(), "Long: ") {
			return true
		}
	}
	return false
}

func TestPackageNames(t *testing.T) {
	for _, f := range sources(t) {
		if name := strings.TrimSuffix(f.tree.Name.Name, "_test"); slices.Contains(vagueNames, name) {
			t.Errorf("%s: a package called %s says nothing; call it after what it is about", f.name, name)
		}
	}
}

// Every package and every exported name of every package has a comment.
func TestEverythingIsDocumented(t *testing.T) {
	documented := map[string]bool{}
	for _, f := range sources(t) {
		if f.test {
			continue
		}
		documented[f.folder] = documented[f.folder] || f.tree.Doc != nil
		for _, d := range f.tree.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Doc == nil && d.Name.IsExported() && exportedReceiver(d) {
					t.Errorf("%s: %s has no comment", f.at(d), d.Name.Name)
				}
			case *ast.GenDecl:
				undocumented(t, &f, d)
			}
		}
	}
	for folder, ok := range documented {
		if !ok {
			t.Errorf("%s: the package has no comment", folder)
		}
	}
}

func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	exported := false
	ast.Inspect(d.Recv.List[0].Type, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && !exported {
			exported = id.IsExported()
			return false
		}
		return true
	})
	return exported
}

// undocumented reports types, and constants and variables; for a group of those one comment over all of them will do.
func undocumented(t *testing.T, f *source, d *ast.GenDecl) {
	t.Helper()
	for _, spec := range d.Specs {
		switch s := spec.(type) {
		case *ast.TypeSpec:
			if s.Name.IsExported() && s.Doc == nil && (d.Doc == nil || d.Lparen.IsValid()) {
				t.Errorf("%s: type %s has no comment", f.at(s), s.Name.Name)
			}
		case *ast.ValueSpec:
			if (d.Tok == token.CONST || d.Tok == token.VAR) && d.Doc == nil && s.Doc == nil && s.Comment == nil && s.Names[0].IsExported() {
				t.Errorf("%s: %s has no comment", f.at(s), s.Names[0].Name)
			}
		}
	}
}

// A test that sleeps is slow on a fast machine and fails on a slow one.
func TestNoTestSleeps(t *testing.T) {
	for _, f := range sources(t) {
		ast.Inspect(f.tree, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok && f.test && sel.Sel.Name == "Sleep" {
				t.Errorf("%s: a test sleeps; wait for what it is waiting for, or use testing/synctest", f.at(sel))
			}
			return true
		})
	}
}

// A test that docs/design.md names, as folder.TestName, is there.
func TestDesignNamesRealTests(t *testing.T) {
	design, err := os.ReadFile("docs/design.md")
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{}
	for _, f := range sources(t) {
		for _, d := range f.tree.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && f.test {
				there[f.folder+"."+fn.Name.Name] = true
			}
		}
	}
	named := regexp.MustCompile("`([a-z/]+\\.Test[A-Za-z]+)`").FindAllStringSubmatch(string(design), -1)
	if len(named) < 9 {
		t.Errorf("docs/design.md names %d tests; each of the nine invariants has one", len(named))
	}
	for _, m := range named {
		if !there[m[1]] {
			t.Errorf("docs/design.md names %s, which is not there", m[1])
		}
	}
}

// The rule that docs/writing-rules.md begins with loads, and passes its own examples.
func TestDocumentedRuleLoads(t *testing.T) {
	page, err := os.ReadFile("docs/writing-rules.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), "```yaml\n")
	rule, _, ok := strings.Cut(rest, "```")
	if !ok {
		t.Fatal("docs/writing-rules.md shows no rule")
	}
	if _, err := compliance.Load(compliance.Rules, fstest.MapFS{"docs/writing-rules.yaml": {Data: []byte(rule)}}); err != nil {
		t.Error(err)
	}
}
