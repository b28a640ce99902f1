package world

import "strings"

const (
	healthy   = "Healthy"
	unhealthy = "Unhealthy"
)

// healthFirst gives a new check its first status: healthy, which an inverted
// check shows as unhealthy until there is data.
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
func healthFirst(t *tx, e, old *Entity) error {
	if old == nil {
		e.Out["Status"] = healthy
	}
	return nil
}

// metricChecks are the checks that follow the metric of an alarm.
func (t *tx) metricChecks() []judged {
	return t.pick(&t.checks, t.list(kindHealthCheck, Global), func(h *Entity) (one judged, picked bool) {
		alarm := doc(h.Out, "Alarm")
		if str(h.In, "Type") != "CLOUDWATCH_METRIC" || alarm == nil {
			return one, false
		}
		return judged{h, t.settingsOf(str(h.In, "CloudwatchAlarmRegion"), alarm), str(h.Out, "Status")}, true
	})
}

// observeMetric judges the alarm's metric, not the alarm's state, with the
// settings as they were copied.
func (t *tx) observeMetric(one judged) bool {
	status := one.was
	switch t.judge(one.of, "missing", "") {
	case stateOK:
		status = healthy
	case stateAlarm:
		status = unhealthy
	case insufficient:
		if s := str(one.e.In, "InsufficientDataHealthStatus"); s == healthy || s == unhealthy {
			status = s
		}
	}
	if status == one.was {
		return false
	}
	t.restate(one.e).Out["Status"] = status
	return true
}

// healthyCheck is what the check shows to records: disabled is healthy,
// inverted is the opposite.
func (t *tx) healthyCheck(id string) bool {
	h := t.get(kindHealthCheck, Global, id)
	if h == nil || yes(h.In, "Disabled") {
		return true
	}
	good := str(h.Out, "Status") == healthy
	switch str(h.In, "Type") {
	case "CALCULATED":
		n := 0.0
		for _, child := range strs(h.In, "ChildHealthchecks") {
			if t.healthyCheck(child) {
				n++
			}
		}
		good = n >= numOr(h.In, "ChildHealthThreshold", 0)
	case "RECOVERY_CONTROL":
		c := t.get(kindRoutingControl, Global, str(h.In, "RoutingControlArn"))
		good = c != nil && str(c.Out, "RoutingControlState") == "On"
	}
	return good != yes(h.In, "InvertHealthcheck")
}

// serves reports whether somebody answers at a name: the load balancer behind
// it is in a region that is up and has someone to forward to.
func (t *tx) serves(name string) bool {
	lb := t.loadBalancerAt(name)
	if lb == nil {
		a, err := t.resolve(asker{}, name, "A", 0)
		if err != nil {
			return false
		}
		lb = t.loadBalancerAt(a.Target)
	}
	return lb != nil && !t.down(lb.Region) && t.targetsHealthy(lb, true)
}

// targetsHealthy: every target group that has targets has a healthy one, and
// one without targets counts as unhealthy; a fixed answer always works.
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-values-alias-common.html
func (t *tx) targetsHealthy(lb *Entity, fixedCounts bool) bool {
	good := false
	for _, l := range t.list(kindListener, lb.Region) {
		if str(l.In, "LoadBalancerArn") != lb.ARN {
			continue
		}
		for _, a := range docs(l.In, "DefaultActions") {
			good = good || fixedCounts && str(a, "Type") == "fixed-response" && str(a, "FixedResponse.StatusCode") < "4"
		}
		groups := listenerGroups(l)
		for _, r := range t.list(kindListenerRule, lb.Region) {
			if str(r.In, "ListenerArn") == l.ARN {
				groups = append(groups, strs(r.In, "Actions.TargetGroupArn")...)
			}
		}
		for _, arn := range groups {
			if !t.groupHealthy(arn) {
				return false
			}
			good = true
		}
	}
	return good
}

func (t *tx) groupHealthy(arn string) bool {
	g := t.arn(arn)
	if g == nil || t.flapping(g.Region) {
		return false
	}
	for _, target := range docs(g.Out, "Targets") {
		if !t.zoneDown(str(target, "AvailabilityZone")) {
			return true
		}
	}
	return t.bound(g)
}

// bound reports whether pods that a cluster's load balancer controller registers in a target group are ready. That it does
// so at once is assumed:
// https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/targetgroupbinding/targetgroupbinding/
func (t *tx) bound(group *Entity) bool {
	for _, b := range t.list(kindKubernetes, group.Region) {
		object, _ := b.In["Object"].(Document)
		if str(object, "kind") != "TargetGroupBinding" || str(object, "spec.targetGroupARN") != group.ARN {
			continue
		}
		base, at := b.ID[:strings.Index(b.ID, "/")+1], "/"+str(object, "metadata.namespace")+"/"
		d := t.get(kindKubernetes, b.Region, base+"apps/v1:Deployment"+at+str(object, "spec.serviceRef.name"))
		if d != nil && numOr(t.deploymentStatus(d), "readyReplicas", 0) > 0 {
			return true
		}
	}
	return false
}

// getHealthCheckStatus is route53 GetHealthCheckStatus in short
// (https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetHealthCheckStatus.html):
// one observation, whose Status begins with Success or Failure.
func getHealthCheckStatus(t *tx, r Request) (Document, error) {
	id := str(r.Input, "HealthCheckId")
	if t.get(kindHealthCheck, Global, id) == nil {
		return nil, kinds[kindHealthCheck].notFound(id)
	}
	status := "Failure: the check is unhealthy"
	if t.healthyCheck(id) {
		status = "Success: the check is healthy"
	}
	return Document{"HealthCheckObservations": []any{Document{
		"Region": "us-east-1", "StatusReport": Document{"Status": status, "CheckedTime": t.clock().Format(timeFormat)},
	}}}, nil
}
