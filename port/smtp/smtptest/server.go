// Package smtptest is an SMTP server for tests: a real one on a TCP port that keeps what it gets, writes a record of it that
// outlives the process, and fails on demand at any step.
package smtptest

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/mail"
	"slices"
	"sync"

	"github.com/emersion/go-smtp"
)

// Stage is a step of a session at which Options.Hook is asked.
type Stage string

// The stages, in order.
const (
	Connect  Stage = "connect"  // EHLO or HELO
	From     Stage = "from"     // MAIL
	To       Stage = "to"       // RCPT
	Body     Stage = "body"     // DATA was accepted, nothing of the body is read
	Received Stage = "received" // the whole body is read, nothing is kept or recorded
	Kept     Stage = "kept"     // kept and recorded, not yet answered
)

// ErrHangUp from a hook closes the connection without an answer.
var ErrHangUp = errors.New("hang up")

// Mail is what a session has got so far.
type Mail struct {
	From      string
	To        []string
	Data      []byte // as it came, dot-stuffing undone
	MessageID string // the Message-ID header, brackets included
	TLS       bool
	User      string // who logged in, if anybody
}

// Options say how the server behaves. The zero value takes every mail on a free port of 127.0.0.1, in the clear.
type Options struct {
	// Addr is where to listen; empty means 127.0.0.1:0.
	Addr string
	// TLS offers STARTTLS with this configuration; with Implicit the connection is encrypted from the first byte.
	TLS      *tls.Config
	Implicit bool
	// User and Password demand authentication (PLAIN or LOGIN) when User is not empty; OpenAuth offers it unencrypted too.
	User, Password string
	OpenAuth       bool
	// Hook is asked at every stage, from many goroutines. nil goes on, a *smtp.SMTPError is answered, ErrHangUp hangs up.
	Hook func(Stage, Mail) error
	// Record gets one line "Message-ID TAB recipient" for each recipient of a mail, in one Write that returns before the
	// mail is answered with 250. An *os.File opened for appending thus still tells the truth when the process is killed.
	Record io.Writer
	// Forget keeps no mail in memory: Mails stays empty, for runs of a million.
	Forget bool
}

// Server is a running server.
type Server struct {
	options  Options
	listener net.Listener
	server   *smtp.Server
	stopped  chan struct{}

	mu       sync.Mutex
	mails    []Mail
	sessions int
}

// Start starts a server, which serves until Close.
func Start(o Options) (*Server, error) {
	addr := o.Addr
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("start SMTP server: %w", err)
	}
	s := &Server{options: o, listener: l, stopped: make(chan struct{})}
	s.server = smtp.NewServer(smtp.BackendFunc(s.newSession))
	s.server.Domain = "smtptest"
	s.server.AllowInsecureAuth = o.OpenAuth
	s.server.ErrorLog = log.New(io.Discard, "", 0)
	served := l
	if o.Implicit {
		served = tls.NewListener(l, o.TLS)
	} else {
		s.server.TLSConfig = o.TLS
	}
	go func() {
		defer close(s.stopped)
		_ = s.server.Serve(served)
	}()
	return s, nil
}

// Addr returns host:port.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Mails returns what was kept so far, in the order of arrival.
func (s *Server) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.mails)
}

// Sessions counts the greetings so far; each connection makes one, and one more after STARTTLS.
func (s *Server) Sessions() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sessions
}

// Close drops every connection at once and frees the port.
func (s *Server) Close() error {
	err := s.server.Close()
	_ = s.listener.Close() // by itself too: the server does not know it yet when it was closed at once
	<-s.stopped
	return err
}

// keep stores and records a mail before it is answered.
func (s *Server) keep(m Mail) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.options.Record != nil {
		var b bytes.Buffer
		for _, to := range m.To {
			fmt.Fprintf(&b, "%s\t%s\n", m.MessageID, to)
		}
		if _, err := s.options.Record.Write(b.Bytes()); err != nil {
			return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "cannot record"}
		}
	}
	if !s.options.Forget {
		s.mails = append(s.mails, m)
	}
	return nil
}

func messageID(data []byte) string {
	m, err := mail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		return ""
	}
	return m.Header.Get("Message-Id")
}
