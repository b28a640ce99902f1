//go:build judge

package differential

import (
	"path/filepath"
	"slices"
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

// exampleBases returns what the example program registers in both homes with
// each other in sight, so that what is judged is what is really sent. Of the
// resources of one type that set the same properties, one is enough.
func exampleBases(t *testing.T, types map[string]*Judged) []Base {
	t.Helper()
	s, err := system.Load(filepath.Join("..", "..", "..", "system.yaml"))
	require.NoError(t, err)
	var out []Base
	met := map[string]bool{}
	for _, home := range []system.Home{system.Primary, system.Secondary} {
		r := pulumitest.Run(t, func(ctx *pulumi.Context) error { return stacks.Deploy(ctx, settings(home), s) }, answers(t, home))
		for _, res := range r.Custom() {
			if types[res.Type] == nil {
				continue
			}
			in := plain(resource.NewObjectProperty(res.Inputs)).(map[string]any)
			shape := res.Type + " " + shapeOf(in)
			if !met[shape] {
				out = append(out, Base{Token: res.Type, Name: string(home) + " " + res.Name, Inputs: in})
			}
			met[shape] = true
		}
	}
	require.NotEmpty(t, out)
	return out
}

func settings(home system.Home) stacks.Config {
	c := stacks.Config{
		Home: home, Region: "eu-west-1", PeerRegion: "eu-central-1", AccountID: "123456789012", PeerReady: true,
		System: "system.yaml", Protect: true, Switch: "metric", ClientCIDRs: []string{"0.0.0.0/0"},
		PeerStack: string(home.Peer()), DatabasePassword: pulumi.String("not-a-real-Passw0rd").ToStringOutput(),
	}
	if home == system.Secondary {
		c.Region, c.PeerRegion = c.PeerRegion, c.Region
	}
	c.Zones = []string{c.Region + "a", c.Region + "b", c.Region + "c"}
	return c
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
		Network: inventory.Network{VpcID: "vpc-0a1b2c3d4e5f60718", PeeringID: "pcx-0a1b2c3d4e5f60718"},
		Entry:   inventory.Entry{Domain: "agents.example.com", ZoneID: "Z0123456789ABCDEFGHIJ", Switch: "metric"},
	})
}

// plain takes secrets and outputs off; unknown values are left out, and files
// are their paths.
func plain(v resource.PropertyValue) any {
	switch {
	case v.IsSecret():
		return plain(v.SecretValue().Element)
	case v.IsOutput() && v.OutputValue().Known:
		return plain(v.OutputValue().Element)
	case v.IsResourceReference():
		id, _ := v.ResourceReferenceValue().IDString()
		return id
	case v.IsArray():
		out := []any{}
		for _, one := range v.ArrayValue() {
			out = append(out, plain(one))
		}
		return out
	case v.IsObject():
		out := map[string]any{}
		for key, one := range v.ObjectValue() {
			if p := plain(one); p != nil {
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
		return v.StringValue()
	}
	return nil
}

// shapeOf writes which properties an object sets, at any depth.
func shapeOf(in map[string]any) string {
	var paths []string
	walk(in, nil, func(at Path, _ any) {
		if p := at.Pattern(); !slices.Contains(paths, p) && !strings.HasPrefix(p, "tags.") {
			paths = append(paths, p)
		}
	})
	return strings.Join(paths, " ")
}
