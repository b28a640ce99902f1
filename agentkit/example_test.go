package agentkit_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/appconfigdata"
	"github.com/open-feature/go-sdk/openfeature"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel"

	"redoubt/agentkit/call"
	"redoubt/agentkit/flags"
	"redoubt/agentkit/measure"
	"redoubt/agentkit/ready"
	document "redoubt/system/flags"
)

// plan asks the large model within the caller's patience, and gives less at a lower level.
func plan(model *call.Client, levels *flags.Levels, address string) http.Handler {
	return call.Within(20*time.Second, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		depth := "shallow"
		if levels.Enabled("deep-research") {
			depth = "deep"
		}
		ask, err := http.NewRequestWithContext(req.Context(), http.MethodPost, address, strings.NewReader(depth))
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		ask.Header.Set(call.TokenHeader, req.Header.Get(call.TokenHeader)) // so that it may be tried again
		resp, err := model.Do(ask)
		if err != nil { // errors.Is(err, call.ErrOpen), call.ErrFull, call.ErrDeadline, ...
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		defer resp.Body.Close()
		fmt.Fprintf(w, "%s plan, model answered %d", depth, resp.StatusCode)
	}))
}

// serve is the planner: it runs until ctx ends and then drains.
func serve(ctx context.Context, address string, appconfig flags.Client) error {
	metrics, err := measure.New(otel.GetMeterProvider())
	if err != nil {
		return err
	}
	patience, err := call.Told(os.Getenv("REDOUBT_WAITS"), "large-model") // as system.yaml allows
	if err != nil {
		return err
	}
	model, err := call.New(patience, call.Options{Metrics: metrics})
	if err != nil {
		return err
	}
	levels := flags.Follow("planner", os.Getenv("REDOUBT_FLAGS"), appconfig, metrics)
	defer levels.Close()
	health, err := ready.New([]ready.Check{{Name: "lease", Run: holdsLease}}, ready.Options{Metrics: metrics})
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	health.Register(mux)
	mux.Handle("POST /plans", plan(model, levels, address))
	return ready.Serve(ctx, &http.Server{Addr: "127.0.0.1:0", Handler: mux}, health, ready.Grace{})
}

func holdsLease(context.Context) error { return nil }

func Example() {
	endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {}))
	defer endpoint.Close()
	model, _ := call.New(call.Settings{Callee: "large-model"}, call.Options{})
	level := document.Values{"planner": {Enabled: true, Attributes: map[string]any{
		"level": "reduced", "reduced-off": []any{"deep-research"}}}}
	openfeature.SetNamedProviderAndWait("example", flags.NewProvider(flags.Fixed(level), flags.Options{}))
	levels := flags.NewLevels("planner", nil, openfeature.NewClient("example"))
	defer levels.Close()

	answer := httptest.NewRecorder()
	plan(model, levels, endpoint.URL).ServeHTTP(answer, httptest.NewRequest(http.MethodPost, "/plans", nil))
	fmt.Println(answer.Body)
	// Output: shallow plan, model answered 200
}

func TestReadme_showsTheExample(t *testing.T) {
	page, err := os.ReadFile("README.md")
	require.NoError(t, err)
	code, err := os.ReadFile("example_test.go")
	require.NoError(t, err)
	_, block, found := strings.Cut(string(page), "```go\n")
	require.True(t, found)
	block, _, _ = strings.Cut(block, "```")
	for _, part := range strings.Split(block, "\n\n") {
		assert.Contains(t, string(code), part)
	}
}

// silent is AppConfig's data plane when it does not answer.
type silent struct{ flags.Client }

func (silent) StartConfigurationSession(context.Context, *appconfigdata.StartConfigurationSessionInput,
	...func(*appconfigdata.Options)) (*appconfigdata.StartConfigurationSessionOutput, error) {
	return nil, errors.New("no answer")
}

func TestServe_endsWithItsContext(t *testing.T) {
	t.Setenv("REDOUBT_WAITS", `{"agent":"planner","meshed":true,"callees":{"large-model":`+
		`{"totalMillis":20000,"perTryMillis":20000,"outside":true}}}`)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	require.NoError(t, serve(ctx, "http://model.test", silent{}))
	for _, name := range document.Environments {
		require.NoError(t, openfeature.SetNamedProviderAndWait("/"+name, openfeature.NoopProvider{}))
	}
}
