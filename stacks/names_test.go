package stacks

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/pulumitest"
	"redoubt/system"
)

// chosen are the properties that hold the name we choose, by type.
var chosen = map[string]string{
	"aws:s3/bucketV2:BucketV2": "bucket", "aws:dynamodb/table:Table": "name", "aws:iam/role:Role": "name",
	"aws:backup/plan:Plan": "name", "aws:sqs/queue:Queue": "name", "aws:sfn/stateMachine:StateMachine": "name",
	"aws:rds/cluster:Cluster": "clusterIdentifier", "aws:elasticache/user:User": "userId",
	"aws:elasticache/replicationGroup:ReplicationGroup": "replicationGroupId", "aws:route53/record:Record": "name",
	"aws:cloudwatch/metricAlarm:MetricAlarm": "name", "aws:secretsmanager/secret:Secret": "name",
	"aws:ssm/parameter:Parameter": "name", "aws:backup/restoreTestingPlan:RestoreTestingPlan": "name",
}

// part is what is left of a chosen name without what every name carries.
func part(name string) string {
	name = strings.TrimPrefix(name, "atlas-")
	for _, end := range []string{"-123456789012-eu-west-1", "-eu-west-1", "-primary"} {
		name = strings.TrimSuffix(name, end)
	}
	return name
}

// Whatever the program names beside what the file declares is refused as the
// name of a store, and as that of what follows from one: see system.checkTaken.
func TestDeploy_noStoreGetsANameOfOurOwn(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, deploy(settings(system.Primary), example(t)), region("eu-west-1"), reference(t, "own-last", nil))
	declared := func(name string) bool {
		if _, has := example(t).Store(name); has {
			return true
		}
		_, has := example(t).Agent(name)
		return has
	}
	for _, tt := range []struct {
		typ, kind string
		// follows takes a declared name out of one that follows from it.
		follows func(string) string
	}{
		{"aws:s3/bucketV2:BucketV2", "bucket", func(n string) string { return strings.TrimSuffix(n, "-snapshots") }},
		{"aws:dynamodb/table:Table", "table", func(n string) string { return strings.TrimSuffix(n, "-ledger") }},
		{"aws:backup/plan:Plan", "postgres", func(n string) string { return strings.TrimSuffix(n, "-ledger") }},
	} {
		own := 0
		for _, res := range r.OfType(tt.typ) {
			name := part(res.Values()[chosen[tt.typ]].(string))
			if declared(tt.follows(name)) {
				continue
			}
			own++
			assert.Contains(t, faultOf(t, name, tt.kind), fmt.Sprintf("%q is taken by", name), "a %s called %q", tt.kind, name)
		}
		assert.NotZero(t, own, "%s: nothing of our own was looked at", tt.typ)
	}
	for _, res := range r.OfType("aws:iam/role:Role") {
		name := part(res.Values()["name"].(string))
		for _, end := range []string{"-proxy", "-monitoring", "-exporter", "-schedule"} {
			if of, ends := strings.CutSuffix(name, end); ends {
				assert.True(t, declared(of), "role %q: a store called %q would have it", name, of)
			}
		}
		if of, begins := strings.CutPrefix(name, "agent-"); begins {
			assert.True(t, declared(of), "role %q: an agent called %q would have it", name, of)
		}
	}
}

// The engine tells resources apart by type and name, whatever their component is called. So where a part of a
// component is called like another part of it with something before, a second store with that
// at the end of its name would give the same name again.
func TestDeploy_noStoreGetsThePartsOfAnother(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, deploy(settings(system.Primary), example(t)), region("eu-west-1"), reference(t, "own-last", nil))
	parts := map[string][]string{} // by type and component
	for _, res := range r.Custom() {
		component := res.Parent[strings.LastIndex(res.Parent, ":")+1:]
		if p, is := strings.CutPrefix(res.Name, component+"-"); is {
			parts[res.Type+" "+component] = append(parts[res.Type+" "+component], p)
		}
	}
	found := 0
	for key, all := range parts {
		_, component, _ := strings.Cut(key, " ")
		kind, store, _ := strings.Cut(component, "-")
		for _, long := range all {
			for _, short := range all {
				if middle, is := strings.CutSuffix(long, "-"+short); is && slices.Contains(system.StoreKinds, system.StoreKind(kind)) {
					found++
					name := store + "-" + middle
					assert.Contains(t, faultOf(t, name, kind), "is taken by", "%s %q has both %q and %q", kind, store, long, short)
				}
			}
		}
	}
	assert.NotZero(t, found, "the parts of a postgres store are such")
}

// with is the example with more stores.
func with(t *testing.T, stores string) (*system.System, error) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "system.yaml"))
	require.NoError(t, err)
	require.Contains(t, string(text), "\nstores:\n")
	return system.Parse("system.yaml", []byte(strings.Replace(string(text), "\nstores:\n", "\nstores:\n"+stores, 1)))
}

func storeCalled(name, kind string) string {
	return "  - {name: " + name + ", kind: " + kind + ", tier: archive, sizeGiB: 1, " +
		"retention: {pitrDays: 35, dailyDays: 35}}\n"
}

// faultOf reads the example with one more store and returns what is wrong with it.
func faultOf(t *testing.T, name, kind string) string {
	t.Helper()
	_, err := with(t, storeCalled(name, kind))
	require.Error(t, err, "a %s called %q is taken for a good one", kind, name)
	return err.Error()
}

// No two resources have one name, neither the engine's nor AWS's, also where a
// store is called almost like something else.
func TestDeploy_noNameIsGivenTwice(t *testing.T) {
	t.Parallel()
	sys, err := with(t, storeCalled("replicate", "table")+storeCalled("proxy", "bucket")+storeCalled("agent", "bucket")+
		storeCalled("audit", "table")+storeCalled("tasks-proxy", "table")+storeCalled("tasks-monitoring", "bucket")+
		storeCalled("zone", "postgres")+storeCalled("restore", "postgres")+storeCalled("work-ledgers", "table"))
	require.NoError(t, err)
	r := pulumitest.Run(t, deploy(settings(system.Primary), sys), region("eu-west-1"), reference(t, "own-last", nil))
	seen, looked := map[string]string{}, map[string]bool{}
	for _, res := range r.Custom() {
		keys := []string{res.URN}
		if name, is := res.Values()[chosen[res.Type]].(string); is {
			looked[res.Type] = true
			keys = append(keys, res.Type+" "+name)
		}
		for _, key := range keys {
			assert.Empty(t, seen[key], "%s and %s are both %s", seen[key], res.Name, key)
			seen[key] = res.Name
		}
	}
	assert.Len(t, looked, len(chosen), "each type has a chosen name: %v", looked)
}

// A bucket whose file asks for no lock is as good a store as any.
func TestDeploy_aBucketWithoutLockDaysHasNoLock(t *testing.T) {
	t.Parallel()
	sys, err := with(t, storeCalled("drafts", "bucket"))
	require.NoError(t, err)
	r := pulumitest.Run(t, deploy(settings(system.Primary), sys), region("eu-west-1"), reference(t, "own-last", nil))
	locked := map[string]bool{}
	for _, res := range r.OfType("aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2") {
		locked[res.Name] = true
	}
	assert.True(t, locked["bucket-transcripts-lock"])
	assert.False(t, locked["bucket-drafts-lock"])
}
