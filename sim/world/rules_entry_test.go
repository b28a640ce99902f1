package world_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// entryLab is a zone, a certificate that is proved, and a load balancer a home.
func entryLab(l *lab) {
	l.network(ireland, 1)
	l.network(frankfurt, 2)
	l.make(ireland, "zone", "AWS::Route53::HostedZone", doc{"Name": "agents.example.com"})
	for _, region := range []string{ireland, frankfurt} {
		c := l.make(region, "certificate", "AWS::CertificateManager::Certificate",
			doc{"DomainName": "agents.example.com", "ValidationMethod": "DNS"})
		o := c.Out["DomainValidationOptions"].([]any)[0].(doc)
		l.make(region, "proof", "AWS::Route53::RecordSet",
			doc{"ZoneId": l.id(ireland, "zone"), "Name": o["ResourceRecordName"],
				"Type": o["ResourceRecordType"], "Records": []any{o["ResourceRecordValue"]}, "Ttl": 60, "AllowOverwrite": true})
		l.make(region, "validation", "AWS::CertificateManager::CertificateValidation", doc{"CertificateArn": c.ARN})
		l.make(region, "lb", "AWS::ElasticLoadBalancingV2::LoadBalancer", doc{"Name": "entry", "Subnets": l.subnets(region)})
		l.make(region, "tg", "AWS::ElasticLoadBalancingV2::TargetGroup",
			doc{"Name": "gateway", "VpcId": l.id(region, "vpc"), "Port": 8080, "Protocol": "HTTP", "TargetType": "ip"})
		l.make(region, "listener", "AWS::ElasticLoadBalancingV2::Listener", listener(l, region))
	}
}

func listener(l *lab, region string, changes ...any) doc {
	return with(doc{"LoadBalancerArn": l.arn(region, "lb"), "Port": 443, "Protocol": "HTTPS",
		"CertificateArn": l.arn(region, "certificate"),
		"DefaultActions": []any{doc{"Type": "forward", "TargetGroupArn": l.arn(region, "tg")}}}, changes...)
}

// alias is a record that points at a home's load balancer.
func alias(l *lab, region string, changes ...any) doc {
	lb := l.made[region+"/lb"]
	return with(doc{"ZoneId": l.id(ireland, "zone"), "Name": "agents.example.com", "Type": "A", "Aliases": []any{
		doc{"Name": lb.Out["DnsName"], "ZoneId": lb.Out["ZoneId"], "EvaluateTargetHealth": false}}}, changes...)
}

func alarm(changes ...any) doc {
	return with(doc{"Name": "taken", "Namespace": "redoubt", "MetricName": "taken", "Statistic": "Maximum", "Period": 60,
		"EvaluationPeriods": 1, "Threshold": 1, "ComparisonOperator": "GreaterThanOrEqualToThreshold"}, changes...)
}

func TestCreate_refusesEntriesAsAWSDoes(t *testing.T) {
	t.Parallel()
	const lb, tg, ln, rec, hc, al = "AWS::ElasticLoadBalancingV2::LoadBalancer",
		"AWS::ElasticLoadBalancingV2::TargetGroup",
		"AWS::ElasticLoadBalancingV2::Listener", "AWS::Route53::RecordSet", "AWS::Route53::HealthCheck",
		"AWS::CloudWatch::Alarm"
	fixed := func(d doc) func(*lab) doc { return func(*lab) doc { return d } }
	port := []any{"Port", 8443}
	metric := func(changes ...any) func(*lab) doc {
		return func(l *lab) doc {
			l.make(frankfurt, "alarm", al, alarm(changes...))
			return doc{"Type": "CLOUDWATCH_METRIC", "CloudwatchAlarmName": "taken", "CloudwatchAlarmRegion": frankfurt}
		}
	}
	second := func(changes ...any) func(*lab) doc {
		return func(l *lab) doc {
			l.make(ireland, "first", rec, alias(l, ireland, "SetIdentifier", "a", "FailoverRoutingPolicies",
				[]any{doc{"Type": "PRIMARY"}}))
			return alias(l, frankfurt, changes...)
		}
	}
	checkRefusals(t, entryLab, []refusal{
		{"load balancer in one zone", "", lb, func(l *lab) doc {
			return doc{"Name": "x",
				"Subnets": l.subnets(ireland)[:1]}
		}, "ValidationError"},
		{"load balancer's name taken", "", lb, func(l *lab) doc {
			return doc{"Name": "entry",
				"Subnets": l.subnets(ireland)}
		}, "DuplicateLoadBalancerName"},
		{"long name", "", lb, func(l *lab) doc {
			return doc{"Name": "a23456789012345678901234567890123", "Subnets": l.subnets(ireland)}
		}, "ValidationError"},
		{"target group's name taken", "", tg, func(l *lab) doc { return with(l.made[ireland+"/tg"].In, "Port", 9) },
			"DuplicateTargetGroupName"},
		{"slow health check", "", tg, func(l *lab) doc {
			return with(l.made[ireland+"/tg"].In, "Name", "n", "HealthCheck", doc{"Interval": 5, "Timeout": 5})
		}, "ValidationError"},
		{"HTTPS without certificate", "", ln, func(l *lab) doc {
			return listener(l, ireland,
				append(port, "CertificateArn", nil)...)
		}, "ValidationError"},
		{"certificate of the other region", "", ln, func(l *lab) doc {
			return listener(l, ireland, append(port, "CertificateArn", l.arn(frankfurt, "certificate"))...)
		}, "CertificateNotFound"},
		{"certificate that is not proved", "", ln, func(l *lab) doc {
			c := l.make(ireland, "c2", "AWS::CertificateManager::Certificate",
				doc{"DomainName": "other.example.com", "ValidationMethod": "DNS"})
			return listener(l, ireland, append(port, "CertificateArn", c.ARN)...)
		}, "UnsupportedCertificate"},
		{"port taken", "", ln, func(l *lab) doc { return listener(l, ireland) }, "DuplicateListener"},
		{"target group of the other region", "", ln, func(l *lab) doc {
			return listener(l, ireland, append(port, "DefaultActions",
				[]any{doc{"Type": "forward", "TargetGroupArn": l.arn(frankfurt, "tg")}})...)
		}, "TargetGroupNotFound"},
		{"validation without records", "", "AWS::CertificateManager::CertificateValidation", func(l *lab) doc {
			c := l.make(ireland, "c2", "AWS::CertificateManager::Certificate",
				doc{"DomainName": "other.example.com", "ValidationMethod": "DNS"})
			return doc{"CertificateArn": c.ARN}
		}, "ResourceNotReady"},

		{"record that exists", "", rec, func(l *lab) doc {
			l.make(ireland, "first", rec, alias(l, ireland))
			return alias(l, frankfurt)
		}, "InvalidChangeBatch"},
		{"two policies for a name", "", rec, second("SetIdentifier", "b", "LatencyRoutingPolicies",
			[]any{doc{"Region": frankfurt}}), "InvalidChangeBatch"},
		{"simple beside failover", "", rec, second(), "InvalidChangeBatch"},
		{"two primaries", "", rec, second("SetIdentifier", "b", "FailoverRoutingPolicies", []any{doc{"Type": "PRIMARY"}}),
			"InvalidChangeBatch"},
		{"identifier without policy", "", rec, func(l *lab) doc { return alias(l, ireland, "SetIdentifier", "x") },
			"InvalidInput"},
		{"unchecked primary", "", rec, func(l *lab) doc {
			return alias(l, ireland, "Aliases", nil, "Records", []any{"192.0.2.1"}, "Ttl", 60, "SetIdentifier", "a",
				"FailoverRoutingPolicies", []any{doc{"Type": "PRIMARY"}})
		}, "InvalidInput"},
		{"records without TTL", "", rec, func(l *lab) doc {
			return alias(l, ireland, "Aliases", nil, "Records",
				[]any{"192.0.2.1"})
		}, "InvalidChangeBatch"},
		{"alias with another zone's id", "", rec, func(l *lab) doc {
			lb := l.made[ireland+"/lb"]
			return alias(l, ireland, "Aliases", []any{doc{"Name": lb.Out["DnsName"],
				"ZoneId": l.made[frankfurt+"/lb"].Out["ZoneId"]}})
		}, "InvalidChangeBatch"},
		{"CNAME at the apex", "", rec, func(l *lab) doc {
			return alias(l, ireland, "Aliases", nil, "Type", "CNAME", "Records", []any{"x.example.com"}, "Ttl", 60)
		}, "InvalidChangeBatch"},

		{"check of an alarm that is elsewhere", "", hc,
			func(l *lab) doc { return with(metric()(l), "CloudwatchAlarmRegion", ireland) }, "InvalidInput"},
		{"check of a high-resolution alarm", "", hc, metric("Period", 10), "InvalidInput"},
		{"check of M out of N", "", hc, metric("EvaluationPeriods", 3, "DatapointsToAlarm", 2), "InvalidInput"},
		{"check of a percentile", "", hc, metric("Statistic", nil, "ExtendedStatistic", "p99"), "InvalidInput"},
		{"check of metric math", "", hc, metric("MetricName", nil, "Namespace", nil, "Statistic", nil, "Period", nil,
			"MetricQueries", []any{doc{"Id": "m1", "ReturnData": true, "Expression": "1"}}), "InvalidInput"},
		{"endpoint check of nothing", "", hc, fixed(doc{"Type": "HTTPS"}), "InvalidInput"},
		{"alarm name on an endpoint check", "", hc,
			fixed(doc{"Type": "HTTPS", "Fqdn": "x", "CloudwatchAlarmRegion": ireland}), "InvalidInput"},
		{"calculated without threshold", "", hc, fixed(doc{"Type": "CALCULATED"}), "InvalidInput"},
		{"unknown child", "", hc, fixed(doc{"Type": "CALCULATED", "ChildHealthThreshold": 1,
			"ChildHealthchecks": []any{"x"}}), "InvalidInput"},

		{"alarm that looks back too far", "", al, fixed(alarm("Period", 900, "EvaluationPeriods", 97)), "ValidationError"},
		{"alarm with six actions", "", al, fixed(alarm("AlarmActions", []any{"1", "2", "3", "4", "5", "6"})),
			"LimitExceeded"},
		{"alarm to the other region's topic", "", al, fixed(alarm("AlarmActions", []any{"arn:aws:sns:eu-central-1:1:t"})),
			"ValidationError"},
		{"composite of nothing", "", "AWS::CloudWatch::CompositeAlarm", fixed(doc{"AlarmName": "c", "AlarmRule": `ALARM("none")`}), "ValidationError"},
		{"rule without trigger", "", "AWS::Events::Rule", fixed(doc{"Name": "r"}), "ValidationException"},
		{"target of no rule", "", "AWS::Events::Target", fixed(doc{"Rule": "r", "Arn": "a"}), "ResourceNotFoundException"},
		{"parameter under aws", "", "AWS::SSM::Parameter", fixed(doc{"Name": "/aws/x", "Type": "String", "Value": "v"}),
			"ValidationException"},
		{"role without trust", "", "AWS::IAM::Role", fixed(doc{"Name": "r", "AssumeRolePolicy": "{}"}),
			"MalformedPolicyDocument"},
		{"attachment of no policy", "", "AWS::IAM::RolePolicyAttachment", func(l *lab) doc {
			l.make(ireland, "r", "AWS::IAM::Role", doc{"Name": "r", "AssumeRolePolicy": trust})
			return doc{"Role": "r", "PolicyArn": "arn:aws:iam::123456789012:policy/none"}
		}, "NoSuchEntity"},
	})
}

func TestDelete_keepsWhatTheEntryStandsOn(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	entryLab(l)
	for name, want := range map[string]string{"tg": "ResourceInUse", "certificate": "ResourceInUseException",
		"zone": "HostedZoneNotEmpty", "subnet0": "DependencyViolation"} {
		assert.Equal(t, want, code(l.remove(ireland, name)), name)
	}
	lb := l.made[ireland+"/lb"]
	_, err := l.Update(ireland, lb.Kind, lb.ID, with(lb.In, "EnableDeletionProtection", true))
	require.NoError(t, err)
	assert.Equal(t, "OperationNotPermitted", code(l.remove(ireland, "lb")))
}
