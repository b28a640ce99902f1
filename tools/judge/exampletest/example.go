// Package exampletest records what the example program registers in both
// homes, for the judges.
package exampletest

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/require"

	"redoubt/internal/pulumitest"
	"redoubt/inventory"
	"redoubt/regions"
	"redoubt/stacks"
	"redoubt/system"
)

const keyARN = ":123456789012:key/mrk-0123456789abcdef0123456789abcdef"

// Resource is one registration, in Pulumi names and plain values.
type Resource struct {
	Home        system.Home
	Token, Name string
	Inputs      map[string]any
}

// Regions returns the regions of both homes; Account is theirs.
func Regions() []string {
	return []string{settings(system.Primary).Region, settings(system.Secondary).Region}
}

// Account is the account of the recorded program.
const Account = "123456789012"

// Registered runs the example system from the repository's root in both homes,
// each with the other in sight, and returns every resource of a provider.
func Registered(t *testing.T, root string) []Resource {
	t.Helper()
	s, err := system.Load(filepath.Join(root, "system.yaml"))
	require.NoError(t, err)
	var out []Resource
	for _, home := range []system.Home{system.Primary, system.Secondary} {
		r := pulumitest.Run(t, func(ctx *pulumi.Context) error { return stacks.Deploy(ctx, settings(home), s) }, answers(t, home))
		for _, res := range r.Custom() {
			in := plain(resource.NewObjectProperty(res.Inputs), idsOf(r)).(map[string]any)
			out = append(out, Resource{Home: home, Token: res.Type, Name: res.Name, Inputs: in})
		}
	}
	require.NotEmpty(t, out)
	return out
}

func settings(home system.Home) stacks.Config {
	c := stacks.Config{
		Home: home, Region: "eu-west-1", PeerRegion: "eu-central-1", AccountID: "123456789012", PeerReady: true,
		System: "system.yaml", Protect: true, Switch: "metric", ClientCIDRs: []string{"0.0.0.0/0"},
		SystemText: "the text of system.yaml",
		PeerStack:  string(home.Peer()), DatabasePassword: pulumi.String("not-a-real-Passw0rd").ToStringOutput(),
	}
	if home == system.Secondary {
		c.Region, c.PeerRegion = c.PeerRegion, c.Region
	}
	c.Zones = []string{c.Region + "a", c.Region + "b", c.Region + "c"}
	return c
}

// arns are the forms of the ARNs that policies of the example name.
var arns = map[string]string{
	"aws:backup/vault:Vault":                            "arn:aws:backup:REGION:123456789012:backup-vault:atlas",
	"aws:cloudwatch/logGroup:LogGroup":                  "arn:aws:logs:REGION:123456789012:log-group:atlas",
	"aws:dynamodb/table:Table":                          "arn:aws:dynamodb:REGION:123456789012:table/atlas",
	"aws:ecr/repository:Repository":                     "arn:aws:ecr:REGION:123456789012:repository/atlas",
	"aws:eks/cluster:Cluster":                           "arn:aws:eks:REGION:123456789012:cluster/atlas",
	"aws:elasticache/replicationGroup:ReplicationGroup": "arn:aws:elasticache:REGION:123456789012:replicationgroup:atlas",
	"aws:elasticache/user:User":                         "arn:aws:elasticache:REGION:123456789012:user:atlas",
	"aws:iam/role:Role":                                 "arn:aws:iam::123456789012:role/atlas",
	"aws:lb/targetGroup:TargetGroup":                    "arn:aws:elasticloadbalancing:REGION:123456789012:targetgroup/atlas/0123456789abcdef",
	"aws:s3/bucketV2:BucketV2":                          "arn:aws:s3:::atlas",
	"aws:secretsmanager/secret:Secret":                  "arn:aws:secretsmanager:REGION:123456789012:secret:atlas-a1b2c3",
	"aws:sfn/stateMachine:StateMachine":                 "arn:aws:states:REGION:123456789012:stateMachine:atlas",
	"aws:sns/topic:Topic":                               "arn:aws:sns:REGION:123456789012:atlas",
	"aws:sqs/queue:Queue":                               "arn:aws:sqs:REGION:123456789012:atlas",
}

// answers makes the recorder answer with ids and ARNs of the forms AWS uses.
func answers(t *testing.T, home system.Home) pulumitest.Option {
	t.Helper()
	key := resource.PropertyMap{"arn": resource.NewStringProperty("arn:aws:kms:" + settings(home).Region + keyARN)}
	record := resource.NewObjectProperty(resource.PropertyMap{
		"domainName":          resource.NewStringProperty("agents.example.com"),
		"resourceRecordName":  resource.NewStringProperty("_0123.agents.example.com."),
		"resourceRecordType":  resource.NewStringProperty("CNAME"),
		"resourceRecordValue": resource.NewStringProperty("_4567.acm-validations.aws."),
	})
	text, err := inventory.Encode(inventoryOf(home.Peer()))
	require.NoError(t, err)
	return func(r *pulumitest.Recorder) {
		pulumitest.WithOutputs("aws:kms/key:Key", key)(r)
		pulumitest.WithOutputs("aws:kms/replicaKey:ReplicaKey", key)(r)
		pulumitest.WithOutputs("aws:route53/zone:Zone", words("zoneId", "Z0123456789ABCDEFGHIJ"))(r)
		pulumitest.WithOutputs("aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup", words("name", "default"))(r)
		pulumitest.WithOutputs("aws:lb/loadBalancer:LoadBalancer", words("dnsName", "entry-1.eu-west-1.elb.amazonaws.com",
			"zoneId", "Z32O12XQLNTSW2"))(r)
		pulumitest.WithOutputs("aws:acm/certificate:Certificate", resource.PropertyMap{
			"domainValidationOptions": resource.NewArrayProperty([]resource.PropertyValue{record}),
		})(r)
		pulumitest.WithOutputs("aws:eks/nodeGroup:NodeGroup", resource.NewPropertyMapFromMap(map[string]any{
			"nodeGroupName": "nodes-0123",
			"resources":     []any{map[string]any{"autoscalingGroups": []any{map[string]any{"name": "eks-nodes-0123"}}}},
		}))(r)
		for token, arn := range arns {
			pulumitest.WithOutputs(token, words("arn", strings.ReplaceAll(arn, "REGION", settings(home).Region)))(r)
		}
		reference("own-last", resource.PropertyMap{})(r)
		reference("peer", resource.PropertyMap{stacks.InventoryOutput: resource.NewStringProperty(string(text))})(r)
	}
}

// words makes a property map of names and texts in turn.
func words(pairs ...string) resource.PropertyMap {
	out := resource.PropertyMap{}
	for i := 0; i < len(pairs); i += 2 {
		out[resource.PropertyKey(pairs[i])] = resource.NewStringProperty(pairs[i+1])
	}
	return out
}

func reference(name string, out resource.PropertyMap) pulumitest.Option {
	return pulumitest.WithOutputsOf("pulumi:pulumi:StackReference", name, resource.PropertyMap{
		"name": resource.NewStringProperty(name), "outputs": resource.NewObjectProperty(out),
		"secretOutputNames": resource.NewArrayProperty(nil),
	})
}

func inventoryOf(home system.Home) inventory.Inventory {
	c := settings(home)
	keys := map[string]string{}
	for _, purpose := range []string{"data", "secrets", "logs", "backup"} {
		keys[purpose] = "arn:aws:kms:" + c.Region + keyARN
	}
	return inventory.New("atlas", home, inventory.Home{
		Region: c.Region, Account: c.AccountID, Zones: c.Zones, CIDR: regions.CIDR(home).String(), Keys: keys,
		Network:   inventory.Network{VpcID: "vpc-0a1b2c3d4e5f60718", PeeringID: "pcx-0a1b2c3d4e5f60718"},
		Discovery: inventory.Discovery{ZoneID: "Z1123456789ABCDEFGHIJ"},
		Entry:     inventory.Entry{Domain: "agents.example.com", ZoneID: "Z0123456789ABCDEFGHIJ", Switch: "metric"},
		Stores: map[string]inventory.Store{
			"artifacts":   {Kind: system.Bucket, Name: "atlas-artifacts-123456789012-" + c.Region, Generation: 1},
			"transcripts": {Kind: system.Bucket, Name: "atlas-transcripts-123456789012-" + c.Region, Generation: 1},
			"recall":      {Kind: system.Cache, Name: "atlas-recall-" + string(home), Generation: 1, GlobalID: "abcde-atlas-recall"},
			"scores": {Kind: system.Cache, Name: "atlas-scores-" + string(home), Generation: 1, GlobalID: "abcde-atlas-scores",
				SnapshotBucket: "atlas-scores-snapshots-123456789012-" + c.Region},
		},
	})
}

// ids are the forms of ids that upstream looks at.
var ids = map[string]string{"aws:ec2/launchTemplate:LaunchTemplate": "lt-0a1b2c3d4e5f60718"}

// idsOf maps the ids that the recorder made up to the forms that AWS uses.
func idsOf(r *pulumitest.Recorder) map[string]string {
	out := map[string]string{}
	for _, res := range r.Custom() {
		if id, known := ids[res.Type]; known {
			out[res.Name+"_id"] = id
		}
	}
	return out
}

// plain takes secrets and outputs off; unknown values are left out, and files
// are their paths.
func plain(v resource.PropertyValue, ids map[string]string) any {
	switch {
	case v.IsSecret():
		return plain(v.SecretValue().Element, ids)
	case v.IsOutput() && v.OutputValue().Known:
		return plain(v.OutputValue().Element, ids)
	case v.IsResourceReference():
		id, _ := v.ResourceReferenceValue().IDString()
		return id
	case v.IsArray():
		out := []any{}
		for _, one := range v.ArrayValue() {
			out = append(out, plain(one, ids))
		}
		return out
	case v.IsObject():
		out := map[string]any{}
		for key, one := range v.ObjectValue() {
			if p := plain(one, ids); p != nil {
				out[string(key)] = p
			}
		}
		return out
	case v.IsArchive(), v.IsAsset():
		return "file.zip"
	case v.IsBool():
		return v.BoolValue()
	case v.IsNumber():
		return v.NumberValue()
	case v.IsString():
		if id, made := ids[v.StringValue()]; made {
			return id
		}
		return v.StringValue()
	}
	return nil
}
