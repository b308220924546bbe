package audience

import (
	"fmt"
	"slices"
	"strings"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/internal/strictyaml"
)

// The columns that the snapshot adds; a list must not use their names.
const (
	lineColumn    = "_line"
	variantColumn = "_variant"
)

// table says where our columns lie in a list's rows.
type table struct {
	columns *scruple.Columns
	from    []int    // the list's column for each of ours
	listed  []string // how the list names each of ours
	width   int      // fields in a row
}

// newTable lays out the columns of a list. Columns without a name, as spreadsheets leave at the right edge, are left out.
func newTable(header []string, l Layout) (*table, error) {
	header = slices.Clone(header)
	for i := range header {
		header[i] = strings.TrimSpace(header[i])
	}
	if err := unique(header); err != nil {
		return nil, err
	}
	names, err := rename(header, l.Columns)
	if err != nil {
		return nil, err
	}
	t := &table{width: len(header)}
	var kept []string
	for i, n := range names {
		if n != "" {
			kept, t.from, t.listed = append(kept, n), append(t.from, i), append(t.listed, header[i])
		}
	}
	t.columns = scruple.NewColumns(kept)
	return t, t.complete(header, l.Channel)
}

func unique(header []string) error {
	seen := make(map[string]bool, len(header))
	for i, h := range header {
		switch {
		case h == "":
		case seen[h]:
			return fmt.Errorf("two columns are called %q", h)
		case h == lineColumn || h == variantColumn:
			return fmt.Errorf("column %d: the name %q is reserved; rename the column", i+1, h)
		}
		seen[h] = true
	}
	return nil
}

// rename returns our name for each column of the list, "" for those that are left out.
func rename(header []string, mapped map[string]string) ([]string, error) {
	names := slices.Clone(header)
	for i, h := range names {
		if _, taken := mapped[h]; taken {
			names[i] = ""
		}
	}
	ours := make([]string, 0, len(mapped))
	for o := range mapped {
		ours = append(ours, o)
	}
	slices.Sort(ours) // the first of several errors is always the same one
	used := map[string]string{}
	for _, o := range ours {
		i := slices.Index(header, mapped[o])
		switch {
		case i < 0 || mapped[o] == "":
			return nil, noColumn(mapped[o], fmt.Sprintf("which the layout names for %s", o), header)
		case used[mapped[o]] != "":
			return nil, fmt.Errorf("the layout takes column %q twice, for %s and for %s", mapped[o], used[mapped[o]], o)
		case o == "" || o == lineColumn || o == variantColumn:
			return nil, fmt.Errorf("the layout maps column %q to the reserved name %q", mapped[o], o)
		}
		names[i], used[mapped[o]] = o, o
	}
	return names, nil
}

// complete checks for the columns that no list can do without.
func (t *table) complete(header []string, ch scruple.Channel) error {
	if t.columns.Index("customer_id") < 0 {
		return noColumn("customer_id", "which every list needs (map it when the list calls it otherwise)", header)
	}
	if a := addressColumn(ch); a != "" && t.columns.Index(a) < 0 {
		return noColumn(a, fmt.Sprintf("which channel %s needs (map it when the list calls it otherwise)", ch), header)
	}
	return nil
}

func noColumn(name, why string, header []string) error {
	hint := ""
	if near := strictyaml.Nearest(name, header); near != "" {
		hint = fmt.Sprintf("; the nearest is %q", near)
	}
	return fmt.Errorf("%w: %q, %s%s; it has %s", ErrNoColumn, name, why, hint, strings.Join(header, ", "))
}
