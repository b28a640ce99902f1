package planner

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"redoubt/internal/naming"
	"redoubt/inventory"
	"redoubt/inventory/directory"
	"redoubt/recovery/plan"
	"redoubt/system"
	"redoubt/timings"
)

// The sources that the steps of a restore from a copied backup rely on.
const (
	copySource = "https://docs.aws.amazon.com/aws-backup/latest/devguide/restoring-dynamodb.html"
)

// fromCopies reports whether a store comes back from a copy of its backups when
// a home is left: it has no replica, and only the home that is left holds it.
func fromCopies(r Request, from system.Home, s system.Store) bool {
	t, _ := r.System.Tier(s.Tier)
	_, held := r.Inventory.Homes[from].Stores[s.Name]
	return t.Strategy == system.BackupRestore && s.Kind == system.Table && held
}

// regionQuestions ask which backups the receiving home has of what has no
// replica there, and how the home tags its tables.
func regionQuestions(r Request) ([]plan.Call, error) {
	from := r.Goal.Active
	var out []plan.Call
	for _, s := range r.System.Stores {
		if fromCopies(r, from, s) {
			out = append(out, askCopies(r.Inventory, from, s.Name), askLockTags(r.Inventory, from.Peer()))
		}
	}
	return out, nil
}

func askCopies(inv inventory.Inventory, from system.Home, store string) plan.Call {
	return aws(from.Peer(), "backup", "ListRecoveryPointsByBackupVault", plan.Document{
		"BackupVaultName": inv.Homes[from.Peer()].Vault.Name, "ByResourceArn": inv.Homes[from].Stores[store].Arn})
}

func askLockTags(inv inventory.Inventory, home system.Home) plan.Call {
	return askTags(inv, home, inv.Homes[home].Control.LockTable)
}

// revival is the restore of one store from a copy of its backups.
type revival struct {
	*draft
	to       system.Home
	store    system.Store
	name     string
	critical bool
}

// revive restores a table in the receiving home from the newest copy of its
// backups, and gives it what a restore does not bring back. It returns the steps
// that users wait for.
func (d *draft) revive(m move, s system.Store, critical bool) []string {
	if m.planned {
		d.wrong("store %s: the homes hold no replica of it, only copies of its backups; a planned move would lose what was "+
			"written since the last one", s.Name)
		return nil
	}
	of := d.home(m.to)
	at := scopeOf(d.Inventory, m.to)
	v := revival{d, m.to, s, at.Table(s.Name, max(of.Stores[s.Name].Generation, 1)+1), critical}
	point, made := newest(d.answer(askCopies(d.Inventory, m.from, s.Name)))
	d.gate(v.ageGate(made))
	if point == "" {
		return []string{v.look()} // and fails, and says what is missing
	}
	restored := v.restore(point)
	whole := append(v.secure(restored), v.tag(restored, at), restored)
	d.revived = append(d.revived, revived{s, v.name, whole, critical})
	return whole
}

// newest is the youngest complete recovery point of an answer, and when it was made.
func newest(answer plan.Document) (arn string, made time.Time) {
	for _, p := range listed(answer, "RecoveryPoints") {
		at, err := time.Parse(time.RFC3339, fmt.Sprint(p["CreationDate"]))
		if err == nil && p["Status"] == "COMPLETED" && at.After(made) {
			arn, made = fmt.Sprint(p["RecoveryPointArn"]), at
		}
	}
	return arn, made
}

// ageGate refuses to lose more than the objective in silence.
func (v revival) ageGate(made time.Time) plan.Gate {
	t, _ := v.System.Tier(v.store.Tier)
	rpo := time.Duration(t.Objectives[system.RegionLoss].RPO)
	g := plan.Gate{
		ID: "copy-" + v.store.Name, Overridable: true,
		Title: fmt.Sprintf("The newest copy of %s is no older than its objective of %s", v.store.Name, rpo),
		Why: "What was written after the backup is lost with the region. " +
			"More than the objective is never lost in silence.",
	}
	lost := v.Now
	if since := v.Finding.Since; !since.IsZero() {
		lost = since
	}
	switch age := lost.Sub(made); {
	case made.IsZero():
		g.Reason = fmt.Sprintf("the %s home holds no copy of a backup of %s", v.to, v.store.Name)
	case age > rpo:
		g.Reason = fmt.Sprintf("the newest copy of %s was %s old when the home was lost", v.store.Name,
			age.Round(time.Second))
	}
	return g
}

func (v revival) step(id, title string, needs ...string) plan.Step {
	return plan.Step{ID: id + "-" + v.store.Name, Title: title, Role: plan.Data, Needs: needs,
		Subject: plan.Subject{Store: v.store.Name}, Source: pitrTableSource, Budget: timings.DDBMRECLag,
		Timeout: minutes(60), OnFailure: onFailure(v.critical)}
}

func (v revival) table() plan.Call {
	return askTable(v.to, v.name)
}

// look shows that there is no table, where no backup was found.
func (v revival) look() string {
	s := v.step("look", fmt.Sprintf("See whether %s is there", v.name))
	s.Why = "No copy of a backup was found, so nothing can be restored: only a table that a person has made is there."
	s.Call, s.Timeout = v.table(), minutes(5)
	s.Condition = holds(s.Call, is("Table.TableStatus", "ACTIVE"))
	return v.add(s)
}

func (v revival) restore(point string) string {
	s := v.step("restore", fmt.Sprintf("Restore %s in the %s home, as %s", v.store.Name, v.to, v.name))
	s.Why = "The home that is lost held the only table. Its newest backup was copied into the vault here."
	s.Source, s.Budget, s.Timeout = copySource, timings.DDBRestoreP95, minutes(12*60)
	s.Call = aws(v.to, "backup", "StartRestoreJob", plan.Document{
		"RecoveryPointArn": point, "IamRoleArn": v.home(v.to).Vault.RestoreRoleArn,
		"IdempotencyToken": "restore-" + v.store.Name + "-" + v.stamp(),
		"Metadata": plan.Document{
			"targetTableName": v.name, "encryptionType": "KMS", "kmsMasterKeyArn": v.home(v.to).Keys["data"]}})
	s.Condition = holds(v.table(), is("Table.TableStatus", "ACTIVE"))
	return v.add(s)
}

// secure gives the table what a restore leaves out.
func (v revival) secure(restored string) []string {
	update := func(more plan.Document) plan.Call {
		more["TableName"] = v.name
		return aws(v.to, "dynamodb", "UpdateTable", more)
	}
	stream := v.step("stream", fmt.Sprintf("Let %s tell its changes", v.name), restored)
	stream.Why = "A restore brings no stream back, and the code declares one."
	stream.Call = update(plan.Document{"StreamSpecification": plan.Document{
		"StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES"}})
	stream.Condition = holds(v.table(), missing(is("Table.StreamSpecification.StreamEnabled", true), false))

	expire := v.step("expire", fmt.Sprintf("Let items of %s expire", v.name), restored)
	expire.Why = "A restore forgets that items expire. What should be gone would stay."
	expire.Call = aws(v.to, "dynamodb", "UpdateTimeToLive", plan.Document{"TableName": v.name,
		"TimeToLiveSpecification": plan.Document{"AttributeName": inventory.Expires, "Enabled": true}})
	expire.Condition = holds(askExpiry(v.to, v.name),
		is("TimeToLiveDescription.TimeToLiveStatus", "ENABLED"))

	back := v.step("recover", fmt.Sprintf("Back %s up at every moment", v.name), restored)
	back.Why = "A restored table has no point-in-time recovery. The next damage would find no backup."
	back.Call = aws(v.to, "dynamodb", "UpdateContinuousBackups", plan.Document{
		"TableName": v.name, "PointInTimeRecoverySpecification": plan.Document{
			"PointInTimeRecoveryEnabled": true, "RecoveryPeriodInDays": v.store.Retention.PITRDays}})
	back.Condition = holds(askRecovery(v.to, v.name),
		is("ContinuousBackupsDescription.PointInTimeRecoveryDescription.PointInTimeRecoveryStatus", "ENABLED"))

	protect := v.step("protect", fmt.Sprintf("Protect %s from deletion", v.name), restored)
	protect.Why = "A restored table can be deleted by one call, which nobody may be able to make by mistake."
	protect.Call = update(plan.Document{"DeletionProtectionEnabled": true})
	protect.Condition = holds(v.table(), missing(is("Table.DeletionProtectionEnabled", true), false))
	return []string{v.add(stream), v.add(expire), v.add(back), v.add(protect)}
}

// missing is the expectation with what an absent value counts as.
func missing(e plan.Expect, counts any) plan.Expect {
	e.Missing = counts
	return e
}

// tag gives the table the tags of the home's own tables, its store's and its tier's.
func (v revival) tag(restored string, at naming.Scope) string {
	tags := map[string]string{"redoubt:store": v.store.Name, "redoubt:tier": v.store.Tier}
	for _, t := range listed(v.answer(askLockTags(v.Inventory, v.to)), "Tags") {
		if key := fmt.Sprint(t["Key"]); tags[key] == "" {
			tags[key] = fmt.Sprint(t["Value"])
		}
	}
	s := v.step("tag", fmt.Sprintf("Tag %s", v.name), restored)
	s.Why = "What bears no tags is in nobody's bill, and the code takes over only what is tagged as it says."
	arn := at.ARN("dynamodb", "table/"+v.name)
	s.Condition.Call = askTags(v.Inventory, v.to, v.name)
	var list []any
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		list = append(list, plan.Document{"Key": key, "Value": tags[key]})
		s.Condition.All = append(s.Condition.All,
			missing(is(fmt.Sprintf("Tags[?Key==%q].Value", key), tags[key]), ""))
	}
	s.Call = aws(v.to, "dynamodb", "TagResource", plan.Document{"ResourceArn": arn, "Tags": list})
	return v.add(s)
}

// revived is a store that a plan restores from a copy, with the steps after
// which it may be used.
type revived struct {
	store    system.Store
	name     string
	after    []string
	critical bool
}

// tell writes into the home's directory where the restored stores are, once all
// of them may be used. It returns the step, and whether users wait for it.
func (d *draft) tell(to system.Home) (id string, critical bool) {
	inv := d.Inventory
	inv.Home, inv.Homes = to, maps.Clone(inv.Homes)
	of := inv.Homes[to]
	of.Stores = maps.Clone(of.Stores)
	var needs []string
	for _, v := range d.revived {
		of.Stores[v.store.Name] = inventory.Store{Kind: v.store.Kind, Tier: v.store.Tier, Name: v.name,
			Generation: max(of.Stores[v.store.Name].Generation, 1) + 1}
		needs, critical = append(needs, v.after...), critical || v.critical
	}
	inv.Homes[to] = of
	text, err := directory.Encode(directory.Of(inv))
	if err != nil {
		d.wrong("%w", err)
		return "", false
	}
	name := of.Discovery.Parameter
	return d.add(plan.Step{
		ID: "direct-restored", Title: fmt.Sprintf("Tell the agents of the %s home where the restored stores are", to),
		Role: plan.Swap, Needs: needs, Source: parameterSource, Budget: timings.K8SConfigmap, Timeout: minutes(10),
		Why:       "Agents look their stores up there, and find none until it is written.",
		OnFailure: onFailure(critical),
		Call: aws(to, "ssm", "PutParameter", plan.Document{
			"Name": name, "Value": text, "Type": "String", "Tier": directory.Tier, "Overwrite": true}),
		Condition: holds(aws(to, "ssm", "GetParameter", plan.Document{"Name": name}), is("Parameter.Value", text)),
	}), critical
}
