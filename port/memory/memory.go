// Package memory keeps tables, queues and files in the memory of the process: for tests, trials and examples. It holds to
// the same contract as the durable drivers, and forgets everything on Close.
//
// URLs: memory: or memory://name. A name is for the reader of a configuration only; each opening gives a new, empty store.
package memory

import (
	"context"
	"errors"
	"net/url"

	"github.com/scruple/scruple/port"
)

// errClosed is what every call answers after Close.
var errClosed = errors.New("the store is closed")

// Register adds the drivers under the scheme memory.
func Register(d *port.Drivers) {
	d.Table("memory", func(context.Context, *url.URL) (port.Table, error) { return NewTable(), nil })
	d.Queue("memory", func(context.Context, *url.URL) (port.Queue, error) { return NewQueue(), nil })
	d.Files("memory", func(context.Context, *url.URL) (port.Files, error) { return NewFiles(), nil })
	d.Sender("memory", openSender)
}
