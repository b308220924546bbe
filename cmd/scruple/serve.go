package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime"
	"sync"
	"time"

	"github.com/netresearch/go-cron"
	"github.com/spf13/cobra"
	"golang.org/x/mod/sumdb/note"

	"github.com/scruple/scruple/functions"
)

func newServe(g *globals) *cobra.Command {
	s := &server{globals: g}
	c := &cobra.Command{
		Use: "serve", Short: "Run campaigns by their schedules, and deliver, until told to stop", Args: cobra.NoArgs,
		Long: `Serve launches each campaign of campaigns/ at its moment (schedule.at) or by its cron expression in its time zone, works
on whatever waits, signs a checkpoint now and then, and answers GET /healthz and POST /v1/check, which judges messages (the
format of check --cases) by the rules of the house. On SIGTERM or Ctrl-C it finishes what it has
begun, signs a checkpoint, and ends. A campaign file that changed is read again before its next occurrence.`,
		Example: "  scruple serve --house examples/bank --listen 127.0.0.1:8080",
		RunE:    func(cmd *cobra.Command, _ []string) error { return s.serve(cmd.Context()) },
	}
	c.Flags().StringVar(&s.listen, "listen", "127.0.0.1:8080", "address of the endpoints /healthz and /v1/check")
	c.Flags().DurationVar(&s.every, "every", time.Second, "how often to look for work")
	c.Flags().DurationVar(&s.sign, "checkpoint-every", 10*time.Minute, "how often to sign a checkpoint")
	return c
}

// server is a house that works by itself.
type server struct {
	*globals
	listen      string
	every, sign time.Duration

	house  *house
	log    *slog.Logger
	mu     sync.Mutex
	worked time.Time // when the last round of work ended
	fault  string    // of the last round; empty when it went well
}

// sealLag is how far back a checkpoint lies while workers run: every entry dated before it has long been written.
const sealLag = 2 * time.Minute

func (s *server) serve(ctx context.Context) (err error) {
	s.log = slog.New(slog.NewJSONHandler(os.Stderr, nil))
	if s.house, err = s.open(ctx, true); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.house.Close()) }()
	if err := s.sound(ctx); err != nil {
		return err
	}
	if s.clock, err = clockFrom(s.now); err != nil { // a rehearsal begins when everything is open
		return err
	}
	listener, err := net.Listen("tcp", s.listen)
	if err != nil {
		return fmt.Errorf("--listen %s: %w; name another address", s.listen, err)
	}
	defer listener.Close() //nolint:errcheck // Shutdown has closed it
	if err := s.house.bringIn(ctx, s.time()); err != nil {
		return err
	}
	doubts, err := s.house.Resume(ctx, s.time(), func(w string) bool { return w == s.house.Worker })
	if err != nil { // of single records; they stop no others, and ledger verify names them
		s.log.Error("resume", "error", err)
	}
	if err := s.house.Reclaim(ctx, s.time()); err != nil {
		return err
	}
	signer, err := s.house.signer()
	if err != nil {
		return err
	}
	web := &http.Server{Handler: s.handler(), ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = web.Serve(listener) }() // ends with Shutdown
	schedule, err := s.schedule(ctx)
	if err != nil {
		return errors.Join(err, web.Close())
	}
	schedule.Start()
	s.log.Info("serving", "listen", listener.Addr().String(), "in_doubt", doubts, "rules", len(s.house.Book.Rules()))
	s.work(ctx, signer)
	<-schedule.Stop().Done()
	end := context.WithoutCancel(ctx)
	_, err = s.house.Checkpoint(end, time.Now().UTC(), signer)
	s.log.Info("stopped")
	return errors.Join(err, web.Shutdown(end))
}

// sound looks at every campaign and file before anything is written. What a campaign itself names may still come.
func (s *server) sound(ctx context.Context) error {
	campaigns, err := s.house.Campaigns(ctx, "campaigns")
	if err != nil {
		return err
	}
	for _, c := range campaigns {
		if c.When.Cron == "" {
			continue
		}
		if _, err := cronSchedule(c); err != nil {
			return err
		}
	}
	_, err = s.house.checkImports()
	return err
}

// work does rounds of work until the context ends; a round that has begun is finished.
func (s *server) work(ctx context.Context, signer note.Signer) {
	tick := time.NewTicker(s.every)
	defer tick.Stop()
	signed := time.Now()
	for {
		s.round(ctx, functions.Crew{Clock: s.clock, Preparers: runtime.NumCPU(), Deliverers: deliverers})
		if time.Since(signed) > s.sign {
			signed = time.Now()
			if _, err := s.house.Checkpoint(ctx, signed.UTC().Add(-sealLag), signer); err != nil {
				s.log.Error("checkpoint", "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (s *server) round(ctx context.Context, crew functions.Crew) {
	err := s.house.Drain(ctx, crew)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.worked, s.fault = time.Now(), ""
	if err != nil && ctx.Err() == nil {
		s.fault = err.Error()
		s.log.Error("work", "error", err)
	}
}

func (s *server) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		s.mu.Lock()
		state := map[string]any{"status": "ok", "worked": s.worked.UTC(), "version": version}
		if s.fault != "" {
			state["status"], state["fault"] = "failing", s.fault
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		s.mu.Unlock()
		_ = json.NewEncoder(w).Encode(state) // the reader may have gone
	})
	mux.HandleFunc("POST /v1/check", checkHandler(s.house.Book, s.clock))
	return mux
}

// schedule puts every campaign on the clock.
func (s *server) schedule(ctx context.Context) (*cron.Cron, error) {
	campaigns, err := s.house.Campaigns(ctx, "campaigns")
	if err != nil {
		return nil, err
	}
	c := cron.New(cron.WithClock(cronClock{now: s.clock}))
	for _, campaign := range campaigns {
		if campaign.When.Cron == "" {
			due, err := campaign.When.Due()
			if err != nil {
				return nil, err
			}
			s.once(ctx, campaign, due)
			continue
		}
		sched, err := cronSchedule(campaign)
		if err != nil {
			return nil, err
		}
		if _, err := c.ScheduleJob(sched, cron.FuncJob(func() { s.occurrence(ctx, campaign) })); err != nil {
			return nil, fmt.Errorf("campaign %s: %w", campaign.ID, err)
		}
		s.missed(ctx, campaign)
	}
	return c, nil
}
