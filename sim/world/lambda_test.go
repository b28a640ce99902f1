package world_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const lambdaTrust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},` +
	`"Action":"sts:AssumeRole"}]}`

// TestFunction_standsOnWhatLambdaAsksFor: a role that Lambda may take, an image of its own region that it may pull, a place
// in a network, and as many turns at once as the account has left.
func TestFunction_standsOnWhatLambdaAsksFor(t *testing.T) {
	t.Parallel()
	l := newLab(t, 61)
	const kind, host = "AWS::Lambda::Function", "123456789012.dkr.ecr.eu-west-1.amazonaws.com/"
	role := l.make(ireland, "role", "AWS::IAM::Role", doc{"Name": "f", "AssumeRolePolicy": lambdaTrust})
	other := l.make(ireland, "other", "AWS::IAM::Role", doc{"Name": "s", "AssumeRolePolicy": trust})
	in := doc{"Name": "f", "Role": role.ARN, "PackageType": "Image", "ImageUri": host + "atlas/f@sha256:00",
		"ReservedConcurrentExecutions": 40.0}
	refused := func(why, want string, changes ...any) {
		t.Helper()
		_, err := l.Create(ireland, kind, why, with(in, changes...))
		assert.Equal(t, want, code(err), why)
	}
	refused("no repository", "InvalidParameterValueException")
	l.make(ireland, "repo", "AWS::ECR::Repository", doc{"Name": "atlas/f"})
	refused("nobody lets Lambda pull", "AccessDeniedException")
	l.make(ireland, "pull", "AWS::ECR::RepositoryPolicy", doc{"Repository": "atlas/f", "Policy": lambdaTrust})
	refused("a role of another service", "InvalidParameterValueException", "Role", other.ARN)
	refused("an image of another region", "InvalidParameterValueException", "ImageUri",
		"123456789012.dkr.ecr.eu-central-1.amazonaws.com/atlas/f@sha256:00")
	refused("a subnet that is not there", "InvalidParameterValueException", "VpcConfig",
		doc{"SubnetIds": []any{"subnet-0"}, "SecurityGroupIds": []any{}})
	refused("all of the account's", "InvalidParameterValueException", "ReservedConcurrentExecutions", 901.0)
	f := l.make(ireland, "f", kind, in)
	assert.Equal(t, "arn:aws:lambda:eu-west-1:123456789012:function:f", f.ARN)
	assert.Equal(t, "$LATEST", f.Out["Version"])
	refused("a name twice", "ResourceConflictException")
	refused("what the first one has", "InvalidParameterValueException", "Name", "g", "ReservedConcurrentExecutions", 861.0)
	schedule := func(arn string) error {
		_, err := l.Create(ireland, "AWS::Scheduler::Schedule", arn, doc{"Name": "hourly", "ScheduleExpression": "rate(1 hour)",
			"FlexibleTimeWindow": doc{"Mode": "OFF"}, "Target": doc{"Arn": arn, "RoleArn": other.ARN}})
		return err
	}
	assert.ErrorContains(t, schedule(f.ARN+"2"), "does not exist in eu-west-1")
	require.NoError(t, schedule(f.ARN))
	require.NoError(t, l.remove(ireland, "repo"))
	assert.Empty(t, l.Find(ireland, "AWS::ECR::RepositoryPolicy", nil), "a repository takes its policy along")
}
