package observe

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/agentkit/lock"
	"redoubt/internal/clock"
	"redoubt/internal/memtable"
	"redoubt/internal/observe/settings"
	"redoubt/inventory"
	"redoubt/recovery/arbiter"
	"redoubt/recovery/diagnose"
	"redoubt/system"
)

const whole = `{"observer": "arbiter", "domain": "example.com", "arbiter": {"region": "eu-north-1", "table": "c"}, "homes": {
  "primary": {"region": "eu-west-1", "table": "a", "address": "a.example.net"},
  "secondary": {"region": "eu-central-1", "table": "b", "address": "b.example.net"}}}`

func nothing(string) string { return "" }

func TestLoad_takesTheEnvironmentWithoutAFile(t *testing.T) {
	t.Parallel()
	c, err := load("", func(name string) string { return map[string]string{settings.Variable: whole}[name] })
	require.NoError(t, err)
	text, err := c.Encode()
	require.NoError(t, err)
	assert.JSONEq(t, whole, text, "what is written is what is read")
	_, err = load("", func(string) string { return "{}" })
	require.ErrorContains(t, err, "REDOUBT_OBSERVER: observer is")
}

func loaded(t *testing.T, text string) (settings.Config, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "observer.json")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	return load(file, nothing)
}

func TestLoad_namesAllThatIsWrong(t *testing.T) {
	t.Parallel()
	_, err := loaded(t, `{"observer": "fourth", "homes": {"primary": {"region": "eu-west-1"}}, "arbiter": {"region": "eu-west-1"}}`)
	for _, want := range []string{
		`observer is "fourth"`, "domain is missing", "arbiter.table is missing", "homes.primary.table is missing",
		"homes.secondary.address is missing", "arbiter.region is eu-west-1 as the primary home's",
	} {
		require.ErrorContains(t, err, want)
	}
	_, err = loaded(t, `{"observers": "primary"}`)
	require.ErrorContains(t, err, `unknown field "observers"`)
	require.ErrorContains(t, Main(t.Context(), nil, nothing, os.Stdout), "observer [-config FILE]")
}

// answers are a control plane's.
type answers struct{ err error }

func (a answers) DescribeTable(context.Context, *dynamodb.DescribeTableInput, ...func(*dynamodb.Options)) (
	*dynamodb.DescribeTableOutput, error,
) {
	return &dynamodb.DescribeTableOutput{}, a.err
}

func TestControl_takesARefusalForAnAnswer(t *testing.T) {
	t.Parallel()
	c, err := loaded(t, whole)
	require.NoError(t, err)
	control := func(err error) error {
		e := eyes{Config: c, clients: map[system.Home]describer{system.Primary: answers{err}}}
		return e.look(t.Context(), system.Primary, diagnose.Control)
	}
	require.NoError(t, control(nil))
	require.NoError(t, control(&smithy.GenericAPIError{Code: "AccessDeniedException", Fault: smithy.FaultClient}))
	require.Error(t, control(&smithy.GenericAPIError{Code: "InternalServerError", Fault: smithy.FaultServer}))
	require.Error(t, control(errors.New("connection reset")))
}

func TestEntry_asksTheHomesOwnAddress(t *testing.T) {
	t.Parallel()
	status := http.StatusOK
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "/healthz", r.URL.Path)
		assert.Equal(t, "example.com", r.Host)
		w.WriteHeader(status)
	}))
	defer s.Close()
	c, err := loaded(t, whole)
	require.NoError(t, err)
	trusted := x509.NewCertPool()
	trusted.AddCert(s.Certificate())
	e := eyes{Config: c, transport: func(address, domain string) http.RoundTripper {
		assert.Equal(t, "b.example.net", address)
		out, is := direct(address, domain).(*http.Transport)
		require.True(t, is)
		out.TLSClientConfig.RootCAs = trusted
		assert.Equal(t, "example.com", out.TLSClientConfig.ServerName, "the load balancer must answer for the domain")
		test, is := s.Client().Transport.(*http.Transport)
		require.True(t, is)
		out.DialContext = test.DialContext // the test's client leads example.com to the server
		return out
	}}
	look := func() error { return e.look(t.Context(), system.Secondary, diagnose.Entry) }
	require.NoError(t, look())
	status = http.StatusFound
	require.NoError(t, look(), "a redirection is an answer")
	status = http.StatusServiceUnavailable
	require.ErrorContains(t, look(), "b.example.net answers 503")
	s.Close()
	require.Error(t, look())
}

// TestProgram_decides runs the three programs: a home that answers nobody is left.
func TestProgram_decides(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		tables := map[string]*memtable.Table{}
		for _, name := range []string{"a", "b", "c"} {
			tables[name] = memtable.New(inventory.LocksKey)
		}
		table := func(at settings.Place) arbiter.Table { return lock.Words(tables[at.Table].Via(nil), at.Table) }
		c, err := loaded(t, whole)
		require.NoError(t, err)
		look := func(_ context.Context, h system.Home, _ diagnose.Aspect) error {
			if h == system.Primary {
				return errors.New("no route")
			}
			return nil
		}
		ready := arbiter.First()
		ready.Ready, ready.Version = true, 1
		require.NoError(t, table(c.Arbiter).Replace(ctx, arbiter.First(), ready))
		var said bytes.Buffer
		var rounds atomic.Int64
		for _, name := range []string{"secondary", "arbiter"} {
			c.Observer = name
			p := &program{Config: c, look: look, table: table, clock: clock.Wall{}, out: &said, round: func() { rounds.Add(1) }}
			go p.run(ctx)
		}
		time.Sleep(arbiter.Default().Within())
		w, err := table(c.Arbiter).Word(ctx)
		require.NoError(t, err)
		assert.Equal(t, system.Secondary, w.Active, w.String())
		cancel()
		synctest.Wait()
		assert.Contains(t, said.String(), "observer arbiter: finding: region lost primary")
		assert.NotContains(t, said.String(), "error")
		assert.Greater(t, rounds.Load(), int64(10), "each round of looks tells the probe that it ended")
	})
}
