// Package file keeps files in a directory of the machine, and delivers messages into one.
//
// URLs: file:///var/spool/scruple for an absolute directory, file:data for one relative to the working directory. The
// directory of files must be there already, unless the URL says ?create_dir=true. What is made is for this user alone: it is
// about people.
package file

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strconv"

	"github.com/scruple/scruple/port"
)

// Register adds the drivers for files and senders under the scheme file.
func Register(d *port.Drivers) {
	d.Files("file", OpenFilesURL)
	d.Sender("file", openSender)
}

// OpenFilesURL opens the files in the directory that a URL names.
func OpenFilesURL(_ context.Context, u *url.URL) (port.Files, error) {
	dir, err := dirOf(u)
	if err != nil {
		return nil, err
	}
	for name, values := range u.Query() {
		if name != "create_dir" {
			return nil, fmt.Errorf("unknown parameter %q; known: create_dir", name)
		}
		create, err := strconv.ParseBool(values[0])
		if err != nil {
			return nil, fmt.Errorf("create_dir=%s: expected true or false", values[0])
		}
		if create {
			if err := os.MkdirAll(dir, 0o700); err != nil {
				return nil, err
			}
		}
	}
	return OpenFiles(dir)
}

func dirOf(u *url.URL) (string, error) {
	dir := u.Path
	if u.Opaque != "" {
		var err error
		if dir, err = url.PathUnescape(u.Opaque); err != nil {
			return "", err
		}
	}
	if u.Host != "" || dir == "" {
		return "", fmt.Errorf("expected file:///absolute/directory or file:relative/directory")
	}
	return dir, nil
}
