package discovery_test

import (
	"fmt"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/components/discovery"
	"redoubt/internal/naming"
	"redoubt/internal/pulumitest"
	"redoubt/inventory/directory"
	"redoubt/system"
)

const recordType = "aws:route53/record:Record"

func scope(n int, home system.Home) naming.Scope {
	name, region := "atlas", "eu-west-1"
	if n > 0 {
		name = fmt.Sprint(name, n)
	}
	if home == system.Secondary {
		region = "eu-central-1"
	}
	return naming.Scope{System: name, Home: home, Region: region, Account: "123456789012"}
}

func namesOf(home system.Home) func(n int) *discovery.NamesArgs {
	return func(n int) *discovery.NamesArgs {
		a := &discovery.NamesArgs{
			Scope: scope(n, home), VpcID: pulumi.String("vpc-1"), Peer: true, Protect: true,
			Stores: []discovery.Store{
				{Name: "tasks", Kind: system.Postgres, Endpoint: pulumi.String("proxy." + string(home)),
					Reader: pulumi.String("readers." + string(home))},
				{Name: "recall", Kind: system.Cache, Endpoint: pulumi.String("cache." + string(home))},
			},
		}
		if home == system.Secondary {
			a.ZoneID = pulumi.String("Z0PRIVATE")
		} else {
			a.HealthCheckID = pulumi.String("check-1")
		}
		return a
	}
}

func TestNames_holdToTheEightChecks(t *testing.T) {
	t.Parallel()
	pulumitest.Suite[discovery.NamesArgs, *discovery.Names]{
		Args:   namesOf(system.Primary),
		New:    discovery.NewNames,
		Golden: "names.golden",
		Bad: []pulumitest.Bad[discovery.NamesArgs]{
			{Name: "no scope", Mutate: func(a *discovery.NamesArgs) { a.Scope = naming.Scope{} }, Want: "want a system, a home"},
			{Name: "no network", Mutate: func(a *discovery.NamesArgs) { a.VpcID = nil }, Want: "vpcId is required"},
			{
				Name: "a zone in the primary", Mutate: func(a *discovery.NamesArgs) { a.ZoneID = pulumi.String("Z1") },
				Want: "zoneId is given to the secondary",
			},
			{
				Name: "a name that could never move", Mutate: func(a *discovery.NamesArgs) { a.HealthCheckID = nil },
				Want: "healthCheckId is required in a primary with a peer",
			},
			{
				Name: "a store without a writer", Mutate: func(a *discovery.NamesArgs) { a.Stores[0].Kind = system.Bucket },
				Want: `store "tasks" is a "bucket"`,
			},
			{
				Name: "a store without an endpoint", Mutate: func(a *discovery.NamesArgs) { a.Stores[1].Endpoint = nil },
				Want: `store "recall" is a "cache", want one with a writer and its endpoint`,
			},
		},
		Changes: []pulumitest.Change[discovery.NamesArgs]{
			{
				Name:   "an endpoint, which a restore changes in place",
				Mutate: func(a *discovery.NamesArgs) { a.Stores[0].Endpoint = pulumi.String("proxy-g2.primary") },
				Want:   []string{"main-tasks records"},
			},
			{
				Name:   "readers",
				Mutate: func(a *discovery.NamesArgs) { a.Stores[0].Reader = nil },
				Want:   []string{"-main-tasks-reader"},
			},
			{
				Name:   "the check",
				Mutate: func(a *discovery.NamesArgs) { a.HealthCheckID = pulumi.String("check-2") },
				Want:   []string{"main-recall healthCheckId", "main-tasks healthCheckId"},
			},
			{
				Name:   "the peer",
				Mutate: func(a *discovery.NamesArgs) { a.Peer, a.HealthCheckID = false, nil },
				Want:   []string{"-main-recall", "-main-tasks", "main peer"},
			},
			{
				Name:   "the network, which only associations change",
				Mutate: func(a *discovery.NamesArgs) { a.VpcID = pulumi.String("vpc-2") },
				Want:   []string{"main-zone vpcs"},
			},
			{
				Name:   "protection",
				Mutate: func(a *discovery.NamesArgs) { a.Protect = false },
				Want:   []string{"main-recall protect", "main-tasks protect", "main-zone protect"},
			},
		},
	}.Run(t)
}

func TestNames_ofTheSecondaryHoldToTheEightChecks(t *testing.T) {
	t.Parallel()
	pulumitest.Suite[discovery.NamesArgs, *discovery.Names]{
		Args:   namesOf(system.Secondary),
		New:    discovery.NewNames,
		Golden: "names-secondary.golden",
		Bad: []pulumitest.Bad[discovery.NamesArgs]{
			{Name: "no zone", Mutate: func(a *discovery.NamesArgs) { a.ZoneID = nil }, Want: "zoneId is given to the secondary"},
		},
		Changes: []pulumitest.Change[discovery.NamesArgs]{
			{
				Name:   "a check, which routing controls have",
				Mutate: func(a *discovery.NamesArgs) { a.HealthCheckID = pulumi.String("check-2") },
				Want:   []string{"main-recall healthCheckId", "main-tasks healthCheckId"},
			},
		},
	}.Run(t)
}

func TestNames_writerFollowsTheSwitchReadersStayAtHome(t *testing.T) {
	t.Parallel()
	for _, home := range system.Homes {
		r := pulumitest.Run(t, func(ctx *pulumi.Context) error {
			_, err := discovery.NewNames(ctx, "main", namesOf(home)(0))
			return err
		})
		writer, reader := r.Get(t, recordType, "main-tasks").Values(), r.Get(t, recordType, "main-tasks-reader").Values()
		assert.Equal(t, "tasks.postgres.atlas.internal", writer["name"])
		side := map[system.Home]string{system.Primary: "PRIMARY", system.Secondary: "SECONDARY"}[home]
		assert.Equal(t, []any{map[string]any{"type": side}}, writer["failoverRoutingPolicies"])
		assert.Equal(t, home == system.Primary, writer["healthCheckId"] == "check-1", "the domain's own check")
		assert.Equal(t, "reader.tasks.postgres.atlas.internal", reader["name"])
		assert.Equal(t, []any{map[string]any{"region": scope(0, home).Region}}, reader["latencyRoutingPolicies"])
		assert.NotContains(t, reader, "healthCheckId", "readers never move")
		for _, rec := range []map[string]any{writer, reader} {
			assert.InDelta(t, 10, rec["ttl"], 0)
			assert.Equal(t, string(home), rec["setIdentifier"], "without one the other home's record is overwritten")
		}
		door := map[system.Home][2]string{
			system.Primary:   {"aws:route53/zone:Zone", "main-zone"},
			system.Secondary: {"aws:route53/zoneAssociation:ZoneAssociation", "main-network"},
		}[home]
		inside := r.Get(t, door[0], door[1])
		for _, name := range []string{"main-tasks", "main-recall", "main-tasks-reader"} {
			assert.True(t, r.Get(t, recordType, name).DependsOn(inside), "%s is of no use before the network is in the zone", name)
		}
	}
}

func TestNames_keepTheOtherHomesNetworkInTheZone(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, func(ctx *pulumi.Context) error {
		_, err := discovery.NewNames(ctx, "main", namesOf(system.Primary)(0))
		return err
	})
	zone := r.Get(t, "aws:route53/zone:Zone", "main-zone")
	assert.Equal(t, []string{"vpcs"}, zone.RPC.GetIgnoreChanges())
	assert.True(t, zone.RPC.GetProtect())
	assert.Equal(t, false, zone.Values()["forceDestroy"], "a zone that goes with its records takes the other home's names along")
}

func text(n int, home system.Home, change string) string {
	s := scope(n, home)
	out, err := directory.Encode(directory.Document{Version: directory.Version, System: s.System, Home: home, Region: change})
	if err != nil {
		panic(err)
	}
	return out
}

func TestDirectory_holdsToTheEightChecks(t *testing.T) {
	t.Parallel()
	pulumitest.Suite[discovery.DirectoryArgs, *discovery.Directory]{
		Args: func(n int) *discovery.DirectoryArgs {
			return &discovery.DirectoryArgs{
				Scope: scope(n, system.Primary), Text: pulumi.String(text(n, system.Primary, "eu-west-1")), Protect: true,
			}
		},
		New:    discovery.NewDirectory,
		Golden: "directory.golden",
		Bad: []pulumitest.Bad[discovery.DirectoryArgs]{
			{Name: "no scope", Mutate: func(a *discovery.DirectoryArgs) { a.Scope = naming.Scope{} }, Want: "want a system and a home"},
			{Name: "no text", Mutate: func(a *discovery.DirectoryArgs) { a.Text = nil }, Want: "text is required"},
		},
		Changes: []pulumitest.Change[discovery.DirectoryArgs]{
			{
				Name:   "the text",
				Mutate: func(a *discovery.DirectoryArgs) { a.Text = pulumi.String(text(0, system.Primary, "other")) },
				Want:   []string{"main-parameter insecureValue"},
			},
			{
				Name:   "protection",
				Mutate: func(a *discovery.DirectoryArgs) { a.Protect = false },
				Want:   []string{"main-parameter protect"},
			},
		},
	}.Run(t)
}

func TestDirectory_hasOneNameInBothHomes(t *testing.T) {
	t.Parallel()
	for _, home := range system.Homes {
		r := pulumitest.Run(t, func(ctx *pulumi.Context) error {
			_, err := discovery.NewDirectory(ctx, "main", &discovery.DirectoryArgs{
				Scope: scope(0, home), Text: pulumi.String(text(0, home, "r")),
			})
			return err
		})
		p := r.Get(t, "aws:ssm/parameter:Parameter", "main-parameter")
		assert.Equal(t, "/atlas/discovery", p.Values()["name"])
		assert.Equal(t, "Advanced", p.Values()["tier"], "a document that shrinks asks AWS for nothing that it refuses")
		assert.Empty(t, p.RPC.GetIgnoreChanges(), "what a plan wrote and an update would write are the same")
	}
}

func TestDirectory_refusesAnotherHomesText(t *testing.T) {
	t.Parallel()
	_, err := pulumitest.RunErr(func(ctx *pulumi.Context) error {
		_, err := discovery.NewDirectory(ctx, "main", &discovery.DirectoryArgs{
			Scope: scope(0, system.Primary), Text: pulumi.String(text(0, system.Secondary, "r")),
		})
		return err
	})
	require.ErrorContains(t, err, `directory is of the secondary home of "atlas", want primary`)
}
