package world_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/sim/world"
)

const (
	cacheGroup  = "AWS::ElastiCache::ReplicationGroup"
	cacheGlobal = "AWS::ElastiCache::GlobalReplicationGroup"
)

// cacheLab is a datastore over both homes.
func cacheLab(t *testing.T) *lab {
	l := newLab(t, 41)
	l.network(ireland, 1)
	l.network(frankfurt, 2)
	l.keys()
	for _, region := range []string{ireland, frankfurt} {
		l.make(region, "subnetgroup", "AWS::ElastiCache::SubnetGroup", doc{"Name": "c", "SubnetIds": l.subnets(region)})
		l.make(region, "user", "AWS::ElastiCache::User", doc{"UserId": "c", "UserName": "c", "Engine": "valkey",
			"AccessString": "on ~* +@all", "AuthenticationMode": doc{"Type": "iam"}})
		l.make(region, "users", "AWS::ElastiCache::UserGroup", doc{"UserGroupId": "c", "Engine": "valkey",
			"UserIds": []any{"c"}})
	}
	l.make(ireland, "parameters", "AWS::ElastiCache::ParameterGroup", doc{"Name": "c", "Family": "valkey8"})
	l.make(ireland, "group", cacheGroup, l.cacheGroup(ireland))
	l.make(ireland, "datastore", cacheGlobal, doc{"GlobalReplicationGroupIdSuffix": "c", "PrimaryReplicationGroupId": "c-eu-west-1"})
	l.make(frankfurt, "group", cacheGroup, l.cacheMember())
	return l
}

func (l *lab) cacheGroup(region string, changes ...any) doc {
	return with(doc{"ReplicationGroupId": "c-" + region, "Description": "d", "Engine": "valkey", "EngineVersion": "8.0",
		"NodeType": "cache.r7g.large", "NumCacheClusters": 3, "AutomaticFailoverEnabled": true, "MultiAzEnabled": true,
		"AtRestEncryptionEnabled": true, "TransitEncryptionEnabled": true, "KmsKeyId": l.arn(region, "key"),
		"SubnetGroupName": "c", "SecurityGroupIds": []any{l.id(region, "sg")}, "UserGroupIds": []any{"c"}}, changes...)
}

// cacheMember is the group that joins from Frankfurt.
func (l *lab) cacheMember(changes ...any) doc {
	return with(l.cacheGroup(frankfurt, "Engine", nil, "EngineVersion", nil, "NodeType", nil,
		"AtRestEncryptionEnabled", nil, "TransitEncryptionEnabled", nil,
		"GlobalReplicationGroupId", l.id(ireland, "datastore")), changes...)
}

func (l *lab) elasticache(region, op string, in doc) (doc, error) {
	return l.Call(world.Request{Region: region, Service: "elasticache", Operation: op, Input: in})
}

// roles maps each member's region to its role, as one region describes it.
func (l *lab) roles(from string) map[string]string {
	l.t.Helper()
	out := map[string]string{}
	g := l.call(from, "elasticache", "DescribeGlobalReplicationGroups",
		doc{"GlobalReplicationGroupId": l.id(ireland, "datastore"), "ShowMemberInfo": true})["GlobalReplicationGroups"].([]any)[0]
	for _, m := range g.(doc)["Members"].([]any) {
		out[m.(doc)["ReplicationGroupRegion"].(string)] = m.(doc)["Role"].(string)
	}
	return out
}

func TestCache_readsBackWhatTheDatastoreDecides(t *testing.T) {
	t.Parallel()
	l := cacheLab(t)
	member, err := l.Read(frankfurt, cacheGroup, "c-eu-central-1")
	require.NoError(t, err)
	assert.Equal(t, []any{"valkey", "8.0", "cache.r7g.large", true, true}, []any{member.Out["Engine"],
		member.Out["EngineVersion"], member.Out["NodeType"], member.Out["AtRestEncryptionEnabled"],
		member.Out["TransitEncryptionEnabled"]}, "a member does not state them")
	first, err := l.Read(ireland, cacheGroup, "c-eu-west-1")
	require.NoError(t, err)
	assert.Equal(t, l.id(ireland, "datastore"), first.Out["GlobalReplicationGroupId"], "members know their datastore")
	assert.Regexp(t, `^[a-z]{5}-c$`, l.id(ireland, "datastore"), "AWS puts its own prefix before the name")
	assert.Regexp(t, `^master\.c-eu-west-1\.[a-z0-9]{6}\.euw1\.cache\.amazonaws\.com$`, first.Out["PrimaryEndpointAddress"])

	groups := l.call(frankfurt, "elasticache", "DescribeReplicationGroups",
		doc{"ReplicationGroupId": "c-eu-central-1"})["ReplicationGroups"].([]any)
	g := groups[0].(doc)
	assert.Equal(t, []any{"available", "enabled", "enabled", "SECONDARY"}, []any{g["Status"], g["AutomaticFailover"],
		g["MultiAZ"], g["GlobalReplicationGroupInfo"].(doc)["GlobalReplicationGroupMemberRole"]})
	assert.Len(t, g["MemberClusters"], 3)
	_, err = l.elasticache(frankfurt, "DescribeReplicationGroups", doc{"ReplicationGroupId": "c-eu-west-1"})
	assert.Equal(t, "ReplicationGroupNotFoundFault", code(err), "a group is described in its own region")
}

func TestCache_failsOverWithItsPrimaryDeadOrAlive(t *testing.T) {
	t.Parallel()
	for _, dead := range []bool{true, false} {
		l := cacheLab(t)
		act := world.Request{Region: frankfurt, Service: "elasticache", Operation: "FailoverGlobalReplicationGroup",
			Token: "run-1/step-3", Input: doc{"GlobalReplicationGroupId": l.id(ireland, "datastore"),
				"PrimaryRegion": frankfurt, "PrimaryReplicationGroupId": "c-eu-central-1"}}
		if dead {
			l.inject("region-down " + ireland)
		}
		out, err := l.Call(act)
		require.NoError(t, err)
		assert.Equal(t, "modifying", out["GlobalReplicationGroup"].(doc)["Status"])
		again, err := l.Call(act)
		require.NoError(t, err, "the same token answers again")
		assert.Equal(t, out, again)
		act.Token = "another"
		_, err = l.Call(act)
		assert.Equal(t, "InvalidGlobalReplicationGroupState", code(err), "it is under way")
		assert.Equal(t, map[string]string{ireland: "PRIMARY", frankfurt: "SECONDARY"}, l.roles(frankfurt), "not yet")

		l.wait(2 * time.Minute)
		assert.Equal(t, map[string]string{ireland: "SECONDARY", frankfurt: "PRIMARY"}, l.roles(frankfurt))
		_, err = l.Call(act)
		assert.Equal(t, "InvalidParameterValue", code(err), "it is the primary already")
		l.inject("region-up " + ireland)
		g, err := l.Read(ireland, cacheGlobal, l.id(ireland, "datastore"))
		require.NoError(t, err)
		assert.Equal(t, "c-eu-central-1", g.Out["PrimaryReplicationGroupId"], "the provider reads the promoted group")
	}
}

func TestCache_aSecondaryLeavesToWriteAlone(t *testing.T) {
	t.Parallel()
	l := cacheLab(t)
	leave := func(region string) error {
		_, err := l.elasticache(frankfurt, "DisassociateGlobalReplicationGroup", doc{
			"GlobalReplicationGroupId": l.id(ireland, "datastore"), "ReplicationGroupRegion": region,
			"ReplicationGroupId": "c-" + region})
		return err
	}
	assert.Equal(t, "InvalidParameterValue", code(leave(ireland)), "the primary cannot leave")
	require.NoError(t, leave(frankfurt))
	assert.Equal(t, map[string]string{ireland: "PRIMARY"}, l.roles(frankfurt))
	alone, err := l.Read(frankfurt, cacheGroup, "c-eu-central-1")
	require.NoError(t, err)
	assert.Equal(t, []any{"", "valkey", "cache.r7g.large"}, []any{alone.Out["GlobalReplicationGroupId"],
		alone.Out["Engine"], alone.Out["NodeType"]}, "it keeps what it had")
}

func TestCache_refuses(t *testing.T) {
	t.Parallel()
	l := cacheLab(t)
	l.make(frankfurt, "other", cacheGroup, l.cacheGroup(frankfurt, "ReplicationGroupId", "other"))
	for name, c := range map[string]struct {
		region, kind string
		in           doc
		code         string
	}{
		"Multi-AZ without failover": {ireland, cacheGroup, l.cacheGroup(ireland, "ReplicationGroupId", "x",
			"AutomaticFailoverEnabled", false), "InvalidParameterCombination"},
		"failover of one node": {ireland, cacheGroup, l.cacheGroup(ireland, "ReplicationGroupId", "x", "NumCacheClusters", 1),
			"InvalidParameterCombination"},
		"windows that meet": {ireland, cacheGroup, l.cacheGroup(ireland, "ReplicationGroupId", "x", "SnapshotWindow",
			"04:00-05:00", "MaintenanceWindow", "wed:04:30-wed:05:30"), "InvalidParameterValue"},
		"a group without a key's encryption": {ireland, cacheGroup, l.cacheGroup(ireland, "ReplicationGroupId", "x",
			"AtRestEncryptionEnabled", false), "InvalidParameterCombination"},
		"another region's key": {ireland, cacheGroup, l.cacheGroup(ireland, "ReplicationGroupId", "x", "KmsKeyId",
			l.arn(frankfurt, "key")), "InvalidParameterValue"},
		"a zone elsewhere": {ireland, cacheGroup, l.cacheGroup(ireland, "ReplicationGroupId", "x", "PreferredCacheClusterAzs",
			[]any{"eu-west-1a", "eu-west-1b", "us-east-1a"}), "InvalidParameterValue"},
		"a name with two hyphens": {ireland, cacheGroup, l.cacheGroup(ireland, "ReplicationGroupId", "x--y"),
			"InvalidParameterValue"},
		"parameters of another version": {ireland, cacheGroup, l.cacheGroup(ireland, "ReplicationGroupId", "x",
			"EngineVersion", "7.2", "ParameterGroupName", "c"), "InvalidParameterCombination"},
		"no such user group": {ireland, cacheGroup, l.cacheGroup(ireland, "ReplicationGroupId", "x", "UserGroupIds",
			[]any{"nobody"}), "UserGroupNotFound"},
		"users without encryption in transit": {ireland, cacheGroup, l.cacheGroup(ireland, "ReplicationGroupId", "x",
			"TransitEncryptionEnabled", false), "InvalidParameterCombination"},
		"a member that states its engine": {frankfurt, cacheGroup, l.cacheMember("ReplicationGroupId", "x", "Engine",
			"valkey"), "InvalidParameterCombination"},
		"a second member in a region": {frankfurt, cacheGroup, l.cacheMember("ReplicationGroupId", "x"),
			"InvalidParameterValue"},
		"a member with the primary's id": {frankfurt, cacheGroup, l.cacheMember("ReplicationGroupId", "c-eu-west-1"),
			"ReplicationGroupAlreadyExists"},
		"no such datastore": {frankfurt, cacheGroup, l.cacheMember("ReplicationGroupId", "x", "GlobalReplicationGroupId",
			"abcde-none"), "GlobalReplicationGroupNotFoundFault"},
		"a datastore of a member": {frankfurt, cacheGlobal, doc{"GlobalReplicationGroupIdSuffix": "d",
			"PrimaryReplicationGroupId": "c-eu-central-1"}, "InvalidReplicationGroupState"},
		"a datastore of nothing": {frankfurt, cacheGlobal, doc{"GlobalReplicationGroupIdSuffix": "d",
			"PrimaryReplicationGroupId": "none"}, "ReplicationGroupNotFoundFault"},
		"a datastore of small nodes": {frankfurt, cacheGlobal, doc{"GlobalReplicationGroupIdSuffix": "d",
			"PrimaryReplicationGroupId": "other", "CacheNodeType": "cache.t4g.medium"}, "InvalidParameterValue"},
		"an IAM user of two names": {ireland, "AWS::ElastiCache::User", doc{"UserId": "a", "UserName": "b",
			"Engine": "valkey", "AccessString": "on", "AuthenticationMode": doc{"Type": "iam"}}, "InvalidParameterValue"},
		"Redis users without a default": {ireland, "AWS::ElastiCache::UserGroup", doc{"UserGroupId": "r",
			"Engine": "redis"}, "DefaultUserRequired"},
	} {
		_, err := l.Create(c.region, c.kind, "refused/"+name, c.in)
		assert.Equal(t, c.code, code(err), "%s: %v", name, err)
	}
}

func TestCache_membersAreChangedAndDestroyedInOrder(t *testing.T) {
	t.Parallel()
	l := cacheLab(t)
	_, err := l.Update(ireland, cacheGroup, "c-eu-west-1", l.cacheGroup(ireland, "NodeType", "cache.r7g.xlarge"))
	assert.Equal(t, "InvalidParameterValue", code(err), "a member is scaled by its datastore")
	d := l.made[ireland+"/datastore"]
	_, err = l.Update(ireland, cacheGlobal, d.ID, with(d.In, "CacheNodeType", "cache.r7g.xlarge", "EngineVersion", "8.1"))
	require.NoError(t, err)
	for region, id := range map[string]string{ireland: "c-eu-west-1", frankfurt: "c-eu-central-1"} {
		g, err := l.Read(region, cacheGroup, id)
		require.NoError(t, err)
		assert.Equal(t, []any{"cache.r7g.xlarge", "8.1"}, []any{g.Out["NodeType"], g.Out["EngineVersion"]}, region)
	}
	_, err = l.Update(ireland, cacheGlobal, d.ID, with(d.In, "EngineVersion", "9.0"))
	assert.Equal(t, "InvalidParameterCombination", code(err), "a major upgrade names its parameters")

	assert.Equal(t, "InvalidReplicationGroupState", code(l.remove(ireland, "group")), "it writes for others")
	assert.Equal(t, "InvalidGlobalReplicationGroupState", code(l.remove(ireland, "datastore")))
	require.NoError(t, l.remove(frankfurt, "group"))
	require.NoError(t, l.remove(ireland, "datastore"))
	assert.Equal(t, "InvalidUserGroupState", code(l.remove(ireland, "users")))
	require.NoError(t, l.remove(ireland, "group"), "the primary outlives its datastore")
	require.NoError(t, l.remove(ireland, "users"))
	require.NoError(t, l.remove(ireland, "subnetgroup"))
}

func snapshotPolicy(bucket, region string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"` + region +
		`.elasticache-snapshot.amazonaws.com"},"Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::` + bucket +
		`/*"}]}`
}

func TestCache_snapshotsAreExportedToABucketThatLetsThemIn(t *testing.T) {
	t.Parallel()
	l := cacheLab(t)
	l.buckets()
	b := l.bucket(ireland)
	_, err := l.elasticache(ireland, "CreateSnapshot", doc{"ReplicationGroupId": "none", "SnapshotName": "s"})
	assert.Equal(t, "ReplicationGroupNotFoundFault", code(err))
	l.call(ireland, "elasticache", "CreateSnapshot", doc{"ReplicationGroupId": "c-eu-west-1", "SnapshotName": "s"})
	export := func(bucket string) error {
		_, err := l.elasticache(ireland, "CopySnapshot", doc{"SourceSnapshotName": "s", "TargetSnapshotName": "day-1",
			"TargetBucket": bucket})
		return err
	}
	assert.Equal(t, "InvalidSnapshotState", code(export(b)), "it is being made")
	l.wait(10 * time.Minute)
	assert.ErrorContains(t, export(b), "has not been granted s3:PutObject")
	assert.ErrorContains(t, export(l.bucket(frankfurt)), "outside of the region")
	assert.ErrorContains(t, export("none"), "does not exist")
	l.make(ireland, "policy", "AWS::S3::BucketPolicy", doc{"Bucket": b, "Policy": snapshotPolicy(b, ireland)})
	require.NoError(t, export(b))
	assert.ErrorContains(t, export(b), "already contains an object")
	_, err = l.s3(ireland, "HeadObject", doc{"Key": "day-1-0001.rdb"})
	require.NoError(t, err)

	restored := l.make(ireland, "restored", cacheGroup, l.cacheGroup(ireland, "ReplicationGroupId", "restored",
		"SnapshotArns", []any{"arn:aws:s3:::" + b + "/day-1-0001.rdb"}))
	assert.Equal(t, "available", restored.Out["Status"])
	_, err = l.Create(ireland, cacheGroup, "x", l.cacheGroup(ireland, "ReplicationGroupId", "x", "SnapshotArns",
		[]any{"arn:aws:s3:::" + b + "/day-2-0001.rdb"}))
	assert.Equal(t, "InvalidParameterValue", code(err), "there is no such object")

	list := l.call(ireland, "elasticache", "DescribeSnapshots", doc{"ReplicationGroupId": "c-eu-west-1"})["Snapshots"].([]any)
	require.Len(t, list, 1)
	assert.Equal(t, []any{"available", "manual"}, []any{list[0].(doc)["SnapshotStatus"], list[0].(doc)["SnapshotSource"]})
	_, err = l.elasticache(frankfurt, "DescribeSnapshots", doc{"SnapshotName": "s"})
	assert.Equal(t, "SnapshotNotFoundFault", code(err), "snapshots stay in their region")
}

func TestStateMachine_refusesADefinitionThatCannotRun(t *testing.T) {
	t.Parallel()
	l := newLab(t, 43)
	role := l.make(ireland, "role", "AWS::IAM::Role", doc{"Name": "states", "AssumeRolePolicy": trust})
	for definition, want := range map[string]string{
		`not JSON`:                       "invalid character",
		`{"StartAt": "A", "States": {}}`: `StartAt "A" is not a state`,
		`{"StartAt": "A", "States": {"A": {"Type": "Wait", "Next": "B"}}}`:                           `"B", which is not a state`,
		`{"StartAt": "A", "States": {"A": {"Type": "Task", "End": true, "Catch": [{"Next": "C"}]}}}`: `"C", which is not a state`,
		`{"StartAt": "A", "States": {"A": {"Type": "Choice", "Choices": [{"Next": "D"}]}}}`:          `"D", which is not a state`,
		`{"StartAt": "A", "States": {"A": {"Type": "Wait"}}}`:                                        "goes nowhere",
		`{"StartAt": "A", "States": {"A": {"Type": "Succeed"}, "B": {"Type": "Fail"}}}`:              `"B" is never reached`,
	} {
		_, err := l.Create(ireland, "AWS::StepFunctions::StateMachine", definition,
			doc{"Name": "m", "RoleArn": role.ARN, "Definition": definition})
		assert.Equal(t, "InvalidDefinition", code(err), definition)
		assert.ErrorContains(t, err, want)
	}
	l.make(ireland, "m", "AWS::StepFunctions::StateMachine", doc{"Name": "m", "RoleArn": role.ARN,
		"Definition": `{"StartAt": "A", "States": {"A": {"Type": "Choice", "Choices": [{"Next": "A"}], "Default": "B"}, "B": {"Type": "Succeed"}}}`})
	arn := "arn:aws:states:eu-west-1:123456789012:stateMachine:m"
	schedule := func(target, expression string) error {
		_, err := l.Create(ireland, "AWS::Scheduler::Schedule", target+expression, doc{"Name": "daily", "GroupName": "g",
			"ScheduleExpression": expression, "FlexibleTimeWindow": doc{"Mode": "OFF"},
			"Target": doc{"Arn": target, "RoleArn": role.ARN}})
		return err
	}
	assert.Equal(t, "ResourceNotFoundException", code(schedule(arn, "cron(0 6 * * ? *)")), "no such group")
	l.make(ireland, "g", "AWS::Scheduler::ScheduleGroup", doc{"Name": "g"})
	assert.ErrorContains(t, schedule(arn, "daily"), "invalid schedule expression")
	assert.ErrorContains(t, schedule(arn+"2", "cron(0 6 * * ? *)"), "does not exist in eu-west-1")
	require.NoError(t, schedule(arn, "cron(0 6 * * ? *)"))
	require.NoError(t, l.remove(ireland, "g"))
	assert.Empty(t, l.Find(ireland, "AWS::Scheduler::Schedule", nil), "a group takes its schedules along")
}
