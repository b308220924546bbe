package functions

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/internal/strictyaml"
	"github.com/scruple/scruple/port"
)

// Product is the head of a product's record: its facts as they are now, and their digest.
type Product struct {
	Product scruple.Product `json:"product"`
	Digest  string          `json:"digest"`
}

// Products reads a product file: a YAML mapping with a list "products". Every fault is named with its place.
func Products(file string, src []byte) ([]scruple.Product, error) {
	var doc struct {
		Products []scruple.Product `yaml:"products"`
	}
	if err := strictyaml.Decode(file, src, &doc); err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for i := range doc.Products {
		p := &doc.Products[i]
		at := fmt.Sprintf("$.products[%d]", i)
		switch {
		case p.ID == "":
			return nil, strictyaml.Errorf(file, src, at, "a product needs an id")
		case seen[p.ID]:
			return nil, strictyaml.Errorf(file, src, at+".id", "product %q is there twice", p.ID)
		case !slices.Contains(productTypes, p.Type):
			return nil, strictyaml.Errorf(file, src, at+".type", "%s", unknownWord("type", p.Type, productTypes))
		case !grade(p.Risk) || !grade(p.SellerRisk):
			return nil, strictyaml.Errorf(file, src, at, "product %q: risk and seller_risk are R1 to R5", p.ID)
		case p.From != "" && !p.From.Valid() || p.To != "" && !p.To.Valid():
			return nil, strictyaml.Errorf(file, src, at, "product %q: from and to are days such as 2026-11-22", p.ID)
		case !slices.Contains([]string{"on_sale", "suspended", "closed"}, p.Status):
			return nil, strictyaml.Errorf(file, src, at, "product %q: status is %q; expected on_sale, suspended or closed", p.ID, p.Status)
		}
		seen[p.ID] = true
	}
	return doc.Products, nil
}

var productTypes = strings.Fields("deposit structured_deposit wealth money_fund fund pension insurance loan mortgage credit_card brokerage crypto none")

func grade(g string) bool {
	return g == "" || len(g) == 2 && g[0] == 'R' && g[1] >= '1' && g[1] <= '5'
}

// SetProducts brings products into the master. One whose facts are as they were is left alone; a changed one voids every
// approval that rested on the old facts. It returns how many changed.
func (h *House) SetProducts(ctx context.Context, now time.Time, who scruple.Actor, ps ...scruple.Product) (int, error) {
	changed := 0
	for i := range ps {
		facts, err := json.Marshal(ps[i])
		if err != nil {
			return changed, err
		}
		r, err := load[Product](ctx, h.Table, productKey(ps[i].ID))
		if err != nil {
			return changed, fmt.Errorf("product %s: %w", ps[i].ID, err)
		}
		if r.Head.Digest == digest(facts) {
			continue
		}
		if err := h.archive(ctx, digest(facts), facts); err != nil {
			return changed, err
		}
		r.Head = Product{ps[i], digest(facts)}
		r.add("product/"+ps[i].ID, h.stamp(now), who.ID, "facts", facts)
		put, err := r.put(productKey(ps[i].ID))
		if err != nil {
			return changed, err
		}
		if err := commit(ctx, h.Table, port.Tx{put}); err != nil {
			return changed, fmt.Errorf("product %s: %w", ps[i].ID, err)
		}
		changed++
	}
	return changed, nil
}

func (h *House) loadProduct(ctx context.Context, id string) (*record[Product], error) {
	r, err := load[Product](ctx, h.Table, productKey(id))
	if err == nil && r.Revision == 0 {
		err = fmt.Errorf("%q is not on the product master; import it with: scruple import products FILE: %w", id, ErrNoProduct)
	}
	return r, err
}

// productOf returns a product's facts: those that are about to be imported, else those on the master.
func (h *House) productOf(ctx context.Context, id string, pending []scruple.Product) (Product, error) {
	for i := range pending {
		if pending[i].ID == id {
			return Product{Product: pending[i]}, nil
		}
	}
	r, err := h.loadProduct(ctx, id)
	if err != nil {
		return Product{}, err
	}
	return r.Head, nil
}
