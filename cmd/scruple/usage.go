package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/scruple/scruple/internal/strictyaml"
)

// explainUsage makes wrong usage an error that says what the command takes, for a command and all below it. Without it a word
// that a group of commands does not know would print its help, as if nothing were wrong.
func explainUsage(c *cobra.Command) {
	c.SetFlagErrorFunc(func(c *cobra.Command, err error) error { return usageError(c, err) })
	if takes := c.Args; takes != nil {
		c.Args = func(c *cobra.Command, args []string) error {
			if err := takes(c, args); err != nil {
				return usageError(c, err)
			}
			return nil
		}
	}
	if c.HasSubCommands() && !c.Runnable() && c.HasParent() {
		c.Args, c.RunE = cobra.ArbitraryArgs, group
	}
	for _, sub := range c.Commands() {
		explainUsage(sub)
	}
}

func usageError(c *cobra.Command, err error) error {
	return fmt.Errorf("%w; usage: %s (%s --help shows an example)", err, c.UseLine(), c.CommandPath())
}

// group is what a command does that only holds others.
func group(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return c.Help()
	}
	var known []string
	for _, sub := range c.Commands() {
		known = append(known, sub.Name())
	}
	hint := ""
	if near := strictyaml.Nearest(args[0], known); near != "" {
		hint = fmt.Sprintf("; did you mean %q?", near)
	}
	return fmt.Errorf("unknown command %q for %q; expected one of %v%s", args[0], c.CommandPath(), known, hint)
}
