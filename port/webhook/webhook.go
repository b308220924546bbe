// Package webhook reaches a firm's own services over HTTP.
//
// A second reader (port.Reader) at https://host/path is sent a port.Page as JSON with POST, and answers 200 with
//
//	{"reader": "classifier@3", "opinions": [{"rule": "uk.guaranteed", "quote": "words of the copy", "why": "a sentence"}]}
//
// Anything else is an error: another status, a redirect, an answer that is no such JSON, that is too large or too late.
package webhook

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/port"
)

const (
	timeout   = 30 * time.Second // for one answer
	maxAnswer = 1 << 20          // bytes
)

// Register adds the schemes https, and http for the loopback address alone: copy that is not out yet is nobody's business.
func Register(d *port.Drivers) {
	d.Reader("https", open)
	d.Reader("http", open)
}

type reader struct {
	url    string
	client *http.Client
}

func open(_ context.Context, u *url.URL) (port.Reader, error) {
	if u.Scheme == "http" {
		if ip := net.ParseIP(u.Hostname()); u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
			return nil, errors.New("http is for this machine alone; use https")
		}
	}
	if u.Host == "" {
		return nil, errors.New("expected a URL such as https://classifier.bank.example/read")
	}
	return &reader{u.String(), &http.Client{
		Timeout:       timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return errors.New("it redirects; name the final address") },
	}}, nil
}

func (r *reader) Read(ctx context.Context, page port.Page) ([]scruple.Opinion, error) {
	body, err := json.Marshal(page)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := r.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("it answered %s", resp.Status)
	}
	return decode(resp.Body)
}

func decode(body io.Reader) ([]scruple.Opinion, error) {
	src, err := io.ReadAll(io.LimitReader(body, maxAnswer+1))
	if err != nil {
		return nil, err
	}
	if len(src) > maxAnswer {
		return nil, fmt.Errorf("its answer has more than %d bytes", maxAnswer)
	}
	var answer struct {
		Reader   string             `json:"reader"`
		Opinions *[]scruple.Opinion `json:"opinions"`
	}
	if err := json.Unmarshal(src, &answer); err != nil {
		return nil, fmt.Errorf("its answer: %w", err)
	}
	if answer.Reader == "" || answer.Opinions == nil {
		return nil, errors.New(`its answer needs "reader", its name and version, and "opinions", a list that may be empty`)
	}
	out := *answer.Opinions
	for i := range out {
		out[i].Reader = answer.Reader
	}
	return out, nil
}

func (r *reader) Close() error {
	r.client.CloseIdleConnections()
	return nil
}
