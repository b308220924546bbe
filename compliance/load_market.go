package compliance

import (
	"bytes"
	"fmt"
	"strings"
	"sync"

	"github.com/scruple/scruple"
)

// lateEngine is the engine of a market, built when it is first asked for: most programs judge messages of one market or two.
type lateEngine struct {
	once  sync.Once
	build func() *engine
	built *engine
}

func (l *lateEngine) get() *engine {
	l.once.Do(func() { l.built, l.build = l.build(), nil })
	return l.built
}

// marketLoader compiles the files of one market. Markets share nothing but terms, so they are compiled side by side.
type marketLoader struct {
	name     scruple.Market
	proven   bool // the examples of files that say so need no proof
	files    []*ruleFile
	roles    []*ruleFile
	compiler *compiler
	engine   *lateEngine
	rules    map[string]*Rule
	pending  []proof
	later    []uncompiled
	faults   []error
}

// proof is a rule whose examples are to be run.
type proof struct {
	rule *Rule
	file *ruleFile
	path string
}

// uncompiled is a rule whose words are entered when its market is first asked for. Its file is proven, so that cannot fail.
type uncompiled struct {
	rule   *Rule
	source *ruleSource
}

// markets compiles the rules of every market that has any, in the order of scruple.Markets.
func (l *loader) markets() []*marketLoader {
	var out []*marketLoader
	var wg sync.WaitGroup
	for _, name := range scruple.Markets() {
		m := &marketLoader{name: name, roles: l.roles, proven: l.proven(), rules: map[string]*Rule{}}
		for _, f := range l.files {
			if f.parsed.Market == name && len(f.parsed.Rules) > 0 {
				m.files = append(m.files, f)
			}
		}
		if len(m.files) > 0 {
			out = append(out, m)
			wg.Go(func() { m.load(newCompiler(l.lexicons, l.forms)) })
		}
	}
	wg.Wait()
	return out
}

func (m *marketLoader) load(c *compiler) {
	m.compiler = c
	for _, f := range m.files {
		m.compile(f)
	}
	m.engine = &lateEngine{build: m.finish}
	if len(m.pending) == 0 && len(m.faults) == 0 && m.proven {
		return
	}
	e := m.engine.get()
	for _, p := range m.pending {
		if err := e.prove(p.rule); err != nil {
			m.faults = append(m.faults, p.file.fault(p.path, err))
		}
	}
}

// finish enters what was left for later, and completes the engine.
func (m *marketLoader) finish() *engine {
	for _, u := range m.later {
		if err := m.compiler.compile(u.rule, u.source); err != nil {
			panic("a rule that was proven does not compile: " + u.rule.ID + ": " + err.text)
		}
	}
	for _, f := range m.roles {
		if err := m.compiler.roleWords(f.parsed.Roles); err != nil {
			m.faults = append(m.faults, f.fault("$", err))
		}
	}
	e := m.compiler.finish()
	m.later, m.compiler, m.roles = nil, nil, nil
	return e
}

func (m *marketLoader) compile(f *ruleFile) {
	lines := linesOf(f.src)
	for i := range f.parsed.Rules {
		s := &f.parsed.Rules[i]
		path := fmt.Sprintf("$.rules[%d]", i)
		r, err := s.rule(m.name)
		if err == nil {
			r.File, r.Line = f.name, lines[r.ID]
			err = m.admit(r, s, f.proven && m.proven)
		}
		if err != nil {
			m.faults = append(m.faults, f.fault(path, err))
			continue
		}
		f.rules = append(f.rules, r)
		if !f.proven || !m.proven {
			m.pending = append(m.pending, proof{r, f, path})
		}
	}
}

// admit compiles a rule and adds it to the market.
func (m *marketLoader) admit(r *Rule, s *ruleSource, proven bool) *specError {
	if first, there := m.rules[r.ID]; there {
		return &specError{".id", fmt.Sprintf("id %q is taken by %s:%d; choose another", r.ID, first.File, first.Line)}
	}
	for _, list := range []struct {
		key string
		raw []exampleNode
		to  *[]Example
	}{{"flag", s.Flag, &r.Flag}, {"pass", s.Pass, &r.Pass}} {
		for i, raw := range list.raw {
			e, err := readExample(r, raw, proven)
			if err != nil {
				return &specError{fmt.Sprintf(".%s[%d]", list.key, i), err.Error()}
			}
			*list.to = append(*list.to, e)
		}
	}
	m.rules[r.ID] = r
	if proven && r.Kind != kindGate { // gates have no words, and are asked how far they look back
		m.later = append(m.later, uncompiled{r, s})
		return nil
	}
	return m.compiler.compile(r, s)
}

// linesOf returns the line, from 1, on which each rule's id stands.
func linesOf(src []byte) map[string]int {
	out, n := map[string]int{}, 0
	for line := range bytes.Lines(src) {
		n++
		at := bytes.TrimLeft(line, " \t-{")
		if !bytes.HasPrefix(at, []byte("id:")) {
			continue
		}
		value, _, _ := strings.Cut(string(at[len("id:"):]), ",")
		out[strings.Trim(strings.TrimSpace(value), `"'`)] = n
	}
	return out
}
