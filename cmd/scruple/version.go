package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/scruple/scruple/compliance"
)

// version is set when a release is built (-ldflags "-X main.version=v1.2.3").
var version = "devel"

func newVersion(g *globals) *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version, and the digest of the rules that are built in", Args: cobra.NoArgs, Example: "  scruple version --format json",
		RunE: func(*cobra.Command, []string) error {
			book, err := compliance.Builtin()
			if err != nil {
				return err
			}
			revision := ""
			if info, ok := debug.ReadBuildInfo(); ok {
				for _, s := range info.Settings {
					if s.Key == "vcs.revision" {
						revision = s.Value
					}
				}
			}
			v := map[string]any{"version": version, "revision": revision, "go": runtime.Version(), "rules": len(book.Rules()), "book": book.Digest()}
			g.print(v, func() {
				fmt.Printf("scruple %s %s %s, %d rules, book %s\n", version, revision, runtime.Version(), len(book.Rules()), book.Digest())
			})
			return nil
		},
	}
}
