package experiments_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/system"
	"redoubt/system/experiments"
)

func TestAll_areWhole(t *testing.T) {
	t.Parallel()
	all, err := experiments.All()
	require.NoError(t, err)
	seen := map[string]bool{}
	for _, e := range all {
		seen[string(e.Disruption)] = true
		if e.About != "" {
			seen[string(e.About)] = true
		}
	}
	for _, d := range system.Disruptions {
		assert.True(t, seen[string(d)], "no experiment is about the disruption %s", d)
	}
	for _, k := range system.StoreKinds {
		assert.True(t, seen[string(k)], "no experiment is about a store of kind %s", k)
	}
}

func TestParse_namesAllThatIsWrong(t *testing.T) {
	t.Parallel()
	const good = `
title: The writer is lost
hypothesis: A reader takes over.
disruption: zone
about: postgres
fault:
  lines: ["writer-lost {store} {active}"]
  lasts: 10m
  actions: [{name: fail-over, action: "aws:rds:failover-db-cluster", target: database}]
  targets: [{name: database, type: "aws:rds:cluster", mode: ALL, arns: ["{store-arn}"]}]
cleanup: {lines: ["writer-back {store} {active}"], aws: by itself}
mitigation: {name: readers, words: there are readers}
schedule: cron(0 10 ? * MON *)
`
	_, err := experiments.Parse("writer", []byte(good))
	require.NoError(t, err)
	for name, c := range map[string]struct{ from, to, want string }{
		"a misspelt action":     {"failover-db-cluster\"", "failover-db-clutser\"", `did you mean "aws:rds:failover-db-cluster"?`},
		"another target":        {"aws:rds:cluster", "aws:rds:db", `is aimed at "aws:rds:db", want "aws:rds:cluster"`},
		"no hypothesis":         {"hypothesis: A reader takes over.\n", "", "hypothesis is missing"},
		"too long":              {"lasts: 10m", "lasts: 2h", "fault.lasts is 2h0m0s, want whole minutes, 1m0s to 1h0m0s"},
		"no clean-up":           {`["writer-back {store} {active}"]`, "[]", "what is broken is made whole"},
		"no mitigation":         {"name: readers", "name: ''", "mitigation.name is missing"},
		"everything of a type":  {`arns: ["{store-arn}"]`, "arns: []", "picks everything of its type"},
		"an unknown target":     {"target: database}", "target: databases}", `target "databases", which is not declared`},
		"a key nobody knows":    {"title:", "titel:", "field titel not found"},
		"no action, no reason":  {`actions: [{name: fail-over, action: "aws:rds:failover-db-cluster", target: database}]`, "", "want either actions"},
		"a schedule of no form": {"cron(0 10 ? * MON *)", "every monday", "want cron(...)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Contains(t, good, c.from)
			_, err := experiments.Parse("writer", []byte(strings.Replace(good, c.from, c.to, 1)))
			assert.ErrorContains(t, err, c.want)
		})
	}
}

func TestParse_namesWhatIsWrongInTheClustersPart(t *testing.T) {
	t.Parallel()
	const good = `
title: A pod fails
hypothesis: Nobody notices.
disruption: zone
agent: true
fault:
  lines: ["pod-failing {agent} {active}"]
  lasts: 10m
  actions: [{name: hold, action: "aws:fis:wait", parameters: {duration: "{lasts}"}}]
  objects: [{apiVersion: networking.istio.io/v1alpha3, kind: EnvoyFilter, spec: {a: ["{pod}", {b: 1}]}}]
cleanup: {lines: ["pod-well {agent} {active}"], aws: by itself}
mitigation: {name: outlier-detection, words: it is left out}
`
	e, err := experiments.Parse("pod", []byte(good))
	require.NoError(t, err)
	got, err := e.FillObjects(experiments.Words{"pod": "memory-1"})
	require.NoError(t, err)
	assert.Equal(t, map[string]any{"a": []any{"memory-1", map[string]any{"b": 1}}}, got[0].Spec)
	assert.Equal(t, []any{"{pod}", map[string]any{"b": 1}}, e.Fault.Objects[0].Spec["a"], "the declaration stays as it is")
	_, err = e.FillObjects(nil)
	require.ErrorContains(t, err, "nobody knows [{pod}]")
	for name, c := range map[string]struct{ from, to, want string }{
		"another kind":     {"EnvoyFilter", "Secret", "object networking.istio.io/v1alpha3 Secret: want one with a spec"},
		"another version":  {"v1alpha3", "v1", "object networking.istio.io/v1 EnvoyFilter: want one with a spec"},
		"nothing":          {`{a: ["{pod}", {b: 1}]}`, "{}", "want one with a spec"},
		"no object":        {`[{apiVersion: networking.istio.io/v1alpha3, kind: EnvoyFilter, spec: {a: ["{pod}", {b: 1}]}}]`, "[]", "nothing is broken"},
		"no time":          {`parameters: {duration: "{lasts}"}`, `parameters: {duration: "PT9M"}`, "want {lasts}"},
		"a schedule":       {"mitigation:", "schedule: cron(0 10 ? * MON *)\nmitigation:", "there is no schedule"},
		"another's action": {`"aws:fis:wait", parameters: {duration: "{lasts}"}`, `"aws:rds:failover-db-cluster"`, "want one action, aws:fis:wait"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Contains(t, good, c.from)
			_, err := experiments.Parse("pod", []byte(strings.Replace(good, c.from, c.to, 1)))
			assert.ErrorContains(t, err, c.want)
		})
	}
}

func TestParse_boundsEveryAction(t *testing.T) {
	t.Parallel()
	all, err := experiments.All()
	require.NoError(t, err)
	n := slices.IndexFunc(all, func(e experiments.Experiment) bool { return e.Name == "cache-node" })
	e := all[n]
	e.Fault.Actions = slices.Clone(e.Fault.Actions)
	e.Fault.Actions[0].Parameters = map[string]string{"duration": "PT12H"}
	assert.ErrorContains(t, e.Check(), `duration is "PT12H", want {lasts}`)
}

func TestFill_putsTheWordsIn(t *testing.T) {
	t.Parallel()
	all, err := experiments.All()
	require.NoError(t, err)
	e := all[slices.IndexFunc(all, func(e experiments.Experiment) bool { return e.Name == "cache-node" })]
	got, err := e.Fill(experiments.Words{"store-arn": "arn:a", "zone-1": "eu-west-1a"})
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"duration": "PT10M"}, got.Fault.Actions[0].Parameters)
	assert.Equal(t, []string{"arn:a"}, got.Fault.Targets[0].Arns)
	_, err = e.Fill(experiments.Words{"zone-1": "eu-west-1a"})
	assert.ErrorContains(t, err, "nobody knows [{store-arn}]")
}
