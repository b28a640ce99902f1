package stacks

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/pulumitest"
	"redoubt/inventory"
	"redoubt/inventory/directory"
	"redoubt/system"
)

// endpoints answers as a home whose proxy AWS has named.
func endpoints(code string) pulumitest.Option {
	return func(r *pulumitest.Recorder) {
		region(code)(r)
		pulumitest.WithOutputs("aws:rds/proxy:Proxy", resource.PropertyMap{
			"endpoint": resource.NewStringProperty("proxy." + code + ".rds.amazonaws.com"),
		})(r)
	}
}

// written is the directory that an update of the home writes, and the inventory it comes from.
func written(t *testing.T, c Config, opts ...pulumitest.Option) (string, inventory.Inventory) {
	t.Helper()
	c.PeerReady = true
	peer := seen(c.Home.Peer())
	peer.Own().Stores["tasks"] = inventory.Store{Kind: system.Postgres, Name: "atlas-tasks", Endpoint: "proxy.peer"}
	opts = append(opts, endpoints(c.Region), reference(t, "own-last", nil), reference(t, "peer", peer))
	r := pulumitest.Run(t, deploy(c, example(t)), opts...)
	object := r.Get(t, "aws:s3/bucketObjectv2:BucketObjectv2", "control-own").Values()["content"].(string)
	inv, err := inventory.Decode([]byte(object))
	require.NoError(t, err)
	inv.Homes[c.Home.Peer()] = peer.Own()
	return r.Get(t, "aws:ssm/parameter:Parameter", "directory-parameter").Values()["insecureValue"].(string), inv
}

func TestDeploy_directoryTellsWhereEveryStoreIs(t *testing.T) {
	t.Parallel()
	for _, home := range system.Homes {
		text, _ := written(t, settings(home))
		d, err := directory.Decode(text)
		require.NoError(t, err)
		assert.Equal(t, home, d.Home)
		tasks := d.Stores["tasks"]
		assert.Equal(t, "tasks.postgres.atlas.internal", tasks.Host)
		assert.Equal(t, []string{"proxy." + settings(home).Region + ".rds.amazonaws.com", "proxy.peer"}, tasks.TLSNames)
		assert.NotEmpty(t, d.Stores["artifacts"].Name)
	}
}

// A plan that restores a store knows the inventory that it leaves. What it
// writes must be what the next update would write, or a preview would not be empty.
func TestDeploy_aRestoreWritesTheDirectoryThatTheNextUpdateWould(t *testing.T) {
	t.Parallel()
	_, inv := written(t, settings(system.Primary))
	restored := settings(system.Primary)
	restored.Generations = map[string]int{"artifacts": 2}
	want, _ := written(t, restored)

	artifacts := inv.Own().Stores["artifacts"] // what the plan does
	artifacts.Generation, artifacts.Name = 2, restored.Scope("atlas").Bucket("artifacts", 2)
	inv.Own().Stores["artifacts"] = artifacts
	got, err := directory.Encode(directory.Of(inv))
	require.NoError(t, err)
	assert.Equal(t, want, got)
}

func TestDeploy_privateNamesObeyTheDomainsCheck(t *testing.T) {
	t.Parallel()
	for _, arc := range []bool{false, true} {
		for _, home := range system.Homes {
			c := settings(home)
			c.PeerReady = true
			if arc {
				c.Switch = "arc"
			}
			peer := seen(home.Peer())
			own := peer.Own()
			own.Entry.PeerHealthCheckID = "check-of-the-secondary"
			peer.Homes[home.Peer()] = own
			r := pulumitest.Run(t, deploy(c, example(t)), endpoints(c.Region), reference(t, "own-last", nil), reference(t, "peer", peer))
			record := "aws:route53/record:Record"
			domain, name := r.Get(t, record, "entry-domain").Values(), r.Get(t, record, "names-tasks").Values()
			assert.Equal(t, domain["healthCheckId"], name["healthCheckId"], "%s, arc %t", home, arc)
			assert.Equal(t, domain["failoverRoutingPolicies"], name["failoverRoutingPolicies"])
		}
	}
}

func TestDeploy_secondaryNeedsThePrimarysZone(t *testing.T) {
	t.Parallel()
	c := settings(system.Secondary)
	c.PeerReady = true
	peer := seen(system.Primary)
	own := peer.Own()
	own.Discovery.ZoneID = ""
	peer.Homes[system.Primary] = own
	_, err := pulumitest.RunErr(deploy(c, example(t)), region("eu-central-1"), reference(t, "own-last", nil), reference(t, "peer", peer))
	assert.ErrorContains(t, err, "the primary home has no private zone yet: update it first")
}
