package drill

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/plan"
	"redoubt/sim/world"
	"redoubt/system"
	"redoubt/tests/homes"
)

// TestDrill_seesWhatIsBroken spoils one thing in homes that are up, and requires that the drill names the store or the tier.
func TestDrill_seesWhatIsBroken(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		scenario string
		spoil    func(testing.TB, *homes.Homes)
		alter    func(plan.Plan) (plan.Plan, error)
		want     []string
	}{
		"the mirror of a queue is gone": {
			scenario: "region-loss", spoil: dropMirror("work"), want: []string{"store work: 1200 marks of ", "tier core: requests are still refused"},
		},
		"the name's answer is kept twice as long": {
			scenario: "region-loss", spoil: doubleTTL,
			want: []string{"tier core: clients may keep the answer that leads to it for 2m0s, want at most 1m0s"},
		},
		"the fence is skipped": {
			scenario: "partition-failover", alter: without(plan.Fence),
			want: []string{"store tasks: one home acknowledged "},
		},
		"the database is not promoted, where misses are accepted": {
			scenario: "partition-failover", alter: withoutStep("promote-tasks"), want: []string{"tier core: requests are still refused"},
		},
		"the database is not promoted": {
			scenario: "region-loss", alter: withoutStep("promote-tasks"), want: []string{"tier core: requests are still refused"},
		},
		"the standby's agents are not started": {
			scenario: "region-loss", alter: withoutStep("start-archivist"), want: []string{"tier archive: requests are still refused"},
		},
		"the bucket's replication is off": {
			scenario: "region-loss", spoil: noReplication("artifacts"), want: []string{"store artifacts: 1200 marks"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := homes.Standing(t)
			if c.spoil != nil {
				c.spoil(t, h)
			}
			d := at(t, h, scenario(t, c.scenario), 0)
			d.Alter = c.alter
			r := run(t, d)
			show(t, r)
			for _, want := range c.want {
				assert.True(t, slices.ContainsFunc(r.Wrong, func(why string) bool { return strings.HasPrefix(why, want) }),
					"want %q in %q", want, r.Wrong)
			}
			assert.False(t, r.Held(), "nothing makes this good")
		})
	}
}

// without takes the steps of a role out of a plan, and what waits for them waits no more.
func without(role plan.Role) func(plan.Plan) (plan.Plan, error) {
	return drop(func(s plan.Step) bool { return s.Role == role })
}

func withoutStep(id string) func(plan.Plan) (plan.Plan, error) {
	return drop(func(s plan.Step) bool { return s.ID == id })
}

func drop(gone func(plan.Step) bool) func(plan.Plan) (plan.Plan, error) {
	return func(p plan.Plan) (plan.Plan, error) {
		var left []plan.Step
		ids := map[string]bool{}
		for _, s := range p.Steps {
			if gone(s) {
				ids[s.ID] = true
			}
		}
		for _, s := range p.Steps {
			if !gone(s) {
				s.Needs = slices.DeleteFunc(slices.Clone(s.Needs), func(need string) bool { return ids[need] })
				left = append(left, s)
			}
		}
		p.Steps = left
		return plan.New(p)
	}
}

// dropMirror takes the copy of a queue's work ledger away.
func dropMirror(store string) func(testing.TB, *homes.Homes) {
	return func(t testing.TB, h *homes.Homes) {
		t.Helper()
		ledger := h.Inventory(t).Homes[system.Primary].Stores[store].LedgerTable
		id := ledger + ":" + homes.Ireland
		change(t, h, homes.Frankfurt, "AWS::DynamoDB::TableReplica", id, func(in world.Document) { in["DeletionProtectionEnabled"] = false })
		require.NoError(t, h.Delete(homes.Frankfurt, "AWS::DynamoDB::TableReplica", id))
	}
}

// noReplication takes the rules away by which a bucket is copied.
func noReplication(store string) func(testing.TB, *homes.Homes) {
	return func(t testing.TB, h *homes.Homes) {
		t.Helper()
		name := h.Inventory(t).Homes[system.Primary].Stores[store].Name
		require.NoError(t, h.Delete(homes.Ireland, "AWS::S3::BucketReplication", name))
	}
}

// doubleTTL makes the name of the public agent one whose answer clients keep for two minutes.
func doubleTTL(t testing.TB, h *homes.Homes) {
	t.Helper()
	domain := h.Inventory(t).Homes[system.Primary].Entry.Domain
	found := h.Find("", "AWS::Route53::RecordSet", func(e *world.Entity) bool { return e.In["Name"] == "gateway."+domain })
	require.Len(t, found, 1)
	in := found[0].In
	delete(in, "Aliases")
	in["Type"], in["Ttl"], in["Records"] = "CNAME", 120.0, []any{domain}
	require.NoError(t, h.Delete(homes.Ireland, found[0].Kind, found[0].ID))
	_, err := h.Create(homes.Ireland, found[0].Kind, "kept twice as long", in)
	require.NoError(t, err)
}

// change updates one thing.
func change(t testing.TB, h *homes.Homes, region, kind, id string, how func(in world.Document)) {
	t.Helper()
	e, err := h.Read(region, kind, id)
	require.NoError(t, err)
	how(e.In)
	_, err = h.Update(region, kind, id, e.In)
	require.NoError(t, err)
}
