package planner

import (
	"fmt"

	"redoubt/inventory"
	"redoubt/recovery/plan"
	"redoubt/system"
	"redoubt/timings"
)

// The sources that the steps of a table's restore rely on.
const (
	pitrTableSource = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery_Howitworks.html"
	replicaSource   = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables.tutorial.html"
	ttlSource       = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-how-to.html"
	protectSource   = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithTables.Basics.html"
	tagTableSource  = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Tagging.Operations.html"
)

// damagedTable is the table that a store is kept in: of a queue, its ledger.
func damagedTable(of inventory.Store) string {
	if of.Kind == system.Queue {
		return of.LedgerTable
	}
	return of.Name
}

// restoredTable is the name of the one that is made beside it, in both homes.
func restoredTable(inv inventory.Inventory, r restoring) string {
	part := r.store.Name
	if r.store.Kind == system.Queue {
		part += system.LedgerSuffix
	}
	return scopeOf(inv, r.where).Table(part, r.generation)
}

func askTable(home system.Home, name string) plan.Call {
	return aws(home, "dynamodb", "DescribeTable", plan.Document{"TableName": name})
}

func askRecovery(home system.Home, name string) plan.Call {
	return aws(home, "dynamodb", "DescribeContinuousBackups", plan.Document{"TableName": name})
}

func askExpiry(home system.Home, name string) plan.Call {
	return aws(home, "dynamodb", "DescribeTimeToLive", plan.Document{"TableName": name})
}

func askTags(inv inventory.Inventory, home system.Home, name string) plan.Call {
	return aws(home, "dynamodb", "ListTagsOfResource", plan.Document{
		"ResourceArn": scopeOf(inv, home).ARN("dynamodb", "table/"+name)})
}

// tableQuestions ask what the damaged table is like, because a restore brings
// back its items, keys, indexes and encryption alone.
func tableQuestions(r Request, what restoring) []plan.Call {
	old := damagedTable(r.Inventory.Homes[what.where].Stores[what.store.Name])
	out := []plan.Call{askTable(what.where, old), askExpiry(what.where, old)}
	for _, home := range system.Homes {
		out = append(out, askRecovery(home, old), askTags(r.Inventory, home, old),
			askSelection(r.Inventory, home, what.store.Name))
	}
	return out
}

// tableRestore is the restore of a table: from old to now.
type tableRestore struct {
	*draft
	restoring
	old, now string
}

// restoreTable makes the table again in the home that serves, gives it what a
// restore does not bring back, and replicates it to the other home.
func (d *draft) restoreTable(r restoring) {
	t := tableRestore{d, r, damagedTable(d.home(r.where).Stores[r.store.Name]), restoredTable(d.Inventory, r)}
	window := "ContinuousBackupsDescription.PointInTimeRecoveryDescription."
	backups := d.answer(askRecovery(r.where, t.old))
	earliest, _ := told[string](backups, window+"EarliestRestorableDateTime")
	latest, _ := told[string](backups, window+"LatestRestorableDateTime")
	d.windowGate(r, earliest, latest)

	stopped := d.stopUsers(r)
	made := t.copied(stopped)
	source := scopeOf(d.Inventory, r.where).ARN("dynamodb", "table/"+t.old)
	verified := d.verify(r, t.now, source, []string{made})
	whole := t.replicated(t.expiring(t.streaming(verified)))
	swapped := map[system.Home][]string{}
	after := d.after(r, func(home system.Home, s *inventory.Store) {
		if s.Kind == system.Queue {
			s.LedgerTable = t.now
			return
		}
		s.Name, s.Arn = t.now, scopeOf(d.Inventory, home).ARN("dynamodb", "table/"+t.now)
	})
	for _, home := range system.Homes {
		swapped[home] = []string{d.direct(r, home, after, append(t.guarded(home, whole), verified))}
	}
	if r.store.Kind == system.Queue {
		swapped[r.where] = append(swapped[r.where], d.requeueRestored(r, t.now, swapped[r.where]))
	}
	d.finish(r, swapped, func(home system.Home) string {
		return scopeOf(d.Inventory, home).ARN("dynamodb", "table/"+t.now)
	})
}

// step is a step about the restored table.
func (t tableRestore) step(role plan.Role, id, title string, needs ...string) plan.Step {
	return plan.Step{ID: id, Title: title, Role: role, Subject: plan.Subject{Store: t.store.Name}, Needs: needs,
		Budget: timings.DDBMRECLag, Timeout: minutes(60)}
}

func (t tableRestore) update(home system.Home, more plan.Document) plan.Call {
	in := plan.Document{"TableName": t.now}
	for name, v := range more {
		in[name] = v
	}
	return aws(home, "dynamodb", "UpdateTable", in)
}

func (t tableRestore) copied(needs []string) string {
	s := t.step(plan.Copy, t.id("copy"), fmt.Sprintf("Restore %s beside %s, as %s", t.store.Name, t.old, t.now), needs...)
	s.Why = "The damaged table stays as it is: it is the only evidence, and all that was written after the point in time."
	s.Source, s.Budget, s.Timeout = pitrTableSource, timings.DDBRestoreP95, minutes(12*60)
	s.Call = aws(t.where, "dynamodb", "RestoreTableToPointInTime", plan.Document{
		"SourceTableName": t.old, "TargetTableName": t.now, "RestoreDateTime": t.stamped()})
	s.Condition = holds(askTable(t.where, t.now), is("Table.TableStatus", "ACTIVE"))
	return t.add(s)
}

// streaming turns the stream on, which replication stands on.
func (t tableRestore) streaming(need string) string {
	s := t.step(plan.Copy, t.id("stream"), fmt.Sprintf("Let %s tell its changes", t.now), need)
	s.Why, s.Source = "A restore brings no stream back, and without it no change reaches the other home.", replicaSource
	s.Call = t.update(t.where, plan.Document{"StreamSpecification": plan.Document{
		"StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES"}})
	on := is("Table.StreamSpecification.StreamEnabled", true)
	on.Missing = false
	s.Condition = holds(askTable(t.where, t.now), on, is("Table.TableStatus", "ACTIVE"))
	return t.add(s)
}

// expiring lets items expire as they did.
func (t tableRestore) expiring(need string) string {
	attribute, has := told[string](t.answer(askExpiry(t.where, t.old)), "TimeToLiveDescription.AttributeName")
	if !has {
		return need
	}
	s := t.step(plan.Copy, t.id("expire"), fmt.Sprintf("Let items of %s expire by %s", t.now, attribute), need)
	s.Why, s.Source = "A restore forgets that items expire. What should be gone would stay, and be paid for.", ttlSource
	s.Call = aws(t.where, "dynamodb", "UpdateTimeToLive", plan.Document{"TableName": t.now,
		"TimeToLiveSpecification": plan.Document{"AttributeName": attribute, "Enabled": true}})
	s.Condition = holds(askExpiry(t.where, t.now), is("TimeToLiveDescription.TimeToLiveStatus", "ENABLED"))
	return t.add(s)
}

// replicated makes the other home's half anew.
func (t tableRestore) replicated(need string) string {
	peer := t.where.Peer()
	region := t.home(peer).Region
	s := t.step(plan.Copy, t.id("replicate"), fmt.Sprintf("Replicate %s to the %s home", t.now, peer), need)
	s.Why = "The other home's half is as damaged. Without a new one the loss of this home would lose it all."
	s.Source, s.Timeout = replicaSource, minutes(12*60)
	create := plan.Document{"RegionName": region}
	if key := t.home(peer).Keys["data"]; key != "" {
		create["KMSMasterKeyId"] = key
	}
	s.Call = t.update(t.where, plan.Document{"ReplicaUpdates": []any{plan.Document{"Create": create}}})
	s.Condition = holds(askTable(t.where, t.now), plan.Expect{
		Path: plan.Path(fmt.Sprintf("Table.Replicas[?RegionName==%q].ReplicaStatus", region)), Op: plan.Is, Value: "ACTIVE",
		Missing: "CREATING"})
	return t.add(s)
}

// guarded gives a home's half what the damaged one had there: recovery to a
// point in time, protection, tags.
func (t tableRestore) guarded(home system.Home, need string) []string {
	recovery := "ContinuousBackupsDescription.PointInTimeRecoveryDescription."
	days, _ := told[float64](t.answer(askRecovery(home, t.old)), recovery+"RecoveryPeriodInDays")
	spec := plan.Document{"PointInTimeRecoveryEnabled": true}
	if days > 0 {
		spec["RecoveryPeriodInDays"] = days
	}
	p := t.step(plan.Copy, t.idAt("recover", home), fmt.Sprintf("Keep every moment of %s in the %s home", t.now, home), need)
	p.Why = "A restored table has no point-in-time recovery. The next damage would find no backup."
	p.Source = pitrTableSource
	p.Call = aws(home, "dynamodb", "UpdateContinuousBackups", plan.Document{
		"TableName": t.now, "PointInTimeRecoverySpecification": spec})
	p.Condition = holds(askRecovery(home, t.now), is(recovery+"PointInTimeRecoveryStatus", "ENABLED"))

	title := fmt.Sprintf("Protect %s from deletion in the %s home", t.now, home)
	k := t.step(plan.Copy, t.idAt("protect", home), title, need)
	k.Why = "A restored table can be deleted by one call, which nobody may be able to make by mistake."
	k.Source = protectSource
	k.Call = t.update(home, plan.Document{"DeletionProtectionEnabled": true})
	on := is("Table.DeletionProtectionEnabled", true)
	on.Missing = false
	k.Condition = holds(askTable(home, t.now), on)
	return append([]string{t.add(p), t.add(k)}, t.tagged(home, need)...)
}

func (t tableRestore) tagged(home system.Home, need string) []string {
	tags := listed(t.answer(askTags(t.Inventory, home, t.old)), "Tags")
	if len(tags) == 0 {
		return nil
	}
	s := t.step(plan.Copy, t.idAt("tag", home), fmt.Sprintf("Tag %s in the %s home", t.now, home), need)
	s.Why = "What bears no tags is in nobody's bill and in no policy; the damaged one's tell whose it is."
	s.Source = tagTableSource
	var list []any
	for _, tag := range tags {
		list = append(list, tag)
		s.Condition.All = append(s.Condition.All, plan.Expect{Op: plan.Is, Value: tag["Value"], Missing: "",
			Path: plan.Path(fmt.Sprintf("Tags[?Key==%q].Value", tag["Key"]))})
	}
	s.Call = aws(home, "dynamodb", "TagResource", plan.Document{
		"ResourceArn": scopeOf(t.Inventory, home).ARN("dynamodb", "table/"+t.now), "Tags": list})
	s.Condition.Call = askTags(t.Inventory, home, t.now)
	return []string{t.add(s)}
}

// requeueRestored sends the work again that the restored ledger lists as accepted
// and not done: the queue itself holds work of another time.
func (d *draft) requeueRestored(r restoring, table string, needs []string) string {
	of := d.home(r.where).Stores[r.store.Name]
	if of.URL == "" {
		d.wrong("the inventory does not know queue %s in the %s home", r.store.Name, r.where)
		return ""
	}
	call := func(op string) plan.Call {
		return plan.Call{Kind: plan.Ledger, Home: r.where, Service: "redoubt", Operation: op, Input: plan.Document{
			"TableName": table, "QueueUrl": of.URL, "Mark": d.stamp()}}
	}
	return d.add(plan.Step{
		ID: r.id("requeue"), Title: "Send again what " + r.store.Name + " had accepted at that time and nobody had done",
		Role: plan.Requeue, Subject: plan.Subject{Store: r.store.Name}, Needs: needs, Source: queueSource,
		Why: "The ledger is as it was, the queue is as it is. Work that is sent twice is done once, by its token; " +
			"work that stands in no queue is never done.",
		Call: call("RequeueAccepted"), Condition: holds(call("CountStranded"), is("Stranded", 0)),
		Budget: timings.DDBMRECLag, Timeout: minutes(30), OnFailure: plan.Stop,
	})
}
