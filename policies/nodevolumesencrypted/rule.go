// Package nodevolumesencrypted holds the rule node-volumes-encrypted.
package nodevolumesencrypted

import "redoubt/policies/rule"

// Rule is the rule node-volumes-encrypted.
var Rule = rule.Rule{
	ID:       "node-volumes-encrypted",
	Title:    "The volumes of nodes are encrypted with a key of the system",
	Why:      "A node writes what its pods hold to its volume; the key of the home opens it nowhere else.",
	Source:   "https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption.html",
	Severity: rule.Low,
	Remedy:   "Set encrypted and kmsKeyId of each volume of the template.",
	Resource: &rule.ResourceRule{Types: []string{"aws:ec2/launchTemplate:LaunchTemplate"}, Check: check},
}

func check(r *rule.Resource, _ rule.Config) []rule.Finding {
	var out []rule.Finding
	for _, volume := range r.List("blockDeviceMappings") {
		if !volume.At("ebs.encrypted").True() || !volume.At("ebs.kmsKeyId").OwnKey() {
			out = append(out, r.Violation("the volume %s is encrypted: %s, want true with a key of the home",
				volume.At("deviceName"), volume.At("ebs.encrypted")))
		}
	}
	if !r.Exists("blockDeviceMappings") {
		out = append(out, r.Violation("declares no volume, want one that is encrypted"))
	}
	return out
}
