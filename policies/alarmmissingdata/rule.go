// Package alarmmissingdata holds the rule alarm-missing-data.
package alarmmissingdata

import "redoubt/policies/rule"

const missing = "treatMissingData"

// Rule is the rule alarm-missing-data.
var Rule = rule.Rule{
	ID:    "alarm-missing-data",
	Title: "An alarm says what silence means",
	Why: "A lost region sends no data: by default an alarm then shows that it has too little, which tells " +
		"nobody anything.",
	Source:   "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html",
	Severity: rule.Medium,
	Remedy:   "Set treatMissingData to breaching, notBreaching or ignore.",
	Resource: &rule.ResourceRule{Types: []string{"aws:cloudwatch/metricAlarm:MetricAlarm"}, Check: check},
}

func check(r *rule.Resource, _ rule.Config) []rule.Finding {
	said := r.Exists(missing) && r.Text(missing) != "missing"
	return r.Want(missing, said, "breaching, notBreaching or ignore")
}
