//go:build judge

package differential

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"redoubt/tools/judge/exampletest"
)

// exampleBases returns what the example program registers, so that what is
// judged is what is really sent. Of the resources of one type that set the same
// properties, one is enough.
func exampleBases(t *testing.T, types map[string]*Judged) []Base {
	t.Helper()
	var out []Base
	met := map[string]bool{}
	for _, res := range exampletest.Registered(t) {
		shape := res.Token + " " + shapeOf(res.Inputs)
		if types[res.Token] != nil && !met[shape] {
			out = append(out, Base{Token: res.Token, Name: string(res.Home) + " " + res.Name, Inputs: asInvented(res)})
		}
		met[shape] = true
	}
	return out
}

// asInvented are the inputs with ids in the form that AppConfig gives its own; the mocks invent longer ones, or none.
func asInvented(res exampletest.Resource) map[string]any {
	if !strings.HasPrefix(res.Token, "aws:appconfig/") {
		return res.Inputs
	}
	out := maps.Clone(res.Inputs)
	for _, id := range []string{"applicationId", "configurationProfileId", "deploymentStrategyId", "environmentId"} {
		if _, has := out[id]; has {
			out[id] = "a1b2c3d"
		}
	}
	return out
}

// shapeOf writes which properties an object sets, at any depth.
func shapeOf(in map[string]any) string {
	var paths []string
	walk(in, nil, func(at Path, _ any) {
		if p := at.Pattern(); !slices.Contains(paths, p) && !strings.HasPrefix(p, "tags.") {
			paths = append(paths, p)
		}
	})
	return strings.Join(paths, " ")
}
