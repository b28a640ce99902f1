package world

import "slices"

// trafficOperations are the operations on what moves and shows traffic.
func trafficOperations() map[string]operation {
	return map[string]operation{
		"cloudwatch.PutMetricData":                            {data: true, run: putMetricData},
		"cloudwatch.GetMetricStatistics":                      {data: true, run: getMetricStatistics},
		"cloudwatch.DescribeAlarms":                           {run: describeAlarms},
		"route53.GetHealthCheckStatus":                        {at: "us-east-1", run: getHealthCheckStatus},
		"route53.ListResourceRecordSets":                      {at: "us-east-1", run: listResourceRecordSets},
		"elasticloadbalancing.RegisterTargets":                {run: registerTargets},
		"elasticloadbalancing.DeregisterTargets":              {run: deregisterTargets},
		"route53-recovery-cluster.UpdateRoutingControlStates": {data: true, run: updateRoutingControls},
		"route53-recovery-cluster.ListRoutingControls":        {data: true, run: listRoutingControls},
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

// updateRoutingControls is route53-recovery-cluster UpdateRoutingControlStates,
// served by any of the cluster's five endpoints: all of the states or, when a
// safety rule does not hold after them, none.
// https://docs.aws.amazon.com/routing-control/latest/APIReference/API_UpdateRoutingControlStates.html
func updateRoutingControls(t *tx, r Request) (Document, error) {
	entries := docs(r.Input, "UpdateRoutingControlStateEntries")
	if len(entries) == 0 {
		return nil, refuse("ValidationException", "UpdateRoutingControlStateEntries is empty")
	}
	touched := map[string]bool{}
	for _, e := range entries {
		arn, state := str(e, "RoutingControlArn"), str(e, "RoutingControlState")
		c := t.get(kindRoutingControl, Global, arn)
		if c == nil {
			return nil, kinds[kindRoutingControl].notFound(arn)
		}
		if state != "On" && state != "Off" {
			return nil, refuse("ValidationException", "RoutingControlState %q must be On or Off", state)
		}
		t.edit(c).Out["RoutingControlState"], touched[arn] = state, true
	}
	for _, rule := range t.list(kindSafetyRule, Global) {
		guards := slices.ContainsFunc(strs(rule.In, "AssertedControls"), func(arn string) bool { return touched[arn] })
		if guards && !t.asserted(rule) {
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

// listRoutingControls is route53-recovery-cluster ListRoutingControls of one panel.
// https://docs.aws.amazon.com/routing-control/latest/APIReference/API_ListRoutingControls.html
func listRoutingControls(t *tx, r Request) (Document, error) {
	panel, list := str(r.Input, "ControlPanelArn"), []any{}
	if t.get(kindControlPanel, Global, panel) == nil {
		return nil, kinds[kindControlPanel].notFound(panel)
	}
	for _, c := range t.controlsOf(panel) {
		list = append(list, Document{"ControlPanelArn": str(c.In, "ControlPanelArn"), "RoutingControlArn": c.ARN,
			"RoutingControlName": str(c.In, "Name"), "RoutingControlState": c.Out["RoutingControlState"]})
	}
	return Document{"RoutingControls": list}, nil
}
