package agents

import (
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apiextensions"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	policyv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/policy/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/system"
)

// gatePrefix and a binding's name make the condition that the load balancer
// controller sets on a pod once its target is healthy:
// https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/pod_readiness_gate/
const gatePrefix = "target-health.elbv2.k8s.aws/"

// service declares the name under which an agent is called, and binds a public
// one to the entry. An agent without a port is called by nobody.
func (b *builder) service(agent system.Agent) error {
	if agent.Port == 0 {
		return nil
	}
	spec := &corev1.ServiceSpecArgs{
		Type: pulumi.String("ClusterIP"), Selector: pulumi.StringMap{agentLabel: pulumi.String(agent.Name)},
		// One number inside and out, as network policies of EKS want it.
		Ports: corev1.ServicePortArray{corev1.ServicePortArgs{
			Name: pulumi.String("http"), Port: pulumi.Int(agent.Port), TargetPort: pulumi.Int(agent.Port),
		}},
	}
	if staysInZone(agent, b.counts(agent)) {
		spec.TrafficDistribution = pulumi.String("PreferSameZone")
	}
	service, err := corev1.NewService(b.ctx, b.part(agent.Name, "service"), &corev1.ServiceArgs{
		Metadata: b.meta(agent, pulumi.StringMap{"pulumi.com/skipAwait": pulumi.String("true")}), Spec: spec,
	}, b.inside()...)
	if err != nil || !agent.Public {
		return err
	}
	return b.bind(agent, service)
}

// staysInZone reports whether callers should stay in their zone. It is safe
// only where every zone surely has two replicas: nothing spills over from a zone whose
// replicas are overloaded
// (https://kubernetes.io/docs/concepts/services-networking/service/#traffic-distribution).
func staysInZone(agent system.Agent, n counts) bool { return agent.Consumes == "" && n.perZone() >= 2 }

// bind has the replicas registered in the entry's target group, by address.
// Every field is given, so that no webhook has to fill one in.
func (b *builder) bind(agent system.Agent, service *corev1.Service) error {
	_, err := apiextensions.NewCustomResource(b.ctx, b.part(agent.Name, "binding"), &apiextensions.CustomResourceArgs{
		ApiVersion: pulumi.String("elbv2.k8s.aws/v1beta1"), Kind: pulumi.String("TargetGroupBinding"),
		Metadata: b.meta(agent, nil),
		OtherFields: kubernetes.UntypedArgs{"spec": pulumi.Map{
			"targetGroupARN": b.args.TargetGroupArns[agent.Name],
			"targetType":     pulumi.String("ip"),
			"ipAddressType":  pulumi.String("ipv4"),
			"vpcID":          b.args.VpcID,
			"serviceRef":     pulumi.Map{"name": pulumi.String(agent.Name), "port": pulumi.Int(agent.Port)},
		}},
	}, b.inside(pulumi.DependsOn([]pulumi.Resource{service}))...)
	return err
}

// budget says how many replicas may be taken away on purpose at once. It does
// not hold when a zone is lost, and it never holds a node back because of replicas that do not run:
// https://kubernetes.io/docs/tasks/run-application/configure-pdb/#unhealthy-pod-eviction-policy
func (b *builder) budget(agent system.Agent) error {
	_, err := policyv1.NewPodDisruptionBudget(b.ctx, b.part(agent.Name, "budget"), &policyv1.PodDisruptionBudgetArgs{
		Metadata: b.meta(agent, nil),
		Spec: &policyv1.PodDisruptionBudgetSpecArgs{
			MaxUnavailable: unavailable(agent), Selector: selector(agent.Name),
			UnhealthyPodEvictionPolicy: pulumi.String("AlwaysAllow"),
		},
	}, b.inside()...)
	return err
}

// unavailable is one replica, or of many a quarter.
func unavailable(agent system.Agent) pulumi.Input {
	if agent.Replicas <= zones {
		return pulumi.Int(1)
	}
	return pulumi.String("25%")
}
