package world_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/sim/world"
)

// checked is a load balancer in Ireland with a target in its first zone, and a check of it.
func checked(t *testing.T, interval, threshold int) (*lab, func() bool) {
	t.Helper()
	l := newLab(t, 41)
	entryLab(l)
	l.call(ireland, "elasticloadbalancing", "RegisterTargets", doc{"TargetGroupArn": l.arn(ireland, "tg"),
		"Targets": []any{doc{"Id": "10.0.0.9", "Port": 8080, "AvailabilityZone": world.Zones(ireland)[0]}}})
	id := l.make(ireland, "check", "AWS::Route53::HealthCheck", doc{"Type": "HTTPS", "Port": 443,
		"Fqdn": l.made[ireland+"/lb"].Out["DnsName"], "RequestInterval": interval, "FailureThreshold": threshold}).ID
	return l, func() bool {
		out := l.call(ireland, "route53", "GetHealthCheckStatus", doc{"HealthCheckId": id})
		report := out["HealthCheckObservations"].([]any)[0].(doc)["StatusReport"].(doc)
		return report["Status"] == "Success: the check is healthy"
	}
}

// turns waits until the check shows what is wanted, and says how long that took.
func turns(l *lab, good func() bool, want bool) time.Duration {
	start := l.Now()
	for good() != want && l.Now().Sub(start) < time.Hour {
		l.wait(time.Second)
	}
	return l.Now().Sub(start)
}

func TestChecker_turnsAfterItsOwnIntervalTimesThreshold(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ interval, threshold int }{{10, 3}, {30, 3}, {10, 1}, {30, 2}} {
		l, good := checked(t, c.interval, c.threshold)
		l.wait(97 * time.Second)
		require.True(t, good())
		l.inject("region-down " + ireland)
		want := time.Duration(c.interval*c.threshold) * time.Second
		assert.Equal(t, want, turns(l, good, false), "at any moment of a minute")
		l.wait(13 * time.Second)
		l.inject("region-up " + ireland)
		assert.Equal(t, want, turns(l, good, true), "and back")
	}
}

func TestChecker_countsARowAndNotTheSum(t *testing.T) {
	t.Parallel()
	l, good := checked(t, 10, 3)
	for range 10 {
		l.inject("zone-down " + world.Zones(ireland)[0])
		l.wait(29 * time.Second)
		assert.True(t, good())
		l.inject("zone-up " + world.Zones(ireland)[0])
		l.wait(time.Second)
	}
	assert.True(t, good(), "each row was broken")
	l.Advance(l.Now()) // no time passes
	l.inject("zone-down " + world.Zones(ireland)[0])
	assert.Equal(t, 30*time.Second, turns(l, good, false))
}

func TestChecker_doesNotCareHowTimePasses(t *testing.T) {
	t.Parallel()
	steps, _ := checked(t, 10, 3)
	leap, _ := checked(t, 10, 3)
	for _, l := range []*lab{steps, leap} {
		l.wait(47 * time.Second)
		l.inject("region-down " + ireland)
	}
	for range 200 {
		steps.wait(time.Second)
	}
	leap.wait(200 * time.Second)
	a, b := steps.Find("", "AWS::Route53::HealthCheck", nil), leap.Find("", "AWS::Route53::HealthCheck", nil)
	assert.Equal(t, a, b)
	assert.Equal(t, "Unhealthy", a[0].Out["Status"])
}

func TestRecords_changeForClientsSomeTimeAfterTheCall(t *testing.T) {
	t.Parallel()
	l := newLab(t, 44)
	zone := l.make(ireland, "zone", "AWS::Route53::HostedZone", doc{"Name": "example.com"}).ID
	change := func(w *world.World, name, host string) {
		_, err := w.Call(world.Request{Region: ireland, Service: "route53", Operation: "ChangeResourceRecordSets",
			Input: doc{"HostedZoneId": zone, "ChangeBatch": doc{"Changes": []any{doc{"Action": "UPSERT", "ResourceRecordSet": doc{
				"Name": name, "Type": "CNAME", "TTL": 10, "ResourceRecords": []any{doc{"Value": host}}}}}}}})
		require.NoError(t, err)
	}
	answer := func(w *world.World, name string) []string {
		a, _ := w.Resolve(name, "CNAME")
		return a.Values
	}
	change(l.World, "a.example.com", "old.example.net")
	assert.Equal(t, []string{"old.example.net"}, answer(l.World, "a.example.com"), "at once without draws")
	w := l.Fork()
	require.NoError(t, w.Draw(5))
	change(w, "a.example.com", "new.example.net")
	change(w, "b.example.com", "first.example.net")
	assert.Equal(t, []string{"old.example.net"}, answer(w, "a.example.com"))
	assert.Empty(t, answer(w, "b.example.com"))
	out, err := w.Call(world.Request{Region: ireland, Service: "route53", Operation: "ListResourceRecordSets",
		Input: doc{"HostedZoneId": zone}})
	require.NoError(t, err)
	assert.Len(t, out["ResourceRecordSets"], 2, "the control plane tells what was asked for")
	w.Advance(w.Now().Add(10 * time.Minute))
	assert.Equal(t, []string{"new.example.net"}, answer(w, "a.example.com"))
	assert.Equal(t, []string{"first.example.net"}, answer(w, "b.example.com"))
}
