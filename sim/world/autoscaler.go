package world

import (
	"regexp"
	"slices"
	"strconv"
)

const (
	autoscalerName = "cluster-autoscaler"
	keepsLeast     = "--enforce-node-group-min-size=true"
)

// nodesArgument names a group with its least and its most.
var nodesArgument = regexp.MustCompile(`^--nodes=(\d+):(\d+):(.+)$`)

// autoscaled is the cluster autoscaler after its Deployment has changed: a
// group that has fewer nodes than the least that it was told gets them. Its own numbers hold, not the group's:
// https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/cloudprovider/aws/README.md and, for the
// least, https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/FAQ.md. What it does besides (it
// grows a group for a pod without room, and shrinks one that is idle) is not simulated; that it looks
// at once is assumed (it does every ten seconds).
func autoscaled(t *tx, e, _ *Entity) error {
	object, _ := e.In["Object"].(Document)
	if str(object, "kind") != "Deployment" || str(object, "metadata.name") != autoscalerName {
		return nil
	}
	for _, container := range docs(object, "spec.template.spec.containers") {
		command := strs(container, "command")
		if !slices.Contains(command, keepsLeast) {
			continue
		}
		for _, arg := range command {
			if m := nodesArgument.FindStringSubmatch(arg); m != nil {
				want, _ := strconv.Atoi(m[1]) // digits
				t.grow(e.Region, m[3], want)
			}
		}
	}
	return nil
}

// grow asks for the nodes that a group lacks, of those that are behind the Auto
// Scaling group. No machine is asked for above what the group allows.
func (t *tx) grow(region, behind string, want int) {
	for _, g := range t.list(kindNodeGroup, region) {
		if scalingGroup(g) != behind || int(numOr(g.In, "ScalingConfig.DesiredSize", 0)) >= want {
			continue
		}
		g = t.edit(g)
		scaling := copyDoc(docs(g.In, "ScalingConfig")[0])
		scaling["DesiredSize"] = min(float64(want), numOr(scaling, "MaxSize", 0))
		g.In["ScalingConfig"] = scaling
		t.laterBy(nodesLaunch, g.ARN, "FinishScale", Document{"Region": g.Region, "Id": g.ID})
	}
}

// scalingGroup is the Auto Scaling group that EKS made for a node group.
func scalingGroup(g *Entity) string {
	for _, r := range docs(g.Out, "Resources") {
		for _, group := range docs(r, "AutoscalingGroups") {
			return str(group, "Name")
		}
	}
	return ""
}
