package entry

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	rc "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53recoverycontrol"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/naming"
	"redoubt/system"
)

// nameMax is the limit of every name of routing control:
// https://docs.aws.amazon.com/recovery-cluster/latest/api/cluster.html
const nameMax = 64

// settleMs is how long the safety rule waits before it judges a change.
const settleMs = 5000

// routing declares the switch as routing controls. The primary owns cluster,
// controls, rule and both homes' health checks, from its first update on, so
// that the secondary's record can name its check. The configuration is made
// through us-west-2; the state is set at the cluster's five regional
// endpoints, and is not the program's.
//
// Controls are born off. The primary's has to be switched on before the second
// update lets the record obey it; were it forgotten, both records would be
// unhealthy and Route 53 would answer with the primary's all the same.
func (d *declaration) routing() error {
	if d.args.Scope.Home == system.Secondary {
		d.entry.HealthCheckID = d.args.Peer.HealthCheckID.ToStringOutput()
		return nil
	}
	name := pulumi.String(naming.Join(nameMax, d.args.Scope.System, "entry"))
	cluster, err := rc.NewCluster(d.ctx, d.part("cluster"), &rc.ClusterArgs{Name: name}, d.guarded()...)
	if err != nil {
		return err
	}
	panel, err := rc.NewControlPanel(d.ctx, d.part("panel"), &rc.ControlPanelArgs{
		ClusterArn: cluster.Arn, Name: name,
	}, d.guarded()...)
	if err != nil {
		return err
	}
	controls := pulumi.StringMap{}
	for _, home := range system.Homes {
		if controls[string(home)], err = d.control(home, cluster, panel); err != nil {
			return err
		}
	}
	d.entry.RoutingControlArns, d.entry.RoutingPanelArn = controls.ToStringMapOutput(), panel.Arn
	d.entry.ClusterEndpoints = endpoints(cluster)
	return d.oneStaysOn(panel, controls)
}

// control declares the control of one home and the check that follows it.
func (d *declaration) control(home system.Home, cluster *rc.Cluster, panel *rc.ControlPanel,
) (pulumi.StringInput, error) {
	control, err := rc.NewRoutingControl(d.ctx, d.part("control-"+string(home)), &rc.RoutingControlArgs{
		ClusterArn:      cluster.Arn,
		ControlPanelArn: panel.Arn,
		Name:            pulumi.String(naming.Join(nameMax, d.args.Scope.System, string(home))),
	}, d.guarded()...)
	if err != nil {
		return nil, err
	}
	check, err := route53.NewHealthCheck(d.ctx, d.part("switch-"+string(home)), &route53.HealthCheckArgs{
		Type:              pulumi.String("RECOVERY_CONTROL"),
		RoutingControlArn: control.Arn,
		Tags:              d.tag("switch-" + string(home)),
	}, d.guarded()...)
	if err != nil {
		return nil, err
	}
	id := check.ID().ToStringOutput()
	if home == system.Primary {
		d.entry.HealthCheckID = id
	} else {
		d.entry.PeerHealthCheckID = id
	}
	return control.Arn, nil
}

// oneStaysOn refuses an act that would leave no home on. The rule depends on
// the controls, so a destroy takes it away before them.
func (d *declaration) oneStaysOn(panel *rc.ControlPanel, controls pulumi.StringMap) error {
	asserted := pulumi.StringArray{}
	for _, home := range system.Homes {
		asserted = append(asserted, controls[string(home)])
	}
	_, err := rc.NewSafetyRule(d.ctx, d.part("rule"), &rc.SafetyRuleArgs{
		ControlPanelArn:  panel.Arn,
		Name:             pulumi.String(naming.Join(nameMax, d.args.Scope.System, "one-on")),
		AssertedControls: asserted,
		WaitPeriodMs:     pulumi.Int(settleMs),
		RuleConfig: rc.SafetyRuleRuleConfigArgs{
			Type: pulumi.String("ATLEAST"), Threshold: pulumi.Int(1), Inverted: pulumi.Bool(false),
		},
	}, d.guarded()...)
	return err
}

// endpoints maps a region to the cluster's endpoint there. All five are tried
// in turn by whoever acts.
func endpoints(cluster *rc.Cluster) pulumi.StringMapOutput {
	return cluster.ClusterEndpoints.ApplyT(func(all []rc.ClusterClusterEndpoint) map[string]string {
		out := map[string]string{}
		for _, e := range all {
			if e.Region != nil && e.Endpoint != nil {
				out[*e.Region] = *e.Endpoint
			}
		}
		return out
	}).(pulumi.StringMapOutput)
}
