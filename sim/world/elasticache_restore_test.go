package world_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// restoredGroup is the call that makes a group beside the one of a region.
func (l *lab) restoredGroup(region string, changes ...any) doc {
	return with(doc{"ReplicationGroupId": "r-" + region, "ReplicationGroupDescription": "d", "NumCacheClusters": 3,
		"MultiAZEnabled": true, "AutomaticFailoverEnabled": true, "KmsKeyId": l.arn(region, "key"),
		"CacheSubnetGroupName": "c", "SecurityGroupIds": []any{l.id(region, "sg")}, "UserGroupIds": []any{"c"},
		"Tags": []any{doc{"Key": "a", "Value": "b"}}}, changes...)
}

// alone are the parameters that a group has which is no member of a datastore.
var alone = []any{"Engine", "valkey", "EngineVersion", "8.0", "CacheNodeType", "cache.r7g.large", "AtRestEncryptionEnabled",
	true, "TransitEncryptionEnabled", true, "CacheParameterGroupName", "c"}

func TestCache_isRestoredBesideTheDamagedOneAndReplicatedAnew(t *testing.T) {
	t.Parallel()
	l := cacheLab(t)
	l.buckets()
	object := "arn:aws:s3:::" + l.bucket(frankfurt) + "/day-1-0001.rdb"
	call := with(l.restoredGroup(frankfurt, alone...), "SnapshotArns", []any{object}, "CacheParameterGroupName", nil)
	_, err := l.elasticache(frankfurt, "CreateReplicationGroup", call)
	require.ErrorContains(t, err, "has not been granted s3:GetObject")
	l.make(frankfurt, "policy", "AWS::S3::BucketPolicy", doc{"Bucket": l.bucket(frankfurt),
		"Policy": snapshotPolicy(l.bucket(frankfurt), frankfurt)})
	_, err = l.elasticache(frankfurt, "CreateReplicationGroup", call)
	require.ErrorContains(t, err, "does not exist")
	l.call(frankfurt, "s3", "PutObject", doc{"Bucket": l.bucket(frankfurt), "Key": "day-1-0001.rdb", "Body": "RDB"})
	made, err := l.elasticache(frankfurt, "CreateReplicationGroup", call)
	require.NoError(t, err)
	assert.Equal(t, "creating", made["ReplicationGroup"].(doc)["Status"])
	require.ErrorContains(t, l.Writes(frankfurt, "r-eu-central-1"), "is creating")

	datastore := doc{"GlobalReplicationGroupIdSuffix": "r", "GlobalReplicationGroupDescription": "both",
		"PrimaryReplicationGroupId": "r-eu-central-1"}
	_, err = l.elasticache(frankfurt, "CreateGlobalReplicationGroup", datastore)
	assert.Equal(t, "InvalidReplicationGroupState", code(err), "it is being made")
	l.wait(time.Hour)
	require.NoError(t, l.Writes(frankfurt, "r-eu-central-1"))
	g := l.call(frankfurt, "elasticache", "CreateGlobalReplicationGroup", datastore)["GlobalReplicationGroup"].(doc)
	id := g["GlobalReplicationGroupId"].(string)
	assert.Equal(t, []any{"creating", "both"}, []any{g["Status"], g["GlobalReplicationGroupDescription"]})
	_, err = l.elasticache(frankfurt, "CreateGlobalReplicationGroup", datastore)
	assert.Equal(t, "GlobalReplicationGroupAlreadyExistsFault", code(err), "it is made once")
	_, err = l.elasticache(frankfurt, "CreateReplicationGroup", call)
	assert.Equal(t, "ReplicationGroupAlreadyExists", code(err))
	member := l.restoredGroup(ireland, "GlobalReplicationGroupId", id)
	_, err = l.elasticache(ireland, "CreateReplicationGroup", member)
	assert.Equal(t, "InvalidGlobalReplicationGroupState", code(err), "it is being made too")
	l.wait(time.Hour)
	l.call(ireland, "elasticache", "CreateReplicationGroup", member)
	l.wait(time.Hour)
	require.ErrorContains(t, l.Writes(ireland, "r-eu-west-1"), "follows")
	assert.Equal(t, map[string]string{ireland: "PRIMARY", frankfurt: "SECONDARY"}, l.roles(ireland), "the damaged one stands")

	e, err := l.Read(ireland, cacheGlobal, id)
	require.NoError(t, err, "the other region reads what was made elsewhere")
	assert.Equal(t, "r-eu-central-1", e.Out["PrimaryReplicationGroupId"])
	_, err = l.Update(ireland, cacheGlobal, id, with(e.In, "CacheNodeType", "cache.r7g.xlarge",
		"PrimaryReplicationGroupId", "r-eu-west-1"))
	require.NoError(t, err, "and changes it; its first group is no part of a change")
	r, err := l.Read(frankfurt, cacheGroup, "r-eu-central-1")
	require.NoError(t, err)
	assert.Equal(t, "cache.r7g.xlarge", r.Out["NodeType"])
	_, err = l.Update(ireland, cacheGroup, "r-eu-west-1", l.cacheGroup(ireland, "ReplicationGroupId", "r-eu-west-1",
		"NodeType", "cache.r7g.xlarge", "SnapshotRetentionLimit", 3))
	require.NoError(t, err, "a member may be declared with what the datastore has decided")
	_, err = l.Update(ireland, cacheGroup, "r-eu-west-1", l.cacheGroup(ireland, "ReplicationGroupId", "r-eu-west-1",
		"AtRestEncryptionEnabled", false, "KmsKeyId", nil))
	require.ErrorContains(t, err, "cannot be changed")
	assert.NotContains(t, r.In, "SnapshotArns", "nobody reads what it was filled from")
}

func TestCache_keepsASnapshotADayAndIsFilledFromIt(t *testing.T) {
	t.Parallel()
	l := cacheLab(t)
	l.make(ireland, "kept", cacheGroup, l.cacheGroup(ireland, "ReplicationGroupId", "kept", "SnapshotRetentionLimit", 2,
		"SnapshotWindow", "04:30-05:30"))
	list := func() []any {
		return l.call(ireland, "elasticache", "DescribeSnapshots", doc{"ReplicationGroupId": "kept",
			"SnapshotSource": "system"})["Snapshots"].([]any)
	}
	assert.Empty(t, list(), "none is older than the group")
	l.Advance(l.Now().Truncate(24 * time.Hour).Add(5*24*time.Hour + 4*time.Hour + 31*time.Minute))
	assert.Len(t, list(), 2, "those of two days")
	name := list()[1].(doc)["SnapshotName"].(string)
	fill := with(l.restoredGroup(ireland, alone...), "SnapshotName", name)
	_, err := l.elasticache(ireland, "CreateReplicationGroup", fill)
	assert.Equal(t, "InvalidSnapshotState", code(err), "it is being made")
	l.wait(5 * time.Minute)
	_, err = l.elasticache(ireland, "CreateReplicationGroup", with(fill, "SnapshotName", "automatic.none"))
	assert.Equal(t, "SnapshotNotFoundFault", code(err))
	l.call(ireland, "elasticache", "CreateReplicationGroup", fill)

	of, at := list()[1].(doc)["ARN"].(string), l.Now()
	require.NoError(t, l.Shows(ireland, "r-eu-west-1", of, at))
	require.ErrorContains(t, l.Shows(ireland, "r-eu-west-1", of, at.Add(-time.Hour)), "no later than")
	require.ErrorContains(t, l.Shows(ireland, "r-eu-west-1", list()[0].(doc)["ARN"].(string), at), "it was filled from")
	require.ErrorContains(t, l.Shows(ireland, "r-eu-west-1", "store tasks", at), "it was filled from", "it must be empty")
	require.NoError(t, l.Shows(ireland, "kept", "store tasks", at))
}

func TestRecords_areListedFromTheOneThatIsNamed(t *testing.T) {
	t.Parallel()
	l := newLab(t, 45)
	zone := l.make(ireland, "zone", "AWS::Route53::HostedZone", doc{"Name": "example.com"})
	for _, name := range []string{"b.example.com", "a.b.example.com", "c.example.com"} {
		for _, set := range []string{"two", "one"} {
			l.make(ireland, name+set, "AWS::Route53::RecordSet", doc{"ZoneId": zone.ID, "Name": name, "Type": "CNAME",
				"Ttl": 10, "Records": []any{set + ".example.net"}, "SetIdentifier": set,
				"LatencyRoutingPolicies": []any{doc{"Region": map[string]string{"one": ireland, "two": frankfurt}[set]}}})
		}
	}
	var got []string
	for _, r := range l.call(ireland, "route53", "ListResourceRecordSets", doc{"HostedZoneId": zone.ID, "StartRecordName": "b.example.com",
		"StartRecordType": "CNAME", "StartRecordIdentifier": "two"})["ResourceRecordSets"].([]any) {
		got = append(got, r.(doc)["Name"].(string)+" "+r.(doc)["SetIdentifier"].(string))
	}
	assert.Equal(t, []string{"b.example.com. two", "a.b.example.com. one", "a.b.example.com. two", "c.example.com. one",
		"c.example.com. two"}, got)
}

func TestCache_tellsWhatItsNodesAreMadeWith(t *testing.T) {
	t.Parallel()
	l := cacheLab(t)
	l.call(ireland, "elasticache", "CreateReplicationGroup", l.restoredGroup(ireland, alone...))
	nodes := l.call(ireland, "elasticache", "DescribeCacheClusters", doc{"CacheClusterId": "r-eu-west-1-002"})["CacheClusters"].([]any)
	require.Len(t, nodes, 1)
	n := nodes[0].(doc)
	assert.Equal(t, []any{"c", "c", "8.0.0", "eu-west-1b", []any{doc{"SecurityGroupId": l.id(ireland, "sg"), "Status": "active"}}},
		[]any{n["CacheSubnetGroupName"], n["CacheParameterGroup"].(doc)["CacheParameterGroupName"], n["EngineVersion"],
			n["PreferredAvailabilityZone"], n["SecurityGroups"]})
	assert.Len(t, l.call(ireland, "elasticache", "DescribeCacheClusters", doc{})["CacheClusters"], 6)
	tags := l.call(ireland, "elasticache", "ListTagsForResource", doc{
		"ResourceName": "arn:aws:elasticache:eu-west-1:123456789012:replicationgroup:r-eu-west-1"})["TagList"]
	assert.Equal(t, []any{doc{"Key": "a", "Value": "b"}}, tags)
	for op, in := range map[string]doc{
		"DescribeCacheClusters": {"CacheClusterId": "none-001"},
		"ListTagsForResource":   {"ResourceName": "arn:aws:elasticache:eu-west-1:123456789012:replicationgroup:none"},
	} {
		_, err := l.elasticache(ireland, op, in)
		require.ErrorContains(t, err, "does not exist", op)
	}
}

func TestRecords_areChangedTogetherOrNotAtAll(t *testing.T) {
	t.Parallel()
	l := newLab(t, 44)
	zone := l.make(ireland, "zone", "AWS::Route53::HostedZone", doc{"Name": "example.com"})
	l.make(ireland, "record", "AWS::Route53::RecordSet", doc{"ZoneId": zone.ID, "Name": "a.example.com", "Type": "CNAME",
		"Ttl": 10, "Records": []any{"old.example.net"}, "SetIdentifier": "one",
		"LatencyRoutingPolicies": []any{doc{"Region": ireland}}})
	list := func() []any {
		return l.call(frankfurt, "route53", "ListResourceRecordSets", doc{"HostedZoneId": zone.ID})["ResourceRecordSets"].([]any)
	}
	set := list()[0].(doc)
	change := func(changes ...any) error {
		return l.try(ireland, "route53", "ChangeResourceRecordSets", doc{"HostedZoneId": zone.ID,
			"ChangeBatch": doc{"Changes": changes}})
	}
	to := func(action, host string) doc {
		return doc{"Action": action, "ResourceRecordSet": with(set, "ResourceRecords", []any{doc{"Value": host}})}
	}
	assert.Equal(t, "InvalidChangeBatch", code(change()))
	assert.Equal(t, "InvalidChangeBatch", code(change(to("UPSERT", "new.example.net"), to("DELETE", "old.example.net"))))
	assert.Equal(t, []any{set}, list(), "none is made when one is refused")
	require.NoError(t, change(to("UPSERT", "new.example.net"), doc{"Action": "UPSERT", "ResourceRecordSet": doc{
		"Name": "b.example.com.", "Type": "CNAME", "TTL": 10, "ResourceRecords": []any{doc{"Value": "b.example.net"}}}}))
	assert.Len(t, list(), 2)
	assert.Equal(t, with(set, "ResourceRecords", []any{doc{"Value": "new.example.net"}}), list()[0], "nothing else is changed")
	l.inject("region-down us-east-1")
	require.ErrorContains(t, change(to("UPSERT", "late.example.net")), "us-east-1", "its control plane is in one region")
}
