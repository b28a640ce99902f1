package planner

import (
	"fmt"

	"redoubt/inventory"
	"redoubt/recovery/plan"
	"redoubt/system"
	"redoubt/timings"
)

// The sources that the steps of the stores rely on.
const (
	switchoverSource = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database-disaster-recovery.html"
	promoteSource    = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Redis-Global-Datastores-Console.html"
	tableSource      = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GlobalTables.html"
	bucketSource     = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html"
	queueSource      = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html"
)

// promote makes a store take writes in the receiving home, or shows that it does.
func (d *draft) promote(m move, s system.Store, needs []string, critical bool) []string {
	if fromCopies(d.Request, m.from, s) {
		return d.revive(m, s, critical)
	}
	of, has := d.home(m.to).Stores[s.Name]
	if !has {
		d.wrong("the inventory does not know store %s in the %s home", s.Name, m.to)
		return nil
	}
	step := plan.Step{
		Role: plan.Data, Subject: plan.Subject{Store: s.Name}, Needs: needs, OnFailure: onFailure(critical),
		Timeout: minutes(30),
	}
	switch {
	case s.Kind == system.Postgres && of.GlobalID != "":
		d.promotePostgres(m, of, &step)
	case s.Kind == system.Cache && of.GlobalID != "":
		d.promoteCache(m, of, &step)
	case s.Kind == system.Cache:
		step.Call = aws(m.to, "elasticache", "DescribeReplicationGroups", plan.Document{"ReplicationGroupId": of.Name})
		step.ID, step.Title = "look-"+s.Name, "See that cache "+s.Name+" answers"
		step.Why = "The receiving home has a cache of its own; it begins empty and is filled from " + s.RebuildFrom + "."
		step.Source, step.Budget = promoteSource, timings.ElasticacheFailover
		step.Condition = holds(step.Call, is("ReplicationGroups[0].Status", "available"))
	case s.Kind == system.Table:
		d.markTable(m.to, of, &step)
	case s.Kind == system.Bucket:
		d.markBucket(m.to, of, &step)
	case s.Kind == system.Queue:
		return nil // its ledger says what has to be sent again: requeue
	default:
		d.wrong("store %s: a %s has no copy in the %s home, and no plan makes one", s.Name, s.Kind, m.to)
		return nil
	}
	return []string{d.add(step)}
}

func (d *draft) promotePostgres(m move, of inventory.Store, s *plan.Step) {
	s.ID, s.Title = "promote-"+s.Subject.Store, fmt.Sprintf("Let %s write in the %s home", s.Subject.Store, m.to)
	s.Source, s.Budget = switchoverSource, timings.AuroraGlobalFailoverDoc
	in := plan.Document{"GlobalClusterIdentifier": of.GlobalID, "TargetDbClusterIdentifier": of.Arn}
	if m.planned {
		s.Budget = timings.AuroraGlobalSwitchover
		s.Why = "The old writer hands over after the last write has arrived, so nothing is lost."
		s.Call = aws(m.to, "rds", "SwitchoverGlobalCluster", in)
	} else {
		in["AllowDataLoss"] = true
		s.Why = "The old writer does not answer. The copy takes over with what has arrived; the rest is lost, and the gate " +
			"has compared that with the objective. AWS fences the old writer when it returns."
		s.Call = aws(m.to, "rds", "FailoverGlobalCluster", in)
	}
	s.Condition = holds(
		aws(m.to, "rds", "DescribeGlobalClusters", plan.Document{"GlobalClusterIdentifier": of.GlobalID}),
		is(fmt.Sprintf("GlobalClusters[0].GlobalClusterMembers[?DBClusterArn==%q].IsWriter", of.Arn), true),
		is("GlobalClusters[0].Status", "available"))
}

func (d *draft) promoteCache(m move, of inventory.Store, s *plan.Step) {
	s.ID, s.Title = "promote-"+s.Subject.Store, fmt.Sprintf("Let %s write in the %s home", s.Subject.Store, m.to)
	s.Source, s.Budget = promoteSource, timings.ElasticacheGlobalPromote
	s.Why = "A global datastore has no failover of its own between regions: its copy stays read-only until it is promoted."
	s.Call = aws(m.to, "elasticache", "FailoverGlobalReplicationGroup", plan.Document{
		"GlobalReplicationGroupId": of.GlobalID, "PrimaryReplicationGroupId": of.Name,
		"PrimaryRegion": d.home(m.to).Region,
	})
	s.Condition = holds(
		aws(m.to, "elasticache", "DescribeGlobalReplicationGroups", plan.Document{
			"GlobalReplicationGroupId": of.GlobalID, "ShowMemberInfo": true}),
		is(fmt.Sprintf("GlobalReplicationGroups[0].Members[?ReplicationGroupId==%q].Role", of.Name), "PRIMARY"))
}

// markTable writes a mark and reads it back: the proof that the replica takes writes.
func (d *draft) markTable(to system.Home, of inventory.Store, s *plan.Step) {
	mark := plan.Document{"S": "redoubt#" + d.stamp()}
	s.ID, s.Title = "write-"+s.Subject.Store, fmt.Sprintf("Write a mark into %s in the %s home", s.Subject.Store, to)
	s.Source, s.Budget = tableSource, timings.DDBMRECLag
	s.Why = "Every replica of a global table takes writes. Users must not meet one that does not, so it is tried, not believed."
	s.Call = aws(to, "dynamodb", "PutItem", plan.Document{"TableName": of.Name, "Item": plan.Document{
		inventory.RecordsKey: mark, inventory.RecordsSort: plan.Document{"S": "takeover"},
		inventory.Expires: plan.Document{"N": fmt.Sprint(d.Now.Unix() + markSeconds)},
	}})
	count := plan.Expect{Path: "Count", Op: plan.AtLeast, Value: 1, Missing: 0}
	s.Condition = holds(aws(to, "dynamodb", "Query", plan.Document{
		"TableName": of.Name, "ConsistentRead": true, "KeyConditionExpression": "#k = :k",
		"ExpressionAttributeNames":  plan.Document{"#k": inventory.RecordsKey},
		"ExpressionAttributeValues": plan.Document{":k": mark},
	}), count)
}

// markSeconds is how long a mark is kept in a table.
const markSeconds = 7 * 24 * 3600

// markBucket writes a mark and looks for it.
func (d *draft) markBucket(to system.Home, of inventory.Store, s *plan.Step) {
	key := "redoubt/takeover/" + d.stamp()
	s.ID, s.Title = "write-"+s.Subject.Store, fmt.Sprintf("Write a mark into %s in the %s home", s.Subject.Store, to)
	s.Source, s.Budget = bucketSource, timings.S3CRRLag
	s.Why = "Both buckets take writes and copy them to each other. That this one does is tried, not believed."
	s.Call = aws(to, "s3", "PutObject", plan.Document{"Bucket": of.Name, "Key": key, "Body": d.stamp()})
	s.Condition = holds(aws(to, "s3", "HeadObject", plan.Document{"Bucket": of.Name, "Key": key}),
		atLeast("ContentLength", 1))
}

// requeue sends the work again that was accepted and is not done.
func (d *draft) requeue(to system.Home, s system.Store, needs []string, critical bool) string {
	of, has := d.home(to).Stores[s.Name]
	if !has || of.LedgerTable == "" || of.URL == "" {
		d.wrong("the inventory does not know queue %s and its ledger in the %s home", s.Name, to)
		return ""
	}
	call := func(op string) plan.Call {
		return plan.Call{Kind: plan.Ledger, Home: to, Service: "redoubt", Operation: op, Input: plan.Document{
			"TableName": of.LedgerTable, "QueueUrl": of.URL, "Mark": d.stamp(),
		}}
	}
	return d.add(plan.Step{
		ID: "requeue-" + s.Name, Title: "Send again what " + s.Name + " had accepted and nobody has done",
		Role: plan.Requeue, Subject: plan.Subject{Store: s.Name}, Needs: needs, Source: queueSource,
		Why: "Messages do not cross regions; the ledger does. What it lists as accepted and not done stands in no queue here. " +
			"Work that is sent twice is done once, by its token.",
		Call: call("RequeueAccepted"), Condition: holds(call("CountStranded"), is("Stranded", 0)),
		Budget: timings.DDBMRECLag, Timeout: minutes(30), OnFailure: onFailure(critical),
	})
}
