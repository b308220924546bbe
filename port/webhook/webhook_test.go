package webhook

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/port"
)

func TestReader(t *testing.T) {
	var drivers port.Drivers
	Register(&drivers)
	page := port.Page{Market: scruple.UK, Channel: scruple.SMS, Text: "Hello {name}", Rules: []port.PageRule{{ID: "uk.guaranteed", Why: "..."}}}
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		want   string // a word of the error; empty: two opinions
	}{
		"opinions": {func(w http.ResponseWriter, r *http.Request) {
			var got port.Page
			if err := json.NewDecoder(r.Body).Decode(&got); err != nil || r.Method != http.MethodPost || got.Text != page.Text || len(got.Rules) != 1 {
				http.Error(w, "wrong request", http.StatusBadRequest)
				return
			}
			_, _ = w.Write([]byte(`{"reader":"c@1","opinions":[{"rule":"a","quote":"b","why":"c"},{"rule":"d","quote":"e","reader":"somebody else"}]}`))
		}, ""},
		"a fault": {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusServiceUnavailable) }, "503"},
		"a redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/other", http.StatusTemporaryRedirect)
		}, "redirects"},
		"no JSON":       {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("fine by me")) }, "its answer"},
		"not the form":  {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"ok":true}`)) }, `needs "reader"`},
		"nothing":       {func(http.ResponseWriter, *http.Request) {}, "its answer"},
		"far too large": {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(strings.Repeat(" ", maxAnswer+1))) }, "more than"},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(c.answer)
			defer server.Close()
			r, err := drivers.OpenReader(t.Context(), server.URL)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			got, err := r.Read(t.Context(), page)
			switch {
			case c.want == "" && (err != nil || len(got) != 2 || got[0].Reader != "c@1" || got[1].Reader != "c@1"):
				t.Errorf("got %+v, %v", got, err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("want an error with %q, got %+v, %v", c.want, got, err)
			}
		})
	}
	if _, err := drivers.OpenReader(t.Context(), "http://classifier.example/read"); err == nil {
		t.Error("copy went over the network in the clear")
	}
}
