// Command generate writes the segment lists and the evidence of the sample bank. The lists are the same on every machine and
// every day: all choices come from fixed seeds.
//
//	go run ./examples/generate -out examples/bank
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	out := flag.String("out", "", "folder of the bank")
	flag.Parse()
	if *out == "" || flag.NArg() > 0 {
		fmt.Fprintln(os.Stderr, "usage: generate -out FOLDER, such as: go run ./examples/generate -out examples/bank")
		os.Exit(2)
	}
	if err := write(*out, files()); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

// files returns what is generated, by name below the bank's folder.
func files() map[string][]byte {
	e, book := newEvidence(), cnBook()
	out := map[string][]byte{
		"segments/cn-wealth-sms.csv":    cnSMS(book, e),
		"segments/cn-wealth-wechat.csv": cnWeChat(book, e),
		"segments/cn-premier.csv":       cnPremier(book),
		"segments/cn-growth.csv":        cnGrowth(book, e),
		"segments/uk-fund.jsonl.gz":     ukFund(e),
		"segments/us-deposit.csv":       usDeposit(e),
	}
	out["consents.csv"] = oldestFirst(e.consents, 6)
	out["suppressions.csv"] = oldestFirst(e.suppressions, 4)
	return out
}

func write(dir string, files map[string][]byte) error {
	for name, data := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			return err
		}
	}
	return nil
}
