package audience

import (
	"errors"
	"fmt"
	"strings"
)

// Variant is one version of a message that some of the audience gets.
type Variant struct {
	Name string // not empty, unlike the others of its plan
	// Share is its weight against the other variants, above 0.
	Share float64
}

// Plan says which of a list's people a run is for.
type Plan struct {
	// List is the list's name, for rows that the filter rejects.
	List string
	// Filter keeps the people it matches; nil keeps all.
	Filter *Filter
	// HoldOut is the share of the audience, 0 to below 1, that is kept out for comparison: those with
	// Share(Seed+"/hold-out", id) < HoldOut.
	HoldOut float64
	// Variants part those who are left, by Share(Seed+"/variant", id); none is fine.
	Variants []Variant
	// Seed makes hold-out and variants of one campaign independent of another's. Runs with one seed agree on them.
	Seed string
	// Limit is the most people the run may reach; 0 sets none. A longer list is refused with ErrTooMany and not cut, for
	// a list that is longer than its owner thought is the wrong list.
	Limit int
	// Memory is how many bytes of rows are held before they are spilled; 0 means 16 MiB. At most 1 GiB.
	Memory int
}

func (p *Plan) check() error {
	if !(p.HoldOut >= 0 && p.HoldOut < 1) {
		return fmt.Errorf("hold-out %v: it is a share from 0 to below 1", p.HoldOut)
	}
	if strings.Contains(p.Seed, "\n") {
		return errors.New("the seed holds a line feed")
	}
	if p.Memory < 0 || p.Memory > 1<<30 {
		return fmt.Errorf("memory of %d bytes: 0 to 1 GiB are allowed", p.Memory)
	}
	seen := map[string]bool{}
	for _, v := range p.Variants {
		if v.Name == "" || seen[v.Name] || !printable(v.Name) || len(v.Name) > 200 {
			return fmt.Errorf("variant %q: each variant has a printable name of its own, of at most 200 bytes", v.Name)
		}
		if !(v.Share > 0 && v.Share <= 1e9) {
			return fmt.Errorf("variant %s: share %v is not above 0", v.Name, v.Share)
		}
		seen[v.Name] = true
	}
	return nil
}

func (p *Plan) heldOut(id string) bool {
	return p.HoldOut > 0 && Share(p.Seed+"/hold-out", id) < p.HoldOut
}

func (p *Plan) variant(id string) string {
	if len(p.Variants) == 0 {
		return ""
	}
	total := 0.0
	for _, v := range p.Variants {
		total += v.Share
	}
	at := Share(p.Seed+"/variant", id) * total
	for _, v := range p.Variants {
		if at -= v.Share; at < 0 {
			return v.Name
		}
	}
	return p.Variants[len(p.Variants)-1].Name
}
