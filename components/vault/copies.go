package vault

import (
	"errors"
	"fmt"
	"regexp"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/backup"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/iampolicy"
	"redoubt/internal/naming"
)

// CopyAccount is another account that keeps copies of the backups, so that whoever rules
// this account does not rule all of them. Both belong to one organization, which allows copies between accounts, and
// the vault there allows this account to copy into it:
// docs.aws.amazon.com/aws-backup/latest/devguide/create-cross-account-backup.html.
type CopyAccount struct {
	// ID is the account's. VaultArn is a vault there, in the home's own region,
	// under a key that it lets this account use.
	ID       string `json:"id"`
	VaultArn string `json:"vaultArn"`
}

var (
	accountForm = regexp.MustCompile(`^[0-9]{12}$`)
	vaultForm   = regexp.MustCompile(`^arn:aws:backup:([a-z0-9-]+):([0-9]{12}):backup-vault:[A-Za-z0-9_-]{2,50}$`)
)

// Check returns what speaks against the account for the backups of a home.
func (c CopyAccount) Check(s naming.Scope) error {
	var errs []error
	add := func(format string, values ...any) { errs = append(errs, fmt.Errorf(format, values...)) }
	if !accountForm.MatchString(c.ID) {
		add("id is %q, want twelve digits", c.ID)
	}
	if c.ID == s.Account {
		add("id is %q, this home's own account", c.ID)
	}
	switch arn := vaultForm.FindStringSubmatch(c.VaultArn); {
	case arn == nil:
		add("vaultArn is %q, want the ARN of a backup vault", c.VaultArn)
	case arn[1] != s.Region:
		// docs.aws.amazon.com/aws-backup/latest/devguide/backup-feature-availability.html
		add("vaultArn is in %q, want %q: buckets and tables cannot be copied to another account and region at once",
			arn[1], s.Region)
	case arn[2] != c.ID:
		add("vaultArn is of account %q, want %q", arn[2], c.ID)
	}
	return errors.Join(errs...)
}

func (a *Args) copyFaults() []error {
	if a.CopyAccount == nil {
		return nil
	}
	if err := a.CopyAccount.Check(a.Scope); err != nil {
		return []error{fmt.Errorf("copyAccount: %w", err)}
	}
	return nil
}

// copies sends what a rule makes to the peer's vault and to the other account's,
// each with a lifecycle of its own. The vaults' ARNs are known; nothing of the peer is asked.
func (b *builder) copies(f rule) backup.PlanRuleCopyActionArray {
	if !f.copied {
		return nil
	}
	var out backup.PlanRuleCopyActionArray
	to := func(arn string) {
		life := &backup.PlanRuleCopyActionLifecycleArgs{DeleteAfter: pulumi.Int(f.days)}
		if f.coldAfter > 0 {
			life.ColdStorageAfter = pulumi.Int(f.coldAfter)
		}
		out = append(out, &backup.PlanRuleCopyActionArgs{DestinationVaultArn: pulumi.String(arn), Lifecycle: life})
	}
	if b.args.PeerScope != nil {
		to(Arn(*b.args.PeerScope))
	}
	if b.args.CopyAccount != nil {
		to(b.args.CopyAccount.VaultArn)
	}
	return out
}

// copyBack lets the other account copy a backup back into the vault, which is
// the way to restore one that is left there alone.
func (b *builder) copyBack() []iampolicy.Statement {
	if b.args.CopyAccount == nil {
		return nil
	}
	return []iampolicy.Statement{{
		Sid:        "CopyBack",
		Principals: map[string][]string{"AWS": {fmt.Sprintf("arn:aws:iam::%s:root", b.args.CopyAccount.ID)}},
		Actions:    []string{"backup:CopyIntoBackupVault"},
		Resources:  []string{"*"}, // a vault's policy names no other: create-cross-account-backup.html
	}}
}
