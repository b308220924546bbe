package main

import "math/rand/v2"

// draw is a seeded source of choices. It uses nothing of math/rand but the raw numbers of PCG, whose sequence is defined, so
// that the lists stay the same with every release of Go.
type draw struct{ pcg *rand.PCG }

func newDraw(seed uint64) *draw { return &draw{rand.NewPCG(seed, 0x5c2b1e)} }

// n returns a number from 0 to below most.
func (d *draw) n(most int) int { return int((d.pcg.Uint64() >> 11) % uint64(most)) }

// between returns a number from low to high, both included.
func (d *draw) between(low, high int) int { return low + d.n(high-low+1) }

// chance is true in percent of a hundred cases.
func (d *draw) chance(percent int) bool { return d.n(100) < percent }

func pick[T any](d *draw, from []T) T { return from[d.n(len(from))] }

func shuffle[T any](d *draw, s []T) {
	for i := len(s) - 1; i > 0; i-- {
		j := d.n(i + 1)
		s[i], s[j] = s[j], s[i]
	}
}
