package world

import "slices"

// trafficOperations are the operations on what moves and shows traffic.
func trafficOperations() map[string]operation {
	return map[string]operation{
		"cloudwatch.PutMetricData":                           {data: true, run: putMetricData},
		"cloudwatch.GetMetricStatistics":                     {data: true, run: getMetricStatistics},
		"cloudwatch.DescribeAlarms":                          {run: describeAlarms},
		"route53.GetHealthCheckStatus":                       {at: "us-east-1", run: getHealthCheckStatus},
		"route53.ListResourceRecordSets":                     {at: "us-east-1", run: listResourceRecordSets},
		"elasticloadbalancing.RegisterTargets":               {run: registerTargets},
		"elasticloadbalancing.DeregisterTargets":             {run: deregisterTargets},
		"route53-recovery-cluster.UpdateRoutingControlState": {data: true, run: updateRoutingControl},
		"route53-recovery-cluster.GetRoutingControlState":    {data: true, run: getRoutingControl},
	}
}

// registerTargets is elasticloadbalancing RegisterTargets. A target is healthy
// as soon as it is registered and while its zone is up (assumed).
func registerTargets(t *tx, r Request) (Document, error) {
	g, err := groupFor(t, r)
	if err != nil {
		return nil, err
	}
	list := docs(g.Out, "Targets")
	for _, target := range docs(r.Input, "Targets") {
		list = append(slices.DeleteFunc(list, sameTarget(target)), target)
	}
	keepTargets(t, g, list)
	return Document{}, nil
}

// deregisterTargets is elasticloadbalancing DeregisterTargets.
func deregisterTargets(t *tx, r Request) (Document, error) {
	g, err := groupFor(t, r)
	if err != nil {
		return nil, err
	}
	list := docs(g.Out, "Targets")
	for _, target := range docs(r.Input, "Targets") {
		list = slices.DeleteFunc(list, sameTarget(target))
	}
	keepTargets(t, g, list)
	return Document{}, nil
}

func groupFor(t *tx, r Request) (*Entity, error) {
	arn := str(r.Input, "TargetGroupArn")
	g := t.get(kindTargetGroup, r.Region, arn)
	if g == nil {
		return nil, kinds[kindTargetGroup].notFound(arn)
	}
	return g, nil
}

func sameTarget(a Document) func(Document) bool {
	return func(b Document) bool { return str(a, "Id") == str(b, "Id") && str(a, "Port") == str(b, "Port") }
}

func keepTargets(t *tx, g *Entity, list []Document) {
	all := make([]any, len(list))
	for i, d := range list {
		all[i] = d
	}
	t.edit(g).Out["Targets"] = all
}

// updateRoutingControl is route53-recovery-cluster UpdateRoutingControlState,
// served by any of the cluster's five endpoints; safety rules guard it.
// https://docs.aws.amazon.com/routing-control/latest/APIReference/API_UpdateRoutingControlState.html
func updateRoutingControl(t *tx, r Request) (Document, error) {
	c, err := controlFor(t, r)
	if err != nil {
		return nil, err
	}
	state := str(r.Input, "RoutingControlState")
	if state != "On" && state != "Off" {
		return nil, refuse("ValidationException", "RoutingControlState %q must be On or Off", state)
	}
	t.edit(c).Out["RoutingControlState"] = state
	for _, rule := range t.list(kindSafetyRule, Global) {
		if slices.Contains(strs(rule.In, "AssertedControls"), c.ARN) && !t.asserted(rule) {
			return nil, &Error{Code: "ConflictException", Status: 409,
				Message: "safety rule " + str(rule.In, "Name") + " does not hold"}
		}
	}
	return Document{}, nil
}

// asserted reports whether a safety rule's controls are as it wants them.
func (t *tx) asserted(rule *Entity) bool {
	on, all := 0.0, strs(rule.In, "AssertedControls")
	for _, arn := range all {
		if c := t.get(kindRoutingControl, Global, arn); c != nil && str(c.Out, "RoutingControlState") == "On" {
			on++
		}
	}
	holds := false
	switch str(rule.In, "RuleConfig.Type") {
	case "ATLEAST":
		holds = on >= numOr(rule.In, "RuleConfig.Threshold", 0)
	case "AND":
		holds = on == float64(len(all))
	case "OR":
		holds = on > 0
	}
	return holds != yes(rule.In, "RuleConfig.Inverted")
}

func getRoutingControl(t *tx, r Request) (Document, error) {
	c, err := controlFor(t, r)
	if err != nil {
		return nil, err
	}
	return Document{"RoutingControlArn": c.ARN, "RoutingControlName": str(c.In, "Name"),
		"RoutingControlState": c.Out["RoutingControlState"]}, nil
}

func controlFor(t *tx, r Request) (*Entity, error) {
	arn := str(r.Input, "RoutingControlArn")
	c := t.get(kindRoutingControl, Global, arn)
	if c == nil {
		return nil, kinds[kindRoutingControl].notFound(arn)
	}
	if !slices.Contains(arcRegions, r.Region) {
		return nil, refuse("EndpointTemporarilyUnavailableException", "the cluster has no endpoint in %s", r.Region)
	}
	return c, nil
}
