package agents

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/iampolicy"
	"redoubt/internal/naming"
	"redoubt/system"
)

// RoleArn is the role of an agent in the home of the scope.
func RoleArn(s naming.Scope, agent string) string {
	return fmt.Sprintf("arn:aws:iam::%s:role/%s", s.Account, s.Role("agent-"+agent))
}

// identity declares who the agent is: a service account, a role that only its
// pods can have, and the association of the two. Pods that start before the
// association have no role, so what is returned must stand first.
func (b *builder) identity(agent system.Agent) (pulumi.StringOutput, []pulumi.Resource, error) {
	none := pulumi.StringOutput{}
	account, err := corev1.NewServiceAccount(b.ctx, b.part(agent.Name, "account"), &corev1.ServiceAccountArgs{
		Metadata: b.meta(agent, nil), AutomountServiceAccountToken: pulumi.Bool(false),
	}, b.inside()...)
	if err != nil {
		return none, nil, err
	}
	role, err := iam.NewRole(b.ctx, b.part(agent.Name, "role"), &iam.RoleArgs{
		Name:             pulumi.String(b.args.Scope.Role("agent-" + agent.Name)),
		Description:      pulumi.Sprintf("What the agent %s may do in the %s home", agent.Name, b.args.Scope.Home),
		AssumeRolePolicy: pulumi.String(iampolicy.PodTrust(Namespace(b.args.System), agent.Name).JSON()),
	}, b.child()...)
	if err != nil {
		return none, nil, err
	}
	allowed, err := iam.NewRolePolicy(b.ctx, b.part(agent.Name, "allowed"), &iam.RolePolicyArgs{
		Name: pulumi.String("allowed"), Role: role.Name, Policy: b.allowed(agent),
	}, b.child()...)
	if err != nil {
		return none, nil, err
	}
	association, err := eks.NewPodIdentityAssociation(b.ctx, b.part(agent.Name, "identity"),
		&eks.PodIdentityAssociationArgs{
			ClusterName: b.args.Cluster, Namespace: pulumi.String(Namespace(b.args.System)),
			ServiceAccount: pulumi.String(agent.Name), RoleArn: role.Arn,
		}, b.child(pulumi.DependsOn([]pulumi.Resource{allowed}))...)
	return role.Arn, []pulumi.Resource{account, association}, err
}

// places are what the policy of one agent names, once AWS has told it.
type places struct {
	dataKey, secretKey, locks string
	secrets, levels           []string
	stores                    map[string]place
}

// place is a store's place in plain text.
type place struct{ arn, secret, user, ledger, idempotency, next string }

// allowed is the policy of the agent's role as AWS reads it.
func (b *builder) allowed(agent system.Agent) pulumi.StringOutput {
	named := Uses(agent)
	inputs := []any{b.args.DataKeyArn, b.args.SecretKeyArn, or(b.args.LockTableArn), b.secrets(agent), b.flags(agent)}
	for _, name := range named {
		s := b.args.Stores[name]
		inputs = append(inputs, or(s.Arn), or(s.SecretArn), or(s.UserArn), or(s.LedgerArn), or(s.IdempotencyArn))
	}
	return pulumi.All(inputs...).ApplyT(func(v []any) (string, error) {
		p := places{
			dataKey: v[0].(string), secretKey: v[1].(string), locks: v[2].(string), secrets: v[3].([]string),
			levels: v[4].([]string), stores: map[string]place{},
		}
		for i, name := range named {
			at := v[5+5*i:]
			p.stores[name] = place{at[0].(string), at[1].(string), at[2].(string), at[3].(string), at[4].(string),
				b.args.Stores[name].NextArn}
		}
		return allowed(b.args.Scope, b.args.System, agent, b.args.DiscoveryParameter, b.args.leased(agent), p).Checked()
	}).(pulumi.StringOutput)
}

// secrets are those of the dependencies that the agent calls.
func (b *builder) secrets(agent system.Agent) pulumi.StringArrayInput {
	out := pulumi.StringArray{}
	for _, name := range slices.Sorted(slices.Values(b.args.System.Asks(agent))) {
		if arn := b.args.DependencySecrets[name]; arn != nil {
			out = append(out, arn)
		}
	}
	return out.ToStringArrayOutput()
}

// flags are those of the agent's levels, none when it declares no levels.
func (b *builder) flags(agent system.Agent) pulumi.StringArrayInput {
	if len(agent.Degradation) == 0 {
		return pulumi.StringArray{}.ToStringArrayOutput()
	}
	return b.args.Levels[agent.Name]
}

// or makes an empty text of an input that is not there.
func or(in pulumi.StringInput) pulumi.StringInput {
	if in == nil {
		return pulumi.String("")
	}
	return in
}
