package world_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
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
