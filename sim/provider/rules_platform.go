package provider

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// functionWhole: what upstream refuses in its plan of a function that is no image.
func functionWhole(in resource.PropertyMap) []Failure {
	kind, known := plain(in["packageType"])
	if known && kind.IsString() && kind.StringValue() == "Image" || in["packageType"].ContainsUnknowns() {
		return nil
	}
	for _, name := range []resource.PropertyKey{"handler", "runtime"} {
		if !in.HasValue(name) {
			return []Failure{{string(name), "is missing, want it where packageType is not Image"}}
		}
	}
	return nil
}

const (
	clusterText = "1 to 100 characters"
	clusterForm = `^.{1,100}$`
	auditForm   = `^[A-Za-z][0-9A-Za-z_]{0,255}$`
	auditText   = "up to 256 letters, digits and underscores, starting with a letter"
	arnForm     = `^arn:[^:]+:[^:]+:[^:]*:[^:]*:.+$`
)

var rulesOfPlatform = map[string][]rule{
	"aws:backup/framework:Framework":   {matches("name", auditForm, auditText)},
	"aws:backup/reportPlan:ReportPlan": {matches("name", auditForm, auditText)},
	"aws:backup/restoreTestingPlan:RestoreTestingPlan": {
		atLeastOne("", "recoveryPointSelection"),
		arnOrAny("recoveryPointSelection.includeVaults[]"), arnOrAny("recoveryPointSelection.excludeVaults[]"),
		between("recoveryPointSelection.selectionWindowDays", 1, 365), between("startWindowHours", 0, 168),
	},
	"aws:backup/restoreTestingSelection:RestoreTestingSelection": {
		matches("iamRoleArn", arnForm, "an ARN"), arnOrAny("protectedResourceArns[]"), between("validationWindowHours", 1, 168),
	},
	"aws:cfg/recorder:Recorder": {
		{"recordingGroup", recording}, conflicts("recordingGroup", "exclusionByResourceTypes", "resourceTypes"),
	},
	"aws:dynamodb/table:Table":                        {{"", keysDeclared}, {"", paid}, filled("ttl.attributeName")},
	"aws:ec2/capacityReservation:CapacityReservation": {moment("endDate")},
	"aws:ec2/launchTemplate:LaunchTemplate": {
		matches("name", `^[0-9A-Za-z()./_-]*$`, "letters, digits and ()./_-"),
		boolean("ebsOptimized"),
		boolean("blockDeviceMappings[].ebs.encrypted"),
		boolean("blockDeviceMappings[].ebs.deleteOnTermination"),
	},
	"aws:ecr/replicationConfiguration:ReplicationConfiguration": {
		matches("replicationConfiguration.rules[].destinations[].region", `^[a-z]{2}(-[a-z]+)+-\d{1,2}$`, "a region code"),
	},
	"aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate": {
		matches("prefix", `^(ROOT|[a-z0-9]+(?:[._-][a-z0-9]+)*(?:/[a-z0-9]+(?:[._-][a-z0-9]+)*)*/?)$`,
			"lower-case letters and digits, parted by one of ._-/"),
	},
	"aws:lambda/function:Function": {
		matches("name", `^[0-9A-Za-z_-]+$`, "letters, digits, hyphens and underscores"),
		conflicts("", "s3ObjectVersion", "imageUri"), {"", functionWhole},
	},
	"aws:eks/cluster:Cluster": {
		matches("name", clusterForm, clusterText),
		ipv4("kubernetesNetworkConfig.serviceIpv4Cidr"), cidr("kubernetesNetworkConfig.serviceIpv4Cidr", 12, 24),
		matches("kubernetesNetworkConfig.serviceIpv4Cidr", `^(10|192\.168|172\.(1[6-9]|2[0-9]|3[01]))\.`,
			"a block of a private range"),
	},
	"aws:eks/nodeGroup:NodeGroup": {
		matches("clusterName", clusterForm, clusterText),
		matches("launchTemplate.id", `^lt-[a-z0-9]+$`, "lt- and lower-case letters and digits"),
	},
	"aws:eks/addon:Addon": append(named("addonVersion", `^v[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?$`, "a version such as v1.19.2"),
		matches("clusterName", clusterForm, clusterText),
		choice("resolveConflicts", "NONE", "OVERWRITE", "PRESERVE"),
		choice("resolveConflictsOnCreate", "NONE", "OVERWRITE"),
		choice("resolveConflictsOnUpdate", "NONE", "OVERWRITE", "PRESERVE"),
	),
	"aws:eks/accessEntry:AccessEntry":                         {matches("clusterName", clusterForm, clusterText)},
	"aws:eks/accessPolicyAssociation:AccessPolicyAssociation": {matches("clusterName", clusterForm, clusterText)},
	"aws:eks/podIdentityAssociation:PodIdentityAssociation": {
		matches("roleArn", arnForm, "an ARN"),
	},
	"aws:elasticache/globalReplicationGroup:GlobalReplicationGroup": {
		requires("", "parameterGroupName", "engineVersion"),
		matches("engineVersion", `^([7-9]\.\d+|6\.(\d+|x)|[1-5]\.\d+\.\d+)$`, "major.minor such as 8.0"),
	},
	"aws:scheduler/schedule:Schedule": {moment("startDate"), moment("endDate")},
	"aws:servicequotas/serviceQuota:ServiceQuota": {
		matches("quotaCode", `^[0-9A-Za-z-]+$`, "letters, digits and hyphens"),
		matches("serviceCode", `^[0-9A-Za-z-]+$`, "letters, digits and hyphens"),
	},
	"aws:sqs/queue:Queue": {{"", deduplicated}},
}

// arnOrAny wants an ARN or the star that stands for all.
func arnOrAny(path string) rule { return matches(path, `^\*$|`+arnForm, "an ARN or *") }

// choice is oneOf where the empty text is refused too.
func choice(path string, allowed ...string) rule {
	return value(path, func(v resource.PropertyValue) string {
		if !v.IsString() || slices.Contains(allowed, v.StringValue()) {
			return ""
		}
		return "is " + strconv.Quote(v.StringValue()) + ", want one of " + strings.Join(allowed, ", ")
	})
}

// boolean wants a text that reads as true or false.
func boolean(path string) rule {
	return text(path, func(s string) string {
		if _, err := strconv.ParseBool(s); err != nil {
			return "is " + strconv.Quote(s) + ", want true or false"
		}
		return ""
	})
}

// moment wants a time in RFC 3339.
func moment(path string) rule {
	return text(path, func(s string) string {
		if _, err := time.Parse(time.RFC3339, s); err != nil {
			return "is " + strconv.Quote(s) + ", want a time such as 2030-01-31T00:00:00Z"
		}
		return ""
	})
}

// deduplicated: only a queue that keeps the order tells messages apart by content.
func deduplicated(in resource.PropertyMap) []Failure {
	if yes(in, "contentBasedDeduplication") && !yes(in, "fifoQueue") {
		return []Failure{{"contentBasedDeduplication", "needs fifoQueue"}}
	}
	return nil
}

// keysDeclared: each key of the table and of an index is among the attributes.
func keysDeclared(in resource.PropertyMap) []Failure {
	declared, all := map[string]bool{}, true
	list, known := plain(in["attributes"])
	if !known {
		return nil
	}
	if list.IsArray() {
		for _, one := range list.ArrayValue() {
			_, told := plain(one)
			all = all && told
		}
	}
	visit(in, "attributes[]", "", func(o resource.PropertyMap, _ string) {
		name, told := plain(o["name"])
		all = all && told
		if told && name.IsString() {
			declared[name.StringValue()] = true
		}
	})
	if !all {
		return nil
	}
	var faults []Failure
	look := func(o resource.PropertyMap, path string) {
		for _, key := range []string{"hashKey", "rangeKey"} {
			v, told := plain(o[resource.PropertyKey(key)])
			if told && v.IsString() && v.StringValue() != "" && !declared[v.StringValue()] {
				faults = append(faults, Failure{join(path, key), "is " + strconv.Quote(v.StringValue()) + ", which is no attribute"})
			}
		}
	}
	look(in, "")
	visit(in, "globalSecondaryIndexes[]", "", look)
	visit(in, "localSecondaryIndexes[]", "", look)
	return faults
}

// paid: a table that is not paid by the request has both capacities.
func paid(in resource.PropertyMap) []Failure {
	mode, known := plain(in["billingMode"])
	if !known || mode.IsString() && mode.StringValue() == "PAY_PER_REQUEST" {
		return nil
	}
	var faults []Failure
	for _, name := range []string{"readCapacity", "writeCapacity"} {
		v, told := plain(in[resource.PropertyKey(name)])
		if told && !(v.IsNumber() && v.NumberValue() >= 1) {
			faults = append(faults, Failure{name, "is less than 1, which a table of fixed capacity needs"})
		}
	}
	return faults
}

// recording: a strategy by resource types wants allSupported false, which is
// true where it is left out.
func recording(group resource.PropertyMap) []Failure {
	var faults []Failure
	all, told := plain(group["allSupported"])
	visit(group, "recordingStrategies[]", "", func(s resource.PropertyMap, _ string) {
		only, known := plain(s["useOnly"])
		byType := known && only.IsString() && strings.HasSuffix(only.StringValue(), "_BY_RESOURCE_TYPES")
		if told && byType && !(all.IsBool() && !all.BoolValue()) {
			faults = append(faults, Failure{"allSupported", "want false beside " + only.StringValue()})
		}
	})
	return faults
}

// yes reports whether a flag is known and true; one that is not known passes.
func yes(in resource.PropertyMap, name resource.PropertyKey) bool {
	v, known := plain(in[name])
	return !known || v.IsBool() && v.BoolValue()
}
