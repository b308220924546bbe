package compliance

import "slices"

// table holds some values for each of a number of keys, in one piece.
type table[T any] struct {
	starts []int32
	values []T
}

type row[T any] struct {
	key   int32
	value T
}

// tableOf sorts rows by key, and keeps each value once for each key.
func tableOf[T comparable](keys int, rows []row[T]) table[T] {
	starts := make([]int32, keys+1)
	for i := range rows {
		starts[rows[i].key]++
	}
	sum := int32(0)
	for k, n := range starts {
		starts[k] = sum
		sum += n
	}
	values, ends := make([]T, len(rows)), slices.Clone(starts)
	for i := range rows {
		k := rows[i].key
		if !slices.Contains(values[starts[k]:ends[k]], rows[i].value) {
			values[ends[k]] = rows[i].value
			ends[k]++
		}
	}
	n := int32(0)
	for k := range keys {
		from := n
		n += int32(copy(values[n:], values[starts[k]:ends[k]]))
		starts[k] = from
	}
	starts[keys] = n
	return table[T]{starts, slices.Clip(values[:n])}
}

func (t *table[T]) of(key int32) []T { return t.values[t.starts[key]:t.starts[key+1]] }

// single is a list that holds a literal alone, with any letters after it when it is open.
type single struct {
	list        int32
	open, ahead bool
}

// sieve tells that a literal is surely not one of some.
type sieve [4]uint64

func (s *sieve) add(literal int32) { s[literal>>6&3] |= 1 << (literal & 63) }

func (s *sieve) meets(o *sieve) bool {
	return s[0]&o[0]|s[1]&o[1]|s[2]&o[2]|s[3]&o[3] != 0
}

// chooseTriggers makes each pattern wait for its rarest step: what is common, such as "your" or 客户, is looked at only beside what
// is not. How often a literal comes is counted in the examples of the rules, and in the terms themselves: what many terms are made of
// is a common word.
func (e *engine) chooseTriggers() {
	often := e.countLiterals()
	for i := range e.patterns {
		for n := range e.patterns[i].steps {
			for _, id := range e.patterns[i].steps[n].literals {
				often[id]++
			}
		}
	}
	var rows []row[int32]
	for i := range e.patterns {
		p := &e.patterns[i]
		least := int32(-1)
		for n := range p.steps {
			s := &p.steps[n]
			if s.kind != literal {
				continue
			}
			sum := int32(0)
			for _, id := range s.literals {
				sum += often[id]
			}
			if least < 0 || sum < least {
				p.trigger, least = n, sum
			}
		}
		p.measure(e)
		for _, id := range p.steps[p.trigger].literals {
			rows = append(rows, row[int32]{id, int32(i)})
			e.literals[id].armed = true
		}
	}
	e.arms = tableOf(len(e.literals), rows)
}

// measure notes how far before its trigger a pattern may begin.
func (p *pattern) measure(e *engine) {
	p.before, p.loose = 0, 0
	for n := p.anchor; n < p.trigger; n++ {
		switch s := &p.steps[n]; s.kind {
		case gapStep:
			p.before += latinReach
		case literal:
			longest := int32(0)
			for _, id := range s.literals {
				longest = max(longest, int32(e.literals[id].size))
			}
			p.before += longest
		default:
			p.loose++
			p.counts = p.counts || s.kind == number
		}
	}
}

// countLiterals counts how often each literal stands in the examples of the rules.
func (e *engine) countLiterals() []int32 {
	often := make([]int32, len(e.literals))
	t := e.newReading()
	for _, r := range e.rules {
		for _, list := range [][]Example{r.Pass, r.Flag} {
			for i := range list {
				t.reset(nil)
				t.piece("text", list[i].Text, nil, false)
				t.spot(e)
				for _, o := range t.matches.seen {
					often[o.literal] += 4
				}
				t.forget()
			}
		}
	}
	return often
}
