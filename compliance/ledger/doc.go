// Package ledger makes sure that what was decided cannot be changed unseen.
//
// Every subject (a message, a shape, a campaign run, a person's consents, a waiver) has a chain of entries, each holding
// the hash of the one before. At a checkpoint the heads of all chains of a group become the leaves of a Merkle tree; the
// roots of the groups that changed become records of an append-only log; and the log's own root is signed. Three things
// follow: an auditor who keeps one signed checkpoint pins all history before it; one entry can be proved to an outsider
// with a Bundle of a few kilobytes; and Audit names what was changed, removed, added or moved.
//
// # What is hashed
//
// All formats are plain bytes, so that a stranger recomputes them with sha256sum and a page of Python
// (docs/verify_bundle.py). A field is written as its length in bytes in decimal, a colon, the bytes and a line feed:
// "5:hello\n". A moment is written in UTC with microseconds: 2026-03-01T09:30:00.000000Z.
//
// An entry's hash is the SHA-256, in lower-case hexadecimal, of the line "scruple-entry-v1\n" followed by the fields seq
// (decimal), subject, at, actor, step, prev and body, in this order. The body is hashed byte for byte as it was given.
//
// A leaf is the line "scruple-leaf-v1\n" followed by the fields subject, seq and hash. The leaves of a group are sorted by
// the bytes of their subject, and its root is the Merkle tree hash of RFC 6962, section 2.1, over them.
//
// A record is the text
//
//	scruple group root v1
//	group <name>
//	checkpoint <number>
//	time <moment>
//	leaves <count>
//	root <base64>
//
// and the log is the RFC 6962 tree over all records. A checkpoint is a signed note (Ed25519) in the form of
// https://c2sp.org/tlog-checkpoint with two extension lines:
//
//	<origin, which is also the name of the signing key>
//	<size of the log>
//	<root of the log, base64>
//	checkpoint <number>
//	time <moment>
//
// The package reads no clock and no store: times, keys, randomness and stored data are arguments.
package ledger
