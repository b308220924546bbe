package ledger

import (
	"fmt"
	"strings"
)

// Kind says what was done to the ledger, as far as its traces tell.
type Kind string

// The kinds of faults.
const (
	// EntryEdited: the fields of an entry do not give its hash, or its hash is not the one that was recorded.
	EntryEdited Kind = "entry edited"
	// EntryRemoved: entries are missing from Seq on, in the middle of a chain or at its end.
	EntryRemoved Kind = "entry removed"
	// EntryAdded: an entry does not belong into this chain, or claims a time at which a checkpoint did not have it.
	EntryAdded Kind = "entry added"
	// EntryReordered: entries of a chain changed places.
	EntryReordered Kind = "entry reordered"
	// EntryDuplicated: an entry is there twice.
	EntryDuplicated Kind = "entry duplicated"
	// ChainRemoved: a checkpoint recorded a chain that is not there.
	ChainRemoved Kind = "chain removed"
	// ChainAdded: a chain claims to have begun before a checkpoint that does not have it.
	ChainAdded Kind = "chain added"
	// LeafEdited: a manifest does not give the root that was recorded; Subject names the leaf if it can be told.
	LeafEdited Kind = "leaf edited"
	// ManifestMissing: the leaves of a group at a checkpoint are not there.
	ManifestMissing Kind = "manifest missing"
	// RecordEdited: a record of the log is not the one that was signed.
	RecordEdited Kind = "record edited"
	// RecordRemoved: a record of the log is not there.
	RecordRemoved Kind = "record removed"
	// HashEdited: a stored hash of the log is not the one that the records give.
	HashEdited Kind = "stored hash edited"
	// CheckpointForged: a checkpoint cannot be read or bears no valid signature of the given keys.
	CheckpointForged Kind = "checkpoint forged"
	// CheckpointSwapped: a checkpoint with a good signature stands where another one belongs.
	CheckpointSwapped Kind = "checkpoint swapped"
	// CheckpointMissing: a checkpoint is not there.
	CheckpointMissing Kind = "checkpoint missing"
	// RootMismatch: from a checkpoint on, the signed roots are not the roots of the log.
	RootMismatch Kind = "root mismatch"
	// Unreadable: a source failed, so that the audit is not complete.
	Unreadable Kind = "unreadable"
)

// Fault is one culprit. Fields that do not apply to its kind are zero.
type Fault struct {
	Kind       Kind   `json:"kind"`
	Group      string `json:"group,omitempty"`
	Subject    string `json:"subject,omitempty"`
	Seq        int    `json:"seq,omitempty"`        // the entry's number, from 1
	Checkpoint int    `json:"checkpoint,omitempty"` // the checkpoint's number, from 1
	Index      int64  `json:"index,omitempty"`      // the record's or stored hash's number, from 0
	Detail     string `json:"detail,omitempty"`     // what was seen, and what was expected
}

// Error returns one sentence that names the culprit.
func (f *Fault) Error() string {
	var b strings.Builder
	b.WriteString("ledger: " + string(f.Kind))
	if f.Subject != "" {
		b.WriteString(": " + f.Subject)
	} else if f.Group != "" {
		b.WriteString(": group " + f.Group)
	}
	if f.Seq > 0 {
		fmt.Fprintf(&b, ", entry %d", f.Seq)
	}
	switch f.Kind {
	case RecordEdited, RecordRemoved:
		fmt.Fprintf(&b, ": record %d of the log", f.Index)
	case HashEdited:
		fmt.Fprintf(&b, ": stored hash %d of the log", f.Index)
	}
	if f.Checkpoint > 0 {
		fmt.Fprintf(&b, ", checkpoint %d", f.Checkpoint)
	}
	if f.Detail != "" {
		b.WriteString(": " + f.Detail)
	}
	return b.String()
}

// Report is what an audit found.
type Report struct {
	Chains      int `json:"chains"`      // chains that are stored
	Entries     int `json:"entries"`     // entries that are stored
	Unsealed    int `json:"unsealed"`    // entries that no checkpoint covers yet; no fault
	Checkpoints int `json:"checkpoints"` // signed checkpoints that are stored
	// Faults are in this order: checkpoints, the log, then groups and their subjects by name.
	Faults []Fault `json:"faults,omitempty"`
}
