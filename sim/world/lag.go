package world

import (
	"time"

	"redoubt/sim/fault"
)

// auroraLag is how far a secondary is behind while nothing is wrong: timing
// aurora.global.lag, which is an upper end without a promise.
const auroraLag = time.Second

// lagMetrics are the metrics of a global database that AWS publishes in the
// secondary's region, under the secondary cluster's identifier, in milliseconds:
// https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database-monitoring.html
var lagMetrics = map[string]bool{"AuroraGlobalDBReplicationLag": true, "AuroraGlobalDBRPOLag": true}

// lagPoint is one datapoint of such a metric. While the writer's region is lost or cut
// off, the lag grows with the time (assumed).
func (t *tx) lagPoint(r Request, at time.Time) (float64, bool) {
	if str(r.Input, "Namespace") != "AWS/RDS" || !lagMetrics[str(r.Input, "MetricName")] {
		return 0, false
	}
	c := t.get(kindCluster, r.Region, dimensions(r.Input)["DBClusterIdentifier"])
	if c == nil {
		return 0, false
	}
	for _, g := range t.list(kindGlobalCluster, Global) {
		writer := str(g.Out, "Writer")
		for _, member := range strs(g.Out, "Members") {
			if member == c.ARN && member != writer {
				return float64(t.behind(c.Region, regionOfARN(writer), at).Milliseconds()), true
			}
		}
	}
	return 0, false
}

// behind is how far a copy is behind its writer at a time.
func (t *tx) behind(region, writer string, at time.Time) time.Duration {
	lag := auroraLag
	for _, f := range t.activeFaults() {
		lost := f.Kind == fault.RegionDown && f.Region == writer
		if (lost || f.Cuts(region, writer)) && at.After(f.Since) {
			lag = max(lag, at.Sub(f.Since))
		}
	}
	return lag
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
