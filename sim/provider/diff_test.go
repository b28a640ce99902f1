package provider

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDiffInputs_comparesAsTheUpstreamProviderDoes(t *testing.T) {
	t.Parallel()
	const policy = "aws:s3/bucketPolicy:BucketPolicy"
	tests := []struct {
		name, token string
		old, new    map[string]any
		update      bool
		replaces    []string
	}{
		{"same", vpcToken, map[string]any{"cidrBlock": "10.0.0.0/16", "arn": "a"},
			map[string]any{"cidrBlock": "10.0.0.0/16"}, false, nil},
		{"in place", vpcToken, map[string]any{"cidrBlock": "10.0.0.0/16", "enableDnsHostnames": false},
			map[string]any{"cidrBlock": "10.0.0.0/16", "enableDnsHostnames": true}, true, nil},
		{"replaced", vpcToken, map[string]any{"cidrBlock": "10.0.0.0/16"}, map[string]any{"cidrBlock": "10.1.0.0/16"},
			true, []string{"cidrBlock"}},
		{"AWS filled in", subnetToken, map[string]any{"vpcId": "v", "availabilityZone": "eu-west-1a"},
			map[string]any{"vpcId": "v"}, false, nil},
		{"the default of upstream", vpcToken, map[string]any{"cidrBlock": "10.0.0.0/16", "enableDnsSupport": true},
			map[string]any{"cidrBlock": "10.0.0.0/16"}, false, nil},
		{"removed", vpcToken, map[string]any{"cidrBlock": "10.0.0.0/16", "tags": map[string]any{"a": "b"}},
			map[string]any{"cidrBlock": "10.0.0.0/16"}, true, nil},
		{"empty is absent", vpcToken, map[string]any{"cidrBlock": "10.0.0.0/16", "tags": map[string]any{}},
			map[string]any{"cidrBlock": "10.0.0.0/16"}, false, nil},
		{"promotion trap", clusterToken, map[string]any{"engine": "aurora-postgresql",
			"replicationSourceIdentifier": "arn:x"}, map[string]any{"engine": "aurora-postgresql"}, true, nil},
		{"policy in other words", policy,
			map[string]any{"bucket": "b", "policy": `{"Statement":{"Action":["s3:b","s3:a"],"Resource":"r"}}`},
			map[string]any{"bucket": "b", "policy": `{"Statement":[{"Action":["s3:a","s3:b"],"Resource":["r"]}]}`}, false, nil},
		{"policy that says another thing", policy, map[string]any{"bucket": "b", "policy": `{"Statement":[]}`},
			map[string]any{"bucket": "b", "policy": `{"Statement":[{}]}`}, true, nil},
		{"a set in another order", "aws:rds/subnetGroup:SubnetGroup",
			map[string]any{"name": "g", "subnetIds": []any{"a", "b"}},
			map[string]any{"name": "g", "subnetIds": []any{"b", "a"}}, false, nil},
		{"a set of one more", "aws:rds/subnetGroup:SubnetGroup", map[string]any{"name": "g", "subnetIds": []any{"a"}},
			map[string]any{"name": "g", "subnetIds": []any{"b", "a"}}, true, nil},
		{"a list in another order", "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
			map[string]any{"bucket": "b", "rules": []any{map[string]any{"id": "x"}, map[string]any{"id": "y"}}},
			map[string]any{"bucket": "b", "rules": []any{map[string]any{"id": "y"}, map[string]any{"id": "x"}}}, true, nil},
		{"all of a flow log", "aws:ec2/flowLog:FlowLog", map[string]any{"vpcId": "v", "trafficType": "ALL"},
			map[string]any{"vpcId": "v", "trafficType": "REJECT"}, true, []string{"trafficType"}},
		{"name in another case", "aws:route53/record:Record", map[string]any{"zoneId": "Z", "name": "a.example.com"},
			map[string]any{"zoneId": "Z", "name": "A.example.com."}, false, nil},
		{"secret version", "aws:secretsmanager/secretVersion:SecretVersion",
			map[string]any{"secretId": "s", "secretString": "a"}, map[string]any{"secretId": "s", "secretString": "b"},
			true, []string{"secretString"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			update, replaces, err := DiffInputs(tt.token, props(tt.old), props(tt.new))
			require.NoError(t, err)
			assert.Equal(t, tt.update, update, "update")
			assert.Equal(t, tt.replaces, replaces, "replaces")
		})
	}
}

func TestDiffInputs_takesAnUnknownValueForAChange(t *testing.T) {
	t.Parallel()
	old := props(map[string]any{"vpcId": "v", "cidrBlock": "10.0.0.0/24", "tags": map[string]any{"a": "b"}})
	unknown := resource.MakeComputed(resource.NewStringProperty(""))

	update, replaces, err := DiffInputs(subnetToken, old, resource.PropertyMap{"vpcId": unknown,
		"cidrBlock": old["cidrBlock"], "tags": old["tags"]})
	require.NoError(t, err)
	assert.True(t, update)
	assert.Equal(t, []string{"vpcId"}, replaces)

	update, replaces, err = DiffInputs(subnetToken, old, resource.PropertyMap{"vpcId": old["vpcId"],
		"cidrBlock": old["cidrBlock"], "tags": unknown})
	require.NoError(t, err)
	assert.True(t, update)
	assert.Empty(t, replaces)
}

func TestDiffInputs_comparesWhatIsInsideASecret(t *testing.T) {
	t.Parallel()
	old := props(map[string]any{"engine": "aurora-postgresql"})
	old["masterPassword"] = resource.MakeSecret(resource.NewStringProperty("a"))
	update, _, err := DiffInputs(clusterToken, old, props(map[string]any{"engine": "aurora-postgresql",
		"masterPassword": "a"}))
	require.NoError(t, err)
	assert.False(t, update)
}

func TestDiff_namesTheDeepestPath(t *testing.T) {
	t.Parallel()
	old := map[string]any{"name": "p", "rules": []any{map[string]any{"ruleName": "daily", "targetVaultName": "v"}},
		"tags": map[string]any{"redoubt.dev/tier": "a"}}
	new := map[string]any{"name": "p", "rules": []any{map[string]any{"ruleName": "daily", "targetVaultName": "w"}},
		"tags": map[string]any{"redoubt.dev/tier": "b"}}
	changes, err := diff("aws:backup/plan:Plan", props(old), props(new))
	require.NoError(t, err)
	assert.Equal(t, []change{{"rules[0].targetVaultName", changed, false}, {`tags["redoubt.dev/tier"]`, changed, false}},
		changes)
	assert.Equal(t, "tags", topLevel(changes[1].path))

	assert.Empty(t, unignored(changes, []string{"rules[*].targetVaultName", "tags"}))
	assert.Len(t, unignored(changes, []string{"rules[1]", `tags["redoubt.dev/tier"]`}), 1)
	assert.Len(t, unignored(changes, []string{"rule"}), 2)
}

func TestCodec_keepsTheKeysOfMaps(t *testing.T) {
	t.Parallel()
	s, err := shapesOf("aws:s3/bucketReplicationConfig:BucketReplicationConfig")
	require.NoError(t, err)
	in := props(map[string]any{"bucket": "b", "role": "r", "rules": []any{map[string]any{"status": "Enabled",
		"filter": map[string]any{"and": map[string]any{"tags": map[string]any{"my key": "v"}}}}}})
	doc := encode(s.args, in)
	rule := doc["Rules"].([]any)[0].(map[string]any)
	assert.Equal(t, map[string]any{"And": map[string]any{"Tags": map[string]any{"my key": "v"}}}, rule["Filter"])
	assert.Equal(t, in, decode(s.args, doc))
}

func TestAutoname_keepsANameAndMakesAnotherForASuccessor(t *testing.T) {
	t.Parallel()
	n := lowerName("identifier", "identifierPrefix", 20)
	news := props(map[string]any{"engine": "x"})

	first := autoname(n, []byte("seed"), "My-Database-Instance", nil, news)
	name := first["identifier"].StringValue()
	assert.Regexp(t, `^my-database--[0-9a-f]{7}$`, name)
	assert.Len(t, name, 20)

	again := autoname(n, []byte("another"), "My-Database-Instance", first, news)
	assert.Equal(t, first, again, "a made-up name is kept")
	assert.NotEqual(t, first, autoname(n, []byte("another"), "My-Database-Instance", nil, news))
	chosen := props(map[string]any{"identifier": "mine"})
	assert.Equal(t, chosen, autoname(n, []byte("seed"), "a", first, chosen))
}
