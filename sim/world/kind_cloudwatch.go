package world

import (
	"slices"
	"strings"
)

const (
	kindLogGroup = "AWS::Logs::LogGroup"
	kindAlarm    = "AWS::CloudWatch::Alarm"

	alarmAPI = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"
)

var logsKinds = []Kind{{
	Name: kindLogGroup, Service: "logs", Exists: "ResourceAlreadyExistsException",
	Source: "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html",
	Refs:   []Link{{Path: "KmsKeyId", Kinds: keyKinds, Code: "InvalidParameterException"}},
	id:     named("Name"), arn: arnOf("logs", "log-group:{id}"), checks: []check{nameLength("Name", 1, 512)},
	computed: func(_ *tx, e *Entity) {
		def(e, "LogGroupClass", "STANDARD")
		def(e, "RetentionInDays", float64(0))
	},
}}

var cloudwatchKinds = []Kind{{
	Name: kindAlarm, Service: "cloudwatch", Source: alarmAPI, Setting: false, NotFound: "ResourceNotFound",
	Required: []string{"ComparisonOperator", "EvaluationPeriods"},
	id:       named("Name"), arn: arnOf("cloudwatch", "alarm:{id}"),
	checks: []check{nameLength("Name", 1, 255), alarmShape, alarmQueries, alarmActions}, computed: alarmComputed,
}}

// nameLength refuses a name that is too short or too long.
func nameLength(property string, shortest, longest int) check {
	return func(_ *tx, e, _ *Entity) error {
		if n := len(str(e.In, property)); n < shortest || n > longest {
			return refuse("ValidationError", "%s: %s has %d characters, want %d to %d", e.Kind, property, n, shortest, longest)
		}
		return nil
	}
}

func alarmShape(_ *tx, e, _ *Entity) error {
	if has(e.In, "MetricQueries") {
		return nil
	}
	if str(e.In, "MetricName") == "" || str(e.In, "Namespace") == "" {
		return refuse("ValidationError", "alarm %s: MetricName and Namespace are required", e.ID)
	}
	if (str(e.In, "Statistic") == "") == (str(e.In, "ExtendedStatistic") == "") {
		return refuse("InvalidParameterCombination", "alarm %s: want Statistic or ExtendedStatistic", e.ID)
	}
	period, periods := numOr(e.In, "Period", 0), numOr(e.In, "EvaluationPeriods", 0)
	longest := 86400.0
	if period >= 3600 {
		longest = 604800
	}
	switch {
	case period == 0:
		return refuse("ValidationError", "alarm %s: Period is required", e.ID)
	case period*periods > longest:
		return refuse("ValidationError", "alarm %s: looks back %v s, at most %v s", e.ID, period*periods, longest)
	case numOr(e.In, "DatapointsToAlarm", periods) > periods:
		return refuse("ValidationError", "alarm %s: DatapointsToAlarm exceeds EvaluationPeriods", e.ID)
	case !has(e.In, "Threshold") && str(e.In, "ThresholdMetricId") == "":
		return refuse("ValidationError", "alarm %s: Threshold is required", e.ID)
	}
	return nil
}

func alarmQueries(_ *tx, e, _ *Entity) error {
	queries := docs(e.In, "MetricQueries")
	if len(queries) == 0 {
		return nil
	}
	if len(queries) > 20 {
		return refuse("ValidationError", "alarm %s: has %d metric queries, at most 20", e.ID, len(queries))
	}
	returned := 0
	var ids []string
	for _, q := range queries {
		id := str(q, "Id")
		if id == "" || id[0] < 'a' || id[0] > 'z' || slices.Contains(ids, id) {
			return refuse("ValidationError", "alarm %s: query id %q must be its own and begin with a small letter", e.ID, id)
		}
		ids = append(ids, id)
		if yes(q, "ReturnData") {
			returned++
		}
	}
	threshold := str(e.In, "ThresholdMetricId")
	if threshold != "" && !slices.Contains(ids, threshold) {
		return refuse("ValidationError", "alarm %s: ThresholdMetricId %q names no query", e.ID, threshold)
	}
	if want := 1; threshold == "" && returned != want {
		return refuse("ValidationError", "alarm %s: %d queries return data, want %d", e.ID, returned, want)
	}
	return nil
}

func alarmActions(_ *tx, e, _ *Entity) error {
	for _, p := range []string{"AlarmActions", "OkActions", "InsufficientDataActions"} {
		actions := strs(e.In, p)
		if len(actions) > 5 {
			return refuse("LimitExceeded", "alarm %s: %s has %d actions, at most 5", e.ID, p, len(actions))
		}
		for _, a := range actions {
			if r := regionOfARN(a); strings.Contains(a, ":sns:") && r != e.Region {
				return refuse("ValidationError", "alarm %s: %s is in %s, want %s", e.ID, a, r, e.Region)
			}
		}
	}
	return nil
}

func alarmComputed(t *tx, e *Entity) {
	def(e, "ActionsEnabled", true)
	def(e, "TreatMissingData", "missing")
	set(e, "StateValue", insufficient)
	set(e, "StateReason", "Unchecked: Initial alarm creation")
	set(e, "StateUpdatedTimestamp", t.at.Format(timeFormat))
}
