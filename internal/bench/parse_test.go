package main

import "testing"

func TestRead(t *testing.T) {
	f := figures{}
	f.read([]byte(`goos: linux
cpu: Some Processor @ 2.50GHz
BenchmarkDecide/cores=1-2   	       1	5000000000 ns/op	     20000 messages/s
BenchmarkDecide/cores=1-2   	       1	4000000000 ns/op	     25000 messages/s
BenchmarkDecide/cores=1-2   	       1	9000000000 ns/op	     11000 messages/s
PASS
`))
	if got := f.median("BenchmarkDecide/cores=1", "messages/s"); got != 20000 {
		t.Errorf("median %v, want 20000", got)
	}
	if got := f.cpu(); got != "Some Processor @ 2.50GHz" {
		t.Errorf("processor %q", got)
	}
}
