package main

import (
	"context"
	"fmt"
	"time"

	"github.com/netresearch/go-cron"

	"github.com/scruple/scruple/functions"
)

// cronSchedule reads a campaign's cron expression of five fields in its time zone.
func cronSchedule(c *functions.Campaign) (cron.Schedule, error) {
	sched, err := cron.ParseStandard("CRON_TZ=" + c.When.Zone + " " + c.When.Cron)
	if err != nil {
		return nil, c.Fault("$.schedule.cron", "%q is no cron expression (%v); expected five fields such as 30 9 * * 1-5", c.When.Cron, err)
	}
	return sched, nil
}

// cronClock is the clock of the process for the schedule: a rehearsal (--now) is one there too.
type cronClock struct{ now func() time.Time }

// Now returns the moment that the process acts by.
func (c cronClock) Now() time.Time { return c.now() }

// NewTimer makes a timer that tells what Now says when it fires.
func (c cronClock) NewTimer(d time.Duration) cron.Timer {
	fired := make(chan time.Time, 1)
	t := time.AfterFunc(d, func() {
		select {
		case fired <- c.now():
		default: // nobody took the last one
		}
	})
	return cronTimer{t, fired}
}

type cronTimer struct {
	*time.Timer
	fired chan time.Time
}

// C returns the channel on which the timer fires.
func (t cronTimer) C() <-chan time.Time { return t.fired }

// lastOccurrence returns the latest occurrence of a campaign by cron that is not after now, looking back a year.
func lastOccurrence(c *functions.Campaign, now time.Time) (time.Time, error) {
	sched, err := cronSchedule(c)
	if err != nil {
		return time.Time{}, err
	}
	// Walk forward from a point that surely lies before it: a day first, then further back.
	for _, back := range []time.Duration{24 * time.Hour, 8 * 24 * time.Hour, 32 * 24 * time.Hour, 366 * 24 * time.Hour} {
		last := time.Time{}
		for t := sched.Next(now.Add(-back)); !t.IsZero() && !t.After(now); t = sched.Next(t) {
			last = t
		}
		if !last.IsZero() {
			return last, nil
		}
	}
	return time.Time{}, c.Fault("$.schedule.cron", "%q had no occurrence within the last year", c.When.Cron)
}

// missed launches the latest occurrence when it passed while nothing ran, unless the campaign says to skip it. An
// occurrence that was launched already is the same run.
func (s *server) missed(ctx context.Context, c *functions.Campaign) {
	if c.When.Missed == "skip" {
		return
	}
	now := s.time()
	if last, err := lastOccurrence(c, now); err == nil && now.Sub(last) < 24*time.Hour {
		s.launch(ctx, c, last)
	}
}

// occurrence launches the occurrence that has just come. It is named by the moment that the schedule says, not by the one at
// which the timer woke up: one occurrence is one run, whoever launches it.
func (s *server) occurrence(ctx context.Context, c *functions.Campaign) {
	due, err := lastOccurrence(c, s.time())
	if err != nil {
		s.log.Error("launch", "campaign", c.ID, "error", err)
		return
	}
	s.launch(ctx, c, due)
}

// once launches a campaign at its moment; one whose moment has passed is launched at once, unless it says to skip it.
func (s *server) once(ctx context.Context, c *functions.Campaign, due time.Time) {
	wait := due.Sub(s.time())
	if wait <= 0 {
		if c.When.Missed != "skip" {
			s.launch(ctx, c, due)
		}
		return
	}
	timer := time.AfterFunc(wait, func() { s.launch(ctx, c, due) })
	context.AfterFunc(ctx, func() { timer.Stop() })
}

// launch starts the occurrence of a campaign at a moment, from its file as it is now.
func (s *server) launch(ctx context.Context, c *functions.Campaign, at time.Time) {
	due := at.Truncate(time.Second)
	fresh, err := s.house.LoadCampaign(ctx, c.File())
	if err == nil {
		var run *functions.Run
		if run, err = s.house.Launch(ctx, s.time(), functions.Self, fresh, due); err == nil {
			s.log.Info("launched", "run", run.ID, "status", run.Status, "recipients", run.Funnel.Rows)
			return
		}
	}
	s.log.Error("launch", "campaign", c.ID, "error", err)
}

func parseDay(s string) (time.Time, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return t, fmt.Errorf("%q is no day: %w", s, err)
	}
	return t.Add(12 * time.Hour), nil // noon, so that it is that day in every zone of a market
}
