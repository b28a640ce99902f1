//go:build apps

package kubetest

import (
	"context"
	"fmt"
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// ZoneLabel is the label by which a node says its zone.
const ZoneLabel = "topology.kubernetes.io/zone"

// Room is what a node offers to pods.
type Room struct {
	CPUMillis, MemoryMiB, DiskMiB, Pods int
}

// Zone is the simulated nodes of one zone.
type Zone struct {
	Name  string
	Nodes []string

	cluster *Cluster
	alive   *Process
}

// Zone adds nodes in a zone and keeps them alive.
func (c *Cluster) Zone(t testing.TB, name string, nodes int, room Room) *Zone {
	t.Helper()
	z := &Zone{Name: name, cluster: c}
	for n := range nodes {
		node := fmt.Sprintf("node-%s-%d", name, n)
		z.Nodes = append(z.Nodes, node)
		require.NoError(t, c.node(t.Context(), node, name, room))
	}
	z.Live(t, z.Nodes...)
	return z
}

func (c *Cluster) node(ctx context.Context, name, zone string, room Room) error {
	offers := Object{"cpu": fmt.Sprintf("%dm", room.CPUMillis), "memory": fmt.Sprintf("%dMi", room.MemoryMiB),
		"ephemeral-storage": fmt.Sprintf("%dMi", room.DiskMiB), "pods": fmt.Sprint(room.Pods)}
	_, err := c.do(ctx, http.MethodPost, "/api/v1/nodes", "application/json", Object{
		"apiVersion": "v1", "kind": "Node",
		"metadata": Object{"name": name, "labels": Object{
			ZoneLabel: zone, "topology.kubernetes.io/region": zone[:len(zone)-1],
			"kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64"}},
		"status": Object{"allocatable": offers, "capacity": offers},
	})
	return err
}

// Live keeps these nodes of the zone alive, and no others of it.
func (z *Zone) Live(t testing.TB, nodes ...string) {
	t.Helper()
	z.Fail()
	c := z.cluster
	at, err := ports(1)
	require.NoError(t, err)
	_, kwok := built()
	z.alive = c.start(t, "nodes", exec.Command(kwok, "--kubeconfig="+c.at("kubeconfig"), "--config="+c.at("stages.yaml"),
		"--manage-all-nodes=false", "--manage-nodes-with-label-selector="+ZoneLabel+"="+z.Name+
			",kubernetes.io/hostname in ("+strings.Join(nodes, ",")+")",
		"--node-lease-duration-seconds=40", "--cidr=10.0.0.0/16", "--node-ip=127.0.0.1", "--server-address="+at[0]))
}

// Fail takes the power of the zone away: its nodes fall silent at once.
func (z *Zone) Fail() {
	if z.alive != nil {
		z.alive.Stop()
	}
}

// Cordon lets no new pod onto a node, or lets them again.
func (c *Cluster) Cordon(ctx context.Context, node string, on bool) error {
	return c.Merge(ctx, Object{"apiVersion": "v1", "kind": "Node", "metadata": Object{"name": node}}, "",
		Object{"spec": Object{"unschedulable": on}})
}
