package provider

var specsOfEntry = map[string]spec{
	"aws:lb/loadBalancer:LoadBalancer": {kind: "AWS::ElasticLoadBalancingV2::LoadBalancer", name: byName(32),
		defaults: map[string]any{"dnsRecordClientRoutingPolicy": "any_availability_zone"},
		variants: variantsOfLoadBalancer},
	"aws:lb/targetGroup:TargetGroup": {kind: "AWS::ElasticLoadBalancingV2::TargetGroup", name: byName(32),
		sticky: []string{"healthCheck", "stickiness", "targetHealthStates"},
		defaults: map[string]any{
			"healthCheck.enabled": true, "healthCheck.interval": 30.0, "healthCheck.port": "traffic-port",
			"healthCheck.protocol": "HTTP", "healthCheck.healthyThreshold": 3.0,
			"healthCheck.unhealthyThreshold": 3.0,
		}},
	"aws:lb/listener:Listener": {kind: "AWS::ElasticLoadBalancingV2::Listener", variants: variantsOfListener,
		defaults: redirectDefaults("defaultActions")},
	"aws:lb/listenerRule:ListenerRule": {kind: "AWS::ElasticLoadBalancingV2::ListenerRule",
		variants: variantsOfActions("actions"), defaults: redirectDefaults("actions")},
	"aws:acm/certificate:Certificate": {kind: "AWS::CertificateManager::Certificate",
		implied: map[string]string{"subjectAlternativeNames": "domainName"}},
	"aws:acm/certificateValidation:CertificateValidation": {kind: "AWS::CertificateManager::CertificateValidation"},

	"aws:route53/zone:Zone": {kind: "AWS::Route53::HostedZone", name: byName(255), names: []string{"name"}},
	"aws:route53/record:Record": {kind: "AWS::Route53::RecordSet",
		names: []string{"name", "aliases.name"}},
	"aws:route53/healthCheck:HealthCheck": {kind: "AWS::Route53::HealthCheck"},

	"aws:route53recoverycontrol/cluster:Cluster":               {kind: "AWS::Route53RecoveryControl::Cluster", name: byName(64)},
	"aws:route53recoverycontrol/controlPanel:ControlPanel":     {kind: "AWS::Route53RecoveryControl::ControlPanel", name: byName(64)},
	"aws:route53recoverycontrol/routingControl:RoutingControl": {kind: "AWS::Route53RecoveryControl::RoutingControl", name: byName(64)},
	"aws:route53recoverycontrol/safetyRule:SafetyRule":         {kind: "AWS::Route53RecoveryControl::SafetyRule", name: byName(64)},
}
