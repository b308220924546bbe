package port

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Drivers opens ports by URL. The scheme chooses the driver: sqlite:///var/lib/scruple/store.db, file:///var/spool/out,
// smtp://user:secret@mail.example:587?starttls=require, memory:. The zero value is ready for use.
type Drivers struct {
	tables  map[string]func(context.Context, *url.URL) (Table, error)
	queues  map[string]func(context.Context, *url.URL) (Queue, error)
	files   map[string]func(context.Context, *url.URL) (Files, error)
	senders map[string]func(context.Context, *url.URL) (Sender, error)
	readers map[string]func(context.Context, *url.URL) (Reader, error)
}

// Table registers a driver for tables.
func (d *Drivers) Table(scheme string, open func(context.Context, *url.URL) (Table, error)) {
	register(&d.tables, scheme, open)
}

// Queue registers a driver for queues.
func (d *Drivers) Queue(scheme string, open func(context.Context, *url.URL) (Queue, error)) {
	register(&d.queues, scheme, open)
}

// Files registers a driver for files.
func (d *Drivers) Files(scheme string, open func(context.Context, *url.URL) (Files, error)) {
	register(&d.files, scheme, open)
}

// Sender registers a driver for senders.
func (d *Drivers) Sender(scheme string, open func(context.Context, *url.URL) (Sender, error)) {
	register(&d.senders, scheme, open)
}

// Reader registers a driver for second readers.
func (d *Drivers) Reader(scheme string, open func(context.Context, *url.URL) (Reader, error)) {
	register(&d.readers, scheme, open)
}

// OpenTable opens the table at a URL.
func (d *Drivers) OpenTable(ctx context.Context, rawURL string) (Table, error) {
	return open(ctx, "table", d.tables, rawURL)
}

// OpenQueue opens the queue at a URL.
func (d *Drivers) OpenQueue(ctx context.Context, rawURL string) (Queue, error) {
	return open(ctx, "queue", d.queues, rawURL)
}

// OpenFiles opens the files at a URL.
func (d *Drivers) OpenFiles(ctx context.Context, rawURL string) (Files, error) {
	return open(ctx, "files", d.files, rawURL)
}

// OpenSender opens the sender at a URL.
func (d *Drivers) OpenSender(ctx context.Context, rawURL string) (Sender, error) {
	return open(ctx, "sender", d.senders, rawURL)
}

// OpenReader opens the second reader at a URL.
func (d *Drivers) OpenReader(ctx context.Context, rawURL string) (Reader, error) {
	return open(ctx, "reader", d.readers, rawURL)
}

func register[T any](m *map[string]func(context.Context, *url.URL) (T, error), scheme string, open func(context.Context, *url.URL) (T, error)) {
	if *m == nil {
		*m = map[string]func(context.Context, *url.URL) (T, error){}
	}
	(*m)[scheme] = open
}

func open[T any](ctx context.Context, what string, m map[string]func(context.Context, *url.URL) (T, error), rawURL string) (T, error) {
	var none T
	u, err := url.Parse(rawURL)
	if err != nil {
		return none, fmt.Errorf("%s URL: %w", what, err)
	}
	f, ok := m[u.Scheme]
	if !ok {
		known := make([]string, 0, len(m))
		for s := range m {
			known = append(known, s)
		}
		slices.Sort(known)
		return none, fmt.Errorf("%s URL %s: no driver for scheme %q; known: %s", what, u.Redacted(), u.Scheme, strings.Join(known, ", "))
	}
	t, err := f(ctx, u)
	if err != nil {
		return none, fmt.Errorf("open %s %s: %w", what, u.Redacted(), err)
	}
	return t, nil
}
