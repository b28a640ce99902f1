package sim

import (
	"fmt"
	"sort"
	"strings"

	"redoubt/inventory"
	"redoubt/sim/world"
	"redoubt/system"
)

// AgentView is one agent's place in a home.
type AgentView struct {
	Name     string          `json:"name"`
	Tier     string          `json:"tier"`
	Strategy system.Strategy `json:"strategy"`
	// Replicas is how many are ready now; -1 when the home does not answer or has none.
	Replicas int `json:"replicas"`
	// Active is how many it needs where it serves, Standby how many it keeps elsewhere.
	Active  int `json:"active"`
	Standby int `json:"standby"`
}

// agents lists the agents of a home by tier, with what runs of each.
func (w *workspace) agents(own inventory.Home) []AgentView {
	out := []AgentView{}
	for name, a := range own.Agents {
		tier, _ := w.System.Tier(a.Tier)
		out = append(out, AgentView{
			Name: name, Tier: a.Tier, Strategy: tier.Strategy, Active: a.Active, Standby: a.Standby,
			Replicas: w.ready(own, a.Deployment),
		})
	}
	sort.Slice(out, func(i, j int) bool {
		if a, b := w.rank(out[i].Tier), w.rank(out[j].Tier); a != b {
			return a < b
		}
		return out[i].Name < out[j].Name
	})
	return out
}

// rank is a tier's place in the system's file.
func (w *workspace) rank(tier string) int {
	for n, t := range w.System.Tiers {
		if t.Name == tier {
			return n
		}
	}
	return len(w.System.Tiers)
}

// ready asks the home's cluster how many replicas of a deployment are ready.
func (w *workspace) ready(own inventory.Home, deployment string) int {
	if deployment == "" {
		return -1
	}
	out, err := w.world.Call(world.Request{
		Region: own.Region, Service: "kubernetes", Operation: "Get", Input: world.Document{
			"Server": own.Cluster.Endpoint, "ApiVersion": "apps/v1", "Kind": "Deployment",
			"Namespace": own.Cluster.Namespace, "Name": deployment,
		},
	})
	if err != nil {
		return -1
	}
	status, _ := out["status"].(map[string]any)
	n, _ := status["readyReplicas"].(float64)
	return int(n)
}

// agentRow is one line of the table of agents.
func (v *View) agentRow(i int) string {
	a := v.Homes[0].Agents[i]
	cells := []string{a.Name, a.Tier, string(a.Strategy)}
	for _, h := range v.Homes {
		at := "-"
		for _, other := range h.Agents {
			if other.Name == a.Name && other.Replicas >= 0 {
				at = fmt.Sprint(other.Replicas)
			}
		}
		cells = append(cells, at)
	}
	return strings.Join(append(cells, fmt.Sprint(a.Active)), "\t")
}
