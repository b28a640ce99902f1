//go:build judge

package offered

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/system"
	"redoubt/tests/example"
	"redoubt/tools/judge/exampletest"
	"redoubt/tools/judge/report"
)

func TestOffered_everythingThatTheExampleAsksFor(t *testing.T) {
	t.Parallel()
	j := find(t)
	types := map[string]bool{}
	for n, home := range system.Homes {
		var all []Resource
		for _, res := range exampletest.Registered(t) {
			if _, asked := questions[res.Token]; asked && res.Home == home {
				all, types[res.Token] = append(all, Resource{res.Token, res.Inputs}), true
			}
		}
		found, err := j.Check(context.Background(), example.Regions()[n], all...)
		require.NoError(t, err)
		for at, faults := range found {
			assert.Empty(t, faults, "%s: %s %v", home, all[at].Token, all[at].Inputs)
		}
	}
	assert.Len(t, types, len(questions), "the example has all types that are asked about: %v", types)
	report.Keep(t, "../report", "35-offered", fmt.Sprintf(section, j.Asked(), len(types)), report.Update())
}

const section = `## Versions and machines beside what AWS offers

The upstream provider takes any text for the version of an engine. cfn-lint carries what AWS says that it has in each
region, and is asked about every version of Aurora PostgreSQL and Valkey and every type of machine that the example names.

- Different questions about both homes: **%d**, of %d resource types. Refused: 0.

Broken on purpose in the judge's own test: a version that never was, one that AWS no longer takes for a new cluster, and
a machine that is not. What it cannot see: what changed since its lists were made, and whether a zone has the machines.
`

func TestCheck_refusesWhatAWSDoesNotHave(t *testing.T) {
	t.Parallel()
	j := find(t)
	cases := []struct {
		name, token string
		in          map[string]any
		want        string
	}{
		{"a version", "aws:rds/cluster:Cluster", map[string]any{"engine": "aurora-postgresql", "engineVersion": "16.6"}, ""},
		{"a version that never was", "aws:rds/cluster:Cluster",
			map[string]any{"engine": "aurora-postgresql", "engineVersion": "16.99"},
			"'16.99' is not one that AWS has in eu-west-1"},
		{"a version of the past", "aws:rds/cluster:Cluster",
			map[string]any{"engine": "aurora-postgresql", "engineVersion": "16.3"}, "deprecated"},
		{"a cache's version that never was", "aws:elasticache/replicationGroup:ReplicationGroup",
			map[string]any{"engine": "valkey", "engineVersion": "16.6", "nodeType": "cache.r7g.large"}, "'16.6'"},
		{"a machine that is not", "aws:eks/nodeGroup:NodeGroup",
			map[string]any{"instanceTypes": []any{"m7g.huge"}}, "'m7g.huge'"},
		{"what is not known yet", "aws:rds/cluster:Cluster", map[string]any{}, ""},
		{"another type", "aws:ec2/vpc:Vpc", map[string]any{"engine": "none"}, ""},
	}
	var all []Resource
	for _, c := range cases {
		all = append(all, Resource{c.token, c.in})
	}
	for range 2 { // the second time it knows the answers
		got, err := j.Check(context.Background(), "eu-west-1", all...)
		require.NoError(t, err)
		for n, c := range cases {
			if c.want == "" {
				assert.Empty(t, got[n], c.name)
				continue
			}
			assert.Contains(t, strings.Join(got[n], "; "), c.want, c.name)
		}
	}
	assert.Equal(t, 5, j.Asked())
}

// find returns the judge. Without it, it says loudly that nothing is judged; in
// CI that is a failure.
func find(t *testing.T) *Judge {
	t.Helper()
	j, err := Find()
	if errors.Is(err, ErrAbsent) && os.Getenv("CI") == "" {
		t.Skip("NOT JUDGED: " + err.Error())
	}
	require.NoError(t, err)
	return j
}
