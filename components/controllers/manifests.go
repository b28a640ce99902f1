package controllers

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"gopkg.in/yaml.v3"

	"redoubt/internal/naming"
)

// files are the manifests: rendered ahead of time, and written by hand.
//
//go:embed rendered/*.yaml own/*.yaml
var files embed.FS

// manifest is one Kubernetes object.
type manifest map[string]any

func (m manifest) text(key string) string { s, _ := m[key].(string); return s }

func (m manifest) meta(key string) string {
	meta, _ := m["metadata"].(map[string]any)
	s, _ := meta[key].(string)
	return s
}

// token is the type that the Kubernetes provider knows the object by: the group
// that has no name is called core.
func (m manifest) token() string {
	api := m.text("apiVersion")
	if !strings.Contains(api, "/") {
		api = "core/" + api
	}
	return "kubernetes:" + api + ":" + m.text("kind")
}

// part is the logical name of the object, below its component's.
func (m manifest) part() string {
	name := strings.ToLower(m.text("kind")) + "-" + strings.NewReplacer(".", "-", ":", "-").Replace(m.meta("name"))
	if ns := m.meta("namespace"); ns != "" {
		return ns + "-" + name
	}
	return name
}

// rank says when the object comes: namespaces and definitions, then what the
// controllers stand on, then the controllers, then what needs them.
func (m manifest) rank() int {
	switch kind := m.text("kind"); {
	case kind == "Namespace" || kind == "CustomResourceDefinition":
		return 0
	case kind == "Deployment" || kind == "DaemonSet":
		return 2
	case kind == "APIService" || kind == "PodDisruptionBudget" || strings.Contains(m.text("apiVersion"), ".istio.io/"):
		return 3
	default:
		return 1
	}
}

// ranks is how many ranks there are.
const ranks = 4

// parsed are the manifests as they stand in the files, read once: a home's program asks for them three times.
var parsed = sync.OnceValues(parse)

// manifests are every object, with a disruption budget for each controller. They are the caller's own.
func manifests() ([]manifest, error) {
	all, err := parsed()
	out := make([]manifest, len(all))
	for n, m := range all {
		out[n] = copied(map[string]any(m)).(map[string]any)
	}
	return out, err
}

// copied is a part of a manifest that shares nothing with it.
func copied(v any) any {
	switch at := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(at))
		for key, child := range at {
			out[key] = copied(child)
		}
		return out
	case []any:
		out := make([]any, len(at))
		for n, child := range at {
			out[n] = copied(child)
		}
		return out
	}
	return v
}

func parse() ([]manifest, error) {
	var out []manifest
	err := fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := files.ReadFile(path)
		if err != nil {
			return err
		}
		all, err := read(text)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		out = append(out, all...)
		return nil
	})
	for _, m := range out {
		if m.text("kind") == "Deployment" {
			out = append(out, budget(m))
		}
	}
	return out, err
}

func read(text []byte) ([]manifest, error) {
	var out []manifest
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	for {
		var m map[string]any
		switch err := decoder.Decode(&m); {
		case errors.Is(err, io.EOF):
			return out, nil
		case err != nil:
			return nil, err
		case m != nil:
			out = append(out, m)
		}
	}
}

// budget lets one replica of a controller go at a time.
func budget(deployment manifest) manifest {
	spec, _ := deployment["spec"].(map[string]any)
	return manifest{
		"apiVersion": "policy/v1", "kind": "PodDisruptionBudget",
		"metadata": map[string]any{"name": deployment.meta("name"), "namespace": deployment.meta("namespace")},
		"spec": map[string]any{
			"maxUnavailable": 1, "unhealthyPodEvictionPolicy": "AlwaysAllow", "selector": spec["selector"],
		},
	}
}

// Images lists the images of all controllers as their makers name them, sorted,
// for the registries of both homes to hold.
func Images() ([]string, error) {
	all, err := manifests()
	if err != nil {
		return nil, err
	}
	var out []string
	for _, m := range all {
		eachImage(map[string]any(m), func(image string) string {
			out = append(out, image)
			return image
		})
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// eachImage replaces the image of every container.
func eachImage(v any, replace func(string) string) {
	switch at := v.(type) {
	case map[string]any:
		for _, key := range []string{"initContainers", "containers"} {
			containers, _ := at[key].([]any)
			for _, c := range containers {
				container, _ := c.(map[string]any)
				if image, ok := container["image"].(string); ok {
					container["image"] = replace(image)
				}
			}
		}
		for _, child := range at {
			eachImage(child, replace)
		}
	}
}

// here makes every image the home's own.
func here(all []manifest, scope naming.Scope) {
	for _, m := range all {
		eachImage(map[string]any(m), scope.Image)
	}
}
