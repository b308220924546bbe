package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/scruple/scruple"
	"github.com/scruple/scruple/functions"
	"github.com/scruple/scruple/port/file"
	"github.com/scruple/scruple/templates"
)

// campaign reads every variant of a campaign as its recipients will: with the facts of the product master of its house and
// what the campaign itself says.
func (k checking) campaign(name string) ([]piece, error) {
	dir, inside, err := houseOf(name)
	if err != nil {
		return nil, err
	}
	assets, err := file.OpenFiles(dir)
	if err != nil {
		return nil, err
	}
	defer assets.Close()
	c, err := (&functions.House{Assets: assets}).LoadCampaign(context.Background(), inside)
	if err != nil {
		return nil, err
	}
	products, err := houseProducts(dir)
	if err != nil {
		return nil, err
	}
	product, err := k.find(name, c.Product, products)
	if err != nil {
		return nil, err
	}
	var out []piece
	for _, v := range c.Variant {
		t, err := templates.Load(os.DirFS(dir), v.Template)
		if err != nil {
			return nil, err
		}
		m, err := sampled(t, product, c.Values)
		if err != nil {
			return nil, fmt.Errorf("%s, variant %s: %w", name, v.Name, err)
		}
		out = append(out, piece{name: name + " variant " + v.Name, message: m, product: product})
	}
	return out, nil
}

// houseProducts reads the product files of the house in a folder.
func houseProducts(dir string) ([]scruple.Product, error) {
	src, err := os.ReadFile(filepath.Join(dir, "scruple.yaml"))
	if err != nil {
		return nil, err
	}
	config, err := functions.LoadConfig(filepath.Join(dir, "scruple.yaml"), src)
	if err != nil {
		return nil, err
	}
	var products []scruple.Product
	for _, p := range config.Products {
		data, err := os.ReadFile(filepath.Join(dir, p))
		if err != nil {
			return nil, err
		}
		ps, err := functions.Products(filepath.Join(dir, p), data)
		if err != nil {
			return nil, err
		}
		products = append(products, ps...)
	}
	return products, nil
}

// houseOf finds the folder of scruple.yaml above a file, and the file's name inside it.
func houseOf(name string) (dir, inside string, err error) {
	dir = filepath.Dir(name)
	for range 8 {
		if _, err := os.Stat(filepath.Join(dir, "scruple.yaml")); err == nil {
			inside, err = filepath.Rel(dir, name)
			return dir, filepath.ToSlash(inside), err
		} else if !errors.Is(err, fs.ErrNotExist) {
			return "", "", err
		}
		dir = filepath.Join(dir, "..")
	}
	return "", "", fmt.Errorf("%s: no scruple.yaml in any folder above it; a campaign is checked with the products of its house", name)
}
