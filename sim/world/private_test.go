package world_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// privateNames builds the private zone of both homes, with a name that follows a
// check and one that each home answers for itself.
func (l *lab) privateNames() (zone string) {
	l.network(ireland, 0)
	l.network(frankfurt, 1)
	z := l.make(ireland, "zone", "AWS::Route53::HostedZone", doc{"Name": "atlas.internal",
		"Vpcs": []any{doc{"VpcId": l.id(ireland, "vpc"), "VpcRegion": ireland}}})
	l.make(ireland, "alarm", "AWS::CloudWatch::Alarm", doc{"AlarmName": "taken", "Name": "taken", "Namespace": "R", "MetricName": "Taken",
		"Statistic": "Maximum", "ComparisonOperator": "GreaterThanOrEqualToThreshold", "Threshold": 1, "Period": 60,
		"EvaluationPeriods": 1, "TreatMissingData": "ignore"})
	check := l.make(ireland, "check", "AWS::Route53::HealthCheck", doc{"Type": "CLOUDWATCH_METRIC", "CloudwatchAlarmName": "taken",
		"CloudwatchAlarmRegion": ireland, "InsufficientDataHealthStatus": "LastKnownStatus"})
	for _, side := range []struct{ region, home, failover, check string }{
		{ireland, "primary", "PRIMARY", check.ID}, {frankfurt, "secondary", "SECONDARY", ""},
	} {
		writer := doc{"ZoneId": z.ID, "Name": "tasks.postgres.atlas.internal", "Type": "CNAME", "Ttl": 10,
			"Records": []any{"writer." + side.home}, "SetIdentifier": side.home,
			"FailoverRoutingPolicies": []any{doc{"Type": side.failover}}}
		if side.check != "" {
			writer["HealthCheckId"] = side.check
		}
		l.make(side.region, "writer", "AWS::Route53::RecordSet", writer)
		l.make(side.region, "reader", "AWS::Route53::RecordSet", doc{"ZoneId": z.ID,
			"Name": "reader.tasks.postgres.atlas.internal", "Type": "CNAME", "Ttl": 10, "Records": []any{"reader." + side.home},
			"SetIdentifier": side.home, "LatencyRoutingPolicies": []any{doc{"Region": side.region}}})
	}
	return z.ID
}

func TestPrivateZone_answersOnlyInsideItsNetworks(t *testing.T) {
	t.Parallel()
	l := newLab(t, 11)
	zone := l.privateNames()
	const name = "reader.tasks.postgres.atlas.internal"
	_, err := l.Resolve(name, "CNAME")
	assert.Equal(t, "NXDOMAIN", code(err), "nobody outside sees it")
	_, err = l.ResolveIn(frankfurt, l.id(frankfurt, "vpc"), name, "CNAME")
	assert.Equal(t, "NXDOMAIN", code(err), "the secondary's network is not in yet")

	l.make(frankfurt, "association", "AWS::Route53::HostedZoneVPCAssociation",
		doc{"ZoneId": zone, "VpcId": l.id(frankfurt, "vpc"), "VpcRegion": frankfurt})
	for region, want := range map[string]string{ireland: "reader.primary", frankfurt: "reader.secondary"} {
		a, err := l.ResolveIn(region, l.id(region, "vpc"), name, "CNAME")
		require.NoError(t, err)
		assert.Equal(t, []string{want}, a.Values, "each home reads at home")
		a, err = l.ResolveIn(region, l.id(region, "vpc"), "tasks.postgres.atlas.internal", "CNAME")
		require.NoError(t, err)
		assert.Equal(t, []string{"writer.primary"}, a.Values, "both write where the check says")
	}
	read, err := l.Read(ireland, "AWS::Route53::HostedZone", zone)
	require.NoError(t, err)
	assert.Len(t, read.In["Vpcs"], 2, "AWS lists every network, whoever associated it")

	require.NoError(t, l.remove(frankfurt, "association"))
	_, err = l.ResolveIn(frankfurt, l.id(frankfurt, "vpc"), name, "CNAME")
	assert.Equal(t, "NXDOMAIN", code(err))
}

func TestPrivateZone_aNetworkWithoutDNSDoesNotAsk(t *testing.T) {
	t.Parallel()
	l := newLab(t, 11)
	l.privateNames()
	vpc, err := l.Read(ireland, "AWS::EC2::VPC", l.id(ireland, "vpc"))
	require.NoError(t, err)
	_, err = l.Update(ireland, "AWS::EC2::VPC", vpc.ID, with(vpc.In, "EnableDnsHostnames", false))
	require.NoError(t, err)
	_, err = l.ResolveIn(ireland, vpc.ID, "tasks.postgres.atlas.internal", "CNAME")
	assert.Equal(t, "NXDOMAIN", code(err))
}

func TestPrivateZone_refuses(t *testing.T) {
	t.Parallel()
	l := newLab(t, 11)
	zone := l.privateNames()
	public := l.make(ireland, "public", "AWS::Route53::HostedZone", doc{"Name": "example.com"})
	for name, c := range map[string]struct {
		in   doc
		want string
	}{
		"a public zone":       {doc{"ZoneId": public.ID, "VpcId": l.id(frankfurt, "vpc"), "VpcRegion": frankfurt}, "PublicZoneVPCAssociation"},
		"the wrong region":    {doc{"ZoneId": zone, "VpcId": l.id(frankfurt, "vpc"), "VpcRegion": ireland}, "InvalidVPCId"},
		"the same once more":  {doc{"ZoneId": zone, "VpcId": l.id(ireland, "vpc"), "VpcRegion": ireland}, "ConflictingDomainExists"},
		"a zone that is gone": {doc{"ZoneId": "Z0", "VpcId": l.id(ireland, "vpc"), "VpcRegion": ireland}, "NoSuchHostedZone"},
	} {
		_, err := l.Create(frankfurt, "AWS::Route53::HostedZoneVPCAssociation", name, c.in)
		assert.Equal(t, c.want, code(err), name)
	}
}

func TestParameter_advancedStaysAdvanced(t *testing.T) {
	t.Parallel()
	l := newLab(t, 11)
	in := doc{"Name": "/atlas/discovery", "Type": "String", "Tier": "Advanced", "InsecureValue": "{}"}
	p := l.make(ireland, "parameter", "AWS::SSM::Parameter", in)
	_, err := l.Update(ireland, "AWS::SSM::Parameter", p.ID, with(in, "Tier", "Standard"))
	assert.Equal(t, "ValidationException", code(err))
	out := l.call(ireland, "ssm", "PutParameter", doc{"Name": "/atlas/discovery", "Tier": "Advanced", "Value": "{2}",
		"Overwrite": true})
	assert.Equal(t, doc{"Version": 2.0, "Tier": "Advanced"}, out)
	read, err := l.Read(ireland, "AWS::SSM::Parameter", p.ID)
	require.NoError(t, err)
	assert.Equal(t, "{2}", read.In["InsecureValue"], "what a plan writes is what the declared value reads back as")
	assert.NotContains(t, read.In, "Value")
}
