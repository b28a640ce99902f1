package planner

import (
	"fmt"
	"maps"
	"slices"
	"time"

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
	_, held := r.Inventory.Homes[from].Stores[s.Name]
	return s.Kind == system.Table && backupsAlone(r.System, s) && held
}

// backupsAlone reports whether the homes hold no replica of a store, only copies of its backups.
func backupsAlone(sys *system.System, s system.Store) bool {
	t, _ := sys.Tier(s.Tier)
	return t.Strategy == system.BackupRestore && (s.Kind == system.Table || s.Kind == system.Cache)
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

// revival is the restore of one table from a copy of its backups.
type revival struct{ madeTable }

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
	if of.Vault.RestoreRoleArn == "" || of.Keys["data"] == "" {
		d.wrong("the inventory does not know with which role and key store %s is restored in the %s home; update it once",
			s.Name, m.to)
		return nil
	}
	name := scopeOf(d.Inventory, m.to).Table(s.Name, max(of.Stores[s.Name].Generation, 1)+1)
	v := revival{madeTable{d, m.to, s, name, plan.Data, onFailure(critical)}}
	point, made := newest(d.answer(askCopies(d.Inventory, m.from, s.Name)))
	v.ageGate(made)
	if point == "" {
		return []string{v.missed()}
	}
	restored := v.restore(point)
	whole := []string{
		restored, v.streaming(restored), v.expiring(inventory.Expires, restored),
		v.recoverable(float64(s.Retention.PITRDays), restored), v.protected(restored), v.tagged(v.tags(), restored),
	}
	d.revived = append(d.revived, revived{s, name, whole, critical})
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
func (v revival) ageGate(made time.Time) {
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
		g.Reason = fmt.Sprintf("the %s home holds no copy of a backup of %s", v.home, v.store.Name)
	case age > rpo:
		g.Reason = fmt.Sprintf("the newest copy of %s was %s old when the home was lost", v.store.Name,
			age.Round(time.Second))
	default:
		return
	}
	v.gate(g)
}

// missed shows that there is no table, where no backup was found.
func (v revival) missed() string {
	s := v.step("look", fmt.Sprintf("See whether %s is there", v.name))
	s.Why = "No copy of a backup was found, so nothing can be restored: only a table that a person has made is there."
	s.Source, s.Call, s.Timeout = copySource, v.looks(), minutes(5)
	s.Condition = holds(s.Call, is("Table.TableStatus", "ACTIVE"))
	return v.add(s)
}

func (v revival) restore(point string) string {
	s := v.step("restore", fmt.Sprintf("Restore %s in the %s home, as %s", v.store.Name, v.home, v.name))
	s.Why = "The home that is lost held the only table. Its newest backup was copied into the vault here."
	s.Source, s.Budget, s.Timeout = copySource, timings.DDBRestoreP95, minutes(12*60)
	s.Call = aws(v.home, "backup", "StartRestoreJob", plan.Document{
		"RecoveryPointArn": point, "IamRoleArn": v.draft.home(v.home).Vault.RestoreRoleArn,
		"IdempotencyToken": "restore-" + v.store.Name + "-" + v.stamp(),
		"Metadata": plan.Document{
			"targetTableName": v.name, "encryptionType": "KMS", "kmsMasterKeyArn": v.draft.home(v.home).Keys["data"]}})
	s.Condition = holds(v.looks(), is("Table.TableStatus", "ACTIVE"))
	return v.add(s)
}

// tags are those of the home's own tables, with the store's and the tier's.
func (v revival) tags() []plan.Document {
	tags := map[string]any{"redoubt:store": v.store.Name, "redoubt:tier": v.store.Tier}
	for _, t := range listed(v.answer(askLockTags(v.Inventory, v.home)), "Tags") {
		if key := fmt.Sprint(t["Key"]); tags[key] == nil {
			tags[key] = t["Value"]
		}
	}
	var out []plan.Document
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		out = append(out, plan.Document{"Key": key, "Value": tags[key]})
	}
	return out
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
