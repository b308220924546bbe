package main

import (
	"os"

	"github.com/spf13/cobra"

	"github.com/scruple/scruple/compliance"
)

func newSchema() *cobra.Command {
	return &cobra.Command{
		Use: "schema", Short: "Print the JSON Schema of rule files, for editors", Args: cobra.NoArgs,
		Long: `Schema prints the JSON Schema (draft 7) of a rule file. Editors that know it complete keys and mark mistakes while one types: put
"# yaml-language-server: $schema=rules.schema.json" at the head of a file.`,
		Example: "  scruple rules schema > rules.schema.json",
		RunE: func(*cobra.Command, []string) error {
			src, err := compliance.Schema()
			if err != nil {
				return err
			}
			_, err = os.Stdout.Write(src)
			return err
		},
	}
}
