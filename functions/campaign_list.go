package functions

import (
	"context"
	"errors"
	"io"
	"iter"
	"strings"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/audience"
	"github.com/scruple/scruple/templates"
)

// openList opens the segment list and checks, on its columns, the filter and the slots of the templates.
func (h *House) openList(ctx context.Context, l *launch, tmpls []*templates.Template) (iter.Seq2[scruple.Recipient, error], error) {
	c := l.campaign
	infos, err := h.Assets.List(ctx, c.Segment.File)
	if err != nil {
		return nil, err
	}
	src := audience.Source{Name: c.Segment.File, Format: c.Segment.Format, Encoding: c.Segment.Encoding, Size: -1}
	for _, info := range infos {
		if info.Name == c.Segment.File {
			src.Size = info.Size
		}
	}
	if src.Size < 0 {
		return nil, c.fault("$.segment.file", "there is no list %s", c.Segment.File)
	}
	src.Open = func(offset, length int64) (io.ReadCloser, error) {
		return h.Assets.Open(ctx, c.Segment.File, offset, length)
	}
	rows := audience.Read(src, audience.Layout{Columns: c.Segment.Columns, Market: c.Market, Channel: c.Channel})
	var bad []string // the first few
	rejected := 0
	for r, err := range rows {
		var row *audience.RowError
		switch {
		case errors.As(err, &row):
			if rejected++; rejected <= 3 {
				bad = append(bad, row.Error())
			}
		case err != nil:
			return nil, c.fault(listFault(err), "%s", err)
		default:
			return rows, h.checkColumns(l, r.Columns, tmpls)
		}
	}
	return nil, c.fault("$.segment.file", "none of the %d rows of %s can be used; mend the list, or say under segment how to read it. The first ones:\n  %s",
		rejected, c.Segment.File, strings.Join(bad, "\n  "))
}

// listFault tells which line of a campaign answers for a list that cannot be read.
func listFault(err error) string {
	if errors.Is(err, audience.ErrNoColumn) {
		return "$.segment.columns"
	}
	return "$.segment.file"
}

func (h *House) checkColumns(l *launch, cols *scruple.Columns, tmpls []*templates.Template) error {
	c := l.campaign
	if c.Filter != "" {
		fields := make(map[string]string, len(cols.Names()))
		for _, name := range cols.Names() {
			fields[name] = "string"
		}
		for name, kind := range c.Segment.Fields {
			if cols.Index(name) < 0 {
				return c.fault("$.segment.fields", "%s", unknownWord("column", name, cols.Names()))
			}
			fields[name] = kind
		}
		filter, err := audience.CompileFilter(c.Filter, fields)
		if err != nil {
			return c.fault("$.filter", "%s", err)
		}
		l.filter = filter
	}
	for i, t := range tmpls {
		for _, s := range t.Slots {
			if s.From == "recipient" && cols.Index(s.Name) < 0 && s.Default == "" {
				return c.fault("$.variants", "template %s has a slot %s, but list %s has no such column; %s",
					c.Variant[i].Template, s.Name, c.Segment.File, unknownWord("column", s.Name, cols.Names()))
			}
		}
	}
	return nil
}
