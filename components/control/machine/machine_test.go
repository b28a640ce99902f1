package machine_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/components/control/machine"
	"redoubt/components/watch"
	"redoubt/internal/iampolicy"
	"redoubt/internal/naming"
	"redoubt/internal/pulumitest"
	"redoubt/recovery/rights"
	"redoubt/system"
)

const (
	functionType = "aws:lambda/function:Function"
	machineType  = "aws:sfn/stateMachine:StateMachine"
	policyType   = "aws:iam/rolePolicy:RolePolicy"
	entryType    = "aws:eks/accessEntry:AccessEntry"
	functionArn  = "arn:aws:lambda:eu-west-1:123456789012:function:agora0-recover-primary"
)

var sha = "@sha256:" + strings.Repeat("0a", 32)

func args(n int) *machine.Args {
	name := fmt.Sprintf("agora%d", n)
	key := func(region string) pulumi.StringInput {
		return pulumi.String("arn:aws:kms:" + region + ":123456789012:key/mrk-1")
	}
	return &machine.Args{
		Scope:      naming.Scope{System: name, Home: system.Primary, Region: "eu-west-1", Account: "123456789012"},
		PeerRegion: "eu-central-1", Image: machine.Image + sha, Bucket: pulumi.String(name + "-control"),
		KeyArns: pulumi.StringArray{key("eu-west-1"), key("eu-central-1")}, ZoneIDs: pulumi.ToStringArray([]string{"Z1"}),
		SwitchNamespace: pulumi.String("Redoubt/Switch"), VpcID: pulumi.String("vpc-1"),
		SubnetIDs: pulumi.ToStringArray([]string{"subnet-a", "subnet-b", "subnet-c"}),
		Cluster:   pulumi.String(name + "-primary"), ClusterGroupID: pulumi.String("sg-cluster"), Namespace: name,
		LogKeyArn: key("eu-west-1"),
		Tell:      []watch.Subscription{{Name: "duty", Severity: "page", Protocol: "https", Endpoint: "https://pager.example/key"}},
	}
}

func suite() pulumitest.Suite[machine.Args, *machine.Machine] {
	type a = machine.Args
	return pulumitest.Suite[a, *machine.Machine]{
		Args: args, New: machine.New, Cluster: true,
		Bad: []pulumitest.Bad[a]{
			{Name: "no home", Mutate: func(a *a) { a.Scope.Home = "" }, Want: "want a system, a home"},
			{Name: "one region for both", Mutate: func(a *a) { a.PeerRegion = "eu-west-1" }, Want: "want another region"},
			{Name: "a tag", Mutate: func(a *a) { a.Image = machine.Image + ":1" }, Want: "want redoubt/recover@sha256"},
			{Name: "another image", Mutate: func(a *a) { a.Image = "other" + sha }, Want: "want redoubt/recover@sha256"},
			{Name: "nobody decides", Mutate: func(a *a) { a.Automatic = true }, Want: "nobody decides that a home is lost"},
			{Name: "no namespace", Mutate: func(a *a) { a.Namespace = "" }, Want: "namespace is empty"},
			{Name: "no bucket", Mutate: func(a *a) { a.Bucket = nil }, Want: "bucket is required"},
			{Name: "no namespace of metrics", Mutate: func(a *a) { a.SwitchNamespace = nil }, Want: "switchNamespace is required"},
			{Name: "no network", Mutate: func(a *a) { a.VpcID, a.SubnetIDs = nil, nil }, Want: "subnetIds are required"},
			{Name: "no cluster", Mutate: func(a *a) { a.Cluster = nil }, Want: "cluster is required"},
			{Name: "no group", Mutate: func(a *a) { a.ClusterGroupID = nil }, Want: "clusterGroupId is required"},
			{Name: "no keys", Mutate: func(a *a) { a.KeyArns = nil }, Want: "keyArns are required"},
			{Name: "no zones", Mutate: func(a *a) { a.ZoneIDs = nil }, Want: "zoneIds are required"},
			{Name: "no key of logs", Mutate: func(a *a) { a.LogKeyArn = nil }, Want: "logKeyArn is required"},
			{Name: "a peer that is no role", Mutate: func(a *a) { a.PeerRoleArn = "x" }, Want: `peerRoleArn is "x"`},
			{Name: "a severity that is not", Mutate: func(a *a) { a.Tell[0].Severity = "loud" }, Want: `severity is "loud"`},
		},
		Changes: []pulumitest.Change[a]{
			{Name: "image", Mutate: func(a *a) { a.Image = machine.Image + strings.ReplaceAll(sha, "0a", "0b") },
				Want: []string{"main image", "main-function imageUri"}},
			{Name: "bucket", Mutate: func(a *a) { a.Bucket = pulumi.String("x") }, Want: []string{"main-function environment"}},
			{Name: "keys", Mutate: func(a *a) { a.KeyArns = pulumi.ToStringArray([]string{"arn:aws:kms:x"}) },
				Want: []string{"main-function-policy policy"}},
			{Name: "zones", Mutate: func(a *a) { a.ZoneIDs = pulumi.ToStringArray([]string{"Z2"}) },
				Want: []string{"main-function-policy policy"}},
			{Name: "the namespace of metrics", Mutate: func(a *a) { a.SwitchNamespace = pulumi.String("x") },
				Want: []string{"main-function-policy policy"}},
			{Name: "the peer's region", Mutate: func(a *a) { a.PeerRegion = "eu-north-1" }, Want: []string{"main-function-policy policy"}},
			{Name: "subnets", Mutate: func(a *a) { a.SubnetIDs = pulumi.ToStringArray([]string{"subnet-d"}) },
				Want: []string{"main-function vpcConfig"}},
			{Name: "network", Mutate: func(a *a) { a.VpcID = pulumi.String("vpc-2") }, Want: []string{"main-group vpcId"},
				Replaces: []string{"main-group vpcId"}},
			{Name: "the cluster's group", Mutate: func(a *a) { a.ClusterGroupID = pulumi.String("sg-2") },
				Want: []string{"main-cluster securityGroupId"}, Replaces: []string{"main-cluster securityGroupId"}},
			{Name: "cluster", Mutate: func(a *a) { a.Cluster = pulumi.String("x") }, Want: []string{"main-entry clusterName"},
				Replaces: []string{"main-entry clusterName"}},
			{Name: "namespace", Mutate: func(a *a) { a.Namespace = "x" }, Want: []string{"main-binding metadata", "main-inside metadata"}},
			{Name: "the peer's function", Mutate: func(a *a) { a.PeerRoleArn = "arn:aws:iam::123456789012:role/x" },
				Want: []string{"+main-peer-entry"}},
			{Name: "the key of logs", Mutate: func(a *a) { a.LogKeyArn = pulumi.String("arn:other") },
				Want: []string{"main-logs kmsKeyId", "main-told kmsMasterKeyId"}},
			{Name: "days", Mutate: func(a *a) { a.LogDays = 400 }, Want: []string{"main-logs retentionInDays"}},
			{Name: "the arbiter", Mutate: func(a *a) { a.ArbiterRegion = "eu-north-1" }, Want: []string{"main-function-policy policy"}},
			{Name: "automatic", Mutate: func(a *a) { a.ArbiterRegion, a.Automatic = "eu-north-1", true },
				Want: []string{"+main-minutely", "main-function-policy policy"}},
			{Name: "who is told", Mutate: func(a *a) { a.Tell = nil }, Want: []string{"-main-told-duty"}},
		},
	}
}

func TestMachine_component(t *testing.T) {
	t.Parallel()
	suite().Run(t)
}

// TestMachine_mayDoWhatRightsSay: each role has the policy that recovery/rights proved to be enough and no more, and the
// machine invokes the function that is declared.
func TestMachine_mayDoWhatRightsSay(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, suite().Program(args(0)))
	place := rights.Place{System: "agora0", Account: "123456789012", Namespace: "Redoubt/Switch", Zones: []string{"Z1"},
		Regions: map[system.Home]string{system.Primary: "eu-west-1", system.Secondary: "eu-central-1"},
		Keys:    []string{"arn:aws:kms:eu-west-1:123456789012:key/mrk-1", "arn:aws:kms:eu-central-1:123456789012:key/mrk-1"}}
	may, err := place.Of(rights.Function{Home: system.Primary, Arn: functionArn, LogGroup: "/aws/lambda/agora0-recover-primary"})
	require.NoError(t, err)
	topic := "arn:aws:sns:eu-west-1:123456789012:agora0-recover-primary"
	for name, doc := range map[string]iampolicy.Document{
		"function": may, "machine": rights.Starts(functionArn, topic), "hourly": rights.Invokes(functionArn)} {
		assert.Equal(t, doc.JSON(), r.Get(t, policyType, "main-"+name+"-policy").Values()["policy"], name)
	}
	assert.Len(t, r.OfType(policyType), 3)
	for _, role := range r.OfType("aws:iam/role:Role") {
		assert.Regexp(t, `^agora0-recover(-machine|-hourly)?-eu-west-1$`, role.Values()["name"], "the pipeline knows them by that")
	}
	function := r.Get(t, functionType, "main-function")
	v := function.Values()
	assert.Equal(t, "agora0-recover-primary", v["name"])
	assert.Equal(t, "123456789012.dkr.ecr.eu-west-1.amazonaws.com/agora0/redoubt/recover"+sha, v["imageUri"])
	assert.Equal(t, map[string]any{"variables": map[string]any{"REDOUBT_HOME": "primary", "REDOUBT_BUCKET": "agora0-control"}},
		v["environment"])
	assert.Equal(t, r.Get(t, "aws:cloudwatch/logGroup:LogGroup", "main-logs").Values()["name"], "/aws/lambda/"+v["name"].(string))
	assert.True(t, function.DependsOn(r.Get(t, policyType, "main-function-policy")))
	assert.True(t, function.DependsOn(r.Get(t, "aws:ecr/repositoryPolicy:RepositoryPolicy", "main-pull")))
	m := r.Get(t, machineType, "main-machine")
	assert.Equal(t, naming.Last(machine.Arn(args(0).Scope)), m.Values()["name"])
	invoked := regexp.MustCompile(`"FunctionName": "([^"]+)"`).FindAllStringSubmatch(m.Values()["definition"].(string), -1)
	require.NotEmpty(t, invoked)
	for _, one := range invoked {
		assert.Equal(t, functionArn, one[1])
	}
	assert.Contains(t, m.Values()["definition"], `"TopicArn": "`+topic+`"`)
	assert.True(t, m.DependsOn(function))
}

// TestMachine_startsWithTheOtherHomeGone: nothing of it names the other region but what plans may call there, and nothing
// waits for the other home.
func TestMachine_startsWithTheOtherHomeGone(t *testing.T) {
	t.Parallel()
	a := args(0)
	a.PeerRoleArn = machine.RoleArn(a.Scope.Peer(a.PeerRegion))
	r := pulumitest.Run(t, suite().Program(a))
	var named []string
	for _, res := range r.Custom() {
		if strings.Contains(fmt.Sprint(res.Values()), a.PeerRegion) {
			named = append(named, res.Name)
		}
	}
	slices.Sort(named)
	assert.Equal(t, []string{"main-function-policy", "main-peer-entry"}, named)
	assert.Equal(t, "arn:aws:iam::123456789012:role/agora0-recover-eu-central-1",
		r.Get(t, entryType, "main-peer-entry").Values()["principalArn"])
	group := []any{"redoubt-recover"}
	for _, entry := range r.OfType(entryType) {
		assert.Equal(t, group, entry.Values()["kubernetesGroups"], "as a member, not with a policy for the cluster")
	}
	assert.Empty(t, r.OfType("aws:eks/accessPolicyAssociation:AccessPolicyAssociation"))
	in := r.OfType("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
	require.Len(t, in, 1, "nobody gets in to the function")
	assert.Equal(t, "sg-cluster", in[0].Values()["securityGroupId"])
}

// TestMachine_isReady: a turn each hour keeps the function's place in the network, and its silence is told.
func TestMachine_isReady(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, suite().Program(args(0)))
	target := r.Get(t, "aws:scheduler/schedule:Schedule", "main-hourly").Values()["target"].(map[string]any)
	assert.Equal(t, functionArn, target["arn"])
	assert.Equal(t, `{"what":"ready"}`, target["input"])
	alarm := r.Get(t, "aws:cloudwatch/metricAlarm:MetricAlarm", "main-silent").Values()
	assert.Equal(t, "breaching", alarm["treatMissingData"])
	assert.Contains(t, fmt.Sprint(alarm["metricQueries"]), "FunctionName:agora0-recover-primary")
	assert.Len(t, alarm["alarmActions"], 1)
	doc, err := iampolicy.Parse(r.Get(t, "aws:sns/topicPolicy:TopicPolicy", "main-told-policy").Values()["policy"].(string))
	require.NoError(t, err)
	assert.Equal(t, []string{"arn:aws:cloudwatch:eu-west-1:123456789012:alarm:" + alarm["name"].(string)},
		doc.Statements[0].Conditions["ArnLike"]["aws:SourceArn"])
	assert.Equal(t, "https", r.Get(t, "aws:sns/topicSubscription:TopicSubscription", "main-told-duty").Values()["protocol"])
}

// TestMachine_startsItselfWhereItMay: a look each minute, and the right to start this one machine; without the setting neither.
func TestMachine_startsItselfWhereItMay(t *testing.T) {
	t.Parallel()
	off := pulumitest.Run(t, suite().Program(args(0)))
	assert.NotContains(t, off.Get(t, policyType, "main-function-policy").Values()["policy"], "states:")
	a := args(0)
	a.ArbiterRegion, a.Automatic = "eu-north-1", true
	on := pulumitest.Run(t, suite().Program(a))
	v := on.Get(t, "aws:scheduler/schedule:Schedule", "main-minutely").Values()
	target := v["target"].(map[string]any)
	assert.Equal(t, []any{"rate(1 minute)", functionArn, `{"what":"watch"}`, "agora0-recover-watch-primary"},
		[]any{v["scheduleExpression"], target["arn"], target["input"], v["name"]})
	doc, err := iampolicy.Parse(on.Get(t, policyType, "main-function-policy").Values()["policy"].(string))
	require.NoError(t, err)
	last := doc.Statements[len(doc.Statements)-1]
	assert.Equal(t, rights.Automatic(), last.Actions)
	assert.Equal(t, []string{machine.Arn(a.Scope)}, last.Resources)
	assert.Len(t, on.OfType(policyType), 3)
}

// TestMachine_refusesAPolicyThatAWSWouldNot: more keys than a role's policies have room for.
func TestMachine_refusesAPolicyThatAWSWouldNot(t *testing.T) {
	t.Parallel()
	a := args(0)
	var keys []string
	for n := range 40 {
		keys = append(keys, fmt.Sprintf("arn:aws:kms:eu-west-1:123456789012:key/mrk-%032d", n))
	}
	a.KeyArns = pulumi.ToStringArray(keys)
	_, err := pulumitest.RunErr(suite().Program(a))
	require.ErrorContains(t, err, "AWS takes 10240")
}
