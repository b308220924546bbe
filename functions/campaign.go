package functions

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/internal/strictyaml"
	"github.com/scruple/scruple/port"
)

// Campaign is what a marketer wants: whom to reach, with which copy, about which product, and when. It is one YAML file.
type Campaign struct {
	ID      string            `yaml:"id" json:"id"`
	Title   string            `yaml:"title" json:"title,omitempty"`
	Version int               `yaml:"version" json:"version,omitempty"`
	Author  string            `yaml:"author" json:"author"`
	Market  scruple.Market    `yaml:"market" json:"market"`
	Channel scruple.Channel   `yaml:"channel" json:"channel"`
	Class   scruple.Class     `yaml:"class" json:"class,omitempty"`     // default marketing
	Purpose string            `yaml:"purpose" json:"purpose,omitempty"` // the consent it needs; default marketing
	Tier    scruple.Tier      `yaml:"tier" json:"tier"`
	Product string            `yaml:"product" json:"product,omitempty"` // id on the product master
	Segment Segment           `yaml:"segment" json:"segment"`
	Filter  string            `yaml:"filter" json:"filter,omitempty"` // CEL over the fields of a recipient
	HoldOut float64           `yaml:"hold_out" json:"hold_out,omitempty"`
	Variant []CampaignVariant `yaml:"variants" json:"variants"`
	When    Schedule          `yaml:"schedule" json:"schedule"`
	// Values are what {{ campaign.NAME }} stands for in the copy.
	Values map[string]string `yaml:"values" json:"values,omitempty"`

	file   string
	source []byte
}

// Segment says where the list lies and how to read it.
type Segment struct {
	File     string            `yaml:"file" json:"file"`
	Format   string            `yaml:"format" json:"format,omitempty"`     // csv, jsonl or parquet; default by the file's name
	Encoding string            `yaml:"encoding" json:"encoding,omitempty"` // utf-8 (default) or gb18030
	Columns  map[string]string `yaml:"columns" json:"columns,omitempty"`   // our name: the list's name
	Fields   map[string]string `yaml:"fields" json:"fields,omitempty"`     // type of a column in the filter: string, int, double, bool, date
}

// CampaignVariant is one version of the copy and the share of the audience that gets it.
type CampaignVariant struct {
	Name     string  `yaml:"name" json:"name"`
	Template string  `yaml:"template" json:"template"` // file
	Share    float64 `yaml:"share" json:"share,omitempty"`
}

// Schedule says when a campaign runs: once at a moment, or by cron expression in a time zone.
type Schedule struct {
	At   string `yaml:"at" json:"at,omitempty"`     // RFC 3339
	Cron string `yaml:"cron" json:"cron,omitempty"` // five fields
	Zone string `yaml:"zone" json:"zone,omitempty"` // IANA; needed with cron
	// LatestStart is how long after the due moment a message may still leave; empty means for ever.
	LatestStart string `yaml:"latest_start" json:"latest_start,omitempty"`
	// Missed says what becomes of an occurrence that passed while nothing ran: run (default) or skip.
	Missed string `yaml:"missed" json:"missed,omitempty"`
}

// Due returns the moment of a schedule with at; zero, nil for a cron schedule.
func (s Schedule) Due() (time.Time, error) {
	if s.At == "" {
		return time.Time{}, nil
	}
	return time.Parse(time.RFC3339, s.At)
}

// File returns the name of the file the campaign was read from.
func (c *Campaign) File() string { return c.file }

func (c *Campaign) latest(due time.Time) time.Time {
	d, err := time.ParseDuration(c.When.LatestStart)
	if err != nil || d <= 0 {
		return time.Time{}
	}
	return due.Add(d)
}

// LoadCampaign reads and checks one campaign file; its errors name file, line and remedy.
func (h *House) LoadCampaign(ctx context.Context, file string) (*Campaign, error) {
	src, err := readFile(ctx, h.Assets, file)
	if err != nil {
		return nil, err
	}
	c := &Campaign{file: file, source: src}
	if err := strictyaml.Decode(file, src, c); err != nil {
		return nil, err
	}
	if c.Class == "" {
		c.Class = scruple.Marketing
	}
	if c.Purpose == "" {
		c.Purpose = "marketing"
	}
	if c.Tier == "" {
		c.Tier = scruple.Low
	}
	return c, c.check()
}

// Campaigns loads every campaign file below a folder, in order of their names. All faults of all files are reported.
func (h *House) Campaigns(ctx context.Context, folder string) ([]*Campaign, error) {
	infos, err := h.Assets.List(ctx, strings.TrimSuffix(folder, "/")+"/")
	if err != nil {
		return nil, err
	}
	var out []*Campaign
	var faults []error
	ids := map[string]string{}
	for _, info := range infos {
		if !strings.HasSuffix(info.Name, ".yaml") && !strings.HasSuffix(info.Name, ".yml") {
			continue
		}
		c, err := h.LoadCampaign(ctx, info.Name)
		if err == nil && ids[c.ID] != "" {
			err = c.fault("$.id", "campaign %q is also in %s; give one of them another id", c.ID, ids[c.ID])
		}
		if err != nil {
			faults = append(faults, err)
			continue
		}
		ids[c.ID] = info.Name
		out = append(out, c)
	}
	return out, errors.Join(faults...)
}

// Fault makes an error about a place of the campaign's file, such as $.schedule.cron: it names file and line and shows them.
func (c *Campaign) Fault(path, format string, args ...any) error {
	return c.fault(path, format, args...)
}

func (c *Campaign) fault(path, format string, args ...any) error {
	return strictyaml.Errorf(c.file, c.source, path, format, args...)
}

func readFile(ctx context.Context, files port.Files, name string) ([]byte, error) {
	r, err := files.Open(ctx, name, 0, -1)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return data, nil
}

func sortedKeys[V any](into []string, m map[string]V) []string {
	into = slices.AppendSeq(into, maps.Keys(m))
	slices.Sort(into)
	return into
}
