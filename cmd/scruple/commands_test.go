package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// walk calls do for a command and all below it.
func walk(c *cobra.Command, do func(*cobra.Command)) {
	do(c)
	for _, sub := range c.Commands() {
		walk(sub, do)
	}
}

func TestEveryCommandShowsAnExample(t *testing.T) {
	walk(newRoot(), func(c *cobra.Command) {
		if c.Short == "" || c.Example == "" {
			t.Errorf("%s: no short text or no example", c.CommandPath())
		}
		if !strings.Contains(c.Example, "scruple ") {
			t.Errorf("%s: its example does not call scruple", c.CommandPath())
		}
		for line := range strings.Lines(c.Example) {
			if !strings.Contains(line, "scruple ") {
				continue
			}
			if err := accepts(line); err != nil {
				t.Errorf("%s: its example %q: %v", c.CommandPath(), strings.TrimSpace(line), err)
			}
		}
	})
}

// accepts tells whether the program would take a command line, as far as words and flags go.
func accepts(line string) error {
	_, args, _ := strings.Cut(strings.TrimSpace(line), "scruple ")
	args, _, _ = strings.Cut(args, " > ")
	c, rest, err := newRoot().Find(words(args))
	if err != nil {
		return err
	}
	if err := c.ParseFlags(rest); err != nil {
		return err
	}
	if args := c.Flags().Args(); c.HasSubCommands() {
		return fmt.Errorf("%q is no command of %s", args, c.CommandPath())
	}
	return c.ValidateArgs(c.Flags().Args())
}

// words splits a command line at blanks outside of double quotes.
func words(line string) []string {
	quoted := false
	return strings.FieldsFunc(line, func(r rune) bool {
		if r == '"' {
			quoted = !quoted
		}
		return r == ' ' && !quoted
	})
}

// asJSON is a call of every command that takes --format. SUBJECT stands for the held card, MESSAGE for one of its
// messages.
var asJSON = map[string]string{
	"import products":       "products.yaml --as zhao.ops",
	"import consents":       "consents.csv --as zhao.ops",
	"import suppressions":   "stops.csv --as zhao.ops",
	"consent grant":         "C2 --source branch --as zhao.ops",
	"consent withdraw":      "C2 --source branch --as zhao.ops",
	"consent show":          "C2",
	"run":                   "--now 2026-11-23T10:00:00+08:00",
	"campaign list":         "",
	"campaign show":         "deposit@20261123T020000Z",
	"campaign pause":        "deposit@20261123T020000Z --as zhao.ops",
	"campaign resume":       "deposit@20261123T020000Z --as zhao.ops",
	"desk list":             "",
	"desk show":             "SUBJECT",
	"desk request-changes":  "SUBJECT --as li.officer --reason name-the-index",
	"desk approve":          "SUBJECT --as li.officer --reason named",
	"desk withdraw":         "SUBJECT --as li.officer --reason moved",
	"desk reject":           "SUBJECT --as li.officer --reason no",
	"why":                   "--customer C1",
	"ledger verify":         "",
	"ledger checkpoint":     "",
	"ledger prove":          "MESSAGE",
	"campaign stop":         "deposit@20261123T020000Z --as zhao.ops",
	"check":                 "templates/deposit.liquid --products products.yaml",
	"rules list":            "",
	"rules explain":         "cn.guarantee",
	"rules test":            "own",
	"rules rehearse":        "--as-of 2027-01-01",
	"rules what-if":         "own",
	"rules waivers":         "",
	"rules schema":          "",
	"exam":                  "cases.jsonl",
	"version":               "",
	"serve":                 "--now tomorrow", // writes a log alone
	"desk show of a run":    "deposit@20261123T020000Z",
	"why of a stranger":     "--customer nobody",
	"check of plain copy":   "promise.txt --market cn --excerpt",
	"desk list with naught": "",
}

// The calls in an order in which each finds what it needs.
var jsonOrder = []string{
	"desk list with naught", "import products", "import consents", "import suppressions", "consent grant", "consent withdraw", "consent show", "run", "campaign list",
	"campaign show", "campaign pause", "campaign resume", "desk list", "desk show", "desk show of a run", "desk request-changes", "desk approve", "desk withdraw",
	"desk reject", "why", "why of a stranger", "ledger checkpoint", "ledger prove", "ledger verify", "campaign stop", "check", "check of plain copy",
	"rules list", "rules explain", "rules test", "rules rehearse", "rules what-if", "rules waivers", "rules schema", "exam", "version", "serve",
}

func TestJSON(t *testing.T) {
	walk(newRoot(), func(c *cobra.Command) {
		name := strings.TrimPrefix(c.CommandPath(), "scruple ")
		if _, ok := asJSON[name]; !ok && !c.HasSubCommands() {
			t.Errorf("%s: no call of it with --format json", name)
		}
	})
	t.Chdir(newHouse(t))
	writeFile(t, "promise.txt", "本产品保本保息")
	writeFile(t, "own/house.yaml", ownBook)
	writeFile(t, "cases.jsonl", `{"id":"a","market":"cn","channel":"sms","text":"本产品保本","whole":false,"label":"violating"}`)
	card, message := "", ""
	for _, name := range jsonOrder {
		command, _, _ := strings.Cut(name, " of ")
		command, _, _ = strings.Cut(command, " with ")
		args := append(words(command), words(strings.NewReplacer("SUBJECT", card, "MESSAGE", message).Replace(asJSON[name]))...)
		out, code := output(t, append(args, "--format", "json")...)
		if name == "serve" {
			if code != exitFailure || out != "" {
				t.Errorf("%s: exit code %d\n%s", name, code, out)
			}
			continue
		}
		if err := oneValue(out); err != nil || code == exitFailure {
			t.Errorf("%s: exit code %d, %v\n%s", name, code, err, out)
		}
		if name == "run" {
			text, _ := output(t, "desk", "list")
			card, _, _ = strings.Cut(text, " ")
			text, _ = output(t, "why", "--customer", "C3")
			message, _, _ = strings.Cut(strings.TrimPrefix(text, "Message "), "\n")
		}
	}
}

// output runs the program in this process and returns what it wrote to standard output.
func output(t *testing.T, args ...string) (string, int) {
	t.Helper()
	p := process{args: args}
	if err := p.run("."); err != nil {
		t.Fatal(err)
	}
	return string(p.stdout), p.code
}

const ownBook = `market: cn
rules:
- id: cn.own-word
  kind: claim
  verdict: hold
  basis: [{law: House style, source: policy}]
  title: {en: Own word, zh: 本行用语}
  why: {en: We do not say so., zh: 本行不这样说。}
  fix: {en: Drop it., zh: 删去。}
  match: {any: [活期利率]}
  flag: [按活期利率计息, 活期利率计息]
  pass: [按定期计息, 您好]
`
