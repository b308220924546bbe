package compliance

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/scruple/scruple"
)

// BenchmarkRegexps looks for the terms of a market's book with one regular expression for each, one after the other, in the messages
// of BenchmarkCheck. Alternatives stay together in their expression, which is kinder than one for each form.
func BenchmarkRegexps(b *testing.B) {
	for _, name := range []string{"SMS_zh", "SMS_en", "text_1KiB"} {
		b.Run(name, func(b *testing.B) {
			m := plainMessages()[name]
			var all []*regexp.Regexp
			for _, term := range termsOf(b, m.Market) {
				all = append(all, regexp.MustCompile("(?i)"+regexpOf(term)))
			}
			for b.Loop() {
				for _, re := range all {
					re.MatchString(m.Text)
				}
			}
			b.ReportMetric(float64(len(all)), "patterns")
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "checks/s")
		})
	}
}

// termsOf returns all terms that the book of a market looks for, and those of the grammar.
func termsOf(t testing.TB, market scruple.Market) []string {
	forms := &termForms{known: map[string][]pattern{}}
	m := shipped(t)
	for _, f := range m.files {
		if f.parsed.Market == market {
			m.only = append(m.only, f)
		}
	}
	load := &marketLoader{name: market, files: m.only, roles: m.roles, rules: map[string]*Rule{}}
	load.load(newCompiler(m.lexicons, forms))
	if load.faults != nil {
		t.Fatal(load.faults)
	}
	return slices.Sorted(maps.Keys(forms.known))
}

type shippedFiles struct {
	*loader
	only []*ruleFile
}

func shipped(t testing.TB) *shippedFiles {
	l := &loader{lexicons: map[string][]string{}, forms: &termForms{known: map[string][]pattern{}}}
	files := l.read(Rules)
	l.parse(files)
	l.take(files)
	for _, f := range l.files {
		l.lexicon(f)
		l.role(f)
	}
	if l.faults != nil {
		t.Fatal(l.faults)
	}
	return &shippedFiles{loader: l}
}

// regexpOf writes a term as a regular expression.
func regexpOf(term string) string {
	var b strings.Builder
	if alnumAt(term, 0) {
		b.WriteString(`\b`)
	}
	for s := strings.ReplaceAll(term, "…", "..."); s != ""; {
		if rest, ok := strings.CutPrefix(s, "..."); ok {
			b.WriteString(`[^.,;!?，。；！？\n]{0,40}?`)
			s = rest
			continue
		}
		r := []rune(s)[0]
		switch r {
		case '(', '[':
			b.WriteString("(?:")
		case ']':
			b.WriteString(")?")
		case ')', '|':
			b.WriteRune(r)
		case '#':
			b.WriteString("[0-9零一二两三四五六七八九十百千万亿点.,]+")
		case '*':
			b.WriteString("[A-Za-z]*")
		case ' ':
			b.WriteString(`\s*`)
		default:
			b.WriteString(regexp.QuoteMeta(string(r)))
		}
		s = s[len(string(r)):]
	}
	if alnumAt(term, len(term)-1) {
		b.WriteString(`\b`)
	}
	return b.String()
}

// documents is how many texts of about one KiB the linter is given.
const documents = 250

// BenchmarkDocuments reads and judges a folder of plain texts on one core: with this package, and with Vale, whose program SCRUPLE_VALE
// names, and whose rules are those of the same book that look for words. The time of Vale is without its start: that of a folder with
// one empty text is taken off.
func BenchmarkDocuments(b *testing.B) {
	folder := b.TempDir()
	sentences := strings.SplitAfter(plainEnglish, ". ")
	for n := range documents {
		var text strings.Builder
		for k := 0; text.Len() < 1000; k++ {
			fmt.Fprintf(&text, "%sSee you at counter %d. ", sentences[(n+k)%(len(sentences)-1)], n*7+k)
		}
		write(b, filepath.Join(folder, fmt.Sprintf("%d.md", n)), text.String())
	}
	b.Run("by=scruple", func(b *testing.B) {
		book, f := book(b), plainFacts()
		for b.Loop() {
			for n := range documents {
				src, err := os.ReadFile(filepath.Join(folder, fmt.Sprintf("%d.md", n)))
				if err != nil {
					b.Fatal(err)
				}
				book.Check(&scruple.Message{Market: scruple.US, Channel: scruple.Push, Text: string(src)}, f)
			}
		}
		b.ReportMetric(float64(b.N*documents)/b.Elapsed().Seconds(), "documents/s")
	})
	b.Run("by=vale", func(b *testing.B) {
		vale := os.Getenv("SCRUPLE_VALE")
		if vale == "" {
			b.Skip("SCRUPLE_VALE does not name the program")
		}
		style := b.TempDir()
		rules := writeStyle(b, style)
		empty := b.TempDir()
		write(b, filepath.Join(empty, "empty.md"), "")
		start := runVale(b, vale, style, empty)
		took := time.Duration(0)
		for b.Loop() {
			took += runVale(b, vale, style, folder) - start
		}
		b.ReportMetric(float64(b.N*documents)/took.Seconds(), "documents/s")
		b.ReportMetric(float64(rules), "rules")
		b.ReportMetric(start.Seconds(), "s-start")
	})
}

func runVale(b *testing.B, vale, style, folder string) time.Duration {
	c := exec.Command(vale, "--config", filepath.Join(style, ".vale.ini"), "--output", "line", folder)
	c.Env = append(os.Environ(), "GOMAXPROCS=1")
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	begun := time.Now()
	if err := c.Run(); err != nil && c.ProcessState.ExitCode() != 1 {
		b.Fatalf("%v\n%s", err, out.Bytes())
	}
	return time.Since(begun)
}

// writeStyle writes the rules of the book of the United States that look for words as rules of Vale, each with the same terms.
func writeStyle(b *testing.B, folder string) int {
	m := shipped(b)
	rules := 0
	for _, f := range m.files {
		for _, s := range f.parsed.Rules {
			if f.parsed.Market != scruple.US || s.Match == nil {
				continue
			}
			var y strings.Builder
			y.WriteString("extends: existence\nmessage: \"'%s'\"\nlevel: error\nignorecase: true\nnonword: true\ntokens:\n")
			for _, t := range m.resolved(s.Match.Any) {
				fmt.Fprintf(&y, "  - '%s'\n", strings.ReplaceAll(regexpOf(t), "'", "''"))
			}
			write(b, filepath.Join(folder, "styles", "Book", strings.ReplaceAll(s.ID, ".", "-")+".yml"), y.String())
			rules++
		}
	}
	write(b, filepath.Join(folder, ".vale.ini"), "StylesPath = styles\nMinAlertLevel = error\n[*.md]\nBasedOnStyles = Book\n")
	return rules
}

// resolved puts the terms of lexicons in place of their names.
func (m *shippedFiles) resolved(terms []string) []string {
	var out []string
	for _, t := range terms {
		if name, is := strings.CutPrefix(t, "@"); is {
			out = append(out, m.resolved(m.lexicons[name])...)
			continue
		}
		out = append(out, t)
	}
	return out
}

func write(b *testing.B, name, text string) {
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		b.Fatal(err)
	}
}
