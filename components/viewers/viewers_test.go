package viewers_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/components/viewers"
	"redoubt/internal/pulumitest"
)

func args(int) *viewers.Args { return &viewers.Args{Group: "redoubt:viewers"} }

func suite() pulumitest.Suite[viewers.Args, *viewers.Viewers] {
	return pulumitest.Suite[viewers.Args, *viewers.Viewers]{
		Args: args, New: viewers.New, Cluster: true,
		Bad: []pulumitest.Bad[viewers.Args]{
			{Name: "no group", Mutate: func(a *viewers.Args) { a.Group = "" }, Want: "group is empty"},
		},
		Changes: []pulumitest.Change[viewers.Args]{
			{Name: "the group", Mutate: func(a *viewers.Args) { a.Group = "others" },
				Want: []string{"main group", "main-binding subjects"}},
		},
	}
}

func TestViewers_component(t *testing.T) {
	t.Parallel()
	suite().Run(t)
}

func TestViewers_lookAtNoSecretAndChangeNothing(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, suite().Program(args(0)))
	rules := r.Get(t, "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole", "main-role").Values()["rules"].([]any)
	require.Len(t, rules, len(viewers.Rules))
	for _, one := range rules {
		rule := one.(map[string]any)
		assert.Equal(t, []any{"get", "list", "watch"}, rule["verbs"])
		assert.NotContains(t, rule["apiGroups"], "*")
		assert.NotContains(t, rule["apiGroups"], "", "the core group has the secrets")
		assert.NotContains(t, rule["resources"], "*")
	}
}
