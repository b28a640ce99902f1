package world

import (
	"strings"
)

const (
	kindLB           = "AWS::ElasticLoadBalancingV2::LoadBalancer"
	kindTargetGroup  = "AWS::ElasticLoadBalancingV2::TargetGroup"
	kindListener     = "AWS::ElasticLoadBalancingV2::Listener"
	kindListenerRule = "AWS::ElasticLoadBalancingV2::ListenerRule"

	elbAPI = "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/"
)

var elbKinds = []Kind{
	{
		Name: kindLB, Service: "elasticloadbalancing", Source: elbAPI + "API_CreateLoadBalancer.html",
		NotFound: "LoadBalancerNotFound", Exists: "DuplicateLoadBalancerName",
		Fixed:      []string{"Name", "Internal", "LoadBalancerType"},
		Protection: "EnableDeletionProtection",
		Refs: []Link{
			link("Subnets", kindSubnet, "SubnetNotFound", "DependencyViolation"),
			link("SubnetMappings.SubnetId", kindSubnet, "SubnetNotFound", "DependencyViolation"),
			link("SecurityGroups", kindSG, "InvalidSecurityGroup", "DependencyViolation"),
		},
		id: byARN(lbARN), arn: lbARN, checks: []check{elbName("loadbalancer"), lbSubnets, lbLogs}, computed: lbComputed,
		remove: removeLB,
	},
	{
		Name: kindTargetGroup, Service: "elasticloadbalancing", Source: elbAPI + "API_CreateTargetGroup.html",
		NotFound: "TargetGroupNotFound", Exists: "DuplicateTargetGroupName",
		Fixed: []string{"Name", "Port", "Protocol", "VpcId", "TargetType"}, Refs: []Link{vpcLink("")},
		id: byARN(tgARN), arn: tgARN, checks: []check{elbName("targetgroup"), tgShape}, computed: tgComputed,
	},
	{
		Name: kindListener, Service: "elasticloadbalancing", Source: elbAPI + "API_CreateListener.html",
		NotFound: "ListenerNotFound", Exists: "DuplicateListener", Required: []string{"LoadBalancerArn", "DefaultActions"},
		Fixed: []string{"LoadBalancerArn"},
		Refs: []Link{
			link("LoadBalancerArn", kindLB, "LoadBalancerNotFound", ""),
			link("DefaultActions.TargetGroupArn", kindTargetGroup, "TargetGroupNotFound", "ResourceInUse"),
			link("DefaultActions.Forward.TargetGroups.Arn", kindTargetGroup, "TargetGroupNotFound", "ResourceInUse"),
			link("CertificateArn", kindCertificate, "CertificateNotFound", "ResourceInUseException"),
		},
		id: byARN(listenerARN), arn: listenerARN, checks: []check{listenerShape}, computed: listenerComputed,
		remove: removeListener,
	},
	{
		Name: kindListenerRule, Service: "elasticloadbalancing", Source: elbAPI + "API_CreateRule.html",
		NotFound: "RuleNotFound", Required: []string{"ListenerArn", "Actions", "Conditions"}, Fixed: []string{"ListenerArn"},
		Refs: []Link{
			link("ListenerArn", kindListener, "ListenerNotFound", ""),
			link("Actions.TargetGroupArn", kindTargetGroup, "TargetGroupNotFound", "ResourceInUse"),
			link("Actions.Forward.TargetGroups.Arn", kindTargetGroup, "TargetGroupNotFound", "ResourceInUse"),
		},
		id: byARN(listenerRuleARN), arn: listenerRuleARN, checks: []check{rulePriority}, computed: func(t *tx, e *Entity) {
			def(e, "Priority", float64(t.nextPriority(e)))
		},
	},
}

// elbSuffix is what AWS appends to a load balancer's or group's ARN.
func elbSuffix(t *tx, e *Entity) string { return t.hex(e, "id", 16) }

func lbType(e *Entity) string {
	switch str(e.In, "LoadBalancerType") {
	case "network":
		return "net"
	case "gateway":
		return "gwy"
	}
	return "app"
}

func elbNameOf(t *tx, e *Entity) string {
	if n := str(e.In, "Name"); n != "" {
		return n
	}
	return str(e.In, "NamePrefix") + "tf-" + t.hex(e, "name", 14)
}

func lbARN(t *tx, e *Entity) string {
	return arnOf("elasticloadbalancing", "loadbalancer/"+lbType(e)+"/"+elbNameOf(t, e)+"/"+elbSuffix(t, e))(t, e)
}

func tgARN(t *tx, e *Entity) string {
	return arnOf("elasticloadbalancing", "targetgroup/"+elbNameOf(t, e)+"/"+elbSuffix(t, e))(t, e)
}

func listenerARN(t *tx, e *Entity) string {
	lb := str(e.In, "LoadBalancerArn")
	return strings.Replace(lb, ":loadbalancer/", ":listener/", 1) + "/" + elbSuffix(t, e)
}

func listenerRuleARN(t *tx, e *Entity) string {
	return strings.Replace(str(e.In, "ListenerArn"), ":listener/", ":listener-rule/", 1) + "/" + elbSuffix(t, e)
}

// elbName refuses a bad name and one that is taken in the region.
func elbName(what string) check {
	return func(t *tx, e, old *Entity) error {
		name := elbNameOf(t, e)
		ok := len(name) <= 32 && !strings.HasPrefix(name, "-") && !strings.HasSuffix(name, "-") &&
			!strings.HasPrefix(name, "internal-")
		for _, c := range name {
			ok = ok && (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-')
		}
		if !ok {
			return refuse("ValidationError", "%s name %q must be at most 32 letters, digits and hyphens", what, name)
		}
		for _, other := range t.list(e.Kind, e.Region) {
			if other.ID != e.ID && elbNameOf(t, other) == name {
				return kinds[e.Kind].exists(name)
			}
		}
		return nil
	}
}

func lbSubnetIDs(e *Entity) []string {
	return append(strs(e.In, "Subnets"), strs(e.In, "SubnetMappings.SubnetId")...)
}

func lbSubnets(t *tx, e, _ *Entity) error {
	zones := map[string]bool{}
	internal := yes(e.In, "Internal")
	for _, id := range lbSubnetIDs(e) {
		s := t.get(kindSubnet, e.Region, id)
		if zones[zoneOf(s)] {
			return refuse("InvalidConfigurationRequest", "%s: more than one subnet in %s", e.ID, zoneOf(s))
		}
		zones[zoneOf(s)] = true
	}
	if lbType(e) == "app" && len(zones) < 2 {
		return refuse("ValidationError", "at least two subnets in two different Availability Zones must be specified, got %d", len(zones))
	}
	if !internal && len(lbSubnetIDs(e)) > 0 {
		vpc := str(t.get(kindSubnet, e.Region, lbSubnetIDs(e)[0]).In, "VpcId")
		for _, g := range t.list(kindIGW, e.Region) {
			if str(g.In, "VpcId") == vpc {
				return nil
			}
		}
		return refuse("InvalidSubnet", "VPC %s has no internet gateway", vpc)
	}
	return nil
}

func lbLogs(t *tx, e, _ *Entity) error {
	for _, d := range docs(e.In, "AccessLogs") {
		if !yes(d, "Enabled") {
			continue
		}
		b := t.get(kindBucket, e.Region, str(d, "Bucket"))
		if b == nil {
			return refuse("InvalidConfigurationRequest", "S3 bucket %s does not exist in %s", str(d, "Bucket"), e.Region)
		}
		if t.setting(kindBucketPolicy, b) == nil {
			return refuse("InvalidConfigurationRequest", "Access Denied for bucket: %s. Please check S3bucket permission", b.ID)
		}
	}
	return nil
}

func lbComputed(t *tx, e *Entity) {
	name := elbNameOf(t, e)
	host := name + "-" + t.letters(e, "dns", "0123456789", 10) + "." + e.Region + ".elb.amazonaws.com"
	if lbType(e) == "net" {
		host = name + "-" + elbSuffix(t, e) + ".elb." + e.Region + ".amazonaws.com"
	}
	if yes(e.In, "Internal") {
		host = "internal-" + host
	}
	set(e, "DnsName", host)
	set(e, "ArnSuffix", lbType(e)+"/"+name+"/"+elbSuffix(t, e))
	set(e, "ZoneId", "Z"+t.letters(&Entity{Region: e.Region}, "elb"+lbType(e), upper, 13))
	e.Out["VpcId"] = t.vpcOf(&Entity{Region: e.Region, In: Document{"Ids": anyList(lbSubnetIDs(e)...)}}, "Ids")
	def(e, "Name", name)
	def(e, "LoadBalancerType", "application")
	def(e, "IpAddressType", "ipv4")
	def(e, "Internal", false)
}

// removeLB takes listeners and their rules along.
func removeLB(t *tx, e *Entity) error {
	for _, l := range t.list(kindListener, e.Region) {
		if str(l.In, "LoadBalancerArn") == e.ARN {
			if err := removeListener(t, l); err != nil {
				return err
			}
		}
	}
	t.drop(e)
	return nil
}

func tgShape(_ *tx, e, _ *Entity) error {
	if str(e.In, "TargetType") != "lambda" && (str(e.In, "VpcId") == "" || !has(e.In, "Port") ||
		str(e.In, "Protocol") == "") {
		return refuse("ValidationError", "target group %s: VpcId, Port and Protocol are required", e.ID)
	}
	interval, timeout := numOr(e.In, "HealthCheck.Interval", 30), numOr(e.In, "HealthCheck.Timeout", 5)
	if timeout >= interval {
		return refuse("ValidationError", "health check timeout %v must be smaller than the interval %v", timeout, interval)
	}
	return nil
}

func tgComputed(t *tx, e *Entity) {
	set(e, "ArnSuffix", "targetgroup/"+elbNameOf(t, e)+"/"+elbSuffix(t, e))
	def(e, "Name", elbNameOf(t, e))
	def(e, "TargetType", "instance")
	def(e, "IpAddressType", "ipv4")
	def(e, "ProtocolVersion", "HTTP1")
	def(e, "DeregistrationDelay", 300.0)
	def(e, "LoadBalancingAlgorithmType", "round_robin")
	def(e, "LoadBalancingCrossZoneEnabled", "use_load_balancer_configuration")
}
