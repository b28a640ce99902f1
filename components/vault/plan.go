package vault

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/backup"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/naming"
)

// planMax is the longest name of a rule or a selection; plans keep to it too:
// docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupRuleInput.html.
const planMax = 50

// plans declares one plan for each store, named after it: who reads the plan
// sees the retention that system.yaml declares for the store, and a change
// of one store touches no other.
func (b *builder) plans(role *iam.Role) error {
	ids, selected := pulumi.StringMap{}, pulumi.StringMap{}
	for _, r := range b.args.Resources {
		plan, err := b.plan(r)
		if err != nil {
			return err
		}
		selection, err := b.selection(r, plan, role)
		if err != nil {
			return err
		}
		ids[r.Store.Name], selected[r.Store.Name] = plan.ID(), selection.ID()
	}
	b.component.PlanIDs, b.component.SelectionIDs = ids.ToStringMapOutput(), selected.ToStringMapOutput()
	return nil
}

func (b *builder) plan(r Resource) (*backup.Plan, error) {
	var rules backup.PlanRuleArray
	for _, f := range b.args.rules(r.Store) {
		rules = append(rules, b.rule(r, f))
	}
	s := b.args.Scope
	return backup.NewPlan(b.ctx, b.name+"-plan-"+r.Store.Name, &backup.PlanArgs{
		Name:  pulumi.String(naming.Join(planMax, s.System, r.Store.Name, string(s.Home))),
		Rules: rules,
	}, b.child()...)
}

func (b *builder) rule(r Resource, f rule) *backup.PlanRuleArgs {
	life := &backup.PlanRuleLifecycleArgs{DeleteAfter: pulumi.Int(f.days)}
	if f.coldAfter > 0 {
		life.ColdStorageAfter = pulumi.Int(f.coldAfter)
	}
	out := &backup.PlanRuleArgs{
		RuleName:         pulumi.String(f.name),
		TargetVaultName:  b.component.VaultName,
		Schedule:         pulumi.String(f.schedule),
		StartWindow:      pulumi.Int(startWindow),
		CompletionWindow: pulumi.Int(f.completion),
		Lifecycle:        life,
		CopyActions:      b.copies(f),
		RecoveryPointTags: pulumi.StringMap{
			"redoubt:store": pulumi.String(r.Store.Name),
			"redoubt:rule":  pulumi.String(f.name),
		},
	}
	if f.continuous {
		out.EnableContinuousBackup = pulumi.Bool(true)
	}
	return out
}

// selection puts one store under its plan, by its ARN. Every argument
// replaces it, and a plan with two of one name is refused, so the old one goes first.
func (b *builder) selection(r Resource, plan *backup.Plan, role *iam.Role) (*backup.Selection, error) {
	return backup.NewSelection(b.ctx, b.name+"-selection-"+r.Store.Name, &backup.SelectionArgs{
		Name:       pulumi.String(naming.Join(planMax, r.Store.Name)),
		PlanId:     plan.ID(),
		IamRoleArn: role.Arn,
		Resources:  pulumi.StringArray{r.Arn},
	}, b.child(pulumi.DependsOn(b.guards), pulumi.DeleteBeforeReplace(true))...)
}
