// Package porttest holds the conformance suites of the ports. A driver calls the suite of each port it offers from its own
// tests; what passes is a driver that the house can rely on.
package porttest

import (
	"context"
	"errors"
	"testing"
	"time"
)

// Option changes what a suite asks for.
type Option func(*options)

type options struct{ reopen bool }

// Reopen says that open, when it is called again within one test, opens the same store again. The suite then closes and
// reopens it and asks for everything that was acknowledged. Without Reopen each call of open gives a new, empty store; with
// it each test must still get a store of its own, for example in a directory named after t.Name().
func Reopen() Option { return func(o *options) { o.reopen = true } }

func apply(opts []Option) (o options) {
	for _, f := range opts {
		f(&o)
	}
	return o
}

// moment is the time of day in all suites: drivers are given the time and must not ask a clock.
var moment = time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)

func canceled() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func mustBe(t *testing.T, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Fatalf("got error %v, want %v", got, want)
	}
}

func mustFail(t *testing.T, err error, what string) {
	t.Helper()
	if err == nil {
		t.Fatalf("%s: no error", what)
	}
}

// closing closes what a test opened; a second Close by the test itself must be harmless.
func closing[T interface{ Close() error }](t *testing.T, v T) T {
	t.Helper()
	t.Cleanup(func() {
		if err := v.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return v
}
