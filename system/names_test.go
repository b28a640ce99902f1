package system_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/naming"
	"redoubt/system"
)

// The longest names that a system file may declare give physical names that
// AWS takes, and no two of them are the same.
func TestParse_longestNamesFit(t *testing.T) {
	t.Parallel()
	name := strings.Repeat("n", 20)
	first, second := strings.Repeat("s", 29)+"1", strings.Repeat("s", 29)+"2"
	sys, err := system.Parse("system.yaml", []byte(changed(t, "name: demo", "name: "+name,
		"name: files", "name: "+first, "stores:\n", "stores:\n  - name: "+second+
			"\n    kind: bucket\n    tier: solid\n    sizeGiB: 1\n    retention: {pitrDays: 1, dailyDays: 1}\n")))
	require.NoError(t, err)

	// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
	bucket := regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$`)
	// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html
	cluster := regexp.MustCompile(`^[a-z]([a-z0-9]|-[a-z0-9]){0,62}$`)
	seen := map[string]bool{}
	for _, home := range system.Homes {
		scope := naming.Scope{System: sys.Name, Home: home, Region: "ap-southeast-7", Account: "123456789012"}
		for _, store := range []string{first, second} {
			for _, generation := range []int{1, 2, 10} {
				for physical, pattern := range map[string]*regexp.Regexp{
					"b:" + scope.Bucket(store, generation): bucket, "c:" + scope.Cluster(store, generation): cluster,
				} {
					assert.Regexp(t, pattern, physical[2:])
					assert.LessOrEqual(t, len(physical[2:]), 63)
					// A bucket's name has no home in it, only the region, which is one here.
					assert.False(t, seen[physical] && physical[0] == 'c', "%s is computed twice", physical)
					seen[physical] = true
				}
			}
		}
	}
	assert.Len(t, seen, 2*3+2*2*3)
}
