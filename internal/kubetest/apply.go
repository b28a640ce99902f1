//go:build apps

package kubetest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
)

// Apply writes an object as the Kubernetes provider does, by server-side apply. An
// unknown field, a value of the wrong kind and whatever else the schema forbids is refused.
// https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation
func (c *Cluster) Apply(ctx context.Context, o Object) (Object, error) {
	return c.apply(ctx, o, "fieldManager=redoubt&force=true&fieldValidation=Strict")
}

// Try asks whether an object would be taken, and changes nothing.
func (c *Cluster) Try(ctx context.Context, o Object) error {
	_, err := c.apply(ctx, o, "fieldManager=redoubt&force=true&fieldValidation=Strict&dryRun=All")
	return err
}

func (c *Cluster) apply(ctx context.Context, o Object, query string) (Object, error) {
	path, err := c.Path(ctx, o)
	if err != nil {
		return nil, err
	}
	var out Object
	err = c.Until(ctx, Title(o)+" is answered", func(ctx context.Context) (bool, error) {
		var err error
		if out, err = c.do(ctx, http.MethodPatch, path+"?"+query, "application/apply-patch+yaml", o); later(err) {
			return false, nil
		}
		return true, err
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", Title(o), err)
	}
	return out, nil
}

// later reports whether the API server was only busy, as it is while it begins to
// serve a new kind.
func later(err error) bool {
	refused := (*Refused)(nil)
	return errors.As(err, &refused) &&
		(refused.Status == http.StatusTooManyRequests || refused.Status == http.StatusServiceUnavailable)
}

// first are the kinds on which others stand, and last those that stand on others.
var (
	first = []string{"Namespace", "CustomResourceDefinition", "PriorityClass", "ServiceAccount", "ClusterRole", "Role",
		"ConfigMap", "Secret"}
	last = []string{"APIService"}
)

// InOrder sorts objects so that each comes after what it stands on.
func InOrder(all []Object) []Object {
	rank := func(o Object) int {
		kind := Text(o, "kind")
		if n := slices.Index(first, kind); n >= 0 {
			return n
		}
		return len(first) + 1 + slices.Index(last, kind)
	}
	return slices.SortedStableFunc(slices.Values(all), func(a, b Object) int { return cmp.Compare(rank(a), rank(b)) })
}

// ApplyAll applies objects in order and reports every one that is refused. A
// definition is waited for until its kind is served.
func (c *Cluster) ApplyAll(ctx context.Context, all []Object) error {
	var errs []error
	for _, o := range InOrder(all) {
		_, err := c.Apply(ctx, o)
		if err == nil && Text(o, "kind") == "CustomResourceDefinition" {
			err = c.Until(ctx, Title(o)+" is served", func(ctx context.Context) (bool, error) { return c.served(ctx, o) })
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func (c *Cluster) served(ctx context.Context, definition Object) (bool, error) {
	kind := Text(definition, "spec", "names", "kind")
	for _, v := range List(definition, "spec", "versions") {
		if served, _ := v["served"].(bool); !served {
			continue
		}
		_, err := c.kindOf(ctx, Text(definition, "spec", "group")+"/"+Text(v, "name"), kind)
		if refused := (*Refused)(nil); errors.As(err, &refused) && refused.Status != http.StatusNotFound &&
			refused.Status != http.StatusServiceUnavailable {
			return false, err
		}
		if err != nil {
			return false, nil
		}
	}
	return true, nil
}
