package world_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/sim/world"
)

// answer is the code of a refused call; empty when it is served.
func (l *lab) answer(region, service, op string, in doc) string {
	if _, err := l.Call(world.Request{Region: region, Service: service, Operation: op, Input: in}); err != nil {
		return code(err)
	}
	return ""
}

func TestThrottle_servesOneOfSoManyCallsOfTheControlPlane(t *testing.T) {
	t.Parallel()
	l := globalTable(t)
	ask := func(region string) string {
		return l.answer(region, "dynamodb", "DescribeTable", doc{"TableName": "sessions"})
	}
	l.inject("throttle dynamodb " + ireland + " every 3")
	var got []string
	for range 6 {
		got = append(got, ask(ireland))
	}
	const no = "ThrottlingException"
	assert.Equal(t, []string{no, no, "", no, no, ""}, got)
	assert.Empty(t, ask(frankfurt), "elsewhere nothing is throttled")
	for range 3 {
		assert.Empty(t, l.answer(ireland, "dynamodb", "GetItem", doc{"TableName": "sessions",
			"Key": doc{"pk": attr("a"), "sk": attr("b")}}), "nor is the data plane")
	}
	l.inject("unthrottle dynamodb " + ireland)
	for range 3 {
		assert.Empty(t, ask(ireland))
	}
}

func TestServiceDown_isReachedByNobodyAndSendsNothing(t *testing.T) {
	t.Parallel()
	l := globalTable(t)
	l.keep(ireland, "a", "before")
	l.pass(time.Minute)
	l.inject("service-down dynamodb " + ireland)
	_, err := l.Call(world.Request{Region: ireland, Service: "dynamodb", Operation: "GetItem", Input: doc{"TableName": "sessions",
		"Key": doc{"pk": attr("a"), "sk": attr("b")}}})
	assert.True(t, world.IsUnreachable(err), "%v", err)
	assert.Empty(t, l.answer(ireland, "cloudwatch", "DescribeAlarms", doc{}), "other services of the region answer")
	l.keep(frankfurt, "a", "meanwhile")
	l.pass(10 * time.Minute)
	lag, replicated := lagOf(l.World, dynamoTable, frankfurt, "sessions")
	assert.Equal(t, []any{10 * time.Minute, true}, []any{lag, replicated})
	l.inject("service-up dynamodb " + ireland)
	assert.Equal(t, "before", l.value(ireland, "a"), "it had not arrived")
	l.pass(2 * time.Minute)
	assert.Equal(t, "meanwhile", l.value(ireland, "a"))
	lag, _ = lagOf(l.World, dynamoTable, frankfurt, "sessions")
	assert.Equal(t, time.Second, lag)
}

func TestServiceDown_ofADatabaseTakesItsWriters(t *testing.T) {
	t.Parallel()
	l := databaseLab(t)
	require.NoError(t, l.Writes(ireland, "db-"+ireland))
	l.inject("service-down rds " + ireland)
	assert.True(t, world.IsUnreachable(l.Writes(ireland, "db-"+ireland)))
	l.inject("service-up rds " + ireland)
	require.NoError(t, l.Writes(ireland, "db-"+ireland))
}

func TestLagFault_growsToItsEndAndDelaysWhatIsWritten(t *testing.T) {
	t.Parallel()
	l := globalTable(t)
	lag := func() time.Duration {
		d, _ := lagOf(l.World, dynamoTable, ireland, "sessions")
		return d
	}
	l.inject("lag dynamodb " + frankfurt + " " + ireland + " 30m")
	assert.Equal(t, time.Second, lag())
	l.keep(ireland, "a", "late")
	l.pass(10 * time.Minute)
	assert.Equal(t, 10*time.Minute, lag(), "it falls behind as the time goes")
	l.pass(19 * time.Minute)
	assert.Nil(t, l.value(frankfurt, "a"))
	l.pass(time.Minute)
	assert.Equal(t, "late", l.value(frankfurt, "a"))
	l.pass(time.Hour)
	assert.Equal(t, 30*time.Minute, lag(), "and no further")
	l.inject("caught-up dynamodb " + ireland + " " + frankfurt)
	assert.Equal(t, time.Second, lag())
}

func TestDependencyDown_isSeenByItsName(t *testing.T) {
	t.Parallel()
	l := newLab(t, 3)
	l.inject("dependency-down claude")
	require.ErrorContains(t, l.Dependency("claude"), "no answer from claude")
	require.NoError(t, l.Dependency("other"))
	l.inject("dependency-up claude")
	require.NoError(t, l.Dependency("claude"))
}

// awayIn counts the seconds of a span in which a zone does not answer.
func awayIn(l *lab, zone string, span time.Duration) (away int) {
	for end := l.Now().Add(span); l.Now().Before(end); l.pass(time.Second) {
		if l.ZoneAnswers(zone) != nil {
			away++
		}
	}
	return away
}

func TestZoneFading_comesAndGoesAndIsLostInTheEnd(t *testing.T) {
	t.Parallel()
	l := standingDatabase(t)
	zone := world.Zones(ireland)[0]
	before := l.writer()
	l.inject("zone-fading " + zone + " over 30m")
	assert.InDelta(t, 100, awayIn(l, zone, 10*time.Minute), 2)
	assert.InDelta(t, 300, awayIn(l, zone, 10*time.Minute), 2)
	assert.InDelta(t, 500, awayIn(l, zone, 10*time.Minute), 2)
	assert.Equal(t, 60, awayIn(l, zone, time.Minute), "lost")
	assert.Equal(t, "zone-down "+zone, l.Faults()[0].String())
	assert.NotEqual(t, before, l.writer(), "the writer moves once it is lost")
	l.inject("zone-up " + zone)
	assert.Zero(t, awayIn(l, zone, time.Minute))
}

func TestZoneFading_thatIsHealedIsNotLost(t *testing.T) {
	t.Parallel()
	l := standingDatabase(t)
	zone := world.Zones(ireland)[0]
	l.inject("zone-fading " + zone + " over 30m")
	l.pass(20 * time.Minute)
	l.inject("zone-up " + zone)
	assert.Zero(t, awayIn(l, zone, time.Hour))
	assert.Empty(t, l.Faults())
}

func TestRegionFading_refusesAShareOfTheCalls(t *testing.T) {
	t.Parallel()
	l := newLab(t, 5)
	l.inject("region-fading " + ireland + " over 30m")
	refused := 0
	for range 1800 {
		if l.answer(ireland, "cloudwatch", "DescribeAlarms", doc{}) != "" {
			refused++
		}
		l.pass(time.Second)
	}
	assert.InDelta(t, 900, refused, 5)
	assert.Equal(t, "region-down "+ireland, l.Faults()[0].String())
	l.inject("region-up " + ireland)
	assert.Empty(t, l.answer(ireland, "cloudwatch", "DescribeAlarms", doc{}))
}

func TestTargetsFlap_makesChecksOfEndpointsFlap(t *testing.T) {
	t.Parallel()
	l, good := checked(t, 10, 3)
	l.inject("targets-flap " + ireland)
	turned, was := 0, true
	for range 600 {
		l.pass(time.Second)
		if now := good(); now != was {
			turned, was = turned+1, now
		}
	}
	assert.Positive(t, turned, "a row of failures is long enough to turn the check")
	l.inject("targets-steady " + ireland)
	l.pass(5 * time.Minute)
	assert.True(t, good())
	assert.Empty(t, l.Faults())
}

func TestCorrupt_ofATableIsCarriedToItsCopyAndARestoreIsFreeOfIt(t *testing.T) {
	t.Parallel()
	l := globalTable(t)
	l.keep(ireland, "a", "good")
	l.pass(time.Hour)
	before := l.Now()
	l.pass(time.Minute)
	l.inject("corrupt sessions " + ireland)
	require.Error(t, l.Content(ireland, "sessions"))
	require.NoError(t, l.Content(frankfurt, "sessions"), "not yet")
	l.pass(10 * time.Minute)
	require.Error(t, l.Content(frankfurt, "sessions"), "replication is no backup")
	for name, at := range map[string]time.Time{"clean": before, "damaged": l.Now().Add(-6 * time.Minute)} {
		l.call(ireland, "dynamodb", "RestoreTableToPointInTime", doc{"SourceTableName": "sessions", "TargetTableName": name,
			"RestoreDateTime": at.Format(time.RFC3339)})
	}
	require.NoError(t, l.Content(ireland, "clean"))
	require.Error(t, l.Content(ireland, "damaged"), "a restore to a time after it is not")
	l.inject("clean sessions " + ireland)
	l.pass(time.Minute)
	require.NoError(t, l.Content(ireland, "sessions"))
	require.NoError(t, l.Content(frankfurt, "sessions"))
	assert.Equal(t, "good", l.value(frankfurt, "a"))
}

func TestCorrupt_ofABucketHealsByItsVersions(t *testing.T) {
	t.Parallel()
	l := dataLab(t)
	bucket := l.bucket(ireland)
	_, err := l.s3(ireland, "PutObject", doc{"Bucket": bucket, "Key": "a", "Body": "good"})
	require.NoError(t, err)
	l.pass(time.Minute)
	l.inject("corrupt " + bucket + " " + ireland)
	l.pass(time.Minute)
	require.Error(t, l.Content(ireland, bucket))
	require.Error(t, l.Content(frankfurt, l.bucket(frankfurt)), "it is replicated")
	l.inject("clean " + bucket + " " + ireland)
	l.pass(time.Minute)
	require.NoError(t, l.Content(ireland, bucket))
	require.NoError(t, l.Content(frankfurt, l.bucket(frankfurt)))
	out, err := l.s3(frankfurt, "GetObject", doc{"Bucket": l.bucket(frankfurt), "Key": "a"})
	require.NoError(t, err)
	assert.Equal(t, "good", out["Body"])
}

func TestCorrupt_ofADatabaseIsInEveryMember(t *testing.T) {
	t.Parallel()
	l := databaseLab(t)
	l.pass(time.Hour)
	before := l.Now()
	l.pass(time.Minute)
	l.inject("corrupt db-" + ireland + " " + ireland)
	l.pass(time.Hour)
	require.Error(t, l.Content(ireland, "db-"+ireland))
	require.Error(t, l.Content(frankfurt, "db-"+frankfurt))
	for name, at := range map[string]time.Time{"clean": before, "damaged": l.Now().Add(-10 * time.Minute)} {
		l.call(ireland, "rds", "RestoreDBClusterToPointInTime", doc{"SourceDBClusterIdentifier": "db-" + ireland,
			"DBClusterIdentifier": name, "RestoreToTime": at.Format(time.RFC3339), "DBSubnetGroupName": "db",
			"VpcSecurityGroupIds": []any{l.id(ireland, "sg")}})
	}
	require.NoError(t, l.Content(ireland, "clean"))
	require.Error(t, l.Content(ireland, "damaged"))
	l.inject("clean db-" + ireland + " " + ireland)
	require.NoError(t, l.Content(frankfurt, "db-"+frankfurt))
}

func TestCorrupt_ofACacheIsInItsLaterSnapshots(t *testing.T) {
	t.Parallel()
	l := cacheLab(t)
	group := l.id(ireland, "group")
	snapshot := func(name string) {
		_, err := l.elasticache(ireland, "CreateSnapshot", doc{"ReplicationGroupId": group, "SnapshotName": name})
		require.NoError(t, err)
		l.pass(time.Hour)
	}
	snapshot("before")
	l.inject("corrupt " + group + " " + ireland)
	snapshot("after")
	require.Error(t, l.Content(ireland, group))
	for _, from := range []string{"before", "after"} {
		_, err := l.elasticache(ireland, "CreateReplicationGroup", with(l.cacheGroup(ireland), "ReplicationGroupId", from,
			"SnapshotName", from, "ReplicationGroupDescription", "d", "CacheNodeType", "cache.r7g.large", "CacheSubnetGroupName", "c"))
		require.NoError(t, err)
	}
	require.NoError(t, l.Content(ireland, "before"))
	require.Error(t, l.Content(ireland, "after"))
	l.inject("clean " + group + " " + ireland)
	require.NoError(t, l.Content(ireland, group))
}

// What waits for another region goes on soon after each end of a fault, also of one that comes and goes.
func TestParked_goesOnAsSoonAsNothingStandsInTheWay(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		breaks, heals string
		waits         time.Duration
	}{
		"a line that heals":            {"partition " + ireland + " " + frankfurt, "heal " + ireland + " " + frankfurt, time.Hour},
		"a service that is back":       {"service-down dynamodb " + ireland, "service-up dynamodb " + ireland, time.Hour},
		"a region that comes and goes": {"region-fading " + ireland + " over 1h", "", 0},
	} {
		l := globalTable(t)
		l.inject(tt.breaks)
		l.wait(55 * time.Second) // the region is away for the last ten seconds of a minute
		l.keep(frankfurt, "a", "meanwhile")
		if tt.heals != "" {
			l.wait(tt.waits)
			l.inject(tt.heals)
			assert.NotEqual(t, "meanwhile", l.value(ireland, "a"), "%s: it had not arrived", name)
		}
		l.wait(15 * time.Second)
		assert.Equal(t, "meanwhile", l.value(ireland, "a"), name)
	}
}
