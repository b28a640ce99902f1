package provider

var specsOfEntry = map[string]spec{
	"aws:lb/loadBalancer:LoadBalancer": {kind: "AWS::ElasticLoadBalancingV2::LoadBalancer", name: byName(32),
		sets: []string{"securityGroups", "subnets", "subnetMappings"}, defaults: map[string]any{
			"loadBalancerType": "application", "idleTimeout": 60.0, "enableHttp2": true, "clientKeepAlive": 3600.0,
			"desyncMitigationMode": "defensive", "xffHeaderProcessingMode": "append",
			"dnsRecordClientRoutingPolicy": "any_availability_zone"}},
	"aws:lb/targetGroup:TargetGroup": {kind: "AWS::ElasticLoadBalancingV2::TargetGroup", name: byName(32),
		defaults: map[string]any{"deregistrationDelay": 300.0, "targetType": "instance", "healthCheck.enabled": true,
			"healthCheck.interval": 30.0, "healthCheck.port": "traffic-port", "healthCheck.protocol": "HTTP",
			"healthCheck.healthyThreshold": 3.0, "healthCheck.unhealthyThreshold": 3.0}},
	"aws:lb/listener:Listener": {kind: "AWS::ElasticLoadBalancingV2::Listener",
		defaults: map[string]any{"protocol": "HTTP"}},
	"aws:lb/listenerRule:ListenerRule": {kind: "AWS::ElasticLoadBalancingV2::ListenerRule",
		sets: []string{"conditions", "conditions.hostHeader.values", "conditions.pathPattern.values",
			"conditions.httpRequestMethod.values", "conditions.sourceIp.values", "conditions.httpHeader.values"}},
	"aws:acm/certificate:Certificate": {kind: "AWS::CertificateManager::Certificate",
		sets: []string{"subjectAlternativeNames", "validationOptions"}},
	"aws:acm/certificateValidation:CertificateValidation": {kind: "AWS::CertificateManager::CertificateValidation",
		sets: []string{"validationRecordFqdns"}},

	"aws:route53/zone:Zone": {kind: "AWS::Route53::HostedZone", name: byName(255), names: []string{"name"},
		sets: []string{"vpcs"}, defaults: map[string]any{"comment": "Managed by Pulumi"}},
	"aws:route53/record:Record": {kind: "AWS::Route53::RecordSet",
		names: []string{"name", "aliases.name"}, sets: []string{"records", "aliases"}},
	"aws:route53/healthCheck:HealthCheck": {kind: "AWS::Route53::HealthCheck",
		sets: []string{"regions", "childHealthchecks"}, defaults: map[string]any{"failureThreshold": 3.0}},

	"aws:route53recoverycontrol/cluster:Cluster":               {kind: "AWS::Route53RecoveryControl::Cluster", name: byName(64)},
	"aws:route53recoverycontrol/controlPanel:ControlPanel":     {kind: "AWS::Route53RecoveryControl::ControlPanel", name: byName(64)},
	"aws:route53recoverycontrol/routingControl:RoutingControl": {kind: "AWS::Route53RecoveryControl::RoutingControl", name: byName(64)},
	"aws:route53recoverycontrol/safetyRule:SafetyRule":         {kind: "AWS::Route53RecoveryControl::SafetyRule", name: byName(64)},
}
