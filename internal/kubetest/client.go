//go:build apps

package kubetest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// Object is a Kubernetes object, or an answer of the API server.
type Object = map[string]any

// kind is where the API server keeps the objects of a kind.
type kind struct {
	base, resource string
	namespaced     bool
}

// Refused is what the API server answered instead of what was asked for.
type Refused struct {
	Status          int
	Reason, Message string
}

// Error tells the answer.
func (r *Refused) Error() string { return fmt.Sprintf("%d %s: %s", r.Status, r.Reason, r.Message) }

func (c *Cluster) raw(ctx context.Context, method, path, content string, body []byte) (int, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.Server+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	if content != "" {
		req.Header.Set("Content-Type", content)
	}
	res, err := c.client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	out, err := io.ReadAll(res.Body)
	return res.StatusCode, out, err
}

// do asks the API server as its administrator.
func (c *Cluster) do(ctx context.Context, method, path, content string, body any) (Object, error) {
	var raw []byte
	if body != nil {
		var err error
		if raw, err = json.Marshal(body); err != nil {
			return nil, err
		}
	}
	status, answer, err := c.raw(ctx, method, path, content, raw)
	if err != nil {
		return nil, err
	}
	var out Object
	if err := json.Unmarshal(answer, &out); err != nil {
		return nil, fmt.Errorf("%s %s: %d: the answer is no document: %w", method, path, status, err)
	}
	if status >= http.StatusBadRequest {
		return nil, &Refused{status, Text(out, "reason"), Text(out, "message")}
	}
	return out, nil
}

// Path is where the API server keeps an object. It asks which kinds there are.
func (c *Cluster) Path(ctx context.Context, o Object) (string, error) {
	k, err := c.kindOf(ctx, Text(o, "apiVersion"), Text(o, "kind"))
	if err != nil {
		return "", err
	}
	path, ns := k.base, Text(o, "metadata", "namespace")
	if k.namespaced {
		if ns == "" {
			return "", fmt.Errorf("%s names no namespace", Title(o))
		}
		path += "/namespaces/" + ns
	} else if ns != "" {
		return "", fmt.Errorf("%s names a namespace, but is in none", Title(o))
	}
	return path + "/" + k.resource + "/" + url.PathEscape(Text(o, "metadata", "name")), nil
}

func (c *Cluster) kindOf(ctx context.Context, version, name string) (kind, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if k, known := c.kinds[version+" "+name]; known {
		return k, nil
	}
	base := "/apis/" + version
	if !strings.Contains(version, "/") {
		base = "/api/" + version
	}
	list, err := c.do(ctx, http.MethodGet, base, "", nil)
	if err != nil {
		return kind{}, fmt.Errorf("%s %s: %w", version, name, err)
	}
	for _, r := range List(list, "resources") {
		if resource := Text(r, "name"); !strings.Contains(resource, "/") {
			namespaced, _ := At(r, "namespaced").(bool)
			c.kinds[version+" "+Text(r, "kind")] = kind{base, resource, namespaced}
		}
	}
	k, known := c.kinds[version+" "+name]
	if !known {
		return k, fmt.Errorf("%s has no kind %s", version, name)
	}
	return k, nil
}

// Get reads an object of which kind, namespace and name are given.
func (c *Cluster) Get(ctx context.Context, o Object) (Object, error) {
	path, err := c.Path(ctx, o)
	if err != nil {
		return nil, err
	}
	return c.do(ctx, http.MethodGet, path, "", nil)
}

// Items lists what is at a path, such as /api/v1/nodes.
func (c *Cluster) Items(ctx context.Context, path string) ([]Object, error) {
	list, err := c.do(ctx, http.MethodGet, path, "", nil)
	return List(list, "items"), err
}

// Merge changes an object, or a subresource of it, by a JSON merge patch.
func (c *Cluster) Merge(ctx context.Context, o Object, subresource string, patch Object) error {
	path, err := c.Path(ctx, o)
	if err != nil {
		return err
	}
	if subresource != "" {
		path += "/" + subresource
	}
	_, err = c.do(ctx, http.MethodPatch, path+"?fieldValidation=Strict", "application/merge-patch+json", patch)
	return err
}

// Delete deletes an object of which kind, namespace and name are given, at once.
func (c *Cluster) Delete(ctx context.Context, o Object) error {
	path, err := c.Path(ctx, o)
	if err != nil {
		return err
	}
	_, err = c.do(ctx, http.MethodDelete, path+"?gracePeriodSeconds=0", "", nil)
	return err
}

// Evict asks for a pod to go, which a disruption budget may refuse.
// https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/
func (c *Cluster) Evict(ctx context.Context, pod Object) error {
	path, err := c.Path(ctx, pod)
	if err != nil {
		return err
	}
	_, err = c.do(ctx, http.MethodPost, path+"/eviction", "application/json", Object{
		"apiVersion": "policy/v1", "kind": "Eviction", "metadata": Object{
			"name": Text(pod, "metadata", "name"), "namespace": Text(pod, "metadata", "namespace")},
	})
	return err
}

// Client trusts the API server and sends no token of its own.
func (c *Cluster) Client() *http.Client { return c.client }

// AccountToken is a token of a service account, as its pods have one.
// https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/
func (c *Cluster) AccountToken(ctx context.Context, namespace, name string) (string, error) {
	out, err := c.do(ctx, http.MethodPost, "/api/v1/namespaces/"+namespace+"/serviceaccounts/"+name+"/token",
		"application/json", Object{"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": Object{}})
	return Text(out, "status", "token"), err
}

// Version is what the API server says that it is, such as v1.35.0.
func (c *Cluster) Version(ctx context.Context) (string, error) {
	out, err := c.do(ctx, http.MethodGet, "/version", "", nil)
	return Text(out, "gitVersion"), err
}
