package review

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// Sealed is everything that an approval is bound to.
type Sealed struct {
	Templates []string // digest of each template, and so of every shape it can take; order does not matter
	Snapshot  string   // hash of the audience snapshot
	Schedule  string   // when it is due, and its latest start
	Channel   string
	Product   string // digest of the product's facts; empty when there is no product
	Book      string // digest of the rules
	Campaign  string // digest of the campaign as it was launched
}

// Seal is the SHA-256, in hex, over all of it. Any change gives another seal, and so voids every approval under this one.
func Seal(s Sealed) string {
	templates := slices.Clone(s.Templates)
	slices.Sort(templates)
	h := sha256.New()
	for _, v := range []string{strings.Join(templates, ","), s.Snapshot, s.Schedule, s.Channel, s.Product, s.Book, s.Campaign} {
		fmt.Fprintf(h, "%d:%s\n", len(v), v)
	}
	return hex.EncodeToString(h.Sum(nil))
}
