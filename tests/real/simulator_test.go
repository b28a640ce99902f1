package real

import (
	"context"
	"encoding/json"
	"maps"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/cli/project"
	"redoubt/internal/cli/sim"
	cli "redoubt/internal/cli/target"
	"redoubt/internal/real"
	"redoubt/inventory"
	"redoubt/recovery/drill"
	"redoubt/recovery/planner"
	"redoubt/sim/world"
	"redoubt/system"
	"redoubt/witness"
)

// simulator is the suite's target that needs no account.
type simulator struct {
	folder string
	system *system.System
	world  *world.World
	target cli.Target
	// changes counts what has happened in the homes, to see that drills leave them alone.
	changes uint64
}

func openSimulator(t *testing.T) (target, *system.System) {
	t.Helper()
	s := &simulator{folder: t.TempDir()}
	s.system = unfold(t, s.folder, "", "")
	return s, s.system
}

func (s *simulator) Kind() witness.Kind { return witness.Simulated }
func (s *simulator) Account() string    { return "" }
func (s *simulator) Folder() string     { return s.folder }
func (s *simulator) Record() string     { return filepath.Join(s.folder, "drills.jsonl") }
func (s *simulator) Now() time.Time     { return s.world.Now() }

// Deploy runs the program in three updates, without the Pulumi CLI.
func (s *simulator) Deploy(t *testing.T, ctx context.Context) {
	s.world = world.New(world.Config{Seed: 1, Account: placeholderAccount})
	_, err := sim.Raise(ctx, s.world, s.folder, "", nil)
	require.NoError(t, err)
	p, err := project.OpenIn(s.folder)
	require.NoError(t, err)
	s.target = cli.InMemory(p, s.world)
	s.changes = s.world.Seq()
}

// Steady requires that both homes tell their inventories, and that a fault is nowhere.
func (s *simulator) Steady(t *testing.T, ctx context.Context) {
	inv, active := s.Known(t, ctx)
	assert.Equal(t, system.Primary, active)
	assert.Empty(t, s.world.Faults())
	for _, home := range system.Homes {
		for _, store := range s.system.Stores {
			assert.NotEmpty(t, inv.Homes[home].Stores[store.Name].Name, "store %s of the %s home", store.Name, home)
		}
	}
}

func (s *simulator) Known(t *testing.T, ctx context.Context) (inventory.Inventory, system.Home) {
	require.NotNil(t, s.target, "the simulated regions live as long as the suite: do not leave out the stage %s", real.Deploy)
	known, err := cli.Know(ctx, s.target)
	require.NoError(t, err)
	active, err := cli.Serving(ctx, s.target, known)
	require.NoError(t, err)
	return known.Inventory, active
}

// Place is a fork of the homes.
func (s *simulator) Place(t *testing.T, ctx context.Context) (drill.Place, func()) {
	inv, active := s.Known(t, ctx)
	at, err := s.target.Place(inv, active, 0)
	require.NoError(t, err)
	return at, func() {}
}

// Restores damages each store and restores it from its backup.
func (s *simulator) Restores(t *testing.T, ctx context.Context) []string {
	all, err := drill.Scenarios()
	require.NoError(t, err)
	inv, active := s.Known(t, ctx)
	var out []string
	for _, sc := range all {
		if sc.Plan != planner.Restore || sc.Fits(s.system, inv, active) != nil {
			continue
		}
		r, _ := lead(t, ctx, s, s.system, real.Led{Scenario: sc.Name})
		assert.True(t, r.Passed(), "%s: %v", sc.Name, r.Wrong)
		out = append(out, told(r))
	}
	assert.Len(t, out, len(s.system.Stores), "every store of the sandbox comes back from a backup")
	return out
}

// Cleanup has nothing to take down; what drills did must not be seen.
func (s *simulator) Cleanup(t *testing.T, _ context.Context) []string {
	if s.world != nil {
		assert.Equal(t, s.changes, s.world.Seq(), "a drill on the simulated regions is on a copy")
	}
	return nil
}

// bill counts what costs by existing.
func (s *simulator) bill(t *testing.T) map[string]int {
	out := map[string]int{}
	for _, kind := range []string{"AWS::EKS::Cluster", "AWS::EC2::NatGateway", "AWS::ElasticLoadBalancingV2::LoadBalancer",
		"AWS::RDS::DBProxy", "AWS::KMS::Key", "AWS::KMS::ReplicaKey", "AWS::SecretsManager::Secret", "AWS::CloudWatch::Alarm",
		"AWS::CloudWatch::CompositeAlarm", "AWS::Route53::HostedZone", "AWS::Route53::HealthCheck"} {
		out[kind] = len(s.world.Find("", kind, nil))
	}
	each := func(kind, member string) {
		for _, e := range s.world.Find("", kind, nil) {
			class, _ := e.In[member].(string)
			out[class]++
		}
	}
	each("AWS::RDS::DBInstance", "InstanceClass")
	for _, g := range s.world.Find("", "AWS::EKS::Nodegroup", nil) {
		out[nodeType(g)] += desired(t, g)
	}
	for _, e := range s.world.Find("", "AWS::EC2::VPCEndpoint", nil) {
		subnets, _ := e.In["SubnetIds"].([]any)
		out["interface endpoint in a zone"] += len(subnets)
	}
	out["public IPv4 address"] = len(s.world.Find("", "AWS::EC2::EIP", nil)) + 3*out["AWS::ElasticLoadBalancingV2::LoadBalancer"]
	maps.DeleteFunc(out, func(_ string, n int) bool { return n == 0 })
	return out
}

func nodeType(g *world.Entity) string {
	types, _ := g.In["InstanceTypes"].([]any)
	if len(types) == 0 {
		return ""
	}
	name, _ := types[0].(string)
	return name
}

// desired is how many nodes a group has.
func desired(t *testing.T, g *world.Entity) int {
	t.Helper()
	raw, err := json.Marshal(g.In["ScalingConfig"])
	require.NoError(t, err)
	var in struct{ DesiredSize int }
	require.NoError(t, json.Unmarshal(raw, &in))
	require.Positive(t, in.DesiredSize, "%v", g.In)
	return in.DesiredSize
}
