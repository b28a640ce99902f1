package cluster

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/pulumitest"
)

// at is the value at a path of an input, its parts parted by dots.
func at(t *testing.T, values map[string]any, path string) any {
	t.Helper()
	var v any = values
	for _, part := range strings.Split(path, ".") {
		if list, is := v.([]any); is && len(list) > 0 {
			v = list[0]
		}
		m, is := v.(map[string]any)
		require.True(t, is, "%s: %v", path, v)
		v = m[part]
	}
	return v
}

func TestControl_isLoggedEncryptedAndShiftable(t *testing.T) {
	t.Parallel()
	_, r := run(t, args(0))
	c := r.Get(t, clusterToken, "main-control").Values()
	for path, want := range map[string]any{
		"enabledClusterLogTypes":          []any{"api", "audit", "authenticator", "controllerManager", "scheduler"},
		"bootstrapSelfManagedAddons":      false,
		"zonalShiftConfig.enabled":        true,
		"vpcConfig.endpointPrivateAccess": true,
		"encryptionConfig.resources":      []any{"secrets"},
		"upgradePolicy.supportType":       "EXTENDED",
	} {
		assert.Equal(t, want, at(t, c, path), path)
	}
	assert.Contains(t, at(t, c, "encryptionConfig.provider.keyArn"), "key/secrets")
	assert.Contains(t, r.Get(t, "aws:cloudwatch/logGroup:LogGroup", "main-logs").Values()["kmsKeyId"], "key/logs")
}

func TestNodes_areHardenedAndOnDemand(t *testing.T) {
	t.Parallel()
	a := args(0)
	a.Size.Reserved = 4
	_, r := run(t, a)
	for _, letter := range []string{"a", "b", "c"} {
		template := r.Get(t, "aws:ec2/launchTemplate:LaunchTemplate", "main-template-"+letter).Values()
		for path, want := range map[string]any{
			"blockDeviceMappings.ebs.encrypted":       "true",
			"metadataOptions.httpTokens":              "required",
			"metadataOptions.httpPutResponseHopLimit": 1.0,
		} {
			assert.Equal(t, want, at(t, template, path), path)
		}
		assert.Contains(t, at(t, template, "blockDeviceMappings.ebs.kmsKeyId"), "key/data")
		var tagged []any
		for _, spec := range template["tagSpecifications"].([]any) {
			tagged = append(tagged, spec.(map[string]any)["resourceType"])
			assert.Equal(t, "agora", at(t, spec.(map[string]any), "tags").(map[string]any)["redoubt:system"])
		}
		assert.Equal(t, []any{"instance", "volume"}, tagged)

		group := r.Get(t, groupToken, "main-nodes-"+letter)
		assert.Equal(t, "ON_DEMAND", group.Values()["capacityType"])
		assert.Equal(t, true, at(t, group.Values(), "nodeRepairConfig.enabled"))
		assert.Equal(t, []string{"scalingConfig.desiredSize"}, group.RPC.GetIgnoreChanges(), "plans scale a home that takes over")
		kept := r.Get(t, "aws:ec2/capacityReservation:CapacityReservation", "main-reservation-"+letter).Values()
		assert.Equal(t, "targeted", kept["instanceMatchCriteria"], "others cannot take what is kept")
	}
}

// What comes up in the wrong order never becomes ready, and what goes in the
// wrong order leaves interfaces, groups and logs behind.
func TestCluster_comesAndGoesInOrder(t *testing.T) {
	t.Parallel()
	_, r := run(t, args(0))
	const attachment = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
	after := func(res, other *pulumitest.Resource) {
		assert.True(t, res.DependsOn(other), "%s waits for %s", res.Name, other.Name)
	}
	control := r.Get(t, clusterToken, "main-control")
	after(control, r.Get(t, attachment, "main-control-AmazonEKSClusterPolicy"))
	after(control, r.Get(t, "aws:cloudwatch/logGroup:LogGroup", "main-logs"))
	after(r.Get(t, "aws:eks/accessPolicyAssociation:AccessPolicyAssociation", "main-admin-agora-deployer-policy"),
		r.Get(t, "aws:eks/accessEntry:AccessEntry", "main-admin-agora-deployer"))
	for _, letter := range []string{"a", "b", "c"} {
		group := r.Get(t, groupToken, "main-nodes-"+letter)
		for _, policy := range nodePolicies {
			after(group, r.Get(t, attachment, "main-nodes-"+policy))
		}
		for _, first := range []string{"vpc-cni", "kube-proxy", "eks-pod-identity-agent"} {
			after(group, r.Get(t, addonToken, "main-"+first))
		}
		for _, needs := range []string{"coredns", "metrics-server"} {
			after(r.Get(t, addonToken, "main-"+needs), group)
		}
	}
}

func TestAddons_enforceNetworkPoliciesAndSpreadNames(t *testing.T) {
	t.Parallel()
	_, r := run(t, args(0))
	values := func(addon string) map[string]any {
		var out map[string]any
		text := r.Get(t, addonToken, "main-"+addon).Values()["configurationValues"].(string)
		require.NoError(t, json.Unmarshal([]byte(text), &out))
		return out
	}
	assert.Equal(t, "true", values("vpc-cni")["enableNetworkPolicy"])
	names := values("coredns")
	assert.EqualValues(t, Zones, names["replicaCount"], "one in each zone")
	assert.Equal(t, map[string]any{"enabled": true, "maxUnavailable": 1.0}, names["podDisruptionBudget"])
	for _, addon := range []string{"coredns", "metrics-server"} {
		over := at(t, values(addon), "topologySpreadConstraints").([]any)[0].(map[string]any)
		assert.Equal(t, "topology.kubernetes.io/zone", over["topologyKey"])
		assert.Equal(t, "Honor", over["nodeTaintsPolicy"], "a cordoned zone keeps no replacement from starting")
	}
}
