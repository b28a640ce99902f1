package world_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/sim/world"
)

func dataLab(t *testing.T) *lab {
	l := newLab(t, 21)
	l.keys()
	l.buckets()
	l.make(ireland, "replication", "AWS::S3::BucketReplication", l.replication(ireland, frankfurt))
	l.make(frankfurt, "replication", "AWS::S3::BucketReplication", l.replication(frankfurt, ireland))
	return l
}

func (l *lab) s3(region, op string, in doc) (doc, error) {
	return l.Call(world.Request{Region: region, Service: "s3", Operation: op, Input: with(in, "Bucket", l.bucket(region))})
}

func TestObjects_reachTheOtherHomeAfterALag(t *testing.T) {
	t.Parallel()
	l := dataLab(t)
	put, err := l.s3(ireland, "PutObject", doc{"Key": "marks/1", "Body": "one"})
	require.NoError(t, err)
	_, err = l.s3(frankfurt, "GetObject", doc{"Key": "marks/1"})
	assert.Equal(t, "NoSuchKey", code(err))
	head, err := l.s3(ireland, "HeadObject", doc{"Key": "marks/1"})
	require.NoError(t, err)
	assert.Equal(t, "PENDING", head["ReplicationStatus"])
	assert.NotContains(t, head, "Body")

	l.wait(time.Minute)
	got, err := l.s3(frankfurt, "GetObject", doc{"Key": "marks/1"})
	require.NoError(t, err)
	assert.Equal(t, []any{"one", put["VersionId"], "REPLICA", "COMPLIANCE"},
		[]any{got["Body"], got["VersionId"], got["ReplicationStatus"], got["ObjectLockMode"]})
	head, err = l.s3(ireland, "HeadObject", doc{"Key": "marks/1"})
	require.NoError(t, err)
	assert.Equal(t, "COMPLETED", head["ReplicationStatus"])
	l.wait(time.Hour)
	list, err := l.s3(ireland, "ListObjectVersions", doc{"Prefix": "marks/"})
	require.NoError(t, err)
	assert.Len(t, list["Versions"], 1, "a replica is not replicated back")
}

// What is written in one moment, or waits for a lost region, arrives in the
// order in which it was written.
func TestObjects_arriveInTheirOrder(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"", "region-down " + frankfurt} {
		l := dataLab(t)
		if line != "" {
			l.inject(line)
		}
		for _, body := range strings.Fields("one two three four five six seven") {
			_, err := l.s3(ireland, "PutObject", doc{"Key": "k", "Body": body})
			require.NoError(t, err)
		}
		l.wait(time.Hour)
		l.inject("region-up " + frankfurt)
		l.wait(time.Hour)
		got, err := l.s3(frankfurt, "GetObject", doc{"Key": "k"})
		require.NoError(t, err)
		assert.Equal(t, "seven", got["Body"], line)
		list, err := l.s3(frankfurt, "ListObjectVersions", doc{"Prefix": "k"})
		require.NoError(t, err)
		assert.Len(t, list["Versions"], 7)
	}
}

// A declared object is uploaded again when more than its tags changes.
func TestObjects_areUploadedAgainWithNewMetadata(t *testing.T) {
	t.Parallel()
	l := dataLab(t)
	in := doc{"Bucket": l.bucket(ireland), "Key": "declared", "Content": "same"}
	o := l.make(ireland, "declared", "AWS::S3::Object", in)
	versions := func() int {
		list, err := l.s3(ireland, "ListObjectVersions", doc{"Prefix": "declared"})
		require.NoError(t, err)
		return len(list["Versions"].([]any))
	}
	for _, c := range []struct {
		change doc
		want   int
	}{
		{doc{"Tags": doc{"a": "b"}}, 1}, {doc{"Metadata": doc{"copied-to": "there"}}, 2}, {doc{"Content": "new"}, 3},
	} {
		for k, v := range c.change {
			in[k] = v
		}
		_, err := l.Update(ireland, "AWS::S3::Object", o.ID, in)
		require.NoError(t, err)
		assert.Equal(t, c.want, versions(), "%v", c.change)
	}
}

func TestObjects_waitForALostOrCutRegion(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"region-down " + frankfurt, "partition " + ireland + " " + frankfurt} {
		l := dataLab(t)
		l.inject(line)
		_, err := l.s3(ireland, "PutObject", doc{"Key": "k", "Body": "b"})
		require.NoError(t, err)
		l.wait(6 * time.Hour)
		head, err := l.s3(ireland, "HeadObject", doc{"Key": "k"})
		require.NoError(t, err)
		assert.Equal(t, "PENDING", head["ReplicationStatus"], line)
		l.inject("region-up " + frankfurt)
		l.inject("heal " + frankfurt + " " + ireland)
		l.wait(2 * time.Minute)
		_, err = l.s3(frankfurt, "HeadObject", doc{"Key": "k"})
		require.NoError(t, err, line)
	}
}

func TestObjects_areLockedAndVersioned(t *testing.T) {
	t.Parallel()
	l := dataLab(t)
	first, err := l.s3(ireland, "PutObject", doc{"Key": "k", "Body": "1"})
	require.NoError(t, err)
	_, err = l.s3(ireland, "PutObject", doc{"Key": "k", "Body": "2"})
	require.NoError(t, err)
	old, err := l.s3(ireland, "GetObject", doc{"Key": "k", "VersionId": first["VersionId"]})
	require.NoError(t, err)
	assert.Equal(t, "1", old["Body"])
	_, err = l.s3(ireland, "DeleteObject", doc{"Key": "k", "VersionId": first["VersionId"],
		"BypassGovernanceRetention": true})
	assert.Equal(t, "AccessDenied", code(err), "compliance gives way to nobody")
	marker, err := l.s3(ireland, "DeleteObject", doc{"Key": "k"})
	require.NoError(t, err)
	assert.Equal(t, true, marker["DeleteMarker"])
	_, err = l.s3(ireland, "GetObject", doc{"Key": "k"})
	assert.Equal(t, "NoSuchKey", code(err))
	assert.Equal(t, "BucketNotEmpty", code(l.remove(ireland, "bucket")))
	b := l.made[ireland+"/bucket"]
	_, err = l.Update(ireland, b.Kind, b.ID, with(b.In, "ForceDestroy", true))
	require.NoError(t, err)
	assert.Equal(t, "BucketNotEmpty", code(l.remove(ireland, "bucket")), "force does not break a lock")
	l.wait(8 * 24 * time.Hour)
	require.NoError(t, l.remove(ireland, "bucket"), "its seven days are over")

	_, err = l.s3(frankfurt, "PutObject", doc{"Key": "once", "Body": "1", "IfNoneMatch": "*"})
	require.NoError(t, err)
	_, err = l.s3(frankfurt, "PutObject", doc{"Key": "once", "Body": "2", "IfNoneMatch": "*"})
	assert.Equal(t, "PreconditionFailed", code(err))
	_, err = l.Call(world.Request{Region: ireland, Service: "s3", Operation: "GetObject",
		Input: doc{"Bucket": l.bucket(frankfurt), "Key": "once"}})
	assert.Equal(t, "PermanentRedirect", code(err))
}

func globalState(l *lab) doc {
	return l.call(frankfurt, "rds", "DescribeGlobalClusters",
		doc{"GlobalClusterIdentifier": "db"})["GlobalClusters"].([]any)[0].(doc)
}

func writer(l *lab) (arn string, members int) {
	list := globalState(l)["GlobalClusterMembers"].([]any)
	for _, m := range list {
		if m.(doc)["IsWriter"] == true {
			arn = m.(doc)["DBClusterArn"].(string)
		}
	}
	return arn, len(list)
}

func databaseLab(t *testing.T) *lab {
	l := newLab(t, 31)
	l.network(ireland, 1)
	l.network(frankfurt, 2)
	l.keys()
	l.database()
	return l
}

func TestGlobalDatabase_failsOverWithItsPrimaryDead(t *testing.T) {
	t.Parallel()
	l := databaseLab(t)
	endpoint := l.Find(ireland, "AWS::RDS::GlobalCluster", nil)[0].Out["Endpoint"].(string)
	where := func() string {
		a, err := l.Resolve(endpoint, "CNAME")
		require.NoError(t, err)
		return a.Region
	}
	assert.Equal(t, ireland, where())
	act := world.Request{Region: frankfurt, Service: "rds", Operation: "FailoverGlobalCluster", Token: "run-1/step-3",
		Input: doc{
			"GlobalClusterIdentifier": "db", "TargetDbClusterIdentifier": l.arn(frankfurt, "cluster"), "AllowDataLoss": true}}
	planned := act
	planned.Token, planned.Input = "", with(act.Input, "AllowDataLoss", nil)
	l.inject("region-down " + ireland)
	_, err := l.Call(planned)
	assert.Equal(t, "InvalidGlobalClusterStateFault", code(err), "a switchover needs both")

	out, err := l.Call(act)
	require.NoError(t, err)
	assert.Equal(t, "failing-over", out["GlobalCluster"].(doc)["Status"])
	again, err := l.Call(act)
	require.NoError(t, err, "the same token answers again")
	assert.Equal(t, out, again)
	act.Token = "another"
	_, err = l.Call(act)
	assert.Equal(t, "InvalidGlobalClusterStateFault", code(err), "it is under way")

	l.wait(10 * time.Minute)
	w, n := writer(l)
	assert.Equal(t, []any{l.arn(frankfurt, "cluster"), 1, frankfurt}, []any{w, n, where()})
	l.inject("region-up " + ireland)
	l.wait(time.Hour)
	w, n = writer(l)
	assert.Equal(t, []any{l.arn(frankfurt, "cluster"), 2}, []any{w, n}, "the old primary is rebuilt as a secondary")
	c, err := l.Read(ireland, "AWS::RDS::DBCluster", "db-"+ireland)
	require.NoError(t, err)
	assert.Equal(t, l.arn(frankfurt, "cluster"), c.Out["ReplicationSourceIdentifier"], "roles flip in what is read back")

	back := world.Request{Region: frankfurt, Service: "rds", Operation: "SwitchoverGlobalCluster", Input: doc{
		"GlobalClusterIdentifier": "db", "TargetDbClusterIdentifier": l.arn(ireland, "cluster")}}
	_, err = l.Call(back)
	require.NoError(t, err)
	l.wait(5 * time.Minute)
	w, n = writer(l)
	assert.Equal(t, []any{l.arn(ireland, "cluster"), 2}, []any{w, n})
	members := l.call(ireland, "rds", "DescribeDBClusters",
		doc{"DBClusterIdentifier": "db-" + ireland})["DBClusters"].([]any)[0].(doc)["DBClusterMembers"].([]any)
	assert.Equal(t, true, members[0].(doc)["IsClusterWriter"])
	assert.Equal(t, false, members[1].(doc)["IsClusterWriter"])
}

func TestParameter_isReadAndOverwritten(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	l.make(ireland, "p", "AWS::SSM::Parameter", doc{"Name": "/agents/inventory", "Type": "String", "Value": "1"})
	put := world.Request{Region: ireland, Service: "ssm", Operation: "PutParameter",
		Input: doc{"Name": "/agents/inventory", "Type": "String", "Value": "2"}}
	_, err := l.Call(put)
	assert.Equal(t, "ParameterAlreadyExists", code(err))
	put.Input["Overwrite"] = true
	_, err = l.Call(put)
	require.NoError(t, err)
	p := l.call(ireland, "ssm", "GetParameter", doc{"Name": "/agents/inventory"})["Parameter"].(doc)
	assert.Equal(t, []any{"2", 2.0}, []any{p["Value"], p["Version"]})
	_, err = l.Call(world.Request{Region: frankfurt, Service: "ssm", Operation: "GetParameter",
		Input: doc{"Name": "/agents/inventory"}})
	assert.True(t, world.IsNotFound(err), "nothing replicates it")
	_, err = l.Call(world.Request{Region: ireland, Service: "ssm", Operation: "Guess"})
	assert.Equal(t, "UnknownOperationException", code(err))
}
