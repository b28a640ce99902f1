package awsport_test

import (
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/awsport"
	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
	"redoubt/system"
)

// seen is one request as an API server sees it.
type seen struct{ method, path, query, kind, token, body string }

// apiServer answers every request in one way and remembers the last one.
func apiServer(t *testing.T, status int, answer string) (*awsport.Port, string, *seen) {
	t.Helper()
	last := &seen{}
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		*last = seen{r.Method, r.URL.Path, r.URL.RawQuery, r.Header.Get("Content-Type"), r.Header.Get("Authorization"), string(raw)}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(answer))
	}))
	t.Cleanup(server.Close)
	authority := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	o := homes()
	o.Clusters = map[system.Home]awsport.Cluster{system.Secondary: {
		Name: "atlas", Server: server.URL, Authority: base64.StdEncoding.EncodeToString(authority)}}
	return awsport.New(aws.Config{Credentials: aws.CredentialsProviderFunc(keys)}, o), server.URL, last
}

func request(operation, server, version, kind string, more doc) plan.Call {
	in := doc{"Server": server, "ApiVersion": version, "Kind": kind, "Namespace": "agents", "Name": "gateway"}
	for name, value := range more {
		in[name] = value
	}
	return plan.Call{Kind: plan.Kubernetes, Home: system.Secondary, Service: "kubernetes", Operation: operation, Input: in}
}

func TestKubernetes_asksForTheObject(t *testing.T) {
	t.Parallel()
	port, server, last := apiServer(t, 200, `{"kind":"X","spec":{"replicas":3}}`)
	patch := doc{"spec": doc{"replicas": 2}}
	for want, c := range map[seen]plan.Call{
		{method: "GET", path: "/apis/apps/v1/namespaces/agents/deployments/gateway"}: request("Get", server, "apps/v1", "Deployment", nil),
		{method: "GET", path: "/api/v1/namespaces/agents/configmaps/gateway"}:        request("Get", server, "v1", "ConfigMap", nil),
		{method: "PATCH", path: "/apis/keda.sh/v1alpha1/namespaces/agents/scaledobjects/gateway",
			kind: "application/merge-patch+json", body: `{"spec":{"replicas":2}}`}: request("Patch", server, "keda.sh/v1alpha1", "ScaledObject",
			doc{"Patch": patch}),
		{method: "PATCH", path: "/apis/autoscaling/v2/namespaces/agents/horizontalpodautoscalers/gateway",
			kind: "application/merge-patch+json", body: `{"spec":{"replicas":2}}`}: request("Patch", server, "autoscaling/v2",
			"HorizontalPodAutoscaler", doc{"Patch": patch}),
		{method: "PATCH", path: "/apis/apps/v1/namespaces/agents/deployments/gateway/scale",
			kind: "application/merge-patch+json", body: `{"spec":{"replicas":2}}`}: request("Patch", server, "apps/v1", "Deployment",
			doc{"Patch": patch, "Subresource": "scale"}),
		{method: "PATCH", path: "/apis/networking.istio.io/v1alpha3/namespaces/agents/envoyfilters/gateway",
			query: "fieldManager=redoubt-drill&force=true", kind: "application/apply-patch+yaml",
			body: `{"apiVersion":"networking.istio.io/v1alpha3","kind":"EnvoyFilter","metadata":{"labels":{"a":"b"},` +
				`"name":"gateway","namespace":"agents"},"spec":{"replicas":2}}`}: request("Apply", server,
			"networking.istio.io/v1alpha3", "EnvoyFilter", doc{"Object": doc{"metadata": doc{"labels": doc{"a": "b"}}, "spec": patch["spec"]}}),
		{method: "DELETE", path: "/apis/batch/v1/namespaces/agents/jobs/gateway", kind: "application/json",
			body: `{"kind":"DeleteOptions","apiVersion":"v1","propagationPolicy":"Background"}`}: request("Delete", server, "batch/v1", "Job", nil),
		{method: "GET", path: "/api/v1/namespaces/agents/pods", query: "labelSelector=a%3Db"}: request("List", server, "v1", "Pod",
			doc{"Name": "", "Selector": "a=b"}),
	} {
		out, err := port.Call(t.Context(), c)
		require.NoError(t, err, want.path)
		assert.Equal(t, doc{"kind": "X", "spec": doc{"replicas": 3.0}}, out)
		got := *last
		assert.True(t, strings.HasPrefix(got.token, "Bearer k8s-aws-v1."), got.token)
		got.token = ""
		assert.Equal(t, want, got)
	}
}

// TestKubernetes_tokenNamesTheCluster takes a token apart: a signed question to
// STS in the home's region, of one minute, that holds for this cluster alone.
func TestKubernetes_tokenNamesTheCluster(t *testing.T) {
	t.Parallel()
	port, server, last := apiServer(t, 200, `{}`)
	_, err := port.Call(t.Context(), request("Get", server, "apps/v1", "Deployment", nil))
	require.NoError(t, err)
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(last.token, "Bearer k8s-aws-v1."))
	require.NoError(t, err)
	question, err := url.Parse(string(raw))
	require.NoError(t, err)
	q := question.Query()
	assert.Equal(t, "sts.eu-central-1.amazonaws.com", question.Host)
	assert.Equal(t, "GetCallerIdentity", q.Get("Action"))
	assert.Equal(t, "60", q.Get("X-Amz-Expires"))
	assert.Equal(t, "host;x-k8s-aws-id", q.Get("X-Amz-SignedHeaders"))
	assert.Contains(t, q.Get("X-Amz-Credential"), "/eu-central-1/sts/aws4_request")
	assert.NotEmpty(t, q.Get("X-Amz-Signature"))
}

func TestKubernetes_classesErrors(t *testing.T) {
	t.Parallel()
	for want, c := range map[execute.Class]struct {
		status int
		reason string
	}{
		execute.NotFound: {404, "NotFound"}, execute.Conflict: {409, "Conflict"}, execute.Denied: {403, "Forbidden"},
		execute.Invalid: {422, "Invalid"}, execute.Throttled: {429, "TooManyRequests"}, execute.Unreachable: {503, ""},
	} {
		raw, err := json.Marshal(doc{"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": c.status,
			"reason": c.reason, "message": "no", "details": doc{"retryAfterSeconds": 1}})
		require.NoError(t, err)
		port, server, _ := apiServer(t, c.status, string(raw))
		_, err = port.Call(t.Context(), request("Get", server, "apps/v1", "Deployment", nil))
		require.Error(t, err)
		assert.Equal(t, want, execute.ClassOf(err), "%v", err)
	}
}

// TestKubernetes_believesNoOtherServer neither sends a token to another address,
// nor trusts another certificate at the right one.
func TestKubernetes_believesNoOtherServer(t *testing.T) {
	t.Parallel()
	port, server, last := apiServer(t, 200, `{}`)
	_, err := port.Call(t.Context(), request("Get", server+"0", "v1", "Pod", nil))
	require.ErrorContains(t, err, "want that of the secondary home")
	o := homes()
	o.Clusters = map[system.Home]awsport.Cluster{system.Secondary: {Name: "atlas", Server: server}}
	stranger := awsport.New(aws.Config{Credentials: aws.CredentialsProviderFunc(keys)}, o)
	_, err = stranger.Call(t.Context(), request("Get", server, "v1", "Pod", nil))
	require.ErrorContains(t, err, "certificate")
	assert.Equal(t, execute.Unreachable, execute.ClassOf(err))
	assert.Empty(t, last.token)
}

func TestKubernetes_refusesAWrongRequest(t *testing.T) {
	t.Parallel()
	port, server, last := apiServer(t, 200, `{}`)
	for want, c := range map[string]plan.Call{
		"member Patch is missing":  request("Patch", server, "apps/v1", "Deployment", nil),
		"which has no Patch":       request("Get", server, "apps/v1", "Deployment", doc{"Patch": doc{}}),
		"member Object is missing": request("Apply", server, "batch/v1", "Job", nil),
		"which has no Object":      request("Delete", server, "batch/v1", "Job", doc{"Object": doc{}}),
		"which has no Selector":    request("Get", server, "v1", "Pod", doc{"Name": "", "Selector": "a=b"}),
		`operation is "Put"`:       request("Put", server, "apps/v1", "Deployment", nil),
		"Name is missing":          request("Get", server, "apps/v1", "Deployment", doc{"Name": ""}),
		`"a/b" is no name`:         request("Get", server, "apps/v1", "Deployment", doc{"Name": "a/b"}),
		`unknown field "Foo"`:      request("Get", server, "apps/v1", "Deployment", doc{"Foo": 1}),
		"a/b/c":                    request("Get", server, "a/b/c", "Deployment", nil),
	} {
		_, err := port.Call(t.Context(), c)
		require.ErrorContains(t, err, want)
		assert.Equal(t, execute.Invalid, execute.ClassOf(err), "%v", err)
	}
	assert.Empty(t, last.method)
}
