package programs

import (
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	networkingv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/networking/v1"
	policyv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/policy/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// identityAddress is where the agent of EKS Pod Identity hands out credentials on each node:
// https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html
const identityAddress = "169.254.170.23/32"

// network lets the program out to names, to its credentials and where its ways lead, and nobody in. The kubelet's
// probes need no rule: a node always reaches its own pods.
func (b *builder) network() error {
	names := networkingv1.NetworkPolicyPeerArgs{
		NamespaceSelector: &metav1.LabelSelectorArgs{MatchLabels: pulumi.StringMap{
			"kubernetes.io/metadata.name": pulumi.String("kube-system"),
		}},
		PodSelector: &metav1.LabelSelectorArgs{MatchLabels: pulumi.StringMap{"k8s-app": pulumi.String("kube-dns")}},
	}
	egress := networkingv1.NetworkPolicyEgressRuleArray{
		networkingv1.NetworkPolicyEgressRuleArgs{
			To:    networkingv1.NetworkPolicyPeerArray{names},
			Ports: append(ports("UDP", 53), ports("TCP", 53)...),
		},
		b.way(Way{Ranges: []string{identityAddress}, Ports: []int{80}}),
	}
	for _, w := range b.args.Ways {
		egress = append(egress, b.way(w))
	}
	policy, err := networkingv1.NewNetworkPolicy(b.ctx, b.name+"-network", &networkingv1.NetworkPolicyArgs{
		Metadata: b.who.Meta(),
		Spec: &networkingv1.NetworkPolicySpecArgs{
			PodSelector: &metav1.LabelSelectorArgs{MatchLabels: b.own()},
			PolicyTypes: pulumi.ToStringArray([]string{"Ingress", "Egress"}),
			Egress:      egress,
		},
	}, b.who.Child()...)
	b.before = append(b.before, policy)
	return err
}

func (b *builder) way(w Way) networkingv1.NetworkPolicyEgressRuleArgs {
	var out networkingv1.NetworkPolicyPeerArray
	for _, r := range w.Ranges {
		ip := &networkingv1.IPBlockArgs{Cidr: pulumi.String(r)}
		if len(w.Except) > 0 {
			ip.Except = pulumi.ToStringArray(w.Except)
		}
		out = append(out, networkingv1.NetworkPolicyPeerArgs{IpBlock: ip})
	}
	return networkingv1.NetworkPolicyEgressRuleArgs{To: out, Ports: ports("TCP", w.Ports...)}
}

func ports(protocol string, numbers ...int) networkingv1.NetworkPolicyPortArray {
	var out networkingv1.NetworkPolicyPortArray
	for _, n := range numbers {
		out = append(out, networkingv1.NetworkPolicyPortArgs{Protocol: pulumi.String(protocol), Port: pulumi.Int(n)})
	}
	return out
}

// budget lets a drain take one pod at a time.
func (b *builder) budget() error {
	_, err := policyv1.NewPodDisruptionBudget(b.ctx, b.name+"-budget", &policyv1.PodDisruptionBudgetArgs{
		Metadata: b.who.Meta(),
		Spec: &policyv1.PodDisruptionBudgetSpecArgs{
			MaxUnavailable: pulumi.Int(1), Selector: &metav1.LabelSelectorArgs{MatchLabels: b.own()},
		},
	}, b.who.Child()...)
	return err
}
