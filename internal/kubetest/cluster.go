//go:build apps

package kubetest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Options say what runs beside the API server.
type Options struct {
	// Controllers starts the controller manager and the scheduler.
	Controllers bool
	// Manager are flags of the controller manager beside those that it needs.
	Manager []string
	// Cluster is the name that a caller's token must hold.
	Cluster string
}

// Cluster is a control plane that runs until its test ends.
type Cluster struct {
	// Server is the address of the API server, Authority what it is verified by.
	Server    string
	Authority []byte

	dir    string
	token  string
	client *http.Client
	mu     sync.Mutex
	kinds  map[string]kind
}

// patience is how long anything may take that is waited for: the machine may
// have other work.
const patience = 3 * time.Minute

// Start starts a control plane and waits until it answers.
func Start(t testing.TB, o Options) *Cluster {
	t.Helper()
	at, err := ports(5)
	require.NoError(t, err)
	c := &Cluster{
		Server: "https://" + at[0], dir: t.TempDir(), token: "administrator-of-a-test", kinds: map[string]kind{},
	}
	require.NoError(t, c.files(t, o))
	c.run(t, "store", "--dir", c.at("store"), "--client", "http://"+at[1], "--peer", "http://"+at[2])
	c.run(t, "apiserver", append(serving(at[0]), "--advertise-address=127.0.0.1", "--cert-dir="+c.at("certs"),
		"--etcd-servers=http://"+at[1], "--endpoint-reconciler-type=none", "--service-cluster-ip-range=10.96.0.0/16",
		"--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-key-file="+c.at("key.pem"), "--service-account-signing-key-file="+c.at("key.pem"),
		"--authorization-mode=RBAC", "--token-auth-file="+c.at("tokens.csv"),
		"--authentication-token-webhook-config-file="+c.at("authenticator.yaml"))...)
	require.NoError(t, c.trust(t.Context()))
	require.NoError(t, c.Until(t.Context(), "the API server is ready", func(ctx context.Context) (bool, error) {
		status, _, err := c.raw(ctx, http.MethodGet, "/readyz", "", nil)
		return err == nil && status == http.StatusOK, nil
	}))
	require.NoError(t, c.admit(t.Context()))
	if o.Controllers {
		c.run(t, "controller-manager", append(c.controlling(at[3]), append(o.Manager,
			"--service-account-private-key-file="+c.at("key.pem"))...)...)
		c.run(t, "scheduler", c.controlling(at[4])...)
	}
	return c
}

func (c *Cluster) at(name string) string { return filepath.Join(c.dir, name) }

// controlling are the flags of a part that controls and serves only its health.
func (c *Cluster) controlling(address string) []string {
	k := c.at("kubeconfig")
	return append(serving(address), "--kubeconfig="+k, "--authentication-kubeconfig="+k, "--authorization-kubeconfig="+k,
		"--leader-elect=false", "--cert-dir="+c.at(address))
}

// trust takes the certificate that the API server has made for itself.
func (c *Cluster) trust(ctx context.Context) error {
	err := c.Until(ctx, "the API server has a certificate", func(context.Context) (bool, error) {
		raw, err := os.ReadFile(c.at("certs/apiserver.crt"))
		c.Authority = raw
		return err == nil && len(raw) > 0, nil
	})
	if err != nil {
		return err
	}
	trusted := x509.NewCertPool()
	if !trusted.AppendCertsFromPEM(c.Authority) {
		return errors.New("the API server's certificate is no certificate")
	}
	c.client = &http.Client{Timeout: 30 * time.Second,
		Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted}}}
	return nil
}

// Until looks again and again until look says that something is so.
func (c *Cluster) Until(ctx context.Context, what string, look func(context.Context) (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		so, err := look(ctx)
		if so || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("it never came that %s; %s", what, c.lastWords())
		case <-time.After(200 * time.Millisecond):
		}
	}
}
