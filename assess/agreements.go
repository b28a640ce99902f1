package assess

import (
	"slices"

	"redoubt/system"
)

// agreement is what AWS promises of a service in one region: a share of each month.
type agreement struct {
	service string
	uptime  float64
	source  string
}

// path are the services that every request of a tier takes.
var path = []agreement{
	{"load balancer", 0.9999, "https://cloudonaut.io/aws-sla-are-you-able-to-keep-your-availability-promise"},
	{"machines over several zones", 0.9999, "https://aws.amazon.com/compute/sla/historical/"},
}

// behind are the services behind a kind of store. That of SQS is not in the facts; a queue counts with its ledger.
var behind = map[system.StoreKind]agreement{
	system.Postgres: {"Aurora over several zones", 0.9999, "https://aws.amazon.com/rds/aurora/sla/"},
	system.Table:    {"DynamoDB global tables", 0.99999, "https://aws.amazon.com/dynamodb/sla"},
	system.Queue:    {"DynamoDB global tables", 0.99999, "https://aws.amazon.com/dynamodb/sla"},
	system.Cache:    {"ElastiCache over several zones", 0.9999, "https://chanciturnervgt2.com/?p=4419"},
	system.Bucket:   {"S3 Standard", 0.999, "https://cloudonaut.io/aws-sla-are-you-able-to-keep-your-availability-promise"},
}

// agreements are all of them, each once.
func agreements() []agreement {
	out := slices.Clone(path)
	for _, kind := range system.StoreKinds {
		if a := behind[kind]; !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	return out
}

const minutesAYear = 365 * 24 * 60

// allowed are the minutes of a year that the agreements allow the services of a tier, none of them at the same time as another.
func allowed(s *system.System, t system.Tier) float64 {
	sum := 0.0
	for _, a := range path {
		sum += (1 - a.uptime) * minutesAYear
	}
	seen := map[agreement]bool{}
	for _, store := range s.Stores {
		if a := behind[store.Kind]; store.Tier == t.Name && !seen[a] {
			seen[a] = true
			sum += (1 - a.uptime) * minutesAYear
		}
	}
	return sum
}
