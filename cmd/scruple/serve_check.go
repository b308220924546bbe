package main

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/scruple/scruple/compliance"
	"github.com/scruple/scruple/compliance/exam"
)

// maxCases bounds one request to the check endpoint, in bytes.
const maxCases = 16 << 20

// checkHandler answers POST /v1/check. The request holds messages in the cases format, one JSON object on each line, and the
// answer one line for each, in order. It judges and keeps nothing.
func checkHandler(book *compliance.Book, clock func() time.Time) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		cases, err := exam.Read("request", http.MaxBytesReader(w, r.Body, maxCases))
		if err != nil {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusBadRequest)
			_ = json.NewEncoder(w).Encode(map[string]string{"error": err.Error()}) // the reader may have gone
			return
		}
		w.Header().Set("Content-Type", "application/x-ndjson")
		out := json.NewEncoder(w)
		out.SetEscapeHTML(false)
		for _, result := range exam.Judge(cases, book.Check, clock().UTC()) {
			if out.Encode(answer(book, &result)) != nil {
				return // the reader has gone
			}
		}
	}
}
