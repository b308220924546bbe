package compliance

import (
	"fmt"
	"slices"
	"sync"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/internal/strictyaml"
)

// engine judges the messages of one market.
type engine struct {
	trie     *trie
	literals []entry
	letters  []rune        // of all literals
	alone    table[single] // by literal: the lists that hold it alone
	arms     table[int32]  // by literal: the patterns that it triggers
	patterns []pattern
	lists    int32
	ahead    bool // some term may begin within a word
	grammar  grammar
	roles    [roles]termList // words that say what a figure is
	rules    []*Rule
	texts    []*prescribed // of all disclosures
	pool     sync.Pool     // of *exam
}

// compiler collects the terms of all rules of one market.
type compiler struct {
	e        *engine
	literal  map[string]int32
	wordings []wording // of the literals
	alone    []row[single]
	lexicons map[string][]string
	done     map[string]termList // lexicons that have their lists
	forms    *termForms
}

// termForms keeps the forms of terms: markets share lexicons, and rules share words.
type termForms struct {
	mu    sync.Mutex
	known map[string][]pattern
}

// of returns the patterns of a term. Callers must not change them.
func (f *termForms) of(term string) ([]pattern, error) {
	f.mu.Lock()
	forms, ok := f.known[term]
	f.mu.Unlock()
	if ok {
		return forms, nil
	}
	forms, err := parseTerm(term)
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	f.known[term] = forms
	f.mu.Unlock()
	return forms, nil
}

// termList names the lists of terms that stand for one key of a rule: its own and those of the lexicons it uses.
type termList []int32

// usualLiterals is about how many literals the book of a market has.
const usualLiterals = 20000

func newCompiler(lexicons map[string][]string, forms *termForms) *compiler {
	c := &compiler{e: &engine{}, literal: make(map[string]int32, usualLiterals), lexicons: lexicons, done: map[string]termList{}, forms: forms}
	c.compileGrammar()
	return c
}

func (c *compiler) newList() int32 {
	c.e.lists++
	return c.e.lists - 1
}

// add puts all forms of a term into a list.
func (c *compiler) add(list int32, term string) error {
	forms, err := c.forms.of(term)
	if err != nil {
		return err
	}
	for i := range forms {
		p := forms[i]
		p.list = list
		c.e.ahead = c.e.ahead || p.steps[p.anchor].ahead
		if first := &p.steps[0]; first.kind == literal && (len(p.steps) == 1 || len(p.steps) == 2 && p.steps[1].kind == tail) {
			for k := range first.wordings {
				c.alone = append(c.alone, row[single]{c.number(&first.wordings[k]), single{list, first.open, first.ahead}})
			}
			continue
		}
		p.steps = slices.Clone(p.steps)
		for n := range p.steps {
			c.enter(&p.steps[n])
		}
		c.e.patterns = append(c.e.patterns, p)
	}
	return nil
}

// enter gives the wordings of a step their numbers.
func (c *compiler) enter(s *step) {
	if s.kind != literal {
		return
	}
	s.literals = make([]int32, len(s.wordings))
	for k := range s.wordings {
		s.literals[k] = c.number(&s.wordings[k])
		s.seen.add(s.literals[k])
	}
	slices.Sort(s.literals)
	s.literals, s.wordings = slices.Compact(s.literals), nil
}

func (c *compiler) number(w *wording) int32 {
	id, ok := c.literal[w.key]
	if !ok {
		id = int32(len(c.wordings))
		c.literal[w.key] = id
		c.wordings = append(c.wordings, *w)
	}
	return id
}

// terms compiles the terms under a path of a rule. An empty list gives nil.
func (c *compiler) terms(path string, terms []string) (termList, *specError) {
	var out termList
	own := int32(-1)
	for i, t := range terms {
		at := fmt.Sprintf("%s[%d]", path, i)
		if len(t) > 1 && t[0] == '@' {
			lists, err := c.lexicon(at, t[1:])
			if err != nil {
				return nil, err
			}
			out = append(out, lists...)
			continue
		}
		if own < 0 {
			own = c.newList()
			out = append(out, own)
		}
		if err := c.add(own, t); err != nil {
			return nil, &specError{at, err.Error()}
		}
	}
	return out, nil
}

func (c *compiler) lexicon(path, name string) (termList, *specError) {
	if lists, ok := c.done[name]; ok {
		return lists, nil
	}
	terms, ok := c.lexicons[name]
	if !ok {
		known := make([]string, 0, len(c.lexicons))
		for n := range c.lexicons {
			known = append(known, n)
		}
		slices.Sort(known)
		return nil, &specError{path, fmt.Sprintf("no lexicon %q; did you mean %q?", "@"+name, "@"+strictyaml.Nearest(name, known))}
	}
	c.done[name] = nil // a lexicon that names itself adds nothing
	lists, err := c.terms(path, terms)
	if err != nil {
		return nil, &specError{path, fmt.Sprintf("lexicon %s: %s", name, err.text)}
	}
	c.done[name] = lists
	return lists, nil
}

// finish builds what finds the terms.
func (c *compiler) finish() *engine {
	e := c.e
	e.trie = newTrie(c.wordings)
	e.alone = tableOf(len(c.wordings), c.alone)
	e.enter(c.wordings)
	e.pool.New = func() any { return &exam{t: e.newReading()} }
	e.chooseTriggers()
	return e
}

func (e *engine) newReading() *reading { return &reading{matches: newMatches(e)} }

// compile makes a rule ready to judge.
func (c *compiler) compile(r *Rule, s *ruleSource) *specError {
	check, err := compilers()[r.Kind](c, r, s)
	if err != nil {
		return asSpec(err)
	}
	r.check = check
	c.e.rules = append(c.e.rules, r)
	return nil
}

func asSpec(err error) *specError {
	if e, ok := err.(*specError); ok {
		return e
	}
	return &specError{"", err.Error()}
}

// has reports whether any hit of the lists lies within [from, to).
func (l termList) has(t *reading, from, to int32) bool {
	for _, id := range l {
		if t.any(id, from, to) {
			return true
		}
	}
	return false
}

// hit reports whether the message holds any term of the lists.
func (l termList) hit(t *reading) bool {
	for _, id := range l {
		if t.has(id) {
			return true
		}
	}
	return false
}

func unknownMarket(m *scruple.Message) scruple.Findings {
	return scruple.Findings{{
		Rule: "compliance.no-book", Kind: kindGate, Verdict: scruple.Hold,
		Detail: fmt.Sprintf("no rule of this book is for market %q", m.Market),
	}}
}
