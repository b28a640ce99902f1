package provider

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

var rulesOfIdentity = map[string][]rule{
	"aws:iam/role:Role": {
		text("assumeRolePolicy", notAnObject),
		matches("name", `^[\w+=,.@-]*$`, "letters, digits and +=,.@-_"),
	},
	"aws:iam/rolePolicy:RolePolicy": {
		text("policy", notAnObject),
		matches("name", `^[\w+=,.@-]*$`, "letters, digits and +=,.@-_"),
	},
	"aws:iam/policy:Policy": {
		text("policy", notAnObject),
		matches("name", `^[\w+=,.@-]*$`, "letters, digits and +=,.@-_"),
	},
	"aws:kms/key:Key": {
		between("rotationPeriodInDays", 90, 2560),
	},
	"aws:kms/alias:Alias": {
		filled("name"),
		matches("name", `^alias/[0-9A-Za-z_/-]+$`, "alias/ and then letters, digits and _/-"),
		filled("namePrefix"),
		without("name", `^alias/aws/`, "alias/aws/ is reserved for AWS"),
	},
	"aws:sns/topic:Topic": {
		{"", topicShape},
	},
	"aws:sns/topicSubscription:TopicSubscription": {
		requires("", "filterPolicyScope", "filterPolicy"),
	},
}

// notAnObject refuses a JSON document that is valid but no object.
func notAnObject(s string) string {
	if strings.HasPrefix(strings.TrimSpace(s), "{") {
		return ""
	}
	return "is not a JSON object"
}

// topicShape holds a topic's name and what only a FIFO topic takes.
func topicShape(topic resource.PropertyMap) []Failure {
	fifo, known := plain(topic["fifoTopic"])
	if !known {
		return nil
	}
	name, known := plain(topic["name"])
	isFIFO := fifo.IsBool() && fifo.BoolValue()
	pattern := `^[0-9A-Za-z_-]{1,256}$`
	if isFIFO {
		pattern = `^[0-9A-Za-z_-]{1,251}\.fifo$`
	}
	var faults []Failure
	if known && name.IsString() && name.StringValue() != "" && !compiled(pattern).MatchString(name.StringValue()) {
		faults = append(faults, Failure{"name", fmt.Sprintf("is %q, want %s", name.StringValue(), pattern)})
	}
	for _, only := range []string{"contentBasedDeduplication", "archivePolicy"} {
		if v, known := plain(topic[resource.PropertyKey(only)]); !isFIFO && known && !zero(v) {
			faults = append(faults, Failure{only, "is for FIFO topics only"})
		}
	}
	return faults
}
