package functions

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/scruple/scruple/audience"
	"github.com/scruple/scruple/port"
)

// Message ids begin with the tag of their run and go on with the recipient's key, so that a run, written in the order of its
// snapshot, fills the store in key order, and partitions by the first digits spread the load evenly.
const (
	tagLen = 8
	idLen  = 40
)

// RunID names one run of a campaign: the campaign and the moment it was due, in UTC. The same moment gives the same run.
func RunID(campaign string, due time.Time) string {
	return campaign + "@" + due.UTC().Format("20060102T150405Z")
}

// runTag is the short form of a run's id in keys.
func runTag(run string) string {
	sum := sha256.Sum256([]byte(run))
	return hex.EncodeToString(sum[:tagLen/2])
}

// MessageID is a hash of run, recipient and step: the same three give the same message, however often a step is repeated.
func MessageID(run, customer, step string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d:%s%d:%s%d:%s", len(run), run, len(customer), customer, len(step), step))
	return messageID(runTag(run), audience.Key(customer), sum)
}

func messageID(tag, person string, sum [32]byte) string {
	var b [idLen]byte
	copy(b[:], tag)
	copy(b[tagLen:], person[:12])
	hex.Encode(b[tagLen+12:], sum[:10])
	return string(b[:])
}

func validMessageID(id string) bool {
	_, err := hex.DecodeString(id)
	return err == nil && len(id) == idLen
}

func messageKey(id string) port.Key {
	return port.Key{Partition: "message/" + id[:tagLen] + "/" + id[tagLen:tagLen+2], Sort: id}
}

func personKey(person string) port.Key {
	return port.Key{Partition: "person/" + person[:2], Sort: person}
}

func consentKey(person string) port.Key {
	return port.Key{Partition: "consent/" + person[:2], Sort: person}
}

// outboxKey orders what waits by the moment it is due.
func outboxKey(id string, due time.Time) port.Key {
	return port.Key{Partition: "outbox/" + id[:tagLen+1], Sort: fmt.Sprintf("%016x/%s", due.UnixMicro(), id)}
}

func outboxDue(sort string) (id string, due time.Time, ok bool) {
	micros, id, ok := strings.Cut(sort, "/")
	var n int64
	if _, err := fmt.Sscanf(micros, "%x", &n); err != nil || !ok {
		return "", time.Time{}, false
	}
	return id, time.UnixMicro(n).UTC(), true
}

func claimedKey(id string) port.Key { return port.Key{Partition: "claimed/" + id[:tagLen], Sort: id} }

func heldKey(card cardID, id string) port.Key {
	return port.Key{Partition: "held/" + card.tag + "/" + card.id, Sort: id}
}

// cardID names a card: the run's tag and the card's own hash. Its text form is tag-hash.
type cardID struct{ tag, id string }

func (c cardID) String() string { return c.tag + "-" + c.id }

func parseCardID(s string) (cardID, bool) {
	tag, id, ok := strings.Cut(s, "-")
	return cardID{tag, id}, ok && len(tag) == tagLen && id != ""
}

func cardKey(c cardID) port.Key          { return port.Key{Partition: "card/" + c.tag, Sort: c.id} }
func runKey(run string) port.Key         { return port.Key{Partition: "run", Sort: run} }
func runTagKey(tag string) port.Key      { return port.Key{Partition: "tag", Sort: tag} }
func productKey(product string) port.Key { return port.Key{Partition: "product", Sort: product} }

// hexDigits are the shards of partitions that are split by one digit; two of them make the 256 shards of messages.
const hexDigits = "0123456789abcdef"

// shards returns all partitions of a prefix that is split by two hexadecimal digits, in key order.
func shards(prefix string) []string {
	out := make([]string, 0, len(hexDigits)*len(hexDigits))
	for _, a := range hexDigits {
		for _, b := range hexDigits {
			out = append(out, prefix+string(a)+string(b))
		}
	}
	return out
}
