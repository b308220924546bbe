package functions

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/scruple/scruple/audience"
	"github.com/scruple/scruple/port"
)

// spillTo gives the audience room beyond memory, in files of the house whose names begin with prefix.
func spillTo(ctx context.Context, files port.Files, prefix string) audience.Spill {
	n := 0
	return func() (audience.SpillFile, error) {
		n++
		name := prefix + strconv.Itoa(n)
		w, err := files.Create(ctx, name)
		return &spillFile{ctx: ctx, files: files, name: name, w: w}, err
	}
}

// spillFile is written once, then read any number of times from the start.
type spillFile struct {
	ctx   context.Context
	files port.Files
	name  string
	w     port.Writer // nil once it is committed
	r     io.ReadCloser
}

func (s *spillFile) Write(p []byte) (int, error) {
	if s.w == nil {
		return 0, errors.New("spilled rows are written once")
	}
	return s.w.Write(p)
}

func (s *spillFile) Read(p []byte) (int, error) {
	if s.r == nil {
		return 0, errors.New("spilled rows are read after Seek")
	}
	return s.r.Read(p)
}

// Seek only goes to the start, to read.
func (s *spillFile) Seek(offset int64, whence int) (int64, error) {
	if offset != 0 || whence != io.SeekStart {
		return 0, fmt.Errorf("spilled rows: seek to %d, %d: only the start can be sought", offset, whence)
	}
	if s.w != nil {
		if err := s.w.Commit(); err != nil {
			return 0, err
		}
		s.w = nil
	}
	if s.r != nil {
		if err := s.r.Close(); err != nil {
			return 0, err
		}
	}
	var err error
	s.r, err = s.files.Open(s.ctx, s.name, 0, -1)
	return 0, err
}

// Close removes the file.
func (s *spillFile) Close() error {
	var faults []error
	if s.w != nil {
		faults = append(faults, s.w.Abort())
	}
	if s.r != nil {
		faults = append(faults, s.r.Close())
	}
	return errors.Join(append(faults, s.files.Remove(context.WithoutCancel(s.ctx), s.name))...)
}
