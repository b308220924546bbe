package compliance

import "github.com/scruple/scruple"

// plan is which rules judge the messages of one kind: the same day, channel, class and product type. It is made when the first such
// message comes. Rules that wait for a word are looked at only when a message has it, so that a message costs what it says, and not
// what the book holds.
type plan struct {
	always  []*Rule
	waiting []*Rule
	byList  table[int32] // the rules that wait for each list
	asked   []uint32     // by waiting rule: the last message in which it was judged
	turn    uint32
}

// waiter is an evaluator that has nothing to say of a message without a hit of these lists; without lists it always may.
type waiter interface{ waits() termList }

func (k *claimRule) waits() termList { return k.any }

func (k *disclosureRule) waits() termList {
	if k.when.any != nil {
		return k.when.any
	}
	return k.when.sold
}

func (k *impressionRule) waits() termList {
	var out termList
	for i := range k.speak {
		out = append(out, k.speak[i].any...)
	}
	return out
}

func (k *disguiseRule) waits() termList { return k.words }

func (k *renderRule) waits() termList { return k.any }

// planKey tells kinds of messages apart.
type planKey struct {
	day     int
	channel scruple.Channel
	class   scruple.Class
	known   bool
	product string
}

// mostPlans bounds the plans that are kept.
const mostPlans = 128

// plan returns the plan for the message.
func (x *exam) plan() *plan {
	key := planKey{day: x.today, channel: x.m.Channel, class: classOf(x.m)}
	if p := x.f.Product; p != nil {
		key.known, key.product = true, p.Type
	}
	if x.last != nil && key == x.lastKey {
		return x.last
	}
	p := x.plans[key]
	if p == nil {
		if p = x.newPlan(); x.plans == nil || len(x.plans) >= mostPlans {
			x.plans = map[planKey]*plan{}
		}
		x.plans[key] = p
	}
	x.last, x.lastKey = p, key
	return p
}

func (x *exam) newPlan() *plan {
	p := &plan{}
	var rows []row[int32]
	for _, r := range x.inForce {
		if !r.reaches(x.m, x.f.Product) {
			continue
		}
		var lists termList
		if w, ok := r.check.(waiter); ok {
			lists = w.waits()
		}
		if lists == nil {
			p.always = append(p.always, r)
			continue
		}
		for _, id := range lists {
			rows = append(rows, row[int32]{id, int32(len(p.waiting))})
		}
		p.waiting = append(p.waiting, r)
	}
	p.byList = tableOf(int(x.e.lists), rows)
	p.asked = make([]uint32, len(p.waiting))
	return p
}

// run judges the message by the rules of a plan that judge such readings.
func (x *exam) run(p *plan) {
	for _, r := range p.always {
		if x.t.loose == 0 || readsLoosely(r) {
			x.judge(r)
		}
	}
	if p.turn++; p.turn == 0 {
		clear(p.asked)
		p.turn = 1
	}
	for _, list := range x.t.matches.touched {
		for _, n := range p.byList.of(list) {
			if p.asked[n] == p.turn {
				continue
			}
			p.asked[n] = p.turn
			if r := p.waiting[n]; x.t.loose == 0 || readsLoosely(r) {
				x.judge(r)
			}
		}
	}
}

// readsLoosely reports whether a rule judges loose readings too: claims and disguises do.
func readsLoosely(r *Rule) bool {
	switch r.check.(type) {
	case *claimRule, *disguiseRule:
		return true
	}
	return false
}
