package compliance_test

import (
	"fmt"
	"time"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/compliance"
)

// A program of one's own checks a message with the books that ship.
func ExampleBook_Check() {
	book, err := compliance.Builtin()
	if err != nil {
		fmt.Println(err)
		return
	}
	message := scruple.Message{
		Market: scruple.UK, Channel: scruple.SMS, Excerpt: true,
		Text: "The Larkhill Bond: your capital is guaranteed.",
	}
	facts := scruple.Facts{
		Now:     time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC),
		Product: &scruple.Product{Type: "fund", Name: "Larkhill Bond", Risk: "R4"},
	}
	found := book.Check(&message, &facts)
	fmt.Println(found.Verdict())
	for _, f := range found {
		if rule, ok := book.Rule(f.Rule); ok && f.Verdict == scruple.Block {
			fmt.Printf("%q: %s (%s, %s)\n", message.Text[f.Start:f.End], rule.Title.In("en"), rule.Basis[0].Law, rule.Basis[0].Article)
		}
	}
	// Output:
	// block
	// "capital is guaranteed": Guaranteed, protected or secure (FCA Handbook, COBS 4.2.5G)
}
