package port

import (
	"context"

	"github.com/scruple/scruple"
)

// Reader is a second reader of copy beside the checker: a firm's own classifier, or a language model. It may object and never
// clear: what it says counts only where it names a rule of the book and quotes the copy word for word.
//
// Read returns no opinion where it has nothing to say, and an error where it could not read: the copy is then held. It is called
// once for each shape of a campaign's copy, before the campaign runs, and is safe for concurrent use.
type Reader interface {
	Read(ctx context.Context, page Page) ([]scruple.Opinion, error)
	Close() error
}

// Page is copy as a second reader gets it: with its slots open as {name}. It has no field that could hold a value of a person.
type Page struct {
	Market  scruple.Market  `json:"market"`
	Channel scruple.Channel `json:"channel"`
	Locale  string          `json:"locale"` // BCP 47
	Class   scruple.Class   `json:"class,omitempty"`
	Subject string          `json:"subject,omitempty"`
	Text    string          `json:"text,omitempty"`
	HTML    string          `json:"html,omitempty"`
	// Product is what the copy is about; nil when the campaign names none.
	Product *scruple.Product `json:"product,omitempty"`
	// Rules are those that an opinion may name.
	Rules []PageRule `json:"rules"`
}

// PageRule is a rule as a second reader needs it.
type PageRule struct {
	ID  string `json:"id"`
	Why string `json:"why"` // in the language of the copy, where the book has it
}
