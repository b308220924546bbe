package compliance

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/internal/strictyaml"
)

// Rules holds the books that ship: one folder for each market.
//
//go:embed rules
var Rules embed.FS

// Builtin loads the books that ship.
func Builtin() (*Book, error) { return Load(Rules) }

// Load reads every *.yaml of every file system, in the order given and then by name. Later file systems are a firm's own
// books: they add rules. An id or a lexicon that is there already is an error.
//
// The error joins all faults of all files; each names file, line and column, shows the place, and says what was expected. A
// book with any fault is not loaded at all.
func Load(fsys ...fs.FS) (*Book, error) {
	l := &loader{
		book:      &Book{byID: map[string]*Rule{}, engines: map[scruple.Market]*engine{}},
		lexicons:  map[string][]string{},
		compilers: map[scruple.Market]*compiler{},
	}
	sum := sha256.New()
	for _, f := range fsys {
		for _, file := range l.read(f) {
			fmt.Fprintf(sum, "%s %d\n", file.name, len(file.src))
			sum.Write(file.src)
		}
	}
	l.book.digest = hex.EncodeToString(sum.Sum(nil))
	for _, file := range l.files {
		l.lexicon(file)
	}
	for _, file := range l.files {
		l.compile(file)
	}
	for market, c := range l.compilers {
		l.book.engines[market] = c.finish()
	}
	for _, p := range l.pending {
		if err := l.book.engines[p.rule.Market].prove(p.rule); err != nil {
			l.fault(p.file, p.path, err)
		}
	}
	if len(l.faults) > 0 {
		return nil, errors.Join(l.faults...)
	}
	return l.book, nil
}

// loader gathers files and faults.
type loader struct {
	book      *Book
	files     []*ruleFile
	lexicons  map[string][]string
	compilers map[scruple.Market]*compiler
	pending   []proof
	faults    []error
}

type ruleFile struct {
	name   string
	src    []byte
	parsed fileSource
}

// proof is a rule whose examples are to be run.
type proof struct {
	rule *Rule
	file *ruleFile
	path string
}

func (l *loader) fault(f *ruleFile, path string, e *specError) {
	l.faults = append(l.faults, strictyaml.Errorf(f.name, f.src, path+e.path, "%s", e.text))
}

// read reads and parses the files of one file system.
func (l *loader) read(fsys fs.FS) []*ruleFile {
	var files []*ruleFile
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".yaml") {
			return err
		}
		src, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		files = append(files, &ruleFile{name: name, src: src})
		return nil
	})
	if err != nil {
		l.faults = append(l.faults, fmt.Errorf("read rule files: %w", err))
	}
	for i, err := range parse(files) {
		f := files[i]
		if err != nil {
			l.faults = append(l.faults, err)
			continue
		}
		if !slices.Contains(scruple.Markets(), f.parsed.Market) && len(f.parsed.Rules) > 0 {
			l.fault(f, "$", &specError{".market", fmt.Sprintf("market %q: expected cn, hk, us, uk or eu", f.parsed.Market)})
			continue
		}
		l.files = append(l.files, f)
	}
	return files
}

// parse parses all files, as many at a time as there are processors: it is half of the work of loading.
func parse(files []*ruleFile) []error {
	errs := make([]error, len(files))
	var wg sync.WaitGroup
	for i, f := range files {
		wg.Go(func() { errs[i] = strictyaml.Decode(f.name, f.src, &f.parsed) })
	}
	wg.Wait()
	return errs
}

func (l *loader) lexicon(f *ruleFile) {
	for _, name := range slices.Sorted(maps.Keys(f.parsed.Lexicons)) {
		if _, there := l.lexicons[name]; there {
			l.fault(f, "$", &specError{".lexicons." + name, fmt.Sprintf("lexicon %q is defined twice; rename one of them", name)})
			continue
		}
		l.lexicons[name] = f.parsed.Lexicons[name]
	}
}

func (l *loader) compile(f *ruleFile) {
	market := f.parsed.Market
	if len(f.parsed.Rules) > 0 && l.compilers[market] == nil {
		l.compilers[market] = newCompiler(l.lexicons)
	}
	for i := range f.parsed.Rules {
		s := &f.parsed.Rules[i]
		path := fmt.Sprintf("$.rules[%d]", i)
		r, err := s.rule(market)
		if err != nil {
			l.fault(f, path, err)
			continue
		}
		r.File, r.Line = f.name, lineOf(f.src, r.ID)
		if err := l.admit(r, s); err != nil {
			l.fault(f, path, err)
			continue
		}
		l.pending = append(l.pending, proof{r, f, path})
	}
}

// admit compiles a rule and adds it to the book.
func (l *loader) admit(r *Rule, s *ruleSource) *specError {
	if first, there := l.book.byID[r.ID]; there {
		return &specError{".id", fmt.Sprintf("id %q is taken by %s:%d; choose another", r.ID, first.File, first.Line)}
	}
	for _, list := range []struct {
		key string
		raw []exampleNode
		to  *[]Example
	}{{"flag", s.Flag, &r.Flag}, {"pass", s.Pass, &r.Pass}} {
		for i, raw := range list.raw {
			e, err := readExample(r, raw)
			if err != nil {
				return &specError{fmt.Sprintf(".%s[%d]", list.key, i), err.Error()}
			}
			*list.to = append(*list.to, e)
		}
	}
	if err := l.compilers[r.Market].compile(r, s); err != nil {
		return err
	}
	l.book.byID[r.ID] = r
	l.book.rules = append(l.book.rules, r)
	return nil
}

// lineOf returns the line on which a rule's id stands, or 0.
func lineOf(src []byte, id string) int {
	n := 0
	for line := range bytes.Lines(src) {
		n++
		key, value, ok := strings.Cut(strings.TrimLeft(strings.TrimSpace(string(line)), "- {"), "id:")
		if value, _, _ = strings.Cut(value, ","); ok && key == "" && strings.Trim(strings.TrimSpace(value), `"'`) == id {
			return n
		}
	}
	return 0
}
