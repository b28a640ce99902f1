package alive_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/alive"
	"redoubt/internal/clock"
)

func TestBeat_tellsAStuckProgram(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		beat := alive.New(clock.Wall{}, time.Minute)
		ask := func() int {
			w := httptest.NewRecorder()
			beat.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, alive.Path, nil))
			return w.Code
		}
		time.Sleep(time.Minute)
		assert.Equal(t, http.StatusOK, ask(), "a minute is allowed")
		time.Sleep(time.Second)
		assert.Equal(t, http.StatusServiceUnavailable, ask())
		beat.Now()
		assert.Equal(t, http.StatusOK, ask())
	})
}

func TestServe_answersWhereTheProbeAsks(t *testing.T) {
	t.Parallel()
	beat := alive.New(clock.Wall{}, time.Minute)
	at, err := beat.Serve(t.Context(), "127.0.0.1:0")
	require.NoError(t, err)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+at.String()+alive.Path, nil)
	require.NoError(t, err)
	answer, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	assert.Equal(t, "ok\n", string(text))
	_, err = beat.Serve(t.Context(), at.String())
	assert.ErrorContains(t, err, "answer the liveness probe", "a port that is taken is an error at once")
}

// TestTold_answersWhereTheEnvironmentSays: without an address nobody is answered, and a round is no fault.
func TestTold_answersWhereTheEnvironmentSays(t *testing.T) {
	t.Parallel()
	none, err := alive.Told(t.Context(), func(string) string { return "" })
	require.NoError(t, err)
	none()
	taken, err := alive.New(clock.Wall{}, time.Minute).Serve(t.Context(), "127.0.0.1:0")
	require.NoError(t, err)
	at := taken.String()
	env := func(name string) string { return map[string]string{alive.Variable: at}[name] }
	_, err = alive.Told(t.Context(), env)
	require.ErrorContains(t, err, "answer the liveness probe")
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	at = free.Addr().String()
	require.NoError(t, free.Close())
	round, err := alive.Told(t.Context(), env)
	require.NoError(t, err)
	round()
	answer, err := http.Get("http://" + at + alive.Path) //nolint:noctx // a test
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	assert.Equal(t, http.StatusOK, answer.StatusCode)
}
