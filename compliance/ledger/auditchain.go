package ledger

import "fmt"

// judge compares one chain, without entries if there is none, with what every manifest of its group says of it.
func (g *groupAudit) judge(c StoredChain) {
	g.collect(c.Subject)
	if len(c.Entries) == 0 {
		g.gone(c.Subject)
		return
	}
	g.report.Chains++
	g.report.Entries += len(c.Entries)
	in := inspect(c.Subject, c.Entries, nil)
	if len(in.faults) > 0 {
		in = inspect(c.Subject, c.Entries, g.sealed())
	}
	for _, f := range in.faults {
		f.Group = g.name
		g.fault(f)
	}
	sure := g.heads(&in)
	late := g.late(&in, sure)
	g.report.Unsealed += max(0, len(in.entries)-in.after(g.top())-late)
}

// sealed gives the hashes that true manifests recorded for the subject at hand.
func (g *groupAudit) sealed() map[int]string {
	sealed := map[int]string{}
	for _, k := range g.marks {
		if k.has && !k.untrue {
			sealed[k.Seq] = k.Hash
		}
	}
	return sealed
}

// top is the greatest number that a true manifest recorded for the subject at hand.
func (g *groupAudit) top() (seq int) {
	for _, k := range g.marks {
		if k.has && !k.untrue {
			seq = max(seq, k.Seq)
		}
	}
	return seq
}

// gone reports a subject without a chain: removed if a true manifest has it, else it is the leaf that was edited.
func (g *groupAudit) gone(subject string) {
	var last *mark
	for i, k := range g.marks {
		if k.has && !k.untrue {
			last = &g.marks[i]
		}
	}
	if last != nil {
		g.fault(Fault{
			Kind: ChainRemoved, Group: g.name, Subject: subject, Checkpoint: last.Checkpoint,
			Detail: fmt.Sprintf("the checkpoint recorded %d entries, and none is there", last.Seq),
		})
		return
	}
	for _, k := range g.marks {
		if k.has {
			g.leafEdited(k.manifest, subject, k.Seq, "the leaf is of a chain that is not there")
		}
	}
}

// heads checks that each recorded head is the entry of that number. It returns false when the chain was written anew or
// cut, so that its numbers no longer mean what they meant.
func (g *groupAudit) heads(in *inspection) bool {
	good, sure := 0, true
	for i := range g.marks {
		k := &g.marks[i]
		if !k.has || in.blamed[k.Seq] {
			continue
		}
		e := in.at(k.Seq)
		switch {
		case e != nil && e.Hash == k.Hash:
			if !k.untrue {
				good = k.Seq
			}
		case k.untrue:
			g.leafEdited(k.manifest, in.subject, k.Seq, "the leaf is not the head of the chain at that number")
			k.has, k.manifest = false, nil // it says nothing of later entries
		case !sure:
		case e != nil:
			sure = false
			g.fault(Fault{
				Kind: EntryEdited, Group: g.name, Subject: in.subject, Seq: k.Seq, Checkpoint: k.Checkpoint,
				Detail: rewritten(good, k),
			})
		case k.Seq > in.last():
			sure = false
			g.fault(Fault{
				Kind: EntryRemoved, Group: g.name, Subject: in.subject, Seq: in.last() + 1, Checkpoint: k.Checkpoint,
				Detail: fmt.Sprintf("the chain ends with entry %d, and the checkpoint recorded %d", in.last(), k.Seq),
			})
		}
	}
	return sure
}

func rewritten(good int, k *mark) string {
	if good+1 < k.Seq {
		return fmt.Sprintf("the chain was written anew somewhere from entry %d to %d: the checkpoint recorded the hash %s", good+1, k.Seq, short(k.Hash))
	}
	return "the entry was written anew: the checkpoint recorded the hash " + short(k.Hash)
}

// late reports entries that claim a time before a checkpoint which does not have them, and returns how many it reported.
func (g *groupAudit) late(in *inspection, sure bool) (reported int) {
	for _, k := range g.marks {
		if k.manifest == nil || k.told[in.subject] {
			continue
		}
		seq := 0
		if k.has {
			seq = k.Seq
		}
		for _, e := range in.entries[in.after(seq):] {
			number := g.missed(e.At, k.Checkpoint, k.until)
			if number == 0 || in.blamed[e.Seq] {
				continue
			}
			if k.untrue {
				g.leafEdited(k.manifest, in.subject, k.Seq, fmt.Sprintf("the leaf leaves out entry %d, which was there", e.Seq))
			} else if reported == 0 && sure {
				reported++
				g.added(in, e, number)
			}
			break
		}
	}
	return reported
}

func (g *groupAudit) added(in *inspection, e Entry, number int) {
	f := Fault{Kind: EntryAdded, Group: g.name, Subject: in.subject, Seq: e.Seq, Checkpoint: number}
	f.Detail = "it claims the time " + e.At.Format(moment) + ", and the checkpoint of " + g.times[number].Format(moment) + " does not have it"
	if e.Seq == in.entries[0].Seq {
		f.Kind, f.Seq = ChainAdded, 0
	}
	g.fault(f)
}
