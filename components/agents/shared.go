package agents

import (
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	schedulingv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/scheduling/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/components/mesh/rules"
	"redoubt/system"
)

// Namespace is where the agents of a system run, the same in both homes.
func Namespace(s *system.System) string { return s.Name }

// The labels that selectors stand on. They can never change: a Deployment's
// selector is fixed.
const (
	agentLabel  = rules.AgentLabel
	systemLabel = "app.kubernetes.io/part-of"
	tierLabel   = "redoubt.dev/tier"
)

// shared declares the namespace. It admits pods of the restricted profile only:
// https://kubernetes.io/docs/concepts/security/pod-security-standards/
func (b *builder) shared() error {
	namespace := Namespace(b.args.System)
	labels := pulumi.StringMap{systemLabel: pulumi.String(namespace)}
	for _, mode := range []string{"enforce", "audit", "warn"} {
		labels["pod-security.kubernetes.io/"+mode] = pulumi.String("restricted")
	}
	ns, err := corev1.NewNamespace(b.ctx, b.name+"-namespace", &corev1.NamespaceArgs{
		Metadata: &metav1.ObjectMetaArgs{Name: pulumi.String(namespace), Labels: labels},
	}, b.child()...)
	b.namespace = ns
	b.component.Namespace = pulumi.String(namespace).ToStringOutput()
	return err
}

// The priorities. A pod that finds no room takes that of one with a lower
// priority: critical tiers take that of the others, and everything takes that of the
// balloons. Kubernetes keeps values above 1,000,000,000 for itself:
// https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/
const (
	criticalPriority = 1_000_000
	ordinaryPriority = 100_000
	// balloonPriority is the lowest for which the cluster autoscaler still makes room
	// (its flag expendable-pods-priority-cutoff):
	// https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/FAQ.md
	balloonPriority = -10
)

// BalloonClass is the priority class of pods that only keep room free.
func BalloonClass(s *system.System) string { return s.Name + "-balloon" }

// class is the priority class of a tier.
func class(s *system.System, tier string) string { return s.Name + "-" + tier }

// priorities declares a class for each tier and the balloons' class.
func (b *builder) priorities() error {
	s := b.args.System
	for _, t := range s.Tiers {
		value, why := ordinaryPriority, "agents of the tier "+t.Name
		if t.Critical {
			value, why = criticalPriority, "agents of the critical tier "+t.Name
		}
		if err := b.priority("tier-"+t.Name, class(s, t.Name), value, "PreemptLowerPriority", why); err != nil {
			return err
		}
	}
	return b.priority("balloon", BalloonClass(s), balloonPriority, "Never", "room that any agent may take")
}

func (b *builder) priority(part, name string, value int, preemption, why string) error {
	c, err := schedulingv1.NewPriorityClass(b.ctx, b.name+"-"+part, &schedulingv1.PriorityClassArgs{
		Metadata: &metav1.ObjectMetaArgs{Name: pulumi.String(name)}, Description: pulumi.String(why),
		Value: pulumi.Int(value), PreemptionPolicy: pulumi.String(preemption), GlobalDefault: pulumi.Bool(false),
	}, b.child()...)
	b.classes[name] = c
	return err
}

// meta is the metadata of an agent's object.
func (b *builder) meta(agent system.Agent, annotations pulumi.StringMap) *metav1.ObjectMetaArgs {
	m := &metav1.ObjectMetaArgs{
		Name: pulumi.String(agent.Name), Namespace: pulumi.String(Namespace(b.args.System)), Labels: b.labels(agent),
	}
	if len(annotations) > 0 {
		m.Annotations = annotations
	}
	return m
}

func (b *builder) labels(agent system.Agent) pulumi.StringMap {
	return pulumi.StringMap{
		agentLabel: pulumi.String(agent.Name), systemLabel: pulumi.String(b.args.System.Name),
		tierLabel: pulumi.String(agent.Tier),
	}
}

// selector picks the pods of one agent.
func selector(agent string) *metav1.LabelSelectorArgs {
	return &metav1.LabelSelectorArgs{MatchLabels: pulumi.StringMap{agentLabel: pulumi.String(agent)}}
}
