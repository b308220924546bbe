package functions

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/scruple/scruple/compliance"
	"github.com/scruple/scruple/port"
	"github.com/scruple/scruple/templates"
)

// Whatever a decision rests on is kept under the digest of its content: template sources, product facts, campaign files and
// whole rule books. A stored decision names digests, and so can be computed again for as long as the files are kept.

func archiveName(digest string) string { return "archive/" + digest[:2] + "/" + digest }

func (h *House) archive(ctx context.Context, digest string, data []byte) error {
	if _, ok := h.archived.Load(digest); ok {
		return nil
	}
	if err := writeFile(ctx, h.Files, archiveName(digest), data); err != nil && !errors.Is(err, port.ErrExists) {
		return fmt.Errorf("archive: %w", err)
	}
	h.archived.Store(digest, true)
	return nil
}

func writeFile(ctx context.Context, files port.Files, name string, data []byte) error {
	w, err := files.Create(ctx, name)
	if err != nil {
		return err
	}
	defer w.Abort() //nolint:errcheck // after Commit it does nothing
	if _, err := w.Write(data); err != nil {
		return err
	}
	return w.Commit()
}

func (h *House) archivedTemplate(ctx context.Context, digest string) (*templates.Template, error) {
	return h.template(func() (*templates.Template, error) {
		src, err := readFile(ctx, h.Files, archiveName(digest))
		if err != nil {
			return nil, err
		}
		return templates.Parse(digest, src)
	}, digest)
}

// archiveBook keeps the rule files of the book that this house decides by.
func (h *House) archiveBook(ctx context.Context) error {
	if _, ok := h.archived.Load(h.Book.Digest()); ok {
		return nil
	}
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for i, fsys := range h.BookFiles {
		err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(name, ".yaml") {
				return err
			}
			data, err := fs.ReadFile(fsys, name)
			if err != nil {
				return err
			}
			w, err := z.Create(fmt.Sprintf("%d/%s", i, name))
			if err != nil {
				return err
			}
			_, err = w.Write(data)
			return err
		})
		if err != nil {
			return fmt.Errorf("archive the rules: %w", err)
		}
	}
	if err := z.Close(); err != nil {
		return err
	}
	return h.archive(ctx, h.Book.Digest(), buf.Bytes())
}

// archivedBook loads a book as it was when its digest was taken.
func (h *House) archivedBook(ctx context.Context, digest string) (*compliance.Book, error) {
	if digest == h.Book.Digest() {
		return h.Book, nil
	}
	data, err := readFile(ctx, h.Files, archiveName(digest))
	if err != nil {
		return nil, fmt.Errorf("rule book %s: %w", digest, err)
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fmt.Errorf("rule book %s: %w", digest, err)
	}
	var all []fs.FS
	for i := 0; ; i++ {
		sub, err := fs.Sub(z, fmt.Sprint(i))
		if err != nil {
			return nil, err
		}
		if _, err := fs.ReadDir(sub, "."); err != nil {
			break
		}
		all = append(all, sub)
	}
	b, err := compliance.Load(all...)
	if err == nil && b.Digest() != digest {
		err = fmt.Errorf("rule book %s: %w", digest, ErrTampered)
	}
	return b, err
}
