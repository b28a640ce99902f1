package probe

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/clock"
	"redoubt/inventory"
	"redoubt/recovery/arbiter"
	"redoubt/system"
	"redoubt/watch"
	"redoubt/watch/judge"
	"redoubt/watch/prober"
)

// keys are the metrics of what is published, with the home into whose region they go.
func keys(puts []prober.Put) []string {
	var out []string
	for _, p := range puts {
		out = append(out, string(p.Into)+" "+judge.Key(p.Metric))
	}
	return out
}

func round(t *testing.T, e *Eyes) (prober.Sight, []prober.Put, error) {
	t.Helper()
	saw, err := e.Round(t.Context())
	return saw, prober.Publish(e.System, e.Home, now, saw), err
}

// What is published on AWS is what the simulated prober publishes (tests/watch holds that to the same).
func TestRound_publishesAllThatAProberDoes(t *testing.T) {
	t.Parallel()
	for _, home := range system.Homes {
		e, _ := theEyes(t, home)
		_, puts, err := round(t, e)
		require.NoError(t, err)
		want := prober.Publish(e.System, home, now, prober.Whole(e.System, e.Inventory, home, now))
		assert.ElementsMatch(t, keys(want), keys(puts), "seen from the %s home", home)
	}
}

// TestRound_aHomeAlone: before there is another home nothing is missed, and every alarm that is declared hears something.
func TestRound_aHomeAlone(t *testing.T) {
	t.Parallel()
	e, f := theEyes(t, system.Primary)
	for _, st := range e.System.Stores {
		f.tests[backedUp(e.own(), st)] = now.Add(-24 * time.Hour) // of its own backups: it has no others
	}
	inv := e.Inventory
	inv.Homes = map[system.Home]inventory.Home{system.Primary: inv.Homes[system.Primary]}
	e.Inventory = inv
	delete(e.Entry.Addresses, system.Secondary)
	own := &region{}
	saw, err := e.Round(t.Context())
	require.NoError(t, err, "nothing of another home is looked for")
	puts := e.publish(now, saw)
	require.NoError(t, Put(t.Context(), map[system.Home]Putter{system.Primary: own}, puts, now))
	require.Len(t, own.calls, 1)
	heard, judged := keys(puts), 0
	for _, a := range watch.New(e.System, system.Primary, map[system.Home]watch.Place{system.Primary: watch.PlaceOf(e.own())}).Alarms {
		for _, q := range a.Queries {
			if q.Metric.Namespace == watch.Namespace && a.Concern != watch.Test {
				assert.True(t, slices.Contains(heard, "primary "+judge.Key(q.Metric)), a.Part)
				judged++
			}
		}
	}
	assert.Greater(t, judged, 50)
}

// ofPublic is the availability of the tiers that have public agents.
const ofPublic = "available to clients"

// TestRound_hidesNothingBehindAFailure lets each thing fail that can be asked. What is missing then is what was asked for,
// and nothing is made up.
func TestRound_hidesNothingBehindAFailure(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		breaks func(*Eyes, *fakeAWS)
		// gone are the metrics of which nothing is left.
		gone []string
		says string
	}{
		{func(_ *Eyes, f *fakeAWS) { f.broken["DescribeKey"] = true }, []string{watch.KeyUsable}, "the key of data: gone"},
		{func(_ *Eyes, f *fakeAWS) { f.broken["GetObject"] = true }, []string{watch.InventoryDiffers, watch.DriftAge, watch.DrillAge, watch.MeasuredAge,
			watch.MeasuredRatio}, "the inventories"},
		{func(e *Eyes, _ *fakeAWS) { e.Cluster = api{} }, []string{watch.NodesReady, watch.ReadyShare, watch.ReadyZones}, "the cluster: nodes: gone"},
		{func(e *Eyes, _ *fakeAWS) { delete(e.Cluster.(api), "/api/v1/namespaces/atlas/pods") },
			[]string{watch.ReadyShare, watch.ReadyZones}, "the cluster: pods: gone"},
		{func(e *Eyes, _ *fakeAWS) { e.Entry.Addresses = nil }, []string{watch.Answers, watch.CertificateDays, watch.RoundTrip, ofPublic}, "knows no load balancer"},
		{func(e *Eyes, _ *fakeAWS) {
			e.Active = func(context.Context) (system.Home, error) { return "", errGone }
		},
			[]string{watch.Available}, "where the system serves: gone"},
		{func(e *Eyes, _ *fakeAWS) {
			e.Word = func(context.Context) (arbiter.Word, error) { return arbiter.Word{}, errGone }
		},
			[]string{watch.TakenOver}, "the arbiter's word: gone"},
	} {
		e, f := theEyes(t, system.Secondary)
		_, before, err := round(t, e)
		require.NoError(t, err)
		c.breaks(e, f)
		_, after, err := round(t, e)
		require.ErrorContains(t, err, c.says)
		want := slices.DeleteFunc(before, func(p prober.Put) bool {
			return slices.Contains(c.gone, p.Metric.Name) || p.Metric.Name == watch.Available && slices.Contains(c.gone, ofPublic) &&
				slices.ContainsFunc(e.System.Public(), func(a system.Agent) bool { return a.Tier == p.Metric.Dimensions[watch.DimTier] })
		})
		assert.ElementsMatch(t, keys(want), keys(after), c.says)
	}
}

// TestRound_endsWithoutWhatHangs: a look that does not even end when it is told to keeps no other.
func TestRound_endsWithoutWhatHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &fakeAWS{asked: map[string]int{}}
		e := &Eyes{System: &system.System{}, Home: system.Primary, Clock: clock.Wall{}, Cluster: api{}, Clients: Clients{Backups: f}}
		release := make(chan struct{})
		e.Active = func(context.Context) (system.Home, error) { <-release; return system.Primary, nil }
		began := time.Now()
		_, err := e.Round(t.Context())
		require.ErrorContains(t, err, "where the system serves: no answer within 20s")
		assert.Equal(t, within, time.Since(began))
		close(release)
	})
}

func TestRound_values(t *testing.T) {
	t.Parallel()
	e, f := theEyes(t, system.Secondary)
	own := e.own()
	f.states[own.Keys["data"]] = kmstypes.KeyStatePendingDeletion
	in := own.Cluster.Namespace
	cluster := e.Cluster.(api)
	cluster["/api/v1/nodes"] = fmt.Sprintf(`[{"metadata":{"name":"a","labels":{"%[1]s":"%[2]s"}},"status":{"conditions":[{"type":"Ready","status":"True"}]}},
		{"metadata":{"name":"b","labels":{"%[1]s":"%[2]s"}},"status":{"conditions":[{"type":"Ready","status":"Unknown"}]}}]`, zoneLabel, own.Zones[0])
	cluster["/api/v1/namespaces/"+in+"/pods"] = fmt.Sprintf(`[
		{"metadata":{"labels":{"%[1]s":"planner"}},"spec":{"nodeName":"a"},"status":{"conditions":[{"type":"Ready","status":"True"}]}},
		{"metadata":{"labels":{"%[1]s":"planner"}},"spec":{"nodeName":"b"},"status":{"conditions":[{"type":"Ready","status":"False"}]}},
		{"metadata":{"labels":{"%[1]s":"planner"}},"spec":{},"status":{}}]`, agentLabel)
	e.Stores["tasks"].err = errGone
	bad := e.Inventory.Homes[system.Primary]
	bad.Account = "210987654321"
	other := inventory.New(e.Inventory.System, system.Primary, bad)
	raw, err := inventory.Encode(other)
	require.NoError(t, err)
	f.objects[bad.Control.Bucket+"/"+inventory.ObjectKey(system.Primary)] = string(raw)
	saw, _, err := round(t, e)
	require.ErrorContains(t, err, "writes of store tasks: gone", "why a store takes no writes is told")
	assert.Equal(t, map[string]int{own.Zones[0]: 1, own.Zones[1]: 0, own.Zones[2]: 0}, saw.Nodes, "a zone without nodes is told")
	assert.Equal(t, prober.Replicas{Wanted: 3, Ready: 3, Zones: 1}, saw.Replicas["planner"])
	assert.False(t, saw.Accepts["tasks"])
	assert.True(t, saw.Accepts["sessions"])
	assert.False(t, saw.Keys["data"])
	assert.True(t, saw.Keys["logs"])
	assert.True(t, *saw.Differs)
	assert.Equal(t, now.Add(-48*time.Hour), saw.Drilled)
	assert.Equal(t, system.Primary, saw.Active)
}

// A record that nobody has left is no fault: drills are young at first. Its alarm tells.
// TestRound_tellsWhatTheJudgeHasGiven: in the home that was given the work, until the word says that the other stands by.
func TestRound_tellsWhatTheJudgeHasGiven(t *testing.T) {
	t.Parallel()
	given := arbiter.Word{Active: system.Secondary, Generation: 2, Judged: 2}
	byPlan, ready := given, given
	byPlan.Judged, ready.Ready = 0, true
	for word, want := range map[arbiter.Word]map[system.Home]float64{
		given: {system.Secondary: 1}, byPlan: {}, ready: {}, arbiter.First(): {},
	} {
		for _, home := range system.Homes {
			e, _ := theEyes(t, home)
			e.Word = func(context.Context) (arbiter.Word, error) { return word, nil }
			_, puts, err := round(t, e)
			require.NoError(t, err)
			assert.Contains(t, puts, prober.Put{Into: home, Metric: watch.Probed(e.System, watch.TakenOver, string(home)), Value: want[home]}, word)
		}
	}
}

// TestRecords_aDrillOfTheSandboxIsTold: its age, and what it measured by what was predicted, in the region of the prober.
func TestRecords_aDrillOfTheSandboxIsTold(t *testing.T) {
	t.Parallel()
	for _, home := range system.Homes {
		e, _ := theEyes(t, home)
		_, puts, err := round(t, e)
		require.NoError(t, err)
		for metric, want := range map[string]float64{watch.MeasuredAge: 100, watch.MeasuredRatio: 1.2} {
			assert.Contains(t, puts, prober.Put{Into: home, Metric: watch.Probed(e.System, metric, string(home)), Value: want})
		}
	}
}

func TestRecords_whatWasNeverDoneHasNoAge(t *testing.T) {
	t.Parallel()
	e, f := theEyes(t, system.Primary)
	delete(f.objects, e.own().Control.Bucket+"/"+watch.DrillKey)
	f.objects[e.own().Control.Bucket+"/"+watch.DriftKey] = `{"version":1,"system":"other","at":"2026-11-01T00:00:00Z"}`
	saw, _, err := round(t, e)
	require.ErrorContains(t, err, `system is "other"`)
	assert.NotContains(t, err.Error(), watch.DrillKey)
	assert.True(t, saw.Drilled.IsZero())
	assert.True(t, saw.Compared.IsZero())
}

func TestMark_isWrittenAtItsBeat(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		c := &cell{}
		m := &Mark{Store: system.Store{Name: "tasks"}, Cell: c, Every: 10 * time.Second}
		serves, knows := system.Primary, error(nil)
		go m.Keep(ctx, clock.Wall{}, func(context.Context) (system.Home, error) { return serves, knows })
		synctest.Wait()
		first, err := c.Read(ctx)
		require.NoError(t, err)
		serves = system.Secondary
		time.Sleep(10 * time.Second)
		synctest.Wait()
		second, err := c.Read(ctx)
		require.NoError(t, err)
		assert.Equal(t, 10*time.Second, second.Sub(first))
		assert.Equal(t, system.Secondary, c.serves)
		ok, lately, err := m.last(time.Now())
		assert.Equal(t, []any{true, true, nil}, []any{ok, lately, err})
		c.mu.Lock()
		c.err = errGone
		c.mu.Unlock()
		time.Sleep(10 * time.Second)
		synctest.Wait()
		ok, lately, err = m.last(time.Now())
		assert.Equal(t, []any{false, true, errGone}, []any{ok, lately, err}, "a refusal is told")
		knows = errors.New("no such host")
		time.Sleep(time.Minute)
		synctest.Wait()
		_, lately, _ = m.last(time.Now())
		assert.False(t, lately, "who does not know where to write has not tried")
		stop()
		synctest.Wait()
		assert.True(t, c.closed)
	})
}
