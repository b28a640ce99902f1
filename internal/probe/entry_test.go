package probe

import (
	"context"
	"net"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/system"
)

func TestEntry_asksTheHomesOwnLoadBalancerForTheAgent(t *testing.T) {
	t.Parallel()
	status := http.StatusOK
	e, s := balancer(t, &status)
	dial := e.Dial
	e.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		assert.Equal(t, "two.example.net:443", address, "whatever the domain leads to")
		return dial(ctx, network, address)
	}
	answers := func() bool {
		ok, err := e.Answers(t.Context(), system.Secondary, "gateway")
		require.NoError(t, err)
		return ok
	}
	assert.True(t, answers())
	status = http.StatusFound
	assert.True(t, answers(), "a redirection is an answer")
	status = http.StatusServiceUnavailable
	assert.False(t, answers())
	ends, err := e.CertificateEnds(t.Context(), system.Secondary)
	require.NoError(t, err)
	assert.Equal(t, s.Certificate().NotAfter, ends)
	took, err := e.RoundTrip(t.Context(), system.Secondary)
	require.NoError(t, err)
	assert.Positive(t, took)
	e.TLS.RootCAs = nil
	assert.False(t, answers(), "clients trust no such certificate")
	_, err = e.CertificateEnds(t.Context(), system.Secondary)
	require.Error(t, err)
	s.Close()
	assert.False(t, answers(), "that nobody answers is an answer")
	_, err = e.RoundTrip(t.Context(), system.Secondary)
	require.Error(t, err, "a connection that did not open has no time")
	delete(e.Addresses, system.Secondary)
	_, err = e.Answers(t.Context(), system.Secondary, "gateway")
	require.ErrorContains(t, err, "knows no load balancer of the secondary home")
}
