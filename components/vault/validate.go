package vault

import (
	"encoding/json"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sfn"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/iampolicy"
	"redoubt/internal/naming"
	"redoubt/system"
)

// machineMax is the longest name of a state machine:
// docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html.
const machineMax = 80

func (a *Args) machineName() string {
	return naming.Join(machineMax, a.Scope.System, "restore-validation", string(a.Scope.Home))
}

// validation declares the state machine that looks at what a test restored,
// and the rule that starts it when the restore is complete:
// docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing-validation.html.
func (b *builder) validation(plans pulumi.StringArray) error {
	machine, err := b.machine()
	if err != nil {
		return err
	}
	b.component.ValidatorArn = machine.Arn
	name := b.eventName("restored")
	starter, allowed, err := b.serviceRole("restore-starter", "Lets EventBridge start the validation of a restore test",
		iampolicy.Trust("events.amazonaws.com", iampolicy.SourceArn(b.args.Scope.ARN("events", "rule/"+name))),
		pulumi.String(iampolicy.Document{Statements: []iampolicy.Statement{{
			Sid: "Start", Actions: []string{"states:StartExecution"},
			Resources: []string{b.args.Scope.ARN("states", "stateMachine:"+b.args.machineName())},
		}}}.JSON()))
	if err != nil {
		return err
	}
	rule, err := cloudwatch.NewEventRule(b.ctx, b.name+"-restored", &cloudwatch.EventRuleArgs{
		Name:        pulumi.String(name),
		Description: pulumi.String("A restore test has restored a store"),
		EventPattern: plans.ToStringArrayOutput().ApplyT(func(arns []string) (string, error) {
			text, err := json.Marshal(map[string]any{
				"source":      []string{"aws.backup"},
				"detail-type": []string{"Restore Job State Change"},
				"detail":      map[string]any{"status": []string{"COMPLETED"}, "restoreTestingPlanArn": arns},
			})
			return string(text), err
		}).(pulumi.StringOutput),
	}, b.child(pulumi.DeleteBeforeReplace(true))...)
	if err != nil {
		return err
	}
	_, err = cloudwatch.NewEventTarget(b.ctx, b.name+"-restored-machine", &cloudwatch.EventTargetArgs{
		Rule: rule.Name, Arn: machine.Arn, RoleArn: starter.Arn,
	}, b.child(pulumi.DependsOn([]pulumi.Resource{allowed}))...)
	return err
}

func (b *builder) machine() (*sfn.StateMachine, error) {
	role, allowed, err := b.serviceRole("restore-validator", "Looks at what restore tests restored",
		iampolicy.Trust("states.amazonaws.com", iampolicy.SourceAccount(b.args.Scope.Account)), b.mayLook())
	if err != nil {
		return nil, err
	}
	definition, err := b.args.definition()
	if err != nil {
		return nil, fmt.Errorf("state machine: %w", err)
	}
	return sfn.NewStateMachine(b.ctx, b.name+"-validator", &sfn.StateMachineArgs{
		Name:       pulumi.String(b.args.machineName()),
		Definition: pulumi.String(definition),
		RoleArn:    role.Arn,
		Type:       pulumi.String("STANDARD"),
	}, b.child(pulumi.DependsOn([]pulumi.Resource{allowed}), pulumi.DeleteBeforeReplace(true))...)
}

// serviceRole declares a role with one policy of its own.
func (b *builder) serviceRole(part, description string, trust iampolicy.Document, may pulumi.StringInput,
) (*iam.Role, *iam.RolePolicy, error) {
	role, err := iam.NewRole(b.ctx, b.name+"-"+part, &iam.RoleArgs{
		Name:             pulumi.String(b.args.Scope.Role(part)),
		Description:      pulumi.String(description),
		AssumeRolePolicy: pulumi.String(trust.JSON()),
	}, b.child()...)
	if err != nil {
		return nil, nil, err
	}
	policy, err := iam.NewRolePolicy(b.ctx, b.name+"-"+part+"-policy", &iam.RolePolicyArgs{
		Name: pulumi.String(part), Role: role.Name, Policy: may,
	}, b.child()...)
	return role, policy, err
}

// restoredPrefix is how AWS Backup names what a test restores:
// docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing-inferred-metadata.html.
const restoredPrefix = "awsbackup-restore-test-"

// mayLook is the policy of the state machine.
func (b *builder) mayLook() pulumi.StringOutput {
	arns := map[system.StoreKind]pulumi.StringArray{}
	for _, r := range b.args.Resources {
		arns[r.Store.Kind] = append(arns[r.Store.Kind], r.Arn)
	}
	return pulumi.All(arns[system.Table].ToStringArrayOutput(), arns[system.Bucket].ToStringArrayOutput()).ApplyT(
		func(v []any) (string, error) { return b.args.lookAt(v[0].([]string), v[1].([]string)).Checked() },
	).(pulumi.StringOutput)
}

// lookAt is what the state machine may do: read what was restored, see whether
// its source is empty too, run one instance on a restored cluster, and say what came of it.
func (a *Args) lookAt(tables, buckets []string) iampolicy.Document {
	s := a.Scope
	all := []iampolicy.Statement{{
		// Jobs have no ARN to name: docs.aws.amazon.com/service-authorization/latest/reference/list_awsbackup.html
		Sid: "Report", Actions: []string{"backup:PutRestoreValidationResult"}, Resources: []string{"*"},
	}}
	if a.has(system.Postgres) {
		all = append(all,
			iampolicy.Statement{
				Sid: "RunInstance", Actions: []string{"rds:CreateDBInstance", "rds:DeleteDBInstance"},
				Resources: []string{
					s.ARN("rds", "db:"+checkPrefix+"*"), s.ARN("rds", "cluster:"+restoredPrefix+"*"),
					s.ARN("rds", "subgrp:"+a.subnetGroup()),
					s.ARN("rds", "pg:default.*"), s.ARN("rds", "og:default:*"),
				},
			},
			// Describing an instance that is gone names none.
			iampolicy.Statement{
				Sid: "SeeInstance", Actions: []string{"rds:DescribeDBInstances"}, Resources: []string{s.ARN("rds", "db:*")},
			},
			iampolicy.Statement{
				Sid: "SeeCluster", Actions: []string{"rds:DescribeDBClusters"},
				Resources: []string{s.ARN("rds", "cluster:"+restoredPrefix+"*")},
			})
	}
	if a.has(system.Table) {
		restored := s.ARN("dynamodb", "table/"+restoredPrefix+"*")
		all = append(all,
			iampolicy.Statement{Sid: "ReadTable", Actions: []string{"dynamodb:Scan"}, Resources: []string{restored}},
			iampolicy.Statement{
				Sid: "SeeTables", Actions: []string{"dynamodb:DescribeTable"}, Resources: append(tables, restored),
			})
	}
	if a.has(system.Bucket) {
		all = append(all, iampolicy.Statement{
			Sid: "ListBuckets", Actions: []string{"s3:ListBucket"},
			Resources: append(buckets, "arn:aws:s3:::"+restoredPrefix+"*"),
		})
	}
	return iampolicy.Document{Statements: all}
}
