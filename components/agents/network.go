package agents

import (
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	networkingv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/networking/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/components/mesh/rules"
	"redoubt/components/mesh/sidecar"
	"redoubt/system"
)

// closed refuses everything in the namespace that no agent's policy allows.
// Network policies hold once the cluster's network add-on is told to enforce them.
func (b *builder) closed() error {
	_, err := networkingv1.NewNetworkPolicy(b.ctx, b.name+"-closed", &networkingv1.NetworkPolicyArgs{
		Metadata: &metav1.ObjectMetaArgs{
			Name: pulumi.String("closed"), Namespace: pulumi.String(Namespace(b.args.System)),
		},
		Spec: &networkingv1.NetworkPolicySpecArgs{PodSelector: &metav1.LabelSelectorArgs{}, PolicyTypes: bothWays()},
	}, b.inside()...)
	return err
}

// doors let the load balancer through to the public agents' ports; by itself
// the cluster's group takes in only what belongs to the cluster.
func (b *builder) doors() error {
	for _, agent := range b.args.agents() {
		if !agent.Public {
			continue
		}
		_, err := vpc.NewSecurityGroupIngressRule(b.ctx, b.part(agent.Name, "door"), &vpc.SecurityGroupIngressRuleArgs{
			SecurityGroupId: b.args.ClusterGroupID, ReferencedSecurityGroupId: b.args.EntryGroupID.ToStringOutput(),
			IpProtocol: pulumi.String("tcp"), FromPort: pulumi.Int(agent.Port), ToPort: pulumi.Int(agent.Port),
			Description: pulumi.Sprintf("the entry to %s", agent.Name),
		}, b.child()...)
		if err != nil {
			return err
		}
	}
	return nil
}

// policy allows what the file declares: in from whoever calls the agent, out to
// whatever it uses.
func (b *builder) policy(agent system.Agent) error {
	_, err := networkingv1.NewNetworkPolicy(b.ctx, b.part(agent.Name, "network"), &networkingv1.NetworkPolicyArgs{
		Metadata: b.meta(agent, nil),
		Spec: &networkingv1.NetworkPolicySpecArgs{
			PodSelector: selector(agent.Name), PolicyTypes: bothWays(),
			Ingress: b.ingress(agent), Egress: b.egress(agent),
		},
	}, b.inside()...)
	return err
}

// ingress lets in the agents that call this one and, for a public one, the load
// balancer. The kubelet's probes need no rule: a node always reaches its own pods.
func (b *builder) ingress(agent system.Agent) networkingv1.NetworkPolicyIngressRuleArray {
	var from networkingv1.NetworkPolicyPeerArray
	for _, caller := range b.args.System.Agents {
		if slices.Contains(caller.Calls, agent.Name) {
			from = append(from, networkingv1.NetworkPolicyPeerArgs{PodSelector: selector(caller.Name)})
		}
	}
	if agent.Public {
		from = append(from, blocks(b.args.Addresses.Entry)...)
	}
	if len(from) == 0 {
		return nil
	}
	return networkingv1.NetworkPolicyIngressRuleArray{networkingv1.NetworkPolicyIngressRuleArgs{
		From: from, Ports: ports("TCP", agent.Port),
	}}
}

// egress lets the agent out to names, to the mesh's control plane, to its credentials, to AWS's services in
// this network, to its stores and to the agents that it calls.
func (b *builder) egress(agent system.Agent) networkingv1.NetworkPolicyEgressRuleArray {
	a := b.args.Addresses
	out := networkingv1.NetworkPolicyEgressRuleArray{
		to(append(ports("UDP", 53), ports("TCP", 53)...), elsewhere("kube-system", "k8s-app", "kube-dns")),
		to(ports("TCP", sidecar.ControlPort), elsewhere(sidecar.ControlNamespace, "app", sidecar.ControlApp)),
		to(ports("TCP", rules.IdentityPort), blocks([]string{rules.IdentityAddress})...),
		to(ports("TCP", rules.HTTPSPort), blocks(a.Services)...),
	}
	for _, kind := range []struct {
		of   system.StoreKind
		port int
	}{{system.Postgres, rules.PostgresPort}, {system.Cache, rules.CachePort}} {
		if b.touches(agent, kind.of) {
			out = append(out, to(ports("TCP", kind.port), blocks(a.Stores)...))
		}
	}
	for _, name := range agent.Calls {
		called, _ := b.args.System.Agent(name)
		out = append(out, to(ports("TCP", called.Port), networkingv1.NetworkPolicyPeerArgs{PodSelector: selector(name)}))
	}
	if b.goesOut(agent) {
		out = append(out, to(ports("TCP", rules.HTTPSPort), networkingv1.NetworkPolicyPeerArgs{
			IpBlock: &networkingv1.IPBlockArgs{
				Cidr: pulumi.String("0.0.0.0/0"), Except: pulumi.ToStringArray(append(slices.Clone(a.Homes), "169.254.0.0/16")),
			},
		}))
	}
	return out
}

// goesOut reports whether the agent must reach addresses outside: those of what it
// needs, those of the tables of leases in other regions, and those of S3 and DynamoDB. The gateway endpoints lead to the latter two without leaving
// AWS, but at public addresses, which AWS changes without notice: a policy that listed them would
// one day cut an agent off from its store.
func (b *builder) goesOut(agent system.Agent) bool {
	return len(agent.Needs) > 0 || b.args.leased(agent) != nil || b.touches(agent, system.Table, system.Bucket, system.Queue)
}

// touches reports whether the agent uses a store of one of the kinds. A queue's
// ledger is a table.
func (b *builder) touches(agent system.Agent, kinds ...system.StoreKind) bool {
	return slices.ContainsFunc(Uses(agent), func(name string) bool {
		st, _ := b.args.System.Store(name)
		return slices.Contains(kinds, st.Kind)
	})
}

func to(ports networkingv1.NetworkPolicyPortArray, peers ...networkingv1.NetworkPolicyPeerInput,
) networkingv1.NetworkPolicyEgressRuleArgs {
	return networkingv1.NetworkPolicyEgressRuleArgs{To: networkingv1.NetworkPolicyPeerArray(peers), Ports: ports}
}

// elsewhere are pods of another namespace.
func elsewhere(namespace, label, value string) networkingv1.NetworkPolicyPeerArgs {
	return networkingv1.NetworkPolicyPeerArgs{
		NamespaceSelector: &metav1.LabelSelectorArgs{MatchLabels: pulumi.StringMap{
			"kubernetes.io/metadata.name": pulumi.String(namespace),
		}},
		PodSelector: &metav1.LabelSelectorArgs{MatchLabels: pulumi.StringMap{label: pulumi.String(value)}},
	}
}

func blocks(ranges []string) []networkingv1.NetworkPolicyPeerInput {
	var out []networkingv1.NetworkPolicyPeerInput
	for _, r := range ranges {
		out = append(out, networkingv1.NetworkPolicyPeerArgs{IpBlock: &networkingv1.IPBlockArgs{Cidr: pulumi.String(r)}})
	}
	return out
}

func ports(protocol string, number int) networkingv1.NetworkPolicyPortArray {
	return networkingv1.NetworkPolicyPortArray{networkingv1.NetworkPolicyPortArgs{
		Protocol: pulumi.String(protocol), Port: pulumi.Int(number),
	}}
}

func bothWays() pulumi.StringArray {
	return pulumi.StringArray{pulumi.String("Ingress"), pulumi.String("Egress")}
}
