package planner

import (
	"fmt"

	"redoubt/inventory"
	"redoubt/recovery/plan"
	"redoubt/system"
	"redoubt/timings"
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
	if what.whose(r) != "" {
		out = append(out, askRecovery(what.where, what.source(r)))
	}
	for _, home := range system.Homes {
		out = append(out, askRecovery(home, old), askTags(r.Inventory, home, old),
			askSelection(r.Inventory, home, what.store.Name))
	}
	return out
}

func unreachedTable(r Request, what restoring) string {
	backups := r.Answers[CallKey(askRecovery(what.where, what.source(r)))]
	earliest, _ := told[string](backups, recovery+"EarliestRestorableDateTime")
	latest, _ := told[string](backups, recovery+"LatestRestorableDateTime")
	return what.unreached(r, earliest, latest)
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
	d.windowGate(r, unreachedTable(d.Request, r))

	stopped := d.stopUsers(r)
	made := t.copied(stopped)
	source := scopeOf(d.Inventory, r.where).ARN("dynamodb", "table/"+r.source(d.Request))
	verified := d.verify(r, t.now, source, []string{made})
	ready := t.half(r.where).streaming(verified)
	if attribute, has := told[string](d.answer(askExpiry(r.where, t.old)), "TimeToLiveDescription.AttributeName"); has {
		ready = t.half(r.where).expiring(attribute, ready)
	}
	whole := t.replicated(ready)
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

// half is the restored table in a home.
func (t tableRestore) half(home system.Home) madeTable {
	return madeTable{t.draft, home, t.store, t.now, plan.Copy, plan.Stop}
}

func (t tableRestore) copied(needs []string) string {
	s := t.half(t.where).step("copy", fmt.Sprintf("Restore %s beside %s, as %s", t.store.Name, t.old, t.now), needs...)
	s.Why = "The damaged table stays as it is: it is the only evidence, and all that was written after the point in time."
	s.Source, s.Budget, s.Timeout = pitrTableSource, timings.DDBRestoreP95, minutes(12*60)
	s.Call = aws(t.where, "dynamodb", "RestoreTableToPointInTime", plan.Document{
		"SourceTableName": t.source(t.Request), "TargetTableName": t.now, "RestoreDateTime": t.stamped()})
	s.Condition = holds(askTable(t.where, t.now), is("Table.TableStatus", "ACTIVE"))
	return t.add(s)
}

// replicated makes the other home's half anew.
func (t tableRestore) replicated(need string) string {
	peer := t.where.Peer()
	region := t.home(peer).Region
	s := t.half(t.where).step("replicate", fmt.Sprintf("Replicate %s to the %s home", t.now, peer), need)
	s.Why = "The other home's half is as damaged. Without a new one the loss of this home would lose it all."
	s.Source, s.Timeout = replicaSource, minutes(12*60)
	create := plan.Document{"RegionName": region}
	if key := t.home(peer).Keys["data"]; key != "" {
		create["KMSMasterKeyId"] = key
	}
	s.Call = t.half(t.where).update(plan.Document{"ReplicaUpdates": []any{plan.Document{"Create": create}}})
	s.Condition = holds(askTable(t.where, t.now), plan.Expect{
		Path: plan.Path(fmt.Sprintf("Table.Replicas[?RegionName==%q].ReplicaStatus", region)), Op: plan.Is, Value: "ACTIVE",
		Missing: "CREATING"})
	return t.add(s)
}

// guarded gives a home's half what the damaged one had there: recovery to a
// point in time, protection, tags.
func (t tableRestore) guarded(home system.Home, need string) []string {
	days, _ := told[float64](t.answer(askRecovery(home, t.old)), recovery+"RecoveryPeriodInDays")
	half := t.half(home)
	out := []string{half.recoverable(days, need), half.protected(need)}
	if tags := listed(t.answer(askTags(t.Inventory, home, t.old)), "Tags"); len(tags) > 0 {
		out = append(out, half.tagged(tags, need))
	}
	return out
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
