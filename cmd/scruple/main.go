// Command scruple is the whole house in one process: it checks copy, runs campaigns, lets officers rule, and answers why.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
)

// The exit codes.
const (
	exitClean    = 0
	exitFindings = 1 // something was found: copy that would not pass, a ledger that does not verify
	exitFailure  = 2 // wrong usage, or it could not be done
)

// errFindings ends a command whose findings are printed already.
var errFindings = errors.New("findings")

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := newRoot()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	switch {
	case err == nil:
		return exitClean
	case errors.Is(err, errFindings):
		return exitFindings
	}
	fmt.Fprintln(os.Stderr, "scruple:", said(err))
	return exitFailure
}

// said writes an error. Of several faults in one, as workers have when a disk is full, each is said once.
func said(err error) string {
	var lines []string
	for line := range strings.SplitSeq(err.Error(), "\n") {
		excerpt := strings.HasPrefix(line, " ") || strings.HasPrefix(line, ">")
		if !excerpt && slices.ContainsFunc(lines, func(l string) bool { return strings.HasSuffix(l, line) }) {
			continue
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// globals are the flags that every command has.
type globals struct {
	house  string // folder of scruple.yaml
	format string // text or json
	lang   string // en or zh
	as     string // id of the person who acts
	now    string // RFC 3339; empty means the clock

	clock func() time.Time // what --now says, from there on; set before any command runs
}

func newRoot() *cobra.Command {
	g := &globals{}
	root := &cobra.Command{
		Use:   "scruple",
		Short: "Outreach in which every message has been checked, somebody answers for it, and both can be proved",
		Long: `Scruple runs marketing campaigns for banks, insurers, brokers and fund houses. Every rendered message is checked
against the rules of its market and the facts of its recipient; what is clean is sent, what is doubtful waits for a
compliance officer, what is forbidden is withheld with its reason.

Exit codes: 0 clean, 1 findings, 2 wrong usage or failure.`,
		Example: `  scruple run --house examples/bank --as-scheduled
  scruple check templates/ --market cn
  scruple why --house examples/bank --customer C000042`,
		SilenceUsage: true, SilenceErrors: true,
	}
	f := root.PersistentFlags()
	f.StringVar(&g.house, "house", envOr("SCRUPLE_HOUSE", "."), "folder that holds scruple.yaml")
	f.StringVar(&g.format, "format", "text", "text or json; check and exam write others too")
	f.StringVar(&g.lang, "lang", language(), "language of rules and reasons: en or zh")
	f.StringVar(&g.as, "as", os.Getenv("SCRUPLE_AS"), "id of the person who acts, one of people in scruple.yaml")
	f.StringVar(&g.now, "now", "", "act as if it were this moment (RFC 3339), to rehearse")
	root.AddCommand(
		newRun(g), newServe(g), newCheck(g), newExam(g), newRules(g), newImport(g), newConsent(g), newDesk(g), newCampaign(g),
		newWhy(g), newLedger(g), newVersion(g),
	)
	explainUsage(root)
	root.PersistentPreRunE = func(c *cobra.Command, _ []string) error { return g.check(c) }
	return root
}

// formats notes which formats a command writes beside text and json.
func formats(more ...string) map[string]string {
	return map[string]string{"formats": strings.Join(more, " ")}
}

func (g *globals) check(c *cobra.Command) error {
	known := append([]string{"text", "json"}, strings.Fields(c.Annotations["formats"])...)
	if !slices.Contains(known, g.format) {
		return fmt.Errorf("--format %q: expected %s", g.format, strings.Join(known, " or "))
	}
	if g.lang != "en" && g.lang != "zh" {
		return fmt.Errorf("--lang %q: expected en or zh", g.lang)
	}
	var err error
	g.clock, err = clockFrom(g.now)
	return err
}

func (g *globals) time() time.Time { return g.clock().UTC() }

func envOr(name, otherwise string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return otherwise
}

func language() string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := os.Getenv(name); len(v) >= 2 {
			if v[:2] == "zh" {
				return "zh"
			}
			return "en"
		}
	}
	return "en"
}
