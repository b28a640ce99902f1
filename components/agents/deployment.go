package agents

import (
	"strconv"
	"time"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apiextensions"
	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/components/mesh/sidecar"
	"redoubt/system"
)

const (
	// zones is how many zones a home stands in.
	zones = 3
	// graceOfNodes is how long a pod stays on a node that does not answer: the default
	// of 300 seconds is most of a tier's objective, less than 30 takes a hiccup of the control
	// plane for a loss.
	graceOfNodes = 30
	// sleepSeconds is how long a replica still answers after it was told to end, until the load
	// balancer and every node know (kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#termination-of-pods).
	sleepSeconds = 20
	// stepSeconds is what a consumer has to finish its step, or to give it back.
	stepSeconds = int(system.StepDeadline / time.Second)
	// marginSeconds is what a replica has to flush and close.
	marginSeconds = 10
)

// graceSeconds is how long a replica may take to end: what it sleeps, what it
// may still have to answer or to finish, a margin, and what its proxy has after it.
func (b *builder) graceSeconds(agent system.Agent) int {
	longest := b.args.DrainSeconds
	if agent.Consumes != "" {
		longest = max(longest, stepSeconds)
	}
	return sleepSeconds + longest + marginSeconds + sidecar.DrainSeconds
}

// deployment declares the replicas. The update does not wait until they run:
// with a zone lost, or with images still on their way, it would hang for minutes on each
// agent, and a recovery with it. A version that does not start takes no place of one that
// runs, because none is unavailable during a rollout.
func (b *builder) deployment(agent system.Agent, identity []pulumi.Resource) (pulumi.Resource, error) {
	n := b.counts(agent)
	annotations := n.annotations()
	annotations["pulumi.com/skipAwait"] = pulumi.String("true")
	// Untyped, because the proxy's containers and volumes come in the shape of the API.
	return apiextensions.NewCustomResource(b.ctx, b.part(agent.Name, "deployment"), &apiextensions.CustomResourceArgs{
		ApiVersion: pulumi.String("apps/v1"), Kind: pulumi.String("Deployment"),
		Metadata: b.meta(agent, annotations),
		OtherFields: kubernetes.UntypedArgs{"spec": pulumi.Map{
			"replicas":                pulumi.Int(n.first),
			"selector":                selector(agent.Name),
			"minReadySeconds":         pulumi.Int(10),
			"progressDeadlineSeconds": pulumi.Int(600),
			"revisionHistoryLimit":    pulumi.Int(3),
			"strategy": &appsv1.DeploymentStrategyArgs{
				Type: pulumi.String("RollingUpdate"),
				RollingUpdate: &appsv1.RollingUpdateDeploymentArgs{
					MaxSurge: pulumi.Int(zones), MaxUnavailable: pulumi.Int(0),
				},
			},
			"template": b.template(agent),
		}},
	}, b.inside(b.kept("spec.replicas"),
		pulumi.DependsOn(append(identity, b.classes[class(b.args.System, agent.Tier)])))...)
}

// template is what the agent's pods are made from, with their proxy.
func (b *builder) template(agent system.Agent) pulumi.Map {
	proxy := sidecar.For(b.meshed(agent))
	labels := b.labels(agent)
	for key, value := range proxy.Labels {
		labels[key] = pulumi.String(value)
	}
	return pulumi.Map{
		"metadata": &metav1.ObjectMetaArgs{Labels: labels, Annotations: pulumi.ToStringMap(proxy.Annotations)},
		"spec":     b.pod(agent, proxy),
	}
}

func (b *builder) pod(agent system.Agent, proxy sidecar.Pod) pulumi.Map {
	spec := pulumi.Map{
		"serviceAccountName":            pulumi.String(agent.Name),
		"automountServiceAccountToken":  pulumi.Bool(false),
		"enableServiceLinks":            pulumi.Bool(false),
		"priorityClassName":             pulumi.String(class(b.args.System, agent.Tier)),
		"terminationGracePeriodSeconds": pulumi.Int(b.graceSeconds(agent)),
		"topologySpreadConstraints":     b.spread(agent),
		"tolerations":                   tolerations(),
		"securityContext": &corev1.PodSecurityContextArgs{
			RunAsNonRoot: pulumi.Bool(true), RunAsUser: pulumi.Int(65532), RunAsGroup: pulumi.Int(65532),
			FsGroup: pulumi.Int(65532), SeccompProfile: runtimeDefault(),
		},
		"initContainers": pulumi.Array(objects(proxy.InitContainers)),
		"containers":     corev1.ContainerArray{b.container(agent)},
		"volumes":        append(volumes(agent), objects(proxy.Volumes)...),
	}
	if agent.Public { // ready only when the load balancer says so
		spec["readinessGates"] = corev1.PodReadinessGateArray{corev1.PodReadinessGateArgs{
			ConditionType: pulumi.String(gatePrefix + agent.Name),
		}}
	}
	return spec
}

// spread puts replicas into every zone and, as far as it goes, onto different
// nodes. Nodes of a lost zone do not count, and two zones are enough, so that the loss of
// one never keeps a replica from starting; replicas of an earlier version do not count
// either, so that a rollout ends as even as it began. What is of a critical tier waits for room in the right
// zone, a consumer too: where one zone has more than its share, the others do not carry the load without
// it. What is not critical would rather run anywhere than wait.
func (b *builder) spread(agent system.Agent) corev1.TopologySpreadConstraintArray {
	zone := corev1.TopologySpreadConstraintArgs{
		MaxSkew: pulumi.Int(1), TopologyKey: pulumi.String("topology.kubernetes.io/zone"),
		LabelSelector:      selector(agent.Name),
		MatchLabelKeys:     pulumi.StringArray{pulumi.String("pod-template-hash")},
		NodeAffinityPolicy: pulumi.String("Honor"), NodeTaintsPolicy: pulumi.String("Honor"),
		WhenUnsatisfiable: pulumi.String("ScheduleAnyway"),
	}
	if t, _ := b.args.System.Tier(agent.Tier); t.Critical {
		zone.WhenUnsatisfiable, zone.MinDomains = pulumi.String("DoNotSchedule"), pulumi.Int(2)
	}
	node := corev1.TopologySpreadConstraintArgs{
		MaxSkew: pulumi.Int(1), TopologyKey: pulumi.String("kubernetes.io/hostname"),
		LabelSelector:     selector(agent.Name),
		MatchLabelKeys:    pulumi.StringArray{pulumi.String("pod-template-hash")},
		WhenUnsatisfiable: pulumi.String("ScheduleAnyway"),
	}
	return corev1.TopologySpreadConstraintArray{zone, node}
}

func tolerations() corev1.TolerationArray {
	var out corev1.TolerationArray
	for _, taint := range []string{"not-ready", "unreachable"} {
		out = append(out, corev1.TolerationArgs{
			Key: pulumi.String("node.kubernetes.io/" + taint), Operator: pulumi.String("Exists"),
			Effect: pulumi.String("NoExecute"), TolerationSeconds: pulumi.Int(graceOfNodes),
		})
	}
	return out
}

func runtimeDefault() *corev1.SeccompProfileArgs {
	return &corev1.SeccompProfileArgs{Type: pulumi.String("RuntimeDefault")}
}

// volumes are where a replica may write, as its root is read-only.
func volumes(agent system.Agent) pulumi.Array {
	room := func(name string, mebibytes int) corev1.VolumeArgs {
		return corev1.VolumeArgs{
			Name:     pulumi.String(name),
			EmptyDir: &corev1.EmptyDirVolumeSourceArgs{SizeLimit: pulumi.String(strconv.Itoa(mebibytes) + "Mi")},
		}
	}
	out := pulumi.Array{room(tmp, system.ScratchMiB)}
	for _, v := range agent.Volumes {
		out = append(out, room(volumePrefix+v.Name, v.SizeMiB))
	}
	return out
}
