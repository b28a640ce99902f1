package watch

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"redoubt/system"
)

// ruleID is the one rule of replication, a dimension of its metrics; components/bucket has the same, held by a test.
const ruleID = "to-peer"

// stores watches each store: the real loss, the copy's own lag, what fails, and whether it takes writes.
func (b *builder) stores() {
	for _, st := range b.sys.Stores {
		of, here := b.here.Stores[st.Name]
		if !here {
			continue
		}
		b.writes(st)
		if b.peer != nil {
			b.loss(st)
			b.lag(st, of, b.peer.Stores[st.Name])
		}
		if st.Kind == system.Queue {
			b.queue(st, of)
		}
	}
}

// writes watches that a store takes writes, as its clients meet it. Both homes look.
func (b *builder) writes(st system.Store) {
	b.timed(0, settles, Alarm{
		Part: st.Name + "-writes", Concern: Writes, Severity: b.severity(st.Tier), Tier: st.Tier, Store: st.Name,
		Title:   fmt.Sprintf("Store %s takes no writes, seen from the %s home", st.Name, b.home),
		Queries: one(b.probed(Accepts, string(b.home), st.Name), "Average"), Comparison: Below, Threshold: 0.5,
		Unit: "share of tries", Period: time.Minute, Periods: 3, Datapoints: 2,
		Missing: Breaching, MissingWhy: whySilence,
		Cause:   "the writer of the store failed, its service is impaired, or the home that serves is lost",
		Command: "redoubt status --on aws",
	})
}

// loss watches the age of the newest mark that this home could go on from.
func (b *builder) loss(st system.Store) {
	rpo := b.rpo(st.Tier)
	b.timed(rpo, settles, Alarm{
		Part: st.Name + "-rpo", About: b.home, Concern: RPO, Severity: b.severity(st.Tier), Tier: st.Tier, Store: st.Name,
		Title:   fmt.Sprintf("More of store %s would be lost than its tier promises, were the other home lost now", st.Name),
		Queries: one(b.probed(MarkAge, string(b.home), st.Name), "Maximum"), Comparison: Above, Threshold: max(rpo, 2*Beat(b.sys, st)).Seconds(),
		Unit: "seconds", Period: time.Minute, Periods: 5, Datapoints: 3,
		Missing: Breaching, MissingWhy: whySilence,
		Cause:   "replication is behind or stopped, or the regions are cut from each other",
		Command: "redoubt status --on aws",
	})
}

// lag watches what AWS itself says of the copy. It warns at half of what may be lost.
func (b *builder) lag(st system.Store, own, peer Store) {
	half := b.rpo(st.Tier) / 2
	a := Alarm{
		Part: st.Name + "-lag", Concern: Lag, Severity: Ticket, Tier: st.Tier, Store: st.Name, Comparison: Above,
		Title:  fmt.Sprintf("The copy of store %s is behind by half of what its tier may lose", st.Name),
		Period: time.Minute, Periods: 5, Datapoints: 3, Missing: NotBreaching, MissingWhy: whyEvents,
		Threshold: float64(half.Milliseconds()), Unit: "milliseconds",
		Cause: "more is written than the copy takes in, or the service's replication is impaired",
	}
	settle := settles
	switch st.Kind {
	case system.Postgres:
		a.Queries = one(Metric{"AWS/RDS", "AuroraGlobalDBReplicationLag", dims("DBClusterIdentifier", own.Name)}, "Maximum")
		a.MissingWhy = whyFollows
		a.Command = "aws rds describe-db-clusters --db-cluster-identifier " + own.Name
	case system.Table, system.Queue:
		table := own.Name
		if st.Kind == system.Queue {
			table = own.Ledger
		}
		a.Queries = one(Metric{"AWS/DynamoDB", "ReplicationLatency",
			dims("TableName", table, "ReceivingRegion", b.peer.Region)}, "Average")
		a.Command = "aws dynamodb describe-table --table-name " + table
	case system.Cache:
		a.Queries = highest("AWS/ElastiCache", "GlobalDatastoreReplicationLag", "CacheClusterId", own.Members)
		a.Threshold, a.Unit, a.MissingWhy = half.Seconds(), "seconds", whyFollows
		a.Command = "aws elasticache describe-replication-groups --replication-group-id " + own.Name
	case system.Bucket:
		a.Queries = one(Metric{"AWS/S3", "ReplicationLatency", replication(peer.Name, own.Name)}, "Maximum")
		a.Threshold, a.Unit, settle = half.Seconds(), "seconds", settlesS3
		a.Missing, a.MissingWhy = Ignore, whyKeeps
		a.Command = "aws s3api get-bucket-replication --bucket " + peer.Name
		b.failed(st, own, peer)
	}
	b.timed(half, settle, a)
}

// failed watches objects that S3 has given up copying. Only the region of the source knows.
func (b *builder) failed(st system.Store, own, peer Store) {
	b.timed(0, settlesS3, Alarm{
		Part: st.Name + "-replication", Concern: Replication, Severity: Ticket, Tier: st.Tier, Store: st.Name,
		Title:      fmt.Sprintf("S3 gave up copying objects of store %s to the other home", st.Name),
		Queries:    one(Metric{"AWS/S3", "OperationsFailedReplication", replication(own.Name, peer.Name)}, "Sum"),
		Comparison: Above, Threshold: 0, Unit: "objects", Period: 5 * time.Minute, Periods: 1,
		Missing: NotBreaching, MissingWhy: whyEvents,
		Cause:   "a key, a policy or the bucket of the other home refuses the copies",
		Command: "aws s3api get-bucket-replication --bucket " + own.Name,
	})
}

// queue watches work that waits and work that was given up.
func (b *builder) queue(st system.Store, own Store) {
	sqs := func(name, queue string) Metric { return Metric{"AWS/SQS", name, dims("QueueName", queue)} }
	oldest := b.tier(st.Tier).Objectives[system.ZoneLoss].RTO
	b.timed(oldest, settles, Alarm{
		Part: st.Name + "-age", Concern: QueueAge, Severity: b.severity(st.Tier), Tier: st.Tier, Store: st.Name,
		Title:   fmt.Sprintf("Work in queue %s waits longer than the loss of a zone may take", st.Name),
		Queries: one(sqs("ApproximateAgeOfOldestMessage", own.Name), "Maximum"), Comparison: Above, Threshold: oldest.Seconds(),
		Unit: "seconds", Period: time.Minute, Periods: 5, Datapoints: 4,
		Missing: NotBreaching, MissingWhy: "SQS publishes nothing of a queue that is not used for six hours",
		Cause:   "its consumers do not run, are too few, or fail at every message",
		Command: "aws sqs get-queue-attributes --attribute-names All --queue-url $(aws sqs get-queue-url --queue-name " + own.Name + " --output text)",
	})
	b.timed(0, settles, Alarm{
		Part: st.Name + "-dead", Concern: DeadLetters, Severity: Ticket, Tier: st.Tier, Store: st.Name,
		Title:   fmt.Sprintf("Work of queue %s was given up", st.Name),
		Queries: one(sqs("ApproximateNumberOfMessagesVisible", own.DeadLetters), "Maximum"), Comparison: Above, Threshold: 0,
		Unit: "messages", Period: 5 * time.Minute, Periods: 1, Missing: NotBreaching,
		MissingWhy: "SQS publishes nothing of a queue that is not used for six hours",
		Cause:      "a message that no consumer can carry out",
		Command:    "aws sqs receive-message --queue-url $(aws sqs get-queue-url --queue-name " + own.DeadLetters + " --output text)",
	})
}

// highest is the largest value over several things, of which one counts and nobody knows which.
func highest(namespace, name, dimension string, of []string) []Query {
	var out []Query
	var ids []string
	for n, id := range of {
		q := Query{ID: fmt.Sprintf("m%d", n+1), Statistic: "Maximum", Metric: Metric{namespace, name, dims(dimension, id)}}
		out, ids = append(out, q), append(ids, q.ID)
	}
	return append(out, Query{ID: "e1", Expression: "MAX([" + strings.Join(ids, ",") + "])"})
}

func replication(from, to string) map[string]string {
	return dims("SourceBucket", from, "DestinationBucket", to, "RuleId", ruleID)
}

// dims takes names and values in turn.
func dims(pairs ...string) map[string]string {
	out := map[string]string{}
	for n := 0; n < len(pairs); n += 2 {
		out[pairs[n]] = pairs[n+1]
	}
	return out
}

// sorted are the names of the dimensions, in order.
func sorted(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }
