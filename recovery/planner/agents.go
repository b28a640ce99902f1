package planner

import (
	"fmt"
	"maps"
	"slices"

	"redoubt/recovery/plan"
	"redoubt/system"
	"redoubt/timings"
)

// The sources that the steps of the agents rely on.
const (
	scaleSource = "https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/"
	pauseSource = "https://keda.sh/docs/latest/concepts/scaling-deployments/#pausing-autoscaling"
	nodesSource = "https://docs.aws.amazon.com/eks/latest/APIReference/API_UpdateNodegroupConfig.html"
	// pausedKey is KEDA's annotation that keeps a scaler from acting.
	pausedKey = "autoscaling.keda.sh/paused"
)

// nodes asks each zone's group for the nodes that the agents need where they
// serve. It returns the steps by which there is room.
func (d *draft) nodes(to system.Home) []string {
	c := d.home(to).Cluster
	var ids []string
	for _, zone := range slices.Sorted(maps.Keys(c.NodeGroups)) {
		of := plan.Document{"clusterName": c.Name, "nodegroupName": c.NodeGroups[zone]}
		in := maps.Clone(of)
		in["scalingConfig"] = plan.Document{"desiredSize": c.ActiveNodes}
		ids = append(ids, d.add(plan.Step{
			ID: "nodes-" + zone, Title: "Ask for the nodes of zone " + zone, Role: plan.Capacity,
			Why: "What runs in a standby has less room than what serves. One zone's shortage stays in that zone: " +
				"two zones carry the declared load.",
			Source: nodesSource, Call: aws(to, "eks", "UpdateNodegroupConfig", in),
			Condition: holds(aws(to, "eks", "DescribeNodegroup", of),
				atLeast("nodegroup.scalingConfig.desiredSize", c.ActiveNodes), is("nodegroup.status", "ACTIVE")),
			Budget: timings.EKSScaleoutCa, Timeout: minutes(15), OnFailure: plan.Continue,
		}))
	}
	return ids
}

// object is a request about an object of a home's agents.
func (d *draft) object(home system.Home, op, version, kind, name string, more plan.Document) plan.Call {
	c := d.home(home).Cluster
	in := plan.Document{
		"Server": c.Endpoint, "ApiVersion": version, "Kind": kind, "Namespace": c.Namespace, "Name": name,
	}
	maps.Copy(in, more)
	return plan.Call{Kind: plan.Kubernetes, Home: home, Service: "kubernetes", Operation: op, Input: in}
}

// ready expects that a Deployment has at least so many replicas that answer.
func (d *draft) ready(home system.Home, deployment string, replicas int) plan.Condition {
	want := atLeast("status.readyReplicas", replicas)
	want.Missing = 0 // Kubernetes leaves a count of none out
	return holds(d.object(home, "Get", "apps/v1", "Deployment", deployment, nil), want)
}

// scaleTo changes the least number of replicas that an agent runs with, from
// one size to another: where nothing runs, its scaler leaves it alone until it is started.
func (d *draft) scaleTo(home system.Home, agent string, from, to int) plan.Call {
	of := d.home(home).Agents[agent]
	patch := func(version, kind, name string, patch plan.Document) plan.Call {
		return d.object(home, "Patch", version, kind, name, plan.Document{"Patch": patch})
	}
	switch consumer := of.ScalerKind == "ScaledObject"; {
	case consumer && from == 0:
		return patch("keda.sh/v1alpha1", of.ScalerKind, of.Scaler,
			plan.Document{"metadata": plan.Document{"annotations": plan.Document{pausedKey: "false"}}})
	case consumer:
		return patch("keda.sh/v1alpha1", of.ScalerKind, of.Scaler,
			plan.Document{"spec": plan.Document{"minReplicaCount": to}})
	case from == 0:
		return d.object(home, "Patch", "apps/v1", "Deployment", of.Deployment, plan.Document{
			"Subresource": "scale", "Patch": plan.Document{"spec": plan.Document{"replicas": to}}})
	default:
		return patch("autoscaling/v2", of.ScalerKind, of.Scaler,
			plan.Document{"spec": plan.Document{"minReplicas": to}})
	}
}

// start brings an agent to the size that it has where it serves.
func (d *draft) start(to system.Home, a system.Agent, needs []string, critical bool) []string {
	of := d.home(to).Agents[a.Name]
	if of.Deployment == "" {
		d.wrong("the inventory does not know agent %s in the %s home", a.Name, to)
		return nil
	}
	undo := d.stopAgain(to, a.Name)
	return []string{d.add(plan.Step{
		ID: "start-" + a.Name, Title: fmt.Sprintf("Bring agent %s to %d replicas", a.Name, of.Active), Role: plan.Start,
		Subject: plan.Subject{Agent: a.Name}, Needs: needs, Source: scaleSource,
		Why: fmt.Sprintf("A standby keeps %d of its %d replicas; fewer do not carry the declared load with a zone lost.",
			of.Standby, of.Active),
		Call: d.scaleTo(to, a.Name, of.Standby, of.Active), Condition: d.ready(to, of.Deployment, of.Active),
		Undo: &undo, Budget: timings.EKSScaleoutCa, Timeout: minutes(20), OnFailure: onFailure(critical),
	})}
}

// stopAgain takes a start back. A scaler's least is never none: what a standby
// does not run is scaled to none, and a consumer's scaler rests as it did before.
func (d *draft) stopAgain(home system.Home, agent string) plan.Call {
	switch of := d.home(home).Agents[agent]; {
	case of.Standby > 0:
		return d.scaleTo(home, agent, of.Active, of.Standby)
	case of.ScalerKind == "ScaledObject":
		return d.paused(home, of.Scaler, "true")
	default:
		return d.replicas(home, of.Deployment, 0)
	}
}

// fences stops the agents that write in the home that is left. In a planned
// move what follows waits for them; a lost home's are tried once and left.
func (d *draft) fences(m move, ready []string) []string {
	var ids []string
	for _, a := range d.System.Agents {
		of := d.home(m.from).Agents[a.Name]
		if !d.System.Leased(a) || of.Deployment == "" {
			continue
		}
		s := plan.Step{
			Role: plan.Fence, Subject: plan.Subject{Agent: a.Name}, Needs: ready, Budget: timings.EKSDrain,
			Timeout: minutes(10), OnFailure: plan.Stop,
			Why: "A store with one writer must not have two: what still runs in the home that is left would write beside the new one.",
		}
		if !m.planned {
			s.Timeout, s.OnFailure = minutes(2), plan.Continue
		}
		if of.ScalerKind == "ScaledObject" {
			pause := s
			pause.ID, pause.Title = "pause-"+a.Name, fmt.Sprintf("Pause the scaler of agent %s in the %s home", a.Name, m.from)
			pause.Source, pause.Call = pauseSource, d.paused(m.from, of.Scaler, "true")
			undo := d.paused(m.from, of.Scaler, "false")
			pause.Undo, pause.Condition = &undo, d.isPaused(m.from, of.Scaler, "true")
			s.Needs = []string{d.add(pause)}
		}
		s.ID, s.Title = "fence-"+a.Name, fmt.Sprintf("Stop agent %s in the %s home", a.Name, m.from)
		s.Source = scaleSource
		s.Call = d.replicas(m.from, of.Deployment, 0)
		undo := d.replicas(m.from, of.Deployment, of.Active)
		s.Undo = &undo
		gone := plan.Expect{Path: "status.replicas", Op: plan.AtMost, Value: 0, Missing: 0}
		s.Condition = holds(d.object(m.from, "Get", "apps/v1", "Deployment", of.Deployment, nil), gone)
		ids = append(ids, d.add(s))
	}
	return ids
}

func (d *draft) replicas(home system.Home, deployment string, n int) plan.Call {
	return d.object(home, "Patch", "apps/v1", "Deployment", deployment, plan.Document{
		"Subresource": "scale", "Patch": plan.Document{"spec": plan.Document{"replicas": n}}})
}

func (d *draft) paused(home system.Home, scaler, value string) plan.Call {
	return d.object(home, "Patch", "keda.sh/v1alpha1", "ScaledObject", scaler, plan.Document{
		"Patch": plan.Document{"metadata": plan.Document{"annotations": plan.Document{pausedKey: value}}}})
}

// isPaused looks at the replicas, because a path cannot name an annotation.
func (d *draft) isPaused(home system.Home, scaler, value string) plan.Condition {
	return holds(d.object(home, "Get", "keda.sh/v1alpha1", "ScaledObject", scaler, nil),
		is(`metadata.annotations."`+pausedKey+`"`, value))
}
