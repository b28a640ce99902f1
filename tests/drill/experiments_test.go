package drill

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/drill"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/sim/drive"
	"redoubt/sim/world"
	"redoubt/system"
	"redoubt/system/experiments"
	"redoubt/system/waits"
	"redoubt/tests/homes"
)

// removal is how a mitigation is taken away: from the homes, from the plan, or from what is done.
type removal struct {
	spoil func(testing.TB, *homes.Homes, experiments.Experiment)
	alter func(plan.Plan) (plan.Plan, error)
	act   func(*drill.Scenario)
	// wait is how long the plan waits after a failed call.
	wait time.Duration
}

// removals are the mitigations that experiments name.
var removals = map[string]removal{
	"readers":            {spoil: noReaders},
	"zones":              {spoil: oneZone},
	"fence":              {alter: without(plan.Fence), act: moveAtOnce},
	"table-replica":      {spoil: noTableReplica},
	"bucket-replication": {spoil: noBucketReplication},
	"cache-replica":      {spoil: noCacheReplica},
	"ledger-replica":     {spoil: noLedgerReplica},
	"automatic-failover": {spoil: noCacheFailover},
	"replicas":           {spoil: oneReplica},
	"outlier-detection":  {spoil: noOutlierDetection},
	"reservation":        {spoil: noReservation},
	"retries":            {wait: 30 * 24 * time.Hour},
	"levels":             {alter: without(plan.Level)},
	"fallback":           {spoil: needsAll},
	"deadline":           {spoil: toldNothing},
	"point-in-time":      {spoil: noPointInTime},
}

// TestExperiments_holdAndFailWithoutTheirMitigation runs each experiment on the homes as they are, where its expectation
// must hold, and without the mitigation that it names, where it must not.
func TestExperiments_holdAndFailWithoutTheirMitigation(t *testing.T) {
	t.Parallel()
	all, err := experiments.All()
	require.NoError(t, err)
	used := map[string]bool{}
	for _, e := range all {
		used[e.Mitigation.Name] = true
		s, err := drill.OfExperiment(e)
		require.NoError(t, err)
		t.Run(e.Name, func(t *testing.T) {
			t.Parallel()
			d := at(t, homes.Standing(t), s, 0)
			d.Return = true
			r := run(t, d)
			show(t, r)
			assert.Empty(t, r.Wrong, "the expectation holds")
			assert.True(t, r.Passed(), "and the way back")
		})
		t.Run(e.Name+" without "+e.Mitigation.Name, func(t *testing.T) {
			t.Parallel()
			gone, known := removals[e.Mitigation.Name]
			require.True(t, known, "nothing takes the mitigation %q away", e.Mitigation.Name)
			h, s := homes.Standing(t), s
			if gone.spoil != nil {
				gone.spoil(t, h, e)
			}
			if gone.act != nil {
				gone.act(&s)
			}
			d := at(t, h, s, 0)
			d.Alter, d.Backoff = gone.alter, gone.wait
			r := run(t, d)
			show(t, r)
			assert.False(t, r.Passed(), "the expectation fails")
			assert.False(t, slices.ContainsFunc(r.Wrong, func(why string) bool { return strings.Contains(why, "before the loss") }),
				"all was well before: %q", r.Wrong)
		})
	}
	for name := range removals {
		assert.True(t, used[name], "no experiment tests the mitigation %q", name)
	}
}

// moveAtOnce moves the work on the word of one home.
func moveAtOnce(s *drill.Scenario) {
	s.Plan, s.Refused = planner.RegionLoss, nil
	s.Aside = map[string]string{"confirmed-fence": "somebody is in a hurry"}
}

// about is what the primary home calls the store that an experiment is about.
func about(t testing.TB, h *homes.Homes, e experiments.Experiment) (store, name, ledger string) {
	t.Helper()
	s, _, _, err := e.Subject(homes.System(t))
	require.NoError(t, err)
	of := h.Inventory(t).Homes[system.Primary].Stores[s.Name]
	return s.Name, of.Name, of.LedgerTable
}

// noReaders leaves the database its writer.
func noReaders(t testing.TB, h *homes.Homes, e experiments.Experiment) {
	t.Helper()
	_, cluster, _ := about(t, h, e)
	writer := ""
	for _, m := range h.Ask(t, homes.Ireland, "rds", "DescribeDBClusters", world.Document{"DBClusterIdentifier": cluster})["DBClusters"].([]any)[0].(world.Document)["DBClusterMembers"].([]any) {
		if m.(world.Document)["IsClusterWriter"] == true {
			writer = m.(world.Document)["DBInstanceIdentifier"].(string)
		}
	}
	require.NotEmpty(t, writer)
	gone := 0
	for _, i := range h.Find(homes.Ireland, "AWS::RDS::DBInstance", func(i *world.Entity) bool {
		return i.In["ClusterIdentifier"] == cluster && i.ID != writer
	}) {
		gone++
		require.NoError(t, h.Delete(homes.Ireland, i.Kind, i.ID))
	}
	require.Positive(t, gone)
}

// oneZone leaves the cluster the nodes of one zone.
func oneZone(t testing.TB, h *homes.Homes, _ experiments.Experiment) {
	t.Helper()
	for _, zone := range h.Inventory(t).Homes[system.Primary].Zones[1:] {
		h.Break(t, "nodes-down "+zone)
	}
}

func dropReplica(t testing.TB, h *homes.Homes, table string) {
	t.Helper()
	id := table + ":" + homes.Ireland
	change(t, h, homes.Frankfurt, "AWS::DynamoDB::TableReplica", id, func(in world.Document) { in["DeletionProtectionEnabled"] = false })
	require.NoError(t, h.Delete(homes.Frankfurt, "AWS::DynamoDB::TableReplica", id))
}

func noTableReplica(t testing.TB, h *homes.Homes, e experiments.Experiment) {
	t.Helper()
	_, name, _ := about(t, h, e)
	dropReplica(t, h, name)
}

func noLedgerReplica(t testing.TB, h *homes.Homes, e experiments.Experiment) {
	t.Helper()
	_, _, ledger := about(t, h, e)
	dropReplica(t, h, ledger)
}

func noBucketReplication(t testing.TB, h *homes.Homes, e experiments.Experiment) {
	t.Helper()
	store, _, _ := about(t, h, e)
	noReplication(store)(t, h)
}

// noCacheReplica takes the other home's group out of the global datastore.
func noCacheReplica(t testing.TB, h *homes.Homes, e experiments.Experiment) {
	t.Helper()
	store, _, _ := about(t, h, e)
	name := h.Inventory(t).Homes[system.Secondary].Stores[store].Name
	require.NoError(t, h.Delete(homes.Frankfurt, "AWS::ElastiCache::ReplicationGroup", name))
}

func noCacheFailover(t testing.TB, h *homes.Homes, e experiments.Experiment) {
	t.Helper()
	store, name, _ := about(t, h, e)
	change(t, h, homes.Ireland, "AWS::ElastiCache::ReplicationGroup", name, func(in world.Document) {
		in["AutomaticFailoverEnabled"], in["MultiAzEnabled"] = false, false
	})
	global := h.Inventory(t).Homes[system.Primary].Stores[store].GlobalID
	for _, g := range h.Find("", "AWS::ElastiCache::GlobalReplicationGroup", func(g *world.Entity) bool { return g.ID == global }) {
		change(t, h, homes.Ireland, g.Kind, g.ID, func(in world.Document) { in["AutomaticFailoverEnabled"] = false })
	}
}

// oneReplica leaves the agent one replica, and its scaler lets it.
func oneReplica(t testing.TB, h *homes.Homes, e experiments.Experiment) {
	t.Helper()
	_, agent, _, err := e.Subject(homes.System(t))
	require.NoError(t, err)
	for _, o := range objects(h, func(o world.Document) bool {
		return o["kind"] == "HorizontalPodAutoscaler" && o["metadata"].(world.Document)["name"] == agent.Name
	}) {
		set(t, h, o, func(spec world.Document) { spec["minReplicas"] = 1.0 })
	}
	for _, o := range objects(h, func(o world.Document) bool {
		return o["kind"] == "Deployment" && o["metadata"].(world.Document)["name"] == agent.Name
	}) {
		set(t, h, o, func(spec world.Document) { spec["replicas"] = 1.0 })
	}
}

func noOutlierDetection(t testing.TB, h *homes.Homes, e experiments.Experiment) {
	t.Helper()
	_, agent, _, err := e.Subject(homes.System(t))
	require.NoError(t, err)
	found := objects(h, func(o world.Document) bool {
		if o["kind"] != "DestinationRule" {
			return false
		}
		host, _ := o["spec"].(world.Document)["host"].(string)
		return strings.HasPrefix(host, agent.Name+".")
	})
	require.NotEmpty(t, found)
	for _, o := range found {
		set(t, h, o, func(spec world.Document) { delete(spec["trafficPolicy"].(world.Document), "outlierDetection") })
	}
}

// needsAll lets the caller do without nobody.
func needsAll(t testing.TB, h *homes.Homes, _ experiments.Experiment) {
	t.Helper()
	tellCaller(t, h, func(told waits.Document) string {
		for name, w := range told.Callees {
			w.Without = false
			told.Callees[name] = w
		}
		return told.Encode()
	})
}

// toldNothing leaves the caller without a word of how long it may wait.
func toldNothing(t testing.TB, h *homes.Homes, _ experiments.Experiment) {
	t.Helper()
	tellCaller(t, h, func(waits.Document) string { return "" })
}

// tellCaller tells the pods of the agent that does without something else of how long they wait; nothing where that is empty.
func tellCaller(t testing.TB, h *homes.Homes, how func(waits.Document) string) {
	t.Helper()
	caller, _, has := experiments.Spared(homes.System(t))
	require.True(t, has)
	told := 0
	for _, o := range objects(h, func(o world.Document) bool {
		return o["kind"] == "Deployment" && o["metadata"].(world.Document)["name"] == caller.Name
	}) {
		set(t, h, o, func(spec world.Document) {
			for _, one := range spec["template"].(world.Document)["spec"].(world.Document)["containers"].([]any) {
				container := one.(world.Document)
				env, _ := container["env"].([]any)
				n := slices.IndexFunc(env, func(v any) bool { return v.(world.Document)["name"] == waits.Env })
				if n < 0 {
					continue
				}
				told++
				was, err := waits.Decode(env[n].(world.Document)["value"].(string))
				require.NoError(t, err)
				container["env"] = slices.Delete(slices.Clone(env), n, n+1)
				if text := how(was); text != "" {
					container["env"] = append(container["env"].([]any), world.Document{"name": waits.Env, "value": text})
				}
			}
		})
	}
	require.Equal(t, 1, told)
}

// TestCallLate_inTimeIsNoFault: a call that is late, but within the time that its caller waits, is no loss to anybody, and a
// callee that does not answer is one to its caller alone.
func TestCallLate_inTimeIsNoFault(t *testing.T) {
	t.Parallel()
	h := homes.Standing(t)
	caller, callee, has := experiments.Spared(homes.System(t))
	require.True(t, has)
	needsAll(t, h, experiments.Experiment{})
	w := drive.World{World: h.World, Inventory: h.Inventory(t), Regions: map[system.Home]string{
		system.Primary: homes.Ireland, system.Secondary: homes.Frankfurt}}
	answers := func(agent string) error { return w.Answers(t.Context(), system.Primary, agent) }
	h.Break(t, "call-late "+caller.Name+" "+callee.Name+" "+homes.Ireland+" by 20s")
	require.NoError(t, answers(caller.Name))
	h.Break(t, "call-late "+caller.Name+" "+callee.Name+" "+homes.Ireland+" by 30s")
	require.ErrorContains(t, answers(caller.Name), caller.Name+" cannot do without "+callee.Name)
	require.NoError(t, answers(callee.Name))
	require.NoError(t, w.Answers(t.Context(), system.Secondary, caller.Name))
}

// objects are those of the cluster of the home that serves.
func objects(h *homes.Homes, is func(world.Document) bool) []*world.Entity {
	return h.Find(homes.Ireland, "Kubernetes::Object", func(e *world.Entity) bool {
		o, _ := e.In["Object"].(world.Document)
		return is(o)
	})
}

func set(t testing.TB, h *homes.Homes, o *world.Entity, how func(spec world.Document)) {
	t.Helper()
	change(t, h, homes.Ireland, o.Kind, o.ID, func(in world.Document) { how(in["Object"].(world.Document)["spec"].(world.Document)) })
}

// noReservation lets the standby's nodes launch from what everybody may have.
func noReservation(t testing.TB, h *homes.Homes, _ experiments.Experiment) {
	t.Helper()
	found := h.Find(homes.Frankfurt, "AWS::EC2::LaunchTemplate", func(*world.Entity) bool { return true })
	require.NotEmpty(t, found)
	for _, lt := range found {
		change(t, h, homes.Frankfurt, lt.Kind, lt.ID, func(in world.Document) { delete(in, "CapacityReservationSpecification") })
	}
}

func noPointInTime(t testing.TB, h *homes.Homes, e experiments.Experiment) {
	t.Helper()
	_, name, _ := about(t, h, e)
	change(t, h, homes.Ireland, "AWS::DynamoDB::Table", name, func(in world.Document) {
		in["PointInTimeRecovery"] = world.Document{"Enabled": false}
	})
}
