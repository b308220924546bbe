package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/mod/sumdb/note"
)

func newLedger(g *globals) *cobra.Command {
	c := &cobra.Command{Use: "ledger", Short: "Prove that nothing was changed", Example: "  scruple ledger verify --house examples/bank"}
	var kept []string
	verify := &cobra.Command{
		Use: "verify", Short: "Go through the whole ledger and name every culprit", Args: cobra.NoArgs,
		Long: `Verify recomputes every chain, root and signature. It names each entry that was edited, removed, added or moved, and each
record that says something else than its ledger. Signed checkpoints that you keep elsewhere (--kept) guard against a store
that was cut back as a whole. Exit code 1 when anything is wrong.`,
		Example: "  scruple ledger verify --house examples/bank --kept last-month.checkpoint",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return g.with(cmd.Context(), func(ctx context.Context, hs *house) error { return g.ledgerVerify(ctx, hs, kept) })
		},
	}
	verify.Flags().StringSliceVar(&kept, "kept", nil, "files of signed checkpoints kept elsewhere")
	c.AddCommand(verify, &cobra.Command{
		Use: "checkpoint", Short: "Sign what was recorded so far, and print the signed checkpoint", Args: cobra.NoArgs,
		Example: "  scruple ledger checkpoint > today.checkpoint",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return g.with(cmd.Context(), func(ctx context.Context, hs *house) error {
				if err := hs.checkpoint(ctx); err != nil {
					return err
				}
				signed, err := hs.LastCheckpoint(ctx)
				if err != nil {
					return err
				}
				g.print(map[string]string{"checkpoint": string(signed)}, func() { fmt.Print(string(signed)) })
				return nil
			})
		},
	})
	c.AddCommand(&cobra.Command{
		Use: "prove MESSAGE", Short: "Print a proof of what happened to a message, which anyone can verify without this program", Args: cobra.ExactArgs(1),
		Long: `Prove prints one JSON document: the message's ledger entries, the way from them to a signed checkpoint, and the checkpoint.
docs/verify_bundle.py verifies it with Python alone.`,
		Example: "  scruple ledger prove 5f0c9a110d2c1f2e7a6b4c3d9e8f7a6b5c4d3e2f > proof.json\n  python3 docs/verify_bundle.py proof.json \"$(cat .scruple/ledger.key.pub)\"",
		RunE: func(cmd *cobra.Command, args []string) error {
			return g.with(cmd.Context(), func(ctx context.Context, hs *house) error {
				proof, err := hs.Prove(ctx, args[0])
				if err == nil {
					_, err = os.Stdout.Write(proof)
				}
				return err
			})
		},
	})
	return c
}

func (g *globals) ledgerVerify(ctx context.Context, hs *house, keptFiles []string) error {
	public, err := os.ReadFile(filepath.Join(hs.dir, hs.config.Key+".pub"))
	if err != nil {
		return fmt.Errorf("the ledger's public key: %w (it is made with the first run)", err)
	}
	v, err := note.NewVerifier(strings.TrimSpace(string(public)))
	if err != nil {
		return fmt.Errorf("the ledger's public key: %w", err)
	}
	var kept [][]byte
	for _, name := range keptFiles {
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		kept = append(kept, data)
	}
	r := hs.Verify(ctx, hs.config.Origin, note.VerifierList(v), kept...)
	g.print(r, func() {
		for _, f := range r.Faults {
			fmt.Println(f.Error())
		}
		fmt.Printf("%d chains, %d entries, %d checkpoints, %d entries since the last one: ", r.Chains, r.Entries, r.Checkpoints, r.Unsealed)
		if len(r.Faults) == 0 {
			fmt.Println("nothing was changed.")
		} else {
			fmt.Printf("%d faults.\n", len(r.Faults))
		}
	})
	if len(r.Faults) > 0 {
		return errFindings
	}
	return nil
}
