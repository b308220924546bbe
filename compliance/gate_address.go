package compliance

import (
	"strings"

	"github.com/scruple/scruple"
)

// makeAddress compiles the gate that stops a message with no address on its channel. It takes no settings.
func makeAddress(w with, r *Rule) (gateFunc, error) {
	if err := w.decode(&struct{}{}); err != nil {
		return nil, err
	}
	return func(m *scruple.Message, _ *scruple.Facts) (scruple.Finding, bool) {
		if strings.TrimSpace(m.To) != "" {
			return through()
		}
		return r.finding("no address on this channel")
	}, nil
}
