package provider

import "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

var rulesOfWatch = map[string][]rule{
	"aws:cloudwatch/logGroup:LogGroup": {
		oneOfNumbers("retentionInDays", 0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827,
			2192, 2557, 2922, 3288, 3653),
		oneOf("logGroupClass", "STANDARD", "INFREQUENT_ACCESS", "DELIVERY"),
		conflicts("", "name", "namePrefix"),
		length("name", 1, 512),
		matches("name", `^[\w./#-]+$`, "letters, digits and _./#-"),
		arn("kmsKeyId"),
	},
	"aws:cloudwatch/metricAlarm:MetricAlarm": {
		length("name", 1, 255),
		length("alarmDescription", 0, 1024),
		oneOf("comparisonOperator", "GreaterThanOrEqualToThreshold", "GreaterThanThreshold",
			"GreaterThanUpperThreshold", "LessThanLowerOrGreaterThanUpperThreshold", "LessThanLowerThreshold",
			"LessThanOrEqualToThreshold", "LessThanThreshold"),
		oneOf("statistic", "Average", "Maximum", "Minimum", "SampleCount", "Sum"),
		conflicts("", "statistic", "extendedStatistic"),
		conflicts("", "metricQueries", "metricName", "namespace", "period", "statistic", "dimensions", "unit",
			"extendedStatistic"),
		conflicts("", "threshold", "thresholdMetricId"),
		atLeast("evaluationPeriods", 1),
		atLeast("datapointsToAlarm", 1),
		number("period", "10, 20, 30 or a multiple of 60", alarmPeriod),
		number("metricQueries[].metric.period", "1, 5, 10, 20, 30 or a multiple of 60",
			func(n float64) bool { return n == 1 || n == 5 || alarmPeriod(n) }),
		oneOf("treatMissingData", "breaching", "ignore", "missing", "notBreaching"),
		oneOf("evaluateLowSampleCountPercentiles", "evaluate", "ignore"),
		{"", alarmHasStatistic},
	},
	"aws:cloudwatch/eventRule:EventRule": {
		matches("name", `^[0-9A-Za-z_.-]+$`, "letters, digits and _.-"),
		length("name", 1, 64),
		conflicts("", "name", "namePrefix"),
		atLeastOne("", "eventPattern", "scheduleExpression"),
		conflicts("", "isEnabled", "state"),
		oneOf("state", "DISABLED", "ENABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"),
		length("scheduleExpression", 0, 256),
		length("description", 0, 512),
		jsonDocument("eventPattern"),
		arn("roleArn"),
	},
	"aws:cloudwatch/eventTarget:EventTarget": {
		arn("arn"),
		arn("roleArn"),
		arn("deadLetterConfig.arn"),
		matches("targetId", `^[0-9A-Za-z_.-]{1,64}$`, "up to 64 letters, digits and _.-"),
		conflicts("", "input", "inputPath", "inputTransformer"),
		conflicts("", "inputPath", "inputTransformer"),
		between("retryPolicy.maximumRetryAttempts", 0, 185),
		between("retryPolicy.maximumEventAgeInSeconds", 60, 86400),
	},
}

func alarmPeriod(n float64) bool {
	return n == 10 || n == 20 || n == 30 || (n >= 60 && int(n)%60 == 0)
}

// alarmHasStatistic wants a statistic of an alarm on one metric.
func alarmHasStatistic(alarm resource.PropertyMap) []Failure {
	if len(together(alarm, []string{"statistic", "extendedStatistic", "metricQueries"})) > 0 {
		return nil
	}
	return []Failure{{"statistic", "is missing: give statistic or extendedStatistic, or metricQueries"}}
}
