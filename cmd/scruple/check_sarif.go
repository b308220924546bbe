package main

import (
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/compliance"
)

// project is where a reader of a report finds out about the tool.
const project = "https://github.com/scruple/scruple"

// sarif reports findings in the Static Analysis Results Interchange Format (OASIS SARIF 2.1.0). Places are exact in files that are
// read as they stand; in filled templates and mails, a result names the words and points at the first line.
func (g *globals) sarif(book *compliance.Book, all []checked) *sarif.Report {
	run := sarif.NewRunWithInformationURI("scruple", project)
	run.Tool.Driver.WithVersion(version)
	run.WithColumnKind("unicodeCodePoints")
	known := map[string]int{}
	for i := range all {
		for j := range all[i].Findings {
			f := &all[i].Findings[j]
			if f.Verdict == scruple.Pass {
				continue
			}
			if _, there := known[f.Rule]; !there {
				known[f.Rule] = len(known)
				run.Tool.Driver.AddRule(g.descriptor(book, f))
			}
			run.AddResult(g.result(book, &all[i], f).WithRuleIndex(known[f.Rule]))
		}
	}
	return sarif.NewReport().AddRun(run)
}

func (g *globals) descriptor(book *compliance.Book, f *scruple.Finding) *sarif.ReportingDescriptor {
	d := sarif.NewReportingDescriptor().WithID(f.Rule).
		WithDefaultConfiguration(sarif.NewReportingConfiguration().WithLevel(level(f.Verdict)))
	r, ok := book.Rule(f.Rule)
	if !ok {
		return d
	}
	help := g.words(r.Fix)
	for _, b := range r.Basis {
		help += "\n" + citation(b)
	}
	return d.WithShortDescription(sarif.NewMultiformatMessageString().WithText(g.words(r.Title))).
		WithFullDescription(sarif.NewMultiformatMessageString().WithText(g.words(r.Why))).
		WithHelp(sarif.NewMultiformatMessageString().WithText(help))
}

// level is the SARIF level of a verdict: what is forbidden is an error, what an officer has to look at a warning.
func level(v scruple.Verdict) string {
	if v == scruple.Block {
		return "error"
	}
	return "warning"
}

func (g *globals) result(book *compliance.Book, c *checked, f *scruple.Finding) *sarif.Result {
	text := f.Detail
	if r, ok := book.Rule(f.Rule); ok {
		text = g.words(r.Title) + ": " + g.words(r.Why)
		if f.Detail != "" {
			text += " (" + f.Detail + ")"
		}
		for _, b := range r.Basis {
			text += "\n" + citation(b)
		}
		text += "\n→ " + g.words(r.Fix)
	}
	file, _, _ := strings.Cut(c.File, " variant ")
	place := sarif.NewPhysicalLocation().
		WithArtifactLocation(sarif.NewSimpleArtifactLocation(filepath.ToSlash(file))).
		WithRegion(region(c, f))
	return sarif.NewRuleResult(f.Rule).WithLevel(level(f.Verdict)).WithMessage(sarif.NewTextMessage(text)).
		WithLocations([]*sarif.Location{sarif.NewLocationWithPhysicalLocation(place)})
}

func region(c *checked, f *scruple.Finding) *sarif.Region {
	src := ""
	switch {
	case c.mapped && f.Part == "text":
		src = c.message.Text
	case c.mapped && f.Part == "html":
		src = c.message.HTML
	}
	r := sarif.NewRegion().WithStartLine(1)
	if f.Quote != "" {
		r.WithSnippet(sarif.NewArtifactContent().WithText(f.Quote))
	}
	if f.End <= f.Start || f.End > len(src) {
		return r
	}
	line, column := position(src, f.Start)
	endLine, endColumn := position(src, f.End)
	return r.WithStartLine(line).WithStartColumn(column).WithEndLine(endLine).WithEndColumn(endColumn).
		WithByteOffset(f.Start).WithByteLength(f.End - f.Start)
}

// position returns line and column, in characters, of a byte offset; both count from 1.
func position(src string, at int) (line, column int) {
	before := src[:at]
	line = 1 + strings.Count(before, "\n")
	return line, 1 + utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])
}
