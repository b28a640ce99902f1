package experiment_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/plantest"
	"redoubt/inventory"
	"redoubt/recovery/drill"
	"redoubt/recovery/experiment"
	"redoubt/recovery/plan"
	"redoubt/sim/drive"
	"redoubt/sim/world"
	"redoubt/system"
	"redoubt/system/experiments"
	"redoubt/watch"
	"redoubt/witness"
)

type doc = plan.Document

// lab is a world that holds the templates of one experiment and a prober that tells each minute what is set.
type lab struct {
	drive.Clock
	t     *testing.T
	world drive.World
	sys   *system.System
	inv   inventory.Inventory
	// down are the tiers that are refused while the experiment runs and for some time after it began.
	down string
	for_ time.Duration
	// silent says that no prober tells anything; from is when the experiment began.
	silent   bool
	from     time.Time
	clusters map[system.Home]*cluster
	// after is called as time passes.
	after func(time.Time)
}

func newLab(t *testing.T, e experiments.Experiment) *lab {
	t.Helper()
	sys, err := system.Load("../../system.yaml")
	require.NoError(t, err)
	inv, err := plantest.Inventory()
	require.NoError(t, err)
	w := world.New(world.Config{Seed: 1})
	l := &lab{t: t, sys: sys, inv: inv, clusters: map[system.Home]*cluster{system.Primary: {}, system.Secondary: {}},
		Clock: drive.Clock{World: w}, world: drive.World{World: w, Regions: map[system.Home]string{}}}
	for home, of := range inv.Homes {
		l.world.Regions[home] = of.Region
		role := l.make(of.Region, "AWS::IAM::Role", doc{"Name": "breaker-" + string(home), "AssumeRolePolicy": `{"Statement":[]}`})
		stop := l.make(of.Region, "AWS::CloudWatch::Alarm", doc{"Name": "lever", "ComparisonOperator": "GreaterThanOrEqualToThreshold",
			"EvaluationPeriods": 1.0, "Threshold": 1.0, "MetricName": experiments.LeverMetric, "Namespace": experiments.LeverNamespace,
			"Period": 60.0, "Statistic": "Maximum", "TreatMissingData": "ignore",
			"Dimensions": doc{experiments.LeverDimension: sys.Name}})
		filled, err := e.Fill(experiments.Words{"system": sys.Name, "home": string(home), "peer-region": inv.Homes[home.Peer()].Region})
		require.NoError(t, err)
		l.make(of.Region, "AWS::FIS::ExperimentTemplate", template(filled, role.ARN, stop.ARN, sys.Name, home))
	}
	return l
}

func (l *lab) make(region, kind string, in doc) *world.Entity {
	l.t.Helper()
	e, err := l.world.World.Create(region, kind, kind+region, in)
	require.NoError(l.t, err)
	return e
}

// template is what components/chaos declares, as far as the world looks at it.
func template(e experiments.Experiment, role, alarm, system string, home system.Home) doc {
	out := doc{"Description": e.Title, "RoleArn": role, "StopConditions": []any{doc{"Source": "aws:cloudwatch:alarm", "Value": alarm}},
		"Tags": doc{"Name": e.Name, "redoubt:system": system, "redoubt:home": string(home)}}
	var acts, targets []any
	for _, u := range e.Fault.Actions {
		one := doc{"Name": u.Name, "ActionId": u.Action}
		if u.Target != "" {
			one["Target"] = doc{"Key": "Buckets", "Value": u.Target}
		}
		var params []any
		for key, value := range u.Parameters {
			params = append(params, doc{"Key": key, "Value": value})
		}
		one["Parameters"] = params
		acts = append(acts, one)
	}
	for _, t := range e.Fault.Targets {
		targets = append(targets, doc{"Name": t.Name, "ResourceType": t.Type, "SelectionMode": t.Mode})
	}
	out["Actions"], out["Targets"] = acts, targets
	return out
}

// Sleep lets time pass in minutes; the prober tells of each.
func (l *lab) Sleep(ctx context.Context, d time.Duration) error {
	for until := l.Now().Add(d); l.Now().Before(until); {
		next := l.Now().Truncate(time.Minute).Add(time.Minute)
		if next.After(until) {
			next = until
		}
		if err := l.Clock.Sleep(ctx, next.Sub(l.Now())); err != nil {
			return err
		}
		l.tell(ctx)
		if l.after != nil {
			l.after(l.Now())
		}
	}
	return ctx.Err()
}

// tell puts the metrics of the prober in the other home.
func (l *lab) tell(ctx context.Context) {
	if l.silent || !l.Now().Equal(l.Now().Truncate(time.Minute)) {
		return
	}
	put := func(m watch.Metric, value float64) {
		var dims []any
		for name, v := range m.Dimensions {
			dims = append(dims, doc{"Name": name, "Value": v})
		}
		_, err := l.world.Call(ctx, plan.Call{Kind: plan.AWS, Home: system.Secondary, Service: "cloudwatch", Operation: "PutMetricData",
			Input: doc{"Namespace": m.Namespace, "MetricData": []any{doc{"MetricName": m.Name, "Value": value, "Dimensions": dims,
				"Timestamp": l.Now().Format(time.RFC3339)}}}})
		require.NoError(l.t, err)
	}
	for _, t := range l.sys.Tiers {
		value := 1.0
		if t.Name == l.down && !l.from.IsZero() && l.Now().Sub(l.from) < l.for_ {
			value = 0
		}
		put(watch.Probed(l.sys, watch.Available, "secondary", t.Name), value)
	}
	for _, s := range l.sys.Stores {
		put(watch.Probed(l.sys, watch.MarkAge, "secondary", s.Name), 2)
	}
}

// Call notes when the experiment begins.
func (l *lab) Call(ctx context.Context, c plan.Call) (plan.Document, error) {
	if c.Operation == "StartExperiment" {
		l.from = l.Now()
	}
	if c.Kind == plan.Kubernetes {
		return l.clusters[c.Home].call(l.Now(), c)
	}
	return l.world.Call(ctx, c)
}

func (l *lab) control() experiment.Control {
	at := map[system.Home]experiment.Cluster{}
	for home := range l.clusters {
		at[home] = experiment.Cluster{Server: "https://" + string(home), Namespace: l.sys.Name}
	}
	return experiment.Control{Port: l, Clock: l, System: l.sys.Name, Clusters: at}
}

func (l *lab) lead(e experiments.Experiment) (drill.Report, error) {
	l.t.Helper()
	require.NoError(l.t, l.Sleep(l.t.Context(), 15*time.Minute))
	p, err := experiment.Open(l.t.Context(), l.control(), l.sys, e, system.Primary, "token")
	if err != nil {
		return drill.Report{}, err
	}
	return experiment.Lead(l.t.Context(), p, l.inv)
}

// pause is the declared experiment that the tests lead.
func pause(t *testing.T) experiments.Experiment {
	t.Helper()
	return named(t, "bucket-replication-pause")
}

func named(t *testing.T, name string) experiments.Experiment {
	t.Helper()
	all, err := experiments.All()
	require.NoError(t, err)
	at := slices.IndexFunc(all, func(e experiments.Experiment) bool { return e.Name == name })
	require.GreaterOrEqual(t, at, 0)
	return all[at]
}

func (l *lab) running(home system.Home) []experiment.Running {
	l.t.Helper()
	out, err := l.control().Running(l.t.Context(), home)
	require.NoError(l.t, err)
	return out
}

func TestLead_holdsWhenNobodyNotices(t *testing.T) {
	t.Parallel()
	e := pause(t)
	l := newLab(t, e)
	r, err := l.lead(e)
	require.NoError(t, err)
	assert.True(t, r.Passed(), "%v", r.Wrong)
	assert.Equal(t, witness.Measured, r.Kind)
	assert.Equal(t, witness.Figure{Value: 2 * time.Second, Margin: time.Minute, Kind: witness.Measured, Known: true}, r.Stores[0].Loss.RPO)
	assert.NotEmpty(t, r.Unseen, "the plan and what happens then are not held against it")
	assert.Empty(t, l.running(system.Primary))
}

func TestLead_stopsWhatCostsMoreThanTheObjective(t *testing.T) {
	t.Parallel()
	e := pause(t)
	l := newLab(t, e)
	tier := l.sys.Tiers[0]
	l.down, l.for_ = tier.Name, tier.Objectives[e.Disruption].RTO+8*time.Minute
	stopped := time.Time{}
	l.after = func(now time.Time) {
		if stopped.IsZero() && !l.from.IsZero() && len(l.running(system.Primary)) == 0 {
			stopped = now
		}
	}
	r, err := l.lead(e)
	require.NoError(t, err)
	assert.False(t, r.Passed())
	assert.Contains(t, r.Wrong[len(r.Wrong)-1], "stopped by the drill: tier "+tier.Name)
	assert.Less(t, stopped.Sub(l.from), e.Fault.Lasts, "it does not last its time")
	assert.Equal(t, time.Minute, r.Tiers[0].Took.Margin)
}

func TestLead_failsWhenTheLeverIsPulled(t *testing.T) {
	t.Parallel()
	e := pause(t)
	l := newLab(t, e)
	var all []experiment.Ended
	l.after = func(now time.Time) {
		if all == nil && !l.from.IsZero() && now.Sub(l.from) > 5*time.Minute {
			all = []experiment.Ended{}
			var err error
			all, err = l.control().StopAll(t.Context())
			assert.NoError(t, err)
		}
	}
	r, err := l.lead(e)
	require.NoError(t, err)
	require.Len(t, all, 1)
	assert.Equal(t, "bucket-replication-pause", all[0].Name)
	assert.Equal(t, "stopped", all[0].State.Status)
	require.NotEmpty(t, r.Wrong)
	assert.Contains(t, r.Wrong[len(r.Wrong)-1], "the experiment is stopped")
	require.NoError(t, l.Sleep(t.Context(), 5*time.Minute))
	id, err := l.control().Start(t.Context(), system.Primary, templateOf(t, l), "again")
	require.NoError(t, err)
	state, err := l.control().Look(t.Context(), system.Primary, id)
	require.NoError(t, err)
	assert.True(t, state.Broke(), "nothing begins under the lever")
	require.NoError(t, l.control().LetGo(t.Context()))
	require.NoError(t, l.Sleep(t.Context(), 5*time.Minute))
	_, err = l.control().Start(t.Context(), system.Primary, templateOf(t, l), "and again")
	require.NoError(t, err)
	assert.Len(t, l.running(system.Primary), 1, "let go, it begins")
}

func templateOf(t *testing.T, l *lab) string {
	t.Helper()
	all, err := l.control().Templates(t.Context(), system.Primary)
	require.NoError(t, err)
	return all["bucket-replication-pause"]
}

func TestOpen_refusesWhatNobodySees(t *testing.T) {
	t.Parallel()
	e := pause(t)
	l := newLab(t, e)
	l.silent = true
	_, err := l.lead(e)
	require.ErrorContains(t, err, "what nobody sees is not broken")
	l.silent = false
	_, err = l.control().Start(t.Context(), system.Secondary, func() string {
		all, err := l.control().Templates(t.Context(), system.Secondary)
		require.NoError(t, err)
		return all[e.Name]
	}(), "other")
	require.NoError(t, err)
	other := e
	other.Name = "pod-delete"
	_, err = l.lead(other)
	require.ErrorContains(t, err, "declares no template of it")
	require.ErrorContains(t, err, "runs in the secondary home, want one at a time")
}

// TestLead_stopsWhenItIsInterrupted ends the drill in the middle: nothing goes on.
func TestLead_stopsWhenItIsInterrupted(t *testing.T) {
	t.Parallel()
	e := pause(t)
	l := newLab(t, e)
	require.NoError(t, l.Sleep(t.Context(), 15*time.Minute))
	ctx, cancel := context.WithCancel(t.Context())
	l.after = func(now time.Time) {
		if !l.from.IsZero() && now.Sub(l.from) > 3*time.Minute {
			cancel()
		}
	}
	p, err := experiment.Open(ctx, l.control(), l.sys, e, system.Primary, "token")
	require.NoError(t, err)
	_, err = experiment.Lead(ctx, p, l.inv)
	require.ErrorIs(t, err, context.Canceled)
	assert.Empty(t, l.running(system.Primary))
}

// deaf is a port on which one home does not answer.
type deaf struct {
	plan.Port
	home system.Home
}

func (d deaf) Call(ctx context.Context, c plan.Call) (plan.Document, error) {
	if c.Home == d.home {
		return nil, errors.New("the line is cut")
	}
	return d.Port.Call(ctx, c)
}

func TestStopAll_stopsWhereItCan(t *testing.T) {
	t.Parallel()
	e := pause(t)
	l := newLab(t, e)
	all, err := l.control().Templates(t.Context(), system.Secondary)
	require.NoError(t, err)
	_, err = l.control().Start(t.Context(), system.Secondary, all[e.Name], "a")
	require.NoError(t, err)
	c := l.control()
	c.Port = deaf{l, system.Primary}
	ended, err := c.StopAll(t.Context())
	require.ErrorContains(t, err, "primary home: the lever: the line is cut")
	require.Len(t, ended, 1)
	assert.Empty(t, l.running(system.Secondary))
}
