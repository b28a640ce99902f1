package awsport

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/api/validation/path"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"

	"redoubt/recovery/plan"
	"redoubt/system"
)

// kubernetesInput names an object, and what becomes of it: for a Patch a JSON merge patch, for an Apply all of it but
// what names it. A List names a kind and the labels that pick.
type kubernetesInput struct {
	// Server is the address of the API server; it must be that of the home's cluster.
	Server           string
	ApiVersion, Kind string
	Namespace, Name  string
	Subresource      string
	Patch            plan.Document
	Object           plan.Document
	Selector         string
}

// fieldManager is who owns the fields that an Apply sets:
// https://kubernetes.io/docs/reference/using-api/server-side-apply/
const fieldManager = "redoubt-drill"

func readKubernetesInput(in plan.Document) (kubernetesInput, error) {
	var out kubernetesInput
	raw, err := json.Marshal(in)
	if err != nil {
		return out, err
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&out); err != nil {
		return out, err
	}
	var errs []error
	for name, value := range map[string]string{"Server": out.Server, "ApiVersion": out.ApiVersion, "Kind": out.Kind,
		"Name": out.Name} {
		if value == "" && (name != "Name" || out.Selector == "") {
			errs = append(errs, fmt.Errorf("%s is missing", name))
		}
	}
	for _, segment := range []string{out.Namespace, out.Name, out.Subresource} {
		for _, why := range path.IsValidPathSegmentName(segment) {
			errs = append(errs, fmt.Errorf("%q is no name: %s", segment, why))
		}
	}
	return out, errors.Join(errs...)
}

// path is where the API server keeps the object:
// https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris
func (k kubernetesInput) path() (string, error) {
	version, err := schema.ParseGroupVersion(k.ApiVersion)
	if err != nil {
		return "", err
	}
	resource, _ := meta.UnsafeGuessKindToResource(version.WithKind(k.Kind))
	parts := []string{"/apis", version.Group, version.Version}
	if version.Group == "" {
		parts = []string{"/api", version.Version}
	}
	if k.Namespace != "" {
		parts = append(parts, "namespaces", k.Namespace)
	}
	if parts = append(parts, resource.Resource); k.Name != "" {
		parts = append(parts, k.Name)
	}
	if k.Subresource != "" {
		parts = append(parts, k.Subresource)
	}
	return strings.Join(parts, "/"), nil
}

// kubernetes makes one request to the API server of a home's cluster.
func (p *Port) kubernetes(ctx context.Context, s session, c plan.Call) (plan.Document, error) {
	in, err := readKubernetesInput(c.Input)
	if err != nil {
		return nil, &badInput{err}
	}
	at, err := in.path()
	if err != nil {
		return nil, &badInput{err}
	}
	client, err := p.cluster(c.Home, in.Server)
	if err != nil {
		return nil, &badInput{err}
	}
	request, err := in.request(client, c.Operation)
	if err != nil {
		return nil, &badInput{err}
	}
	token, err := clusterToken(ctx, s.Config, p.opts.Clusters[c.Home].Name)
	if err != nil {
		return nil, err
	}
	raw, err := request.AbsPath(at).MaxRetries(0).SetHeader("Authorization", "Bearer "+token).Do(ctx).Raw()
	if err != nil {
		return nil, err
	}
	var out plan.Document
	if err := json.Unmarshal(raw, &out); err != nil {
		return nil, fmt.Errorf("the answer is no document: %w", err)
	}
	return out, nil
}

func (k kubernetesInput) request(client *rest.RESTClient, operation string) (*rest.Request, error) {
	for member, of := range map[string]struct {
		given bool
		to    string
	}{"Patch": {k.Patch != nil, "Patch"}, "Object": {k.Object != nil, "Apply"}, "Selector": {k.Selector != "", "List"}} {
		switch {
		case of.to == operation && !of.given:
			return nil, fmt.Errorf("member %s is missing, which %s wants", member, operation)
		case of.to != operation && of.given:
			return nil, fmt.Errorf("operation is %q, which has no %s", operation, member)
		}
	}
	switch operation {
	case "Get":
		return client.Get(), nil
	case "List":
		return client.Get().Param("labelSelector", k.Selector), nil
	case "Patch":
		raw, err := json.Marshal(k.Patch)
		return client.Patch(types.MergePatchType).Body(raw), err
	case "Apply":
		raw, err := json.Marshal(k.whole())
		return client.Patch(types.ApplyPatchType).Param("fieldManager", fieldManager).Param("force", "true").Body(raw), err
	case "Delete": // what it owns goes, too
		raw, err := json.Marshal(metav1.DeleteOptions{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "DeleteOptions"},
			PropagationPolicy: new(metav1.DeletePropagationBackground)})
		return client.Delete().SetHeader("Content-Type", "application/json").Body(raw), err
	default:
		return nil, fmt.Errorf("operation is %q, want Get, List, Patch, Apply or Delete", operation)
	}
}

// whole is the object that an Apply sends.
func (k kubernetesInput) whole() plan.Document {
	out, meta := maps.Clone(k.Object), plan.Document{}
	if given, is := k.Object["metadata"].(plan.Document); is {
		meta = maps.Clone(given)
	}
	meta["name"] = k.Name
	if k.Namespace != "" {
		meta["namespace"] = k.Namespace
	}
	out["apiVersion"], out["kind"], out["metadata"] = k.ApiVersion, k.Kind, meta
	return out
}

// cluster returns the client of a home's cluster. Another server than the
// home's is refused: it would be handed the caller's token.
func (p *Port) cluster(home system.Home, server string) (*rest.RESTClient, error) {
	of := p.opts.Clusters[home]
	if of.Server == "" || of.Server != server {
		return nil, fmt.Errorf("member Server is %q, want that of the %s home, %q", server, home, of.Server)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if client := p.clusters[home]; client != nil {
		return client, nil
	}
	authority, err := base64.StdEncoding.DecodeString(of.Authority)
	if err != nil {
		return nil, fmt.Errorf("the certificate authority of the %s home's cluster is no base64: %w", home, err)
	}
	scheme := runtime.NewScheme()
	metav1.AddToGroupVersion(scheme, schema.GroupVersion{Version: "v1"})
	client, err := rest.UnversionedRESTClientFor(&rest.Config{
		Host: server, TLSClientConfig: rest.TLSClientConfig{CAData: authority}, QPS: -1,
		ContentConfig: rest.ContentConfig{NegotiatedSerializer: serializer.NewCodecFactory(scheme).WithoutConversion()},
	})
	if err != nil {
		return nil, err
	}
	p.clusters[home] = client
	return client, nil
}
