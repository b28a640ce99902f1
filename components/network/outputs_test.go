package network

import (
	"sync"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"redoubt/internal/pulumitest"
)

// outputs builds a network and returns what it tells the rest of the home.
func outputs(t *testing.T, args *Args, opts ...pulumitest.Option) (*Network, map[string]any) {
	t.Helper()
	var (
		mu      sync.Mutex
		network *Network
		got     = map[string]any{}
	)
	pulumitest.Run(t, func(ctx *pulumi.Context) error {
		n, err := New(ctx, "main", args)
		if err != nil {
			return err
		}
		network = n
		for key, out := range map[string]pulumi.Output{
			"vpc": n.VpcID, "public": n.PublicSubnetIDs, "private": n.PrivateSubnetIDs,
			"isolated": n.IsolatedSubnetIDs, "nat": n.NatAddresses, "peering": n.PeeringID,
		} {
			ctx.Export(key, out.ApplyT(func(v any) any {
				mu.Lock()
				defer mu.Unlock()
				got[key] = v
				return v
			}))
		}
		return nil
	}, opts...)
	return network, got
}

func TestNetwork_tellsItsIDsInTheOrderOfItsZones(t *testing.T) {
	t.Parallel()
	addresses := pulumitest.WithOutputs(eipType, resource.PropertyMap{"publicIp": resource.NewProperty("192.0.2.1")})
	n, got := outputs(t, primaryArgs(0), addresses)
	assert.Equal(t, "10.0.0.0/16", n.CIDR.String())
	assert.False(t, n.Peered)
	assert.Equal(t, map[string]any{
		"vpc":      "main-vpc_id",
		"public":   []string{"main-public-a_id", "main-public-b_id", "main-public-c_id"},
		"private":  []string{"main-private-a_id", "main-private-b_id", "main-private-c_id"},
		"isolated": []string{"main-isolated-a_id", "main-isolated-b_id", "main-isolated-c_id"},
		"nat":      []string{"192.0.2.1", "192.0.2.1", "192.0.2.1"},
		"peering":  "",
	}, got)
}

func TestNetwork_aUserOfThePublicSubnetsWaitsForTheInternetGateway(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, func(ctx *pulumi.Context) error {
		n, err := New(ctx, "main", primaryArgs(0))
		if err != nil {
			return err
		}
		_, err = lb.NewLoadBalancer(ctx, "user", &lb.LoadBalancerArgs{Subnets: n.PublicSubnetIDs})
		return err
	})
	user := r.Get(t, "aws:lb/loadBalancer:LoadBalancer", "user")
	assert.True(t, user.DependsOn(r.Get(t, "aws:ec2/internetGateway:InternetGateway", "main-internet")),
		"AWS refuses a public load balancer in a VPC without a gateway, and a gateway's removal under one")
}

func TestNetwork_tellsThePeeringOnceThereIsOne(t *testing.T) {
	t.Parallel()
	n, requested := outputs(t, secondaryArgs(0))
	assert.True(t, n.Peered)
	assert.Equal(t, "main-peering_id", requested["peering"])

	args := primaryArgs(0)
	args.Peer = accepted()
	_, got := outputs(t, args)
	assert.Equal(t, "main-accepter_id", got["peering"])
}

func TestNetwork_adoptionTellsWhatItWasGiven(t *testing.T) {
	t.Parallel()
	args := adoptArgs(0)
	_, got := outputs(t, args, existing("10.0.0.0/16", true))
	assert.Equal(t, map[string]any{
		"vpc":      "vpc-old",
		"public":   args.Adopt.PublicSubnetIDs,
		"private":  args.Adopt.PrivateSubnetIDs,
		"isolated": args.Adopt.IsolatedSubnetIDs,
		"nat":      []string{},
		"peering":  "main-accepter_id",
	}, got)
}
