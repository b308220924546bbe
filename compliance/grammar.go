package compliance

import (
	"crypto/sha256"
	"embed"
	"fmt"
	"io"
	"sync"

	"github.com/scruple/scruple/internal/strictyaml"
)

// grammarFiles hold the words that turn the meaning of others: one file for each language. They belong to the language, not
// to a book, so they are there with every book, and their bytes are part of its digest.
//
//go:embed grammar/*.yaml
var grammarFiles embed.FS

// grammarSource is the grammar of one language as it is written.
type grammarSource struct {
	// Negators deny what follows in their clause; Close do so within Reach units, and not beyond a word of Links.
	Negators []string      `yaml:"negators"`
	Close    []closeSource `yaml:"close"`
	Links    []string      `yaml:"links"`
	// Seeming look like a negator and are none, or are pairs that affirm.
	Seeming []string `yaml:"seeming"`
	// After deny what stands before them in their clause.
	After []string `yaml:"after"`
	// Contrast end the reach of a negator or a warning.
	Contrast []string `yaml:"contrast"`
	// Warnings make of their sentence a warning of others, or a quotation of the law.
	Warnings []string `yaml:"warnings"`
	// Own are the speakers, Others those with whom they compare.
	Own    []string `yaml:"own"`
	Others []string `yaml:"others"`
	// Says begin the speech of others, in which the speaker of the message may stand.
	Says []string `yaml:"says"`
	// Joins carry a negator on over a comma; Anew begin like one of them and do not.
	Joins []string `yaml:"joins"`
	Anew  []string `yaml:"anew"`
	// Denials answer a question with no.
	Denials []string `yaml:"denials"`
	// Doubts answer a slogan in quotation marks, or a question, with doubt, a counter-question or advice; Blames call what the
	// sentence before says by name (all of these are frauds). Asking make a question of a sentence without its mark; Hooks are
	// words of questions that lead to an offer, Affirms answers that agree.
	Doubts  []string `yaml:"doubts"`
	Blames  []string `yaml:"blames"`
	Asking  []string `yaml:"asking"`
	Hooks   []string `yaml:"hooks"`
	Affirms []string `yaml:"affirms"`
	// Slips are hard words that are found with one letter wrong; Sound are right words that are no slip of one of them.
	Slips []string `yaml:"slips"`
	Sound []string `yaml:"sound"`
	// Pinyin gives, by syllable, the letter that it stands for among Chinese letters; Homophones, by word, what sounds alike.
	Pinyin     map[string]string   `yaml:"pinyin"`
	Homophones map[string][]string `yaml:"homophones"`
}

type closeSource struct {
	Reach int      `yaml:"reach"`
	Terms []string `yaml:"terms"`
}

// languages returns the grammar of all languages. Callers must not change it.
var languages = sync.OnceValue(func() []grammarSource {
	out := make([]grammarSource, 2)
	for i, name := range grammarNames() {
		src, err := grammarFiles.ReadFile(name)
		if err == nil {
			err = strictyaml.Decode(name, src, &out[i])
		}
		if err != nil {
			panic(err) // the files are fixed; a test loads them
		}
	}
	return out
})

func grammarNames() []string { return []string{"grammar/en.yaml", "grammar/zh.yaml"} }

// writeGrammar adds the grammar to the digest of a book.
func writeGrammar(w io.Writer) {
	for _, name := range grammarNames() {
		src, _ := grammarFiles.ReadFile(name)
		fmt.Fprintf(w, "%s %x\n", name, sha256.Sum256(src))
	}
}

// grammar holds the list ids of the words of all languages.
type grammar struct {
	negator, links, seeming, after, contrast, warning, own, others, says, joins, anew, denies int32

	doubts, blames, asking, hooks, affirms int32

	close []closeList
}

// closeList are the negators that reach so many units.
type closeList struct{ list, reach int32 }

// compileGrammar adds the words of the languages to an engine.
func (c *compiler) compileGrammar() {
	g := &c.e.grammar
	for _, id := range []*int32{&g.negator, &g.links, &g.seeming, &g.after, &g.contrast, &g.warning, &g.own, &g.others, &g.says, &g.joins, &g.anew, &g.denies, &g.doubts, &g.blames, &g.asking, &g.hooks, &g.affirms} {
		*id = c.newList()
	}
	for _, s := range languages() {
		for _, l := range []struct {
			id    int32
			terms []string
		}{
			{g.negator, s.Negators},
			{g.links, s.Links},
			{g.seeming, s.Seeming},
			{g.after, s.After},
			{g.contrast, s.Contrast},
			{g.warning, s.Warnings},
			{g.own, s.Own},
			{g.others, s.Others},
			{g.says, s.Says},
			{g.joins, s.Joins},
			{g.anew, s.Anew},
			{g.denies, s.Denials},
			{g.doubts, s.Doubts},
			{g.blames, s.Blames},
			{g.asking, s.Asking},
			{g.hooks, s.Hooks},
			{g.affirms, s.Affirms},
		} {
			c.fixed(l.id, l.terms)
		}
		for _, near := range s.Close {
			l := closeList{c.newList(), int32(near.Reach)}
			g.close = append(g.close, l)
			c.fixed(l.list, near.Terms)
		}
	}
}

func (c *compiler) fixed(list int32, terms []string) {
	for _, t := range terms {
		if err := c.add(list, t); err != nil {
			panic(err) // the files are fixed; a test loads them
		}
	}
}
