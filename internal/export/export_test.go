package export

import (
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/inventory/objects"
)

// apiServer answers as an API server does, with the given answers by path and
// query; what is not among them is not found.
func apiServer(t *testing.T, answers map[string]string) (*Cluster, func() []string) {
	t.Helper()
	var mu sync.Mutex
	var asked []string
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, r.Method+" "+r.URL.Path)
		assert.Equal(t, "Bearer second", r.Header.Get("Authorization"), "the token is read for each request")
		key := r.URL.Path
		if next := r.URL.Query().Get("continue"); next != "" {
			key += " " + next
		}
		if answer, ok := answers[key]; ok {
			_, _ = io.WriteString(w, answer)
			return
		}
		http.NotFound(w, r)
	}))
	t.Cleanup(server.Close)

	mount := t.TempDir()
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	require.NoError(t, os.WriteFile(filepath.Join(mount, "ca.crt"), ca, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(mount, "token"), []byte("first\n"), 0o600))
	at, err := url.Parse(server.URL)
	require.NoError(t, err)
	c, err := InCluster(at.Hostname(), at.Port(), mount)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(mount, "token"), []byte("second\n"), 0o600))
	return c, func() []string {
		mu.Lock()
		defer mu.Unlock()
		return asked
	}
}

// written is what a bucket was given.
type written struct {
	method, path, body, contentType, checksum string
}

// bucket is a client of S3 whose bucket is in this process.
func bucket(t *testing.T, status int) (*s3.Client, *[]written) {
	t.Helper()
	var got []written
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		got = append(got, written{r.Method, r.URL.Path, string(body), r.Header.Get("Content-Type"),
			r.Header.Get("X-Amz-Checksum-Crc32")})
		w.Header().Set("X-Amz-Version-Id", "v7")
		w.WriteHeader(status)
	}))
	t.Cleanup(server.Close)
	return s3.New(s3.Options{
		Region: "eu-west-1", BaseEndpoint: aws.String(server.URL), UsePathStyle: true, RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	}), &got
}

var options = Options{Namespace: "atlas", Bucket: "kept", Key: "kubernetes/primary/objects.json"}

func namespaceAnd(more map[string]string) map[string]string {
	out := map[string]string{"/api/v1/namespaces/atlas": `{"metadata":{"name":"atlas","uid":"1"}}`}
	for k, v := range more {
		out[k] = v
	}
	return out
}

func TestRun_writesWhatTheClusterHolds(t *testing.T) {
	t.Parallel()
	c, asked := apiServer(t, namespaceAnd(map[string]string{
		"/apis/apps/v1/namespaces/atlas/deployments": `{"metadata":{"continue":"more"},"items":[
			{"metadata":{"name":"worker","namespace":"atlas","resourceVersion":"7"},"spec":{"replicas":12},"status":{}}]}`,
		"/apis/apps/v1/namespaces/atlas/deployments more": `{"items":[
			{"metadata":{"name":"gateway","namespace":"atlas"},
			 "spec":{"containers":[{"env":[{"name":"A_TOKEN","value":"hush"}]}]}}]}`,
	}))
	b, got := bucket(t, http.StatusOK)
	done, err := Run(t.Context(), c, b, options)
	require.NoError(t, err)
	assert.Equal(t, Result{Objects: 3, Withheld: []string{"Deployment gateway: env A_TOKEN"}, Version: "v7"}, done)

	require.Len(t, *got, 1)
	w := (*got)[0]
	assert.Equal(t, "PUT /kept/kubernetes/primary/objects.json", w.method+" "+w.path)
	assert.Equal(t, "application/json", w.contentType)
	assert.NotEmpty(t, w.checksum)
	kept, err := objects.Decode([]byte(w.body))
	require.NoError(t, err)
	var names []string
	for _, o := range kept {
		names = append(names, fmt.Sprint(o["kind"], " ", o["metadata"].(map[string]any)["name"]))
	}
	assert.Equal(t, []string{"Namespace atlas", "Deployment gateway", "Deployment worker"}, names)
	assert.EqualValues(t, 12, kept[2]["spec"].(map[string]any)["replicas"])
	assert.NotContains(t, w.body, "hush")

	for _, line := range asked() {
		assert.True(t, strings.HasPrefix(line, "GET "), line)
		assert.NotContains(t, line, "secrets")
	}
	assert.Len(t, asked(), len(objects.Kinds)+1)
}

func TestRun_writesNothingWhenTheClusterSaysLess(t *testing.T) {
	t.Parallel()
	refusing, _ := apiServer(t, nil)
	refusing.Token = func() (string, error) { return "", os.ErrNotExist }
	nowhere, _ := apiServer(t, nil)
	nowhere.Server = "https://127.0.0.1:1"
	empty, _ := apiServer(t, nil)
	broken, _ := apiServer(t, namespaceAnd(map[string]string{"/api/v1/namespaces/atlas/services": "<html>"}))
	right, _ := apiServer(t, namespaceAnd(nil))
	for _, c := range []struct {
		name    string
		cluster *Cluster
		options Options
		want    string
	}{
		{"no token", refusing, options, "read namespaces: token"},
		{"no API server", nowhere, options, "read namespaces"},
		{"no namespace", empty, options, `the cluster has no namespace "atlas"`},
		{"not JSON", broken, options, "read services"},
		{"no options", right, Options{}, "namespace is empty\nbucket is empty\nkey is empty"},
	} {
		b, got := bucket(t, http.StatusOK)
		_, err := Run(t.Context(), c.cluster, b, c.options)
		require.ErrorContains(t, err, c.want, c.name)
		assert.Empty(t, *got, c.name)
	}
}

func TestRun_tellsRefusals(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		_ = json.NewEncoder(w).Encode(map[string]string{"message": "cannot get namespaces"})
	}))
	t.Cleanup(server.Close)
	c := &Cluster{Server: server.URL, Client: server.Client(), Token: func() (string, error) { return "second", nil }}
	b, got := bucket(t, http.StatusOK)
	_, err := Run(t.Context(), c, b, options)
	require.ErrorContains(t, err, "answers 403 Forbidden to /api/v1/namespaces/atlas")
	require.ErrorContains(t, err, "cannot get namespaces")
	assert.Empty(t, *got)

	right, _ := apiServer(t, namespaceAnd(nil))
	b, _ = bucket(t, http.StatusForbidden)
	_, err = Run(t.Context(), right, b, options)
	assert.ErrorContains(t, err, "write kept/kubernetes/primary/objects.json")
}

func TestInCluster_needsAPod(t *testing.T) {
	t.Parallel()
	_, err := InCluster("", "443", Mount)
	require.ErrorContains(t, err, "this runs in a pod")
	mount := t.TempDir()
	_, err = InCluster("172.21.0.1", "443", mount)
	require.ErrorContains(t, err, "authority of the API server")
	require.NoError(t, os.WriteFile(filepath.Join(mount, "ca.crt"), []byte("nothing"), 0o600))
	_, err = InCluster("172.21.0.1", "443", mount)
	assert.ErrorContains(t, err, "no certificate")
}
