package provider

import (
	"fmt"
	"net/netip"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

const (
	elbName = `^[0-9A-Za-z]([0-9A-Za-z-]*[0-9A-Za-z])?$`
	elbText = "letters, digits and hyphens, no hyphen first or last"
)

var rulesOfEntry = map[string][]rule{
	"aws:lb/loadBalancer:LoadBalancer": {
		matches("name", elbName, elbText),
		without("name", `^internal-`, "a name must not begin with internal-"),
		conflicts("", "subnets", "subnetMappings"),
	},
	"aws:lb/targetGroup:TargetGroup": {
		matches("name", elbName, elbText),
		between("deregistrationDelay", 0, 3600),
		number("slowStart", "0 or 30 to 900", func(n float64) bool { return n == 0 || (n >= 30 && n <= 900) }),
		matches("healthCheck.path", `^/`, "a path that begins with /"),
		matches("healthCheck.port", `^(traffic-port|\d{1,5})$`, `a port or "traffic-port"`),
		oneOf("preserveClientIp", "", "true", "false"),
		{"", targetNeedsAddress},
	},
	"aws:lb/listener:Listener": {
		between("port", 1, 65535),
		{"defaultActions[]", actionHasBlock},
		matches("defaultActions[].fixedResponse.statusCode", `^[245]\d\d$`, "a status of 2xx, 4xx or 5xx"),
	},
	"aws:lb/listenerRule:ListenerRule": {
		between("priority", 1, 99999),
		{"actions[]", actionHasBlock},
	},
	"aws:acm/certificate:Certificate": {
		without("domainName", `\.$`, "a domain name must not end with a dot"),
		without("subjectAlternativeNames[]", `\.$`, "a domain name must not end with a dot"),
		conflicts("", "validationMethod", "privateKey", "certificateAuthorityArn"),
	},
	"aws:route53/record:Record": {
		oneOf("failoverRoutingPolicies[].type", "PRIMARY", "SECONDARY"),
		filled("failoverRoutingPolicies[].type"),
		filled("latencyRoutingPolicies[].region"),
		{"", oneRoutingPolicy},
	},
	"aws:route53/healthCheck:HealthCheck": {
		oneOfNumbers("requestInterval", 10, 30),
		oneOf("regions[]", "us-east-1", "us-west-1", "us-west-2", "eu-west-1", "ap-southeast-1", "ap-southeast-2",
			"ap-northeast-1", "sa-east-1"),
		filled("regions[]"),
		text("ipAddress", badAddress),
		between("port", 1, 65535),
	},
}

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

func badAddress(s string) string {
	if _, err := netip.ParseAddr(s); err != nil {
		return fmt.Sprintf("is %q, want an IP address", s)
	}
	return ""
}

// targetNeedsAddress wants of every target group but one of a function where
// its targets listen.
func targetNeedsAddress(obj resource.PropertyMap) (faults []Failure) {
	if kind, known := plain(obj["targetType"]); !known || (kind.IsString() && kind.StringValue() == "lambda") {
		return nil
	}
	for _, name := range []string{"port", "protocol", "vpcId"} {
		if !given(obj, name) {
			faults = append(faults, Failure{name, "is required unless targetType is lambda"})
		}
	}
	return faults
}
