package recovery

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/inventory/directory"
	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/sim/world"
	"redoubt/system"
	"redoubt/tests/homes"
)

// The proof of a recovery fails when one thing that a task meets is missing,
// and says which: otherwise every run would end recovered.
func TestProbe_failsByWhatIsMissing(t *testing.T) {
	t.Parallel()
	scale := func(t *testing.T, l *lab, agent string) {
		of := l.Inventory(t).Homes[system.Primary]
		l.Ask(t, homes.Ireland, "kubernetes", "Patch", world.Document{
			"Server": of.Cluster.Endpoint, "ApiVersion": "apps/v1", "Kind": "Deployment", "Namespace": of.Cluster.Namespace,
			"Name": agent, "Subresource": "scale", "Patch": world.Document{"spec": world.Document{"replicas": 0}}})
	}
	for name, c := range map[string]struct {
		spoil func(*testing.T, *lab)
		why   string
	}{
		"nothing": {func(*testing.T, *lab) {}, ""},
		"an agent": {func(t *testing.T, l *lab) { scale(t, l, "planner") },
			"agent planner: the number of ready replicas of planner is 0, want at least 1"},
		"the database's writer": {func(t *testing.T, l *lab) {
			s := l.Inventory(t).Homes[system.Secondary].Stores["tasks"]
			l.Ask(t, homes.Frankfurt, "rds", "SwitchoverGlobalCluster", world.Document{
				"GlobalClusterIdentifier": s.GlobalID, "TargetDbClusterIdentifier": s.Arn})
			l.Wait(10 * time.Minute)
		}, "store tasks: "},
		"the cache's writer": {func(t *testing.T, l *lab) {
			s := l.Inventory(t).Homes[system.Secondary].Stores["recall"]
			l.Ask(t, homes.Frankfurt, "elasticache", "FailoverGlobalReplicationGroup", world.Document{
				"GlobalReplicationGroupId": s.GlobalID, "PrimaryReplicationGroupId": s.Name, "PrimaryRegion": homes.Frankfurt})
			l.Wait(10 * time.Minute)
		}, "store recall: "},
		"the table that the agents find": {func(t *testing.T, l *lab) {
			name := l.Inventory(t).Homes[system.Primary].Discovery.Parameter
			d := l.directory(t, system.Primary)
			s := d.Stores["tool-calls"]
			s.Name = "atlas-tool-calls-g2"
			d.Stores["tool-calls"] = s
			text, err := directory.Encode(d)
			require.NoError(t, err)
			l.Ask(t, homes.Ireland, "ssm", "PutParameter", world.Document{
				"Name": name, "Value": text, "Type": "String", "Tier": directory.Tier, "Overwrite": true})
		}, "store tool-calls: "},
		"the traffic": {func(t *testing.T, l *lab) {
			p, err := planner.TakeTraffic(l.Inventory(t), system.Secondary)
			require.NoError(t, err)
			require.Equal(t, execute.Recovered, l.quiet(t, p, execute.Options{}).Outcome)
			l.Wait(10 * time.Minute)
		}, "agents.example.com leads to eu-central-1"},
	} {
		t.Run(name, func(t *testing.T) {
			l := standing(t)
			p := l.plan(t, zoneRequest(homes.Ireland+"a", system.Primary))
			n := slices.IndexFunc(p.Steps, func(s plan.Step) bool { return s.Role == plan.Prove })
			require.GreaterOrEqual(t, n, 0)
			c.spoil(t, l)
			out, err := l.port(t).Call(t.Context(), p.Steps[n].Call)
			require.NoError(t, err)
			if c.why == "" {
				assert.Equal(t, plan.Document{"Passed": true}, out)
				return
			}
			assert.Equal(t, false, out["Passed"])
			assert.Contains(t, out["Why"], c.why)
		})
	}
}
