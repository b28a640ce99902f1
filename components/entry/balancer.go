package entry

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const (
	httpsPort, httpPort = 443, 80
	// tlsPolicy takes TLS 1.2 and 1.3:
	// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
	tlsPolicy = "ELBSecurityPolicy-TLS13-1-2-2021-06"
	// keepAliveSeconds bounds how long a client holds on to a zone that was
	// shifted away:
	// https://docs.aws.amazon.com/r53recovery/latest/dg/arc-zonal-shift.resource-types.html
	keepAliveSeconds = 300
)

// balancer declares the load balancer over the three zones.
func (d *declaration) balancer() error {
	group, err := d.firewall()
	if err != nil {
		return err
	}
	d.entry.SecurityGroupID = group.ID().ToStringOutput()
	args := &lb.LoadBalancerArgs{
		Name:                     pulumi.String(d.args.balancerName()),
		LoadBalancerType:         pulumi.String("application"),
		Internal:                 pulumi.Bool(false),
		IpAddressType:            pulumi.String("ipv4"),
		SecurityGroups:           pulumi.StringArray{d.entry.SecurityGroupID},
		Subnets:                  oneAZone(d.args.PublicSubnetIDs),
		EnableDeletionProtection: pulumi.Bool(d.args.Protect),
		EnableZonalShift:         pulumi.Bool(true),
		EnableHttp2:              pulumi.Bool(true),
		DropInvalidHeaderFields:  pulumi.Bool(true),
		ClientKeepAlive:          pulumi.Int(keepAliveSeconds),
	}
	if logs := d.args.AccessLogs; logs != nil {
		args.AccessLogs = lb.LoadBalancerAccessLogsArgs{
			Bucket: logs.Bucket, Prefix: pulumi.String(logs.Prefix), Enabled: pulumi.Bool(true),
		}
	}
	d.lb, err = lb.NewLoadBalancer(d.ctx, d.part("balancer"), args, d.guarded()...)
	return err
}

// oneAZone returns the subnets once they are known to be one for each zone.
func oneAZone(subnets pulumi.StringArrayInput) pulumi.StringArrayOutput {
	return subnets.ToStringArrayOutput().ApplyT(func(ids []string) ([]string, error) {
		distinct := map[string]bool{}
		for _, id := range ids {
			distinct[id] = true
		}
		if len(ids) != zones || len(distinct) != zones {
			return nil, fmt.Errorf("public subnets are %v, want one in each of %d zones", ids, zones)
		}
		return ids, nil
	}).(pulumi.StringArrayOutput)
}

// firewall declares who may call the load balancer and whom it may call. The
// group has no name of its own: a new one can stand beside the old.
func (d *declaration) firewall() (*ec2.SecurityGroup, error) {
	group, err := ec2.NewSecurityGroup(d.ctx, d.part("firewall"), &ec2.SecurityGroupArgs{
		Description: pulumi.String("Load balancer of " + d.args.Domain),
		VpcId:       d.args.VpcID,
	}, d.options()...)
	if err != nil {
		return nil, err
	}
	id := group.ID().ToStringOutput()
	for _, port := range []int{httpsPort, httpPort} {
		for _, cidr := range d.args.ClientCIDRs {
			if err := d.allow(id, port, cidr); err != nil {
				return nil, err
			}
		}
	}
	if err := d.allowCheckers(id); err != nil {
		return nil, err
	}
	return group, d.allowTargets(id)
}

func (d *declaration) allow(group pulumi.StringInput, port int, cidr string) error {
	_, err := vpc.NewSecurityGroupIngressRule(d.ctx, d.part(fmt.Sprintf("in-%d-%s", port, plain(cidr))),
		&vpc.SecurityGroupIngressRuleArgs{
			SecurityGroupId: group,
			Description:     pulumi.String("Clients"),
			IpProtocol:      pulumi.String("tcp"),
			FromPort:        pulumi.Int(port),
			ToPort:          pulumi.Int(port),
			CidrIpv4:        pulumi.String(cidr),
		}, d.options()...)
	return err
}

// allowCheckers lets Route 53's health checkers in where not everybody may.
func (d *declaration) allowCheckers(group pulumi.StringInput) error {
	if d.args.CheckerPrefixListID == "" {
		return nil
	}
	_, err := vpc.NewSecurityGroupIngressRule(d.ctx, d.part("in-checkers"), &vpc.SecurityGroupIngressRuleArgs{
		SecurityGroupId: group,
		Description:     pulumi.String("Health checkers of Route 53"),
		IpProtocol:      pulumi.String("tcp"),
		FromPort:        pulumi.Int(httpsPort),
		ToPort:          pulumi.Int(httpsPort),
		PrefixListId:    pulumi.String(d.args.CheckerPrefixListID),
	}, d.options()...)
	return err
}

// allowTargets lets the load balancer call the agents on their ports.
func (d *declaration) allowTargets(group pulumi.StringInput) error {
	done := map[int]bool{}
	for _, agent := range d.args.Agents {
		if done[agent.Port] {
			continue
		}
		done[agent.Port] = true
		for _, cidr := range d.args.TargetCIDRs {
			_, err := vpc.NewSecurityGroupEgressRule(d.ctx, d.part(fmt.Sprintf("out-%d-%s", agent.Port, plain(cidr))),
				&vpc.SecurityGroupEgressRuleArgs{
					SecurityGroupId: group,
					Description:     pulumi.String("Agents"),
					IpProtocol:      pulumi.String("tcp"),
					FromPort:        pulumi.Int(agent.Port),
					ToPort:          pulumi.Int(agent.Port),
					CidrIpv4:        pulumi.String(cidr),
				}, d.options()...)
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// plain makes an address range fit for a logical name.
func plain(cidr string) string { return strings.NewReplacer(".", "-", "/", "-").Replace(cidr) }

// listeners declares HTTPS, with a rule for each agent, and the redirect to it.
func (d *declaration) listeners() error {
	first := d.groups[d.args.Agents[0].Name]
	https, err := lb.NewListener(d.ctx, d.part("https"), &lb.ListenerArgs{
		LoadBalancerArn: d.lb.Arn,
		Port:            pulumi.Int(httpsPort),
		Protocol:        pulumi.String("HTTPS"),
		SslPolicy:       pulumi.String(tlsPolicy),
		CertificateArn:  d.args.CertificateArn.ToStringOutput().ToStringPtrOutput(),
		DefaultActions: lb.ListenerDefaultActionArray{lb.ListenerDefaultActionArgs{
			Type: pulumi.String("forward"), TargetGroupArn: first.Arn,
		}},
	}, d.options()...)
	if err != nil {
		return err
	}
	if err := d.rules(https); err != nil {
		return err
	}
	_, err = lb.NewListener(d.ctx, d.part("http"), &lb.ListenerArgs{
		LoadBalancerArn: d.lb.Arn,
		Port:            pulumi.Int(httpPort),
		Protocol:        pulumi.String("HTTP"),
		DefaultActions: lb.ListenerDefaultActionArray{lb.ListenerDefaultActionArgs{
			Type: pulumi.String("redirect"),
			Redirect: lb.ListenerDefaultActionRedirectArgs{
				Protocol: pulumi.String("HTTPS"), Port: pulumi.String("443"), StatusCode: pulumi.String("HTTP_301"),
			},
		}},
	}, d.options()...)
	return err
}
