package alarms

import (
	"math"
	"time"

	"redoubt/sim/drive"
	"redoubt/system"
	"redoubt/watch"
)

// natives is what AWS itself publishes in a home's region.
func (r *Regions) natives(home system.Home, now time.Time) {
	if !r.up(home) {
		return
	}
	for _, a := range r.catalogue[home].Alarms {
		for _, q := range a.Queries {
			if q.Expression != "" || q.Metric.Namespace == watch.Namespace {
				continue
			}
			if v, ok := r.native(home, a, q, now); ok {
				r.put(home, q.Metric, now, v)
			}
		}
	}
}

// native is one value of AWS's; ok is false where it publishes none.
func (r *Regions) native(home system.Home, a watch.Alarm, q watch.Query, now time.Time) (float64, bool) {
	switch q.Metric.Name {
	case "AuroraGlobalDBReplicationLag", "ReplicationLatency", "GlobalDatastoreReplicationLag":
		return r.lagOf(home, a, q)
	case "AuroraGlobalDBDataTransferBytes":
		return 5e6 + math.Mod(float64(now.Unix()/60)*1e5, 1e6), home != r.active
	case "ApproximateAgeOfOldestMessage":
		oldest, n := r.queued(home, a.Store, false)
		if n == 0 {
			return 0, true
		}
		return now.Sub(oldest).Seconds(), true
	case "ApproximateNumberOfMessagesVisible":
		_, n := r.queued(home, a.Store, true)
		return float64(n), true
	case "NumberOfBackupJobsFailed", "NumberOfCopyJobsFailed", "NumberOfRestoreJobsFailed", "NumberOfBackupJobsExpired":
		n := r.jobs.failed(home, q.Metric.Name)
		return n, n > 0
	case "RequestCount":
		return 600, home == r.active
	case "HTTPCode_Target_5XX_Count":
		return once(now.Minute()%10 == 0), home == r.active
	case "TargetResponseTime":
		return 0.4, home == r.active
	case "ResourceCount":
		return r.vcpusOf(home), true
	}
	return 0, false // OperationsFailedReplication, and what a Bend alone brings
}

// lagOf is the lag that AWS tells in this region: of databases, caches and buckets where the copy is, of tables where
// the writes are. A table that is written in both homes has both.
func (r *Regions) lagOf(home system.Home, a watch.Alarm, q watch.Query) (float64, bool) {
	st, _ := r.System.Store(a.Store)
	writer := r.active
	if st.Kind == system.Table || st.Kind == system.Queue {
		writer = home
	} else if home == writer {
		return 0, false
	}
	kind, id := drive.Carried(st, r.World.Inventory.Homes[writer])
	copies := r.World.World.Copies(kind, r.region(writer), id)
	if len(copies) == 0 {
		return 0, false
	}
	// Of a cache, only the primary node of the group that follows tells.
	if st.Kind == system.Cache && q.ID != "m1" {
		return 0, false
	}
	lag := r.World.World.Behind(copies)
	if q.Metric.Namespace == "AWS/RDS" || q.Metric.Namespace == "AWS/DynamoDB" {
		return float64(lag.Milliseconds()), true
	}
	return lag.Seconds(), true
}

// queued is when the oldest message of a queue was sent and how many there are; of its dead letters where that is asked.
func (r *Regions) queued(home system.Home, store string, dead bool) (time.Time, int) {
	arn := r.World.Inventory.Homes[home].Stores[store].Arn
	if dead {
		of := r.catalogue[home]
		if a, known := of.Alarm(store + "-dead"); known {
			arn = arn[:lastColon(arn)+1] + a.Queries[0].Metric.Dimensions["QueueName"]
		}
	}
	text, n := r.from(home).messages(r.region(home), arn)
	at, _ := time.Parse(time.RFC3339Nano, text)
	return at, n
}

func lastColon(text string) int {
	for n := len(text) - 1; n >= 0; n-- {
		if text[n] == ':' {
			return n
		}
	}
	return -1
}

// vcpusOf is what a home's nodes have: eight each (assumed).
func (r *Regions) vcpusOf(home system.Home) float64 {
	of := r.World.Inventory.Homes[home]
	nodes := of.Cluster.RunningNodes
	if home == r.active {
		nodes = of.Cluster.ActiveNodes
	}
	return float64(8 * nodes * len(of.Zones))
}

// once is 1 where something happened.
func once(happened bool) float64 {
	if happened {
		return 1
	}
	return 0
}
