package stacks

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/pulumitest"
	"redoubt/inventory"
	"redoubt/system"
)

// adopting is the primary's settings with everything that can be adopted.
func adopting() Config {
	c := settings(system.Primary)
	c.Adopt = Adopt{
		Vpc: &AdoptVpc{
			ID: "vpc-0adopted", CIDR: "10.99.0.0/16",
			PublicSubnetIDs:       []string{"subnet-0a1", "subnet-0a2", "subnet-0a3"},
			PrivateSubnetIDs:      []string{"subnet-0b1", "subnet-0b2", "subnet-0b3"},
			IsolatedSubnetIDs:     []string{"subnet-0c1", "subnet-0c2", "subnet-0c3"},
			PrivateRouteTableIDs:  []string{"rtb-0b1", "rtb-0b2", "rtb-0b3"},
			IsolatedRouteTableIDs: []string{"rtb-0c1", "rtb-0c2", "rtb-0c3"},
		},
		ZoneID:   "Z0ADOPTED",
		Clusters: map[string]AdoptCluster{"tasks": {ID: "old-cluster", SecurityGroupID: "sg-0123", Username: "admin"}},
		Buckets:  map[string]string{"artifacts": "old-artifacts"},
	}
	return c
}

func TestDeploy_adoptsWhatExists(t *testing.T) {
	t.Parallel()
	s := example(t)
	vpc := resource.PropertyMap{
		"cidrBlock":        resource.NewStringProperty("10.99.0.0/16"),
		"enableDnsSupport": resource.NewBoolProperty(true), "enableDnsHostnames": resource.NewBoolProperty(true),
	}
	r := pulumitest.Run(t, deploy(adopting(), s), region("eu-west-1"), reference(t, "own-last", nil),
		pulumitest.WithOutputs("aws:ec2/vpc:Vpc", vpc),
		pulumitest.WithOutputs("aws:rds/cluster:Cluster", resource.PropertyMap{
			"clusterIdentifier": resource.NewStringProperty("old-cluster"),
		}))

	reads := map[string]string{}
	for _, res := range r.Custom() {
		if res.Read {
			reads[res.Type] = res.Name
		}
	}
	assert.Contains(t, reads, "aws:ec2/vpc:Vpc", "the network is looked up, so that a wrong id fails at once")
	assert.Contains(t, reads, "aws:rds/cluster:Cluster")
	assert.Empty(t, r.OfType("aws:ec2/subnet:Subnet"))
	assert.Empty(t, r.OfType("aws:ec2/natGateway:NatGateway"))
	for _, b := range r.OfType("aws:s3/bucketV2:BucketV2") {
		assert.NotEqual(t, "old-artifacts", b.Values()["bucket"], "an adopted bucket is not created")
	}
	for _, zone := range r.OfType("aws:route53/zone:Zone") {
		assert.True(t, zone.Read || private(zone.Values()["name"]), "an adopted zone is not created")
	}
	for _, rec := range r.OfType("aws:route53/record:Record") {
		if !private(rec.Values()["name"]) {
			assert.Equal(t, "Z0ADOPTED", rec.Values()["zoneId"], rec.Name)
		}
	}
	global := r.OfType("aws:rds/globalCluster:GlobalCluster")
	require.Len(t, global, 1)
	assert.NotEmpty(t, global[0].Values()["sourceDbClusterIdentifier"], "the adopted cluster seeds the global database")
}

// private reports whether a name is of the zone that only the homes see.
func private(name any) bool { return strings.HasSuffix(fmt.Sprint(name), ".internal") }

func TestDeploy_secondaryKnowsAnAdoptedNetworksRange(t *testing.T) {
	t.Parallel()
	s := example(t)
	c := settings(system.Secondary)
	c.PeerReady = true
	peer := seen(system.Primary)
	home := peer.Own()
	home.CIDR = "10.99.0.0/16"
	peer.Homes[system.Primary] = home
	r := pulumitest.Run(t, deploy(c, s), region("eu-central-1"), reference(t, "own-last", nil), reference(t, "peer", peer))
	var to []any
	for _, route := range r.OfType("aws:ec2/route:Route") {
		if _, peering := route.Values()["vpcPeeringConnectionId"]; peering {
			to = append(to, route.Values()["destinationCidrBlock"])
		}
	}
	require.NotEmpty(t, to)
	for _, cidr := range to {
		assert.Equal(t, "10.99.0.0/16", cidr)
	}
}

func TestDeploy_replicatesIntoTheBucketThatThePeerHas(t *testing.T) {
	t.Parallel()
	s := example(t)
	c := settings(system.Primary)
	c.PeerReady = true
	peer := seen(system.Secondary)
	home := peer.Own()
	home.Stores = map[string]inventory.Store{"artifacts": {Kind: system.Bucket, Name: "their-own-artifacts", Generation: 1}}
	require.NotEmpty(t, s.StoresOf(system.Bucket)[1:], "another bucket, which the peer does not have yet")
	peer.Homes[system.Secondary] = home
	r := pulumitest.Run(t, deploy(c, s), region("eu-west-1"), reference(t, "own-last", nil), reference(t, "peer", peer))

	to := map[string]any{}
	for _, config := range r.OfType("aws:s3/bucketReplicationConfig:BucketReplicationConfig") {
		rule := config.Values()["rules"].([]any)[0].(map[string]any)
		to[config.Name] = rule["destination"].(map[string]any)["bucket"]
	}
	assert.Equal(t, map[string]any{
		"bucket-artifacts-replication": "arn:aws:s3:::their-own-artifacts",
	}, to, "S3 refuses replication into a bucket that is not there")
	allowed := r.Get(t, "aws:iam/rolePolicy:RolePolicy", "bucket-artifacts-replicator-policy")
	assert.Contains(t, allowed.Values()["policy"], "arn:aws:s3:::their-own-artifacts/*")
}
