package provider

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/sim/schema"
	"redoubt/sim/world"
)

const (
	vpcToken     = "aws:ec2/vpc:Vpc"
	subnetToken  = "aws:ec2/subnet:Subnet"
	clusterToken = "aws:rds/cluster:Cluster"
	roleToken    = "aws:iam/role:Role"
)

// props makes a property map; nested Go maps and slices become properties.
func props(m map[string]any) resource.PropertyMap { return resource.NewPropertyMapFromMap(m) }

func TestCheckInputs_refusesWhatTheTypesDoNotAllow(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, token string
		in          map[string]any
		want        []Failure
	}{
		{"sound", vpcToken, map[string]any{"cidrBlock": "10.0.0.0/16", "tags": map[string]any{"any key": "v"}}, nil},
		{"unknown name", vpcToken, map[string]any{"cidrBlok": "10.0.0.0/16"},
			[]Failure{{"cidrBlok", `no such property; did you mean "cidrBlock"?`}}},
		{"missing", subnetToken, map[string]any{"cidrBlock": "10.0.0.0/24"}, []Failure{{"vpcId", "is required"}}},
		{"mistyped", vpcToken, map[string]any{"cidrBlock": true}, []Failure{{"cidrBlock", "is a bool, want a string"}}},
		{"fraction", "aws:cloudwatch/metricAlarm:MetricAlarm", map[string]any{"evaluationPeriods": 1.5,
			"comparisonOperator": "LessThanThreshold", "statistic": "Sum"},
			[]Failure{{"evaluationPeriods", "is a number, want a whole number"}}},
		{"nested name", "aws:backup/plan:Plan", map[string]any{"rules": []any{map[string]any{"ruleName": "daily",
			"targetVaultName": "v", "lifecycle": map[string]any{"deleteAfters": 5}}}},
			[]Failure{{"rules[0].lifecycle.deleteAfters", `no such property; did you mean "deleteAfter"?`}}},
		{"nested missing", "aws:backup/plan:Plan", map[string]any{"rules": []any{map[string]any{"ruleName": "daily"}}},
			[]Failure{{"rules[0].targetVaultName", "is required"}}},
		{"element", "aws:rds/subnetGroup:SubnetGroup", map[string]any{"subnetIds": []any{"a", 3}},
			[]Failure{{"subnetIds[1]", "is a number, want a string"}}},
		{"map value", vpcToken, map[string]any{"tags": map[string]any{"a.b": 1}},
			[]Failure{{`tags["a.b"]`, "is a number, want a string"}}},
		{"not simulated", "aws:ec2/instance:Instance", nil, []Failure{{"", `type "aws:ec2/instance:Instance" is not simulated`}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := CheckInputs(tt.token, props(tt.in))
			if len(got) == 1 && len(tt.want) == 1 && tt.want[0].Property == "" {
				assert.Contains(t, got[0].Reason, tt.want[0].Reason)
				return
			}
			assert.Equal(t, tt.want, got)
		})
	}
}

func TestCheckInputs_leavesUnknownAndSecretValuesAlone(t *testing.T) {
	t.Parallel()
	in := resource.PropertyMap{
		"engine":         resource.NewStringProperty("aurora-postgresql"),
		"kmsKeyId":       resource.MakeComputed(resource.NewStringProperty("")),
		"masterPassword": resource.MakeSecret(resource.NewStringProperty("x")),
		// A bad value is not judged when it is secret, so that no message repeats it.
		"preferredBackupWindow": resource.MakeSecret(resource.NewStringProperty("noon")),
	}
	assert.Empty(t, CheckInputs(clusterToken, in))

	in["engine"] = resource.MakeSecret(resource.NewNumberProperty(7))
	assert.Equal(t, []Failure{{"engine", "is a number, want a string"}}, CheckInputs(clusterToken, in))
}

func TestCheckInputs_holdsTheUpstreamValidators(t *testing.T) {
	t.Parallel()
	alarm := map[string]any{"comparisonOperator": "LessThanThreshold", "evaluationPeriods": 1, "statistic": "Sum"}
	with := func(base map[string]any, more map[string]any) map[string]any {
		out := map[string]any{}
		for _, m := range []map[string]any{base, more} {
			for k, v := range m {
				out[k] = v
			}
		}
		return out
	}
	route := map[string]any{"routeTableId": "rtb-1", "destinationCidrBlock": "10.1.0.0/16"}
	record := map[string]any{"zoneId": "Z", "name": "a", "type": "A", "ttl": 60, "records": []any{"192.0.2.1"}}
	tests := []struct {
		name, token string
		in          map[string]any
		property    string
	}{
		{"vpc too large", vpcToken, map[string]any{"cidrBlock": "10.0.0.0/8"}, "cidrBlock"},
		{"host bits", "aws:ec2/route:Route", with(route, map[string]any{"destinationCidrBlock": "10.0.0.1/16",
			"gatewayId": "igw-1"}), "destinationCidrBlock"},
		{"no target", "aws:ec2/route:Route", route, "carrierGatewayId"},
		{"two targets", "aws:ec2/route:Route", with(route, map[string]any{"gatewayId": "igw-1",
			"natGatewayId": "nat-1"}), "gatewayId"},
		{"endpoint type", "aws:ec2/vpcEndpoint:VpcEndpoint", map[string]any{"vpcId": "vpc-1", "serviceName": "s",
			"vpcEndpointType": "gateway"}, "vpcEndpointType"},
		{"role name", roleToken, map[string]any{"assumeRolePolicy": "{}", "name": string(make([]byte, 65))}, "name"},
		{"role policy", roleToken, map[string]any{"assumeRolePolicy": "{"}, "assumeRolePolicy"},
		{"retention", clusterToken, map[string]any{"engine": "aurora-postgresql", "backupRetentionPeriod": 36},
			"backupRetentionPeriod"},
		{"key alias", clusterToken, map[string]any{"engine": "aurora-postgresql",
			"kmsKeyId": "arn:aws:kms:eu-west-1:123456789012:alias/a"}, "kmsKeyId"},
		{"password twice", clusterToken, map[string]any{"engine": "aurora-postgresql", "manageMasterUserPassword": true,
			"masterPassword": "x"}, "manageMasterUserPassword"},
		{"lock days and years", "aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2",
			map[string]any{"bucket": "b", "rule": map[string]any{"defaultRetention": map[string]any{"days": 1, "years": 1,
				"mode": "COMPLIANCE"}}}, "rule.defaultRetention.days"},
		{"recovery window", "aws:secretsmanager/secret:Secret", map[string]any{"recoveryWindowInDays": 5},
			"recoveryWindowInDays"},
		{"period", "aws:cloudwatch/metricAlarm:MetricAlarm", with(alarm, map[string]any{"period": 45}), "period"},
		{"statistic", "aws:cloudwatch/metricAlarm:MetricAlarm", with(alarm, map[string]any{"statistic": "p99"}), "statistic"},
		{"log retention", "aws:cloudwatch/logGroup:LogGroup", map[string]any{"retentionInDays": 8}, "retentionInDays"},
		{"policy without set", "aws:route53/record:Record", with(record, map[string]any{"failoverRoutingPolicies": []any{
			map[string]any{"type": "PRIMARY"}}}), "failoverRoutingPolicies"},
		{"failover case", "aws:route53/record:Record", with(record, map[string]any{"setIdentifier": "p",
			"failoverRoutingPolicies": []any{map[string]any{"type": "primary"}}}), "failoverRoutingPolicies[0].type"},
		{"vault event", "aws:backup/vaultNotifications:VaultNotifications", map[string]any{"backupVaultName": "v",
			"snsTopicArn": "arn:aws:sns:eu-west-1:123456789012:t", "backupVaultEvents": []any{"BACKUP_JOB_FAILED", "X"}},
			"backupVaultEvents[1]"},
		{"forward nowhere", "aws:lb/listener:Listener", map[string]any{"loadBalancerArn": "arn:aws:x:eu-west-1:123456789012:l",
			"defaultActions": []any{map[string]any{"type": "forward"}}}, "defaultActions[0].type"},
		{"load balancer name", "aws:lb/loadBalancer:LoadBalancer", map[string]any{"name": "internal-a"}, "name"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := CheckInputs(tt.token, props(tt.in))
			require.NotEmpty(t, got)
			assert.Equal(t, tt.property, got[0].Property, "%v", got)
		})
	}
}

func TestTables_knowEveryType(t *testing.T) {
	t.Parallel()
	assert.Equal(t, sortedKeys(sdkTypes), sortedKeys(specs), "each type needs a row in specs")
	for _, token := range schema.Tokens() {
		_, err := shapesOf(token)
		assert.NoError(t, err)
	}
	for token := range specs {
		_, ok := world.KindNamed(specs[token].kind)
		assert.True(t, ok, "%s: the world has no kind %s", token, specs[token].kind)
		typ, ok := schema.Lookup(token)
		if !assert.True(t, ok, "%s: the upstream schema is missing", token) {
			continue
		}
		s, err := shapesOf(token)
		require.NoError(t, err)
		for name := range s.args.props {
			if name == "defaultAddonsToRemoves" { // pulumi-aws adds it to the cluster; Redoubt does not use it
				continue
			}
			assert.Contains(t, typ.Props, name, "%s: upstream says nothing of it", token)
			assert.NotNil(t, s.state.at(name), "%s: %s is not in the state", token, name)
		}
	}
	for token := range rulesOf {
		assert.Contains(t, specs, token)
	}
}
