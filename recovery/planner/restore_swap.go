package planner

import (
	"encoding/json"
	"fmt"
	"maps"

	"redoubt/inventory"
	"redoubt/inventory/directory"
	"redoubt/recovery/adopt"
	"redoubt/recovery/plan"
	"redoubt/recovery/verify"
	"redoubt/system"
	"redoubt/timings"
)

// The sources that the steps of a restore rely on.
const (
	selectionSource = "https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html"
	parameterSource = "https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-versions.html"
	adoptSource     = "https://www.pulumi.com/docs/iac/cli/commands/pulumi_stack_import/"
)

// verify looks at what was restored. Nothing is swapped without it.
func (d *draft) verify(r restoring, name, source string, needs []string) string {
	call := plan.Call{Kind: plan.Probe, Home: r.where, Service: "redoubt", Operation: verify.VerifyStore}
	call.Input = plan.Document{
		"Store": r.store.Name, "Kind": string(r.store.Kind), "Name": name, "Source": source, "At": r.stamped()}
	return d.add(plan.Step{
		ID: r.id("verify"), Title: fmt.Sprintf("Look whether %s is %s as it was", name, r.store.Name),
		Role: plan.Verify, Subject: plan.Subject{Store: r.store.Name}, Needs: needs, Source: probeSource,
		Why:  "A restore that brings back the damage, or another time, is worse than none: users would write on top of it.",
		Call: call, Condition: holds(call, is("Passed", true)),
		Budget: timings.HumanResponseTier1, Timeout: minutes(60), OnFailure: plan.Stop,
	})
}

// direct writes the directory of a home as the next update would write it after the
// restore: the agents find the restored store by it. It returns the step.
func (d *draft) direct(r restoring, home system.Home, after inventory.Inventory, needs []string) string {
	after.Home = home
	text, err := directory.Encode(directory.Of(after))
	if err != nil {
		d.wrong("%w", err)
		return ""
	}
	was := d.Inventory
	was.Home = home
	before, err := directory.Encode(directory.Of(was))
	if err != nil {
		d.wrong("%w", err)
		return ""
	}
	name := d.home(home).Discovery.Parameter
	put := func(value string) plan.Call {
		return aws(home, "ssm", "PutParameter", plan.Document{
			"Name": name, "Value": value, "Type": "String", "Tier": directory.Tier, "Overwrite": true})
	}
	undo := put(before)
	return d.add(plan.Step{
		ID: r.idAt("direct", home), Title: fmt.Sprintf("Tell the agents of the %s home where %s is", home, r.store.Name),
		Role: plan.Swap, Subject: plan.Subject{Store: r.store.Name}, Needs: needs, Source: parameterSource,
		Why:  "Agents look their stores up there. Until it is changed they find the damaged one.",
		Call: put(text), Undo: &undo,
		Condition: holds(aws(home, "ssm", "GetParameter", plan.Document{"Name": name}), is("Parameter.Value", text)),
		Budget:    timings.K8SConfigmap, Timeout: minutes(10), OnFailure: plan.Stop,
	})
}

// finish lets the users run again, shows that the system works, and puts right
// what is left: the backups, and what the stacks must learn.
func (d *draft) finish(r restoring, swapped map[system.Home][]string, arn func(system.Home) string) {
	probed := d.probe(r.where, append(d.resumeUsers(r, swapped), swapped[r.where]...))
	var selected []string
	for _, home := range system.Homes {
		selected = append(selected, d.reselect(r, home, arn(home), append([]string{probed}, swapped[home]...)))
	}
	const id = "late-selection"
	d.adopted(r, selected, adopt.Restored{Store: r.store.Name, Generation: r.generation,
		Selections: map[system.Home]string{system.Primary: id, system.Secondary: id},
	}, func(home system.Home) []plan.Late {
		name, _ := told[string](d.answer(askSelection(d.Inventory, home, r.store.Name)), "BackupSelection.SelectionName")
		return []plan.Late{{Name: id, Path: selectionOf(name, "SelectionId"),
			Call: selections(home, d.home(home).Stores[r.store.Name].BackupPlanID)}}
	})
}

// after is the inventory that the restore leaves, as far as others are told of it.
func (d *draft) after(r restoring, change func(system.Home, *inventory.Store)) inventory.Inventory {
	out := d.Inventory
	out.Homes = maps.Clone(out.Homes)
	for _, home := range system.Homes {
		of := out.Homes[home]
		of.Stores = maps.Clone(of.Stores)
		s := of.Stores[r.store.Name]
		s.Generation = r.generation
		change(home, &s)
		of.Stores[r.store.Name] = s
		out.Homes[home] = of
	}
	return out
}

// askSelection asks for the backup selection of a store.
func askSelection(inv inventory.Inventory, home system.Home, store string) plan.Call {
	of := inv.Homes[home].Stores[store]
	return aws(home, "backup", "GetBackupSelection", plan.Document{
		"BackupPlanId": of.BackupPlanID, "SelectionId": of.BackupSelectionID})
}

// selections are those of a plan of AWS Backup.
func selections(home system.Home, planID string) plan.Call {
	return aws(home, "backup", "ListBackupSelections", plan.Document{"BackupPlanId": planID})
}

// reselect makes the backup plan of a home's store take the restored one. A plan with
// two selections of one name is refused, so the old one goes first.
func (d *draft) reselect(r restoring, home system.Home, arn string, needs []string) string {
	of := d.home(home).Stores[r.store.Name]
	if of.BackupPlanID == "" || of.BackupSelectionID == "" {
		d.wrong("the inventory does not know how store %s is backed up in the %s home; update it once", r.store.Name, home)
		return ""
	}
	was := d.answer(askSelection(d.Inventory, home, r.store.Name))
	name, _ := told[string](was, "BackupSelection.SelectionName")
	role, _ := told[string](was, "BackupSelection.IamRoleArn")
	s := plan.Step{
		Role: plan.Settle, Subject: plan.Subject{Store: r.store.Name}, Source: selectionSource, Budget: timings.BackupFreq,
		Timeout: minutes(10), OnFailure: plan.Report,
		Why: "Without it the damaged store is backed up, and the restored one is not.",
	}
	out := s
	out.ID = r.idAt("unselect", home)
	out.Title = fmt.Sprintf("Back the damaged %s up no more in the %s home", r.store.Name, home)
	out.Needs = needs
	out.Call = aws(home, "backup", "DeleteBackupSelection", plan.Document{
		"BackupPlanId": of.BackupPlanID, "SelectionId": of.BackupSelectionID})
	out.Condition = holds(selections(home, of.BackupPlanID), plan.Expect{
		Path: plan.Path(fmt.Sprintf("BackupSelectionsList[?SelectionId==%q].SelectionId", of.BackupSelectionID)),
		Op:   plan.IsNot, Value: of.BackupSelectionID, Missing: "gone"})
	gone := d.add(out)
	s.ID, s.Title = r.idAt("select", home), fmt.Sprintf("Back the restored %s up in the %s home", r.store.Name, home)
	s.Needs = []string{gone}
	s.Call = aws(home, "backup", "CreateBackupSelection", plan.Document{
		"BackupPlanId": of.BackupPlanID, "CreatorRequestId": s.ID + "-" + d.stamp(),
		"BackupSelection": plan.Document{"SelectionName": name, "IamRoleArn": role, "Resources": []string{arn}}})
	s.Condition = holds(selections(home, of.BackupPlanID), plan.Expect{
		Path: selectionOf(name, "SelectionName"), Op: plan.Is, Value: name, Missing: ""})
	return d.add(s)
}

// selectionOf leads to a field of the selection of a name.
func selectionOf(name, field string) plan.Path {
	return plan.Path(fmt.Sprintf("BackupSelectionsList[?SelectionName==%q].%s", name, field))
}

// AdoptionKey is the key under which a home's control bucket holds what its stack must
// learn after a restore.
func AdoptionKey(store string, generation int) string {
	return fmt.Sprintf("adoption/%s-g%d.json", store, generation)
}

// adopted writes, last of all, what the stack of each home must learn. Ids that AWS has invented on
// the way are asked for when it is written.
func (d *draft) adopted(r restoring, needs []string, what adopt.Restored, late func(system.Home) []plan.Late) {
	all, err := adopt.After(d.Inventory, what)
	if err != nil {
		d.wrong("%w", err)
		return
	}
	for _, home := range system.Homes {
		text, err := json.Marshal(all[home])
		if err != nil {
			d.wrong("%w", err)
			return
		}
		of, key := d.home(home), AdoptionKey(r.store.Name, r.generation)
		call := aws(home, "s3", "PutObject", plan.Document{
			"Bucket": of.Control.Bucket, "Key": key, "Body": string(text), "ContentType": "application/json"})
		call.Late = late(home)
		d.add(plan.Step{
			ID: r.idAt("adopt", home), Title: fmt.Sprintf("Write what the stack of the %s home must learn", home),
			Role: plan.Settle, Subject: plan.Subject{Store: r.store.Name}, Needs: needs, Source: adoptSource,
			Why: "The code knows the damaged store. Before its next update it must know the restored one, or it would " +
				"undo the restore; redoubt adopt tells it.",
			Call: call,
			Condition: holds(aws(home, "s3", "HeadObject", plan.Document{"Bucket": of.Control.Bucket, "Key": key}),
				atLeast("ContentLength", 1)),
			Budget: timings.S3CRRLag, Timeout: minutes(10), OnFailure: plan.Report,
		})
	}
}
