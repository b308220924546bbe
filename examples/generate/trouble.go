package main

// trouble is what is the matter with one person of one list. Most have none.
type trouble int

const (
	none trouble = iota
	// Of the row: it stands twice, or cannot be read.
	twice       // a second row, the same
	twiceOther  // a second row that says something else
	shortRow    // fields are missing at the end
	brokenQuote // a quote, or a JSON object, that is never closed
	brokenBytes // bytes that are no text
	noID        // no customer id
	noAddress   // no address on the list's channel
	badAddress  // one that cannot be an address
	badDate     // a birth date that is no day
	badRating   // a rating that does not exist
	badZone     // a time zone that does not exist
	badField    // no figure where the filter needs one
	left        // people whom the filter leaves out
	emojiName   // a name with an emoji, which is fine
	longName    // 200 characters
	urlName     // a web address for a name
	mergeName   // a name with {{
	noName      // no name: the copy has a default
	// Of the person.
	expiredRating // the risk rating has run out
	noRating
	lowRating // the rating is below what the product asks for
	minor     // under 18
	elder     // 65 or over
	abroad    // in a time zone where it is still night
	noZone    // nobody knows the time zone
	// Of the evidence.
	noConsent
	withdrawn     // consent given and withdrawn
	oldConsent    // given more than two years ago
	lapsedConsent // given for a time that is over
	suppressed    // unsubscribed, complained, bounced, or not to be called
	deceased
)

// quota says how many people of a list have a trouble.
type quota struct {
	trouble trouble
	people  int
}

// deal gives each of n people a trouble or none. fixed holds people whose lot is not drawn.
func deal(d *draw, n int, quotas []quota, fixed map[int]trouble) []trouble {
	out := make([]trouble, 0, n)
	for _, q := range quotas {
		for range q.people {
			out = append(out, q.trouble)
		}
	}
	out = append(out, make([]trouble, n-len(out))...)
	shuffle(d, out)
	for at, want := range fixed {
		out[at] = want
	}
	return out
}
