package world

import (
	"strings"
)

const (
	kindPlan      = "AWS::Backup::BackupPlan"
	kindSelection = "AWS::Backup::BackupSelection"
)

var planKinds = []Kind{
	{
		Name: kindPlan, Service: "backup", Source: backupDoc + "API_BackupRule.html", Required: []string{"Name", "Rules"},
		Fixed:  []string{"Name"},
		id:     func(t *tx, e *Entity) string { return t.uuid(e, "id") },
		arn:    func(t *tx, e *Entity) string { return arnOf("backup", "backup-plan:"+t.uuid(e, "id"))(t, e) },
		checks: []check{planNames, planRules}, computed: func(t *tx, e *Entity) {
			n := numOr(e.Out, "Revision", 0) + 1
			e.Out["Revision"] = n
			e.Out["Version"] = t.letters(e, "version"+text(n), upper+lower, 48)
		},
	},
	{
		Name: kindSelection, Service: "backup", Source: backupDoc + "API_BackupSelection.html",
		Required: []string{"Name", "PlanId", "IamRoleArn"}, Fixed: []string{"Name", "PlanId", "IamRoleArn", "Resources"},
		Refs: []Link{
			link("PlanId", kindPlan, "ResourceNotFoundException", "InvalidRequestException"),
			link("IamRoleArn", kindRole, "InvalidParameterValueException", ""),
		},
		id: func(t *tx, e *Entity) string { return t.uuid(e, "id") }, checks: []check{selectionShape},
	},
}

func planNames(_ *tx, e, _ *Entity) error {
	seen := map[string]bool{}
	for _, r := range docs(e.In, "Rules") {
		name := str(r, "RuleName")
		if name == "" || seen[name] {
			return refuse("InvalidParameterValueException", "plan %s: rule name %q is missing or used twice",
				str(e.In, "Name"), name)
		}
		seen[name] = true
	}
	return nil
}

func planRules(t *tx, e, _ *Entity) error {
	for _, r := range docs(e.In, "Rules") {
		if err := planRule(t, e, r); err != nil {
			return err
		}
	}
	return nil
}

func planRule(t *tx, e *Entity, r Document) error {
	name := str(e.In, "Name") + "/" + str(r, "RuleName")
	vault := t.get(kindVault, e.Region, str(r, "TargetVaultName"))
	if vault == nil {
		return missing("ResourceNotFoundException", "rule %s: vault %q does not exist in %s", name,
			str(r, "TargetVaultName"), e.Region)
	}
	if s := str(r, "Schedule"); s != "" && !cronOK(s) {
		return refuse("InvalidParameterValueException", "rule %s: schedule %q is not a cron() of six fields", name, s)
	}
	start, end := numOr(r, "StartWindow", 480), numOr(r, "CompletionWindow", 10080)
	if start < 60 || end < start+60 {
		return refuse("InvalidParameterValueException", "rule %s: windows of %v and %v minutes, want 60 and 60 more", name,
			start, end)
	}
	if err := lifecycleOK(name, r, yes(r, "EnableContinuousBackup")); err != nil {
		return err
	}
	if err := t.withinLock(name, vault, r); err != nil {
		return err
	}
	for _, c := range docs(r, "CopyActions") {
		if err := t.copyAction(name, e, c); err != nil {
			return err
		}
	}
	return nil
}

// copyAction checks the vault that copies go to. AWS looks at another
// region's vault when the copy runs; that it must exist now is stricter (assumed). Another account's is not
// simulated; that only databases can be copied to another account and region at once is refused here for all (assumed):
// https://docs.aws.amazon.com/aws-backup/latest/devguide/backup-feature-availability.html
func (t *tx) copyAction(name string, e *Entity, c Document) error {
	arn := str(c, "DestinationVaultArn")
	if part := strings.Split(arn, ":"); len(part) == 7 && part[4] != t.cfg.Account {
		if part[3] != e.Region {
			return refuse("InvalidParameterValueException", "rule %s: vault %s is in another account and region", name, arn)
		}
		return lifecycleOK(name+" copy", c, false)
	}
	to := t.arn(arn)
	if to == nil || to.Kind != kindVault {
		return refuse("InvalidParameterValueException", "rule %s: vault %s does not exist", name, arn)
	}
	if err := lifecycleOK(name+" copy", c, false); err != nil {
		return err
	}
	return t.withinLock(name+" copy", to, c)
}

// lifecycleOK holds the limits of a lifecycle:
// https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Lifecycle.html
func lifecycleOK(name string, r Document, continuous bool) error {
	cold, moved := num(r, "Lifecycle.ColdStorageAfter")
	days, ends := num(r, "Lifecycle.DeleteAfter")
	switch {
	case moved && cold > 0 && ends && days < cold+90:
		return refuse("InvalidParameterValueException",
			"rule %s: DeleteAfter %v must be 90 days after ColdStorageAfter %v", name, days, cold)
	case continuous && (!ends || days < 1 || days > 35):
		return refuse("InvalidParameterValueException", "rule %s: continuous backup keeps 1 to 35 days, got %v", name, days)
	case continuous && moved && cold > 0:
		return refuse("InvalidParameterValueException", "rule %s: continuous backup has no cold storage", name)
	}
	return nil
}

// withinLock refuses a retention that the vault's lock would make fail. AWS
// fails the job when it runs; refusing the plan is earlier (assumed useful).
func (t *tx) withinLock(name string, vault *Entity, r Document) error {
	lock := t.get(kindVaultLock, vault.Region, vault.ID)
	if lock == nil {
		return nil
	}
	least, most := numOr(lock.In, "MinRetentionDays", 1), numOr(lock.In, "MaxRetentionDays", 36500)
	days, ends := num(r, "Lifecycle.DeleteAfter")
	if !ends {
		days, ends = num(r, "Lifecycle.DeleteAfterDays") // as a job calls it
	}
	_, limited := num(lock.In, "MaxRetentionDays")
	if ends && (days < least || days > most) || !ends && limited {
		return refuse("InvalidParameterValueException",
			"rule %s: retention of %v days is outside the %v to %v of the lock of %s",
			name, days, least, most, vault.ID)
	}
	return nil
}

func cronOK(s string) bool {
	inner, ok := strings.CutPrefix(s, "cron(")
	if !ok || !strings.HasSuffix(inner, ")") {
		return false
	}
	return len(strings.Fields(strings.TrimSuffix(inner, ")"))) == 6
}

func selectionShape(_ *tx, e, _ *Entity) error {
	tags, resources := has(e.In, "SelectionTags"), has(e.In, "Resources")
	if has(e.In, "Conditions") && len(docs(e.In, "Conditions")) > 0 && !resources {
		return refuse("InvalidParameterValueException", "selection %s: Conditions need Resources", str(e.In, "Name"))
	}
	if !tags && !resources {
		return refuse("InvalidParameterValueException", "selection %s: selects nothing", str(e.In, "Name"))
	}
	return nil
}
