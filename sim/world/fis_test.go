package world_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/sim/world"
)

// TestExperimentTemplate_refusesWhatTheServiceRefuses spoils a template that is taken.
func TestExperimentTemplate_refusesWhatTheServiceRefuses(t *testing.T) {
	t.Parallel()
	l := newLab(t, 9)
	role := l.make(ireland, "breaker", "AWS::IAM::Role", doc{"Name": "breaker", "AssumeRolePolicy": `{"Statement":[]}`})
	alarm := doc{"Name": "stop", "ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 1.0, "Threshold": 1.0,
		"MetricName": "Stop", "Namespace": "Tests", "Period": 60.0, "Statistic": "Maximum"}
	stop := l.make(ireland, "stop", "AWS::CloudWatch::Alarm", alarm)
	away := l.make(frankfurt, "stop", "AWS::CloudWatch::Alarm", alarm)
	template := func(change func(action, stops doc)) doc {
		action := doc{"Name": "a", "ActionId": "aws:dynamodb:global-table-pause-replication",
			"Parameters": []any{doc{"Key": "duration", "Value": "PT10M"}}, "Target": doc{"Key": "Tables", "Value": "t"}}
		stops := doc{"Source": "aws:cloudwatch:alarm", "Value": stop.ARN}
		change(action, stops)
		return doc{"Description": "d", "RoleArn": role.ARN, "StopConditions": []any{stops}, "Actions": []any{action},
			"Targets": []any{doc{"Name": "t", "ResourceType": "aws:dynamodb:global-table", "SelectionMode": "ALL"}}}
	}
	const kind = "AWS::FIS::ExperimentTemplate"
	good := l.make(ireland, "good", kind, template(func(doc, doc) {}))
	assert.Regexp(t, `^EXT[A-Z0-9]{15}$`, good.ID)
	for name, c := range map[string]struct {
		change func(action, stops doc)
		want   string
	}{
		"a misspelt action":  {func(a, _ doc) { a["ActionId"] = "aws:dynamodb:global-table-pause-replicatoin" }, "did you mean"},
		"no duration":        {func(a, _ doc) { a["Parameters"] = []any{} }, "parameter duration is missing"},
		"another target":     {func(a, _ doc) { a["Target"] = doc{"Key": "Buckets", "Value": "t"} }, "want aws:dynamodb:global-table as Tables"},
		"no such alarm":      {func(_, s doc) { s["Value"] = stop.ARN + "-other" }, "is not in eu-west-1"},
		"an alarm elsewhere": {func(_, s doc) { s["Value"] = away.ARN }, "is not in eu-west-1"},
	} {
		_, err := l.Create(ireland, kind, name, template(c.change))
		require.ErrorContains(t, err, c.want, name)
	}
}

// TestExperiment_runsIsStoppedAndEnds starts a template three times: once it ends by itself, once by hand, once by its
// stop alarm, under which none begins either.
func TestExperiment_runsIsStoppedAndEnds(t *testing.T) {
	t.Parallel()
	l := newLab(t, 9)
	role := l.make(ireland, "breaker", "AWS::IAM::Role", doc{"Name": "breaker", "AssumeRolePolicy": `{"Statement":[]}`})
	stop := l.make(ireland, "stop", "AWS::CloudWatch::Alarm", doc{"Name": "stop", "TreatMissingData": "ignore", "Threshold": 1.0,
		"ComparisonOperator": "GreaterThanOrEqualToThreshold", "EvaluationPeriods": 1.0,
		"MetricName": "Stop", "Namespace": "Tests", "Period": 60.0, "Statistic": "Maximum"})
	template := l.make(ireland, "template", "AWS::FIS::ExperimentTemplate", doc{"Description": "d", "RoleArn": role.ARN,
		"Tags": doc{"Name": "pause"}, "TagsAll": doc{"redoubt:system": "atlas"},
		"StopConditions": []any{doc{"Source": "aws:cloudwatch:alarm", "Value": stop.ARN}},
		"Actions": []any{doc{"Name": "a", "ActionId": "aws:dynamodb:global-table-pause-replication",
			"Parameters": []any{doc{"Key": "duration", "Value": "PT10M"}}, "Target": doc{"Key": "Tables", "Value": "t"}}},
		"Targets": []any{doc{"Name": "t", "ResourceType": "aws:dynamodb:global-table", "SelectionMode": "ALL"}}})
	start := func(token string) string {
		out := l.call(ireland, "fis", "StartExperiment", doc{"experimentTemplateId": template.ID, "clientToken": token})
		return out["experiment"].(doc)["id"].(string)
	}
	state := func(id string) string {
		out := l.call(ireland, "fis", "GetExperiment", doc{"id": id})
		return out["experiment"].(doc)["state"].(doc)["status"].(string)
	}
	first := start("one")
	assert.Equal(t, first, start("one"), "the token says that it is the same")
	l.Advance(l.Now().Add(9 * time.Minute))
	assert.Equal(t, "running", state(first))
	l.Advance(l.Now().Add(2 * time.Minute))
	assert.Equal(t, "completed", state(first))

	second := start("two")
	l.call(ireland, "fis", "StopExperiment", doc{"id": second})
	assert.Equal(t, "stopped", state(second))
	_, err := l.Call(world.Request{Region: ireland, Service: "fis", Operation: "StopExperiment", Input: doc{"id": second}})
	require.ErrorContains(t, err, "is stopped")

	third := start("three")
	l.call(ireland, "cloudwatch", "PutMetricData", doc{"Namespace": "Tests", "MetricData": []any{
		doc{"MetricName": "Stop", "Value": 1.0, "Timestamp": l.Now().Format(time.RFC3339)}}})
	l.Advance(l.Now().Add(4 * time.Minute))
	assert.Equal(t, "stopped", state(third))
	assert.Equal(t, "stopped", state(start("four")), "nothing begins under the alarm")
	all := l.call(ireland, "fis", "ListExperiments", doc{"experimentTemplateId": template.ID})["experiments"].([]any)
	assert.Len(t, all, 4)
	templates := l.call(ireland, "fis", "ListExperimentTemplates", nil)["experimentTemplates"].([]any)
	assert.Equal(t, doc{"Name": "pause", "redoubt:system": "atlas"}, templates[0].(doc)["tags"])
}
