package drive

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"redoubt/inventory"
	"redoubt/inventory/directory"
	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
	"redoubt/sim/world"
	"redoubt/system"
)

// probe is what a task meets on its way from the gateway to a tool runner and
// back: the name leads into the home, every agent of the way answers there, and
// every store takes writes there, where the agents find it. That a task passes when all of this holds is
// assumed; the agents themselves are not simulated.
func (w World) probe(ctx context.Context, c plan.Call) (plan.Document, error) {
	of, known := w.Inventory.Homes[c.Home]
	if !known {
		return nil, &execute.ClassError{Class: execute.Invalid, Err: fmt.Errorf("%s: no inventory of the home", c)}
	}
	why, err := w.passes(ctx, c, of)
	if err != nil || why != "" {
		return plan.Document{"Passed": false, "Why": why}, err
	}
	return plan.Document{"Passed": true}, nil
}

// passes is why the task does not pass, or nothing.
func (w World) passes(ctx context.Context, c plan.Call, of inventory.Home) (string, error) {
	for _, name := range list(c.Input["Agents"]) {
		why, _ := w.remembered("answers", c.Home, nil, name, func() (any, error) { return w.answers(ctx, c.Home, of, name), nil })
		if why != "" {
			return fmt.Sprintf("agent %s: %s", name, why), nil
		}
	}
	found, err := w.remembered("found", c.Home, nil, "", func() (any, error) {
		at, err := w.found(ctx, c.Home, of)
		return &at, err
	})
	if err != nil {
		return fmt.Sprintf("the agents find no directory: %v", err), nil
	}
	home := found.(*inventory.Home)
	for _, name := range list(c.Input["Stores"]) {
		why, _ := w.remembered("takes", c.Home, home, name, func() (any, error) {
			return w.takesWrites(ctx, c.Home, *home, name), nil
		})
		if why != "" {
			return fmt.Sprintf("store %s: %s", name, why), nil
		}
	}
	domain, _ := c.Input["Domain"].(string)
	led, err := w.remembered("leads", c.Home, nil, domain, func() (any, error) { return w.World.Resolve(domain, "A") })
	at, _ := led.(world.Answer)
	switch {
	case err != nil:
		return fmt.Sprintf("%s does not resolve: %v", domain, err), nil
	case at.Region != of.Region:
		return fmt.Sprintf("%s leads to %s", domain, at.Region), nil
	}
	return "", nil
}

// found is the home as its agents find it: a table or a cache that a plan has restored is
// where the directory says.
func (w World) found(ctx context.Context, home system.Home, of inventory.Home) (inventory.Home, error) {
	out, err := w.Call(ctx, plan.Call{Kind: plan.AWS, Home: home, Service: "ssm", Operation: "GetParameter",
		Input: plan.Document{"Name": of.Discovery.Parameter}})
	if err != nil {
		return of, err
	}
	text, _ := plan.Path("Parameter.Value").Find(out)
	d, err := directory.Decode(fmt.Sprint(text))
	if err != nil {
		return of, err
	}
	of.Stores = maps.Clone(of.Stores)
	for name, at := range d.Stores {
		s, known := of.Stores[name]
		switch {
		case known && s.Kind == system.Table:
			s.Name = at.Name
		case known && s.Kind == system.Cache && s.GlobalID != "":
			if s, err = w.group(ctx, home, of, s, at); err != nil {
				return of, fmt.Errorf("store %s: %w", name, err)
			}
		}
		if known {
			of.Stores[name] = s
		}
	}
	return of, nil
}

// group is the group of a cache that a client reaches: the name leads to it, and its certificate is of
// one of AWS's names that the directory tells.
func (w World) group(ctx context.Context, home system.Home, of inventory.Home, s inventory.Store, at directory.Store,
) (inventory.Store, error) {
	host := at.Host
	if !slices.Contains(at.TLSNames, host) {
		led, err := w.World.ResolveIn(of.Region, of.Network.VpcID, host, "CNAME")
		if err != nil || len(led.Values) != 1 {
			return s, fmt.Errorf("%s leads to %v: %w", host, led.Values, err)
		}
		host = led.Values[0]
	}
	if !slices.Contains(at.TLSNames, host) {
		return s, fmt.Errorf("%s leads to %s, whose certificate is none of %v", at.Host, host, at.TLSNames)
	}
	out, err := w.Call(ctx, plan.Call{Kind: plan.AWS, Home: home, Service: "elasticache",
		Operation: "DescribeReplicationGroups", Input: plan.Document{}})
	if err != nil {
		return s, err
	}
	for _, one := range out["ReplicationGroups"].([]any) {
		address, _ := plan.Path("NodeGroups[0].PrimaryEndpoint.Address").Find(one)
		if address == host {
			id, _ := plan.Path("ReplicationGroupId").Find(one)
			global, _ := plan.Path("GlobalReplicationGroupInfo.GlobalReplicationGroupId").Find(one)
			s.Name, _ = id.(string)
			s.GlobalID, _ = global.(string)
			return s, nil
		}
	}
	return s, nil // it is the other home's: whether that is right, its writer tells
}

func list(v any) []string {
	var out []string
	all, _ := v.([]any)
	for _, one := range all {
		if s, ok := one.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// answers says why an agent does not answer in a home, or nothing.
func (w World) answers(ctx context.Context, home system.Home, of inventory.Home, name string) string {
	why := w.holds(ctx, plan.Condition{
		Call: plan.Call{Kind: plan.Kubernetes, Home: home, Service: "kubernetes", Operation: "Get", Input: plan.Document{
			"Server": of.Cluster.Endpoint, "ApiVersion": "apps/v1", "Kind": "Deployment",
			"Namespace": of.Cluster.Namespace, "Name": of.Agents[name].Deployment}},
		All: []plan.Expect{{Path: "status.readyReplicas", Op: plan.AtLeast, Value: 1, Missing: 0}},
	})
	if why == "" {
		why = text(w.World.PodsAnswer(of.Region, of.Agents[name].Deployment))
	}
	if why == "" {
		why = text(w.copesWithCalls(ctx, home, of, name))
	}
	return why
}

// takesWrites says why a store takes no writes in a home, or nothing.
func (w World) takesWrites(ctx context.Context, home system.Home, of inventory.Home, name string) string {
	s := of.Stores[name]
	ask := func(service, operation string, in plan.Document, all ...plan.Expect) plan.Condition {
		return plan.Condition{All: all, Call: plan.Call{
			Kind: plan.AWS, Home: home, Service: service, Operation: operation, Input: in}}
	}
	is := func(path string, value any) plan.Expect {
		return plan.Expect{Path: plan.Path(path), Op: plan.Is, Value: value}
	}
	if s.Kind == system.Postgres || s.Kind == system.Cache {
		if err := w.World.Writes(of.Region, s.Name); err != nil {
			return err.Error()
		}
	}
	switch {
	case s.Kind == system.Postgres && s.GlobalID != "":
		member := fmt.Sprintf("GlobalClusters[0].GlobalClusterMembers[?DBClusterArn==%q].IsWriter", s.Arn)
		return w.holds(ctx, ask("rds", "DescribeGlobalClusters", plan.Document{"GlobalClusterIdentifier": s.GlobalID},
			is(member, true), is("GlobalClusters[0].Status", "available")))
	case s.Kind == system.Cache && s.GlobalID != "":
		member := fmt.Sprintf("GlobalReplicationGroups[0].Members[?ReplicationGroupId==%q].Role", s.Name)
		return w.holds(ctx, ask("elasticache", "DescribeGlobalReplicationGroups", plan.Document{
			"GlobalReplicationGroupId": s.GlobalID, "ShowMemberInfo": true}, is(member, "PRIMARY")))
	case s.Kind == system.Table:
		return w.holds(ctx, ask("dynamodb", "DescribeTable", plan.Document{"TableName": s.Name},
			is("Table.TableStatus", "ACTIVE")))
	case s.Kind == system.Queue:
		return w.holds(ctx, ask("sqs", "GetQueueAttributes",
			plan.Document{"QueueUrl": s.URL, "AttributeNames": []any{"QueueArn"}}, is("Attributes.QueueArn", s.Arn)))
	}
	return ""
}

// holds says why a condition does not hold, or nothing.
func (w World) holds(ctx context.Context, c plan.Condition) string {
	out, err := w.Call(ctx, c.Call)
	if err != nil {
		return err.Error()
	}
	if answer, why := c.Judge(out); answer != plan.Done {
		return why
	}
	return ""
}
