// Package bucketoldversions holds the rule bucket-old-versions.
package bucketoldversions

import "redoubt/policies/rule"

const leastDays = "leastDays"

// Rule is the rule bucket-old-versions.
var Rule = rule.Rule{
	ID:    "bucket-old-versions",
	Title: "Old versions are kept long enough, and unfinished uploads are not",
	Why: "A version that expires in a day is gone before the damage is seen; versions without an end hide it " +
		"among millions.",
	Source:   "https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-configuration-examples.html",
	Severity: rule.Medium,
	Remedy:   "Let old versions expire after at least leastDays, and abort unfinished uploads.",
	Options: []rule.Option{
		{Name: leastDays, Kind: rule.Integer, Default: 7, Min: 1, Max: 3650,
			Describes: "The fewest days that an old version is kept."},
	},
	Resource: &rule.ResourceRule{
		Types: []string{"aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2"},
		Check: check,
	},
}

func check(r *rule.Resource, c rule.Config) []rule.Finding {
	var out []rule.Finding
	ends, aborts := false, false
	for _, one := range r.List("rules") {
		if one.At("status").Text() != "Enabled" {
			continue
		}
		aborts = aborts || one.At("abortIncompleteMultipartUpload").Exists()
		days := one.At("noncurrentVersionExpiration.noncurrentDays")
		ends = ends || days.Exists()
		if least := c.Int(leastDays); days.Exists() && days.Int() < least {
			out = append(out, r.Violation("noncurrentDays is %s, want at least %d", days, least))
		}
	}
	if !ends {
		out = append(out, r.Violation("old versions have no end, want one after at least %d days", c.Int(leastDays)))
	}
	if !aborts {
		out = append(out, r.Violation("unfinished uploads are never aborted, want an enabled rule that does"))
	}
	return out
}
