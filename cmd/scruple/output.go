package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"

	"golang.org/x/term"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/compliance"
)

// print writes v as JSON when the reader is a program, else runs text.
func (g *globals) print(v any, text func()) {
	if g.format != "json" {
		text()
		return
	}
	e := json.NewEncoder(os.Stdout)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		fmt.Fprintln(os.Stderr, "scruple:", err)
	}
}

// words picks the reader's language.
func (g *globals) words(w compliance.Words) string {
	if g.lang == "zh" && w.Zh != "" {
		return w.Zh
	}
	return w.En
}

// The marks around words that a finding points at: on a terminal reverse video as well.
const (
	openMark, closeMark = "⟦", "⟧"
	reverse, reset      = "\x1b[1;7m", "\x1b[0m"
)

// highlight marks the spans of one part of a message, each with the numbers of its findings.
func highlight(text, part string, fs scruple.Findings) string {
	type cut struct{ start, end, n int }
	var cuts []cut
	for i, f := range fs {
		if f.Part == part && f.End > f.Start && f.End <= len(text) {
			cuts = append(cuts, cut{f.Start, f.End, i + 1})
		}
	}
	slices.SortStableFunc(cuts, func(a, b cut) int { return a.start - b.start })
	color := term.IsTerminal(int(os.Stdout.Fd()))
	var b strings.Builder
	at := 0
	for _, c := range cuts {
		if c.start < at { // lies within the mark before
			continue
		}
		b.WriteString(text[at:c.start])
		if color {
			b.WriteString(reverse)
		}
		fmt.Fprintf(&b, "%s%d:%s%s", openMark, c.n, text[c.start:c.end], closeMark)
		if color {
			b.WriteString(reset)
		}
		at = c.end
	}
	b.WriteString(text[at:])
	return b.String()
}

// findings prints what was found, each with its words, its rule, the law behind it and what to do. What a rule says is said once.
func (g *globals) findings(fs scruple.Findings, rule func(id string) (*compliance.Rule, bool), indent string) {
	said := map[string]bool{}
	for i, f := range fs {
		r, ok := rule(f.Rule)
		if !ok {
			fmt.Printf("%s%d  %s  %s: %s\n", indent, i+1, f.Verdict, f.Rule, f.Detail)
			continue
		}
		verdict := string(f.Verdict)
		if f.Waiver != "" {
			verdict = "waived (" + f.Waiver + ")"
		}
		fmt.Printf("%s%d  %s  %s  [%s]%s\n", indent, i+1, verdict, g.words(r.Title), f.Rule, quoted(f.Quote))
		if f.Detail != "" {
			fmt.Printf("%s     %s\n", indent, f.Detail)
		}
		if said[f.Rule] {
			continue
		}
		said[f.Rule] = true
		fmt.Printf("%s     %s\n", indent, g.words(r.Why))
		for _, b := range r.Basis {
			fmt.Printf("%s     %s\n", indent, citation(b))
		}
		if fix := g.words(r.Fix); fix != "" {
			fmt.Printf("%s     → %s\n", indent, fix)
		}
	}
}

// quoted shows the words of a finding in one line.
func quoted(words string) string {
	if words = strings.Join(strings.Fields(words), " "); words == "" {
		return ""
	}
	return "  “" + words + "”"
}

// citation writes a basis as a reader expects it, and says when nobody has read it.
func citation(b compliance.Basis) string {
	s := b.Law
	if b.Article != "" {
		s += ", " + b.Article
	}
	switch b.Source {
	case "read":
		return s
	case "policy":
		return s + " (house policy)"
	}
	return s + " (" + b.Source + ")"
}

// message prints a message part by part with the words marked.
func printMessage(m *scruple.Message, fs scruple.Findings, indent string) {
	part := func(label, name, text string) {
		if text == "" {
			return
		}
		marked := strings.TrimRight(highlight(text, name, fs), "\n")
		fmt.Printf("%s%s%s\n", indent, label, strings.ReplaceAll(marked, "\n", "\n"+indent+strings.Repeat(" ", len(label))))
	}
	part("Subject: ", "subject", m.Subject)
	part("", "text", m.Text)
	if slices.ContainsFunc(fs, func(f scruple.Finding) bool { return f.Part == "html" }) {
		part("HTML: ", "html", m.HTML)
	}
}
