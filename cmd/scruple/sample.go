package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/templates"
)

// sampled fills a template as for one recipient, so that copy is checked as it will read: product facts from the master,
// what the campaign says, and a sample value in every slot that a recipient's row fills.
func sampled(t *templates.Template, product *scruple.Product, campaign map[string]string) (scruple.Message, error) {
	zh := strings.HasPrefix(t.Locale, "zh")
	var names, values []string
	said := map[string]string{}
	for k, v := range campaign {
		said[k] = v
	}
	for _, s := range t.Slots {
		switch s.From {
		case "recipient":
			names, values = append(names, s.Name), append(values, sample(s.Type, zh))
		case "campaign":
			key := strings.TrimPrefix(s.Name, "campaign.")
			if said[key] == "" {
				said[key] = sample(s.Type, zh)
			}
		}
	}
	r := &scruple.Recipient{ID: "sample", Columns: scruple.NewColumns(names), Values: values}
	m, err := t.Fill(templates.Values{Recipient: r, Product: product, Campaign: said})
	var slot *templates.SlotError
	if errors.As(err, &slot) && strings.HasPrefix(slot.Slot, "product.") {
		return m, fmt.Errorf("%s: %w; name the product with --products FILE --product ID", t.File, err)
	}
	return m, err
}

// sample is a value that a slot of this type takes.
func sample(kind string, zh bool) string {
	switch kind {
	case "name":
		if zh {
			return "王小明"
		}
		return "Alex Morgan"
	case "amount", "number":
		return "1000"
	case "percent":
		return "2.5"
	case "date":
		return "2026-12-31"
	case "url":
		return "https://bank.example/offer"
	}
	if zh {
		return "示例"
	}
	return "sample"
}
