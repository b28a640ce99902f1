package agents

import (
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/components/mesh/sidecar"
	"redoubt/system"
)

// The probes of an agent. Readiness is about what this replica alone can lose, never about a store or a model that
// all share: that would take all of them out at once. Liveness is about the process.
var (
	started = sidecar.Probe{Question: sidecar.Started, Path: "/startupz", TimeoutSeconds: 2}
	ready   = sidecar.Probe{Question: sidecar.Ready, Path: "/readyz", TimeoutSeconds: 2}
	alive   = sidecar.Probe{Question: sidecar.Alive, Path: "/livez", TimeoutSeconds: 3}
)

// meshed is what the mesh must know of an agent to stand a proxy beside it.
func (b *builder) meshed(agent system.Agent) sidecar.Agent {
	return sidecar.Agent{
		Name: agent.Name, Namespace: Namespace(b.args.System), Port: Port(agent), Image: b.args.Scope.Image(sidecar.Image),
		Probes: []sidecar.Probe{started, ready, alive},
	}
}

// probe has the kubelet ask an agent about itself, by way of its proxy: the kubelet has no identity in the mesh.
func probe(of sidecar.Agent, p sidecar.Probe, period, failures int) *corev1.ProbeArgs {
	return &corev1.ProbeArgs{
		HttpGet: &corev1.HTTPGetActionArgs{
			Path: pulumi.String(of.ProbePath(p)), Port: pulumi.Int(sidecar.ProbePort),
		},
		PeriodSeconds: pulumi.Int(period), TimeoutSeconds: pulumi.Int(p.TimeoutSeconds), FailureThreshold: pulumi.Int(failures),
	}
}

// objects are in the shape of the API, as the SDK takes them.
func objects(all []map[string]any) []pulumi.Input {
	var out []pulumi.Input
	for _, o := range all {
		out = append(out, pulumi.ToMap(o))
	}
	return out
}
