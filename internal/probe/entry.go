package probe

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"time"

	"redoubt/internal/clock"
	"redoubt/system"
	"redoubt/watch/prober"
)

// entryPath is what every public agent answers (components/entry).
const entryPath = "/healthz"

// Entry asks load balancers as clients do, whatever the domain leads to now.
type Entry struct {
	Domain string
	// Addresses are the names of the homes' load balancers.
	Addresses map[system.Home]string
	Clock     clock.Clock
	// Dial opens a connection to an address such as name:443; a net.Dialer's does.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// TLS is what else a test must trust; nil is nothing.
	TLS *tls.Config
}

func (e Entry) config(name string) *tls.Config {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if e.TLS != nil {
		c = e.TLS.Clone()
	}
	c.ServerName = name
	return c
}

func (e Entry) at(home system.Home) (string, error) {
	if e.Addresses[home] == "" {
		return "", fmt.Errorf("the inventory knows no load balancer of the %s home", home)
	}
	return net.JoinHostPort(e.Addresses[home], "443"), nil
}

// Answers asks an agent at the load balancer of a home, on a connection of its own: one that is kept open outlives what
// it should tell of. Only what a home cannot be asked for at all is an error; that it does not answer is an answer.
func (e Entry) Answers(ctx context.Context, home system.Home, agent string) (bool, error) {
	at, err := e.at(home)
	if err != nil {
		return false, err
	}
	name := agent + "." + e.Domain
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+name+entryPath, nil)
	if err != nil {
		return false, err
	}
	t := &http.Transport{DisableKeepAlives: true, TLSClientConfig: e.config(name),
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) { return e.Dial(ctx, network, at) }}
	resp, err := t.RoundTrip(req) // a redirection is an answer
	if err != nil {
		return false, nil //nolint:nilerr // see above
	}
	_ = resp.Body.Close()
	return resp.StatusCode < http.StatusInternalServerError, nil
}

// CertificateEnds is when the certificate ends that a home's load balancer shows for the domain.
func (e Entry) CertificateEnds(ctx context.Context, home system.Home) (time.Time, error) {
	at, err := e.at(home)
	if err != nil {
		return time.Time{}, err
	}
	raw, err := e.Dial(ctx, "tcp", at)
	if err != nil {
		return time.Time{}, err
	}
	conn := tls.Client(raw, e.config(e.Domain))
	defer func() { _ = conn.Close() }()
	if err := conn.HandshakeContext(ctx); err != nil {
		return time.Time{}, err
	}
	return conn.ConnectionState().PeerCertificates[0].NotAfter, nil
}

// RoundTrip is how long a connection to a home's load balancer takes to open.
func (e Entry) RoundTrip(ctx context.Context, home system.Home) (time.Duration, error) {
	at, err := e.at(home)
	if err != nil {
		return 0, err
	}
	began := e.Clock.Now()
	conn, err := e.Dial(ctx, "tcp", at)
	if err != nil {
		return 0, err
	}
	_ = conn.Close()
	return e.Clock.Now().Sub(began), nil
}

// patience is how long an agent may take to answer: half of a look's time, so that silence is told as such.
const patience = within / 2

// answers are the looks at each public agent at the load balancer of each home.
func (e *Eyes) answers() []look {
	var out []look
	for _, to := range system.Homes {
		if to != e.Home && e.alone() {
			continue
		}
		for _, a := range e.System.Public() {
			out = append(out, look{fmt.Sprintf("agent %s in the %s home", a.Name, to), func(ctx context.Context) (found, error) {
				ctx, stop := context.WithTimeout(ctx, patience)
				defer stop()
				ok, err := e.Entry.Answers(ctx, to, a.Name)
				return unless(err, func(s *prober.Sight) { s.Answers[to][a.Name] = ok })
			}})
		}
	}
	return out
}

func (e *Eyes) certificate(ctx context.Context) (found, error) {
	ends, err := e.Entry.CertificateEnds(ctx, e.Home)
	return unless(err, func(s *prober.Sight) { s.CertificateEnds = ends })
}

func (e *Eyes) roundTrip(ctx context.Context) (found, error) {
	took, err := e.Entry.RoundTrip(ctx, e.Home.Peer())
	return unless(err, func(s *prober.Sight) { s.RoundTrip = took })
}
