package audience

import (
	"errors"
	"fmt"
)

// The errors that callers tell apart with errors.Is.
var (
	// ErrEmpty: the list has no header or no row.
	ErrEmpty = errors.New("the list is empty")
	// ErrNoColumn: a column that the layout names, or that every list needs, is not in the list.
	ErrNoColumn = errors.New("the list lacks a column")
	// ErrTooMany: more people would be reached than the plan allows.
	ErrTooMany = errors.New("more recipients than the plan allows")
)

// The codes of rejected rows. They are stable: funnels and reports count by them.
const (
	NoCustomerID = "no_customer_id"
	NoAddress    = "no_address"   // the channel's address is empty
	BadAddress   = "bad_address"  // the channel's address cannot be one
	BadDate      = "bad_date"     // birth_date or rated_until
	BadZone      = "bad_zone"     // time_zone is no IANA name
	BadRating    = "bad_rating"   // risk_rating is not C1 to C5
	BadFlag      = "bad_flag"     // qualified or student is neither yes nor no
	BadEncoding  = "bad_encoding" // bytes that are no text in the list's encoding, a zero byte, or U+FFFD
	BadRow       = "bad_row"      // wrong number of fields, broken quote, no JSON object
	BadField     = "bad_field"    // the filter needs a value that is empty or of another type
	RowTooLong   = "row_too_long" // over 64 KiB
)

// RowError says why one row was left out. It names the place and the reason, never the value.
type RowError struct {
	File   string
	Line   int    // physical line on which the row starts, from 1
	Column string // as the list names it; empty when the whole row is at fault
	Reason string
	Code   string // one of the codes above
}

// Error gives place, column, reason and code on one line.
func (e *RowError) Error() string {
	if e.Column == "" {
		return fmt.Sprintf("%s:%d: %s (%s)", e.File, e.Line, e.Reason, e.Code)
	}
	return fmt.Sprintf("%s:%d: column %s: %s (%s)", e.File, e.Line, e.Column, e.Reason, e.Code)
}

// problem is a RowError before anyone knows where; the zero problem means none.
type problem struct{ code, reason string }

func (p problem) at(file string, line int, column string) *RowError {
	return &RowError{File: file, Line: line, Column: column, Reason: p.reason, Code: p.code}
}

var (
	tooLong  = problem{RowTooLong, "the row is longer than 64 KiB"}
	notText  = problem{BadEncoding, "bytes that are no text in the declared encoding"}
	zeroByte = problem{BadEncoding, "a zero byte"}
	lostText = problem{BadEncoding, "U+FFFD, the mark of a character that was lost in decoding or in an earlier conversion"}
)
