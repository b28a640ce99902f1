package stacks

import (
	"cmp"
	"fmt"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/components/cluster"
	"redoubt/components/controllers"
	"redoubt/components/keys"
	"redoubt/components/mesh/sidecar"
	"redoubt/components/viewers"
	"redoubt/inventory"
	"redoubt/regions"
	"redoubt/system"
)

// declareCluster makes the cluster that the agents run in, and the way into it.
func (h *home) declareCluster() error {
	size, err := h.clusterSize()
	if err != nil {
		return err
	}
	h.size = size
	h.cluster, err = cluster.New(h.ctx, "cluster", &cluster.Args{
		Scope: h.scope(), Zones: h.config.Zones, SubnetIDs: h.network.PrivateSubnetIDs,
		ServiceCIDR: regions.ServiceCIDR(h.config.Home), Version: h.config.KubernetesVersion,
		Admins: h.clusterAdmins(), Viewers: h.config.ClusterViewers, CallerCIDRs: h.config.ClusterCIDRs, Size: size,
		SecretKeyArn: h.keys.Arn(keys.Secrets), VolumeKeyArn: h.keys.Arn(keys.Data), LogKeyArn: h.keys.Arn(keys.Logs),
	}, h.here())
	if err != nil {
		return err
	}
	return h.enterCluster()
}

// enterCluster makes the one Kubernetes provider of the home. Its name and the
// identity of its cluster never change: either would replace everything in the cluster. The identity is computed,
// so that a preview knows it before the cluster is there. Everything in the cluster waits for its nodes and add-ons,
// and goes before them.
func (h *home) enterCluster() (err error) {
	h.kubernetes, err = kubernetes.NewProvider(h.ctx, "home-cluster", &kubernetes.ProviderArgs{
		Kubeconfig:            h.cluster.Kubeconfig(h.config.Region),
		ClusterIdentifier:     pulumi.String(h.scope().ARN("eks", "cluster/"+h.scope().Kubernetes())),
		EnableServerSideApply: pulumi.Bool(true),
	}, pulumi.DependsOn([]pulumi.Resource{h.cluster}))
	return err
}

// declareViewers shows those who may look what the program declares in the cluster.
func (h *home) declareViewers() error {
	if len(h.config.ClusterViewers) == 0 {
		return nil
	}
	_, err := viewers.New(h.ctx, "viewers", &viewers.Args{Group: cluster.ViewerGroup}, h.inside())
	return err
}

// clusterAdmins are the roles that may enter the cluster.
func (h *home) clusterAdmins() []string {
	if len(h.config.ClusterAdmins) > 0 {
		return h.config.ClusterAdmins
	}
	return []string{fmt.Sprintf("arn:aws:iam::%s:role/%s-deployer", h.config.AccountID, h.system.Name)}
}

// clusterSize is how many nodes each zone of this home has. Both homes can grow
// to carry every active replica. The primary runs them all; what the secondary runs and what is kept for it
// follows from the capacity of each tier. One reserved tier reserves the whole: a group
// launches either inside its reservation or not at all.
func (h *home) clusterSize() (cluster.Size, error) {
	size := cluster.Size{InstanceType: cmp.Or(h.config.NodeType, cluster.DefaultInstance)}
	var err error
	size.Active, err = h.nodesPerZone(size.InstanceType, func(a system.Agent) int {
		active, _ := h.system.Replicas(a)
		return active
	})
	if err != nil || h.seed() {
		size.Running = size.Active
		return size, err
	}
	reserved := false
	size.Running, err = h.nodesPerZone(size.InstanceType, func(a system.Agent) int {
		active, standby := h.system.Replicas(a)
		t, _ := h.system.Tier(a.Tier)
		reserved = reserved || t.Capacity == system.ReservedCapacity
		if t.Capacity == system.RunningCapacity {
			return active
		}
		return standby
	})
	if reserved && size.Running < size.Active {
		size.Reserved = size.Active
	}
	return size, err
}

// nodesPerZone is how many nodes a zone needs for so many replicas of each agent,
// each with its proxy, the controllers and the prober.
func (h *home) nodesPerZone(instanceType string, replicas func(system.Agent) int) (int, error) {
	pods, err := controllers.Pods()
	if err != nil {
		return 0, err
	}
	pods = append(pods, h.config.proberPods()...)
	for _, a := range h.system.Agents {
		pods = append(pods, cluster.Pods{Name: a.Name, Replicas: replicas(a), Each: cluster.Room{
			CPUMillis: a.Resources.CPUMillis + sidecar.CPUMillis, MemoryMiB: a.Resources.MemoryMiB + sidecar.MemoryMiB,
			DiskMiB: a.DiskMiB()}})
	}
	return cluster.NodesPerZone(instanceType, pods)
}

// clusterSlots are what recovery must know of the cluster.
func (h *home) clusterSlots() []slot {
	namespace, size := h.system.Name, h.size
	return []slot{
		text(h.cluster.Name, func(o *inventory.Home, v string) {
			o.Cluster.Name, o.Cluster.Namespace = v, namespace
			o.Cluster.RunningNodes, o.Cluster.ActiveNodes = size.Running, size.Active
		}),
		text(h.cluster.Arn, func(o *inventory.Home, v string) { o.Cluster.Arn = v }),
		text(h.cluster.Endpoint, func(o *inventory.Home, v string) { o.Cluster.Endpoint = v }),
		text(h.cluster.CertificateAuthority, func(o *inventory.Home, v string) { o.Cluster.CertificateAuthority = v }),
		{h.cluster.NodeGroups, func(o *inventory.Home, v any) { o.Cluster.NodeGroups = v.(map[string]string) }},
	}
}
