package compliance

import (
	"github.com/scruple/scruple"
)

// The kinds of rules. A new kind is one file with a compile function, and one line in compilers.
const (
	kindClaim      = "claim"
	kindImpression = "impression"
	kindDisclosure = "disclosure"
	kindNumber     = "number"
	kindRender     = "render"
	kindGate       = "gate"
)

// evaluator is a rule of some kind, ready to judge. It is called for messages in the rule's scope only, reads the exam and
// reports to it, keeps no state, and may panic: the caller turns that into a hold.
type evaluator interface {
	eval(x *exam, r *Rule)
}

// compilers makes the evaluator of each kind from the keys of its rule. Their errors are *specError.
func compilers() map[string]func(c *compiler, r *Rule, s *ruleSource) (evaluator, error) {
	return map[string]func(*compiler, *Rule, *ruleSource) (evaluator, error){
		kindClaim:      compileClaim,
		kindImpression: compileImpression,
		kindDisclosure: compileDisclosure,
		kindNumber:     compileNumber,
		kindRender:     compileRender,
		kindGate:       compileGateRule,
	}
}

// keysOf lists the keys that each kind may use beside the common ones.
func keysOf(kind string) []string {
	switch kind {
	case kindClaim:
		return []string{"match"}
	case kindImpression:
		return []string{"impression"}
	case kindDisclosure:
		return []string{"when", "units", "exact", "tolerance", "first", "prominence"}
	case kindNumber:
		return []string{"number"}
	case kindRender:
		return []string{"render"}
	default:
		return []string{"gate", "with"}
	}
}

// specError is a fault at a place below one rule, given as a YAML path such as ".match.any[0]".
type specError struct {
	path string
	text string
}

func (e *specError) Error() string { return e.text }

// exam is one message while it is judged.
type exam struct {
	e        *engine
	m        *scruple.Message
	f        *scruple.Facts
	t        *reading // what the message says, folded, with all hits
	loose    *reading // what it says when it is read loosely; nil until a message asks for it
	out      scruple.Findings
	words    []roleHit // scratch of the roles of figures
	side     *reading  // scratch for texts of the product
	sideText *scruple.Message
	keys     []string // scratch: names of terms
	master   []fact   // figures of the product, when learnt
	learnt   bool
	claim    []hit             // scratch of the claim kind
	spoken   []spoken          // scratch of the impression kind
	names    map[string][]rune // folded terms of products
	// today is the day of the last check, and inForce are the rules of that day.
	today   int
	inForce []*Rule
	// plans are those of the kinds of messages that came, and last is the plan of the last message, which was of kind lastKey.
	plans   map[planKey]*plan
	last    *plan
	lastKey planKey
	asked   bool // a consent gate was asked
}

// found reports a finding about units [from, to) of the reading.
func (x *exam) found(r *Rule, from, to int32, detail string) {
	f := scruple.Finding{Rule: r.ID, Kind: r.Kind, Verdict: r.Verdict, Detail: detail}
	f.Part, f.Start, f.End = x.t.locate(from, to)
	if x.t.loose > 0 && x.known(&f, from, to) {
		return
	}
	f.Quote = x.t.quote(f.Part, f.Start, f.End)
	x.out = append(x.out, f)
}

// missing reports a finding about something that is not there.
func (x *exam) missing(r *Rule, detail string) {
	x.out = append(x.out, scruple.Finding{Rule: r.ID, Kind: r.Kind, Verdict: r.Verdict, Detail: detail})
}
