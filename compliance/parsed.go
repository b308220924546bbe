package compliance

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"io"
	"sync"
)

// parsedRules are the rule files that ship, parsed, and their digest: reading them takes a tenth of the time that their YAML takes.
// They are used only for files of that digest, and their examples were proven when they were written. After a change of a rule file
// they are stale, and the YAML is read, until go generate has written them anew.
//
//go:generate go test -run ^TestParsedRulesAreCurrent$ -update .
//go:embed rules.jsonl
var parsedRules []byte

// parsedFile is one line of rules.jsonl but for the first, which is the digest of them all.
type parsedFile struct {
	Name   string
	Parsed fileSource
	With   map[int][]byte `json:",omitempty"` // the settings of gates, in YAML, by rule
}

// known takes what the files say from the parsed ones, if these are of that digest.
func (l *loader) known(files []*ruleFile, digest string) bool {
	head, rest, _ := bytes.Cut(parsedRules, []byte("\n"))
	lines := bytes.SplitAfter(rest, []byte("\n"))
	if string(head) != digest || len(lines) != len(files)+1 {
		return false
	}
	fine := make([]bool, len(files))
	var wg sync.WaitGroup
	for i, f := range files {
		wg.Go(func() {
			var p parsedFile
			err := json.Unmarshal(lines[i], &p)
			for n, with := range p.With {
				p.Parsed.Rules[n].With = with
			}
			f.parsed, fine[i] = p.Parsed, err == nil && p.Name == f.name
		})
	}
	wg.Wait()
	for i, f := range files {
		if !fine[i] {
			return false
		}
		f.proven = true
	}
	return true
}

// proven reports whether the files that were proven stand as they stood then: words that a firm adds to roles may change what they
// find.
func (l *loader) proven() bool {
	for _, f := range l.roles {
		if !f.proven {
			return false
		}
	}
	return true
}

// writeParsed writes parsed files for known. Their rules have to hold their examples.
func writeParsed(w io.Writer, files []*ruleFile, digest string) error {
	if _, err := io.WriteString(w, digest+"\n"); err != nil {
		return err
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	for _, f := range files {
		p := parsedFile{f.name, f.parsed, map[int][]byte{}}
		for n, s := range f.parsed.Rules {
			if s.With != nil {
				p.With[n] = s.With
			}
		}
		if err := e.Encode(p); err != nil {
			return err
		}
	}
	return nil
}
