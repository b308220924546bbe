package main

import (
	"io"
	"os"
	"sync"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/scruple/scruple/functions"
)

// progress shows on a terminal how far a campaign is, and keeps quiet in a pipe.
type progress struct {
	mu  sync.Mutex
	out io.Writer
	bar *progressbar.ProgressBar
}

func newProgress(out *os.File, wanted bool) *progress {
	if !wanted || !term.IsTerminal(int(out.Fd())) {
		return &progress{}
	}
	return &progress{out: out}
}

func (p *progress) campaign(id string) {
	if p.out == nil {
		return
	}
	p.bar = progressbar.NewOptions(-1,
		progressbar.OptionSetWriter(p.out), progressbar.OptionSetDescription(id), progressbar.OptionShowCount(),
		progressbar.OptionShowIts(), progressbar.OptionSetItsString("messages"), progressbar.OptionClearOnFinish(),
	)
}

func (p *progress) tally(t functions.Tally) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar == nil {
		return
	}
	for k, n := range t {
		if k.Reason == "" {
			p.add(n)
		}
	}
}

func (p *progress) add(n int) {
	if p.bar != nil {
		_ = p.bar.Add(n) // what a progress bar cannot show is no reason to stop
	}
}

func (p *progress) end() {
	if p.bar != nil {
		_ = p.bar.Finish()
		p.bar = nil
	}
}
