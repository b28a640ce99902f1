package agents

import (
	"fmt"
	"strconv"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/system"
	"redoubt/system/waits"
)

const (
	tmp = "tmp"
	// volumePrefix keeps the declared volumes apart from Redoubt's own.
	volumePrefix = "volume-"
	// healthPort is where an agent answers the probes that declares no port.
	healthPort = 8080
)

// Port is where an agent listens: where it is called, and where it answers the
// probes /startupz, /readyz and /livez.
func Port(a system.Agent) int {
	if a.Port == 0 {
		return healthPort
	}
	return a.Port
}

// container is the agent's own of a replica. It limits memory and not the
// processor: a limit there would slow the replicas that are left just when a zone is lost.
func (b *builder) container(agent system.Agent) corev1.ContainerArgs {
	mounts := corev1.VolumeMountArray{corev1.VolumeMountArgs{Name: pulumi.String(tmp), MountPath: pulumi.String("/tmp")}}
	for _, v := range agent.Volumes {
		mounts = append(mounts, corev1.VolumeMountArgs{
			Name: pulumi.String(volumePrefix + v.Name), MountPath: pulumi.String(v.Path),
		})
	}
	proxied, memory := b.meshed(agent), pulumi.Sprintf("%dMi", agent.Resources.MemoryMiB)
	return corev1.ContainerArgs{
		Name:  pulumi.String(agent.Name),
		Image: pulumi.String(b.args.Scope.Image(agent.Image)),
		Ports: corev1.ContainerPortArray{corev1.ContainerPortArgs{
			Name: pulumi.String("http"), ContainerPort: pulumi.Int(Port(agent)),
		}},
		Env: b.env(agent),
		Resources: &corev1.ResourceRequirementsArgs{
			Requests: pulumi.StringMap{
				"cpu":    pulumi.Sprintf("%dm", agent.Resources.CPUMillis),
				"memory": memory, "ephemeral-storage": pulumi.Sprintf("%dMi", agent.DiskMiB()),
			},
			Limits: pulumi.StringMap{"memory": memory},
		},
		SecurityContext: &corev1.SecurityContextArgs{
			AllowPrivilegeEscalation: pulumi.Bool(false), ReadOnlyRootFilesystem: pulumi.Bool(true),
			RunAsNonRoot: pulumi.Bool(true),
			Capabilities: &corev1.CapabilitiesArgs{Drop: pulumi.StringArray{pulumi.String("ALL")}},
		},
		StartupProbe:   probe(proxied, started, 5, 60),
		ReadinessProbe: probe(proxied, ready, 5, 2),
		LivenessProbe:  probe(proxied, alive, 10, 6),
		Lifecycle: &corev1.LifecycleArgs{PreStop: &corev1.LifecycleHandlerArgs{
			Sleep: &corev1.SleepActionArgs{Seconds: pulumi.Int(sleepSeconds)},
		}},
		VolumeMounts: mounts,
	}
}

// env is what a replica is told. It names no region: where its stores are stands
// in the discovery parameter of the region that EKS tells it. The zone is there so that a
// consumer can stop taking work when its zone is shifted away; Kubernetes copies the label
// from the node since 1.35
// (https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#podtopologylabels), before
// that it is empty. REDOUBT_FLAGS is the application of AppConfig that tells the agent at which level it works; its
// environments and its profile are in system/flags. With an arbiter it is told where the lease of the active home stands. REDOUBT_WAITS says how long it waits for whom (system/waits).
func (b *builder) env(agent system.Agent) corev1.EnvVarArray {
	plain := func(name, value string) corev1.EnvVarArgs {
		return corev1.EnvVarArgs{Name: pulumi.String(name), Value: pulumi.String(value)}
	}
	field := func(name, path string) corev1.EnvVarArgs {
		return corev1.EnvVarArgs{Name: pulumi.String(name), ValueFrom: &corev1.EnvVarSourceArgs{
			FieldRef: &corev1.ObjectFieldSelectorArgs{FieldPath: pulumi.String(path)},
		}}
	}
	env := corev1.EnvVarArray{
		plain("REDOUBT_SYSTEM", b.args.System.Name),
		plain("REDOUBT_AGENT", agent.Name),
		plain("REDOUBT_DISCOVERY", b.args.DiscoveryParameter),
		plain("REDOUBT_PORT", strconv.Itoa(Port(agent))),
		field("REDOUBT_POD", "metadata.name"),
		field("REDOUBT_NODE", "spec.nodeName"),
		field("REDOUBT_ZONE", fmt.Sprintf("metadata.labels['%s']", "topology.kubernetes.io/zone")),
	}
	if told, _ := waits.Of(b.args.System, agent.Name, true); len(told.Callees) > 0 { // checked with the args
		env = append(env, plain(waits.Env, told.Encode()))
	}
	for _, one := range b.args.leased(agent).told() {
		env = append(env, plain(one[0], one[1]))
	}
	if len(agent.Degradation) > 0 {
		env = append(env, plain("REDOUBT_FLAGS", b.args.Scope.Flags(agent.Name)))
	}
	return env
}
