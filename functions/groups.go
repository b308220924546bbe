package functions

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"strings"

	"github.com/scruple/scruple/port"
)

// The ledger's chains come in groups: the messages of each run, and one group for each other kind of subject.
const (
	groupRuns     = "runs"
	groupCards    = "cards"
	groupPeople   = "people"
	groupProducts = "products"
	groupRefusals = "refusals"
	groupMessages = "messages/" // and the run's tag
)

// groups walks the names of all groups.
func (h *House) groups(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for _, g := range []string{groupRuns, groupCards, groupPeople, groupProducts, groupRefusals} {
			if !yield(g, nil) {
				return
			}
		}
		for rec, err := range list(ctx, h.Table, "tag") {
			if !yield(groupMessages+rec.Key.Sort, err) || err != nil {
				return
			}
		}
	}
}

// storedChain is a chain as it lies in the store: its entries are still JSON lines.
type storedChain struct {
	subject string
	head    []byte
	entries []byte
}

// groupRecords walks the chains of a group in ascending order of their subjects.
func (h *House) groupRecords(ctx context.Context, group string) iter.Seq2[storedChain, error] {
	switch group {
	case groupRuns:
		return h.chains(ctx, "run/", one("run"))
	case groupCards:
		return h.cardChains(ctx)
	case groupPeople:
		return h.chains(ctx, "person/", many(shards("consent/")))
	case groupProducts:
		return h.chains(ctx, "product/", one("product"))
	case groupRefusals:
		return h.chains(ctx, "refusal/", one("refusal"))
	}
	return h.chains(ctx, "message/", many(shards("message/"+strings.TrimPrefix(group, groupMessages)+"/")))
}

func one(partition string) iter.Seq2[string, error] { return many([]string{partition}) }

func many(partitions []string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for _, p := range partitions {
			if !yield(p, nil) {
				return
			}
		}
	}
}

func (h *House) chains(ctx context.Context, prefix string, partitions iter.Seq2[string, error]) iter.Seq2[storedChain, error] {
	return func(yield func(storedChain, error) bool) {
		for p, err := range partitions {
			if err != nil {
				yield(storedChain{}, err)
				return
			}
			for rec, err := range list(ctx, h.Table, p) {
				c, err := chainOf(prefix, rec, err)
				if !yield(c, err) || err != nil {
					return
				}
			}
		}
	}
}

func (h *House) cardChains(ctx context.Context) iter.Seq2[storedChain, error] {
	return func(yield func(storedChain, error) bool) {
		for tag, err := range list(ctx, h.Table, "tag") {
			if err != nil {
				yield(storedChain{}, err)
				return
			}
			for c, err := range h.chains(ctx, "card/"+tag.Key.Sort+"-", one("card/"+tag.Key.Sort)) {
				if !yield(c, err) || err != nil {
					return
				}
			}
		}
	}
}

func chainOf(prefix string, rec port.Record, err error) (storedChain, error) {
	if err != nil {
		return storedChain{}, err
	}
	head, entries, ok := bytes.Cut(rec.Value, []byte("\n"))
	if !ok {
		return storedChain{}, fmt.Errorf("%s%s: %w", prefix, rec.Key.Sort, ErrTampered)
	}
	return storedChain{prefix + rec.Key.Sort, head, entries}, nil
}
