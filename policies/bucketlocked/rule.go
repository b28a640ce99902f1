// Package bucketlocked holds the rule bucket-locked.
package bucketlocked

import (
	"redoubt/policies/rule"
	"redoubt/system"
)

const (
	bucket    = "aws:s3/bucketV2:BucketV2"
	lock      = "aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2"
	leastDays = "leastDays"
)

// Rule is the rule bucket-locked.
var Rule = rule.Rule{
	ID:    "bucket-locked",
	Title: "The objects of a store cannot be deleted for a while",
	Why: "Who steals the credentials of an agent deletes every version too; a lock keeps them until the " +
		"damage is seen.",
	Source:   "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html",
	Severity: rule.High,
	Remedy:   "Set objectLockEnabled on the bucket of the store, and a defaultRetention of at least leastDays.",
	Options: []rule.Option{
		{Name: leastDays, Kind: rule.Integer, Default: 7, Min: 1, Max: 36500,
			Describes: "The fewest days that a version is locked."},
	},
	Stack: &rule.StackRule{Check: check},
}

func check(g *rule.Graph, c rule.Config) []rule.Finding {
	var out []rule.Finding
	for _, store := range g.System.Stores {
		g.About("store %q", store.Name)
		b := g.Get(bucket, "bucket-"+store.Name+"-bucket")
		if store.Kind != system.Bucket || b == nil {
			continue
		}
		if !b.True("objectLockEnabled") {
			out = append(out, g.ViolationAt(b, "objectLockEnabled is %s, want true", b.At("objectLockEnabled")))
			continue
		}
		l := g.Get(lock, "bucket-"+store.Name+"-lock")
		if days, least := retention(l), c.Int(leastDays); days < least {
			out = append(out, g.ViolationAt(b, "a version is locked for %d days, want at least %d", days, least))
		}
	}
	return out
}

// retention is for how many days a new version is locked; without a lock for none.
func retention(lock *rule.Resource) int {
	if lock == nil {
		return 0
	}
	return lock.Int("rule.defaultRetention.days") + 365*lock.Int("rule.defaultRetention.years")
}
