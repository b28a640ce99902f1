package audit

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/naming"
)

// Args configures an Audit.
type Args struct {
	// Scope names the home. Required.
	Scope naming.Scope
	// Bucket takes the reports, and what AWS Config delivers, under KeyArn; its
	// policy has Deliveries. Required.
	Bucket, KeyArn pulumi.StringInput
	// AdoptRecorder uses the recorder that the account has in the region.
	AdoptRecorder bool
	// EveryDays is the longest time between two backups of a plan, KeptDays how
	// long each plan keeps its longest-kept ones at least. Required.
	EveryDays, KeptDays int
	// ShortestDays is the shortest retention of any backup. Required.
	ShortestDays int
	// BreakGlassArn is the role that may delete a backup before its time. Required.
	BreakGlassArn string
}

func (args *Args) resolve() (Args, error) {
	if args == nil {
		return Args{}, errors.New("args are required")
	}
	a := *args
	var errs []error
	if a.Scope.System == "" || a.Scope.Region == "" || a.Scope.Account == "" || !a.Scope.Home.Valid() {
		errs = append(errs, fmt.Errorf("scope is %+v, want a system, a home, a region and an account", a.Scope))
	}
	if a.Bucket == nil || a.KeyArn == nil {
		errs = append(errs, errors.New("bucket and keyArn are required"))
	}
	for _, d := range []struct {
		name string
		days int
	}{{"everyDays", a.EveryDays}, {"keptDays", a.KeptDays}, {"shortestDays", a.ShortestDays}} {
		if d.days < 1 {
			errs = append(errs, fmt.Errorf("%s is %d, want 1 or more", d.name, d.days))
		}
	}
	if a.BreakGlassArn == "" {
		errs = append(errs, errors.New("breakGlassArn is required"))
	}
	return a, errors.Join(errs...)
}

// frameworkName has letters, digits and underscores only, a letter first:
// docs.aws.amazon.com/aws-backup/latest/devguide/API_CreateFramework.html.
func (a *Args) frameworkName() string { return a.named("backups") }

func (a *Args) named(part string) string {
	return strings.ReplaceAll(naming.Join(256, a.Scope.System, part, string(a.Scope.Home)), "-", "_")
}

// control is one control, the type of resource that it judges, and its parameters.
type control struct {
	name, of string
	in       []parameter
}

type parameter struct{ name, value string }

// controls are those that hold for what the vault component makes. Which
// resource has which plan is not asked here: stores are selected by ARN, and buckets
// of the control plane have none on purpose. Names and parameters:
// docs.aws.amazon.com/aws-backup/latest/devguide/controls-and-remediation.html.
func (a *Args) controls() []control {
	days := strconv.Itoa
	const plan, point = "AWS::Backup::BackupPlan", "AWS::Backup::RecoveryPoint"
	return []control{
		{"BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK", plan, []parameter{
			{"requiredFrequencyUnit", "days"}, {"requiredFrequencyValue", days(a.EveryDays)},
			{"requiredRetentionDays", days(a.KeptDays)},
		}},
		{"BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK", point, []parameter{
			{"requiredRetentionDays", days(a.ShortestDays)},
		}},
		{"BACKUP_RECOVERY_POINT_ENCRYPTED", point, nil},
		{"BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED", "AWS::Backup::BackupVault", []parameter{
			{"principalArnList", a.BreakGlassArn},
		}},
	}
}
