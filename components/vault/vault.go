// Package vault builds one home's backups: a locked vault, a plan for each
// store, and copies of what the plans make in the other home's vault.
//
// Each home backs up its own stores, the ones that follow a writer included:
// after a failover the new writer has only its own home's backups
// (docs.aws.amazon.com/aws-backup/latest/devguide/point-in-time-recovery.html).
//
// A backup counts when it has been restored: every store's is, weekly or
// monthly, beside the store, and a state machine looks at what came of it.
//
// Nobody deletes a backup before its time: the lock refuses a retention out
// of bounds, and the vault's policy refuses the deletion to everybody but a
// break-glass role. Both survive a destroy of the stack as far as AWS lets
// them: a vault that holds backups is not deleted.
package vault

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/backup"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/iampolicy"
	"redoubt/internal/naming"
)

// Type is part of every URN below a Vault. Changing it replaces live vaults
// unless New also gains an alias for the old type.
const Type = "redoubt:vault:Vault"

// Vault is the backups of one home.
type Vault struct {
	pulumi.ResourceState

	// VaultName and VaultArn name the vault, which also takes the peer's copies.
	VaultName pulumi.StringOutput `pulumi:"vaultName"`
	VaultArn  pulumi.StringOutput `pulumi:"vaultArn"`
	// PlanIDs maps each store to its backup plan.
	PlanIDs pulumi.StringMapOutput `pulumi:"planIds"`
	// SelectionIDs maps each store to the selection that puts it under its plan.
	SelectionIDs pulumi.StringMapOutput `pulumi:"selectionIds"`
	// TopicArn is told of each failed job, each interrupted backup, each change
	// of vaults, plans and region settings, and by the home's alarms.
	TopicArn pulumi.StringOutput `pulumi:"topicArn"`
	// RestoreRoleArn is the role to restore with. It stands before it is
	// needed, because IAM cannot be relied on during a recovery.
	RestoreRoleArn pulumi.StringOutput `pulumi:"restoreRoleArn"`
	// TestPlans maps each store to the name of its restore-testing plan.
	TestPlans pulumi.StringMapOutput `pulumi:"testPlans"`
	// ValidatorArn is the state machine that looks at what a test restored.
	ValidatorArn pulumi.StringOutput `pulumi:"validatorArn"`
}

// Name is the name of the vault in the home of the scope. The peer computes
// it too, to copy there.
func Name(s naming.Scope) string { return s.Vault("backups") }

// Arn is the ARN of the vault in the home of the scope.
func Arn(s naming.Scope) string { return s.ARN("backup", "backup-vault:"+Name(s)) }

// New registers the backups of one home under name. The region comes from the
// AWS provider in opts, which the children inherit.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Vault, error) {
	v, err := newVault(ctx, name, args, opts)
	if err != nil {
		return nil, fmt.Errorf("vault %q: %w", name, err)
	}
	return v, nil
}

func newVault(ctx *pulumi.Context, name string, args *Args, opts []pulumi.ResourceOption) (*Vault, error) {
	a, err := args.resolve()
	if err != nil {
		return nil, err
	}
	v := &Vault{}
	if err := ctx.RegisterComponentResourceV2(Type, name, pulumi.Map{
		"home":       pulumi.String(string(a.Scope.Home)),
		"stores":     pulumi.ToStringArray(a.stores()),
		"compliance": pulumi.Bool(a.Compliance),
	}, v, opts...); err != nil {
		return nil, err
	}
	b := &builder{ctx: ctx, name: name, args: a, component: v}
	if err := b.build(); err != nil {
		return nil, err
	}
	return v, ctx.RegisterResourceOutputs(v, pulumi.Map{
		"vaultName": v.VaultName, "vaultArn": v.VaultArn, "planIds": v.PlanIDs, "selectionIds": v.SelectionIDs,
		"topicArn": v.TopicArn, "restoreRoleArn": v.RestoreRoleArn,
		"testPlans": v.TestPlans, "validatorArn": v.ValidatorArn,
	})
}

// builder declares the children of one component.
type builder struct {
	ctx       *pulumi.Context
	name      string
	args      Args
	component *Vault
	// guards are what must stand before the first backup is made: the lock,
	// the policy, the role's permissions and the region's settings.
	guards []pulumi.Resource
}

func (b *builder) build() error {
	if err := b.vault(); err != nil {
		return err
	}
	if err := b.notifications(); err != nil {
		return err
	}
	if err := b.regionSettings(); err != nil {
		return err
	}
	role, err := b.backupRole()
	if err != nil {
		return err
	}
	if err := b.plans(role); err != nil {
		return err
	}
	return b.restoreTests()
}

// child returns the options of a child: the component as its parent, and its own.
func (b *builder) child(own ...pulumi.ResourceOption) []pulumi.ResourceOption {
	return append([]pulumi.ResourceOption{pulumi.Parent(b.component)}, own...)
}

// vault declares the vault with its policy and its lock.
func (b *builder) vault() error {
	v, err := backup.NewVault(b.ctx, b.name+"-vault", &backup.VaultArgs{
		Name:         pulumi.String(Name(b.args.Scope)),
		KmsKeyArn:    b.args.KeyArn,
		ForceDestroy: pulumi.Bool(false),
	}, b.child(pulumi.Protect(b.args.Protect), pulumi.DeleteBeforeReplace(true))...)
	if err != nil {
		return err
	}
	b.component.VaultName, b.component.VaultArn = v.Name, v.Arn
	rules := deletionPolicy(b.args.breakGlass())
	rules.Statements = append(rules.Statements, b.copyBack()...)
	document, err := rules.Checked()
	if err != nil {
		return fmt.Errorf("vault policy: %w", err)
	}
	policy, err := backup.NewVaultPolicy(b.ctx, b.name+"-policy", &backup.VaultPolicyArgs{
		BackupVaultName: v.Name,
		Policy:          pulumi.String(document),
	}, b.child()...)
	if err != nil {
		return err
	}
	lock, err := b.lock(v)
	if err != nil {
		return err
	}
	b.guards = append(b.guards, policy, lock)
	return nil
}

// lock declares the vault's lock. Every argument replaces it, and one vault
// has one lock, so the old one goes first.
func (b *builder) lock(v *backup.Vault) (*backup.VaultLockConfiguration, error) {
	bounds := b.args.bounds()
	lock := &backup.VaultLockConfigurationArgs{
		BackupVaultName:  v.Name,
		MinRetentionDays: pulumi.Int(bounds.min),
		MaxRetentionDays: pulumi.Int(bounds.max),
	}
	if b.args.Compliance {
		lock.ChangeableForDays = pulumi.Int(graceDays)
	}
	return backup.NewVaultLockConfiguration(b.ctx, b.name+"-lock", lock,
		b.child(pulumi.DeleteBeforeReplace(true))...)
}

// deletionPolicy denies the three ways to lose a recovery point before its
// time. It leaves vault and policy themselves to those who deploy.
func deletionPolicy(breakGlass string) iampolicy.Document {
	return iampolicy.Document{Statements: []iampolicy.Statement{{
		Sid: "KeepRecoveryPoints", Effect: iampolicy.Deny,
		Principals: map[string][]string{iampolicy.Everyone: {iampolicy.Everyone}},
		Actions: []string{
			"backup:DeleteRecoveryPoint", "backup:DisassociateRecoveryPoint", "backup:UpdateRecoveryPointLifecycle",
		},
		Resources: []string{"*"}, // recovery points have ARNs of the services they come from
		Conditions: map[string]map[string][]string{
			"ArnNotEquals": {"aws:PrincipalArn": {breakGlass}},
		},
	}}}
}
