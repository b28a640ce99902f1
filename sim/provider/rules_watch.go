package provider

import "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

const alarmStatistic = `^(SampleCount|Average|Sum|Minimum|Maximum|IQM|` +
	`(p|tm|tc|ts|wm)(\d{1,2}(\.\d{0,10})?|100)|(TM|TC|TS|WM|PR)\(.*:.*\))$`

// extendedStatistic is what an alarm on a single metric may ask for beside the five statistics.
const extendedStatistic = `^((p|tm|wm|tc|ts)(\d{1,2}(\.\d{1,2})?|100)|IQM|(TM|WM|PR|TC|TS)\((\d+(\.\d+)?%?)?:(\d+(\.\d+)?%?)?\))$`

var rulesOfWatch = map[string][]rule{
	"aws:cloudwatch/logGroup:LogGroup": {
		oneOfNumbers("retentionInDays", 0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827,
			2192, 2557, 2922, 3288, 3653),
		matches("name", `^[\w./#-]+$`, "letters, digits and _./#-"),
	},
	"aws:cloudwatch/metricAlarm:MetricAlarm": {
		conflicts("", "metricQueries", "metricName", "namespace", "period", "statistic", "dimensions", "unit",
			"extendedStatistic"),
		number("period", "10, 20, 30 or a multiple of 60", alarmPeriod),
		number("metricQueries[].metric.period", "1, 5, 10, 20, 30 or a multiple of 60",
			func(n float64) bool { return n == 1 || n == 5 || alarmPeriod(n) }),
		number("metricQueries[].period", "1, 5, 10, 20, 30 or a multiple of 60",
			func(n float64) bool { return n == 1 || n == 5 || alarmPeriod(n) }),
		conflicts("metricQueries[]", "expression", "metric"),
		filled("metricQueries[].metric.stat"),
		matches("metricQueries[].metric.stat", alarmStatistic, "a statistic such as Average or p99"),
		filled("extendedStatistic"),
		matches("extendedStatistic", extendedStatistic, "a statistic such as p99"),
		{"", alarmHasStatistic},
	},
	"aws:cloudwatch/eventTarget:EventTarget": {
		conflicts("", "inputPath", "inputTransformer"),
	},
}

func alarmPeriod(n float64) bool {
	return n == 10 || n == 20 || n == 30 || (n >= 0 && int(n)%60 == 0)
}

// alarmHasStatistic wants a statistic of an alarm on a metric.
func alarmHasStatistic(alarm resource.PropertyMap) []Failure {
	if !given(alarm, "metricName") || len(together(alarm, []string{"statistic", "extendedStatistic"})) > 0 {
		return nil
	}
	return []Failure{{"statistic", "is missing: give statistic or extendedStatistic"}}
}
