package recovery

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
	"redoubt/recovery/verify"
	"redoubt/sim/world"
	"redoubt/system"
)

// doubter is a port that does not trust what was restored.
type doubter struct{ plan.Port }

func (d doubter) Call(ctx context.Context, c plan.Call) (plan.Document, error) {
	if c.Operation == verify.VerifyStore {
		return verify.Failed("it holds the damage"), nil
	}
	return d.Port.Call(ctx, c)
}

// TestRestore_whoseLookFailsSwapsNothing runs into a look that fails: the run
// stops with the damaged store where it was, and goes on once the look passes.
func TestRestore_whoseLookFailsSwapsNothing(t *testing.T) {
	t.Parallel()
	for _, store := range []string{"sessions", "tasks"} {
		t.Run(store, func(t *testing.T) {
			l := serving(t, system.Primary)
			before := l.directory(t, system.Primary)
			p := l.plan(t, restoreRequest(store, system.Primary, l.Now().Add(-8*time.Minute)))
			v := l.driver(t)
			v.Port = doubter{v.Port}
			f, err := v.Run(context.Background(), execute.New(p, execute.Options{Run: "r", Generation: 1}))
			require.NoError(t, err)
			require.Equal(t, execute.Stopped, f.Outcome)
			assert.Contains(t, f.Why, "verify-"+store)
			assert.Equal(t, before, l.directory(t, system.Primary), "the agents are told nothing new")
			if store == "tasks" {
				assert.Equal(t, []string{"atlas-tasks-primary"}, l.proxied(t, system.Primary))
			}

			v.Port = v.Port.(doubter).Port
			records, err := v.Store.Load(t.Context(), "r")
			require.NoError(t, err)
			core, err := execute.Restore(p, execute.Options{Run: "r", Generation: 2}, records)
			require.NoError(t, err)
			f, err = v.Run(context.Background(), core)
			require.NoError(t, err)
			assert.Equal(t, execute.Recovered, f.Outcome, f.Why)
			assert.Equal(t, 2, l.directory(t, system.Primary).Stores[store].Generation)
		})
	}
}

// TestRestore_doesNotPassWhatSomebodyWroteInto looks at a restored table that
// does not hold what the damaged one held at the time.
func TestRestore_doesNotPassWhatSomebodyWroteInto(t *testing.T) {
	t.Parallel()
	l, at := spoiled(t, "atlas-sessions", system.Primary)
	p := l.plan(t, restoreRequest("sessions", system.Primary, at))
	require.Equal(t, execute.Recovered, l.quiet(t, p, execute.Options{}).Outcome)
	look := p.Steps[slices.IndexFunc(p.Steps, func(s plan.Step) bool { return s.Role == plan.Verify })].Call
	answer, err := l.port(t).Call(t.Context(), look)
	require.NoError(t, err)
	assert.Equal(t, plan.Document{"Passed": true}, answer)
	l.keep(t, system.Primary, "atlas-sessions-g2", "a", "bad")
	answer, err = l.port(t).Call(t.Context(), look)
	require.NoError(t, err)
	assert.Equal(t, false, answer["Passed"])
	assert.Contains(t, answer["Why"], "NotTheSame")
}

// restored is what a restore is about: what the agents find, what there is, what is
// backed up and what runs.
func (l *lab) restored(t testing.TB) []string {
	t.Helper()
	var out []string
	for _, home := range system.Homes {
		out = append(out, fmt.Sprint(home, l.directory(t, home)), fmt.Sprint(home, l.proxied(t, home)),
			fmt.Sprint(home, l.objects(t, home, "artifacts"), l.versions(t, home, "artifacts")))
		for _, kind := range []string{"AWS::DynamoDB::Table", "AWS::RDS::DBCluster", "AWS::RDS::DBInstance",
			"AWS::ElastiCache::ReplicationGroup"} {
			for _, e := range l.Find(regionOf[home], kind, nil) {
				out = append(out, kind+" "+e.ID)
			}
		}
		for _, e := range l.Find(regionOf[home], "AWS::Backup::BackupSelection", nil) {
			out = append(out, fmt.Sprint(e.In["Name"], e.In["Resources"]))
		}
		for _, a := range l.sys.Agents {
			out = append(out, fmt.Sprint(home, a.Name, l.replicas(t, home, a.Name)))
		}
	}
	for _, e := range append(l.Find(world.Global, "AWS::RDS::GlobalCluster", nil),
		l.Find("", "AWS::ElastiCache::GlobalReplicationGroup", nil)...) {
		out = append(out, fmt.Sprint(e.ID, e.Out["Writer"], e.Out["Members"]))
	}
	for _, r := range l.Find(world.Global, "AWS::Route53::RecordSet", nil) {
		out = append(out, fmt.Sprint(r.In["Name"], r.In["SetIdentifier"], r.In["Records"]))
	}
	slices.Sort(out)
	return out
}
