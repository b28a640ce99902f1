// Package forcedestroyoff holds the rule force-destroy-off.
package forcedestroyoff

import "redoubt/policies/rule"

var forces = []string{"forceDestroy", "forceDelete"}

// Rule is the rule force-destroy-off.
var Rule = rule.Rule{
	ID:    "force-destroy-off",
	Title: "What still holds something is never destroyed by force",
	Why: "With it one wrong destroy empties the bucket, the vault, the repository or the zone first, and AWS " +
		"refuses nothing.",
	Source:   "https://www.pulumi.com/registry/packages/aws/api-docs/s3/bucketv2/",
	Severity: rule.High,
	Remedy:   "Set forceDestroy, of a repository forceDelete, to false.",
	Resource: &rule.ResourceRule{
		Types: []string{
			"aws:s3/bucketV2:BucketV2",
			"aws:backup/vault:Vault",
			"aws:ecr/repository:Repository",
			"aws:route53/zone:Zone",
		},
		Check:     check,
		Remediate: remediate,
	},
}

func check(r *rule.Resource, _ rule.Config) []rule.Finding {
	var out []rule.Finding
	if r.Rebuilt() {
		return nil
	}
	for _, force := range forces {
		out = append(out, r.Want(force, !r.True(force), "false")...)
	}
	return out
}

func remediate(r *rule.Resource, _ rule.Config) map[string]any {
	if r.Rebuilt() {
		return nil
	}
	for _, force := range forces {
		if r.True(force) {
			return map[string]any{force: false}
		}
	}
	return nil
}
