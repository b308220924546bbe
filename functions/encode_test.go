package functions

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/compliance/ledger"
	"github.com/scruple/scruple/compliance/review"
)

// What is written by hand for speed is what encoding/json would write, or at least reads back as the same.
func TestEncodingIsJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "客户", "a\"b\\c", "x\u2028y", "<&>", "\x00\n"}))
		str := func(label string) string { return text.Draw(t, label) }
		at := func(label string) time.Time {
			return time.UnixMicro(rapid.Int64Range(0, 4e15).Draw(t, label)).UTC()
		}
		p := scruple.Person{ID: str("id")}
		for range rapid.IntRange(0, 3).Draw(t, "n") {
			p.Consents = append(p.Consents, scruple.ConsentEvent{
				Purpose: str("purpose"), Channel: scruple.Channel(str("channel")), Action: str("action"), Source: str("source"),
				Wording: str("wording"), At: at("at"), Expires: at("expires"),
			})
			p.Suppressions = append(p.Suppressions, scruple.Suppression{Channel: "sms", Reason: str("reason"), Source: str("source"), At: at("at")})
			p.Touches = append(p.Touches, scruple.Touch{
				Message: str("message"), Campaign: str("campaign"), Channel: "sms", Class: "marketing", At: at("at"),
				Committed: rapid.Bool().Draw(t, "committed"),
			})
		}
		person := appendPerson(nil, &p)
		same(t, person, p)
		c := Case{
			Now: at("now"), Due: at("due"), Book: str("book"), Product: str("product"), Person: person, Shape: str("shape"), Copy: str("copy"),
			Card: str("card"), Seal: str("seal"), Decision: review.Decision{State: scruple.Queued, Due: at("due"), Approved: rapid.Bool().Draw(t, "approved")},
		}
		if rapid.Bool().Draw(t, "found") {
			c.Findings = scruple.Findings{{Rule: str("rule"), Verdict: scruple.Hold, Quote: str("quote")}}
			c.Decision.Reasons = []string{str("reason")}
			c.Rulings = []review.Ruling{{Action: review.Approve, By: str("by"), At: at("at"), Reason: str("reason")}}
		}
		if rapid.Bool().Draw(t, "first") {
			c.Addressee = &Addressee{
				Run: str("run"), Customer: str("customer"), Variant: str("variant"), Template: str("template"), To: str("to"),
				Inputs:  map[string]string{"a": str("a"), "b": str("b")},
				Profile: scruple.Profile{Birth: "1980-01-01", Zone: str("zone"), Qualified: rapid.Bool().Draw(t, "qualified")},
			}
		}
		body, err := c.appendJSON(nil)
		if err != nil {
			t.Fatal(err)
		}
		same(t, body, c)
		d := Dossier{State: scruple.Claimed, Due: at("due"), Card: str("card"), Tries: rapid.IntRange(0, 9).Draw(t, "tries"), Worker: str("worker")}
		same(t, d.appendJSON(nil), d)
		e := ledger.Append(nil, str("subject"), at("at"), str("actor"), str("step"), body)
		same(t, appendEntry(nil, &e), e)
	})
}

// same compares what was written with what encoding/json writes of v, both brought into one form.
func same(t *rapid.T, got []byte, v any) {
	t.Helper()
	want, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	if canonical(t, got) != canonical(t, want) {
		t.Fatalf("written by hand:\n%s\nby encoding/json:\n%s", got, want)
	}
}

func canonical(t *rapid.T, data []byte) string {
	t.Helper()
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatalf("%v in %s", err, data)
	}
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
