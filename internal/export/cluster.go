// Package export writes the Kubernetes objects of a home into the home's
// configuration bucket: it asks the cluster's API server, keeps what
// inventory/objects keeps, and puts one object. It runs in the cluster, by a CronJob.
package export

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"redoubt/inventory/objects"
)

// Mount is where a pod finds the token of its service account and the
// authority of the API server:
// https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/#directly-accessing-the-rest-api
const Mount = "/var/run/secrets/kubernetes.io/serviceaccount"

const (
	// pageSize is how many objects the API server is asked for at once.
	pageSize = 500
	// maxAnswer is the most bytes of an answer that are read.
	maxAnswer = 64 << 20
	timeout   = 30 * time.Second
)

// Cluster is a Kubernetes API server as it is asked.
type Cluster struct {
	// Server is its address, with the scheme and without a path.
	Server string
	// Token reads the token that each request carries; it changes while the pod runs.
	Token  func() (string, error)
	Client *http.Client
}

// InCluster is the API server of the cluster that this pod runs in. Host and
// port are what Kubernetes puts into the environment as KUBERNETES_SERVICE_HOST and _PORT.
func InCluster(host, port, mount string) (*Cluster, error) {
	if host == "" || port == "" {
		return nil, errors.New("no API server in the environment: this runs in a pod")
	}
	authority, err := os.ReadFile(filepath.Join(mount, "ca.crt"))
	if err != nil {
		return nil, fmt.Errorf("authority of the API server: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(authority) {
		return nil, fmt.Errorf("authority of the API server: no certificate in %s", filepath.Join(mount, "ca.crt"))
	}
	return &Cluster{
		Server: "https://" + net.JoinHostPort(host, port),
		Token: func() (string, error) {
			token, err := os.ReadFile(filepath.Join(mount, "token"))
			return strings.TrimSpace(string(token)), err
		},
		Client: &http.Client{Timeout: timeout, Transport: &http.Transport{
			TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12},
		}},
	}, nil
}

// page is an answer of the API server: one object, or a part of a list
// (https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks).
type page struct {
	Items    []objects.Object `json:"items"`
	Metadata struct {
		Continue string `json:"continue"`
	} `json:"metadata"`
}

// Objects reads the objects of every kept kind that belong to the namespace. A
// kind that the cluster does not know has none.
func (c *Cluster) Objects(ctx context.Context, namespace string) ([]objects.Object, error) {
	var out []objects.Object
	for _, kind := range objects.Kinds {
		found, err := c.read(ctx, kind, namespace)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", kind.Plural, err)
		}
		for _, o := range found { // items of a list do not say what they are
			o["apiVersion"], o["kind"] = kind.APIVersion, kind.Kind
		}
		out = append(out, found...)
	}
	return out, nil
}

// read reads the objects of one kind.
func (c *Cluster) read(ctx context.Context, kind objects.Kind, namespace string) ([]objects.Object, error) {
	if kind.Scope != objects.Itself {
		return c.List(ctx, kind.Path(namespace))
	}
	doc, err := c.get(ctx, kind.Path(namespace), url.Values{})
	if err != nil || doc == nil {
		return nil, err
	}
	var one objects.Object
	err = json.Unmarshal(doc, &one)
	return []objects.Object{one}, err
}

// List reads a list, page by page. One that the cluster does not know is empty.
func (c *Cluster) List(ctx context.Context, path string) ([]objects.Object, error) {
	var out []objects.Object
	for next := ""; ; {
		query := url.Values{"limit": {fmt.Sprint(pageSize)}}
		if next != "" {
			query.Set("continue", next)
		}
		doc, err := c.get(ctx, path, query)
		if err != nil || doc == nil {
			return out, err
		}
		var p page
		if err := json.Unmarshal(doc, &p); err != nil {
			return nil, err
		}
		out = append(out, p.Items...)
		if next = p.Metadata.Continue; next == "" {
			return out, nil
		}
	}
}

// get asks once. What is not there is nil, any other refusal an error.
func (c *Cluster) get(ctx context.Context, path string, query url.Values) ([]byte, error) {
	token, err := c.Token()
	if err != nil {
		return nil, fmt.Errorf("token: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.Server+path+"?"+query.Encode(), nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Accept", "application/json")
	res, err := c.Client.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	doc, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, err
	case res.StatusCode == http.StatusNotFound:
		return nil, nil
	case res.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("the API server answers %s to %s: %.200s", res.Status, path, doc)
	case len(doc) > maxAnswer:
		return nil, fmt.Errorf("the API server answers more than %d bytes to %s", maxAnswer, path)
	}
	return doc, nil
}
