package memory_test

import (
	"context"
	"testing"

	"github.com/scruple/scruple/port"
	"github.com/scruple/scruple/port/memory"
	"github.com/scruple/scruple/port/porttest"
)

func open[T any](t *testing.T, opener func(*port.Drivers) func(context.Context, string) (T, error)) T {
	t.Helper()
	var d port.Drivers
	memory.Register(&d)
	v, err := opener(&d)(context.Background(), "memory://test")
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func openTable(d *port.Drivers) func(context.Context, string) (port.Table, error) { return d.OpenTable }

func openQueue(d *port.Drivers) func(context.Context, string) (port.Queue, error) { return d.OpenQueue }

func openFiles(d *port.Drivers) func(context.Context, string) (port.Files, error) { return d.OpenFiles }

func TestTable(t *testing.T) {
	porttest.Table(t, func(t *testing.T) port.Table { return open(t, openTable) })
}

func TestQueue(t *testing.T) {
	porttest.Queue(t, func(t *testing.T) port.Queue { return open(t, openQueue) })
}

func TestFiles(t *testing.T) {
	porttest.Files(t, func(t *testing.T) port.Files { return open(t, openFiles) })
}
