package contract

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/awsport"
	"redoubt/internal/plantest"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/system"
	"redoubt/tools/judge/report"
)

const root = "../../.."

// plans are the examples of every scenario that the planner's tests keep, and
// those of the switch alone.
func plans(t *testing.T) map[string]plan.Plan {
	t.Helper()
	out := map[string]plan.Plan{}
	files, err := filepath.Glob(filepath.Join(root, "recovery", "planner", "testdata", "plans", "*.json"))
	require.NoError(t, err)
	for _, file := range files {
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		out[filepath.Base(file)], err = plan.Decode(raw)
		require.NoError(t, err, file)
	}
	inv, err := plantest.Inventory()
	require.NoError(t, err)
	for _, home := range system.Homes {
		out["take-traffic-"+string(home)], err = planner.TakeTraffic(inv, home)
		require.NoError(t, err)
	}
	out["reset-switch"], err = planner.ResetSwitch(inv)
	require.NoError(t, err)
	return out
}

// TestPlans_keepTheContract holds every call and every condition of every plan
// against AWS's API models.
func TestPlans_keepTheContract(t *testing.T) {
	t.Parallel()
	models, err := Find()
	require.NoError(t, err)
	calls, conditions := 0, 0
	call := func(c plan.Call, where string) {
		if c.Kind == plan.AWS {
			calls++
			for _, one := range c.Asks() {
				assert.NoError(t, models.Call(one), "%s: %s", where, one)
			}
		}
	}
	condition := func(c plan.Condition, where string) {
		if c.Call.Kind == plan.AWS {
			conditions++
			assert.NoError(t, models.Condition(c), "%s: %s", where, c.Call)
		}
	}
	scenarios := map[string]bool{}
	for name, p := range plans(t) {
		scenarios[p.Scenario] = true
		for _, g := range p.Gates {
			if g.Condition != nil {
				condition(*g.Condition, name+" gate "+g.ID)
			}
		}
		for _, s := range p.Steps {
			call(s.Call, name+" step "+s.ID)
			condition(s.Condition, name+" step "+s.ID)
			if s.Undo != nil {
				call(*s.Undo, name+" undo "+s.ID)
			}
		}
	}
	for name := range planner.Scenarios() {
		assert.True(t, scenarios[string(name)], "scenario %s has a plan", name)
	}
	report.Keep(t, "../report", "40-contract", fmt.Sprintf(section, calls, conditions, len(scenarios), len(awsport.Operations())),
		report.Update())
	assert.Greater(t, calls, 40)
}

const section = `## Calls and conditions of plans beside AWS's API models

AWS's own models (the module github.com/aws/aws-sdk-go carries them) say what each operation takes and answers: required
members, lengths, patterns, enumerations. Every plan that the planner's tests keep is held against them.

- Calls: **%d**, conditions: **%d**, in the plans of %d scenarios. Refused: 0.
- Operations of the port whose members and error codes are compared: %d.

Broken on purpose in the judge's own test: a misspelt operation, a missing member, a text for a number, a path into
nothing. What it cannot see: whether AWS does what the operation's page says.
`

func TestModels_refuse(t *testing.T) {
	t.Parallel()
	models, err := Find()
	require.NoError(t, err)
	type doc = plan.Document
	for want, c := range map[string]struct {
		service, operation string
		in                 doc
	}{
		"there is no model of service nothing":      {"nothing", "X", nil},
		"rds has no operation Reboot":               {"rds", "Reboot", nil},
		"input.GlobalClusterIdentifier is missing":  {"rds", "FailoverGlobalCluster", doc{"TargetDbClusterIdentifier": "a"}},
		"input.Name is no member":                   {"rds", "DescribeDBClusters", doc{"Name": "a"}},
		"has 0, want 1 to 255":                      {"rds", "FailoverGlobalCluster", doc{"GlobalClusterIdentifier": "", "TargetDbClusterIdentifier": "a"}},
		"want true or false":                        {"rds", "FailoverGlobalCluster", doc{"AllowDataLoss": "true"}},
		`input.GlobalClusterIdentifier is "1a"`:     {"rds", "FailoverGlobalCluster", doc{"GlobalClusterIdentifier": "1a"}},
		`ScanBy is "Up", want one of [TimestampDes`: {"cloudwatch", "GetMetricData", doc{"ScanBy": "Up"}},
		"input.StartTime is 5, want a time":         {"cloudwatch", "GetMetricData", doc{"StartTime": 5.0}},
		`cannot parse "soon"`:                       {"cloudwatch", "GetMetricData", doc{"StartTime": "soon"}},
		"input.MetricData[0].Value is 1, want a nu": {"cloudwatch", "PutMetricData", doc{"MetricData": []any{doc{"Value": "1"}}}},
		"input.scalingConfig.minSize is -1, want 0": {"eks", "UpdateNodegroupConfig", doc{"scalingConfig": doc{"minSize": -1.0}}},
		"want a whole number":                       {"eks", "UpdateNodegroupConfig", doc{"scalingConfig": doc{"minSize": 1.5}}},
		"input.AlarmTypes is ALARM, want a list":    {"cloudwatch", "DescribeAlarms", doc{"AlarmTypes": "ALARM"}},
		"input.Item.a.X is no member":               {"dynamodb", "PutItem", doc{"Item": doc{"a": doc{"X": "1"}}}},
		"input.Item.a.B is ?, want bytes":           {"dynamodb", "PutItem", doc{"Item": doc{"a": doc{"B": "?"}}}},
	} {
		err := models.Call(plan.Call{Kind: plan.AWS, Home: system.Primary, Service: c.service, Operation: c.operation, Input: c.in})
		assert.ErrorContains(t, err, want)
	}
}

func TestModels_followPaths(t *testing.T) {
	t.Parallel()
	models, err := Find()
	require.NoError(t, err)
	alarms := plan.Call{Kind: plan.AWS, Service: "cloudwatch", Operation: "DescribeAlarms"}
	for path, c := range map[plan.Path]struct {
		value any
		want  string
	}{
		`MetricAlarms[?AlarmName=="a"].StateValue`: {"ALARM", ""},
		`MetricAlarms[0].Threshold`:                {1, ""},
		`MetricAlarms[0].StateValue`:               {"Alarm", `"Alarm", want one of [OK ALARM INSUFFICIENT_DATA]`},
		`MetricAlarms[?Name=="a"].StateValue`:      {"OK", "MetricAlarm has no member Name"},
		`MetricAlarms.StateValue`:                  {"OK", "is a list, so nothing is found in it"},
		`MetricAlarms[0].Dimensions`:               {"a", "which no value is compared with"},
		`MetricAlarms[0].AlarmName.x`:              {"a", "is a string, so nothing is found in it"},
	} {
		err := models.Condition(plan.Condition{Call: alarms, All: []plan.Expect{{Path: path, Op: plan.Is, Value: c.value}}})
		if c.want == "" {
			assert.NoError(t, err, path)
			continue
		}
		assert.ErrorContains(t, err, c.want)
	}
}
