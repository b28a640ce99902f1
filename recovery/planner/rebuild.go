package planner

import (
	"fmt"

	"redoubt/inventory"
	"redoubt/recovery/plan"
	"redoubt/system"
	"redoubt/timings"
)

const rejoinSource = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database-disaster-recovery.html"

// rebuild makes the home that does not serve a standby again after its region
// has come back: what still runs there from before is stopped first, then every
// store must follow the one that writes, and only then the standby starts. What does
// not exist there any more is not in its inventory: "pulumi up" makes it, and the plan is made again.
func rebuild(d *draft) error {
	active := d.Goal.Active
	back := active.Peer()
	d.active = active
	d.title = fmt.Sprintf("Make the %s home a standby again", back)
	d.because = fmt.Sprintf("the region of the %s home is back, and the %s home serves", back, active)
	d.home(active)
	d.home(back)
	if len(d.errs) > 0 {
		return nil
	}
	m := move{from: back, to: active, planned: true}
	fences := d.fences(m, nil)
	var follow []string
	for _, s := range d.System.Stores {
		follow = append(follow, d.follows(m, s, fences)...)
	}
	rests := d.standBy(back, append(fences, follow...))
	d.releaseWord(active, append(follow, rests...))
	return nil
}

// follows waits until a store of the home that is back holds what the active one writes.
func (d *draft) follows(m move, s system.Store, needs []string) []string {
	if backupsAlone(d.System, s) {
		return nil // no copy follows: the other home holds backups
	}
	of, has := d.home(m.from).Stores[s.Name]
	if !has {
		d.wrong("store %s is not in the %s home: run pulumi up there, then make the plan again", s.Name, m.from)
		return nil
	}
	step := plan.Step{
		ID: "follow-" + s.Name, Title: fmt.Sprintf("Wait until %s is copied into the %s home", s.Name, m.from),
		Role: plan.Settle, Subject: plan.Subject{Store: s.Name}, Needs: needs, OnFailure: plan.Report,
		Why: "A standby whose copy is old loses what was written since. The next loss must find a whole one.",
	}
	switch {
	case s.Kind == system.Postgres && of.GlobalID != "":
		d.databaseFollows(m, of, &step)
	case s.Kind == system.Cache && of.GlobalID != "":
		d.cacheFollows(m, of, &step)
	case s.Kind == system.Table:
		d.markFollows(m, s.Name, "TableName", &step, d.markTable)
	case s.Kind == system.Bucket:
		d.markFollows(m, s.Name, "Bucket", &step, d.markBucket)
	case s.Kind == system.Queue:
		d.ledgerFollows(m, of, &step)
	default:
		return nil // a cache of its own is filled again from its source
	}
	return []string{d.add(step)}
}

// databaseFollows waits for what Aurora does itself: it rebuilds the volume of
// the old primary and adds it to the global database as a secondary.
func (d *draft) databaseFollows(m move, of inventory.Store, s *plan.Step) {
	s.Source, s.Budget, s.Timeout = rejoinSource, timings.AuroraGlobalRebuild, minutes(360)
	s.Call = aws(m.to, "rds", "DescribeGlobalClusters", plan.Document{"GlobalClusterIdentifier": of.GlobalID})
	member := fmt.Sprintf("GlobalClusters[0].GlobalClusterMembers[?DBClusterArn==%q]", of.Arn)
	s.Condition = holds(s.Call, is(member+".IsWriter", false), is(member+".SynchronizationStatus", "connected"))
}

func (d *draft) cacheFollows(m move, of inventory.Store, s *plan.Step) {
	s.Source, s.Budget, s.Timeout = promoteSource, timings.ElasticacheGlobalLag, minutes(180)
	s.Call = aws(m.to, "elasticache", "DescribeGlobalReplicationGroups", plan.Document{
		"GlobalReplicationGroupId": of.GlobalID, "ShowMemberInfo": true})
	member := fmt.Sprintf("GlobalReplicationGroups[0].Members[?ReplicationGroupId==%q]", of.Name)
	s.Condition = holds(s.Call, is(member+".Role", "SECONDARY"), is(member+".Status", "associated"))
}

// markFollows writes a mark where the work is, as mark does, and looks for it in
// the other home, whose name of the store stands under a member of the input.
func (d *draft) markFollows(m move, store, member string, s *plan.Step,
	mark func(system.Home, inventory.Store, *plan.Step),
) {
	kept := *s
	mark(m.to, d.home(m.to).Stores[store], s)
	s.ID, s.Title, s.Why, s.Timeout = kept.ID, kept.Title, kept.Why, minutes(180)
	s.Condition.Call.Home = m.from
	s.Condition.Call.Input[member] = d.home(m.from).Stores[store].Name
}

// ledgerFollows looks whether the ledger's replica works; the ledger's items
// are those of a table, which copies itself.
func (d *draft) ledgerFollows(m move, of inventory.Store, s *plan.Step) {
	s.Source, s.Budget, s.Timeout = tableSource, timings.DDBMRECLag, minutes(180)
	s.Call = aws(m.from, "dynamodb", "DescribeTable", plan.Document{"TableName": of.LedgerTable})
	s.Condition = holds(s.Call, is("Table.TableStatus", "ACTIVE"))
}
