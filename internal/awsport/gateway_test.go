package awsport_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/awsport"
	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
	"redoubt/system"
)

// gateway is a home's load balancer that answers with a status, and a prober
// whose machine knows the names.
func gateway(t *testing.T, status int, names map[string]string) (awsport.Gateway, *http.Request) {
	t.Helper()
	last := &http.Request{}
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*last = *r
		w.WriteHeader(status)
	}))
	t.Cleanup(server.Close)
	trusted := x509.NewCertPool()
	trusted.AddCert(server.Certificate())
	return awsport.Gateway{
		Patience:  5 * time.Second,
		Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted}},
		Lookup: func(_ context.Context, name string) ([]string, error) {
			if ip := names[name]; ip != "" {
				return []string{ip}, nil
			}
			return nil, errors.New("no such name")
		},
		Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
			assert.Equal(t, "lb.example.net:443", address, "the home is asked, wherever the domain leads")
			return (&net.Dialer{}).DialContext(ctx, network, server.Listener.Addr().String())
		},
	}, last
}

func probe(in doc) plan.Call {
	return plan.Call{Kind: plan.Probe, Home: system.Secondary, Service: "redoubt", Operation: "RunProbe", Input: in}
}

func TestGateway_asksAsUsersDo(t *testing.T) {
	t.Parallel()
	in := doc{"Domain": "example.com", "Address": "lb.example.net", "Task": "20260301t120000z"}
	here := map[string]string{"example.com": "10.0.0.1", "lb.example.net": "10.0.0.1"}
	for name, c := range map[string]struct {
		status int
		names  map[string]string
		why    string
	}{
		"passed":         {200, here, ""},
		"not well":       {503, here, "example.com/healthz answers with 503 Service Unavailable"},
		"leads away":     {200, map[string]string{"example.com": "10.9.0.1", "lb.example.net": "10.0.0.1"}, "example.com leads to 10.9.0.1, not to lb.example.net"},
		"no name":        {200, map[string]string{"lb.example.net": "10.0.0.1"}, "example.com does not resolve: no such name"},
		"no load balanc": {200, map[string]string{"example.com": "10.0.0.1"}, "lb.example.net does not resolve: no such name"},
	} {
		g, last := gateway(t, c.status, c.names)
		o := homes()
		o.Probe = g
		port := awsport.New(aws.Config{}, o)
		out, err := port.Call(t.Context(), probe(in))
		require.NoError(t, err, name)
		if c.why == "" {
			assert.Equal(t, doc{"Passed": true}, out)
			assert.Equal(t, "example.com", last.Host)
			assert.Equal(t, "/healthz", last.URL.Path)
			assert.Equal(t, "20260301t120000z", last.Header.Get(awsport.TaskHeader))
			continue
		}
		assert.Equal(t, doc{"Passed": false, "Why": c.why}, out, name)
	}
}

// TestGateway_believesNoOtherCertificate asks a load balancer that cannot show
// that it answers for the domain.
func TestGateway_believesNoOtherCertificate(t *testing.T) {
	t.Parallel()
	g, last := gateway(t, 200, map[string]string{"other.org": "10.0.0.1", "lb.example.net": "10.0.0.1"})
	out, err := g.Probe(t.Context(), probe(doc{"Domain": "other.org", "Address": "lb.example.net"}))
	require.NoError(t, err)
	assert.Equal(t, false, out["Passed"])
	assert.Contains(t, out["Why"], "certificate")
	assert.Nil(t, last.URL, "nothing was asked")
	_, err = g.Probe(t.Context(), probe(nil))
	assert.Equal(t, execute.Invalid, execute.ClassOf(err), "%v", err)
}
