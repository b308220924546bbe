// Package port says what the house needs of the world: a Table, a Queue, Files and a Sender. Each technology is a folder
// of its own below this one, opened by URL through Drivers, and held to the conformance suite in porttest.
package port

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/scruple/scruple"
)

// The errors that callers tell apart with errors.Is.
var (
	// ErrConflict: a condition of a transaction did not hold; nothing of it was written. Load again and decide again.
	ErrConflict = errors.New("the record changed meanwhile")
	// ErrNotFound: no file of that name.
	ErrNotFound = errors.New("not found")
	// ErrExists: a file of that name is there already, and files are never overwritten.
	ErrExists = errors.New("already there")
	// ErrNewer: the store was written by a newer version of this program.
	ErrNewer = errors.New("the store was written by a newer version")
	// ErrBusy: another process works on this store.
	ErrBusy = errors.New("another process works on this store")
	// ErrFull: no space left, or the store is read-only; nothing of the write remains.
	ErrFull = errors.New("the store cannot be written")
	// ErrRefused: the carrier said no for good. The message was not taken.
	ErrRefused = errors.New("refused by the carrier")
	// ErrLater: the carrier said not now. The message was not taken and may be tried again.
	ErrLater = errors.New("the carrier asks to try later")
)

// Key names a record: records of one partition lie together in the order of Sort. It is what a DynamoDB table offers, and
// no driver needs more. Neither half holds a zero byte; Partition is never empty.
type Key struct{ Partition, Sort string }

// Record is a value under a key. Revision counts its writes from 1; 0 means there is no such record. A record that was
// deleted and put again starts at 1.
type Record struct {
	Key      Key
	Revision int64
	Value    []byte // owned by the caller
}

// Op is what a Write does.
type Op uint8

// The operations.
const (
	Put    Op = iota // store Value under Key
	Delete           // remove Key; no error when it is absent
	Check            // write nothing, only hold the condition
)

// Any as the expected revision of a Put or Delete sets no condition.
const Any int64 = -1

// Write is one step of a transaction. Its condition is that the record's revision equals Revision (0: it is absent).
type Write struct {
	Op       Op
	Key      Key
	Revision int64
	Value    []byte // not kept by the driver after Commit returns, never changed
}

// Tx is a set of writes, at most 100, at most one for each key, that happen together or not at all.
type Tx []Write

// Table is a durable map with conditional transactions. It is safe for concurrent use.
type Table interface {
	// Get returns one record for each key, in the same order; an absent one has Revision 0.
	Get(ctx context.Context, keys ...Key) ([]Record, error)
	// List returns up to limit records of a partition with Sort greater than after (from the start when after is ""), in
	// ascending byte order of Sort. Fewer than limit means the end.
	List(ctx context.Context, partition, after string, limit int) ([]Record, error)
	// Commit carries out each transaction by itself, in order, and returns one error for each: nil, or ErrConflict for that
	// one alone. What returned nil is durable. The second result is for failures of the store as a whole; then each
	// transaction may or may not have happened, and the first result is nil.
	Commit(ctx context.Context, txs ...Tx) ([]error, error)
	Close() error
}

// Job is one message of a queue.
type Job struct {
	ID   string
	Body []byte
	// Tries counts the deliveries of this job, this one included, from 1.
	Tries int
}

// Queue holds jobs until they are done: at least once, in no promised order. It is safe for concurrent use.
type Queue interface {
	// Send adds jobs to a topic; they are durable when it returns.
	Send(ctx context.Context, topic string, bodies ...[]byte) error
	// Receive takes up to limit jobs, hidden from others for the lease. It returns at once, with none when there are none.
	Receive(ctx context.Context, topic string, limit int, lease time.Duration, now time.Time) ([]Job, error)
	// Done removes jobs. A job whose lease ended is removed too; one that is gone already is no error.
	Done(ctx context.Context, topic string, ids ...string) error
	// Depth returns how many jobs are not done, those under lease included.
	Depth(ctx context.Context, topic string) (int, error)
	Close() error
}

// Info describes a file.
type Info struct {
	Name string
	Size int64
}

// Files holds named byte streams. Names use slashes and never leave the root; a name with .. is refused.
type Files interface {
	// Open returns a file from byte offset on; length -1 reads to the end. ErrNotFound when there is none.
	Open(ctx context.Context, name string, offset, length int64) (io.ReadCloser, error)
	// Create writes a new file that appears under its name, whole and durable, when Commit returns. ErrExists from Commit
	// when the name is taken; Abort leaves nothing behind and may be called after Commit.
	Create(ctx context.Context, name string) (Writer, error)
	// List returns the files whose names begin with prefix, in byte order.
	List(ctx context.Context, prefix string) ([]Info, error)
	// Remove deletes a file; none is no error.
	Remove(ctx context.Context, name string) error
	Close() error
}

// Writer is a file in the making.
type Writer interface {
	io.Writer
	Commit() error
	Abort() error
}

// Sender hands envelopes to one carrier. It is safe for concurrent use.
type Sender interface {
	// Send returns the carrier's receipt. ErrRefused and ErrLater say that the carrier did not take the message; after any
	// other error nobody knows, and the message is in doubt.
	Send(ctx context.Context, e scruple.Envelope) (scruple.Receipt, error)
	Close() error
}
