package compliance

import (
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

// Builtin returns the books that ship. They are embedded and a book never changes, so they are loaded once for a process.
func Builtin() (*Book, error) { return embedded() }

var embedded = sync.OnceValues(func() (*Book, error) { return Load(Rules) })

// Load reads every *.yaml of every file system, in the order given and then by name. Later file systems are a firm's own
// books: they add rules. An id or a lexicon that is there already is an error.
//
// The error joins all faults of all files; each names file, line and column, shows the place, and says what was expected. A
// book with any fault is not loaded at all.
func Load(fsys ...fs.FS) (*Book, error) {
	l := &loader{lexicons: map[string][]string{}, forms: &termForms{known: map[string][]pattern{}}}
	sum := sha256.New()
	writeGrammar(sum)
	for i, f := range fsys {
		files := l.read(f)
		for _, file := range files {
			fmt.Fprintf(sum, "%s %d\n", file.name, len(file.src))
			sum.Write(file.src)
		}
		if i > 0 || !l.known(files, hex.EncodeToString(sum.Sum(nil))) {
			l.parse(files)
		}
		l.take(files)
	}
	for _, file := range l.files {
		l.lexicon(file)
		l.role(file)
	}
	book := &Book{byID: map[string]*Rule{}, engines: map[scruple.Market]*lateEngine{}, digest: hex.EncodeToString(sum.Sum(nil))}
	for _, m := range l.markets() {
		l.faults = append(l.faults, m.faults...)
		book.engines[m.name] = m.engine
		for _, r := range m.rules {
			book.byID[r.ID] = r
		}
	}
	for _, f := range l.files {
		book.rules = append(book.rules, f.rules...)
		book.waivers = append(book.waivers, l.waivers(f, book)...)
	}
	if len(l.faults) > 0 {
		return nil, errors.Join(l.faults...)
	}
	return book, nil
}

// loader gathers files and faults.
type loader struct {
	files    []*ruleFile
	lexicons map[string][]string
	roles    []*ruleFile // files that give words to roles
	forms    *termForms
	faults   []error
}

type ruleFile struct {
	name   string
	src    []byte
	parsed fileSource
	rules  []*Rule
	broken bool // it could not be parsed
	proven bool // its rules are known to hold their examples
}

func (f *ruleFile) fault(path string, e *specError) error {
	return strictyaml.Errorf(f.name, f.src, path+e.path, "%s", e.text)
}

// read reads the files of one file system.
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
	return files
}

// take keeps the files that were parsed.
func (l *loader) take(files []*ruleFile) {
	for _, f := range files {
		if f.broken {
			continue
		}
		if len(f.parsed.Rules) > 0 && !slices.Contains(scruple.Markets(), f.parsed.Market) {
			l.faults = append(l.faults, f.fault("$", &specError{".market", fmt.Sprintf("market %q: expected one of %v", f.parsed.Market, scruple.Markets())}))
			continue
		}
		l.files = append(l.files, f)
	}
}

// parse parses files, as many at a time as there are processors: it is half of the work of loading.
func (l *loader) parse(files []*ruleFile) {
	errs := make([]error, len(files))
	var wg sync.WaitGroup
	for i, f := range files {
		wg.Go(func() { errs[i] = strictyaml.Decode(f.name, f.src, &f.parsed) })
	}
	wg.Wait()
	for i, err := range errs {
		if files[i].broken = err != nil; err != nil {
			l.faults = append(l.faults, err)
		}
	}
}

func (l *loader) lexicon(f *ruleFile) {
	for _, name := range slices.Sorted(maps.Keys(f.parsed.Lexicons)) {
		if _, there := l.lexicons[name]; there {
			l.faults = append(l.faults, f.fault("$", &specError{".lexicons." + name, fmt.Sprintf("lexicon %q is defined twice; rename one of them", name)}))
			continue
		}
		l.lexicons[name] = f.parsed.Lexicons[name]
	}
}

// waivers checks the waivers of a file against the rules of all files.
func (l *loader) waivers(f *ruleFile, book *Book) []Waiver {
	var out []Waiver
	lines := linesOf(f.src)
	for i, w := range f.parsed.Waivers {
		err := w.sound()
		if err == nil {
			err = w.names(book.byID)
		}
		if err == nil && slices.ContainsFunc(append(book.waivers, out...), func(o Waiver) bool { return o.ID == w.ID }) {
			err = &specError{".id", fmt.Sprintf("waiver %s is there twice; rename one of them", w.ID)}
		}
		if err != nil {
			l.faults = append(l.faults, f.fault(fmt.Sprintf("$.waivers[%d]", i), err))
			continue
		}
		w.File, w.Line = f.name, lines[w.ID]
		out = append(out, w)
	}
	return out
}
