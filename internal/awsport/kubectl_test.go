//go:build apps

package awsport_test

import (
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/awsport"
	"redoubt/recovery/plan"
	"redoubt/recovery/render"
	"redoubt/system"
)

// TestKubectl_asksForWhatThePortDoes runs every kubectl line of the runbooks of all kept plans, with kubectl itself, against an API
// server that remembers what it was asked for: the last request must be one that the port makes for these plans, and every
// one that the port makes by a line has its line.
func TestKubectl_asksForWhatThePortDoes(t *testing.T) {
	if _, err := exec.LookPath("kubectl"); err != nil {
		require.NotEqual(t, "true", os.Getenv("CI"), "kubectl is not on PATH")
		t.Skip("NOT TRIED: kubectl lines of runbooks, because kubectl is not on PATH")
	}
	ports, lines := map[string]bool{}, map[string]bool{}
	s := &remembering{}
	port, server := s.port(t)
	for name, p := range kept(t) {
		for _, c := range objects(p) {
			c.Input = maps.Clone(c.Input)
			c.Input["Server"] = server
			_, err := port.Call(t.Context(), c)
			require.NoError(t, err, name)
			ports[s.last] = true
		}
		text, err := render.Runbook(p)
		require.NoError(t, err)
		for line := range strings.Lines(text) {
			if strings.HasPrefix(line, "kubectl ") {
				lines[named.ReplaceAllString(line, `$1"$$SERVER"`)] = true
			}
		}
	}
	require.Greater(t, len(lines), 50)
	asked := map[string]bool{}
	kubectl := s.kubectl(t)
	for line := range lines {
		said, err := kubectl(line)
		require.NoError(t, err, "%s%s", line, said)
		assert.True(t, ports[s.last], "%sasks for what the port does not: %s", line, s.last)
		assert.NotEmpty(t, said, line)
		asked[s.last] = true
	}
	for one := range ports {
		assert.True(t, asked[one], "no runbook has a line for %s", one)
	}
	for _, wrong := range []string{"get deployment.v1.apps x --outptu json", "gte deployment.v1.apps x", "get deploymnt.v1.apps x"} {
		_, err := kubectl(`kubectl --server "$SERVER" ` + wrong)
		require.Error(t, err, wrong)
	}
}

// named is the API server that a line names.
var named = regexp.MustCompile(`( --server )\S+`)

// kept are the plans that the planner's tests keep.
func kept(t *testing.T) map[string]plan.Plan {
	t.Helper()
	files, err := filepath.Glob("../../recovery/planner/testdata/plans/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	out := map[string]plan.Plan{}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		out[filepath.Base(file)], err = plan.Decode(raw)
		require.NoError(t, err, file)
	}
	return out
}

// objects are the calls of a plan's steps about Kubernetes objects.
func objects(p plan.Plan) []plan.Call {
	var out []plan.Call
	for _, s := range p.Steps {
		out = append(out, s.Call, s.Condition.Call)
		if s.Undo != nil {
			out = append(out, *s.Undo)
		}
	}
	return slices.DeleteFunc(out, func(c plan.Call) bool { return c.Kind != plan.Kubernetes })
}

// remembering is an API server that has every object it is asked for, and remembers the last request for one.
type remembering struct{ last string }

// known are the kinds of the plans, as an API server tells them.
var known = map[string][]string{"apps/v1": {"Deployment", "deployments"}, "autoscaling/v2": {"HorizontalPodAutoscaler",
	"horizontalpodautoscalers"}, "keda.sh/v1alpha1": {"ScaledObject", "scaledobjects"}}

func (s *remembering) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	answer := doc{"apiVersion": "apps/v1", "kind": "Deployment",
		"metadata": doc{"name": "x", "annotations": doc{"autoscaling.keda.sh/paused": "true"}},
		"spec":     doc{"minReplicas": 1, "minReplicaCount": 1}, "status": doc{"replicas": 1, "readyReplicas": 1}}
	version := strings.TrimPrefix(r.URL.Path, "/apis/")
	switch kind := known[version]; {
	case r.URL.Path == "/version":
		answer = doc{"major": "1", "minor": "32", "gitVersion": "v1.32.0"}
	case r.URL.Path == "/api":
		answer = doc{"kind": "APIVersions", "versions": []string{"v1"}}
	case r.URL.Path == "/api/v1":
		answer = doc{"kind": "APIResourceList", "groupVersion": "v1", "resources": []doc{}}
	case r.URL.Path == "/apis":
		var groups []doc
		for v := range known {
			group, number, _ := strings.Cut(v, "/")
			one := doc{"groupVersion": v, "version": number}
			groups = append(groups, doc{"name": group, "versions": []doc{one}, "preferredVersion": one})
		}
		answer = doc{"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}
	case kind != nil:
		is := doc{"name": kind[1], "singularName": strings.ToLower(kind[0]), "namespaced": true, "kind": kind[0],
			"verbs": []string{"get", "patch"}}
		answer = doc{"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": version, "resources": []doc{is}}
	default:
		raw, _ := io.ReadAll(r.Body)
		var body any
		_ = json.Unmarshal(raw, &body)
		text, _ := json.Marshal(body)
		s.last = fmt.Sprintf("%s %s %s %s", r.Method, r.URL.Path, r.Header.Get("Content-Type"), text)
		if r.Method == http.MethodGet {
			s.last = "GET " + r.URL.Path
		}
	}
	_ = json.NewEncoder(w).Encode(answer)
}

// port is a port whose clusters are the server, and the server's address.
func (s *remembering) port(t *testing.T) (*awsport.Port, string) {
	t.Helper()
	server := httptest.NewTLSServer(s)
	t.Cleanup(server.Close)
	authority := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	o := homes()
	o.Clusters = map[system.Home]awsport.Cluster{}
	for _, home := range system.Homes {
		o.Clusters[home] = awsport.Cluster{Name: "atlas", Server: server.URL, Authority: base64.StdEncoding.EncodeToString(authority)}
	}
	return awsport.New(aws.Config{Credentials: aws.CredentialsProviderFunc(keys)}, o), server.URL
}

// kubectl runs a line as a shell does, which knows the address of the server, and returns what was said.
func (s *remembering) kubectl(t *testing.T) func(line string) (string, error) {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	home := t.TempDir()
	return func(line string) (string, error) {
		s.last = ""
		cmd := exec.CommandContext(t.Context(), "sh", "-euc", line)
		cmd.Env = append(os.Environ(), "HOME="+home, "KUBECONFIG="+filepath.Join(home, "none"), "SERVER="+server.URL)
		said, err := cmd.CombinedOutput()
		return string(said), err
	}
}
