//go:build real

package real

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/awsport"
	"redoubt/internal/cli/streams"
	cli "redoubt/internal/cli/target"
	"redoubt/inventory"
	"redoubt/recovery/plan"
	"redoubt/stacks"
	"redoubt/system"
)

const (
	peerReady = stacks.Namespace + ":peerReady"
	password  = stacks.Namespace + ":databasePassword"
)

// stack opens the stack of one home by the Automation API; its settings are in the project's folder.
func (a *account) stack(t *testing.T, ctx context.Context, home system.Home) auto.Stack {
	s, err := auto.UpsertStackInlineSource(ctx, string(home), stacks.Namespace, stacks.Program, auto.WorkDir(a.folder),
		auto.EnvVars(map[string]string{"PULUMI_BACKEND_URL": a.settings.Backend}))
	require.NoError(t, err, "stack %s", home)
	if _, err := s.GetConfig(ctx, password); err != nil {
		require.NoError(t, s.SetConfig(ctx, password, auto.ConfigValue{Value: "D1-" + rand.Text(), Secret: true}))
	}
	return s
}

// Deploy updates the primary, the secondary, and the primary again with what it learns of the secondary.
func (a *account) Deploy(t *testing.T, ctx context.Context) {
	a.samePassword(t, ctx)
	for n, home := range []system.Home{system.Primary, system.Secondary, system.Primary} {
		s := a.stack(t, ctx, home)
		if n > 0 {
			require.NoError(t, s.SetConfig(ctx, peerReady, auto.ConfigValue{Value: "true"}))
		}
		result, err := s.Up(ctx)
		require.NoError(t, err, "update %d, of the %s home", n+1, home)
		t.Logf("update %d, of the %s home: %v", n+1, home, result.Summary.ResourceChanges)
	}
}

// samePassword gives the secondary the database password of the primary.
func (a *account) samePassword(t *testing.T, ctx context.Context) {
	primary, secondary := a.stack(t, ctx, system.Primary), a.stack(t, ctx, system.Secondary)
	v, err := primary.GetConfig(ctx, password)
	require.NoError(t, err)
	require.NoError(t, secondary.SetConfig(ctx, password, auto.ConfigValue{Value: v.Value, Secret: true}))
}

// Known asks the homes themselves, as redoubt plan --on aws does.
func (a *account) Known(t *testing.T, ctx context.Context) (inventory.Inventory, system.Home) {
	var inv inventory.Inventory
	var active system.Home
	err := cli.Use(ctx, cli.Options{On: cli.AWS, Streams: streams.System()}, func(at cli.Target) error {
		known, err := cli.Know(ctx, at)
		if err != nil {
			return err
		}
		inv = known.Inventory
		active, err = cli.Serving(ctx, at, known)
		return err
	})
	require.NoError(t, err)
	return inv, active
}

// Cleanup mends the networks and destroys both homes, the secondary first.
func (a *account) Cleanup(t *testing.T, ctx context.Context) []string {
	if !t.Failed() || a.deployed(ctx) {
		inv, _ := a.Known(t, ctx)
		for _, of := range inv.Homes {
			assert.NoError(t, a.networks(inv).Mend(ctx, of.Region))
		}
	}
	var kept []string
	for _, home := range []system.Home{system.Secondary, system.Primary} {
		s := a.stack(t, ctx, home)
		_, err := s.Destroy(ctx, optdestroy.ContinueOnError())
		if err != nil {
			kept = append(kept, fmt.Sprintf("the %s home: %v", home, err))
		}
	}
	assert.Empty(t, kept, "not everything is destroyed. AWS keeps the source of a new table replica for a day: run again tomorrow with "+
		"SKIP_deploy, SKIP_steady, SKIP_drills, SKIP_restores and SKIP_report")
	return kept
}

// deployed reports whether the homes tell an inventory.
func (a *account) deployed(ctx context.Context) bool {
	return cli.Use(ctx, cli.Options{On: cli.AWS, Streams: streams.System()}, func(at cli.Target) error {
		_, err := cli.Know(ctx, at)
		return err
	}) == nil
}

// answers asks a home's load balancer for the domain, wherever the domain leads.
func (a *account) answers(inv inventory.Inventory) func(context.Context, system.Home) error {
	return func(ctx context.Context, home system.Home) error {
		address := inv.Homes[home].Entry.Address
		g := awsport.Gateway{Patience: time.Second, Lookup: func(ctx context.Context, _ string) ([]string, error) {
			return net.DefaultResolver.LookupHost(ctx, address)
		}}
		out, err := g.Probe(ctx, plan.Call{Input: plan.Document{"Domain": a.system.Domain, "Address": address, "Task": "witness"}})
		if err != nil {
			return err
		}
		if out["Passed"] != true {
			return fmt.Errorf("%v", out["Why"])
		}
		return nil
	}
}

// aliasKept is how long the answer of an alias to a load balancer may be kept:
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-choosing-alias-non-alias.html
const aliasKept = time.Minute

// keep asks how long the domain's answer may be kept.
func (a *account) keep(t *testing.T, ctx context.Context, inv inventory.Inventory, home system.Home) time.Duration {
	out, err := a.port(inv).Call(ctx, plan.Call{Kind: plan.AWS, Home: home, Service: "route53", Operation: "ListResourceRecordSets",
		Input: plan.Document{"HostedZoneId": inv.Homes[home].Entry.ZoneID, "StartRecordName": a.system.Domain, "StartRecordType": "A",
			"MaxItems": 1}})
	require.NoError(t, err)
	if alias, found := plan.Path("ResourceRecordSets[0].AliasTarget.DNSName").Find(out); found && alias != "" {
		return aliasKept
	}
	seconds, _ := plan.Path("ResourceRecordSets[0].TTL").Find(out)
	ttl, ok := seconds.(float64)
	require.True(t, ok, "the record of %s is neither an alias nor has it a TTL: %v", a.system.Domain, out)
	return time.Duration(ttl) * time.Second
}
