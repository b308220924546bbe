package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/compliance"
	"github.com/scruple/scruple/compliance/exam"
)

func newExam(g *globals) *cobra.Command {
	var asOf string
	c := &cobra.Command{
		Use: "exam [FILE...]", Short: "Measure the checker with labelled messages: precision, recall, every miss and every false alarm",
		Long: `Exam reads messages that people have labelled (one JSON object on each line: id, market, lang, channel, product, text, subject,
whole, label, kinds, trap), lets the checker judge each, and counts. A violating message is found when it is held or blocked; a
compliant one has to pass. Without a file it takes the exam that ships. Exit code 1 when anything was missed or wrongly held.`,
		Example:     "  scruple exam\n  scruple exam ours.jsonl --format json",
		Annotations: formats("markdown"),
		RunE: func(_ *cobra.Command, args []string) error {
			now, err := g.day(asOf)
			if err != nil {
				return err
			}
			if len(args) == 0 && asOf == "" {
				now = exam.Day
			}
			return g.exam(args, now)
		},
	}
	c.Flags().StringVar(&asOf, "as-of", "", "judge by the rules of this day (2026-11-22); empty: today")
	return c
}

// day reads a flag that names a day; empty means now.
func (g *globals) day(asOf string) (time.Time, error) {
	if asOf == "" {
		return g.time(), nil
	}
	if !scruple.Date(asOf).Valid() {
		return time.Time{}, fmt.Errorf("--as-of %q: expected a day such as 2026-11-22", asOf)
	}
	return parseDay(asOf)
}

func readCases(name string) ([]exam.Case, error) {
	var src io.Reader = os.Stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close() //nolint:errcheck // it was only read
		src = f
	}
	return exam.Read(name, src)
}

// labelled reads exams, and the one that ships when none is named.
func labelled(files []string) ([]exam.Case, error) {
	if len(files) == 0 {
		return exam.Own("zh.jsonl", "en.jsonl", "statutory-zh.jsonl", "statutory-en.jsonl")
	}
	var cases []exam.Case
	for _, name := range files {
		some, err := readCases(name)
		if err != nil {
			return nil, err
		}
		cases = append(cases, some...)
	}
	for i := range cases {
		if c := &cases[i]; c.Label == "" {
			return nil, fmt.Errorf("%s:%d: case %s has no label; expected %s or %s", c.File, c.Line, c.ID, exam.Violating, exam.Compliant)
		}
	}
	return cases, nil
}

func (g *globals) exam(files []string, now time.Time) error {
	cases, err := labelled(files)
	if err != nil {
		return err
	}
	book, err := compliance.Builtin()
	if err != nil {
		return err
	}
	results := exam.Judge(cases, book.Check, now)
	var wrong []exam.Result
	for _, r := range results {
		if r.Missed() || r.FalseAlarm() {
			wrong = append(wrong, r)
		}
	}
	scores := exam.Scores(results)
	switch g.format {
	case "json":
		g.print(map[string]any{"cases": len(cases), "book": book.Digest(), "scores": scores, "wrong": wrong}, nil)
	case "markdown":
		fmt.Print(exam.Table(scores))
	default:
		fmt.Print(exam.Text(scores))
		for i := range wrong {
			g.printWrong(&wrong[i], book)
		}
	}
	if len(wrong) > 0 {
		return errFindings
	}
	return nil
}

func (g *globals) printWrong(r *exam.Result, book *compliance.Book) {
	c, what := r.Case, "missed"
	if r.FalseAlarm() {
		what = "false alarm"
	}
	fmt.Printf("\n%s  %s:%d  %s  (%s %s, %s; %s)\n", what, c.File, c.Line, c.ID, c.Market, c.Channel, c.Product.Type, strings.Join(append(c.Kinds, c.Trap), ", "))
	m := c.Message()
	printMessage(&m, r.Findings, "    ")
	if m.HTML != "" && len(r.Findings) == 0 {
		fmt.Println("    " + m.HTML)
	}
	if c.Because != "" {
		fmt.Printf("    because: %s\n", c.Because)
	}
	if len(r.Findings) > 0 {
		g.findings(r.Findings, book.Rule, "    ")
	}
}
