package port

import (
	"errors"
	"fmt"
	"strings"
)

// maxWrites is how many writes a transaction may hold; it is DynamoDB's bound.
const maxWrites = 100

// Validate refuses what the contract of a Key does not allow.
func (k Key) Validate() error {
	if k.Partition == "" {
		return errors.New("a key without partition")
	}
	if strings.IndexByte(k.Partition, 0) >= 0 || strings.IndexByte(k.Sort, 0) >= 0 {
		return fmt.Errorf("the key %q %q holds a zero byte", k.Partition, k.Sort)
	}
	return nil
}

// Validate refuses what the contract of a transaction does not allow. Every driver asks it before it writes anything.
func (tx Tx) Validate() error {
	if len(tx) > maxWrites {
		return fmt.Errorf("the transaction has %d writes; at most %d are allowed", len(tx), maxWrites)
	}
	for i := range tx {
		w := &tx[i]
		if w.Op > Check || w.Revision < Any {
			return fmt.Errorf("write %d: there is no operation %d at revision %d", i, w.Op, w.Revision)
		}
		if err := w.Key.Validate(); err != nil {
			return fmt.Errorf("write %d: %w", i, err)
		}
		for j := range i { // for so few short keys faster than a map
			if tx[j].Key == w.Key {
				return fmt.Errorf("the transaction writes %q %q twice", w.Key.Partition, w.Key.Sort)
			}
		}
	}
	return nil
}
