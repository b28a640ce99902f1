package planner

import (
	"fmt"
	"maps"
	"slices"

	"redoubt/recovery/plan"
	"redoubt/system"
	"redoubt/timings"
)

// standBy gives the agents and nodes of a home the size that they have where
// it does not serve. It returns the steps.
func (d *draft) standBy(home system.Home, needs []string) []string {
	var ids []string
	for _, a := range d.System.Agents {
		if of := d.home(home).Agents[a.Name]; !d.both(a.Tier) && of.Deployment != "" {
			ids = append(ids, d.rest(home, a, needs)...)
		}
	}
	c := d.home(home).Cluster
	for _, zone := range slices.Sorted(maps.Keys(c.NodeGroups)) {
		of := plan.Document{"clusterName": c.Name, "nodegroupName": c.NodeGroups[zone]}
		in := maps.Clone(of)
		in["scalingConfig"] = plan.Document{"desiredSize": c.RunningNodes}
		d.add(plan.Step{
			ID: "rest-nodes-" + zone, Title: "Let go of the nodes of zone " + zone, Role: plan.Settle, Needs: ids,
			Why:    "A standby pays for what its strategy holds ready, and no more.",
			Source: nodesSource, Call: aws(home, "eks", "UpdateNodegroupConfig", in),
			Condition: holds(aws(home, "eks", "DescribeNodegroup", of),
				plan.Expect{Path: "nodegroup.scalingConfig.desiredSize", Op: plan.AtMost, Value: c.RunningNodes}),
			Budget: timings.EKSDrain, Timeout: minutes(15), OnFailure: plan.Continue,
		})
	}
	return ids
}

// rest brings one agent to its standby's size. What was fenced for a move
// starts again, because by now it has no work there.
func (d *draft) rest(home system.Home, a system.Agent, needs []string) []string {
	of := d.home(home).Agents[a.Name]
	s := plan.Step{
		ID: "rest-" + a.Name, Role: plan.Settle, Subject: plan.Subject{Agent: a.Name}, Needs: needs, Source: scaleSource,
		Title:  fmt.Sprintf("Keep %d replicas of agent %s in the %s home", of.Standby, a.Name, home),
		Why:    "The home that does not serve keeps what its strategy says, ready for the next move.",
		Budget: timings.EKSDrain, Timeout: minutes(15), OnFailure: plan.Report,
	}
	get := d.object(home, "Get", "apps/v1", "Deployment", of.Deployment, nil)
	switch consumer := of.ScalerKind == "ScaledObject"; {
	case of.Standby == 0:
		s.Call = d.replicas(home, of.Deployment, 0)
		s.Condition = holds(get, plan.Expect{Path: "status.replicas", Op: plan.AtMost, Value: 0, Missing: 0})
		return []string{d.add(s)}
	case consumer:
		s.Call = d.object(home, "Patch", "keda.sh/v1alpha1", of.ScalerKind, of.Scaler, plan.Document{"Patch": plan.Document{
			"metadata": plan.Document{"annotations": plan.Document{pausedKey: "false"}},
			"spec":     plan.Document{"minReplicaCount": of.Standby}}})
		s.Condition = holds(d.object(home, "Get", "keda.sh/v1alpha1", of.ScalerKind, of.Scaler, nil),
			is("spec.minReplicaCount", of.Standby), is(`metadata.annotations."`+pausedKey+`"`, "false"))
		return []string{d.add(s)}
	}
	s.Call = d.scaleTo(home, a.Name, of.Active, of.Standby)
	s.Condition = holds(d.object(home, "Get", "autoscaling/v2", of.ScalerKind, of.Scaler, nil),
		is("spec.minReplicas", of.Standby))
	ids := []string{d.add(s)}
	if !a.Writes() {
		return ids
	}
	wake := s
	wake.ID, wake.Title = "wake-"+a.Name, fmt.Sprintf("Start agent %s as a standby in the %s home", a.Name, home)
	wake.Needs, wake.Call = ids, d.replicas(home, of.Deployment, of.Standby)
	wake.Condition = d.ready(home, of.Deployment, of.Standby)
	return []string{d.add(wake)}
}

// mirrors looks whether what is copied between the homes runs the other way now.
func (d *draft) mirrors(m move, needs []string) []string {
	var ids []string
	for _, s := range d.System.StoresOf(system.Postgres) {
		from, to := d.home(m.from).Stores[s.Name], d.home(m.to).Stores[s.Name]
		if from.GlobalID == "" {
			continue
		}
		call := aws(m.to, "rds", "DescribeGlobalClusters", plan.Document{"GlobalClusterIdentifier": to.GlobalID})
		member := fmt.Sprintf("GlobalClusters[0].GlobalClusterMembers[?DBClusterArn==%q]", from.Arn)
		ids = append(ids, d.add(plan.Step{
			ID: "mirror-" + s.Name, Title: "Wait until " + s.Name + " is copied into the " + string(m.from) + " home",
			Role: plan.Settle, Subject: plan.Subject{Store: s.Name}, Needs: needs, Source: switchoverSource,
			Why:  "Until the old writer follows the new one, the next loss of a region finds no copy.",
			Call: call, Condition: holds(call, is(member+".IsWriter", false), is(member+".SynchronizationStatus", "connected")),
			Budget: timings.AuroraGlobalRebuild, Timeout: minutes(120), OnFailure: plan.Report,
		}))
	}
	return ids
}
