package world

import "strings"

const (
	kindSG        = "AWS::EC2::SecurityGroup"
	kindIngress   = "AWS::EC2::SecurityGroupIngress"
	kindEgress    = "AWS::EC2::SecurityGroupEgress"
	kindDefaultSG = "AWS::EC2::DefaultSecurityGroup"
)

var securityKinds = []Kind{
	{
		Name: kindSG, Service: "ec2", Source: vpcAPI + "API_CreateSecurityGroup.html", NotFound: "InvalidGroup.NotFound",
		Exists: "InvalidGroup.Duplicate", Fixed: []string{"VpcId", "Name", "Description"},
		Refs: []Link{vpcLink("DependencyViolation")},
		id:   prefixed("sg"), arn: arnOf("ec2", "security-group/{id}"), checks: []check{groupName}, computed: groupComputed,
		remove: removeGroup,
	},
	rule(kindIngress, "API_AuthorizeSecurityGroupIngress.html", "DependencyViolation"),
	rule(kindEgress, "API_AuthorizeSecurityGroupEgress.html", "DependencyViolation"),
	{
		Name: kindDefaultSG, Service: "ec2", NotFound: "InvalidGroup.NotFound", Setting: true,
		Source: "https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html",
		Refs:   []Link{vpcLink("")},
		id:     defaultGroupID, arn: arnOf("ec2", "security-group/{id}"), computed: defaultGroupComputed,
	},
}

func rule(name, page, inUse string) Kind {
	return Kind{
		Name: name, Service: "ec2", Source: vpcAPI + page, NotFound: "InvalidSecurityGroupRuleId.NotFound",
		Required: []string{"SecurityGroupId", "IpProtocol"}, Fixed: []string{"SecurityGroupId"},
		Refs: []Link{
			{Path: "SecurityGroupId", Kinds: []string{kindSG}, Code: "InvalidGroup.NotFound"},
			{Path: "ReferencedSecurityGroupId", Kinds: []string{kindSG}, Code: "InvalidGroup.NotFound", InUse: inUse},
		},
		id: prefixed("sgr"), arn: arnOf("ec2", "security-group-rule/{id}"), checks: []check{ruleShape, ruleTwice},
		computed: func(_ *tx, e *Entity) { e.Out["SecurityGroupRuleId"] = e.ID },
	}
}

func groupName(t *tx, e, _ *Entity) error {
	name := str(e.In, "Name")
	if strings.HasPrefix(name, "sg-") {
		return refuse("InvalidParameterValue", "group name %q may not begin with sg-", name)
	}
	for _, other := range t.list(kindSG, e.Region) {
		if name != "" && other.ID != e.ID && str(other.In, "Name") == name && str(other.In, "VpcId") == str(e.In, "VpcId") {
			return refuse("InvalidGroup.Duplicate", "the security group %q already exists for %s", name, str(e.In, "VpcId"))
		}
	}
	return nil
}

func groupComputed(t *tx, e *Entity) {
	owned(t, e)
	def(e, "Description", "Managed by Pulumi")
	def(e, "Name", "terraform-"+t.hex(e, "name", 26))
}

// removeGroup takes the group's own rules along.
func removeGroup(t *tx, e *Entity) error {
	for _, kind := range []string{kindIngress, kindEgress} {
		for _, r := range t.list(kind, e.Region) {
			if str(r.In, "SecurityGroupId") == e.ID {
				t.drop(r)
			}
		}
	}
	t.drop(e)
	return nil
}

var ruleSources = []string{"CidrIpv4", "CidrIpv6", "PrefixListId", "ReferencedSecurityGroupId"}

func ruleShape(_ *tx, e, _ *Entity) error {
	given := 0
	for _, p := range ruleSources {
		if str(e.In, p) != "" {
			given++
		}
	}
	if given != 1 {
		return refuse("InvalidParameterCombination", "a rule has exactly one of %v, got %d", ruleSources, given)
	}
	if c := str(e.In, "CidrIpv4"); c != "" {
		if _, err := prefix(c); err != nil {
			return refuse("InvalidParameterValue", "CIDR block %s is malformed", c)
		}
	}
	from, ok1 := num(e.In, "FromPort")
	to, ok2 := num(e.In, "ToPort")
	protocol := str(e.In, "IpProtocol")
	if (protocol == "tcp" || protocol == "udp") && (!ok1 || !ok2 || from > to || from < 0 || to > 65535) {
		return refuse("InvalidParameterValue", "%s ports %v to %v are not a range", protocol, from, to)
	}
	return nil
}

func ruleTwice(t *tx, e, _ *Entity) error {
	for _, other := range t.list(e.Kind, e.Region) {
		if other.ID == e.ID {
			continue
		}
		equal := true
		for _, p := range append([]string{"SecurityGroupId", "IpProtocol", "FromPort", "ToPort"}, ruleSources...) {
			equal = equal && same(values(e.In, p), values(other.In, p))
		}
		if equal {
			return refuse("InvalidPermission.Duplicate", "the rule exists as %s", other.ID)
		}
	}
	return nil
}

func defaultGroupID(t *tx, e *Entity) string {
	vpc := t.get(kindVPC, e.Region, str(e.In, "VpcId"))
	if vpc == nil {
		return ""
	}
	return str(vpc.Out, "DefaultSecurityGroupId")
}

func defaultGroupComputed(t *tx, e *Entity) {
	owned(t, e)
	e.Out["Arn"] = e.ARN
	e.Out["Name"], e.Out["Description"] = "default", "default VPC security group"
}
