package catalog

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/acm"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53recoverycontrol"
)

var trafficRows = []row{
	{"aws:lb/loadBalancer:LoadBalancer", "aws_lb", lb.LoadBalancerArgs{}, lb.LoadBalancerState{}},
	{"aws:lb/targetGroup:TargetGroup", "aws_lb_target_group", lb.TargetGroupArgs{}, lb.TargetGroupState{}},
	{"aws:lb/listener:Listener", "aws_lb_listener", lb.ListenerArgs{}, lb.ListenerState{}},
	{"aws:lb/listenerRule:ListenerRule", "aws_lb_listener_rule", lb.ListenerRuleArgs{}, lb.ListenerRuleState{}},
	{"aws:acm/certificate:Certificate", "aws_acm_certificate", acm.CertificateArgs{}, acm.CertificateState{}},
	{"aws:acm/certificateValidation:CertificateValidation", "aws_acm_certificate_validation", acm.CertificateValidationArgs{}, acm.CertificateValidationState{}},
	{"aws:route53/zone:Zone", "aws_route53_zone", route53.ZoneArgs{}, route53.ZoneState{}},
	{"aws:route53/record:Record", "aws_route53_record", route53.RecordArgs{}, route53.RecordState{}},
	{"aws:route53/healthCheck:HealthCheck", "aws_route53_health_check", route53.HealthCheckArgs{}, route53.HealthCheckState{}},
	{"aws:route53recoverycontrol/cluster:Cluster", "aws_route53recoverycontrolconfig_cluster", route53recoverycontrol.ClusterArgs{}, route53recoverycontrol.ClusterState{}},
	{"aws:route53recoverycontrol/controlPanel:ControlPanel", "aws_route53recoverycontrolconfig_control_panel", route53recoverycontrol.ControlPanelArgs{}, route53recoverycontrol.ControlPanelState{}},
	{"aws:route53recoverycontrol/routingControl:RoutingControl", "aws_route53recoverycontrolconfig_routing_control", route53recoverycontrol.RoutingControlArgs{}, route53recoverycontrol.RoutingControlState{}},
	{"aws:route53recoverycontrol/safetyRule:SafetyRule", "aws_route53recoverycontrolconfig_safety_rule", route53recoverycontrol.SafetyRuleArgs{}, route53recoverycontrol.SafetyRuleState{}},
	{"aws:route53/zoneAssociation:ZoneAssociation", "aws_route53_zone_association", route53.ZoneAssociationArgs{}, route53.ZoneAssociationState{}},
}
