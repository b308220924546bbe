package audience

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
)

// Key returns 32 hex digits for a customer: the first half of the SHA-256 of the id. Snapshots are ordered by it; a store
// that files people under it takes the writes of a run in key order.
func Key(customerID string) string {
	k := keyOf(customerID)
	return hex.EncodeToString(k[:])
}

func keyOf(id string) (k [16]byte) {
	sum := digest(id)
	copy(k[:], sum[:])
	return k
}

// digest copies ids of the usual length to the stack, where the hash function can have them without an allocation.
func digest(id string) [sha256.Size]byte {
	var buf [256]byte
	if len(id) <= len(buf) {
		return sha256.Sum256(buf[:copy(buf[:], id)])
	}
	return sha256.Sum256([]byte(id))
}

// Share places an id in [0, 1), evenly over ids, and always at the same place for the same seed. Different seeds place it
// independently. The seed holds no line feed.
func Share(seed, id string) float64 {
	sum := digest(seed + "\n" + id)
	return float64(binary.BigEndian.Uint64(sum[:])>>11) / (1 << 53)
}
