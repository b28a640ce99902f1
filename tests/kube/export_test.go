//go:build apps

package kube

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/components/configuration"
	"redoubt/internal/export"
	"redoubt/internal/kubetest"
	"redoubt/inventory/objects"
	"redoubt/system"
	"redoubt/tests/homes"
)

// TestExport_comesBackOnABlankCluster reads a home's objects from its API server
// with the declared rights of the export and no others, and applies what is kept to a cluster that has the
// controllers alone: all of it is taken, and so are the declared objects over it.
func TestExport_comesBackOnABlankCluster(t *testing.T) {
	t.Parallel()
	namespace, all := homes.System(t).Name, declared(t, system.Primary)
	full, blank := kubetest.Start(t, kubetest.Options{}), kubetest.Start(t, kubetest.Options{})
	require.NoError(t, full.ApplyAll(t.Context(), all))
	token, err := full.AccountToken(t.Context(), namespace, configuration.Exporter)
	require.NoError(t, err)
	reader := export.Cluster{Server: full.Server, Client: full.Client(),
		Token: func() (string, error) { return token, nil }}
	found, err := reader.Objects(t.Context(), namespace)
	require.NoError(t, err)
	kept := objects.Keep(namespace, found)
	doc, err := kept.Encode()
	require.NoError(t, err)
	items, err := objects.Decode(doc)
	require.NoError(t, err)

	isKept := func(o object) bool {
		return slices.ContainsFunc(items, func(k objects.Object) bool { return kubetest.Title(k) == kubetest.Title(o) })
	}
	require.NoError(t, blank.ApplyAll(t.Context(), slices.DeleteFunc(slices.Clone(all), isKept)))
	for _, o := range items {
		_, err := blank.Apply(t.Context(), plain(t, o))
		assert.NoError(t, err, "the order of the export")
	}
	require.NoError(t, blank.ApplyAll(t.Context(), all))
	says(t, "that has the controllers alone: %d objects", len(items))
	_, err = (&export.Cluster{Server: full.Server, Client: full.Client(),
		Token: func() (string, error) { return token, nil }}).Objects(t.Context(), "kube-system")
	assert.ErrorContains(t, err, "403", "its rights are those of the system's namespace")
}
