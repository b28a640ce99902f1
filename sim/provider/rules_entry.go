package provider

import "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

const (
	elbName = `^[0-9A-Za-z]([0-9A-Za-z-]*[0-9A-Za-z])?$`
	elbText = "letters, digits and hyphens, no hyphen first or last"
)

var rulesOfEntry = map[string][]rule{
	"aws:lb/loadBalancer:LoadBalancer": {
		matches("name", elbName, elbText),
		without("name", `^internal-`, "a name must not begin with internal-"),
		length("name", 1, 32),
		length("namePrefix", 1, 6),
		conflicts("", "name", "namePrefix"),
		conflicts("", "subnets", "subnetMappings"),
		oneOf("loadBalancerType", "application", "gateway", "network"),
		oneOf("ipAddressType", "ipv4", "dualstack", "dualstack-without-public-ipv4"),
		oneOf("desyncMitigationMode", "monitor", "defensive", "strictest"),
		oneOf("xffHeaderProcessingMode", "append", "preserve", "remove"),
		oneOf("enforceSecurityGroupInboundRulesOnPrivateLinkTraffic", "on", "off"),
		oneOf("dnsRecordClientRoutingPolicy", "any_availability_zone", "availability_zone_affinity",
			"partial_availability_zone_affinity"),
		between("clientKeepAlive", 60, 604800),
	},
	"aws:lb/targetGroup:TargetGroup": {
		matches("name", elbName, elbText),
		length("name", 1, 32),
		length("namePrefix", 1, 6),
		conflicts("", "name", "namePrefix"),
		between("port", 1, 65535),
		between("deregistrationDelay", 0, 3600),
		number("slowStart", "0 or 30 to 900", func(n float64) bool { return n == 0 || (n >= 30 && n <= 900) }),
		oneOf("protocol", "GENEVE", "HTTP", "HTTPS", "TCP", "TCP_UDP", "TLS", "UDP"),
		oneOf("protocolVersion", "GRPC", "HTTP1", "HTTP2"),
		oneOf("targetType", "alb", "instance", "ip", "lambda"),
		oneOf("ipAddressType", "ipv4", "ipv6"),
		oneOf("loadBalancingAlgorithmType", "round_robin", "least_outstanding_requests", "weighted_random"),
		oneOf("loadBalancingCrossZoneEnabled", "true", "false", "use_load_balancer_configuration"),
		between("healthCheck.interval", 5, 300),
		between("healthCheck.timeout", 2, 120),
		between("healthCheck.healthyThreshold", 2, 10),
		between("healthCheck.unhealthyThreshold", 2, 10),
		matches("healthCheck.path", `^/`, "a path that begins with /"),
		length("healthCheck.path", 1, 1024),
		oneOf("healthCheck.protocol", "HTTP", "HTTPS", "TCP"),
		oneOf("stickiness.type", "lb_cookie", "app_cookie", "source_ip", "source_ip_dest_ip",
			"source_ip_dest_ip_proto"),
		between("stickiness.cookieDuration", 0, 604800),
	},
	"aws:lb/listener:Listener": {
		between("port", 1, 65535),
		oneOf("protocol", "GENEVE", "HTTP", "HTTPS", "TCP", "TCP_UDP", "TLS", "UDP"),
		arn("loadBalancerArn"),
		arn("certificateArn"),
		oneOf("defaultActions[].type", "authenticate-cognito", "authenticate-oidc", "fixed-response", "forward",
			"redirect"),
		{"defaultActions[]", actionHasBlock},
		oneOf("defaultActions[].fixedResponse.contentType", contentTypes...),
		matches("defaultActions[].fixedResponse.statusCode", `^[245]\d\d$`, "a status of 2xx, 4xx or 5xx"),
		oneOf("defaultActions[].redirect.statusCode", "HTTP_301", "HTTP_302"),
	},
	"aws:lb/listenerRule:ListenerRule": {
		between("priority", 1, 99999),
		arn("listenerArn"),
		oneOf("actions[].type", "authenticate-cognito", "authenticate-oidc", "fixed-response", "forward", "redirect"),
		{"actions[]", actionHasBlock},
		oneOf("actions[].fixedResponse.contentType", contentTypes...),
		oneOf("actions[].redirect.statusCode", "HTTP_301", "HTTP_302"),
	},
	"aws:acm/certificate:Certificate": {
		without("domainName", `\.$`, "a domain name must not end with a dot"),
		length("domainName", 1, 253),
		without("subjectAlternativeNames[]", `\.$`, "a domain name must not end with a dot"),
		oneOf("validationMethod", "DNS", "EMAIL"),
		oneOf("keyAlgorithm", "RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1",
			"EC_secp521r1"),
		conflicts("", "validationMethod", "privateKey", "certificateAuthorityArn"),
		oneOf("options.certificateTransparencyLoggingPreference", "ENABLED", "DISABLED"),
	},
	"aws:acm/certificateValidation:CertificateValidation": {arn("certificateArn")},
	"aws:route53/zone:Zone": {
		conflicts("", "vpcs", "delegationSetId"),
		length("name", 1, 1024),
		length("comment", 0, 256),
	},
	"aws:route53/record:Record": {
		exactlyOne("", "aliases", "records"),
		conflicts("", "aliases", "ttl"),
		requires("", "records", "ttl"),
		elements("aliases", 0, 1),
		oneOf("type", "A", "AAAA", "CAA", "CNAME", "DS", "HTTPS", "MX", "NAPTR", "NS", "PTR", "SOA", "SPF", "SRV",
			"SSHFP", "SVCB", "TLSA", "TXT"),
		oneOf("failoverRoutingPolicies[].type", "PRIMARY", "SECONDARY"),
		{"", oneRoutingPolicy},
	},
	"aws:route53/healthCheck:HealthCheck": {
		oneOf("type", "CALCULATED", "CLOUDWATCH_METRIC", "HTTP", "HTTPS", "HTTPS_STR_MATCH", "HTTP_STR_MATCH",
			"RECOVERY_CONTROL", "TCP"),
		between("failureThreshold", 1, 10),
		oneOfNumbers("requestInterval", 10, 30),
		oneOf("insufficientDataHealthStatus", "Healthy", "LastKnownStatus", "Unhealthy"),
		oneOf("regions[]", "us-east-1", "us-west-1", "us-west-2", "eu-west-1", "ap-southeast-1", "ap-southeast-2",
			"ap-northeast-1", "sa-east-1"),
		elements("regions", 3, 8),
		between("childHealthThreshold", 0, 256),
		elements("childHealthchecks", 0, 256),
		length("referenceName", 0, 27),
		length("searchString", 0, 255),
		length("resourcePath", 0, 255),
		length("fqdn", 0, 255),
		between("port", 1, 65535),
		arn("routingControlArn"),
	},
	"aws:route53recoverycontrol/cluster:Cluster":               {length("name", 1, 64)},
	"aws:route53recoverycontrol/controlPanel:ControlPanel":     {length("name", 1, 64)},
	"aws:route53recoverycontrol/routingControl:RoutingControl": {length("name", 1, 64)},
	"aws:route53recoverycontrol/safetyRule:SafetyRule": {
		exactlyOne("", "assertedControls", "gatingControls"),
		oneOf("ruleConfig.type", "AND", "ATLEAST", "OR"),
		arn("controlPanelArn"),
	},
}

var contentTypes = []string{"text/plain", "text/css", "text/html", "application/javascript", "application/json"}

// actionHasBlock wants the block that an action's type stands for.
func actionHasBlock(action resource.PropertyMap) []Failure {
	typ, known := plain(action["type"])
	if !known || !typ.IsString() {
		return nil
	}
	switch typ.StringValue() {
	case "forward":
		if len(together(action, []string{"targetGroupArn", "forward"})) == 0 {
			return []Failure{{"type", "is forward: give targetGroupArn or forward"}}
		}
	case "fixed-response":
		return missingBlock(action, "fixedResponse")
	case "redirect":
		return missingBlock(action, "redirect")
	}
	return nil
}

func missingBlock(action resource.PropertyMap, block string) []Failure {
	if given(action, block) {
		return nil
	}
	return []Failure{{"type", "needs " + block}}
}

var routingPolicies = []string{"cidrRoutingPolicy", "failoverRoutingPolicies", "geolocationRoutingPolicies",
	"geoproximityRoutingPolicy", "latencyRoutingPolicies", "multivalueAnswerRoutingPolicy", "weightedRoutingPolicies"}

// oneRoutingPolicy wants at most one routing policy, and a set identifier with it.
func oneRoutingPolicy(record resource.PropertyMap) []Failure {
	got := together(record, routingPolicies)
	switch {
	case len(got) > 1:
		return []Failure{{got[0], "conflicts with " + got[1]}}
	case len(got) == 1 && !given(record, "setIdentifier"):
		return []Failure{{got[0], "needs setIdentifier"}}
	}
	return nil
}
