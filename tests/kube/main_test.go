//go:build apps

package kube

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"redoubt/internal/kubetest"
	"redoubt/system"
	"redoubt/tests/homes"
)

// object is a Kubernetes object.
type object = kubetest.Object

// TestMain tries nothing where the control plane is not built, which it says and
// CI does not allow.
func TestMain(m *testing.M) {
	if err := kubetest.Missing(); err != nil {
		fmt.Println("NOT TRIED: a real Kubernetes control plane;", err)
		if os.Getenv("CI") == "true" {
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// regions are where the example's homes are.
var regions = map[system.Home]string{system.Primary: homes.Ireland, system.Secondary: homes.Frankfurt}

// declared are the Kubernetes objects of a home as the program sends them.
func declared(t testing.TB, home system.Home) []object {
	t.Helper()
	var out []object
	for _, e := range homes.Standing(t).Find(regions[home], "Kubernetes::Object", nil) {
		out = append(out, plain(t, e.In["Object"]))
	}
	require.NotEmpty(t, out)
	return out
}

// plain is a copy of an object with JSON's own types alone.
func plain(t testing.TB, v any) object {
	t.Helper()
	raw, err := json.Marshal(v)
	require.NoError(t, err)
	var out object
	require.NoError(t, json.Unmarshal(raw, &out))
	return out
}

// root is the folder of the example project.
var root = filepath.Join("..", "..")
