// Package postgresmonitored holds the rule postgres-monitored.
package postgresmonitored

import "redoubt/policies/rule"

const mostSeconds = "mostSeconds"

// Rule is the rule postgres-monitored.
var Rule = rule.Rule{
	ID:    "postgres-monitored",
	Title: "An instance of a database tells of its operating system",
	Why: "Whether a slow writer lacks memory, disk or CPU is seen only here, and it decides between a " +
		"failover and a wait.",
	Source:   "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Monitoring.OS.html",
	Severity: rule.Medium,
	Remedy:   "Set monitoringInterval to at most mostSeconds, and not to 0.",
	Options: []rule.Option{
		{Name: mostSeconds, Kind: rule.Integer, Default: 60, Min: 1, Max: 60,
			Describes: "The longest pause between two measurements, in seconds."},
	},
	Resource: rule.OneTo("monitoringInterval", mostSeconds, "aws:rds/clusterInstance:ClusterInstance"),
}
