package exam

import (
	"fmt"
	"strings"
)

// Text writes scores as columns for a terminal.
func Text(scores []Score) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-34s %9s %7s %7s %7s %12s %7s\n", "", "precision", "recall", "found", "missed", "false alarms", "passed")
	for i := range scores {
		s := &scores[i]
		fmt.Fprintf(&b, "%-34s %9.3f %7.3f %7d %7d %12d %7d\n", s.Group, s.Precision(), s.Recall(), s.Found, s.Missed, s.FalseAlarms, s.Passed)
	}
	return b.String()
}

// Table writes scores as a Markdown table.
func Table(scores []Score) string {
	var b strings.Builder
	b.WriteString("| | Precision | Recall | Found | Missed | False alarms | Passed |\n|---|--:|--:|--:|--:|--:|--:|\n")
	for i := range scores {
		s := &scores[i]
		fmt.Fprintf(&b, "| %s | %.3f | %.3f | %d | %d | %d | %d |\n", s.Group, s.Precision(), s.Recall(), s.Found, s.Missed, s.FalseAlarms, s.Passed)
	}
	return b.String()
}
