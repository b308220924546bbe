package smtptest

import (
	"errors"
	"io"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

type session struct {
	server *Server
	conn   *smtp.Conn
	mail   Mail
	user   string
	secure bool
}

func (s *Server) newSession(c *smtp.Conn) (smtp.Session, error) {
	s.mu.Lock()
	s.sessions++
	s.mu.Unlock()
	_, secure := c.TLSConnectionState()
	n := &session{server: s, conn: c, secure: secure}
	n.Reset()
	return n, n.hook(Connect)
}

func (s *session) hook(at Stage) error {
	if s.server.options.Hook == nil {
		return nil
	}
	err := s.server.options.Hook(at, s.mail)
	if errors.Is(err, ErrHangUp) {
		_ = s.conn.Conn().Close()
	}
	return err
}

// AuthMechanisms implements smtp.AuthSession.
func (s *session) AuthMechanisms() []string {
	if s.server.options.User == "" {
		return nil
	}
	return []string{sasl.Plain, sasl.Login}
}

// Auth implements smtp.AuthSession.
func (s *session) Auth(mechanism string) (sasl.Server, error) {
	switch mechanism {
	case sasl.Plain:
		return sasl.NewPlainServer(func(_, user, password string) error { return s.logIn(user, password) }), nil
	case sasl.Login:
		return &login{check: s.logIn}, nil
	}
	return nil, smtp.ErrAuthUnknownMechanism
}

func (s *session) logIn(user, password string) error {
	if o := s.server.options; user != o.User || password != o.Password {
		return smtp.ErrAuthFailed
	}
	s.user, s.mail.User = user, user
	return nil
}

// login is the server side of LOGIN, which the library has for clients alone.
type login struct {
	step  int
	user  string
	check func(user, password string) error
}

// Next implements sasl.Server.
func (l *login) Next(response []byte) (challenge []byte, done bool, err error) {
	l.step++
	switch {
	case l.step == 1 && response == nil:
		return []byte("Username:"), false, nil
	case l.user == "":
		l.user = string(response)
		return []byte("Password:"), false, nil
	}
	return nil, true, l.check(l.user, string(response))
}

// Mail implements smtp.Session.
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.server.options.User != "" && s.user == "" {
		return &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "authentication required"}
	}
	s.mail.From = from
	return s.hook(From)
}

// Rcpt implements smtp.Session.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.mail.To = append(s.mail.To, to)
	return s.hook(To)
}

// Data implements smtp.Session.
func (s *session) Data(r io.Reader) error {
	if err := s.hook(Body); err != nil {
		return err
	}
	var err error
	if s.mail.Data, err = io.ReadAll(r); err != nil {
		return err
	}
	s.mail.MessageID = messageID(s.mail.Data)
	if err := s.hook(Received); err != nil {
		return err
	}
	if err := s.server.keep(s.mail); err != nil {
		return err
	}
	return s.hook(Kept)
}

// Reset implements smtp.Session.
func (s *session) Reset() { s.mail = Mail{TLS: s.secure, User: s.user} }

// Logout implements smtp.Session.
func (s *session) Logout() error { return nil }
