package smtp

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// config is what a URL asks for.
type config struct {
	address  string // host:port
	implicit bool   // TLS from the first byte
	starttls string // require, opportunistic or no
	helo     string
	step     time.Duration // longest wait for any step before the message is handed over
	answer   time.Duration // longest wait for the answer to a message that was handed over
	conns    int
	user     string
	password string
	auth     string // plain, login or "" for the better one that the server offers
	openAuth bool   // the password may cross an unencrypted connection
	tls      *tls.Config
}

// The defaults, as Register documents them.
const (
	defaultStep   = 30 * time.Second
	defaultAnswer = 2 * time.Minute
	defaultConns  = 4
	mostConns     = 256
)

// parse reads a URL strictly: what it does not know is an error, since a mistyped option must not lower the protection.
func parse(u *url.URL) (*config, error) {
	c := &config{implicit: u.Scheme == "smtps"}
	if u.Hostname() == "" || strings.Trim(u.Path, "/") != "" || u.Fragment != "" {
		return nil, fmt.Errorf("want %s://user:password@host:port?options", u.Scheme)
	}
	port := u.Port()
	if port == "" {
		port = map[bool]string{false: "587", true: "465"}[c.implicit]
	}
	c.address = net.JoinHostPort(u.Hostname(), port)
	c.user = u.User.Username()
	c.password, _ = u.User.Password()
	q, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, errors.New("the options after ? are malformed")
	}
	if c.implicit && q.Has("starttls") {
		return nil, errors.New("option starttls: smtps is encrypted from the first byte; use smtp for STARTTLS")
	}
	if err := c.options(q, loopback(u.Hostname())); err != nil {
		return nil, err
	}
	c.tls, err = tlsConfig(u.Hostname(), q)
	if err != nil {
		return nil, err
	}
	return c, c.protected()
}

func (c *config) options(q url.Values, local bool) error {
	known := []string{"answer", "auth", "ca", "conns", "helo", "insecure", "starttls", "timeout"}
	for _, k := range slices.Sorted(maps.Keys(q)) {
		if !slices.Contains(known, k) || len(q[k]) != 1 {
			return fmt.Errorf("option %q: want each of %s at most once", k, strings.Join(known, ", "))
		}
	}
	starttls := "require"
	if local && c.user == "" {
		starttls = "no"
	}
	var errs [7]error
	c.starttls, errs[0] = oneOf(q, "starttls", starttls, "require", "opportunistic", "no")
	c.auth, errs[1] = oneOf(q, "auth", "", "plain", "login")
	c.step, errs[2] = duration(q, "timeout", defaultStep)
	c.answer, errs[3] = duration(q, "answer", defaultAnswer)
	c.helo, errs[4] = greeting(q)
	c.conns, errs[5] = connections(q)
	insecure, err := oneOf(q, "insecure", "", "auth", "cert")
	c.openAuth, errs[6] = insecure == "auth", err
	if insecure != "" && !local {
		return errors.New("option insecure: it is for servers on this machine alone; name a private authority with ca=/path")
	}
	return errors.Join(errs[:]...)
}

func greeting(q url.Values) (string, error) {
	if q.Has("helo") {
		if word(q.Get("helo")) {
			return q.Get("helo"), nil
		}
		return "", errors.New("option helo: want a host name")
	}
	if host, err := os.Hostname(); err == nil && word(host) {
		return host, nil
	}
	return "localhost", nil
}

func connections(q url.Values) (int, error) {
	if !q.Has("conns") {
		return defaultConns, nil
	}
	n, err := strconv.Atoi(q.Get("conns"))
	if err != nil || n < 1 || n > mostConns {
		return 0, fmt.Errorf("option conns: want a number from 1 to %d", mostConns)
	}
	return n, nil
}

// protected refuses a URL that could only ever send its password in the clear.
func (c *config) protected() error {
	if c.implicit {
		c.starttls = "no"
	}
	if c.user != "" && !c.implicit && c.starttls == "no" && !c.openAuth {
		return errors.New("a password is not sent over an unencrypted connection: use starttls=require or smtps")
	}
	return nil
}

func tlsConfig(host string, q url.Values) (*tls.Config, error) {
	c := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12, InsecureSkipVerify: q.Get("insecure") == "cert"}
	file := q.Get("ca")
	if file == "" {
		return c, nil
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("option ca: %w", err)
	}
	if c.RootCAs, err = x509.SystemCertPool(); err != nil {
		c.RootCAs = x509.NewCertPool()
	}
	if !c.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("option ca: %s holds no certificate in PEM form", file)
	}
	return c, nil
}

func oneOf(q url.Values, key, missing string, want ...string) (string, error) {
	if !q.Has(key) {
		return missing, nil
	}
	if v := q.Get(key); slices.Contains(want, v) {
		return v, nil
	}
	return "", fmt.Errorf("option %s: want one of %s", key, strings.Join(want, ", "))
}

func duration(q url.Values, key string, missing time.Duration) (time.Duration, error) {
	if !q.Has(key) {
		return missing, nil
	}
	d, err := time.ParseDuration(q.Get(key))
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("option %s: want a time such as 30s or 2m", key)
	}
	return d, nil
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.IsLoopback()
}

// word reports whether s can stand as one argument of an SMTP command: printable ASCII without spaces and brackets.
func word(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' || s[i] == '<' || s[i] == '>' {
			return false
		}
	}
	return s != ""
}
