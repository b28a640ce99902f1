package world

import (
	"slices"
	"strings"
)

const (
	kindZone        = "AWS::Route53::HostedZone"
	kindHealthCheck = "AWS::Route53::HealthCheck"

	route53Doc = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/"
)

var route53Kinds = []Kind{
	{
		Name: kindZone, Service: "route53", Source: route53Doc + "CreatingHostedZone.html", Global: true,
		NotFound: "NoSuchHostedZone", Required: []string{"Name"}, Fixed: []string{"Name"},
		id:     func(t *tx, e *Entity) string { return "Z" + t.letters(e, "id", upper, 20) },
		arn:    func(_ *tx, e *Entity) string { return "arn:aws:route53:::hostedzone/" + e.ID },
		checks: []check{zoneVpcs}, computed: zoneComputed, guard: zoneEmpty, remove: removeZone,
		seen: zoneNetworks,
	},
	{
		Name: kindHealthCheck, Service: "route53", Source: route53Doc + "health-checks-creating-values.html", Global: true,
		NotFound: "NoSuchHealthCheck", Required: []string{"Type"},
		Fixed:  []string{"Type", "RequestInterval", "RoutingControlArn"},
		id:     func(t *tx, e *Entity) string { return t.uuid(e, "id") },
		arn:    func(_ *tx, e *Entity) string { return "arn:aws:route53:::healthcheck/" + e.ID },
		checks: []check{healthShape, healthAlarm, healthChildren}, computed: healthComputed, after: healthFirst,
		guard: healthUnused,
	},
}

func zoneVpcs(t *tx, e, _ *Entity) error {
	for _, v := range docs(e.In, "Vpcs") {
		region := str(v, "VpcRegion")
		found := false
		for _, vpc := range t.list(kindVPC, region) {
			found = found || vpc.ID == str(v, "VpcId")
		}
		if !found {
			return refuse("InvalidVPCId", "VPC %s does not exist in %s", str(v, "VpcId"), region)
		}
	}
	return nil
}

func zoneComputed(t *tx, e *Entity) {
	e.Out["ZoneId"] = e.ID
	servers := []string{}
	for _, tld := range []string{"com", "net", "org", "co.uk"} {
		servers = append(servers, "ns-"+t.letters(e, "ns"+tld, "123456789", 3)+".awsdns-"+t.letters(e, "d"+tld,
			"0123456789", 2)+"."+tld)
	}
	set(e, "NameServers", anyList(servers...))
	set(e, "PrimaryNameServer", servers[0])
	def(e, "Comment", "Managed by Pulumi")
}

func zoneEmpty(t *tx, e *Entity) error {
	if n := len(t.recordsOf(e.ID)); n > 0 && !yes(e.In, "ForceDestroy") {
		return refuse("HostedZoneNotEmpty", "zone %s still has %d records", e.ID, n)
	}
	return nil
}

func removeZone(t *tx, e *Entity) error {
	for _, r := range t.recordsOf(e.ID) {
		t.drop(r)
	}
	t.drop(e)
	return nil
}

var endpointTypes = []string{"HTTP", "HTTPS", "HTTP_STR_MATCH", "HTTPS_STR_MATCH", "TCP"}

func healthShape(t *tx, e, _ *Entity) error {
	kind := str(e.In, "Type")
	endpoint := slices.Contains(endpointTypes, kind)
	switch {
	case endpoint && str(e.In, "Fqdn") == "" && str(e.In, "IpAddress") == "":
		return refuse("InvalidInput", "health check: Fqdn or IpAddress is required for %s", kind)
	case strings.HasSuffix(kind, "_STR_MATCH") && str(e.In, "SearchString") == "":
		return refuse("InvalidInput", "health check: SearchString is required for %s", kind)
	case !endpoint && (has(e.In, "RequestInterval") || has(e.In, "Port") || str(e.In, "Fqdn") != ""):
		return refuse("InvalidInput", "health check: %s takes no endpoint", kind)
	case kind == "RECOVERY_CONTROL" && (has(e.In, "FailureThreshold") || has(e.In, "MeasureLatency")):
		return refuse("InvalidInput", "health check: RECOVERY_CONTROL takes no FailureThreshold and no MeasureLatency")
	case kind == "RECOVERY_CONTROL" && t.get(kindRoutingControl, Global, str(e.In, "RoutingControlArn")) == nil:
		return refuse("InvalidInput", "health check: routing control %q does not exist", str(e.In, "RoutingControlArn"))
	case kind == "CALCULATED" && !has(e.In, "ChildHealthThreshold"):
		return refuse("InvalidInput", "health check: ChildHealthThreshold is required for CALCULATED")
	case len(strs(e.In, "Regions")) > 0 && len(strs(e.In, "Regions")) < 3:
		return refuse("InvalidInput", "health check: Regions names %d, want at least 3", len(strs(e.In, "Regions")))
	}
	return nil
}

// healthAlarm holds the limits of an alarm that a health check can follow:
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-creating-values.html#health-checks-creating-values-cloudwatch
func healthAlarm(t *tx, e, _ *Entity) error {
	name, region := str(e.In, "CloudwatchAlarmName"), str(e.In, "CloudwatchAlarmRegion")
	if str(e.In, "Type") != "CLOUDWATCH_METRIC" {
		if name != "" || region != "" {
			return refuse("InvalidInput", "Basic health checks must not have an metric region specified")
		}
		return nil
	}
	a := t.get(kindAlarm, region, name)
	switch {
	case a == nil:
		return refuse("InvalidInput", "health check: alarm %q does not exist in %q", name, region)
	case has(a.In, "MetricQueries"):
		return refuse("InvalidInput", "health check: alarm %s uses metric math", name)
	case str(a.In, "ExtendedStatistic") != "":
		return refuse("InvalidInput", "health check: alarm %s uses an extended statistic", name)
	case has(a.In, "DatapointsToAlarm") && numOr(a.In, "DatapointsToAlarm", 0) != numOr(a.In, "EvaluationPeriods", 0):
		return refuse("InvalidInput", "health check: alarm %s is M out of N", name)
	case numOr(a.In, "Period", 0) < 60:
		return refuse("InvalidInput", "health check: alarm %s has a high-resolution period", name)
	}
	return nil
}

func healthChildren(t *tx, e, _ *Entity) error {
	children := strs(e.In, "ChildHealthchecks")
	if len(children) > 256 {
		return refuse("InvalidInput", "health check: has %d children, at most 256", len(children))
	}
	for _, id := range children {
		c := t.get(kindHealthCheck, Global, id)
		if c == nil {
			return refuse("InvalidInput", "health check: child %s does not exist", id)
		}
		if str(c.In, "Type") == "CALCULATED" {
			return refuse("InvalidInput", "health check: child %s is CALCULATED itself", id)
		}
	}
	return nil
}

// healthComputed copies the alarm's settings, as AWS does: a later change of
// the alarm has no effect until the health check itself is updated.
func healthComputed(t *tx, e *Entity) {
	if a := t.get(kindAlarm, str(e.In, "CloudwatchAlarmRegion"), str(e.In, "CloudwatchAlarmName")); a != nil {
		e.Out["Alarm"] = copyDoc(a.In)
	}
	def(e, "Disabled", false)
	def(e, "InvertHealthcheck", false)
	if slices.Contains(endpointTypes, str(e.In, "Type")) {
		def(e, "RequestInterval", 30.0)
		def(e, "FailureThreshold", 3.0)
		def(e, "MeasureLatency", false)
	}
}

// healthUnused refuses to leave a calculated check without its child.
// Deleting a check that records name is not refused by AWS.
func healthUnused(t *tx, e *Entity) error {
	for _, c := range t.list(kindHealthCheck, Global) {
		if slices.Contains(strs(c.In, "ChildHealthchecks"), e.ID) {
			return refuse("HealthCheckInUse", "%s is a child of %s", e.ID, c.ID)
		}
	}
	return nil
}
