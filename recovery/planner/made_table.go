package planner

import (
	"fmt"
	"maps"

	"redoubt/recovery/plan"
	"redoubt/system"
	"redoubt/timings"
)

// The sources that the steps of a table that was made again rely on.
const (
	pitrTableSource = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery_Howitworks.html"
	replicaSource   = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables.tutorial.html"
	ttlSource       = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-how-to.html"
	protectSource   = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithTables.Basics.html"
	tagTableSource  = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Tagging.Operations.html"
)

// recovery leads to what DynamoDB tells of a table's point-in-time recovery.
const recovery = "ContinuousBackupsDescription.PointInTimeRecoveryDescription."

// madeTable is a table that a plan has made from a backup: it has the items, keys
// and indexes, and nothing else. Its steps give it the rest.
type madeTable struct {
	*draft
	home    system.Home
	store   system.Store
	name    string
	role    plan.Role
	failure plan.OnFailure
}

func (t madeTable) step(what, title string, needs ...string) plan.Step {
	return plan.Step{
		ID: what + "-" + t.store.Name, Title: title, Role: t.role, Subject: plan.Subject{Store: t.store.Name}, Needs: needs,
		Budget: timings.DDBMRECLag, Timeout: minutes(60), OnFailure: t.failure,
	}
}

// here is a step that each home has.
func (t madeTable) here(what, title string, needs ...string) plan.Step {
	s := t.step(what, fmt.Sprintf("%s in the %s home", title, t.home), needs...)
	s.ID += "-" + string(t.home)
	return s
}

func (t madeTable) looks() plan.Call { return askTable(t.home, t.name) }

func (t madeTable) update(more plan.Document) plan.Call {
	in := maps.Clone(more)
	in["TableName"] = t.name
	return aws(t.home, "dynamodb", "UpdateTable", in)
}

// counting is the expectation with what an absent value counts as.
func counting(e plan.Expect, missing any) plan.Expect {
	e.Missing = missing
	return e
}

// streaming turns the stream on, which replication stands on.
func (t madeTable) streaming(need string) string {
	s := t.step("stream", fmt.Sprintf("Let %s tell its changes", t.name), need)
	s.Why, s.Source = "A restore brings no stream back, and without it no change reaches the other home.", replicaSource
	s.Call = t.update(plan.Document{"StreamSpecification": plan.Document{
		"StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES"}})
	on := counting(is("Table.StreamSpecification.StreamEnabled", true), false)
	s.Condition = holds(t.looks(), on, is("Table.TableStatus", "ACTIVE"))
	return t.add(s)
}

// expiring lets items expire by an attribute.
func (t madeTable) expiring(attribute, need string) string {
	s := t.step("expire", fmt.Sprintf("Let items of %s expire by %s", t.name, attribute), need)
	s.Why, s.Source = "A restore forgets that items expire. What should be gone would stay, and be paid for.", ttlSource
	s.Call = aws(t.home, "dynamodb", "UpdateTimeToLive", plan.Document{"TableName": t.name,
		"TimeToLiveSpecification": plan.Document{"AttributeName": attribute, "Enabled": true}})
	s.Condition = holds(askExpiry(t.home, t.name), is("TimeToLiveDescription.TimeToLiveStatus", "ENABLED"))
	return t.add(s)
}

// recoverable keeps every moment of the table for a number of days, or for as
// many as AWS does when it is 0.
func (t madeTable) recoverable(days float64, need string) string {
	spec := plan.Document{"PointInTimeRecoveryEnabled": true}
	if days > 0 {
		spec["RecoveryPeriodInDays"] = days
	}
	s := t.here("recover", fmt.Sprintf("Keep every moment of %s", t.name), need)
	s.Why = "A restored table has no point-in-time recovery. The next damage would find no backup."
	s.Source = pitrTableSource
	s.Call = aws(t.home, "dynamodb", "UpdateContinuousBackups", plan.Document{
		"TableName": t.name, "PointInTimeRecoverySpecification": spec})
	s.Condition = holds(askRecovery(t.home, t.name), is(recovery+"PointInTimeRecoveryStatus", "ENABLED"))
	return t.add(s)
}

func (t madeTable) protected(need string) string {
	s := t.here("protect", fmt.Sprintf("Protect %s from deletion", t.name), need)
	s.Why = "A restored table can be deleted by one call, which nobody may be able to make by mistake."
	s.Source = protectSource
	s.Call = t.update(plan.Document{"DeletionProtectionEnabled": true})
	s.Condition = holds(t.looks(), counting(is("Table.DeletionProtectionEnabled", true), false))
	return t.add(s)
}

func (t madeTable) tagged(tags []plan.Document, need string) string {
	s := t.here("tag", fmt.Sprintf("Tag %s", t.name), need)
	s.Why = "What bears no tags is in nobody's bill and in no policy; the damaged one's tell whose it is."
	s.Source = tagTableSource
	var list []any
	for _, tag := range tags {
		list = append(list, tag)
		s.Condition.All = append(s.Condition.All, counting(is(fmt.Sprintf("Tags[?Key==%q].Value", tag["Key"]), tag["Value"]), ""))
	}
	s.Call = aws(t.home, "dynamodb", "TagResource", plan.Document{
		"ResourceArn": scopeOf(t.Inventory, t.home).ARN("dynamodb", "table/"+t.name), "Tags": list})
	s.Condition.Call = askTags(t.Inventory, t.home, t.name)
	return t.add(s)
}
