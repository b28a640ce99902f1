package plan_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"redoubt/recovery/plan"
)

func TestJudge_saysInWordsWhatIsNotSo(t *testing.T) {
	t.Parallel()
	lag := plan.Call{Service: "cloudwatch", Operation: "GetMetricStatistics", Input: plan.Document{"MetricName": "AuroraGlobalDBReplicationLag"}}
	load := plan.Call{Service: "cloudwatch", Operation: "GetMetricStatistics", Input: plan.Document{"MetricName": "CPUUtilization"}}
	worker := plan.Call{Service: "kubernetes", Operation: "Get", Input: plan.Document{"Kind": "Deployment", "Name": "worker"}}
	table := plan.Call{Service: "dynamodb", Operation: "DescribeTable", Input: plan.Document{"TableName": "atlas-sessions"}}
	datapoint := func(v any) plan.Document { return plan.Document{"Datapoints": []any{plan.Document{"Maximum": v}}} }
	most := plan.Expect{Path: "Datapoints[0].Maximum", Op: plan.AtMost, Value: 60000.0}
	for name, c := range map[string]struct {
		call   plan.Call
		expect plan.Expect
		answer plan.Document
		want   plan.Answer
		why    string
	}{
		"a metric without a value": {lag, most, plan.Document{"Datapoints": []any{}}, plan.CannotTell,
			"CloudWatch has no value of the metric AuroraGlobalDBReplicationLag for the time that was asked"},
		"a time": {lag, most, datapoint(480000), plan.NotDone, "the metric AuroraGlobalDBReplicationLag is 8m0s, want at most 1m0s"},
		"a number, whole": {load, most, datapoint(1234567890), plan.NotDone,
			"the metric CPUUtilization is 1234567890, want at most 60000"},
		"none, counted": {worker, plan.Expect{Path: "status.readyReplicas", Op: plan.AtLeast, Value: 3, Missing: 0}, plan.Document{},
			plan.NotDone, "the number of ready replicas of worker is 0, want at least 3"},
		"a place in a list": {table, plan.Expect{Path: `Table.Replicas[?RegionName=="eu-central-1"].ReplicaStatus`, Op: plan.Is, Value: "ACTIVE"},
			plan.Document{"Table": plan.Document{"Replicas": []any{}}}, plan.CannotTell, "nothing tells the state of the replica of table atlas-sessions"},
		"what nobody has words for": {table, plan.Expect{Path: "Table.StreamSpecification.StreamEnabled", Op: plan.IsNot, Value: false},
			plan.Document{"Table": plan.Document{"StreamSpecification": plan.Document{"StreamEnabled": false}}}, plan.NotDone,
			"Table.StreamSpecification.StreamEnabled is false, want anything but false"},
		"another kind of value": {table, plan.Expect{Path: "Table.TableStatus", Op: plan.Is, Value: "ACTIVE"},
			plan.Document{"Table": plan.Document{"TableStatus": 3}}, plan.CannotTell,
			"the state of table atlas-sessions is 3, which cannot be compared: want ACTIVE"},
	} {
		got, why := plan.Condition{Call: c.call, All: []plan.Expect{c.expect}}.Judge(c.answer)
		assert.Equal(t, c.want, got, name)
		assert.Equal(t, c.why, why, name)
	}
}
