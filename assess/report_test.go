package assess

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/drill"
	"redoubt/recovery/plan"
	"redoubt/system"
)

// two is a base of two tiers, of which only the objectives are looked at.
func two() Base {
	want := map[system.Disruption]system.Objective{
		system.RegionLoss: {RTO: 10 * time.Minute, RPO: time.Minute}, system.DataLoss: {RTO: time.Hour, RPO: time.Minute}}
	return Base{System: &system.System{Tiers: []system.Tier{
		{Name: "edge", Strategy: system.ActiveActive, Objectives: want},
		{Name: "core", Strategy: system.WarmStandby, Objectives: want}}}}
}

// hundred are recoveries of one to a hundred minutes for core, while edge takes none.
func hundred() []sample {
	var out []sample
	for n := 1; n <= 100; n++ {
		out = append(out, sample{seed: uint64(n), longest: map[bool]string{true: "promote-tasks", false: "start-agents"}[n > 30],
			tiers: []tierSample{{recovered: true}, {touched: true, recovered: true, took: time.Duration(n) * time.Minute,
				lost: time.Duration(n) * time.Second}}})
	}
	return out
}

func TestForecast_countsWhatWasSimulated(t *testing.T) {
	t.Parallel()
	d := two().forecast(system.RegionLoss, hundred(), nil)
	core := d.Tiers[1]
	assert.Equal(t, Spread{plan.Duration(50 * time.Minute), plan.Duration(95 * time.Minute), plan.Duration(99 * time.Minute)}, core.RTO)
	assert.InDelta(t, 0.10, core.HoldsRTO, 1e-9)
	assert.InDelta(t, 0.61, core.HoldsRPO, 1e-9, "a minute, and a second that the witness cannot tell")
	assert.Equal(t, []Share{{"promote-tasks", 0.7}, {"start-agents", 0.3}}, d.Steps)
	assert.Zero(t, d.Failed)
	assert.InDelta(t, 1, d.Tiers[0].HoldsRTO, 1e-9)
	assert.Zero(t, d.Tiers[0].Decided.P99, "nobody decides for a tier that both homes serve")
	assert.Greater(t, core.Decided.P50, core.RTO.P50)
	assert.Less(t, core.HoldsDecided, core.HoldsRTO)

	fixed := 5 * time.Minute
	soon := two().forecast(system.RegionLoss, hundred(), &fixed).Tiers[1]
	assert.Equal(t, core.RTO, soon.RTO)
	assert.Equal(t, plan.Duration(55*time.Minute), soon.Decided.P50)
	assert.InDelta(t, 0.05, soon.HoldsDecided, 1e-9)
	assert.Equal(t, plan.Duration(50*time.Minute+30*time.Second+fixed), soon.Mean)
}

func TestForecast_aRecoveryThatDidNotComeIsTheLongest(t *testing.T) {
	t.Parallel()
	all := hundred()
	for n := range 10 {
		all[n].tiers[1].recovered, all[n].failed = false, true
	}
	d := two().forecast(system.RegionLoss, all, nil)
	assert.InDelta(t, 0.1, d.Failed, 1e-9)
	assert.Equal(t, plan.Duration(never), d.Tiers[1].RTO.P95)
	assert.Equal(t, "never", short(d.Tiers[1].RTO.P95))
	assert.Zero(t, d.Tiers[1].HoldsRTO, "the ten that held are those that did not come")
}

func TestForecast_ofDamagedDataStandsOnWhatTheTierMet(t *testing.T) {
	t.Parallel()
	d := two().forecast(system.DataLoss, hundred(), nil)
	assert.Equal(t, 0, d.Tiers[0].Of)
	assert.Equal(t, 100, d.Tiers[1].Of)
	text := Report{Disruptions: []Disruption{d}}.Markdown()
	assert.Contains(t, text, "| edge | nothing is known |", "no recovery is no proof")
}

func TestSample_ofAStoreThatNoPlanBroughtBack(t *testing.T) {
	t.Parallel()
	r := drill.Report{Disruption: system.DataLoss, About: "notes", Plan: drill.Plan{Outcome: "refused"},
		Tiers:  []drill.Tier{{Name: "edge"}, {Name: "core"}},
		Stores: []drill.Store{{Name: "other", Tier: "edge"}, {Name: "notes", Tier: "core"}}}
	s := sampleOf(r)
	assert.True(t, s.failed)
	assert.False(t, s.tiers[0].touched)
	assert.Equal(t, tierSample{touched: true, lost: never}, s.tiers[1])
}

// The bounds are those of tables of the Poisson distribution, to the second decimal.
func TestPoisson_boundsAreThoseOfTheTables(t *testing.T) {
	t.Parallel()
	for count, want := range map[int][2]float64{0: {0, 3.69}, 1: {0.025, 5.57}, 5: {1.62, 11.67}, 10: {4.80, 18.39}} {
		r := poisson(system.ZoneLoss, count, 1, "")
		assert.InDelta(t, want[0], r.Low, 0.03, "%d", count)
		assert.InDelta(t, want[1], r.High, 0.03, "%d", count)
	}
	assert.InDelta(t, 2.5, poisson(system.ZoneLoss, 5, 2, "").PerYear, 1e-9)
}

func TestRates_countTheRecord(t *testing.T) {
	t.Parallel()
	record, err := drill.Incidents()
	require.NoError(t, err)
	for _, one := range record {
		assert.Regexp(t, `^20\d\d-`, one.Date, one.Name)
		assert.Regexp(t, `^[a-z]+-[a-z]+-\d$`, one.Region, one.Name)
	}
	r := rates(append(record[:0:0], drill.Scenario{Disruption: system.ZoneLoss, Region: "a", Date: "2020-01-01"},
		drill.Scenario{Disruption: system.RegionLoss, Region: "a", Date: "2021-01-01"},
		drill.Scenario{Disruption: system.RegionLoss, Region: "a", Date: "2021-01-01"},
		drill.Scenario{Disruption: system.RegionLoss, Region: "b", Date: "2023-05-01"}))
	assert.InDelta(t, 1.0/8, r[0].PerYear, 1e-9, "one in four years of two regions")
	assert.InDelta(t, 2.0/8, r[1].PerYear, 1e-9, "the parts of one day are one loss")
}

func TestAvailability_multipliesRatesWithOutages(t *testing.T) {
	t.Parallel()
	fixed := time.Duration(0)
	b := two()
	b.System.Stores = []system.Store{{Name: "tasks", Kind: system.Postgres, Tier: "core"}}
	a := availability(b.System, []Disruption{b.forecast(system.RegionLoss, hundred(), &fixed)},
		[]Rate{{Disruption: system.RegionLoss, PerYear: 2, Low: 1, High: 4, GroundedOn: "a test"}, {Disruption: system.ZoneLoss, PerYear: 9}})
	assert.InDelta(t, 0, a[0].Minutes, 1e-9)
	assert.InDelta(t, 101, a[1].Minutes, 1e-6)
	assert.InDelta(t, 50.5, a[1].Low, 1e-6)
	assert.InDelta(t, 202, a[1].High, 1e-6)
	assert.InDelta(t, 3*0.0001*365*24*60, a[1].Allowed, 1e-6)
	assert.InDelta(t, 2*0.0001*365*24*60, a[0].Allowed, 1e-6)
}

func TestMissed_namesTheStepThatTakesTheTime(t *testing.T) {
	t.Parallel()
	r := Report{Disruptions: []Disruption{two().forecast(system.RegionLoss, hundred(), nil)}}
	missed := r.Missed()
	require.Len(t, missed, 2)
	assert.Equal(t, "tier core, loss of a region: the RTO of 10m holds in 10.0 % of the recoveries (p95 is 1h35m); "+
		"what takes the time is promote-tasks", missed[0])
	assert.Contains(t, missed[1], "tier core, loss of a region: the RPO of 1m holds in 61.0 %")
}

func TestComment_tellsWhatAChangeDoes(t *testing.T) {
	t.Parallel()
	sooner := hundred()
	for n := range sooner {
		sooner[n].tiers[1].took /= 10
		sooner[n].tiers[1].lost /= 10
	}
	before := Report{Recoveries: 100, Disruptions: []Disruption{two().forecast(system.RegionLoss, sooner, nil)}}
	after := Report{Recoveries: 100, Disruptions: []Disruption{two().forecast(system.RegionLoss, hundred(), nil)}}
	assert.Equal(t, "### This change does nothing to recovery (predicted)\n", Comment(before, before))
	text := Comment(before, after)
	assert.Contains(t, text, "| region | core | 9m30s → 1h35m | 10m | 100.0 % → 10.0 % | 10s → 1m35s | 1m | 100.0 % → 61.0 % |")
	assert.NotContains(t, text, "| edge |", "what did not change is left out")
	assert.Contains(t, text, "what takes the time is promote-tasks")
}
