package entry

import (
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/inventory"
	"redoubt/system"
)

const (
	// probeSeconds and probeFailures make a home unhealthy after three failures,
	// ten seconds apart:
	// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-creating-values.html
	probeSeconds, probeFailures = 10, 3
	probePath                   = "/healthz"
)

// records declares the home's two names: the domain, which follows the switch,
// and the home's own, which never moves.
func (d *declaration) records() error {
	home := d.args.Scope.Home
	args := &route53.RecordArgs{
		ZoneId:        d.args.ZoneID,
		Name:          pulumi.String(d.args.Domain),
		Type:          pulumi.String("A"),
		SetIdentifier: pulumi.String(string(home)),
		FailoverRoutingPolicies: route53.RecordFailoverRoutingPolicyArray{
			route53.RecordFailoverRoutingPolicyArgs{Type: pulumi.String(strings.ToUpper(string(home)))},
		},
		Aliases: d.toBalancer(),
	}
	if d.obeys() {
		args.HealthCheckId = d.entry.HealthCheckID.ToStringPtrOutput()
	}
	var err error
	if d.domain, err = route53.NewRecord(d.ctx, d.part("domain"), args, d.guarded()...); err != nil {
		return err
	}
	if _, err := d.ownName(d.part("home"), d.args.homeName()); err != nil {
		return err
	}
	probe, err := d.probe("probe", d.args.homeName())
	if err != nil {
		return err
	}
	d.entry.ProbeHealthCheckID = probe.ID().ToStringOutput()
	return nil
}

// obeys reports whether this home's failover record has a health check. Until
// the peer is there nothing can move, so the primary's record has none; the
// secondary's has one only with routing controls, and answers whenever the
// primary's does not otherwise.
func (d *declaration) obeys() bool {
	return d.args.Peer != nil && (d.args.Scope.Home == system.Primary || d.args.Switch == inventory.ARCSwitch)
}

// toBalancer points a record at the load balancer. The health of its targets
// is not asked: it would move traffic without an act, and before the data. AWS
// takes a failover alias without it (assumed until tried: the reference of
// ResourceRecordSet asks for true, the service refuses only a primary record that
// is no alias and has no health check:
// https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html).
func (d *declaration) toBalancer() route53.RecordAliasArray {
	return route53.RecordAliasArray{route53.RecordAliasArgs{
		Name: d.lb.DnsName, ZoneId: d.lb.ZoneId, EvaluateTargetHealth: pulumi.Bool(false),
	}}
}

// ownName declares a name that always means this home.
func (d *declaration) ownName(part, name string) (*route53.Record, error) {
	return route53.NewRecord(d.ctx, part, &route53.RecordArgs{
		ZoneId: d.args.ZoneID, Name: pulumi.String(name), Type: pulumi.String("A"), Aliases: d.toBalancer(),
	}, d.options()...)
}

// probe declares the check of a name that always means this home. Route 53
// asks from many regions and does not look at the certificate.
func (d *declaration) probe(part, name string) (*route53.HealthCheck, error) {
	return route53.NewHealthCheck(d.ctx, d.part(part), &route53.HealthCheckArgs{
		Type:             pulumi.String("HTTPS"),
		Fqdn:             pulumi.String(name),
		Port:             pulumi.Int(httpsPort),
		ResourcePath:     pulumi.String(probePath),
		RequestInterval:  pulumi.Int(probeSeconds),
		FailureThreshold: pulumi.Int(probeFailures),
		EnableSni:        pulumi.Bool(true),
		Tags:             d.tag(part),
	}, d.options()...)
}

// agentRecords declares the agents' names.
func (d *declaration) agentRecords() error {
	for _, agent := range d.args.Agents {
		declare := d.followsSwitch
		if d.args.active(agent) {
			declare = d.answersHere
		}
		if err := declare(agent); err != nil {
			return err
		}
	}
	return nil
}

// followsSwitch makes the agent's name another one for the domain. It is the
// same in both homes, so the primary alone declares it.
func (d *declaration) followsSwitch(agent system.Agent) error {
	if d.args.Scope.Home != system.Primary {
		return nil
	}
	_, err := route53.NewRecord(d.ctx, d.part("name-"+agent.Name), &route53.RecordArgs{
		ZoneId: d.args.ZoneID,
		Name:   pulumi.String(d.args.under(agent.Name)),
		Type:   pulumi.String("A"),
		Aliases: route53.RecordAliasArray{route53.RecordAliasArgs{
			Name: pulumi.String(d.args.Domain), ZoneId: d.args.ZoneID, EvaluateTargetHealth: pulumi.Bool(false),
		}},
	}, d.agentOptions(pulumi.DependsOn([]pulumi.Resource{d.domain}))...)
	return err
}

// answersHere makes this home one of the two that answer for the agent, and
// takes it out of the answer while its endpoint fails.
func (d *declaration) answersHere(agent system.Agent) error {
	own := homeLabel(agent.Name, d.args.Scope.Home)
	if _, err := d.ownName(d.part("home-"+agent.Name), d.args.under(own)); err != nil {
		return err
	}
	probe, err := d.probe("probe-"+agent.Name, d.args.under(own))
	if err != nil {
		return err
	}
	_, err = route53.NewRecord(d.ctx, d.part("name-"+agent.Name), &route53.RecordArgs{
		ZoneId:        d.args.ZoneID,
		Name:          pulumi.String(d.args.under(agent.Name)),
		Type:          pulumi.String("A"),
		SetIdentifier: pulumi.String(string(d.args.Scope.Home)),
		LatencyRoutingPolicies: route53.RecordLatencyRoutingPolicyArray{
			route53.RecordLatencyRoutingPolicyArgs{Region: pulumi.String(d.args.Scope.Region)},
		},
		HealthCheckId: probe.ID().ToStringOutput().ToStringPtrOutput(),
		Aliases:       d.toBalancer(),
	}, d.agentOptions()...)
	return err
}

// agentOptions let an agent's name change between one answer and two: Route 53
// keeps no two routing policies under one name, so the old record goes first.
func (d *declaration) agentOptions(more ...pulumi.ResourceOption) []pulumi.ResourceOption {
	return d.options(append(more, pulumi.ReplaceOnChanges([]string{"setIdentifier"}), pulumi.DeleteBeforeReplace(true))...)
}
