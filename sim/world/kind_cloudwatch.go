package world

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

const (
	kindLogGroup = "AWS::Logs::LogGroup"
	kindAlarm    = "AWS::CloudWatch::Alarm"
	kindCompose  = "AWS::CloudWatch::CompositeAlarm"
	kindBoard    = "AWS::CloudWatch::Dashboard"

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
	guard: alarmUnused,
}, {
	Name: kindCompose, Service: "cloudwatch", NotFound: "ResourceNotFound", Required: []string{"AlarmName", "AlarmRule"},
	Source: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html",
	id:     named("AlarmName"), arn: arnOf("cloudwatch", "alarm:{id}"), checks: []check{childAlarms, alarmActions},
}, {
	Name: kindBoard, Service: "cloudwatch", NotFound: "ResourceNotFound",
	Required: []string{"DashboardName", "DashboardBody"},
	Source:   "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html", Global: true,
	Setting: true,
	id:      named("DashboardName"), checks: []check{boardBody}, computed: func(t *tx, e *Entity) {
		e.Out["DashboardArn"] = "arn:aws:cloudwatch::" + t.cfg.Account + ":dashboard/" + e.ID
	},
}}

// childNames reads the alarms that a composite rule speaks of: each stands in
// quotes or brackets after ALARM, OK or INSUFFICIENT_DATA.
var childNames = regexp.MustCompile(`(?:ALARM|OK|INSUFFICIENT_DATA)\(\s*"?([^")]+)"?\s*\)`)

func childrenOf(e *Entity) []string {
	var out []string
	for _, m := range childNames.FindAllStringSubmatch(str(e.In, "AlarmRule"), -1) {
		out = append(out, m[1][strings.LastIndex(m[1], ":alarm:")+1:])
	}
	for i, name := range out {
		out[i] = strings.TrimPrefix(name, "alarm:")
	}
	return out
}

func childAlarms(t *tx, e, _ *Entity) error {
	for _, name := range childrenOf(e) {
		if t.get(kindAlarm, e.Region, name) == nil && t.get(kindCompose, e.Region, name) == nil {
			return refuse("ValidationError", "composite alarm %s: %q is no alarm of %s", e.ID, name, e.Region)
		}
	}
	return nil
}

// alarmUnused keeps an alarm that a composite one stands on.
func alarmUnused(t *tx, e *Entity) error {
	for _, c := range t.list(kindCompose, e.Region) {
		if slices.Contains(childrenOf(c), e.ID) {
			return refuse("ValidationError", "alarm %s is a child of %s", e.ID, c.ID)
		}
	}
	return nil
}

func boardBody(_ *tx, e, _ *Entity) error {
	var body Document
	if err := json.Unmarshal([]byte(str(e.In, "DashboardBody")), &body); err != nil {
		return refuse("InvalidParameterInput", "dashboard %s: the body is no JSON document", e.ID)
	}
	return nil
}

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
	set(e, "StateUpdatedTimestamp", t.clock().Format(timeFormat))
}
