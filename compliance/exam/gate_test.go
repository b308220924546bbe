package exam_test

import (
	"slices"
	"testing"

	"github.com/scruple/scruple/compliance/exam"
)

// The exam is what it says it is: minimal pairs, no message twice, every case with its reason.
func TestOwnExamIsSound(t *testing.T) {
	cases, err := exam.Own("zh.jsonl", "en.jsonl", "statutory-zh.jsonl", "statutory-en.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	ids, texts, pairs := map[string]bool{}, map[string]string{}, map[string][]string{}
	for i := range cases {
		c := &cases[i]
		if ids[c.ID] {
			t.Errorf("%s:%d: id %s is there twice", c.File, c.Line, c.ID)
		}
		ids[c.ID] = true
		if other := texts[c.Text]; other != "" && c.Pair == "" {
			t.Errorf("%s:%d: %s says what %s says", c.File, c.Line, c.ID, other)
		}
		texts[c.Text] = c.ID
		if c.Label == "" || c.Because == "" || c.Trap == "" || (c.Label == exam.Violating) != (len(c.Kinds) > 0) {
			t.Errorf("%s:%d: %s lacks label, because, trap or kinds", c.File, c.Line, c.ID)
		}
		if c.Pair != "" {
			pairs[c.Pair] = append(pairs[c.Pair], c.Label)
		}
	}
	n := 0
	for pair, labels := range pairs {
		slices.Sort(labels)
		if !slices.Equal(labels, []string{exam.Compliant, exam.Violating}) {
			t.Errorf("pair %s has %v; expected one of each", pair, labels)
		}
		n += len(labels)
	}
	if n < 300 {
		t.Errorf("%d messages in pairs, want 300", n)
	}
}
