package probe

import (
	"context"
	"encoding/json"
	"fmt"

	"redoubt/inventory/objects"
	"redoubt/watch/prober"
)

// Lister lists objects of the home's cluster by the path of their list; export.Cluster does.
type Lister interface {
	List(ctx context.Context, path string) ([]objects.Object, error)
}

// zoneLabel is where a node stands, agentLabel whose pod it is (components/agents).
const (
	zoneLabel  = "topology.kubernetes.io/zone"
	agentLabel = "app.kubernetes.io/name"
)

// object is what the prober needs of nodes, deployments and pods.
type object struct {
	Metadata struct {
		Name   string            `json:"name"`
		Labels map[string]string `json:"labels"`
	} `json:"metadata"`
	Spec struct {
		Replicas *int   `json:"replicas"`
		NodeName string `json:"nodeName"`
	} `json:"spec"`
	Status struct {
		ReadyReplicas int `json:"readyReplicas"`
		Conditions    []struct {
			Type   string `json:"type"`
			Status string `json:"status"`
		} `json:"conditions"`
	} `json:"status"`
}

func (o object) ready() bool {
	for _, c := range o.Status.Conditions {
		if c.Type == "Ready" {
			return c.Status == "True"
		}
	}
	return false
}

// list lists objects of one kind.
func (e *Eyes) list(ctx context.Context, path string) ([]object, error) {
	all, err := e.Cluster.List(ctx, path)
	if err != nil {
		return nil, err
	}
	raw, err := json.Marshal(all)
	if err != nil {
		return nil, err
	}
	var out []object
	return out, json.Unmarshal(raw, &out)
}

// cluster sees the ready nodes of each zone, and the replicas of each agent. A home's zone without a node is there with none.
func (e *Eyes) cluster(ctx context.Context) (found, error) {
	nodes, err := e.list(ctx, "/api/v1/nodes")
	if err != nil {
		return nil, fmt.Errorf("nodes: %w", err)
	}
	zones, ready := map[string]string{}, map[string]int{}
	for _, zone := range e.own().Zones {
		ready[zone] = 0
	}
	for _, n := range nodes {
		zone := n.Metadata.Labels[zoneLabel]
		zones[n.Metadata.Name] = zone
		if _, ours := ready[zone]; ours && n.ready() {
			ready[zone]++
		}
	}
	replicas, err := e.replicas(ctx, zones)
	// Without replicas the nodes were seen all the same.
	return func(s *prober.Sight) { s.Nodes, s.Replicas = ready, replicas }, err
}

// replicas are those of each agent that is deployed here. Zones are those of the nodes.
func (e *Eyes) replicas(ctx context.Context, zones map[string]string) (map[string]prober.Replicas, error) {
	in := e.own().Cluster.Namespace
	deployments, err := e.list(ctx, "/apis/apps/v1/namespaces/"+in+"/deployments")
	if err != nil {
		return nil, fmt.Errorf("deployments: %w", err)
	}
	pods, err := e.list(ctx, "/api/v1/namespaces/"+in+"/pods")
	if err != nil {
		return nil, fmt.Errorf("pods: %w", err)
	}
	stand := map[string]map[string]bool{}
	for _, p := range pods {
		agent := p.Metadata.Labels[agentLabel]
		if zone := zones[p.Spec.NodeName]; zone != "" && p.ready() {
			if stand[agent] == nil {
				stand[agent] = map[string]bool{}
			}
			stand[agent][zone] = true
		}
	}
	out := map[string]prober.Replicas{}
	for _, d := range deployments {
		for _, a := range e.System.Agents {
			if e.own().Agents[a.Name].Deployment == d.Metadata.Name {
				wanted := 1 // Kubernetes' own default
				if d.Spec.Replicas != nil {
					wanted = *d.Spec.Replicas
				}
				out[a.Name] = prober.Replicas{Wanted: wanted, Ready: d.Status.ReadyReplicas, Zones: len(stand[a.Name])}
			}
		}
	}
	return out, nil
}
