package world

const (
	kindARCCluster     = "AWS::Route53RecoveryControl::Cluster"
	kindControlPanel   = "AWS::Route53RecoveryControl::ControlPanel"
	kindRoutingControl = "AWS::Route53RecoveryControl::RoutingControl"
	kindSafetyRule     = "AWS::Route53RecoveryControl::SafetyRule"

	arcService = "route53-recovery-control-config"
	arcDoc     = "https://docs.aws.amazon.com/r53recovery/latest/dg/routing-control.html"
)

// arcRegions are where the five endpoints of a cluster are
// (https://docs.aws.amazon.com/r53recovery/latest/dg/introduction-regions-routing.html).
var arcRegions = []string{"us-east-1", "us-west-2", "eu-west-1", "ap-northeast-1", "ap-southeast-2"}

var arcKinds = []Kind{
	{
		Name: kindARCCluster, Service: arcService, Source: arcDoc, Global: true, Fixed: []string{"Name"},
		id: arcARN("cluster/"), arn: arcARN("cluster/"), computed: func(t *tx, e *Entity) {
			list := []any{}
			for _, r := range arcRegions {
				list = append(list, Document{"Region": r,
					"Endpoint": "https://" + t.hex(e, r, 8) + ".route53-recovery-cluster." + r + ".amazonaws.com/v1"})
			}
			set(e, "ClusterEndpoints", list)
			e.Out["Status"] = "DEPLOYED"
		},
	},
	{
		Name: kindControlPanel, Service: arcService, Source: arcDoc, Global: true, Required: []string{"ClusterArn", "Name"},
		Fixed: []string{"ClusterArn"}, Refs: []Link{link("ClusterArn", kindARCCluster, "ResourceNotFoundException",
			"ConflictException")},
		id: arcARN("controlpanel/"), arn: arcARN("controlpanel/"), computed: func(t *tx, e *Entity) {
			e.Out["Status"], e.Out["DefaultControlPanel"] = "DEPLOYED", false
		},
		seen: func(t *tx, e *Entity) { e.Out["RoutingControlCount"] = float64(len(t.controlsOf(e.ID))) },
	},
	{
		Name: kindRoutingControl, Service: arcService, Source: arcDoc, Global: true, Required: []string{"ClusterArn", "Name"},
		Fixed: []string{"ClusterArn", "ControlPanelArn"},
		Refs: []Link{
			link("ClusterArn", kindARCCluster, "ResourceNotFoundException", "ConflictException"),
			link("ControlPanelArn", kindControlPanel, "ResourceNotFoundException", "ConflictException"),
		},
		id: arcARN("routingcontrol/"), arn: arcARN("routingcontrol/"), computed: func(_ *tx, e *Entity) {
			e.Out["Status"] = "DEPLOYED"
			set(e, "RoutingControlState", "Off") // every control starts Off
		},
	},
	{
		Name: kindSafetyRule, Service: arcService, Source: arcDoc, Global: true,
		Required: []string{"ControlPanelArn", "RuleConfig", "WaitPeriodMs"},
		Fixed:    []string{"ControlPanelArn", "AssertedControls"},
		Refs: []Link{
			link("ControlPanelArn", kindControlPanel, "ResourceNotFoundException", "ConflictException"),
			link("AssertedControls", kindRoutingControl, "ResourceNotFoundException", "ConflictException"),
			link("GatingControls", kindRoutingControl, "ResourceNotFoundException", "ConflictException"),
			link("TargetControls", kindRoutingControl, "ResourceNotFoundException", "ConflictException"),
		},
		id: arcARN("safetyrule/"), arn: arcARN("safetyrule/"), checks: []check{safetyShape},
		computed: func(_ *tx, e *Entity) { e.Out["Status"] = "DEPLOYED" },
	},
}

func arcARN(resource string) func(*tx, *Entity) string {
	return func(t *tx, e *Entity) string {
		return "arn:aws:route53-recovery-control::" + t.cfg.Account + ":" + resource + t.uuid(e, "id")
	}
}

func (t *tx) controlsOf(panel string) []*Entity {
	var out []*Entity
	for _, c := range t.list(kindRoutingControl, Global) {
		if str(c.In, "ControlPanelArn") == panel {
			out = append(out, c)
		}
	}
	return out
}

func safetyShape(_ *tx, e, _ *Entity) error {
	asserted, gating, target := has(e.In, "AssertedControls"), has(e.In, "GatingControls"), has(e.In, "TargetControls")
	if asserted == gating || gating != target {
		return refuse("ValidationException", "%s: want AssertedControls, or GatingControls with TargetControls", e.ID)
	}
	return nil
}
