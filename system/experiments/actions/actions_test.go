package actions_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/system/experiments/actions"
)

// keys are what the upstream provider 5.100.0 takes as the key of an action's target (sim/schema/upstream.json).
var keys = []string{"AutoScalingGroups", "Buckets", "Cluster", "Clusters", "DBInstances", "Instances", "ManagedResources",
	"Nodegroups", "Pods", "ReplicationGroups", "Roles", "SpotInstances", "Subnets", "Tables", "Tasks", "TransitGateways", "Volumes"}

func TestAll_areWholeAndInOrder(t *testing.T) {
	t.Parallel()
	all, err := actions.All()
	require.NoError(t, err)
	assert.True(t, slices.IsSortedFunc(all, func(a, b actions.Action) int { return strings.Compare(a.ID, b.ID) }), "sorted by name")
	id, iam := regexp.MustCompile(`^aws:[a-z0-9]+:[a-z-]+$`), regexp.MustCompile(`^[a-z0-9-]+:[A-Z][A-Za-z]+$`)
	seen := map[string]bool{}
	for _, a := range all {
		assert.Regexp(t, id, a.ID)
		assert.False(t, seen[a.ID], "%s is there twice", a.ID)
		seen[a.ID] = true
		assert.Equal(t, a.Target == "", a.Key == "", "%s: a target has a key", a.ID)
		assert.True(t, a.Key == "" || a.Declarable() == slices.Contains(keys, a.Key), "%s: what the provider takes", a.ID)
		_, required := a.Takes()
		assert.True(t, a.Ends == actions.AtOnce || slices.Contains(required, a.Ends), "%s: what bounds it must be given", a.ID)
		none := a.ID == "aws:fis:wait" || a.ID == "aws:eks:inject-kubernetes-custom-resource" // which the cluster allows
		assert.Equal(t, none, len(a.Grants) == 0, "%s: what a role needs", a.ID)
		for _, g := range a.Grants {
			assert.NotEmpty(t, g.On, a.ID)
			for _, action := range g.Actions {
				assert.Regexp(t, iam, action, "%s: no pattern of actions", a.ID)
			}
		}
	}
}

func TestUse_refusesWhatTheCatalogueDoesNotKnow(t *testing.T) {
	t.Parallel()
	good := actions.Use{ID: "aws:s3:bucket-pause-replication", Target: "aws:s3:bucket",
		Parameters: map[string]string{"duration": "PT10M", "region": "eu-central-1"}}
	require.NoError(t, good.Check())
	for want, spoil := range map[string]func(*actions.Use){
		`action "aws:s3:bucket-pause-replicatoin" is none of AWS Fault Injection Service's: did you mean "aws:s3:bucket-pause-replication"?`: func(u *actions.Use) {
			u.ID = "aws:s3:bucket-pause-replicatoin"
		},
		`parameter "duration" is missing`: func(u *actions.Use) { u.Parameters = map[string]string{"region": "eu-central-1"} },
		`parameter "regoin" is not known: did you mean "region"?`: func(u *actions.Use) {
			u.Parameters = map[string]string{"duration": "PT10M", "region": "a", "regoin": "b"}
		},
		`is aimed at "aws:ec2:subnet", want "aws:s3:bucket"`: func(u *actions.Use) { u.Target = "aws:ec2:subnet" },
		"cannot declare a target of the key VPCEndpoints": func(u *actions.Use) {
			u.ID, u.Target, u.Parameters = "aws:network:disrupt-vpc-endpoint", "aws:ec2:vpc-endpoint", map[string]string{"duration": "PT1M"}
		},
	} {
		u := good
		spoil(&u)
		require.ErrorContains(t, u.Check(), want)
	}
}
