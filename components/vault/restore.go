package vault

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/backup"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/naming"
	"redoubt/system"
)

// The hours of a restore test. AWS deletes what a test restored when the
// result is in or the validation's time is over:
// docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html.
const (
	testStartHours    = 8
	testValidateHours = 24
)

// largeGiB is the size from which a store is restored once a month instead of
// once a week: a test restores all of it, and pays for all of it.
const largeGiB = 1000

// restoredTypes are AWS Backup's names of the kinds that it restores in tests.
var restoredTypes = map[system.StoreKind]string{
	system.Postgres: "Aurora", system.Table: "DynamoDB", system.Bucket: "S3",
}

// restoreTests declares a plan and a selection for each store, and who looks
// at what was restored.
func (b *builder) restoreTests() error {
	role, attached, err := b.restoreRole()
	if err != nil {
		return err
	}
	places, err := b.testPlaces()
	if err != nil {
		return err
	}
	plans, names := pulumi.StringArray{}, pulumi.StringMap{}
	for _, r := range b.args.Resources {
		plan, err := b.testPlan(r.Store)
		if err != nil {
			return err
		}
		if err := b.testSelection(r, plan, role, attached, places); err != nil {
			return err
		}
		plans, names[r.Store.Name] = append(plans, plan.Arn), plan.Name
	}
	b.component.TestPlans = names.ToStringMapOutput()
	return b.validation(plans)
}

// testPlan declares when a store is restored and from which backup: the
// newest of this home's vault. A window in which there must be one makes a
// store that is no longer backed up fail its test.
func (b *builder) testPlan(st system.Store) (*backup.RestoreTestingPlan, error) {
	return backup.NewRestoreTestingPlan(b.ctx, b.name+"-test-"+st.Name, &backup.RestoreTestingPlanArgs{
		Name:             pulumi.String(b.args.testName(st.Name)),
		StartWindowHours: pulumi.Int(testStartHours),
		RecoveryPointSelection: &backup.RestoreTestingPlanRecoveryPointSelectionArgs{
			Algorithm:           pulumi.String("LATEST_WITHIN_WINDOW"),
			IncludeVaults:       pulumi.StringArray{b.component.VaultArn},
			RecoveryPointTypes:  pulumi.ToStringArray([]string{"CONTINUOUS", "SNAPSHOT"}),
			SelectionWindowDays: pulumi.Int(b.args.testWindow(st)),
		},
		ScheduleExpression:         pulumi.String(b.args.testSchedule(st)),
		ScheduleExpressionTimezone: pulumi.String("Etc/UTC"),
	}, b.child(pulumi.DeleteBeforeReplace(true))...)
}

// testSelection puts one store under its plan, by its ARN alone: a selection
// with ARNs and conditions is refused.
func (b *builder) testSelection(r Resource, plan *backup.RestoreTestingPlan, role *iam.Role,
	attached []pulumi.Resource, places *places,
) error {
	_, err := backup.NewRestoreTestingSelection(b.ctx, b.name+"-test-selection-"+r.Store.Name,
		&backup.RestoreTestingSelectionArgs{
			Name:                     pulumi.String(underscored(planMax, r.Store.Name)),
			RestoreTestingPlanName:   plan.Name,
			ProtectedResourceType:    pulumi.String(restoredTypes[r.Store.Kind]),
			ProtectedResourceArns:    pulumi.StringArray{r.Arn},
			IamRoleArn:               role.Arn,
			RestoreMetadataOverrides: b.overrides(r.Store.Kind, places),
			ValidationWindowHours:    pulumi.Int(testValidateHours),
		}, b.child(pulumi.DependsOn(attached), pulumi.DeleteBeforeReplace(true))...)
	return err
}

// overrides are what AWS Backup cannot infer, spelled as
// docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing-inferred-metadata.html does. It would put
// a database into the default network, which an account need not have, and
// encrypt a table or a bucket with a key of AWS's own.
func (b *builder) overrides(kind system.StoreKind, places *places) pulumi.StringMap {
	switch kind {
	case system.Postgres:
		return pulumi.StringMap{
			"dbSubnetGroupName":   places.subnets,
			"vpcSecurityGroupIds": places.groups,
			"kmskeyId":            b.args.StoreKeyArn,
		}
	case system.Table:
		return pulumi.StringMap{"encryptionType": pulumi.String("KMS"), "kmsMasterKeyArn": b.args.StoreKeyArn}
	default:
		return pulumi.StringMap{"encryptionType": pulumi.String("SSE-KMS"), "kmsKey": b.args.StoreKeyArn}
	}
}

// places are where databases are restored to.
type places struct {
	subnets pulumi.StringOutput
	// groups is a list of one security group as JSON, the form of the override.
	groups pulumi.StringOutput
}

// testPlaces declares the subnet group and a security group that admits
// nobody: what is restored there are the store's own data.
func (b *builder) testPlaces() (*places, error) {
	if !b.args.has(system.Postgres) {
		return nil, nil
	}
	subnets, err := rds.NewSubnetGroup(b.ctx, b.name+"-test-subnets", &rds.SubnetGroupArgs{
		Name:        pulumi.String(b.args.subnetGroup()),
		Description: pulumi.String("Where restore tests put databases"),
		SubnetIds:   b.args.Network.SubnetIDs,
	}, b.child(pulumi.DeleteBeforeReplace(true))...)
	if err != nil {
		return nil, err
	}
	group, err := ec2.NewSecurityGroup(b.ctx, b.name+"-test-access", &ec2.SecurityGroupArgs{
		VpcId:       b.args.Network.VpcID,
		Description: pulumi.String("Restored databases: nobody comes in, nothing goes out"),
	}, b.child()...)
	if err != nil {
		return nil, err
	}
	list := group.ID().ToStringOutput().ApplyT(func(id string) (string, error) {
		text, err := json.Marshal([]string{id})
		return string(text), err
	}).(pulumi.StringOutput)
	return &places{subnets: subnets.Name, groups: list}, nil
}

// testName names a store's restore-testing plan: letters, digits and underscores only.
func (a *Args) testName(store string) string {
	return underscored(planMax, a.Scope.System, store, string(a.Scope.Home))
}

func (a *Args) subnetGroup() string {
	return naming.Join(naming.ClusterMax, a.Scope.System, "restore-tests", string(a.Scope.Home))
}

func underscored(limit int, parts ...string) string {
	return strings.ReplaceAll(naming.Join(limit, parts...), "-", "_")
}

// testWindow is how many days back the newest backup may be: twice the time
// between two, at least a week.
func (a *Args) testWindow(st system.Store) int {
	r := st.Retention
	switch {
	case continuousKinds[st.Kind], r.HourlyDays > 0, r.DailyDays > 0:
		return 7
	case r.WeeklyDays > 0:
		return 14
	}
	return 62
}

// testSchedule spreads the tests over the week or the month, by the store's
// name, so that a new store moves no other's. The homes do not test a store
// on the same day.
func (a *Args) testSchedule(st system.Store) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(st.Name))
	n := int(h.Sum32() % 28)
	if a.Scope.Home == system.Secondary {
		n += 3
	}
	if st.SizeGiB >= largeGiB {
		return fmt.Sprintf("cron(0 4 %d * ? *)", n%28+1)
	}
	days := []string{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"}
	return fmt.Sprintf("cron(0 4 ? * %s *)", days[n%7])
}
