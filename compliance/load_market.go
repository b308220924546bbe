package compliance

import (
	"bytes"
	"fmt"
	"strings"
	"sync"

	"github.com/scruple/scruple"
)

// marketLoader compiles the files of one market. Markets share nothing but terms, so they are compiled side by side.
type marketLoader struct {
	name     scruple.Market
	proven   bool // the examples of files that say so need no proof
	files    []*ruleFile
	roles    []*ruleFile
	compiler *compiler
	engine   *engine
	rules    map[string]*Rule
	pending  []proof
	faults   []error
}

// proof is a rule whose examples are to be run.
type proof struct {
	rule *Rule
	file *ruleFile
	path string
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
	for _, f := range m.roles {
		if err := c.roleWords(f.parsed.Roles); err != nil {
			m.faults = append(m.faults, f.fault("$", err))
		}
	}
	m.engine = c.finish()
	for _, p := range m.pending {
		if err := m.engine.prove(p.rule); err != nil {
			m.faults = append(m.faults, p.file.fault(p.path, err))
		}
	}
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
	if err := m.compiler.compile(r, s); err != nil {
		return err
	}
	m.rules[r.ID] = r
	return nil
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
