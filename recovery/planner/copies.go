package planner

import (
	"fmt"
	"time"

	"redoubt/inventory"
	"redoubt/recovery/plan"
	"redoubt/system"
	"redoubt/timings"
)

// heals is how long copies are waited for that nothing but a line, or a region
// that comes back, can bring on: the longest loss of a region that AWS has told of took
// most of a day (timings, incidents).
const heals = plan.Duration(24 * time.Hour)

// copied waits until what the home that serves writes arrives in the other
// one, store by store. It returns the steps.
func (d *draft) copied(from, to system.Home, needs []string) []string {
	ids := d.mirrors(move{from: to, to: from}, needs)
	for _, s := range d.System.Stores {
		here, there := d.home(from).Stores[s.Name], d.home(to).Stores[s.Name]
		step := plan.Step{
			ID: "copied-" + s.Name, Title: fmt.Sprintf("Wait until what %s takes in the %s home arrives in the %s home",
				s.Name, from, to),
			Role: plan.Settle, Subject: plan.Subject{Store: s.Name}, Needs: needs, Timeout: heals, OnFailure: plan.Report,
			Why: "Until copies arrive, the loss of the home that serves loses all that was written since they last did.",
		}
		switch {
		case here.Name == "" || there.Name == "" || s.Kind == system.Postgres:
			continue // mirrors has the databases
		case s.Kind == system.Table:
			d.markAcross(from, to, here, there, &step)
		case s.Kind == system.Bucket:
			d.objectAcross(from, to, here, there, &step)
		case s.Kind == system.Queue && here.LedgerTable != "":
			d.ledgerAcross(from, to, here, &step)
		case s.Kind == system.Cache && here.GlobalID != "":
			memberAcross(from, here, there, &step)
		default:
			continue
		}
		ids = append(ids, d.add(step))
	}
	return ids
}

// markAcross writes a mark into a table here and looks for it there.
func (d *draft) markAcross(from, to system.Home, here, there inventory.Store, s *plan.Step) {
	d.markTable(from, here, s)
	s.Condition.Call.Home = to
	s.Condition.Call.Input["TableName"] = there.Name
	s.ID, s.Title = copiedAs(s.Subject.Store, from, to)
	s.Why = "What is written in the home that serves must be in the other one when the next loss comes. One mark that has come " +
		"through shows that the line is whole."
}

// objectAcross does so with an object of a bucket.
func (d *draft) objectAcross(from, to system.Home, here, there inventory.Store, s *plan.Step) {
	d.markBucket(from, here, s)
	s.Condition.Call.Home = to
	s.Condition.Call.Input["Bucket"] = there.Name
	s.ID, s.Title = copiedAs(s.Subject.Store, from, to)
	s.Why, s.Budget = "What is written in the home that serves must be in the other one when the next loss comes. One object "+
		"that has come through shows that the line is whole.", timings.S3RTCSLA
}

func copiedAs(store string, from, to system.Home) (id, title string) {
	return "copied-" + store, fmt.Sprintf("Wait until a mark in %s comes from the %s home into the %s home", store, from, to)
}

// ledgerAcross looks whether the table of accepted work has its replica. A mark in
// it would be taken for work.
func (d *draft) ledgerAcross(from, to system.Home, here inventory.Store, s *plan.Step) {
	s.Source, s.Budget = tableSource, timings.DDBMRECLag
	s.Call = aws(from, "dynamodb", "DescribeTable", plan.Document{"TableName": here.LedgerTable})
	s.Condition = holds(s.Call,
		is(fmt.Sprintf("Table.Replicas[?RegionName==%q].ReplicaStatus", d.home(to).Region), "ACTIVE"))
}

// memberAcross looks whether the other home's cache follows this one's.
func memberAcross(from system.Home, here, there inventory.Store, s *plan.Step) {
	s.Source, s.Budget = promoteSource, timings.ElasticacheGlobalLag
	s.Call = aws(from, "elasticache", "DescribeGlobalReplicationGroups", plan.Document{
		"GlobalReplicationGroupId": here.GlobalID, "ShowMemberInfo": true})
	member := fmt.Sprintf("GlobalReplicationGroups[0].Members[?ReplicationGroupId==%q]", there.Name)
	s.Condition = holds(s.Call, is(member+".Role", "SECONDARY"), is(member+".Status", "associated"))
}
