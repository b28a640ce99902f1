package world_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/sim/world"
)

const site = "agents.example.com"

// switchLab is the switch as the entry builds it: the primary's failover
// record obeys a calculated check over two checks of metrics. "Taken" is put in
// the secondary's region, "reclaimed" in the primary's and is inverted; both keep
// their last known state.
func switchLab(t *testing.T) *lab {
	l := newLab(t, 11)
	entryLab(l)
	check := func(region, metric string, inverted bool) string {
		l.make(region, metric, "AWS::CloudWatch::Alarm",
			alarm("Name", metric, "MetricName", metric, "Dimensions", doc{"System": "agents"}))
		return l.make(ireland, metric+"-check", "AWS::Route53::HealthCheck", doc{
			"Type": "CLOUDWATCH_METRIC", "CloudwatchAlarmName": metric, "CloudwatchAlarmRegion": region,
			"InsufficientDataHealthStatus": "LastKnownStatus", "InvertHealthcheck": inverted}).ID
	}
	both := []any{check(frankfurt, "taken", false), check(ireland, "reclaimed", true)}
	calculated := l.make(ireland, "switch", "AWS::Route53::HealthCheck",
		doc{"Type": "CALCULATED", "ChildHealthThreshold": 1, "ChildHealthchecks": both})
	l.make(ireland, "record-primary", "AWS::Route53::RecordSet", alias(l, ireland, "SetIdentifier", "primary",
		"HealthCheckId", calculated.ID, "FailoverRoutingPolicies", []any{doc{"Type": "PRIMARY"}}))
	l.make(frankfurt, "record-secondary", "AWS::Route53::RecordSet", alias(l, frankfurt, "SetIdentifier", "secondary",
		"FailoverRoutingPolicies", []any{doc{"Type": "SECONDARY"}}))
	return l
}

// put says a value of a switch metric from its own region.
func (l *lab) put(region, metric string, value int) {
	l.t.Helper()
	_, err := l.Call(world.Request{Region: region, From: region, Service: "cloudwatch", Operation: "PutMetricData",
		Input: doc{
			"Namespace": "redoubt", "MetricData": []any{doc{"MetricName": metric, "Value": value,
				"Dimensions": []any{doc{"Name": "System", "Value": "agents"}}}}}})
	require.NoError(l.t, err)
}

// serving is the region whose address a client gets now.
func (l *lab) serving() string {
	l.t.Helper()
	a, err := l.Resolve(site, "A")
	require.NoError(l.t, err)
	return a.Region
}

func (l *lab) wait(d time.Duration) { l.Advance(l.Now().Add(d)) }

// takes waits until the region serves, and says how long that took.
func (l *lab) takes(region string) time.Duration {
	l.t.Helper()
	start := l.Now()
	for l.serving() != region {
		l.wait(time.Second)
		require.Less(l.t, l.Now().Sub(start), 10*time.Minute, "%s never serves", region)
	}
	return l.Now().Sub(start)
}

func TestSwitch_startsAtThePrimaryAndStaysWithoutAnAct(t *testing.T) {
	t.Parallel()
	for _, lost := range []string{"", ireland, frankfurt} {
		l := switchLab(t)
		assert.Equal(t, ireland, l.serving(), "before anything is looked at")
		l.wait(10 * time.Minute)
		if lost != "" {
			l.inject("region-down " + lost)
		}
		for range 50 {
			l.wait(time.Hour)
			require.Equal(t, ireland, l.serving(), "traffic moved without an act after the loss of %q", lost)
		}
		if lost != "" {
			l.inject("region-up " + lost)
			l.wait(time.Hour)
			require.Equal(t, ireland, l.serving())
		}
	}
}

func TestSwitch_movesByAnActWithTheOtherHomeDead(t *testing.T) {
	t.Parallel()
	for offset := range 60 {
		l := switchLab(t)
		l.wait(10*time.Minute + time.Duration(offset)*time.Second)
		l.inject("region-down " + ireland)
		l.wait(5 * time.Minute)
		l.put(frankfurt, "taken", 1)
		took := l.takes(frankfurt)
		assert.GreaterOrEqual(t, took, time.Minute, "offset %d", offset)
		assert.LessOrEqual(t, took, 2*time.Minute, "offset %d", offset)

		// The state stays though the metric was said once and the primary comes back.
		l.wait(3 * time.Hour)
		require.Equal(t, frankfurt, l.serving())
		l.inject("region-up " + ireland)
		l.wait(3 * time.Hour)
		require.Equal(t, frankfurt, l.serving(), "the return of a home moves nothing")
	}
}

func TestSwitch_comesBackByAnActWithTheSecondaryDead(t *testing.T) {
	t.Parallel()
	l := switchLab(t)
	l.wait(time.Minute)
	l.put(frankfurt, "taken", 1)
	l.takes(frankfurt)
	l.inject("region-down " + frankfurt)
	for range 24 {
		l.wait(time.Hour)
		require.Equal(t, frankfurt, l.serving(), "losing the active home moves nothing by itself")
	}
	l.put(ireland, "reclaimed", 1)
	took := l.takes(ireland)
	assert.LessOrEqual(t, took, 2*time.Minute)
	l.wait(24 * time.Hour)
	require.Equal(t, ireland, l.serving())

	// Once both are back, each takes its own word back, and the switch is ready again.
	l.inject("region-up " + frankfurt)
	l.put(frankfurt, "taken", 0)
	l.wait(10 * time.Minute)
	l.put(ireland, "reclaimed", 0)
	l.wait(10 * time.Minute)
	require.Equal(t, ireland, l.serving())
	l.inject("region-down " + ireland)
	l.put(frankfurt, "taken", 1)
	l.takes(frankfurt)
}

func TestSwitch_needsNoControlPlane(t *testing.T) {
	t.Parallel()
	l := switchLab(t)
	l.wait(time.Minute)
	for _, line := range []string{"region-down us-east-1", "region-down " + ireland,
		"control-plane-down cloudwatch " + frankfurt} {
		l.inject(line)
	}
	l.put(frankfurt, "taken", 1)
	l.takes(frankfurt)
	_, err := l.Create(frankfurt, "AWS::Route53::RecordSet", "x", alias(l, frankfurt, "Name", "other."+site))
	assert.True(t, world.IsUnreachable(err), "record changes need us-east-1: %v", err)
	_, err = l.Call(world.Request{Region: ireland, Service: "cloudwatch", Operation: "PutMetricData", Input: doc{}})
	assert.True(t, world.IsUnreachable(err))
}

func TestHealthCheck_copiesTheAlarmWhenItIsMade(t *testing.T) {
	t.Parallel()
	l := switchLab(t)
	a := l.made[frankfurt+"/taken"]
	_, err := l.Update(frankfurt, a.Kind, a.ID, with(a.In, "Threshold", 100))
	require.NoError(t, err)
	l.put(frankfurt, "taken", 1)
	l.takes(frankfurt) // the check still follows the threshold of its creation

	h := l.made[ireland+"/taken-check"]
	_, err = l.Update(ireland, h.Kind, h.ID, with(h.In, "Triggers", doc{"alarm": "2"}))
	require.NoError(t, err)
	l.put(frankfurt, "taken", 1)
	l.wait(5 * time.Minute)
	assert.Equal(t, ireland, l.serving(), "updated, it follows the new one")
}

func TestAlarm_treatsMissingDataAsToldTo(t *testing.T) {
	t.Parallel()
	for missing, want := range map[string]string{
		"missing": "INSUFFICIENT_DATA", "breaching": "ALARM", "notBreaching": "OK", "ignore": "ALARM",
	} {
		l := newLab(t, 1)
		l.make(ireland, "a", "AWS::CloudWatch::Alarm",
			alarm("Dimensions", doc{"System": "agents"}, "TreatMissingData", missing))
		state := func() any {
			return l.call(ireland, "cloudwatch", "DescribeAlarms",
				doc{"AlarmNames": []any{"taken"}})["MetricAlarms"].([]any)[0].(doc)["StateValue"]
		}
		require.Equal(t, "INSUFFICIENT_DATA", state(), "at first")
		l.put(ireland, "taken", 2)
		l.wait(2 * time.Minute)
		require.Equal(t, "ALARM", state(), missing)
		l.wait(30 * time.Minute)
		assert.Equal(t, want, state(), missing)
	}
}

// TestAlarm_onlyWhatIsFedIsJudged: an alarm on what nobody puts here stays as it was made, and hides none that is made beside it.
func TestAlarm_onlyWhatIsFedIsJudged(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	states := func() map[string]string {
		out := map[string]string{}
		for _, a := range l.call(ireland, "cloudwatch", "DescribeAlarms", doc{})["MetricAlarms"].([]any) {
			out[a.(doc)["AlarmName"].(string)] = a.(doc)["StateValue"].(string)
		}
		return out
	}
	made := func(name, namespace, metric string) {
		l.make(ireland, name, "AWS::CloudWatch::Alarm", alarm("Name", name, "Namespace", namespace, "MetricName", metric,
			"TreatMissingData", "breaching"))
	}
	want := map[string]string{}
	for _, a := range []struct{ name, namespace, metric, state string }{
		{"lag", "AWS/RDS", "AuroraGlobalDBReplicationLag", "INSUFFICIENT_DATA"}, {"switch", "redoubt", "taken", "ALARM"},
		{"mark", "Redoubt/Watch", "MarkAge", "INSUFFICIENT_DATA"}, {"test", "Redoubt/Watch", "TestFire", "ALARM"},
	} {
		made(a.name, a.namespace, a.metric)
		want[a.name] = a.state
		l.wait(30 * time.Minute)
		assert.Equal(t, want, states())
	}
}

func TestMetric_isReadBackAsStatistics(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	for i := range 3 {
		l.put(ireland, "taken", i)
	}
	l.wait(time.Minute)
	out := l.call(ireland, "cloudwatch", "GetMetricStatistics", doc{
		"Namespace": "redoubt", "MetricName": "taken", "Dimensions": []any{doc{"Name": "System", "Value": "agents"}},
		"Period":    60,
		"StartTime": world.Epoch.Format(time.RFC3339), "EndTime": l.Now().Format(time.RFC3339),
		"Statistics": []any{"Average", "Maximum", "SampleCount"}})
	require.Len(t, out["Datapoints"], 1)
	p := out["Datapoints"].([]any)[0].(doc)
	assert.Equal(t, []any{1.0, 2.0, 3.0}, []any{p["Average"], p["Maximum"], p["SampleCount"]})
}

func TestRecords_ofActiveActiveAgentsLeaveALostHome(t *testing.T) {
	t.Parallel()
	l := newLab(t, 5)
	entryLab(l)
	for _, region := range []string{ireland, frankfurt} {
		l.call(region, "elasticloadbalancing", "RegisterTargets", doc{"TargetGroupArn": l.arn(region, "tg"),
			"Targets": []any{doc{"Id": "10.0.0.9", "Port": 8080, "AvailabilityZone": world.Zones(region)[0]}}})
		h := l.make(ireland, "check-"+region, "AWS::Route53::HealthCheck",
			doc{"Type": "HTTPS", "Fqdn": l.made[region+"/lb"].Out["DnsName"], "Port": 443})
		l.make(region, "latency", "AWS::Route53::RecordSet", alias(l, region, "SetIdentifier", region, "HealthCheckId", h.ID,
			"LatencyRoutingPolicies", []any{doc{"Region": region}}))
	}
	near := func(from string) string {
		a, err := l.ResolveFrom(from, site, "A")
		require.NoError(t, err)
		return a.Region
	}
	l.wait(5 * time.Minute)
	assert.Equal(t, []string{ireland, frankfurt}, []string{near(ireland), near(frankfurt)}, "everyone is served nearby")
	l.inject("region-down " + ireland)
	l.wait(30 * time.Second)
	assert.Equal(t, ireland, near(ireland), "detection takes three looks")
	l.wait(2 * time.Minute)
	assert.Equal(t, frankfurt, near(ireland))
	l.inject("region-up " + ireland)
	l.wait(3 * time.Minute)
	assert.Equal(t, ireland, near(ireland))
	l.inject("zone-down " + world.Zones(frankfurt)[0])
	l.wait(3 * time.Minute)
	assert.Equal(t, ireland, near(frankfurt), "its only target's zone is lost")
	_, err := l.Resolve("nothing."+site, "A")
	assert.True(t, world.IsNotFound(err), fmt.Sprint(err))
}
