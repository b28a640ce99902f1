package provider

import (
	"regexp"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// notOfAMember are the properties of a group that exclude its joining a global
// datastore. The schema names only one of them; the provider's own validators the rest.
var notOfAMember = []string{"engine", "engineVersion", "nodeType", "parameterGroupName", "numNodeGroups",
	"atRestEncryptionEnabled", "transitEncryptionEnabled", "transitEncryptionMode", "securityGroupNames",
	"snapshotArns", "snapshotName"}

var rulesOfCache = map[string][]rule{
	"aws:elasticache/replicationGroup:ReplicationGroup": {
		matches("replicationGroupId", `(?i)^[a-z](-?[0-9a-z]+)*$`, identifierText),
		conflicts("", "globalReplicationGroupId", notOfAMember...),
		matches("maintenanceWindow", maintenance, "ddd:hh24:mi-ddd:hh24:mi"),
		matches("snapshotWindow", backupWindow, "hh24:mi-hh24:mi"),
		matches("finalSnapshotIdentifier", identifier, identifierText),
		{"", cacheVersion},
		{"", cacheFailover},
	},
	"aws:elasticache/globalReplicationGroup:GlobalReplicationGroup": {
		matches("primaryReplicationGroupId", `(?i)^[a-z](-?[0-9a-z]+)*$`, identifierText),
	},
	"aws:scheduler/schedule:Schedule": {
		matches("name", `^[0-9A-Za-z_.-]+$`, "letters, digits, hyphens, underscores and periods"),
		matches("groupName", `^[0-9A-Za-z_.-]+$`, "letters, digits, hyphens, underscores and periods"),
	},
	"aws:scheduler/scheduleGroup:ScheduleGroup": {
		matches("name", `^[0-9A-Za-z_.-]+$`, "letters, digits, hyphens, underscores and periods"),
	},
	"aws:sfn/stateMachine:StateMachine": {
		matches("name", `^[0-9A-Za-z_-]+$`, "letters, digits, hyphens and underscores"),
	},
}

var (
	valkeyVersion = regexp.MustCompile(`^[7-9]\.\d+$`)
	redisVersion  = regexp.MustCompile(`^([7-9]\.\d+|6\.(\d+|x)|[1-5]\.\d+\.\d+)$`)
)

func cacheVersion(in resource.PropertyMap) []Failure {
	v, known := plain(in["engineVersion"])
	engine, _ := plain(in["engine"])
	if !known || !v.IsString() || v.StringValue() == "" {
		return nil
	}
	form := redisVersion
	if engine.IsString() && strings.EqualFold(engine.StringValue(), "valkey") {
		form = valkeyVersion
	}
	if !form.MatchString(v.StringValue()) {
		return []Failure{{"engineVersion", "is " + v.StringValue() + ", want major.minor such as 8.0"}}
	}
	return nil
}

// cacheFailover: what upstream refuses in its plan.
func cacheFailover(in resource.PropertyMap) []Failure {
	on := func(name resource.PropertyKey) bool {
		v, known := plain(in[name])
		return known && v.IsBool() && v.BoolValue()
	}
	if on("multiAzEnabled") && !on("automaticFailoverEnabled") {
		return []Failure{{"multiAzEnabled", "needs automaticFailoverEnabled"}}
	}
	nodes, known := plain(in["numCacheClusters"])
	if on("automaticFailoverEnabled") && known && nodes.IsNumber() && nodes.NumberValue() < 2 {
		return []Failure{{"numCacheClusters", "is less than 2, which automaticFailoverEnabled needs"}}
	}
	return nil
}
