package compliance

import (
	"fmt"
	"math"
)

// sum objects to instalments that do not make the total, to interest that principal, rate and term do not make, and to a
// discount that the two prices do not make. It looks only where all parts stand.
func (k *numberRule) sum(x *exam, r *Rule) {
	if from, to := x.total(); from >= 0 {
		k.instalments(x, r, from, to)
	}
	for i := range x.t.figures {
		if f := &x.t.figures[i]; f.role == interestRole && f.measure == amountOfMoney {
			k.interest(x, r, f)
		}
	}
	k.discount(x, r)
}

// total returns the figure that says what is paid in all, and its place in the list, or -1.
func (x *exam) total() (int, *quantity) {
	for i := range x.t.figures {
		if f := &x.t.figures[i]; f.role == totalRole && f.measure == amountOfMoney && f.low == f.high {
			return i, f
		}
	}
	return -1, nil
}

// instalments compares counts times payments with the total. A difference that other amounts of the message make up, such as
// a deposit or a fee, is none.
func (k *numberRule) instalments(x *exam, r *Rule, at int, total *quantity) {
	sum, slack, used := 0.0, 0.5, map[int]bool{at: true}
	for i := range x.t.figures {
		f := &x.t.figures[i]
		if i == at || f.measure != amountOfMoney || x.t.pieceOf(f.from) != x.t.pieceOf(total.from) {
			continue
		}
		if n := x.t.times(i); n > 1 {
			sum, slack, used[i] = sum+n*f.low, slack+n*0.01, true
		}
	}
	if len(used) == 1 || sum == 0 || k.unless.has(x.t, 0, int32(len(x.t.units))) {
		return
	}
	rest := []float64{0}
	for i := range x.t.figures {
		if f := &x.t.figures[i]; f.measure == amountOfMoney && !used[i] {
			for _, v := range rest {
				rest = append(rest, v+f.low)
			}
			if len(rest) > 256 {
				return
			}
		}
	}
	for _, v := range rest {
		if math.Abs(sum+v-total.low) <= slack {
			return
		}
	}
	x.found(r, total.from, total.to, fmt.Sprintf("the payments make %s", plainNumber(math.Round(sum*100)/100)))
}

// times returns how often the payment that figure i states is made, or 0: 48 x £214.62, 36 payments of $384.40,
// 每期1066.19元，共12期.
func (t *reading) times(i int) float64 {
	f := &t.figures[i]
	if i > 0 {
		c := &t.figures[i-1]
		between := f.from - c.to
		if c.measure == bareNumber && c.low == c.high && c.low <= 480 && between <= 24 && t.joinsCount(c.to, f.from) {
			return c.low
		}
	}
	if i+1 < len(t.figures) {
		c := &t.figures[i+1]
		if c.measure == bareNumber && int(c.to) < len(t.units) && t.units[c.to].r == '期' && (c.from == f.to || f.role == paymentRole && f.name[1] <= f.from && c.from-f.to <= 4) {
			return c.low
		}
	}
	return 0
}

// joinsCount reports whether the words between a count and a payment join them.
func (t *reading) joinsCount(from, to int32) bool {
	for i := from; i < to; i++ {
		if t.anyAt(i, "payments", "instalments", "installments", "x", "of", "每期", "每月") > i {
			return true
		}
	}
	return false
}

// interest compares an interest with what principal, rate and term of its sentence make, where each of them stands once.
func (k *numberRule) interest(x *exam, r *Rule, f *quantity) {
	var principal, rate, term *quantity
	from, to := x.t.sentence(f.from)
	for i := range x.t.figures {
		g := &x.t.figures[i]
		if g == f || g.from < from || g.to > to {
			continue
		}
		var slot **quantity
		switch {
		case g.measure == amountOfMoney:
			slot = &principal
		case g.measure == percentage && g.role != otherRole && g.role != feeRole:
			slot = &rate
		case g.measure == lengthOfTime:
			slot = &term
		default:
			continue
		}
		if *slot != nil && (*slot).low == g.low || g.role == minimumRole {
			continue
		}
		if *slot != nil || g.low != g.high {
			return
		}
		*slot = g
	}
	if principal == nil || rate == nil || term == nil || k.unless.has(x.t, from, to) {
		return
	}
	if principal.role == paymentRole || principal.low <= f.low { // a loan with its instalment, not a sum with its interest
		return
	}
	for _, days := range append(yearsOf(rate.per), term.low) { // the last: interest for each year
		if want := principal.low * rate.low / 100 * term.low / days; math.Abs(want-f.low) <= want*0.03+1 {
			return
		}
	}
	want := principal.low * rate.low / 100 * term.low / yearsOf(rate.per)[0]
	x.found(r, f.from, f.to, fmt.Sprintf("%s at %s makes about %s", plainNumber(principal.low), rate, plainNumber(math.Round(want*100)/100)))
}

// yearsOf returns the lengths in days of the length that a rate belongs to: years have 365 days, or 360.
func yearsOf(per role) []float64 {
	switch per {
	case perDay:
		return []float64{1}
	case perMonth:
		return []float64{30}
	}
	return []float64{365, 360}
}

// discount compares two prices with the discount that their sentence states.
func (k *numberRule) discount(x *exam, r *Rule) {
	for i := range x.t.figures {
		f := &x.t.figures[i]
		if f.measure != foldsOfPrice && (f.measure != percentage || f.role != offRole) || f.low != f.high {
			continue
		}
		was, now := x.prices(f)
		if was == nil || now == nil || !k.looksAt(x.t, f) {
			continue
		}
		want := was.low * (1 - f.low/100)
		if f.measure == foldsOfPrice {
			want = was.low * f.low / 10
		}
		if math.Abs(want-now.low) > was.low*0.01+0.01 {
			x.found(r, f.from, f.to, fmt.Sprintf("%s off %s makes %s", f, plainNumber(was.low), plainNumber(math.Round(want*100)/100)))
		}
	}
}

// prices returns the price before and the price now in the sentence of a discount, when each stands there once.
func (x *exam) prices(f *quantity) (was, now *quantity) {
	from, to := x.t.sentence(f.from)
	for i := range x.t.figures {
		g := &x.t.figures[i]
		if g.measure != amountOfMoney || g.from < from || g.to > to {
			continue
		}
		switch {
		case g.role == beforeRole && was == nil:
			was = g
		case g.role == nowRole && now == nil:
			now = g
		default:
			return nil, nil
		}
	}
	return was, now
}
