package readiness

import (
	"fmt"
	"strings"
	"time"

	"redoubt/inventory"
	"redoubt/recovery/diagnose"
	"redoubt/recovery/plan"
	"redoubt/system"
)

// stores looks at each store in the order of the system's file.
func (j *judge) stores() {
	j.Stores = []Store{}
	if !j.Readiness.Active.Valid() {
		return
	}
	for _, s := range j.Input.System.Stores {
		t, _ := j.Input.System.Tier(s.Tier)
		out := Store{Name: s.Name, Kind: s.Kind, Tier: s.Tier, State: Good, Lag: Figure{Kind: j.Input.Kind}, RPO: Figure{Kind: Objective}}
		if o, has := t.Objectives[system.RegionLoss]; has {
			out.RPO = figure(o.RPO, Objective)
		}
		j.lag(s, t, &out)
		j.backup(s, t, &out)
		if f := j.Finding; f.Kind == diagnose.StoreCorrupt && f.Name == s.Name && j.unknown[s.Name] == 0 {
			out.State, out.Why = Bad, "corrupt"
		}
		j.Stores = append(j.Stores, out)
	}
}

// lag says how far the copy of a store in the other home is behind.
func (j *judge) lag(s system.Store, t system.Tier, out *Store) {
	from, held := j.storeOf(j.Readiness.Active, s.Name)
	to, copied := j.storeOf(j.Receiving, s.Name)
	switch {
	case s.RebuildFrom != "":
		out.Lag, out.Why = figure(0, j.Input.Kind), "nothing of its own is lost: it is rebuilt from "+s.RebuildFrom
		return
	case t.Strategy == system.BackupRestore && (s.Kind == system.Table || s.Kind == system.Cache):
		out.Why = "only copies of its backups are in the other home"
		return // backup holds the copy against the objective
	case !held || !copied:
		out.State, out.Why = Bad, "it is declared, and not in both homes yet"
		j.because(Bad, "store "+s.Name, "update both homes", fmt.Sprintf("store %s is declared, and not in both homes yet", s.Name))
		return
	}
	worst, known, asked := time.Duration(0), false, false
	for _, m := range j.metrics(s, from, to) {
		a, told := j.ask(m.call)
		if !told {
			continue
		}
		asked = true
		if a.Err != "" {
			out.Why = a.Err
		}
		if v, has := newest(a.Document, m.statistic); has {
			worst, known = max(worst, time.Duration(v*float64(m.in))), true
		}
	}
	out.Lag.Known, out.Lag.Seconds = known, worst.Seconds()
	switch {
	case !asked:
	case !known:
		out.State, out.Why = Unknown, or(out.Why, "the metric has no datapoint of the last five minutes")
		j.late = append(j.late, lateness{s.Name, Reason{State: Unknown, About: "lag", Text: "cannot be told: " + out.Why}})
	case out.RPO.Known && worst > out.RPO.Span():
		out.State, out.Why = Bad, "more than its objective would be lost"
		j.because(Bad, "store "+s.Name, "", fmt.Sprintf("%s is %s behind in the %s home, and may lose at most %s", s.Name, short(worst),
			j.Receiving, short(out.RPO.Span())))
	default:
		out.Why = ""
	}
}

func (j *judge) storeOf(home system.Home, name string) (inventory.Store, bool) {
	s, has := j.Inventory.Homes[home].Stores[name]
	return s, has
}

// metric is a call for a metric of lag, the statistic to read and its unit.
type metric struct {
	call      plan.Call
	statistic string
	in        time.Duration
}

// window is how far back a lag is looked for: CloudWatch may be minutes late.
const window = 5 * time.Minute

// metrics are those that tell a store's lag, each asked for in the region where AWS publishes it:
// https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database-monitoring.html
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
// https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.Redis.html
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html
func (j *judge) metrics(s system.Store, from, to inventory.Store) []metric {
	switch s.Kind {
	case system.Postgres:
		return []metric{j.metric(j.Receiving, "AWS/RDS", "AuroraGlobalDBReplicationLag", "Maximum", time.Millisecond,
			"DBClusterIdentifier", to.Name)}
	case system.Table, system.Queue:
		name := from.Name
		if s.Kind == system.Queue {
			name = from.LedgerTable
		}
		return []metric{j.metric(j.Readiness.Active, "AWS/DynamoDB", "ReplicationLatency", "Average", time.Millisecond,
			"TableName", name, "ReceivingRegion", j.Inventory.Homes[j.Receiving].Region)}
	case system.Bucket:
		return []metric{j.metric(j.Receiving, "AWS/S3", "ReplicationLatency", "Maximum", time.Second,
			"SourceBucket", from.Name, "DestinationBucket", to.Name, "RuleId", replicationRule)}
	case system.Cache:
		var out []metric
		for _, node := range to.Members {
			out = append(out, j.metric(j.Receiving, "AWS/ElastiCache", "GlobalDatastoreReplicationLag", "Maximum", time.Second,
				"CacheClusterId", node))
		}
		return out
	}
	return nil
}

// replicationRule is the id of the one rule of each bucket, as components/bucket names it.
const replicationRule = "to-peer"

func (j *judge) metric(home system.Home, namespace, name, statistic string, in time.Duration, dims ...string) metric {
	var all []any
	for n := 0; n < len(dims); n += 2 {
		all = append(all, plan.Document{"Name": dims[n], "Value": dims[n+1]})
	}
	end := j.Now.UTC().Truncate(time.Minute)
	return metric{aws(home, "cloudwatch", "GetMetricStatistics", plan.Document{
		"Namespace": namespace, "MetricName": name, "Period": 60, "Statistics": []any{statistic}, "Dimensions": all,
		"StartTime": end.Add(-window).Format(time.RFC3339), "EndTime": end.Format(time.RFC3339),
	}), statistic, in}
}

// newest is the value of the youngest datapoint: CloudWatch gives them in no order.
func newest(answer plan.Document, statistic string) (value float64, has bool) {
	at := ""
	for _, p := range listed(answer, "Datapoints") {
		v, is := p[statistic].(float64)
		if stamp := text(p["Timestamp"]); is && stamp > at {
			at, value, has = stamp, v, true
		}
	}
	return value, has
}

// listed are the documents in a list of an answer.
func listed(answer plan.Document, path plan.Path) []plan.Document {
	found, _ := path.Find(answer)
	all, _ := found.([]any)
	var out []plan.Document
	for _, one := range all {
		if doc, is := one.(map[string]any); is {
			out = append(out, doc)
		}
	}
	return out
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

func or(v, fallback string) string {
	if strings.TrimSpace(v) == "" {
		return fallback
	}
	return v
}
