package ledger

import (
	"fmt"
	"iter"
	"math"
)

// manifest is what one checkpoint recorded of a group, read side by side with the chains.
type manifest struct {
	Record
	until  int             // the next checkpoint that recorded the group; those before it found nothing new
	untrue bool            // its leaves do not give the recorded root
	told   map[string]bool // subjects of its leaves that were reported
	next   func() (Leaf, bool)
	stop   func()
	leaf   Leaf // where the reading stands
	live   bool
}

// mark is what one manifest says of one subject.
type mark struct {
	*manifest
	Leaf
	has bool
}

type groupAudit struct {
	*auditor
	name      string
	manifests []*manifest // by checkpoint
	marks     []mark      // of the subject at hand, one for each manifest
}

// newGroupAudit checks each manifest of the group against its record. Checkpoints before the first record found the group
// empty; an empty manifest stands for them.
func newGroupAudit(a *auditor, name string, records []Record) *groupAudit {
	g := &groupAudit{auditor: a, name: name, manifests: []*manifest{newManifest(Record{}, false)}}
	for _, r := range records {
		last := g.manifests[len(g.manifests)-1]
		last.until = min(last.until, r.Checkpoint)
		if m := g.check(r); m != nil {
			g.manifests = append(g.manifests, m)
		}
	}
	for _, m := range g.manifests {
		for _, s := range a.lost {
			if m.Checkpoint < s.to {
				m.until = min(m.until, max(s.from, m.Checkpoint+1))
			}
		}
	}
	return g
}

func newManifest(r Record, untrue bool) *manifest {
	return &manifest{Record: r, until: math.MaxInt, untrue: untrue, stop: func() {}}
}

// check computes the root of a manifest; nil when the manifest is not there at all or cannot be read.
func (g *groupAudit) check(r Record) *manifest {
	var tree RootBuilder
	for l := range g.leaves(r) {
		tree.Add(l)
	}
	if g.broken[g.source(r)] {
		return nil
	}
	if tree.Count() == 0 && r.Count > 0 {
		g.fault(Fault{
			Kind: ManifestMissing, Group: g.name, Checkpoint: r.Checkpoint,
			Detail: fmt.Sprintf("the record counts %d leaves, and none is there", r.Count),
		})
		return nil
	}
	return newManifest(r, tree.Root() != r.Root || tree.Count() != r.Count)
}

func (g *groupAudit) leaves(r Record) iter.Seq[Leaf] {
	if g.in.Manifest == nil {
		return func(func(Leaf) bool) {}
	}
	return each(g.auditor, g.source(r), g.in.Manifest(g.name, r.Checkpoint))
}

func (g *groupAudit) source(r Record) string {
	return fmt.Sprintf("manifest of %s, checkpoint %d", g.name, r.Checkpoint)
}

// run walks the chains and all manifests of the group side by side, in the order of subjects.
func (g *groupAudit) run() {
	for _, m := range g.manifests[1:] {
		odd := func(l Leaf) { g.leafEdited(m, l.Subject, l.Seq, "the leaf is not in its place") }
		m.next, m.stop = iter.Pull(ascending(g.leaves(m.Record), odd))
		m.advance()
	}
	defer func() {
		for _, m := range g.manifests {
			m.stop()
		}
	}()
	last := ""
	for c := range g.chains() {
		if c.Subject <= last {
			g.unreadable("chains of "+g.name, fmt.Errorf("%q comes after %q, expected ascending subjects", c.Subject, last))
			return
		}
		last = c.Subject
		g.chainless(c.Subject)
		g.judge(c)
	}
	if g.broken["chains of "+g.name] {
		return
	}
	g.chainless("")
	for _, m := range g.manifests {
		if m.untrue && len(m.told) == 0 {
			g.fault(Fault{Kind: LeafEdited, Group: g.name, Checkpoint: m.Checkpoint, Detail: "the leaves do not give the recorded root"})
		}
	}
}

func (g *groupAudit) chains() iter.Seq[StoredChain] {
	if g.in.Chains == nil {
		return func(func(StoredChain) bool) {}
	}
	return each(g.auditor, "chains of "+g.name, g.in.Chains(g.name))
}

func (m *manifest) advance() { m.leaf, m.live = m.next() }

// chainless judges the subjects before the given one, or all that are left for "", of which manifests have leaves: their
// chains are not there.
func (g *groupAudit) chainless(before string) {
	for {
		subject := before
		for _, m := range g.manifests {
			if m.live && (subject == "" || m.leaf.Subject < subject) {
				subject = m.leaf.Subject
			}
		}
		if subject == before {
			return
		}
		g.judge(StoredChain{Subject: subject})
	}
}

// collect takes what each manifest says of a subject and moves on those that have it.
func (g *groupAudit) collect(subject string) {
	g.marks = g.marks[:0]
	for _, m := range g.manifests {
		k := mark{manifest: m}
		if m.live && m.leaf.Subject == subject {
			k.Leaf, k.has = m.leaf, true
			m.advance()
		}
		g.marks = append(g.marks, k)
	}
}

// leafEdited blames a leaf of a manifest that does not give its root.
func (g *groupAudit) leafEdited(m *manifest, subject string, seq int, detail string) {
	if m.told[subject] {
		return
	}
	if m.told == nil {
		m.told = map[string]bool{}
	}
	m.told[subject] = true
	g.fault(Fault{Kind: LeafEdited, Group: g.name, Subject: subject, Seq: max(seq, 0), Checkpoint: m.Checkpoint, Detail: detail})
}

// ascending passes on the leaves whose subjects ascend. Of two that do not, it takes for odd the one without which the
// order would be right.
func ascending(leaves iter.Seq[Leaf], odd func(Leaf)) iter.Seq[Leaf] {
	return func(yield func(Leaf) bool) {
		var held Leaf // subjects are never empty, so an empty one holds nothing
		last := ""
		for l := range leaves {
			switch {
			case l.Subject == "":
				odd(l)
				continue
			case held.Subject == "":
			case l.Subject > held.Subject:
				if !yield(held) {
					return
				}
				last = held.Subject
			case l.Subject > last:
				odd(held)
			default:
				odd(l)
				continue
			}
			held = l
		}
		if held.Subject != "" {
			yield(held)
		}
	}
}
