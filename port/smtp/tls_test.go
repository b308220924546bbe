package smtp

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/scruple/scruple/port/smtp/smtptest"
)

// secured returns options with a certificate for hosts, and the file of its authority.
func secured(t *testing.T, hosts ...string) (smtptest.Options, string) {
	t.Helper()
	server, authority, err := smtptest.Certificate(hosts...)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, authority, 0o600); err != nil {
		t.Fatal(err)
	}
	return smtptest.Options{TLS: server}, file
}

func TestEncryption(t *testing.T) {
	right, ca := secured(t, "127.0.0.1")
	wrong, wrongCA := secured(t, "mail.example")
	implicit := right
	implicit.Implicit = true
	plain := smtptest.Options{}
	for _, c := range []struct {
		name   string
		server smtptest.Options
		url    string // of scheme and options, with the address left open
		want   string
		secure bool
		words  string // of the error
	}{
		{"required, right", right, "smtp://?starttls=require&ca=" + ca, "taken", true, ""},
		{"required, missing", plain, "smtp://?starttls=require", "later", false, "STARTTLS"},
		{"required, unknown authority", right, "smtp://?starttls=require", "later", false, "unknown authority"},
		{"required, other host", wrong, "smtp://?starttls=require&ca=" + wrongCA, "later", false, "127.0.0.1"},
		{"required, trusted blindly", wrong, "smtp://?starttls=require&insecure=cert", "taken", true, ""},
		{"opportunistic, offered", right, "smtp://?starttls=opportunistic&ca=" + ca, "taken", true, ""},
		{"opportunistic, missing", plain, "smtp://?starttls=opportunistic", "taken", false, ""},
		{"opportunistic, unknown authority", right, "smtp://?starttls=opportunistic", "later", false, "unknown authority"},
		{"loopback default", right, "smtp://", "taken", false, ""},
		{"implicit, right", implicit, "smtps://?ca=" + ca, "taken", true, ""},
		{"implicit, unknown authority", implicit, "smtps://", "later", false, "unknown authority"},
		{"implicit to a plain server", plain, "smtps://?timeout=5s", "later", false, "TLS"},
		{"plain to an implicit server", implicit, "smtp://?timeout=100ms", "later", false, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := start(t, c.server)
			s := openURL(t, strings.Replace(c.url, "://", "://"+server.Addr(), 1))
			for range 2 {
				_, err := s.Send(t.Context(), envelope("m1"))
				if kind(err) != c.want || (err != nil && !strings.Contains(err.Error(), c.words)) {
					t.Fatalf("%s: %v, want %s with %q", kind(err), err, c.want, c.words)
				}
			}
			for _, m := range server.Mails() {
				if m.TLS != c.secure {
					t.Errorf("encrypted: %v, want %v", m.TLS, c.secure)
				}
			}
		})
	}
}

func TestAuthentication(t *testing.T) {
	secure, ca := secured(t, "127.0.0.1")
	secure.User, secure.Password = "bank@example.com", "geheim:@/"
	open := smtptest.Options{User: secure.User, Password: secure.Password, OpenAuth: true}
	implicit := secure
	implicit.Implicit = true
	const login, wrong = "bank%40example.com:geheim%3A%40%2F@", "bank%40example.com:falsch@"
	for _, c := range []struct {
		name   string
		server smtptest.Options
		scheme string
		user   string
		option string
		want   string
		words  string
	}{
		{"plain", secure, "smtp://", login, "ca=" + ca, "taken", ""},
		{"plain by choice", secure, "smtp://", login, "auth=plain&ca=" + ca, "taken", ""},
		{"login", secure, "smtp://", login, "auth=login&ca=" + ca, "taken", ""},
		{"implicit", implicit, "smtps://", login, "ca=" + ca, "taken", ""},
		{"wrong password", secure, "smtp://", wrong, "ca=" + ca, "later", "535"},
		{"wrong password by login", secure, "smtp://", wrong, "auth=login&ca=" + ca, "later", "535"},
		{"none given", secure, "smtp://", "", "starttls=require&ca=" + ca, "later", "530"},
		{"never in the clear", open, "smtp://", login, "starttls=opportunistic", "later", "not encrypted"},
		{"in the clear by choice", open, "smtp://", login, "starttls=no&insecure=auth", "taken", ""},
		{"not offered", smtptest.Options{}, "smtp://", login, "starttls=no&insecure=auth", "later", "offers no authentication"},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := start(t, c.server)
			s := openURL(t, c.scheme+c.user+server.Addr()+"?"+c.option)
			r, err := s.Send(t.Context(), envelope("m1"))
			if kind(err) != c.want || (err != nil && !strings.Contains(err.Error(), c.words)) {
				t.Fatalf("%s: %v, want %s with %q", kind(err), err, c.want, c.words)
			}
			if strings.Contains(r.Reason, "geheim") || strings.Contains(r.Reason, "falsch") {
				t.Errorf("the password is repeated: %q", r.Reason)
			}
			for _, m := range server.Mails() {
				if m.User != secure.User {
					t.Errorf("logged in as %q", m.User)
				}
			}
		})
	}
}
