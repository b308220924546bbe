package main

import (
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/compliance"
	"github.com/scruple/scruple/compliance/exam"
)

// judged is one line of the answer to a cases file. The format is stable.
type judged struct {
	ID       string          `json:"id"`
	Verdict  scruple.Verdict `json:"verdict"`
	Findings []objection     `json:"findings"`
}

// objection is a finding as a program outside reads it. Offsets are bytes of the part of the input that it names, "text" when left
// out; a finding about something missing has start and end 0.
type objection struct {
	Rule    string          `json:"rule"`
	Kind    string          `json:"kind"`
	Verdict scruple.Verdict `json:"verdict"`
	Part    string          `json:"part,omitempty"` // subject, or left out
	Start   int             `json:"start"`
	End     int             `json:"end"`
	Quote   string          `json:"quote"`
	Why     string          `json:"why"`
}

// checkCases judges every case of a file, one line of answer for each.
func (g *globals) checkCases(book *compliance.Book, name string, now time.Time) error {
	cases, err := readCases(name)
	if err != nil {
		return err
	}
	results := exam.Judge(cases, book.Check, now)
	worst := scruple.Pass
	out := make([]judged, len(results))
	for i := range results {
		out[i] = answer(book, &results[i])
		worst = worst.Worse(results[i].Verdict)
	}
	switch g.format {
	case "json":
		g.print(out, nil)
	case "jsonl":
		lines := json.NewEncoder(os.Stdout)
		lines.SetEscapeHTML(false)
		for i := range out {
			if err := lines.Encode(&out[i]); err != nil {
				return err
			}
		}
	default:
		for i := range results {
			m := cases[i].Message()
			g.printChecked(book, &checked{File: cases[i].ID, Verdict: results[i].Verdict, Findings: results[i].Findings, message: m})
		}
		fmt.Printf("%d cases\n", len(cases))
	}
	if worst != scruple.Pass {
		return errFindings
	}
	return nil
}

func answer(book *compliance.Book, r *exam.Result) judged {
	out := judged{ID: r.Case.ID, Verdict: r.Verdict, Findings: []objection{}}
	for _, f := range r.Findings {
		o := objection{Rule: f.Rule, Kind: f.Kind, Verdict: f.Verdict, Start: f.Start, End: f.End, Quote: f.Quote, Why: f.Detail}
		if f.Part == "subject" {
			o.Part = f.Part
		}
		if rule, ok := book.Rule(f.Rule); ok {
			if o.Why = rule.Why.In(r.Case.Lang); f.Detail != "" {
				o.Why += " (" + f.Detail + ")"
			}
		}
		out.Findings = append(out.Findings, o)
	}
	return out
}
